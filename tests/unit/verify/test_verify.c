/* Every kind of document as it should be, and with one thing changed at a time: the verifier must
 * say which check fails, and with which error. The same cases are tests/vectors/verify.json, which
 * the browser's checker reads; this program writes that file (--write FILE) and fails when it is no
 * longer what it would write. */
#include "../core/unit.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/ids.h"
#include "core/str.h"
#include "sample.h"
#include "verify/verify.h"

#define SIZE SAMPLE_LEAVES

enum keys_given { KEYS_CURRENT, KEYS_OLD, KEYS_NONE, KEYS_OTHER, KEYS_WITNESS };

struct test_case {
    const char *name;
    const char *base; /* which document, see make_base */
    enum keys_given keys;
    const char *change; /* see apply_change; NULL: as it is */
    const char *failed; /* the check that fails; NULL: none */
    enum err error;
};

/* "next X" changes the character after the first X; "last X" after the last one; "drop N" and "swap
 * N" take out line N or change it for the next (from 0); "cut N" ends after N lines; "put X=Y"
 * replaces the first X. */
static const struct test_case CASES[] = {
    {"receipt_debit", "receipt debit", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"receipt_credit", "receipt credit", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"receipt_both", "receipt both", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"receipt_promise", "receipt promise", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"receipt_old_key", "receipt debit", KEYS_OLD, NULL, NULL, ERR_OK},
    {"receipt_no_key", "receipt debit", KEYS_NONE, NULL, "key_known", ERR_KEY_UNKNOWN},
    {"receipt_other_key", "receipt debit", KEYS_OTHER, NULL, "key_known", ERR_KEY_UNKNOWN},
    {"receipt_rotation_changed", "receipt debit", KEYS_OLD, "put \\nat 17=\\nat 18", "key_known",
     ERR_KEY_UNKNOWN},
    {"receipt_amount", "receipt debit", KEYS_CURRENT, "next \"amount_minor\":", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_debit_account", "receipt debit", KEYS_CURRENT,
     "put \"debit_account_id\":\"acc_0=\"debit_account_id\":\"acc_1", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_currency", "receipt debit", KEYS_CURRENT, "put CNY=USD", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_code", "receipt debit", KEYS_CURRENT, "next \"code\":", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_flags", "receipt debit", KEYS_CURRENT, "next \"flags\":", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_expiry", "receipt debit", KEYS_CURRENT, "next \"expires_at_us\":", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_reference", "receipt debit", KEYS_CURRENT, "next \"reference\":\"", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_time", "receipt debit", KEYS_CURRENT, "next \"created_at_us\":", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_commitment", "receipt debit", KEYS_CURRENT, "next \"commitment\":\"", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_core_hash", "receipt debit", KEYS_CURRENT, "next \"core_hash\":\"", "core_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_seq", "receipt debit", KEYS_CURRENT, "next \"seq\":", "side_hash", ERR_CHAIN_BROKEN},
    {"receipt_previous_head", "receipt debit", KEYS_CURRENT, "next \"previous_head\":\"",
     "side_hash", ERR_CHAIN_BROKEN},
    {"receipt_no_previous", "receipt debit", KEYS_CURRENT,
     "put \"previous_transfer_id\":\"tr_0=\"previous_transfer_id\":\"tr_1", "side_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_posted", "receipt debit", KEYS_CURRENT, "next \"posted_minor\":-", "side_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_held", "receipt debit", KEYS_CURRENT, "next \"held_debits_minor\":", "side_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_head", "receipt debit", KEYS_CURRENT, "next \"head\":\"", "side_hash",
     ERR_CHAIN_BROKEN},
    {"receipt_promise_of_another", "receipt debit", KEYS_CURRENT, "next \\nseq ",
     "promise_signature", ERR_SIGNATURE_INVALID},
    {"receipt_other_side", "receipt debit", KEYS_CURRENT, "next \"other_side_hash\":\"",
     "leaf_hash", ERR_PROOF_INVALID},
    {"receipt_leaf_hash", "receipt debit", KEYS_CURRENT, "next \"hash\":\"", "leaf_hash",
     ERR_PROOF_INVALID},
    {"receipt_index", "receipt debit", KEYS_CURRENT, "next \"index\":", "inclusion",
     ERR_PROOF_INVALID},
    {"receipt_proof", "receipt debit", KEYS_CURRENT, "next \"proof\":[\"", "inclusion",
     ERR_PROOF_INVALID},
    {"receipt_checkpoint_size", "receipt debit", KEYS_CURRENT, "put \\n302\\n=\\n303\\n",
     "checkpoint_signature", ERR_SIGNATURE_INVALID},
    {"receipt_origin", "receipt debit", KEYS_CURRENT,
     "put \"origin\":\"jinnang=\"origin\":\"jinnanh", "promise_signature", ERR_PROMISE_MISMATCH},
    {"receipt_epoch", "receipt debit", KEYS_CURRENT, "put \"epoch\":1=\"epoch\":2",
     "promise_signature", ERR_PROMISE_MISMATCH},
    {"receipt_view", "receipt debit", KEYS_CURRENT, "put \"view\":\"debit=\"view\":\"credit",
     "format", ERR_DOCUMENT_MALFORMED},
    {"receipt_side", "receipt debit", KEYS_CURRENT, "put \"side\":\"debit=\"side\":\"credit",
     "format", ERR_DOCUMENT_MALFORMED},
    {"receipt_unknown_member", "receipt debit", KEYS_CURRENT, "put \"view\"=\"x\":1,\"view\"",
     "format", ERR_DOCUMENT_MALFORMED},
    {"receipt_missing_member", "receipt debit", KEYS_CURRENT, "put \"epoch\":1,=", "format",
     ERR_DOCUMENT_MALFORMED},
    {"receipt_duplicate_member", "receipt debit", KEYS_CURRENT,
     "put \"epoch\":1,=\"epoch\":1,\"epoch\":1,", "format", ERR_DOCUMENT_MALFORMED},
    {"receipt_new_version", "receipt debit", KEYS_CURRENT, "put receipt-v1=receipt-v2", "format",
     ERR_FORMAT_UNSUPPORTED},
    {"receipt_float", "receipt debit", KEYS_CURRENT, "put \"epoch\":1=\"epoch\":1.0", "format",
     ERR_DOCUMENT_MALFORMED},
    {"receipt_not_json", "receipt debit", KEYS_CURRENT, "put \"epoch\":1=\"epoch\":", "format",
     ERR_DOCUMENT_MALFORMED},
    {"receipt_promise_number", "receipt promise", KEYS_CURRENT, "next \"posted_minor\":-",
     "side_hash", ERR_CHAIN_BROKEN},

    {"statement", "statement all", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"statement_both_sides", "statement bob", KEYS_OLD, NULL, NULL, ERR_OK},
    {"statement_range", "statement range", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"statement_empty", "statement empty", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"statement_omission", "statement all", KEYS_CURRENT, "drop 7", "complete",
     ERR_STATEMENT_INCOMPLETE},
    {"statement_reordering", "statement all", KEYS_CURRENT, "swap 7", "complete",
     ERR_STATEMENT_INCOMPLETE},
    {"statement_truncation", "statement all", KEYS_CURRENT, "cut 20", "complete",
     ERR_STATEMENT_INCOMPLETE},
    {"statement_last_entry_dropped", "statement all", KEYS_CURRENT, "drop 30", "complete",
     ERR_STATEMENT_INCOMPLETE},
    {"statement_after_the_end", "statement all", KEYS_CURRENT, "put \"end\"=\"end\":{},\"end\"",
     "format", ERR_DOCUMENT_MALFORMED},
    {"statement_amount", "statement all", KEYS_CURRENT, "next \"amount_minor\":", "running_balance",
     ERR_BALANCE_MISMATCH},
    {"statement_posted", "statement all", KEYS_CURRENT, "next \"posted_minor\":-",
     "running_balance", ERR_BALANCE_MISMATCH},
    {"statement_held", "statement all", KEYS_CURRENT,
     "next \"held_debits_minor\":", "running_balance", ERR_BALANCE_MISMATCH},
    {"statement_code", "statement all", KEYS_CURRENT, "next \"code\":", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_time", "statement all", KEYS_CURRENT, "last \"created_at_us\":", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_other_side", "statement all", KEYS_CURRENT, "next \"other_side_hash\":\"",
     "inclusion", ERR_PROOF_INVALID},
    {"statement_index", "statement all", KEYS_CURRENT, "last \"index\":", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_shared", "statement all", KEYS_CURRENT, "last \"shared\":", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_owner", "statement all", KEYS_CURRENT, "next \"owner\":\"", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_salt", "statement all", KEYS_CURRENT, "next \"salt\":\"", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_start", "statement range", KEYS_CURRENT, "next \"head\":\"", "inclusion",
     ERR_PROOF_INVALID},
    {"statement_end_head", "statement all", KEYS_CURRENT, "last \"head\":\"", "side_hash",
     ERR_CHAIN_BROKEN},
    {"statement_promise", "statement all", KEYS_CURRENT, "last \\nlog_size ", "promise_signature",
     ERR_SIGNATURE_INVALID},
    {"statement_wrong_account", "statement all", KEYS_CURRENT,
     "put \"account_id\":\"acc_0=\"account_id\":\"acc_1", "inclusion", ERR_PROOF_INVALID},
    {"statement_unknown_key", "statement all", KEYS_OTHER, NULL, "key_known", ERR_KEY_UNKNOWN},

    {"checkpoint", "checkpoint", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"checkpoint_witnessed", "checkpoint witnessed", KEYS_WITNESS, NULL, NULL, ERR_OK},
    {"checkpoint_no_key", "checkpoint", KEYS_NONE, NULL, "key_known", ERR_KEY_UNKNOWN},
    {"checkpoint_size", "checkpoint", KEYS_CURRENT, "put \n302\n=\n301\n", "checkpoint_signature",
     ERR_SIGNATURE_INVALID},
    {"checkpoint_epoch", "checkpoint", KEYS_CURRENT, "put epoch 1=epoch 2", "checkpoint_signature",
     ERR_SIGNATURE_INVALID},
    {"checkpoint_other_log", "checkpoint", KEYS_CURRENT, "put jinnang=jinnanh",
     "checkpoint_signature", ERR_SIGNATURE_INVALID},
    {"checkpoint_no_signature", "checkpoint", KEYS_CURRENT, "put \n\n=\n", "format",
     ERR_NOTE_MALFORMED},

    {"consistency", "consistency", KEYS_CURRENT, NULL, NULL, ERR_OK},
    {"consistency_proof", "consistency", KEYS_CURRENT, "next \"proof\":[\"", "consistency",
     ERR_CONSISTENCY_INVALID},
    {"consistency_old_key", "consistency", KEYS_OLD, NULL, NULL, ERR_OK},
    {"consistency_signature", "consistency", KEYS_CURRENT, "put \\n302\\n=\\n301\\n",
     "checkpoint_signature", ERR_SIGNATURE_INVALID},
    {"empty_file", "empty", KEYS_CURRENT, NULL, "format", ERR_NOTE_MALFORMED},
};

