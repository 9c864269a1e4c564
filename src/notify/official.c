/* official.c — see official.h. */
#include "notify/official.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

#define PHONE_DIGITS_MIN 3
#define PHONE_DIGITS_MAX 15
#define COUNTRY          "+86"

/* Letters of other alphabets and forms that pass for Latin ones; by code point. */
static const struct {
    uint32_t from;
    char to;
} look_alikes[] = {
    {0x0430, 'a'}, {0x0435, 'e'}, {0x043e, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'},
    {0x0445, 'x'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0455, 's'}, {0x0501, 'd'}, {0x04bb, 'h'},
    {0x0261, 'g'}, {0x0131, 'i'}, {0x03bd, 'v'}, {0x03bf, 'o'}, {0x03b1, 'a'}, {0x0578, 'n'},
    {0x057d, 'u'}, {0x0585, 'o'}, {0x1d0f, 'o'}, {0x00e0, 'a'}, {0x00e1, 'a'}, {0x00e4, 'a'},
    {0x00e9, 'e'}, {0x00ed, 'i'}, {0x00f1, 'n'}, {0x00f3, 'o'}, {0x0144, 'n'}, {0x0146, 'n'},
    {0x0148, 'n'}, {0x0237, 'j'}, {0x012f, 'i'}, {0x01f5, 'g'}, {0x0123, 'g'},
};

/* What was typed, in ASCII as far as that loses nothing, and what it looks like. */
struct reading {
    char plain[OFFICIAL_VALUE_MAX + 1]; /* lower case; other letters are '?' */
    char looks[OFFICIAL_VALUE_MAX + 1]; /* look-alikes replaced */
    size_t length;
    bool foreign; /* letters beyond ASCII that are not merely wide */
    bool too_long;
};

static uint32_t next_point(const char *text, size_t length, size_t *at)
{
    uint8_t first = (uint8_t)text[*at];
    size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    uint32_t point = more == 0 ? first : first & (0x3fu >> more);

    BUG_IF(*at + more >= length);
    for (size_t i = 1; i <= more; i++) {
        point = point << 6 | ((uint8_t)text[*at + i] & 0x3f);
    }
    *at += more + 1;
    return point;
}

static bool is_space(uint32_t point)
{
    return point <= 0x20 || point == 0x7f || point == 0xa0 || point == 0x3000 ||
           (point >= 0x2000 && point <= 0x200f) || (point >= 0x2028 && point <= 0x202f) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || point == 0xad;
}

/* 0: a letter of its own. */
static char ascii_of(uint32_t point)
{
    if (point >= 0xff01 && point <= 0xff5e) {
        point -= 0xfee0;
    }
    if (point == 0x3002 || point == 0xff61) {
        return '.';
    }
    if (point >= 0x2010 && point <= 0x2015) {
        return '-';
    }
    if (point >= 'A' && point <= 'Z') {
        point += 'a' - 'A';
    }
    return point < 0x7f ? (char)point : '\0';
}

static void add(struct reading *reading, char plain, char looks)
{
    if (reading->length == OFFICIAL_VALUE_MAX) {
        reading->too_long = true;
        return;
    }
    reading->plain[reading->length] = plain;
    reading->looks[reading->length++] = looks;
}

static char look_alike_of(uint32_t point)
{
    for (size_t i = 0; i < ARRAY_COUNT(look_alikes); i++) {
        if (look_alikes[i].from == point) {
            return look_alikes[i].to;
        }
    }
    return '?';
}

/* Spaces go: they stand between the digits of a number, or hide in a link. */
static void read_text(const char *text, size_t length, struct reading *ret)
{
    *ret = (struct reading){0};
    for (size_t at = 0; at < length;) {
        uint32_t point = next_point(text, length, &at);
        char ascii;

        if (is_space(point)) {
            continue;
        }
        ascii = ascii_of(point);
        if (ascii != '\0') {
            add(ret, ascii, ascii);
        } else {
            ret->foreign = true;
            add(ret, '?', look_alike_of(point));
        }
    }
}

/* ---- imitations ---- */

/* One letter for all that are taken for each other, and none for what is not seen. */
static size_t skeleton(const char *text, char ret[OFFICIAL_VALUE_MAX + 1])
{
    size_t count = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (c[0] == 'r' && c[1] == 'n') {
            ret[count++] = 'm';
            c++;
        } else if (c[0] == 'v' && c[1] == 'v') {
            ret[count++] = 'w';
            c++;
        } else if (*c == '0') {
            ret[count++] = 'o';
        } else if (*c == '1' || *c == 'l' || *c == '|' || *c == 'j' || *c == '!') {
            ret[count++] = 'i';
        } else if (*c == '5' || *c == '$') {
            ret[count++] = 's';
        } else if (*c == '9' || *c == 'q') {
            ret[count++] = 'g';
        } else if (*c == '@' || *c == '4') {
            ret[count++] = 'a';
        } else if (*c != '-' && *c != '_') {
            ret[count++] = *c;
        }
    }
    ret[count] = '\0';
    return count;
}

