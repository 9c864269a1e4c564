/* metrics.h — counters, gauges and latency histograms in Prometheus' text format.
 *
 * Purpose: cheap numbers from any thread (relaxed atomics), read by whoever scrapes. A family has
 * one name, one help text and a fixed set of series that is registered before threads start.
 * Non-goals: quantiles (the scraper computes them from buckets), labels made from input.
 * Locks: none. Registration is single-threaded and comes first. */
#ifndef JN_CORE_METRICS_H
#define JN_CORE_METRICS_H

#include "core/base.h"
#include "core/buf.h"

struct metrics;
struct metric;           /* a counter or gauge */
struct metric_histogram; /* seconds, from microseconds */

enum metric_type { METRIC_COUNTER = 1, METRIC_GAUGE = 2 };

struct metrics *metrics_create(void);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* Names and help are static; labels ("route=\"/v1/x\",class=\"2xx\"" or NULL) is copied. Series of
 * one family must be registered one after another. Never NULL; lives as long as the registry. */
struct metric *metrics_add(struct metrics *metrics, enum metric_type type, const char *name,
                           const char *help, const char *labels);
struct metric_histogram *metrics_add_histogram(struct metrics *metrics, const char *name,
                                               const char *help, const char *labels);

void metric_add(struct metric *metric, int64_t by);
void metric_set(struct metric *metric, int64_t value);
int64_t metric_get(const struct metric *metric);
void metric_observe_us(struct metric_histogram *histogram, int64_t us);

/* Called first at each scrape, to set gauges from elsewhere. At most 8. */
typedef void (*metrics_collect_fn)(void *arg);
void metrics_on_collect(struct metrics *metrics, metrics_collect_fn collect, void *arg);

void metrics_write(struct metrics *metrics, struct buf *out);

#endif