/* ---- making the cases ---- */

static char *make_base(const struct sample *sample, const char *name)
{
    const int64_t small = 32; /* leaves: statements of 30 entries */
    if (str_equal(name, "receipt debit")) {
        return sample_receipt(sample, 126, 0, SIZE);
    }
    if (str_equal(name, "receipt credit")) {
        return sample_receipt(sample, 299, 1, SIZE);
    }
    if (str_equal(name, "receipt both")) {
        return sample_receipt(sample, 0, 2, SIZE);
    }
    if (str_equal(name, "receipt promise")) {
        return sample_receipt(sample, 126, 0, 0);
    }
    if (str_equal(name, "statement all")) {
        return sample_statement(sample, SAMPLE_ALICE, 1, 0, small);
    }
    if (str_equal(name, "statement bob")) {
        return sample_statement(sample, SAMPLE_BOB, 1, 0, small);
    }
    if (str_equal(name, "statement range")) {
        return sample_statement(sample, SAMPLE_ALICE, 270, 290, SIZE);
    }
    if (str_equal(name, "statement empty")) {
        return sample_statement(sample, SAMPLE_ALICE, 1, 0, 2);
    }
    if (str_equal(name, "consistency")) {
        return sample_consistency(sample, 133, SIZE);
    }
    if (str_equal(name, "empty")) {
        return strdup("");
    }
    return sample_checkpoint(sample, SIZE, str_equal(name, "checkpoint witnessed"));
}