/* At most one letter changed, left out, added, or two neighbours swapped. */
static bool nearly(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t i = 0;

    if (a_length + 1 < b_length || b_length + 1 < a_length) {
        return false;
    }
    while (i < a_length && i < b_length && a[i] == b[i]) {
        i++;
    }
    if (i == a_length && i == b_length) {
        return true;
    }
    if (a_length == b_length) {
        bool swapped = i + 1 < a_length && a[i] == b[i + 1] && a[i + 1] == b[i] &&
                       memcmp(a + i + 2, b + i + 2, a_length - i - 2) == 0;

        return swapped || memcmp(a + i + 1, b + i + 1, a_length - i - 1) == 0;
    }
    return a_length < b_length ? memcmp(a + i, b + i + 1, a_length - i) == 0
                               : memcmp(a + i + 1, b + i, b_length - i) == 0;
}

/* A brand's word somewhere in it, or nearly as one of its labels. */
static bool imitates(const char *text)
{
    char looks[OFFICIAL_VALUE_MAX + 1] = "", word[OFFICIAL_VALUE_MAX + 1] = "";

    skeleton(text, looks);
    for (size_t i = 0; i < official_brand_word_count; i++) {
        size_t length = skeleton(official_brand_words[i], word);

        if (length > 0 && strstr(looks, word) != NULL) {
            return true;
        }
        for (const char *label = looks; length > 3 && *label != '\0';) {
            size_t label_length = strcspn(label, ".@/");

            if (nearly(label, label_length, word, length)) {
                return true;
            }
            label += label_length + (label[label_length] == '\0' ? 0 : 1);
        }
    }
    return false;
}

/* ---- kinds ---- */

static const struct official_contact *find(enum official_kind kind, const char *value)
{
    for (size_t i = 0; i < official_contact_count; i++) {
        const struct official_contact *contact = &official_contacts[i];
        size_t length = strlen(contact->value), value_length = strlen(value);

        if (contact->kind != kind) {
            continue;
        }
        if (str_equal(contact->value, value)) {
            return contact;
        }
        if (kind == OFFICIAL_DOMAIN && value_length > length + 1 &&
            value[value_length - length - 1] == '.' &&
            str_equal(value + value_length - length, contact->value)) {
            return contact;
        }
    }
    return NULL;
}

static void decide(struct official_answer *ret, enum official_kind kind, const char *value,
                   enum official_reason reason)
{
    memset(ret, 0, sizeof(*ret));
    ret->kind = kind;
    ret->reason = reason;
    ret->verdict = OFFICIAL_NO;
    memcpy(ret->value, value, strlen(value) + 1);
}

