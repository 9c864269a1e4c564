/* period.h — when a day, month or year of a pack begins, and what a business day is.
 *
 * Times are microseconds since 1970 UTC; days count from 1970-01-01 in the pack's time zone. Years
 * 1970 to 2999. Pure. */
#ifndef JN_POLICY_PERIOD_H
#define JN_POLICY_PERIOD_H

#include "policy/pack.h"

/* Offset from UTC at that moment. */
int64_t policy_offset_us(const struct pack *pack, int64_t at_us);
/* The local day of that moment. */
int32_t policy_day_of(const struct pack *pack, int64_t at_us);
/* When a local day begins. */
int64_t policy_day_start_us(const struct pack *pack, int32_t day);
/* The period that holds the moment: its first moment; of POLICY_LIFETIME and POLICY_EACH 0. */
int64_t policy_period_start_us(const struct pack *pack, enum policy_period period, int64_t at_us);
/* The first moment of the next one, when a limit renews; 0: never. */
int64_t policy_period_end_us(const struct pack *pack, enum policy_period period, int64_t at_us);

bool policy_is_business_day(const struct pack *pack, int32_t day);
/* The end of the count-th business day after the day of at_us (count >= 1): what "answered within
 * three business days" promises. */
int64_t policy_business_days_end_us(const struct pack *pack, int64_t at_us, int64_t count);
/* 1 Monday … 7 Sunday */
int policy_weekday(int32_t day);

#endif
