/* audit_main.c — the program: options, findings, the verdict. Exit status 0: clean; 1: something
 * was found; 2: it could not be read, or the command line is wrong. */
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "core/clock.h"
#include "core/str.h"

#define KEY_FILE_MAX 65536
#define FINDINGS_MAX 100000

static const char *const CHECK_NAMES[AUDIT_CHECK_COUNT] = {
    [AUDIT_ACCOUNT_OPENING] = "account_opening",
    [AUDIT_ACCOUNT_STATE] = "account_state",
    [AUDIT_TRANSFER_CORE] = "transfer_core",
    [AUDIT_ENTRY_STATE] = "entry_state",
    [AUDIT_ENTRY_HASH] = "entry_hash",
    [AUDIT_ROW_MISSING] = "row_missing",
    [AUDIT_ROW_EXTRA] = "row_extra",
    [AUDIT_SEGMENT] = "segment",
    [AUDIT_SEGMENT_OF] = "segment_of",
    [AUDIT_LEAF] = "leaf",
    [AUDIT_TILE] = "tile",
    [AUDIT_LOG_STATE] = "log_state",
    [AUDIT_CHECKPOINT] = "checkpoint",
    [AUDIT_KEY] = "key",
    [AUDIT_EPOCH] = "epoch",
    [AUDIT_COSIGNATURE] = "cosignature",
    [AUDIT_HOLD] = "hold",
    [AUDIT_FAILURE] = "failure",
    [AUDIT_MARK] = "mark",
    [AUDIT_RULES] = "rules",
    [AUDIT_SUMS] = "sums",
    [AUDIT_IDEMPOTENCY] = "idempotency",
    [AUDIT_LINKED] = "linked",
    [AUDIT_ACCESS] = "access",
};

const char *audit_check_name(enum audit_check check)
{
    return CHECK_NAMES[check];
}

void *audit_grow(struct audit_growing *array, size_t item_bytes)
{
    if (array->count == array->capacity) {
        size_t capacity = array->capacity == 0 ? 64 : array->capacity * 2;
        void *grown = reallocarray(array->items, capacity, item_bytes);
        if (grown == NULL) {
            audit_die("go on", "there is not enough memory");
        }
        array->items = grown;
        array->capacity = capacity;
    }
    void *item = (char *)array->items + array->count++ * item_bytes;
    memset(item, 0, item_bytes);
    return item;
}

/* ---- findings ---- */

__attribute__((format(printf, 6, 0))) static void
add_finding(struct audit *audit, enum audit_check check, const char *table, const char *key,
            const char *column, const char *format, va_list list)
{
    audit->seen++;
    if (audit->disabled[check] || audit->findings.count >= FINDINGS_MAX) {
        return;
    }
    struct audit_finding *finding = audit_grow(&audit->findings, sizeof(*finding));
    finding->check = check;
    finding->table = table;
    snprintf(finding->key, sizeof(finding->key), "%s", key);
    snprintf(finding->column, sizeof(finding->column), "%s", column != NULL ? column : "");
    int length = vsnprintf(finding->cause, sizeof(finding->cause), format, list);
    BUG_IF(length < 0);
}

void audit_found(struct audit *audit, enum audit_check check, const char *table, int64_t key,
                 const char *column, const char *format, ...)
{
    char text[32];
    va_list list;
    snprintf(text, sizeof(text), "%lld", (long long)key);
    va_start(list, format);
    add_finding(audit, check, table, text, column, format, list);
    va_end(list);
}

void audit_found2(struct audit *audit, enum audit_check check, const char *table, int64_t key1,
                  int64_t key2, const char *column, const char *format, ...)
{
    char text[64];
    va_list list;
    snprintf(text, sizeof(text), "%lld,%lld", (long long)key1, (long long)key2);
    va_start(list, format);
    add_finding(audit, check, table, text, column, format, list);
    va_end(list);
}

void audit_amount(struct audit *audit, int64_t amount_minor)
{
    struct audit_finding *findings = audit->findings.items;
    if (audit->findings.count > 0) {
        findings[audit->findings.count - 1].has_amount = true;
        findings[audit->findings.count - 1].amount_minor = amount_minor;
    }
}