static char *find_last(char *text, const char *what)
{
    char *found = NULL;
    for (char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        found = at;
    }
    return found;
}

/* Another character of the same kind. */
static char other_char(char c)
{
    if (c == '9' || c == 'f' || c == 'z' || c == 'Z') {
        return (char)(c - 1);
    }
    return c == '+' || c == '/' ? 'A' : (char)(c + 1);
}

static char *line_start(char *text, int number)
{
    for (int i = 0; i < number; i++) {
        text = strchr(text, '\n');
        assert_non_null(text);
        text++;
    }
    return text;
}

static char *change_lines(char *text, const char *verb, int number)
{
    char *line = line_start(text, number);
    size_t before = (size_t)(line - text);
    struct buf buf;
    buf_init(&buf, 1U << 22);
    buf_add(&buf, text, before);
    if (str_starts_with(verb, "drop")) {
        buf_add_str(&buf, line_start(line, 1));
    } else if (str_starts_with(verb, "swap")) {
        char *second = line_start(line, 1);
        char *third = line_start(line, 2);
        buf_add(&buf, second, (size_t)(third - second));
        buf_add(&buf, line, (size_t)(second - line));
        buf_add_str(&buf, third);
    }
    assert_true(buf_ok(&buf));
    free(text);
    return (char *)buf_take(&buf, NULL);
}

