/* money.c — see money.h. The only file that does arithmetic on .minor. */
#include "core/money.h"

#include <stdio.h>
#include <string.h>

struct currency_row {
    enum currency currency;
    char code[4];
    int exponent;
};

/* Ascending by number. Source: ISO 4217 list one. */
static const struct currency_row rows[] = {
    {CURRENCY_CNY, "CNY", 2}, {CURRENCY_HKD, "HKD", 2}, {CURRENCY_JPY, "JPY", 0},
    {CURRENCY_KRW, "KRW", 0}, {CURRENCY_KWD, "KWD", 3}, {CURRENCY_SGD, "SGD", 2},
    {CURRENCY_GBP, "GBP", 2}, {CURRENCY_USD, "USD", 2}, {CURRENCY_EUR, "EUR", 2},
};
static const enum currency numbers[] = {
    CURRENCY_CNY, CURRENCY_HKD, CURRENCY_JPY, CURRENCY_KRW, CURRENCY_KWD,
    CURRENCY_SGD, CURRENCY_GBP, CURRENCY_USD, CURRENCY_EUR,
};
_Static_assert(ARRAY_COUNT(rows) == ARRAY_COUNT(numbers), "one row a currency");

static const struct currency_row *row_of(int64_t number)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if ((int64_t)rows[i].currency == number) {
            return &rows[i];
        }
    }
    return NULL;
}

int currency_exponent(enum currency currency)
{
    const struct currency_row *row = row_of(currency);
    return row == NULL ? -1 : row->exponent;
}

const char *currency_code(enum currency currency)
{
    const struct currency_row *row = row_of(currency);
    return row == NULL ? NULL : row->code;
}

enum currency currency_from_code(const char *code, size_t length)
{
    if (length != 3) {
        return CURRENCY_NONE;
    }
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (memcmp(rows[i].code, code, 3) == 0) {
            return rows[i].currency;
        }
    }
    return CURRENCY_NONE;
}

enum currency currency_from_number(int64_t number)
{
    const struct currency_row *row = row_of(number);
    return row == NULL ? CURRENCY_NONE : row->currency;
}

const enum currency *currency_all(size_t *ret_count)
{
    *ret_count = ARRAY_COUNT(numbers);
    return numbers;
}

static bool is_in_range(__int128 minor)
{
    return minor >= -MONEY_MINOR_MAX && minor <= MONEY_MINOR_MAX;
}

bool minor_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) || !is_in_range(sum)) {
        return false;
    }
    *ret = sum;
    return true;
}

bool minor_sub(int64_t a, int64_t b, int64_t *ret)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference) || !is_in_range(difference)) {
        return false;
    }
    *ret = difference;
    return true;
}

enum money_status money_add(struct money a, struct money b, struct money *ret)
{
    BUG_IF(!is_in_range(a.minor) || !is_in_range(b.minor));
    if (a.currency != b.currency) {
        return MONEY_CURRENCY_MISMATCH;
    }
    int64_t sum;
    if (!minor_add(a.minor, b.minor, &sum)) {
        return MONEY_OVERFLOW;
    }
    *ret = (struct money){.minor = sum, .currency = a.currency};
    return MONEY_OK;
}

enum money_status money_sub(struct money a, struct money b, struct money *ret)
{
    BUG_IF(!is_in_range(a.minor) || !is_in_range(b.minor));
    if (a.currency != b.currency) {
        return MONEY_CURRENCY_MISMATCH;
    }
    int64_t difference;
    if (!minor_sub(a.minor, b.minor, &difference)) {
        return MONEY_OVERFLOW;
    }
    *ret = (struct money){.minor = difference, .currency = a.currency};
    return difference < 0 ? MONEY_NEGATIVE : MONEY_OK;
}

/* quotient = value / denominator rounded; value >= 0, denominator > 0. */
static __int128 divide_rounded(__int128 value, int64_t denominator, enum money_rounding rounding)
{
    __int128 quotient = value / denominator;
    __int128 remainder = value % denominator;
    switch (rounding) {
    case MONEY_ROUND_DOWN:
        return quotient;
    case MONEY_ROUND_UP:
        return remainder == 0 ? quotient : quotient + 1;
    case MONEY_ROUND_HALF_EVEN:
        if (remainder * 2 > denominator || (remainder * 2 == denominator && quotient % 2 == 1)) {
            return quotient + 1;
        }
        return quotient;
    }
    BUG_IF(true);
    return 0;
}

