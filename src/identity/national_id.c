/* national_id.c — see national_id.h. */
#include "identity/national_id.h"

#include <string.h>

#include "core/str.h"

#define CN_LENGTH       18
#define NAME_POINTS_MAX 50

static const char ideographic_space[] = "\xe3\x80\x80";
static const char middle_dot[] = "\xc2\xb7";

/* ---- GB 11643 ---- */

/* The provinces of GB/T 2260, and 83: residents from Taiwan. */
static bool is_region(const char *text)
{
    static const uint8_t provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                        35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                        53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    int number = (text[0] - '0') * 10 + (text[1] - '0');

    for (size_t i = 0; i < ARRAY_COUNT(provinces); i++) {
        if (provinces[i] == number) {
            return true;
        }
    }
    return false;
}

char national_id_check(const char digits[17])
{
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    unsigned sum = 0;

    for (size_t i = 0; i < 17; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return 0;
        }
        sum += (unsigned)(digits[i] - '0') * weights[i];
    }
    return checks[sum % 11];
}

static int32_t number_of(const char *text, size_t length)
{
    int32_t number = 0;

    for (size_t i = 0; i < length; i++) {
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

static bool is_date(int32_t year, int32_t month, int32_t day)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1900 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static enum national_id_fault check_resident(struct national_id *id, int32_t today)
{
    char check;

    if (id->length != CN_LENGTH) {
        return NATIONAL_ID_LENGTH;
    }
    check = national_id_check(id->text);
    if (check == 0 || (id->text[17] != 'X' && (id->text[17] < '0' || id->text[17] > '9'))) {
        return NATIONAL_ID_CHARACTER;
    }
    if (!is_region(id->text)) {
        return NATIONAL_ID_REGION;
    }
    id->birth_year = number_of(id->text + 6, 4);
    id->birth_month = number_of(id->text + 10, 2);
    id->birth_day = number_of(id->text + 12, 2);
    if (!is_date(id->birth_year, id->birth_month, id->birth_day) ||
        number_of(id->text + 6, 8) > today) {
        return NATIONAL_ID_DATE;
    }
    return id->text[17] == check ? NATIONAL_ID_OK : NATIONAL_ID_CHECK;
}

/* ---- any kind ---- */

static bool is_separator(char c)
{
    return c == ' ' || c == '-';
}

static bool is_upper_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

enum national_id_fault national_id_parse(enum national_id_kind kind, const char *text,
                                         size_t length, int32_t today, struct national_id *ret)
{
    struct national_id id = {.kind = kind};
    enum national_id_fault fault = NATIONAL_ID_OK;

    for (size_t i = 0; i < length; i++) {
        char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];

        if (is_separator(c)) {
            continue;
        }
        if (!is_upper_alnum(c)) {
            return NATIONAL_ID_CHARACTER;
        }
        if (id.length == NATIONAL_ID_MAX) {
            return NATIONAL_ID_LENGTH;
        }
        id.text[id.length++] = c;
    }
    switch (kind) {
    case NATIONAL_ID_CN_RESIDENT:
        fault = check_resident(&id, today);
        break;
    case NATIONAL_ID_PASSPORT:
        fault = id.length < 6 || id.length > 12 ? NATIONAL_ID_LENGTH : NATIONAL_ID_OK;
        break;
    case NATIONAL_ID_OTHER:
        fault = id.length < 5 ? NATIONAL_ID_LENGTH : NATIONAL_ID_OK;
        break;
    }
    if (fault == NATIONAL_ID_OK) {
        *ret = id;
    }
    return fault;
}

int32_t national_id_age(const struct national_id *id, int32_t today)
{
    int32_t born = id->birth_year * 10000 + id->birth_month * 100 + id->birth_day;

    return id->birth_year == 0 ? -1 : (today - born) / 10000;
}

void national_id_mask(const char *text, size_t length, char ret[NATIONAL_ID_MAX + 1])
{
    size_t shown = length >= 15 ? 3 : 1;

    BUG_IF(length > NATIONAL_ID_MAX);
    for (size_t i = 0; i < length; i++) {
        ret[i] = i < shown || i + shown + 1 > length ? text[i] : '*';
    }
    ret[length] = '\0';
}

/* ---- names ---- */

/* Bytes of the character that begins here; the text is UTF-8. */
static size_t character_bytes(const char *text)
{
    unsigned char c = (unsigned char)*text;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static bool is_name_character(const char *text, size_t bytes)
{
    unsigned char c = (unsigned char)*text;

    if (bytes == 1) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '\'' || c == '-' ||
               c == '.';
    }
    if (bytes == 2) { /* Latin with marks, Greek, Cyrillic and so on; no signs but the dot */
        return memcmp(text, middle_dot, 2) == 0 || c >= 0xc3;
    }
    /* Beyond: all but general punctuation, symbols (U+2000 to U+2BFF), CJK punctuation (U+3000 to
     * U+303F), private use and full-width forms. */
    if (c == 0xe2) {
        return (unsigned char)text[1] >= 0xb0;
    }
    if (c == 0xe3 && (unsigned char)text[1] == 0x80) {
        return false;
    }
    if (bytes == 4) { /* rare ideographs, U+20000 and up; emoji are below */
        return c == 0xf0 && (unsigned char)text[1] >= 0xa0;
    }
    return c != 0xee && c != 0xef;
}

enum err person_name_normalise(const char *text, size_t length, char *ret, size_t *ret_length)
{
    char name[PERSON_NAME_BYTES + 1];
    size_t used = 0, points = 0;
    bool space = false;

    if (!str_is_utf8(text, length)) {
        return ERR_NAME_INVALID;
    }
    for (size_t i = 0; i < length;) {
        size_t bytes = character_bytes(text + i);

        if (text[i] == ' ' || (bytes == 3 && memcmp(text + i, ideographic_space, 3) == 0)) {
            space = used > 0;
            i += bytes;
            continue;
        }
        if (!is_name_character(text + i, bytes) || used + bytes + 1 > PERSON_NAME_BYTES) {
            return ERR_NAME_INVALID;
        }
        if (space) {
            name[used++] = ' ';
            space = false;
        }
        memcpy(name + used, text + i, bytes);
        used += bytes;
        i += bytes;
        points++;
    }
    if (points < 2 || points > NAME_POINTS_MAX) {
        return ERR_NAME_INVALID;
    }
    memcpy(ret, name, used);
    ret[used] = '\0';
    *ret_length = used;
    return ERR_OK;
}

void person_name_mask(const char *name, size_t length, char *ret)
{
    size_t last = 0, used = 0;

    for (size_t i = 0; i < length; i += character_bytes(name + i)) {
        last = i;
    }
    for (size_t i = 0; i < last; i += character_bytes(name + i)) {
        ret[used++] = name[i] == ' ' ? ' ' : '*';
    }
    memcpy(ret + used, name + last, length - last);
    ret[used + length - last] = '\0';
}