static char *put(char *text, const char *change)
{
    const char *equals = strchr(change, '=');
    assert_non_null(equals);
    char what[128];
    assert_true((size_t)(equals - change) < sizeof(what));
    memcpy(what, change, (size_t)(equals - change));
    what[equals - change] = '\0';
    char *at = strstr(text, what);
    assert_non_null(at);
    struct buf buf;
    buf_init(&buf, 1U << 22);
    buf_add(&buf, text, (size_t)(at - text));
    buf_add_str(&buf, equals + 1);
    buf_add_str(&buf, at + strlen(what));
    assert_true(buf_ok(&buf));
    free(text);
    return (char *)buf_take(&buf, NULL);
}

static char *apply_change(char *text, const char *change)
{
    if (change == NULL) {
        return text;
    }
    const char *rest = strchr(change, ' ') + 1;
    if (str_starts_with(change, "next ") || str_starts_with(change, "last ")) {
        char *at = str_starts_with(change, "next ") ? strstr(text, rest) : find_last(text, rest);
        assert_non_null(at);
        at += strlen(rest);
        *at = other_char(*at);
        return text;
    }
    if (str_starts_with(change, "put ")) {
        return put(text, rest);
    }
    uint32_t number;
    assert_true(str_parse_u32(rest, strlen(rest), &number));
    return change_lines(text, change, (int)number);
}