void audit_progress(struct audit *audit, const char *what, int64_t done, int64_t total)
{
    if (!audit->progress) {
        return;
    }
    if (total > 0) {
        fprintf(stderr, "\r\033[Kjinnang-audit: %s %lld of %lld", what, (long long)done,
                (long long)total);
    } else {
        fprintf(stderr, "\r\033[Kjinnang-audit: %s", what);
    }
}

/* ---- the verdict ---- */

static void print_finding(const struct audit_finding *finding)
{
    printf("%s %s%s%s: ", finding->table, finding->key, finding->column[0] != '\0' ? " " : "",
           finding->column);
    if (finding->has_amount) {
        printf("amount %lld minor units: ", (long long)finding->amount_minor);
    }
    printf("%s [%s]\n", finding->cause, CHECK_NAMES[finding->check]);
}

static json_t *finding_json(const struct audit_finding *finding)
{
    json_t *object = json_object();
    json_object_set_new(object, "table", json_string(finding->table));
    json_object_set_new(object, "key", json_string(finding->key));
    json_object_set_new(object, "column",
                        finding->column[0] != '\0' ? json_string(finding->column) : json_null());
    json_object_set_new(object, "amount_minor",
                        finding->has_amount ? json_integer(finding->amount_minor) : json_null());
    json_object_set_new(object, "cause", json_string(finding->cause));
    json_object_set_new(object, "check", json_string(CHECK_NAMES[finding->check]));
    return object;
}

static void print_verdict(const struct audit *audit, bool as_json, int64_t took_ms)
{
    const struct audit_finding *findings = audit->findings.items;
    size_t count = audit->findings.count;
    if (!as_json) {
        for (size_t i = 0; i < count; i++) {
            print_finding(&findings[i]);
        }
        printf("%s: %zu accounts, %lld transfers, %zu holds, %lld leaves in %lld ms\n",
               count == 0 ? "clean" : "NOT CLEAN", audit->accounts.count,
               (long long)audit->transfers, audit->holds.count, (long long)audit->leaf_count,
               (long long)took_ms);
        return;
    }
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, finding_json(&findings[i]));
    }
    json_object_set_new(object, "ok", json_boolean(count == 0));
    json_object_set_new(object, "accounts", json_integer((json_int_t)audit->accounts.count));
    json_object_set_new(object, "transfers", json_integer(audit->transfers));
    json_object_set_new(object, "holds", json_integer((json_int_t)audit->holds.count));
    json_object_set_new(object, "leaves", json_integer(audit->leaf_count));
    json_object_set_new(object, "late_expiries", json_integer(audit->late_expiries));
    json_object_set_new(object, "took_ms", json_integer(took_ms));
    json_object_set_new(object, "findings", list);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

/* ---- options ---- */

static const char HELP[] =
    "jinnang-audit: recomputes a ledger from its transfers and names what does not add up\n\n"
    "Usage: jinnang-audit --db URL [--json] [--key FILE] [--max-late-s N]\n\n"
    "  --db URL        sqlite:PATH or postgres://USER@HOST/NAME; it is only read\n"
    "  --json          print one JSON object on standard output\n"
    "  --key FILE      further keys to trust, one name+hash+base64 a line: witnesses\n"
    "  --max-late-s N  name holds that outlived their expiry by more than N seconds\n"
    "  --without NAME  leave a check out; how the tests show that each check matters\n"
    "  --list-checks   the names of all checks\n"
    "  --help\n\n"
    "Exit status: 0 clean; 1 something was found: row, amount and cause are printed;\n"
    "2 the database could not be read, or the command line is wrong.\n";

static void wrong_usage(const char *what)
{
    fprintf(stderr, "jinnang-audit: %s\n  what to do: see jinnang-audit --help\n", what);
    exit(2);
}

static void read_keys(struct audit *audit, const char *path)
{
    char *text = malloc(KEY_FILE_MAX + 1);
    FILE *file = fopen(path, "re");
    BUG_IF(text == NULL);
    if (file == NULL) {
        audit_die("open the key file", path);
    }
    size_t length = fread(text, 1, KEY_FILE_MAX, file);
    (void)fclose(file);
    size_t at = 0;
    while (at < length) {
        size_t end = at;
        while (end < length && text[end] != '\n') {
            end++;
        }
        if (end > at && text[at] != '#') {
            if (audit->key_count == AUDIT_KEYS_MAX / 2 ||
                !audit_key_parse(text + at, end - at, &audit->keys[audit->key_count++])) {
                audit_die("read the key file", path);
            }
        }
        at = end + 1;
    }
    free(text);
}

