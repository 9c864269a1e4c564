/* cmd_verify.c — `jinnang verify`: checks a receipt, a statement, a checkpoint or a consistency
 * proof offline, and says in plain words what was proved. No database is opened. */
#include "main/commands.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"
#include "verify/verify.h"

#define KEY_FILE_BYTES_MAX (1U << 20)

/* ---- input ---- */

static FILE *open_input(const char *path)
{
    return str_equal(path, "-") ? stdin : fopen(path, "re");
}

static enum err read_keys(const char *path, struct verify_keys *ret)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return errno == ENOENT ? ERR_FILE_NOT_FOUND : ERR_IO_FAILED;
    }
    char *text = malloc(KEY_FILE_BYTES_MAX + 1);
    BUG_IF(text == NULL);
    size_t length = fread(text, 1, KEY_FILE_BYTES_MAX + 1, file);
    enum err err = ferror(file) ? ERR_IO_FAILED : ERR_OK;
    if (err == ERR_OK) {
        err = length > KEY_FILE_BYTES_MAX ? ERR_TOO_LARGE : verify_keys_parse(text, length, ret);
    }
    free(text);
    (void)fclose(file);
    return err;
}

static enum err verify_path(const char *path, const struct verify_keys *keys,
                            const struct verify_watch *watch, struct verify_report *ret)
{
    FILE *file = open_input(path);
    if (file == NULL) {
        return errno == ENOENT ? ERR_FILE_NOT_FOUND : ERR_IO_FAILED;
    }
    enum err err = verify_file(file, keys, watch, ret);
    if (file != stdin) {
        (void)fclose(file);
    }
    return err;
}

/* ---- words ---- */

static const char *format_minor(int64_t minor, uint16_t currency, char ret[MONEY_TEXT_MAX])
{
    money_format((struct money){.minor = minor, .currency = (enum currency)currency}, ret);
    return ret;
}

static void print_receipt(const struct verify_facts *facts)
{
    char id[ID_TEXT_MAX], other[ID_TEXT_MAX], account[ID_TEXT_MAX];
    char amount[MONEY_TEXT_MAX], after[MONEY_TEXT_MAX], at[CLOCK_TEXT_MAX];
    const char *code = currency_code((enum currency)facts->currency);
    id_format("tr", facts->transfer_id, id);
    id_format("acc", facts->account_id, account);
    id_format("acc", facts->counterparty_id, other);
    clock_format_rfc3339(facts->created_at_us, at);
    format_minor(facts->amount_minor, facts->currency, amount);
    printf("  %s %s, transfer %s of %s\n", amount, code, id, at);
    printf("  account %s, %s; the other side is %s\n", account,
           facts->side == 2 ? "credited" : "debited", other);
    format_minor(facts->posted_minor, facts->currency, after);
    printf("  it is the account's entry %lld; credits less debits after it: %s %s\n",
           (long long)facts->seq, after, code);
    if (facts->log_index >= 0) {
        printf("  leaf %lld of the log's %lld\n", (long long)facts->log_index,
               (long long)facts->log_size);
    } else {
        puts("  not sealed in the log yet: what is proved is that the operator signed it.\n"
             "  Fetch the receipt again in a second for the proof.");
    }
}

static void print_statement(const struct verify_facts *facts)
{
    char account[ID_TEXT_MAX], after[MONEY_TEXT_MAX];
    id_format("acc", facts->account_id, account);
    if (facts->from_opening) {
        printf("  account %s, complete from its opening: %lld entries\n", account,
               (long long)facts->entries);
        format_minor(facts->posted_minor, facts->currency, after);
        printf("  credits less debits at the end: %s %s\n", after,
               currency_code((enum currency)facts->currency));
    } else {
        printf("  account %s, complete from entry %lld to %lld\n", account,
               (long long)facts->first_seq, (long long)facts->seq);
        printf("  credits less debits at the end, in minor units: %lld\n",
               (long long)facts->posted_minor);
    }
    printf("  nothing of it is missing in a log of %lld leaves\n", (long long)facts->log_size);
}

static void print_facts(const struct verify_report *report)
{
    const struct verify_facts *facts = &report->facts;
    switch (report->kind) {
    case VERIFY_RECEIPT:
        print_receipt(facts);
        break;
    case VERIFY_STATEMENT:
        print_statement(facts);
        break;
    case VERIFY_CHECKPOINT:
        printf("  the log had %lld leaves\n", (long long)facts->log_size);
        break;
    case VERIFY_CONSISTENCY_PROOF:
        printf("  the log of %lld leaves begins with the log of %lld leaves, unchanged\n",
               (long long)facts->log_size, (long long)facts->old_size);
        break;
    case VERIFY_UNKNOWN:
        break;
    }
    printf("  log %s, epoch %lld\n  key %s\n", facts->origin, (long long)facts->epoch, facts->key);
    if (facts->witnesses > 0) {
        printf("  %u of your witnesses signed it too\n", facts->witnesses);
    }
}