static char *key_text(const struct sample *sample, enum keys_given given, size_t number)
{
    static const uint8_t SEED[32] = {99};
    struct note_signer other;
    switch (given) {
    case KEYS_CURRENT:
        return number == 0 ? sample_key(&sample->signer) : NULL;
    case KEYS_OLD:
        return number == 0 ? sample_key(&sample->old_signer) : NULL;
    case KEYS_NONE:
        return NULL;
    case KEYS_OTHER:
        note_signer_from_seed("jinnang.test/log", NOTE_KEY_ED25519, SEED, &other);
        return number == 0 ? sample_key(&other) : NULL;
    case KEYS_WITNESS:
        return number == 0   ? sample_key(&sample->signer)
               : number == 1 ? sample_key(&sample->witness)
                             : NULL;
    }
    return NULL;
}

static void verify_text(const char *text, const struct verify_keys *keys,
                        const struct verify_watch *watch, struct verify_report *ret)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    rewind(file);
    assert_int_equal(verify_file(file, keys, watch, ret), ERR_OK);
    fclose(file);
}

static struct verify_keys make_keys(const struct sample *sample, enum keys_given given,
                                    json_t *list)
{
    struct verify_keys keys = {.count = 0};
    char *text;
    for (size_t i = 0; (text = key_text(sample, given, i)) != NULL; i++) {
        struct verify_keys one;
        assert_int_equal(verify_keys_parse(text, strlen(text), &one), ERR_OK);
        keys.keys[keys.count++] = one.keys[0];
        json_array_append_new(list, json_string(text));
        free(text);
    }
    return keys;
}

/* ---- the table ---- */

static json_t *facts_json(const struct verify_report *report)
{
    char id[ID_TEXT_MAX];
    const struct verify_facts *facts = &report->facts;
    json_t *object = json_object();
    json_object_set_new(object, "log_origin", json_string(facts->origin));
    json_object_set_new(object, "log_size", json_integer(facts->log_size));
    json_object_set_new(object, "log_index", json_integer(facts->log_index));
    json_object_set_new(object, "seq", json_integer(facts->seq));
    json_object_set_new(object, "amount_minor", json_integer(facts->amount_minor));
    json_object_set_new(object, "posted_minor", json_integer(facts->posted_minor));
    json_object_set_new(object, "entries", json_integer(facts->entries));
    if (facts->account_id != 0) {
        id_format("acc", facts->account_id, id);
        json_object_set_new(object, "account_id", json_string(id));
    }
    return object;
}

static bool run_case(const struct sample *sample, const struct test_case *test, json_t *vectors)
{
    json_t *vector = json_object();
    json_t *list = json_array();
    struct verify_report report;
    enum verify_check_id failed = VERIFY_FORMAT;
    struct verify_keys keys = make_keys(sample, test->keys, list);
    char *text = apply_change(make_base(sample, test->base), test->change);
    verify_text(text, &keys, NULL, &report);
    const struct verify_check *check = verify_first_failure(&report, &failed);
    const char *name = check != NULL ? verify_check_name(failed) : "none";
    if (!str_equal(name, test->failed != NULL ? test->failed : "none") ||
        (check != NULL && check->error != test->error)) {
        fprintf(stderr, "%s: failed %s (%s: %s)\n", test->name, name,
                check != NULL ? err_code(check->error) : "", check != NULL ? check->detail : "");
        return false;
    }
    assert_int_equal(report.ok, test->failed == NULL);
    assert_int_equal(report.holds,
                     test->failed == NULL || (test->keys == KEYS_NONE && report.facts.key[0] != 0));
    json_object_set_new(vector, "name", json_string(test->name));
    json_object_set_new(vector, "kind", json_string(verify_kind_name(report.kind)));
    json_object_set_new(vector, "keys", list);
    json_object_set_new(vector, "failed",
                        test->failed != NULL ? json_string(test->failed) : json_null());
    json_object_set_new(vector, "error", json_string(err_code(test->error)));
    if (report.ok) {
        json_object_set_new(vector, "facts", facts_json(&report));
    }
    json_object_set_new(vector, "text", json_string(text));
    json_array_append_new(vectors, vector);
    free(text);
    return true;
}

