/* metrics.c — see metrics.h. Series are kept in registration order; a family's HELP and TYPE lines
 * are written when the name changes. */
#include "core/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BUCKET_COUNT    14
#define COLLECTORS_MAX  8
#define LABELS_TEXT_MAX 256

/* Upper bounds in microseconds. */
static const int64_t bucket_bounds_us[BUCKET_COUNT] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000,
};
static const char *const bucket_labels[BUCKET_COUNT] = {
    "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01",
    "0.025",  "0.05",    "0.1",    "0.25",  "0.5",    "1",     "5",
};

struct metric {
    _Atomic int64_t value;
};

struct metric_histogram {
    _Atomic uint64_t buckets[BUCKET_COUNT + 1]; /* not cumulative; the last is +Inf */
    _Atomic uint64_t sum_us;
};

struct series {
    struct series *next;
    const char *name, *help;
    char labels[LABELS_TEXT_MAX];
    enum metric_type type; /* 0: a histogram */
    struct metric metric;
    struct metric_histogram histogram;
};

struct metrics {
    struct series *first, *last;
    metrics_collect_fn collect[COLLECTORS_MAX];
    void *collect_args[COLLECTORS_MAX];
    size_t collect_count;
};

struct metrics *metrics_create(void)
{
    struct metrics *metrics = calloc(1, sizeof(*metrics));

    BUG_IF(metrics == NULL);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL) {
        return;
    }
    while (metrics->first != NULL) {
        struct series *series = metrics->first;

        metrics->first = series->next;
        free(series);
    }
    free(metrics);
}

static struct series *series_add(struct metrics *metrics, const char *name, const char *help,
                                 const char *labels)
{
    struct series *series = calloc(1, sizeof(*series));
    size_t length = labels == NULL ? 0 : strlen(labels);

    BUG_IF(series == NULL);
    BUG_IF(length >= LABELS_TEXT_MAX);
    series->name = name;
    series->help = help;
    if (length > 0) {
        memcpy(series->labels, labels, length);
    }
    if (metrics->last == NULL) {
        metrics->first = series;
    } else {
        metrics->last->next = series;
    }
    metrics->last = series;
    return series;
}

struct metric *metrics_add(struct metrics *metrics, enum metric_type type, const char *name,
                           const char *help, const char *labels)
{
    struct series *series = series_add(metrics, name, help, labels);

    series->type = type;
    return &series->metric;
}

struct metric_histogram *metrics_add_histogram(struct metrics *metrics, const char *name,
                                               const char *help, const char *labels)
{
    return &series_add(metrics, name, help, labels)->histogram;
}

void metric_add(struct metric *metric, int64_t by)
{
    atomic_fetch_add_explicit(&metric->value, by, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

int64_t metric_get(const struct metric *metric)
{
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

void metric_observe_us(struct metric_histogram *histogram, int64_t us)
{
    size_t i = 0;

    if (us < 0) {
        us = 0;
    }
    while (i < BUCKET_COUNT && us > bucket_bounds_us[i]) {
        i++;
    }
    atomic_fetch_add_explicit(&histogram->buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_us, (uint64_t)us, memory_order_relaxed);
}

void metrics_on_collect(struct metrics *metrics, metrics_collect_fn collect, void *arg)
{
    BUG_IF(metrics->collect_count == COLLECTORS_MAX);
    metrics->collect[metrics->collect_count] = collect;
    metrics->collect_args[metrics->collect_count] = arg;
    metrics->collect_count++;
}

static void histogram_write(const struct series *series, struct buf *out)
{
    const char *comma = series->labels[0] == '\0' ? "" : ",";
    uint64_t count = 0, sum_us;

    for (size_t i = 0; i <= BUCKET_COUNT; i++) {
        count += atomic_load_explicit(&series->histogram.buckets[i], memory_order_relaxed);
        buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", series->name, series->labels,
                   comma, i == BUCKET_COUNT ? "+Inf" : bucket_labels[i], count);
    }
    sum_us = atomic_load_explicit(&series->histogram.sum_us, memory_order_relaxed);
    if (series->labels[0] == '\0') {
        buf_printf(out, "%s_sum %" PRIu64 ".%06" PRIu64 "\n%s_count %" PRIu64 "\n", series->name,
                   sum_us / 1000000, sum_us % 1000000, series->name, count);
    } else {
        buf_printf(out, "%s_sum{%s} %" PRIu64 ".%06" PRIu64 "\n%s_count{%s} %" PRIu64 "\n",
                   series->name, series->labels, sum_us / 1000000, sum_us % 1000000, series->name,
                   series->labels, count);
    }
}

static const char *type_name(const struct series *series)
{
    switch (series->type) {
    case METRIC_COUNTER:
        return "counter";
    case METRIC_GAUGE:
        return "gauge";
    }
    return "histogram";
}

void metrics_write(struct metrics *metrics, struct buf *out)
{
    const char *family = NULL;

    for (size_t i = 0; i < metrics->collect_count; i++) {
        metrics->collect[i](metrics->collect_args[i]);
    }
    for (const struct series *series = metrics->first; series != NULL; series = series->next) {
        if (family == NULL || strcmp(family, series->name) != 0) {
            family = series->name;
            buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family, series->help, family,
                       type_name(series));
        }
        if (series->type == 0) {
            histogram_write(series, out);
        } else if (series->labels[0] == '\0') {
            buf_printf(out, "%s %" PRId64 "\n", series->name, metric_get(&series->metric));
        } else {
            buf_printf(out, "%s{%s} %" PRId64 "\n", series->name, series->labels,
                       metric_get(&series->metric));
        }
    }
}