/* Digits with one + in front at most; national numbers are Chinese, 0086 is +86. */
static bool read_phone(const struct reading *reading, char ret[OFFICIAL_VALUE_MAX + 1])
{
    char digits[OFFICIAL_VALUE_MAX + 1];
    size_t count = 0;
    bool plus = reading->plain[0] == '+';

    for (size_t i = plus ? 1 : 0; i < reading->length; i++) {
        char c = reading->plain[i];

        if (c >= '0' && c <= '9') {
            digits[count++] = c;
        } else if (c == '\0' || strchr("-.()/", c) == NULL) {
            return false;
        }
    }
    digits[count] = '\0';
    if (!plus && count >= 2 && str_starts_with(digits, "00")) {
        plus = true;
        memmove(digits, digits + 2, count - 1);
        count -= 2;
    }
    if (count < PHONE_DIGITS_MIN || count > PHONE_DIGITS_MAX) {
        return false;
    }
    memcpy(ret, plus ? "+" : "", plus ? 2 : 1);
    memcpy(ret + (plus ? 1 : 0), digits, count + 1);
    return true;
}

static void check_phone(const char *value, struct official_answer *ret)
{
    char national[OFFICIAL_VALUE_MAX + 1 + sizeof(COUNTRY)] = COUNTRY;
    const struct official_contact *contact = find(OFFICIAL_PHONE, value);

    if (contact == NULL && value[0] != '+') {
        memcpy(national + strlen(COUNTRY), value, strlen(value) + 1);
        contact = find(OFFICIAL_PHONE, national);
    }
    if (contact == NULL && str_starts_with(value, COUNTRY)) {
        contact = find(OFFICIAL_PHONE, value + strlen(COUNTRY));
    }
    decide(ret, OFFICIAL_PHONE, value, OFFICIAL_NOT_LISTED);
    if (contact != NULL) {
        ret->verdict = OFFICIAL_YES;
        ret->reason = OFFICIAL_LISTED;
        ret->contact = contact;
    }
}

static enum official_reason reason_of(const struct reading *reading, const char *looks)
{
    return imitates(looks)    ? (reading->foreign ? OFFICIAL_FOREIGN : OFFICIAL_IMITATION)
           : reading->foreign ? OFFICIAL_FOREIGN
           : strstr(looks, "xn--") != NULL ? OFFICIAL_FOREIGN
                                           : OFFICIAL_NOT_LISTED;
}

static void check_email(const struct reading *reading, struct official_answer *ret)
{
    const struct official_contact *contact = NULL;

    decide(ret, OFFICIAL_EMAIL, reading->foreign ? reading->looks : reading->plain,
           reason_of(reading, reading->looks));
    if (!reading->foreign) {
        contact = find(OFFICIAL_EMAIL, reading->plain);
    }
    if (contact != NULL) {
        ret->verdict = OFFICIAL_YES;
        ret->reason = OFFICIAL_LISTED;
        ret->contact = contact;
    }
}

static bool is_host(const char *host)
{
    size_t length = strlen(host);

    if (length == 0 || strchr(host, '.') == NULL || host[0] == '.') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char c = host[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
              c == '?')) {
            return false;
        }
    }
    return true;
}

/* A link taken apart as a browser does. */
struct link {
    char plain[OFFICIAL_VALUE_MAX + 1], looks[OFFICIAL_VALUE_MAX + 1]; /* the host */
    bool is_secure, has_scheme, hides_host;
};

static bool read_link(const struct reading *reading, struct link *ret)
{
    const char *scheme = strstr(reading->plain, "://");
    size_t start = scheme == NULL ? 0 : (size_t)(scheme - reading->plain) + 3, end, at;

    *ret = (struct link){.has_scheme = scheme != NULL,
                         .is_secure = str_starts_with(reading->plain, "https://")};
    /* browsers take a backslash for a slash */
    end = start + strcspn(reading->plain + start, "/\\#");
    for (at = end; at > start && reading->plain[at - 1] != '@'; at--) {
    }
    ret->hides_host = at > start;
    start = at;
    end = start + strcspn(reading->plain + start, "/\\#:");
    /* a question mark ends a host, but also stands for foreign letters here */
    while (end > start && reading->plain[end - 1] == '.') {
        end--;
    }
    memcpy(ret->plain, reading->plain + start, end - start);
    memcpy(ret->looks, reading->looks + start, end - start);
    if (!reading->foreign) {
        ret->plain[strcspn(ret->plain, "?")] = ret->looks[strcspn(ret->looks, "?")] = '\0';
    }
    return is_host(ret->plain);
}