enum money_status money_scale(struct money amount, int64_t numerator, int64_t denominator,
                              enum money_rounding rounding, struct money *ret)
{
    BUG_IF(!is_in_range(amount.minor) || denominator <= 0);
    __int128 product = (__int128)amount.minor * numerator; /* < 2^117 in magnitude */
    bool is_negative = product < 0;
    __int128 scaled = divide_rounded(is_negative ? -product : product, denominator, rounding);
    if (scaled > MONEY_MINOR_MAX) {
        return MONEY_OVERFLOW;
    }
    int64_t minor = (int64_t)scaled;
    *ret = (struct money){.minor = is_negative ? -minor : minor, .currency = amount.currency};
    return MONEY_OK;
}

#define SPLIT_COUNT_MAX 1000

enum money_status money_split(struct money amount, const int64_t *weights, size_t count,
                              struct money *ret_parts)
{
    BUG_IF(!is_in_range(amount.minor) || amount.minor < 0);
    BUG_IF(count == 0 || count > SPLIT_COUNT_MAX);
    __int128 remainders[SPLIT_COUNT_MAX];
    __int128 total = 0;
    for (size_t i = 0; i < count; i++) {
        BUG_IF(weights[i] < 0);
        total += weights[i];
    }
    BUG_IF(total == 0);
    int64_t left = amount.minor;
    for (size_t i = 0; i < count; i++) {
        __int128 product = (__int128)amount.minor * weights[i];
        ret_parts[i] =
            (struct money){.minor = (int64_t)(product / total), .currency = amount.currency};
        remainders[i] = product % total;
        left -= ret_parts[i].minor;
    }
    /* Fewer are left than parts with a remainder, so the loop ends before it meets a zero. */
    while (left > 0) {
        size_t largest = 0;
        for (size_t i = 1; i < count; i++) {
            if (remainders[i] > remainders[largest]) {
                largest = i;
            }
        }
        BUG_IF(remainders[largest] <= 0);
        ret_parts[largest].minor += 1;
        remainders[largest] = 0;
        left -= 1;
    }
    return MONEY_OK;
}

/* One digit more; false beyond MONEY_MINOR_MAX. */
static bool push_digit(int64_t *value, int digit)
{
    int64_t next = *value * 10 + digit; /* *value <= 2^53: cannot overflow 64 bits */
    if (next > MONEY_MINOR_MAX) {
        return false;
    }
    *value = next;
    return true;
}

enum err money_parse(const char *text, size_t length, enum currency currency, struct money *ret)
{
    int exponent = currency_exponent(currency);
    BUG_IF(exponent < 0);
    size_t at = length > 0 && text[0] == '-' ? 1 : 0;
    bool is_negative = at == 1;
    bool in_range = true;
    int64_t value = 0;
    int whole = 0, decimals = 0;
    bool has_point = false;
    for (; at < length; at++) {
        if (text[at] == '.' && !has_point && whole > 0) {
            has_point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9' || (has_point && decimals == exponent)) {
            return ERR_AMOUNT_INVALID;
        }
        whole = has_point || whole > 0 ? whole : 1;
        decimals += has_point ? 1 : 0;
        in_range = in_range && push_digit(&value, text[at] - '0');
    }
    if (whole == 0 || (has_point && decimals == 0)) {
        return ERR_AMOUNT_INVALID;
    }
    for (; decimals < exponent; decimals++) {
        in_range = in_range && push_digit(&value, 0);
    }
    if (!in_range) {
        return ERR_AMOUNT_OUT_OF_RANGE;
    }
    *ret = (struct money){.minor = is_negative ? -value : value, .currency = currency};
    return ERR_OK;
}

size_t money_format(struct money amount, char ret[MONEY_TEXT_MAX])
{
    int exponent = currency_exponent(amount.currency);
    BUG_IF(exponent < 0 || !is_in_range(amount.minor));
    int64_t unit = 1;
    for (int i = 0; i < exponent; i++) {
        unit *= 10;
    }
    int64_t magnitude = amount.minor < 0 ? -amount.minor : amount.minor;
    const char *sign = amount.minor < 0 ? "-" : "";
    int length;
    if (exponent == 0) {
        length = snprintf(ret, MONEY_TEXT_MAX, "%s%lld", sign, (long long)magnitude);
    } else {
        length = snprintf(ret, MONEY_TEXT_MAX, "%s%lld.%0*lld", sign, (long long)(magnitude / unit),
                          exponent, (long long)(magnitude % unit));
    }
    BUG_IF(length <= 0 || length >= MONEY_TEXT_MAX);
    return (size_t)length;
}
