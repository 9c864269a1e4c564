/* clock.c — see clock.h. Dates by counting days from 1 March, so that the leap day comes last in
 * its year and every month has a formula. */
#include "core/clock.h"

#include <string.h>
#include <time.h>

#define US_PER_S   INT64_C(1000000)
#define S_PER_DAY  INT64_C(86400)
#define YEAR_FIRST 1970
#define YEAR_LAST  9999
/* 9999-12-31T23:59:59.999999Z */
#define AT_US_MAX INT64_C(253402300799999999)

static int64_t read_clock_us(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    BUG_IF(failed != 0);
    return (int64_t)now.tv_sec * US_PER_S + (int64_t)now.tv_nsec / 1000;
}

void clock_init_real(struct clock *clock)
{
    atomic_init(&clock->offset_us, 0);
    atomic_init(&clock->virtual_us, 0);
}

void clock_init_virtual(struct clock *clock, int64_t start_us)
{
    BUG_IF(start_us <= 0);
    atomic_init(&clock->offset_us, 0);
    atomic_init(&clock->virtual_us, start_us);
}

void clock_advance(struct clock *clock, int64_t by_us)
{
    BUG_IF(by_us < 0);
    if (atomic_load(&clock->virtual_us) != 0) {
        atomic_fetch_add(&clock->virtual_us, by_us);
    } else {
        atomic_fetch_add(&clock->offset_us, by_us);
    }
}

int64_t clock_now_us(const struct clock *clock)
{
    int64_t virtual_us = atomic_load(&clock->virtual_us);
    if (virtual_us != 0) {
        return virtual_us;
    }
    return read_clock_us(CLOCK_REALTIME) + atomic_load(&clock->offset_us);
}

int64_t clock_monotonic_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

/* Days from 1970-01-01 to the date, proleptic Gregorian, year >= 0. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    if (month <= 2) {
        year -= 1; /* January and February belong to the year that began last March */
    }
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2 ? 1 : 0);
}

static char *put_digits(char *at, int64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

size_t clock_format_rfc3339(int64_t at_us, char ret[CLOCK_TEXT_MAX])
{
    BUG_IF(at_us < 0 || at_us > AT_US_MAX);
    int64_t seconds = at_us / US_PER_S;
    int64_t of_day = seconds % S_PER_DAY;
    int64_t year, month, day;
    date_from_days(seconds / S_PER_DAY, &year, &month, &day);
    char *at = put_digits(ret, year, 4);
    *at++ = '-';
    at = put_digits(at, month, 2);
    *at++ = '-';
    at = put_digits(at, day, 2);
    *at++ = 'T';
    at = put_digits(at, of_day / 3600, 2);
    *at++ = ':';
    at = put_digits(at, of_day / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, of_day % 60, 2);
    *at++ = '.';
    at = put_digits(at, at_us % US_PER_S, 6);
    *at++ = 'Z';
    *at = 0;
    return (size_t)(at - ret);
}

struct reader {
    const char *at;
    const char *end;
};

/* `count` digits; -1 if there are not that many. */
static int64_t take_digits(struct reader *reader, int count)
{
    if (reader->end - reader->at < count) {
        return -1;
    }
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        char c = reader->at[i];
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    reader->at += count;
    return value;
}

static bool take_char(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c) {
        return false;
    }
    reader->at++;
    return true;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static bool take_date(struct reader *reader, int64_t *ret_days)
{
    int64_t year = take_digits(reader, 4);
    if (year < YEAR_FIRST - 1 || year > YEAR_LAST || !take_char(reader, '-')) {
        return false; /* 1969-12-31 with a negative offset may still be 1970 in UTC */
    }
    int64_t month = take_digits(reader, 2);
    if (month < 1 || month > 12 || !take_char(reader, '-')) {
        return false;
    }
    int64_t day = take_digits(reader, 2);
    if (day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *ret_days = days_from_date(year, month, day);
    return true;
}

static bool take_time_us(struct reader *reader, int64_t *ret_us)
{
    int64_t hour = take_digits(reader, 2);
    if (hour < 0 || hour > 23 || !take_char(reader, ':')) {
        return false;
    }
    int64_t minute = take_digits(reader, 2);
    if (minute < 0 || minute > 59 || !take_char(reader, ':')) {
        return false;
    }
    int64_t second = take_digits(reader, 2);
    if (second < 0 || second > 59) {
        return false;
    }
    int64_t micros = 0;
    if (take_char(reader, '.')) {
        int64_t unit = 100000;
        int64_t digit = take_digits(reader, 1);
        if (digit < 0) {
            return false;
        }
        for (; digit >= 0 && unit > 0; digit = unit > 0 ? take_digits(reader, 1) : -1) {
            micros += digit * unit;
            unit /= 10;
        }
    }
    *ret_us = (hour * 3600 + minute * 60 + second) * US_PER_S + micros;
    return true;
}

static bool take_offset_us(struct reader *reader, int64_t *ret_us)
{
    if (take_char(reader, 'Z')) {
        *ret_us = 0;
        return true;
    }
    int64_t sign = take_char(reader, '-') ? -1 : 1;
    if (sign == 1 && !take_char(reader, '+')) {
        return false;
    }
    int64_t hour = take_digits(reader, 2);
    if (hour < 0 || hour > 23 || !take_char(reader, ':')) {
        return false;
    }
    int64_t minute = take_digits(reader, 2);
    if (minute < 0 || minute > 59) {
        return false;
    }
    *ret_us = sign * (hour * 3600 + minute * 60) * US_PER_S;
    return true;
}

bool clock_parse_rfc3339(const char *text, size_t length, int64_t *ret_at_us)
{
    struct reader reader = {.at = text, .end = text + length};
    int64_t days, time_us, offset_us;
    if (!take_date(&reader, &days) || !take_char(&reader, 'T') ||
        !take_time_us(&reader, &time_us) || !take_offset_us(&reader, &offset_us) ||
        reader.at != reader.end) {
        return false;
    }
    int64_t at_us = days * S_PER_DAY * US_PER_S + time_us - offset_us;
    if (at_us < 0 || at_us > AT_US_MAX) {
        return false;
    }
    *ret_at_us = at_us;
    return true;
}