static bool is_bare_address(const char *host)
{
    return strspn(host, "0123456789.") == strlen(host) || str_starts_with(host, "0x");
}

static void check_link(const struct reading *reading, const struct link *link,
                       struct official_answer *ret)
{
    const struct official_contact *contact =
        reading->foreign ? NULL : find(OFFICIAL_DOMAIN, link->plain);

    if (contact == NULL) {
        decide(ret, OFFICIAL_DOMAIN, link->looks, reason_of(reading, link->looks));
        if (is_bare_address(link->plain)) {
            ret->reason = OFFICIAL_ADDRESS;
        }
        if (link->hides_host) {
            ret->reason = OFFICIAL_HIDDEN_HOST;
        }
        return;
    }
    decide(ret, OFFICIAL_DOMAIN, link->plain, OFFICIAL_LISTED);
    if (link->hides_host) {
        ret->reason = OFFICIAL_HIDDEN_HOST;
    } else if (link->has_scheme && !link->is_secure) {
        ret->reason = OFFICIAL_NOT_SECURE;
    } else {
        ret->verdict = OFFICIAL_YES;
        ret->contact = contact;
    }
}

static bool is_email(const struct reading *reading)
{
    const char *at = strchr(reading->plain, '@');

    return at != NULL && at != reading->plain && strchr(at + 1, '@') == NULL &&
           strpbrk(reading->plain, "/\\:") == NULL && is_host(at + 1);
}

void official_check(const char *text, size_t length, struct official_answer *ret)
{
    struct reading reading;
    struct link link;
    char phone[OFFICIAL_VALUE_MAX + 1];

    *ret = (struct official_answer){.verdict = OFFICIAL_UNKNOWN, .reason = OFFICIAL_UNREADABLE};
    if (!str_is_utf8(text, length)) {
        return;
    }
    read_text(text, length, &reading);
    if (reading.length == 0 || reading.too_long) {
        return;
    }
    if (str_starts_with(reading.plain, "mailto:") || str_starts_with(reading.plain, "tel:")) {
        size_t skip = strcspn(reading.plain, ":") + 1;

        memmove(reading.plain, reading.plain + skip, reading.length - skip + 1);
        memmove(reading.looks, reading.looks + skip, reading.length - skip + 1);
        reading.length -= skip;
    }
    if (read_phone(&reading, phone)) {
        check_phone(phone, ret);
    } else if (is_email(&reading)) {
        check_email(&reading, ret);
    } else if (read_link(&reading, &link)) {
        check_link(&reading, &link, ret);
    }
}

/* ---- versions ---- */

static bool read_version(const char *text, size_t length, uint32_t ret[3])
{
    for (size_t part = 0; part < 3; part++) {
        const char *dot = part == 2 ? NULL : memchr(text, '.', length);
        size_t digits = part == 2 ? length : dot == NULL ? 0 : (size_t)(dot - text);

        if (digits == 0 || digits > 4 || text[0] == '-' ||
            !str_parse_u32(text, digits, &ret[part])) {
            return false;
        }
        text += digits + (part == 2 ? 0 : 1);
        length -= digits + (part == 2 ? 0 : 1);
    }
    return true;
}

bool official_version_compare(const char *a, size_t a_length, const char *b, int *ret)
{
    uint32_t left[3], right[3];

    if (!read_version(a, a_length, left)) {
        return false;
    }
    BUG_IF(!read_version(b, strlen(b), right));
    *ret = 0;
    for (size_t i = 0; i < 3 && *ret == 0; i++) {
        *ret = left[i] < right[i] ? -1 : left[i] > right[i] ? 1 : 0;
    }
    return true;
}