/* NULL when a case did not end as it should. */
static json_t *run_all(void)
{
    struct sample *sample = sample_create(-1);
    json_t *vectors = json_array();
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        wrong += run_case(sample, &CASES[i], vectors) ? 0 : 1;
    }
    sample_free(sample);
    if (wrong > 0) {
        json_decref(vectors);
        return NULL;
    }
    return vectors;
}

static void each_change_is_named(void **state)
{
    const char *path = *state;
    json_t *vectors = run_all();
    assert_non_null(vectors);
    json_t *stored = json_load_file(path, 0, NULL);
    assert_non_null(stored);
    assert_true(json_equal(vectors, stored));
    json_decref(stored);
    json_decref(vectors);
}

/* ---- two documents ---- */

static struct verify_report report_of(const char *text, const struct sample *sample,
                                      const struct verify_watch *watch)
{
    struct verify_report report;
    json_t *list = json_array();
    struct verify_keys keys = make_keys(sample, KEYS_CURRENT, list);
    verify_text(text, &keys, watch, &report);
    json_decref(list);
    assert_true(report.ok);
    return report;
}

static void a_fork_is_named(void **state)
{
    (void)state;
    char detail[VERIFY_DETAIL_MAX];
    struct sample *sample = sample_create(-1);
    struct sample *forked = sample_create(20);
    char *texts[] = {
        sample_receipt(sample, 24, 0, 0),      sample_receipt(forked, 24, 0, 0),
        sample_receipt(sample, 10, 0, 40),     sample_receipt(forked, 10, 0, 40),
        sample_statement(forked, 0, 1, 0, 60), sample_statement(sample, 0, 1, 20, 60),
        sample_receipt(sample, 30, 0, 60),     sample_receipt(sample, 10, 1, 60),
    };
    struct verify_report reports[ARRAY_COUNT(texts)];
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        reports[i] = report_of(texts[i], sample, NULL);
    }
    /* two entries under one number */
    assert_int_equal(verify_compare(&reports[0], &reports[1], detail), ERR_EQUIVOCATION_FOUND);
    /* before the fork both agree, but the logs of the same size do not */
    assert_int_equal(verify_compare(&reports[2], &reports[3], detail), ERR_EQUIVOCATION_FOUND);
    /* a promise against the middle of a statement */
    struct verify_watch watch = {.account_id = reports[0].facts.account_id,
                                 .seq = reports[0].facts.seq};
    struct verify_report watched = report_of(texts[4], sample, &watch);
    assert_int_equal(watched.facts.watched_seq, watch.seq);
    assert_int_equal(verify_compare(&reports[0], &watched, detail), ERR_EQUIVOCATION_FOUND);
    watched = report_of(texts[4], sample, &watch);
    assert_int_equal(verify_compare(&reports[1], &watched, detail), ERR_OK);
    /* a statement that ends too early for what the log held */
    assert_int_equal(verify_compare(&reports[5], &reports[6], detail), ERR_EQUIVOCATION_FOUND);
    assert_int_equal(verify_compare(&reports[5], &reports[7], detail), ERR_OK);
    assert_int_equal(verify_compare(&reports[0], &reports[2], detail), ERR_OK);
    struct verify_report other = reports[0];
    other.facts.epoch = 2;
    assert_int_equal(verify_compare(&reports[0], &other, detail), ERR_DOCUMENTS_NOT_COMPARABLE);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        free(texts[i]);
    }
    sample_free(sample);
    sample_free(forked);
}

/* The first failure is what people are shown; behind it each check has an error of its own. */
struct behind_case {
    const char *base;
    const char *change;
    enum keys_given keys;
    enum verify_check_id check;
    enum err error;
};

