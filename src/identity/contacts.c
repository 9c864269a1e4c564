/* contacts.c — see contacts.h. */
#include "identity/contacts.h"

#include <string.h>

#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15 /* ITU-T E.164 */
#define LOCAL_PART_MAX   64 /* RFC 5321, 4.5.3.1.1 */
#define CHINESE_DIGITS   11
#define CHINESE_CODE     "86"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

static enum err normalise_phone(const char *text, size_t length, struct contact_value *ret)
{
    char digits[PHONE_DIGITS_MAX + 1];
    size_t count = 0, at = 0;
    bool international = length > 0 && text[0] == '+';

    for (at = international ? 1 : 0; at < length; at++) {
        if (is_digit(text[at])) {
            if (count > PHONE_DIGITS_MAX) {
                return ERR_CONTACT_INVALID;
            }
            digits[count++] = text[at];
        } else if (text[at] == '\0' || strchr(" -.()", text[at]) == NULL) {
            return ERR_CONTACT_INVALID;
        }
    }
    ret->channel = CONTACT_PHONE;
    ret->text[0] = '+';
    ret->length = 1;
    if (!international) {
        if (count != CHINESE_DIGITS || digits[0] != '1') {
            return ERR_CONTACT_INVALID;
        }
        memcpy(ret->text + 1, CHINESE_CODE, 2);
        ret->length = 3;
    } else if (count < PHONE_DIGITS_MIN || count > PHONE_DIGITS_MAX || digits[0] == '0') {
        return ERR_CONTACT_INVALID;
    }
    memcpy(ret->text + ret->length, digits, count);
    ret->length += count;
    ret->text[ret->length] = '\0';
    return ERR_OK;
}

/* RFC 5321's dot-atom, without quoted forms. */
static bool local_part_ok(const char *text, size_t length)
{
    if (length == 0 || length > LOCAL_PART_MAX || text[0] == '.' || text[length - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' ? text[i + 1] == '.'
                           : !is_alnum(text[i]) && strchr("!#$%&'*+/=?^_`{|}~-", text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool domain_ok(const char *text, size_t length)
{
    size_t label = 0;
    bool dot = false;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.') {
            if (label == 0 || text[i - 1] == '-') {
                return false;
            }
            dot = true;
            label = 0;
        } else if (is_alnum(text[i]) || (text[i] == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
        if (label > 63) {
            return false;
        }
    }
    return dot && label > 1 && text[length - 1] != '-';
}

static enum err normalise_email(const char *text, size_t length, struct contact_value *ret)
{
    const char *at_sign;
    size_t local;

    if (length > CONTACT_VALUE_MAX) {
        return ERR_CONTACT_INVALID;
    }
    for (size_t i = 0; i < length; i++) {
        ret->text[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        if (text[i] <= 0x20 || text[i] == 0x7f) {
            return ERR_CONTACT_INVALID;
        }
    }
    ret->text[length] = '\0';
    ret->length = length;
    ret->channel = CONTACT_EMAIL;
    at_sign = memchr(ret->text, '@', length);
    local = (size_t)(at_sign - ret->text);
    return local_part_ok(ret->text, local) && domain_ok(at_sign + 1, length - local - 1)
               ? ERR_OK
               : ERR_CONTACT_INVALID;
}

enum err contact_normalise(const char *text, size_t length, struct contact_value *ret)
{
    struct contact_value value = {0};
    enum err err;

    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    if (length == 0) {
        return ERR_CONTACT_INVALID;
    }
    err = memchr(text, '@', length) != NULL ? normalise_email(text, length, &value)
                                            : normalise_phone(text, length, &value);
    if (err == ERR_OK) {
        *ret = value;
    }
    return err;
}

static void mask_phone(const struct contact_value *value, char ret[CONTACT_MASK_MAX])
{
    size_t code = strncmp(value->text, "+86", 3) == 0 ? 3 : 0;
    size_t shown = code == 3 ? 3 : 2, at = 0;

    if (code == 3) {
        memcpy(ret, "+86 ", 4);
        at = 4;
    }
    memcpy(ret + at, value->text + code, shown);
    at += shown;
    memcpy(ret + at, "****", 4);
    at += 4;
    memcpy(ret + at, value->text + value->length - (code == 3 ? 4 : 2), code == 3 ? 4 : 2);
    ret[at + (code == 3 ? 4 : 2)] = '\0';
}

void contact_mask(const struct contact_value *value, char ret[CONTACT_MASK_MAX])
{
    const char *domain;
    size_t length;

    if (value->channel == CONTACT_PHONE) {
        mask_phone(value, ret);
        return;
    }
    domain = strchr(value->text, '@');
    BUG_IF(domain == NULL);
    length = value->length - (size_t)(domain - value->text);
    length = length < CONTACT_MASK_MAX - 5 ? length : CONTACT_MASK_MAX - 5;
    ret[0] = value->text[0];
    memcpy(ret + 1, "***", 3);
    memcpy(ret + 4, domain, length);
    ret[4 + length] = '\0';
}
