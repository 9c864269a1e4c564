/* clock.h — where time comes from. Domain time goes through a struct clock, so that tests and the
 * sandbox can move it; intervals for time-outs and measuring use clock_monotonic_us(). */
#ifndef JN_CORE_CLOCK_H
#define JN_CORE_CLOCK_H

#include <stdatomic.h>

#include "core/base.h"

/* offset_us is added to the system's real time; a virtual clock ignores the system entirely. */
struct clock {
    _Atomic int64_t offset_us;
    _Atomic int64_t virtual_us; /* 0: not virtual */
};

void clock_init_real(struct clock *clock);
void clock_init_virtual(struct clock *clock, int64_t start_us); /* start_us > 0 */
void clock_advance(struct clock *clock, int64_t by_us);         /* by_us >= 0 */
/* Microseconds since 1970 UTC. */
int64_t clock_now_us(const struct clock *clock);
int64_t clock_monotonic_us(void);

#define CLOCK_TEXT_MAX 32
/* RFC 3339 UTC with microseconds, "2026-11-22T04:21:22.000001Z"; returns the length. */
size_t clock_format_rfc3339(int64_t at_us, char ret[CLOCK_TEXT_MAX]);
/* RFC 3339 with any offset and up to 6 decimals, years 1970 to 9999. False if malformed. */
JN_MUST_USE bool clock_parse_rfc3339(const char *text, size_t length, int64_t *ret_at_us);

#endif