static void each_check_names_its_own_error(void **state)
{
    (void)state;
    static const struct behind_case rows[] = {
        {"receipt debit", "put \"account_id\":\"acc_0=\"account_id\":\"acc_1", KEYS_CURRENT,
         VERIFY_SIDE_HASH, ERR_ENTRY_NOT_OF_TRANSFER},
        {"consistency", "put \"origin\":\"jinnang=\"origin\":\"jinnanh", KEYS_CURRENT,
         VERIFY_CHECKPOINT_TEXT, ERR_ORIGIN_MISMATCH},
        {"receipt debit", "put \\nat 17=\\nat 18", KEYS_NONE, VERIFY_KEY_KNOWN,
         ERR_KEY_ROTATION_INVALID},
    };
    struct sample *sample = sample_create(-1);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        json_t *list = json_array();
        struct verify_keys keys = make_keys(sample, rows[i].keys, list);
        char *text = apply_change(make_base(sample, rows[i].base), rows[i].change);
        struct verify_report report;
        verify_text(text, &keys, NULL, &report);
        assert_string_equal(err_code(report.checks[rows[i].check].error), err_code(rows[i].error));
        assert_false(report.ok);
        free(text);
        json_decref(list);
    }
    sample_free(sample);
}

static void a_restored_log_is_no_longer_the_same(void **state)
{
    (void)state;
    struct sample *sample = sample_create(-1);
    char *older = sample_checkpoint(sample, 40, false);
    struct note note;
    struct checkpoint checkpoint;
    assert_int_equal(note_parse(older, strlen(older), &note), ERR_OK);
    assert_int_equal(checkpoint_parse(note.text, note.text_length, &checkpoint), ERR_OK);
    checkpoint.epoch = 2; /* what a restore begins */
    char text[CHECKPOINT_TEXT_MAX];
    size_t length = checkpoint_format(&checkpoint, text);
    struct buf newer, document;
    buf_init(&newer, 1 << 16);
    buf_init(&document, 1 << 16);
    note_write(&sample->signer, text, length, &newer);
    struct merkle_proof proof = {0};
    document_write_consistency(&sample->log, older, (const char *)newer.data, &proof, &document);
    json_t *list = json_array();
    struct verify_keys keys = make_keys(sample, KEYS_CURRENT, list);
    struct verify_report report;
    verify_text((const char *)document.data, &keys, NULL, &report);
    assert_int_equal(report.checks[VERIFY_CHECKPOINT_TEXT].error, ERR_EPOCH_MISMATCH);
    assert_false(report.ok);
    json_decref(list);
    buf_done(&newer);
    buf_done(&document);
    free(older);
    sample_free(sample);
}

static void key_files_are_read(void **state)
{
    (void)state;
    struct sample *sample = sample_create(-1);
    struct verify_keys keys;
    struct buf buf;
    buf_init(&buf, 1 << 16);
    document_write_keys(&sample->log, &buf);
    assert_int_equal(verify_keys_parse((const char *)buf.data, buf.length, &keys), ERR_OK);
    assert_int_equal(keys.count, 2);
    buf_clear(&buf);
    buf_printf(&buf, "# the log's keys\n\n  %s  \r\n%s", sample->keys[0].text,
               sample->keys[0].text);
    assert_int_equal(verify_keys_parse((const char *)buf.data, buf.length, &keys), ERR_OK);
    assert_int_equal(keys.count, 1);
    assert_int_equal(verify_keys_parse("# none\n", 7, &keys), ERR_KEY_MALFORMED);
    assert_int_equal(verify_keys_parse("{}", 2, &keys), ERR_KEY_MALFORMED);
    assert_int_equal(verify_keys_parse("nonsense", 8, &keys), ERR_KEY_MALFORMED);
    buf_done(&buf);
    sample_free(sample);
}

int main(int argc, char **argv)
{
    if (argc == 3 && str_equal(argv[1], "--write")) {
        json_t *vectors = run_all();
        int failed = vectors == NULL || json_dump_file(vectors, argv[2], JSON_INDENT(1)) != 0;
        json_decref(vectors);
        return failed;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(each_change_is_named, argc > 1 ? argv[1] : NULL),
        cmocka_unit_test(a_fork_is_named),
        cmocka_unit_test(each_check_names_its_own_error),
        cmocka_unit_test(a_restored_log_is_no_longer_the_same),
        cmocka_unit_test(key_files_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