static void print_report(const char *path, const struct verify_report *report, bool have_keys)
{
    bool good = report->ok || (report->holds && !have_keys);
    printf("%s: %s, %s\n", path, verify_kind_name(report->kind), good ? "PROVED" : "NOT PROVED");
    for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
        const struct verify_check *check = &report->checks[i];
        enum verify_check_id id = (enum verify_check_id)i;
        switch (check->outcome) {
        case VERIFY_ABSENT:
            break;
        case VERIFY_PASSED:
            printf("  ok       %s\n", verify_check_proves(id));
            break;
        case VERIFY_SKIPPED:
            printf("  -        %s: not checked\n", verify_check_proves(id));
            break;
        case VERIFY_FAILED:
            printf("  %s %s\n           %s: %s\n", good ? "open    " : "FAILED  ",
                   verify_check_proves(id), err_code(check->error), check->detail);
            if (check->at >= 0) {
                printf("           at entry %lld\n", (long long)check->at);
            }
            if (check->stated[0] != '\0') {
                printf("           stated   %s\n           computed %s\n", check->stated,
                       check->computed);
            }
            break;
        }
    }
    if (good) {
        print_facts(report);
    }
    if (good && !have_keys) {
        puts("  This holds if the key above is the operator's. Name the operator's key with --key\n"
             "  to have that checked, too.");
    }
}

/* ---- JSON ---- */

static json_t *id_json(const char *prefix, int64_t id)
{
    char text[ID_TEXT_MAX];
    if (id == 0) {
        return json_null();
    }
    id_format(prefix, id, text);
    return json_string(text);
}

static json_t *facts_json(const struct verify_facts *facts)
{
    const char *currency = currency_code((enum currency)facts->currency);
    json_t *object = json_object();
    json_object_set_new(object, "origin", json_string(facts->origin));
    json_object_set_new(object, "epoch", json_integer(facts->epoch));
    json_object_set_new(object, "key", json_string(facts->key));
    json_object_set_new(object, "account_id", id_json("acc", facts->account_id));
    json_object_set_new(object, "transfer_id", id_json("tr", facts->transfer_id));
    json_object_set_new(object, "counterparty_id", id_json("acc", facts->counterparty_id));
    json_object_set_new(object, "amount_minor", json_integer(facts->amount_minor));
    json_object_set_new(object, "currency", currency != NULL ? json_string(currency) : json_null());
    json_object_set_new(object, "created_at_us", json_integer(facts->created_at_us));
    json_object_set_new(object, "first_seq", json_integer(facts->first_seq));
    json_object_set_new(object, "seq", json_integer(facts->seq));
    json_object_set_new(object, "entries", json_integer(facts->entries));
    json_object_set_new(object, "posted_minor", json_integer(facts->posted_minor));
    json_object_set_new(object, "log_index", json_integer(facts->log_index));
    json_object_set_new(object, "log_size", json_integer(facts->log_size));
    json_object_set_new(object, "witnesses", json_integer(facts->witnesses));
    return object;
}

static json_t *check_json(enum verify_check_id id, const struct verify_check *check)
{
    static const char *const OUTCOMES[] = {"absent", "passed", "failed", "skipped"};
    json_t *object = json_object();
    json_object_set_new(object, "id", json_string(verify_check_name(id)));
    json_object_set_new(object, "outcome", json_string(OUTCOMES[check->outcome]));
    if (check->outcome == VERIFY_FAILED) {
        json_object_set_new(object, "error", json_string(err_code(check->error)));
        json_object_set_new(object, "detail", json_string(check->detail));
        json_object_set_new(object, "at", json_integer(check->at));
        json_object_set_new(object, "stated", json_string(check->stated));
        json_object_set_new(object, "computed", json_string(check->computed));
    }
    return object;
}

