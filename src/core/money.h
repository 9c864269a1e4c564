/* money.h — amounts in minor units with their currency, and the only arithmetic on them.
 *
 * A magnitude never exceeds 2^53-1 minor units, so that every JSON reader keeps it exact. Currency
 * codes and exponents follow ISO 4217. No operation rounds silently; there is no floating point. */
#ifndef JN_CORE_MONEY_H
#define JN_CORE_MONEY_H

#include "core/base.h"
#include "core/err.h"

#define MONEY_MINOR_MAX ((INT64_C(1) << 53) - 1)

/* The ISO 4217 numeric code is the value, in memory, in the database and in hashes. */
enum currency {
    CURRENCY_NONE = 0,
    CURRENCY_CNY = 156,
    CURRENCY_HKD = 344,
    CURRENCY_JPY = 392,
    CURRENCY_KRW = 410,
    CURRENCY_KWD = 414,
    CURRENCY_SGD = 702,
    CURRENCY_GBP = 826,
    CURRENCY_USD = 840,
    CURRENCY_EUR = 978,
};

struct money {
    int64_t minor; /* minor units, |minor| <= MONEY_MINOR_MAX */
    enum currency currency;
};

enum money_status {
    MONEY_OK = 0,
    MONEY_NEGATIVE = 1, /* money_sub only: the result is below zero and is returned all the same */
    MONEY_OVERFLOW = 2,
    MONEY_CURRENCY_MISMATCH = 3,
};

enum money_rounding { MONEY_ROUND_DOWN = 0, MONEY_ROUND_HALF_EVEN = 1, MONEY_ROUND_UP = 2 };

/* Number of decimal digits of a currency's minor unit (JPY 0, CNY 2, KWD 3); -1 if not known. */
int currency_exponent(enum currency currency);
/* "CNY" for CURRENCY_CNY; NULL if not known. The string is static. */
const char *currency_code(enum currency currency);
/* CURRENCY_NONE when the three letters are not a currency we know. Upper case only. */
enum currency currency_from_code(const char *code, size_t length);
/* CURRENCY_NONE when the numeric code is not one we know. */
enum currency currency_from_number(int64_t number);
/* The known currencies in ascending numeric order; *ret_count is set. Static memory. */
const enum currency *currency_all(size_t *ret_count);

/* The operand of each is in range already (BUG_IF otherwise). *ret is untouched unless OK, or
 * NEGATIVE for money_sub. */
JN_MUST_USE enum money_status money_add(struct money a, struct money b, struct money *ret);
JN_MUST_USE enum money_status money_sub(struct money a, struct money b, struct money *ret);
/* amount * numerator / denominator in 128 bits; denominator > 0. */
JN_MUST_USE enum money_status money_scale(struct money amount, int64_t numerator,
                                          int64_t denominator, enum money_rounding rounding,
                                          struct money *ret);
/* Splits a non-negative amount in proportion to weights (each >= 0, not all zero, count <= 1000);
 * the parts sum to the whole exactly; leftover minor units go to the largest remainders, earlier
 * parts first. */
JN_MUST_USE enum money_status money_split(struct money amount, const int64_t *weights, size_t count,
                                          struct money *ret_parts);
/* Sum of two raw counters kept by the ledger, checked against MONEY_MINOR_MAX in magnitude.
 * False on overflow, *ret untouched. */
JN_MUST_USE bool minor_add(int64_t a, int64_t b, int64_t *ret);
JN_MUST_USE bool minor_sub(int64_t a, int64_t b, int64_t *ret);

/* Parses "12.34" by the currency's exponent: optional sign, digits, at most `exponent` decimals.
 * Never goes through a double. ERR_AMOUNT_INVALID or ERR_AMOUNT_OUT_OF_RANGE. */
JN_MUST_USE enum err money_parse(const char *text, size_t length, enum currency currency,
                                 struct money *ret);
#define MONEY_TEXT_MAX 32
/* Writes "-12.34" and a NUL into ret (MONEY_TEXT_MAX bytes); returns the length. */
size_t money_format(struct money amount, char ret[MONEY_TEXT_MAX]);

#endif
