/* card_number.c — see card_number.h. */
#include "identity/card_number.h"

bool luhn_is_valid(const char *digits, size_t length)
{
    unsigned sum = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(digits[length - 1 - i] - '0');

        if (digit > 9) {
            return false;
        }
        if (i % 2 == 1) {
            digit = 2 * digit > 9 ? 2 * digit - 9 : 2 * digit;
        }
        sum += digit;
    }
    return length > 0 && sum % 10 == 0;
}

enum err card_number_parse(const char *text, size_t length, struct card_number *ret)
{
    struct card_number number = {.length = 0};

    for (size_t i = 0; i < length; i++) {
        if (text[i] == ' ' || text[i] == '-') {
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || number.length == CARD_DIGITS_MAX) {
            return ERR_CARD_NUMBER_INVALID;
        }
        number.digits[number.length++] = text[i];
    }
    if (number.length < CARD_DIGITS_MIN || !luhn_is_valid(number.digits, number.length)) {
        return ERR_CARD_NUMBER_INVALID;
    }
    *ret = number;
    return ERR_OK;
}