static void leave_out(struct audit *audit, const char *name)
{
    for (int i = 0; i < AUDIT_CHECK_COUNT; i++) {
        if (str_equal(CHECK_NAMES[i], name)) {
            audit->disabled[i] = true;
            return;
        }
    }
    wrong_usage("there is no such check");
}

struct options {
    const char *url;
    bool as_json;
};

static void read_options(struct audit *audit, int argc, char **argv, struct options *ret)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (str_equal(argv[i], "--help")) {
            fputs(HELP, stdout);
            exit(0);
        }
        if (str_equal(argv[i], "--list-checks")) {
            for (int check = 0; check < AUDIT_CHECK_COUNT; check++) {
                puts(CHECK_NAMES[check]);
            }
            exit(0);
        }
        if (str_equal(argv[i], "--json")) {
            ret->as_json = true;
            continue;
        }
        if (value == NULL) {
            wrong_usage("an option or its value is missing");
        }
        i++;
        int64_t number = 0;
        if (str_equal(argv[i - 1], "--db")) {
            ret->url = value;
        } else if (str_equal(argv[i - 1], "--key")) {
            read_keys(audit, value);
        } else if (str_equal(argv[i - 1], "--without")) {
            leave_out(audit, value);
        } else if (str_equal(argv[i - 1], "--max-late-s") &&
                   str_parse_i64(value, strlen(value), &number) && number > 0 &&
                   number < INT32_MAX) {
            audit->late_us_max = number * 1000000;
        } else {
            wrong_usage("there is no such option, or its value is wrong");
        }
    }
    if (ret->url == NULL) {
        wrong_usage("--db is missing");
    }
}

static void run(struct audit *audit)
{
    audit_load_accounts(audit);
    audit_load_segments(audit);
    audit_replay_log(audit);
    audit_check_leftovers(audit);
    audit_check_log(audit);
    audit_check_keys(audit);
    audit_check_checkpoints(audit);
    audit_check_accounts(audit);
    audit_check_holds(audit);
    audit_check_failures(audit);
    audit_check_marks(audit);
    audit_check_idempotency(audit);
    audit_check_access(audit);
    audit_check_sums(audit);
}

static struct audit *audit_create(void)
{
    struct audit *audit = calloc(1, sizeof(*audit));
    BUG_IF(audit == NULL);
    i64map_init(&audit->account_slots);
    i64map_init(&audit->hold_slots);
    i64map_init(&audit->segment_slots);
    i64map_init(&audit->visited);
    return audit;
}

static void audit_free(struct audit *audit)
{
    const struct audit_growing arrays[] = {
        audit->findings,  audit->accounts,         audit->holds,   audit->segments,
        audit->gaps,      audit->missing,          audit->waiting, audit->misplaced,
        audit->marks_due, audit->missing_accounts,
    };
    for (size_t i = 0; i < ARRAY_COUNT(arrays); i++) {
        free(arrays[i].items);
    }
    i64map_done(&audit->account_slots);
    i64map_done(&audit->hold_slots);
    i64map_done(&audit->segment_slots);
    i64map_done(&audit->visited);
    free(audit->leaves);
    free(audit->leaf_states);
    free(audit->leaf_types);
    free(audit->leaf_segments);
    free(audit->leaf_ids);
    free(audit);
}

int main(int argc, char **argv)
{
    struct audit *audit = audit_create();
    struct options options = {.url = NULL};
    int64_t started_us = clock_monotonic_us();
    read_options(audit, argc, argv, &options);
    audit->progress = isatty(STDERR_FILENO) != 0;
    audit->db = audit_db_open(options.url);
    audit->is_postgres = audit_db_is_postgres(audit->db);
    run(audit);
    if (audit->progress) {
        fputs("\r\033[K", stderr);
    }
    print_verdict(audit, options.as_json, (clock_monotonic_us() - started_us) / 1000);
    bool is_clean = audit->findings.count == 0;
    audit_db_close(audit->db);
    audit_free(audit);
    return fflush(stdout) != 0 ? 2 : is_clean ? 0 : 1;
}