static json_t *report_json(const char *path, const struct verify_report *report, bool have_keys)
{
    json_t *object = json_object();
    json_t *checks = json_array();
    enum verify_check_id id = VERIFY_FORMAT;
    const struct verify_check *failure = verify_first_failure(report, &id);
    bool good = report->ok || (report->holds && !have_keys);
    for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
        if (report->checks[i].outcome != VERIFY_ABSENT) {
            json_array_append_new(checks, check_json((enum verify_check_id)i, &report->checks[i]));
        }
    }
    json_object_set_new(object, "file", json_string(path));
    json_object_set_new(object, "kind", json_string(verify_kind_name(report->kind)));
    json_object_set_new(object, "proved", json_boolean(good));
    json_object_set_new(object, "key_known", json_boolean(report->ok));
    json_object_set_new(object, "error",
                        good || failure == NULL ? json_null()
                                                : json_string(err_code(failure->error)));
    json_object_set_new(object, "checks", checks);
    json_object_set_new(object, "facts", facts_json(&report->facts));
    return object;
}

/* ---- the command ---- */

struct checking {
    struct verify_keys keys;
    struct verify_report reports[2];
    const char *paths[2];
    size_t count;
    enum err compared;
    char detail[VERIFY_DETAIL_MAX];
};

static bool is_good(const struct checking *checking, size_t number)
{
    const struct verify_report *report = &checking->reports[number];
    return report->ok || (report->holds && checking->keys.count == 0);
}

/* The second file is read with an eye on the first one's entry, and a first statement again with an
 * eye on the second's. */
static enum err check_files(struct checking *checking)
{
    enum err err = verify_path(checking->paths[0], &checking->keys, NULL, &checking->reports[0]);
    if (err != ERR_OK || checking->count == 1 || !is_good(checking, 0)) {
        return err;
    }
    struct verify_watch watch = {.account_id = checking->reports[0].facts.account_id,
                                 .seq = checking->reports[0].facts.seq};
    err = verify_path(checking->paths[1], &checking->keys, &watch, &checking->reports[1]);
    if (err == ERR_OK && checking->reports[0].kind == VERIFY_STATEMENT &&
        !str_equal(checking->paths[0], "-")) {
        watch.account_id = checking->reports[1].facts.account_id;
        watch.seq = checking->reports[1].facts.seq;
        err = verify_path(checking->paths[0], &checking->keys, &watch, &checking->reports[0]);
    }
    if (err == ERR_OK && is_good(checking, 1)) {
        checking->compared =
            verify_compare(&checking->reports[0], &checking->reports[1], checking->detail);
    }
    return err;
}

static void print_all(const struct cli_args *args, const struct checking *checking, bool good)
{
    bool have_keys = checking->keys.count > 0;
    size_t shown = checking->count == 2 && is_good(checking, 0) ? 2 : 1;
    if (!cli_flag(args, "json")) {
        for (size_t i = 0; i < shown; i++) {
            print_report(checking->paths[i], &checking->reports[i], have_keys);
        }
        if (checking->detail[0] != '\0') {
            printf("both: %s%s\n",
                   checking->compared == ERR_EQUIVOCATION_FOUND ? "EQUIVOCATION, " : "",
                   checking->detail);
        }
        return;
    }
    json_t *object = json_object();
    json_t *files = json_array();
    for (size_t i = 0; i < shown; i++) {
        json_array_append_new(files,
                              report_json(checking->paths[i], &checking->reports[i], have_keys));
    }
    json_object_set_new(object, "ok", json_boolean(good));
    json_object_set_new(object, "files", files);
    if (checking->detail[0] != '\0') {
        json_object_set_new(object, "compared", json_string(err_code(checking->compared)));
        json_object_set_new(object, "detail", json_string(checking->detail));
    }
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

int cmd_verify(const struct cli_args *args)
{
    struct checking *checking = calloc(1, sizeof(*checking));
    const char *key_path = cli_text(args, "key");
    int status = CLI_FAILED;
    BUG_IF(checking == NULL);
    checking->paths[0] = cli_operand(args, "file");
    checking->paths[1] = cli_operand(args, "other");
    checking->count = checking->paths[1] != NULL ? 2 : 1;
    enum err err = key_path != NULL ? read_keys(key_path, &checking->keys) : ERR_OK;
    if (err != ERR_OK) {
        status = cli_fail(args, err, "read the key file");
        goto out;
    }
    err = check_files(checking);
    if (err != ERR_OK) {
        status = cli_fail(args, err, "read the file");
        goto out;
    }
    bool good = is_good(checking, 0) && (checking->count == 1 || is_good(checking, 1)) &&
                checking->compared == ERR_OK;
    print_all(args, checking, good);
    status = good ? CLI_OK : CLI_FAILED;
out:
    free(checking);
    return status;
}
