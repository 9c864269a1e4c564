/* period.c — see period.h. */
#include "policy/period.h"

#define MINUTE_US INT64_C(60000000)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

static int32_t floor_days(int64_t at_us)
{
    return (int32_t)(at_us >= 0 ? at_us / DAY_US : -((-at_us + DAY_US - 1) / DAY_US));
}

int policy_weekday(int32_t day)
{
    int32_t of_week = (day + 3) % 7; /* 1970-01-01 was a Thursday */

    return (int)(of_week < 0 ? of_week + 7 : of_week) + 1;
}

/* The last Sunday of a month that has 31 days. */
static int32_t last_sunday(int32_t year, int32_t month)
{
    int32_t day = date_days(year, month, 31);

    return day - policy_weekday(day) % 7;
}

/* Directive 2000/84/EC: from 01:00 UTC on the last Sunday of March to that of October. */
static bool is_eu_summer(int64_t at_us)
{
    int32_t year = date_of_days(floor_days(at_us)).year;

    return at_us >= last_sunday(year, 3) * DAY_US + HOUR_US &&
           at_us < last_sunday(year, 10) * DAY_US + HOUR_US;
}

int64_t policy_offset_us(const struct pack *pack, int64_t at_us)
{
    int64_t offset_us = pack->time_zone.offset_minutes * MINUTE_US;

    if (pack->time_zone.daylight_saving == POLICY_DST_EU && is_eu_summer(at_us)) {
        offset_us += HOUR_US;
    }
    return offset_us;
}

int32_t policy_day_of(const struct pack *pack, int64_t at_us)
{
    return floor_days(at_us + policy_offset_us(pack, at_us));
}

int64_t policy_day_start_us(const struct pack *pack, int32_t day)
{
    int64_t local_us = day * DAY_US;
    int64_t at_us = local_us - pack->time_zone.offset_minutes * MINUTE_US;

    /* The offset never changes at midnight, so that of standard time finds the right side. */
    return local_us - policy_offset_us(pack, at_us - HOUR_US);
}

static int32_t first_day(enum policy_period period, int32_t day)
{
    struct date date = date_of_days(day);

    switch (period) {
    case POLICY_DAY:
        return day;
    case POLICY_MONTH:
        return date_days(date.year, date.month, 1);
    case POLICY_YEAR:
        return date_days(date.year, 1, 1);
    case POLICY_EACH:
    case POLICY_LIFETIME:
        break;
    }
    BUG_IF(true);
}

static int32_t next_day(enum policy_period period, int32_t day)
{
    struct date date = date_of_days(day);

    switch (period) {
    case POLICY_DAY:
        return day + 1;
    case POLICY_MONTH:
        return date.month == 12 ? date_days(date.year + 1, 1, 1)
                                : date_days(date.year, date.month + 1, 1);
    case POLICY_YEAR:
        return date_days(date.year + 1, 1, 1);
    case POLICY_EACH:
    case POLICY_LIFETIME:
        break;
    }
    BUG_IF(true);
}

int64_t policy_period_start_us(const struct pack *pack, enum policy_period period, int64_t at_us)
{
    if (period == POLICY_EACH || period == POLICY_LIFETIME) {
        return 0;
    }
    return policy_day_start_us(pack, first_day(period, policy_day_of(pack, at_us)));
}

int64_t policy_period_end_us(const struct pack *pack, enum policy_period period, int64_t at_us)
{
    if (period == POLICY_EACH || period == POLICY_LIFETIME) {
        return 0;
    }
    return policy_day_start_us(pack, next_day(period, policy_day_of(pack, at_us)));
}

static bool is_among(const struct schema_list *days, int32_t day)
{
    const struct pack_day *items = days->items;
    size_t low = 0, high = days->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (items[middle].date == day) {
            return true;
        }
        if (items[middle].date < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool policy_is_business_day(const struct pack *pack, int32_t day)
{
    if (is_among(&pack->calendar.work_days, day)) {
        return true;
    }
    return (pack->calendar.weekend & (UINT32_C(1) << policy_weekday(day))) == 0 &&
           !is_among(&pack->calendar.holidays, day);
}

int64_t policy_business_days_end_us(const struct pack *pack, int64_t at_us, int64_t count)
{
    int32_t day = policy_day_of(pack, at_us);

    BUG_IF(count < 1);
    while (count > 0) {
        day++;
        if (policy_is_business_day(pack, day)) {
            count--;
        }
    }
    return policy_day_start_us(pack, day + 1);
}
