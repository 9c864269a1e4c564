/* pin_rules.c — see pin_rules.h. */
#include "identity/pin_rules.h"

#include <string.h>

#include "core/sha256.h"

#define ID_NUMBER_LENGTH 18
#define DIGITS_MAX       32

static bool has_constant_step(const char *pin)
{
    int step = (pin[1] - pin[0] + 10) % 10;

    for (size_t i = 2; i < PIN_DIGITS; i++) {
        if ((pin[i] - pin[i - 1] + 10) % 10 != step) {
            return false;
        }
    }
    return true;
}

static bool has_period(const char *pin, size_t period)
{
    for (size_t i = period; i < PIN_DIGITS; i++) {
        if (pin[i] != pin[i - period]) {
            return false;
        }
    }
    return true;
}

/* 112233, 665544: doubled digits a constant step apart. */
static bool is_doubled(const char *pin)
{
    return pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5] &&
           (pin[2] - pin[0] + 10) % 10 == (pin[4] - pin[2] + 10) % 10;
}

static bool is_mirror(const char *pin)
{
    return pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3];
}

/* Columns, diagonals and corners of a keypad, and numbers that read as words. */
static bool is_well_known(const char *pin)
{
    static const char known[][PIN_DIGITS + 1] = {
        "147258", "258369", "369258", "258147", "159357", "357159", "159753", "753159", "147369",
        "369147", "741852", "852963", "963852", "135246", "246135", "123654", "456123", "123789",
        "789123", "112358", "314159", "520131", "131452", "201314", "521314", "110120", "168888",
        "888168", "666888", "888666", "111222", "222333", "000111", "100200", "121121", "101010",
    };
    bool found = false;

    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        found |= secret_equal(known[i], pin, PIN_DIGITS);
    }
    return found;
}

/* Keeps the ASCII digits of text; returns how many. */
static size_t only_digits(const char *text, char ret[DIGITS_MAX + 1])
{
    size_t count = 0;

    for (; text != NULL && *text != '\0' && count < DIGITS_MAX; text++) {
        if (*text >= '0' && *text <= '9') {
            ret[count++] = *text;
        }
    }
    ret[count] = '\0';
    return count;
}

/* `birthday` is YYYYMMDD. */
static bool is_birthday(const char *pin, const char *birthday)
{
    const char *year = birthday, *month = birthday + 4, *day = birthday + 6;
    const char *const orders[][3] = {
        {year + 2, month, day},  {day, month, year + 2},  {month, day, year + 2},
        {year, year + 2, month}, {month, year, year + 2}, {year, year + 2, day},
    };

    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        if (memcmp(pin, orders[i][0], 2) == 0 && memcmp(pin + 2, orders[i][1], 2) == 0 &&
            memcmp(pin + 4, orders[i][2], 2) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_personal(const char *pin, const struct pin_known *known)
{
    char text[DIGITS_MAX + 1];
    bool found;

    (void)only_digits(known->id_number, text);
    found = strstr(text, pin) != NULL ||
            (known->id_number != NULL && strlen(known->id_number) == ID_NUMBER_LENGTH &&
             strlen(text) >= 14 && is_birthday(pin, text + 6));
    (void)only_digits(known->phone, text);
    found = found || strstr(text, pin) != NULL;
    secret_wipe(text, sizeof(text));
    return found;
}

enum err pin_check_rules(const char *pin, const struct pin_known *known)
{
    BUG_IF(strlen(pin) != PIN_DIGITS || strspn(pin, "0123456789") != PIN_DIGITS);
    if (has_constant_step(pin) || has_period(pin, 2) || has_period(pin, 3) || is_doubled(pin) ||
        is_mirror(pin) || is_well_known(pin)) {
        return ERR_PIN_TOO_SIMPLE;
    }
    return is_personal(pin, known) ? ERR_PIN_IS_PERSONAL : ERR_OK;
}
