/* report.c — building and naming reports; see verify.h. */
#include "verify/verify_int.h"

#include <stdarg.h>
#include <string.h>

#include "core/str.h"

struct check_info {
    const char *name;
    const char *proves;
};

static const struct check_info CHECKS[VERIFY_CHECK_COUNT] = {
    [VERIFY_FORMAT] = {"format", "the document is complete and of a version this program knows"},
    [VERIFY_CORE_HASH] = {"core_hash",
                          "amount, accounts, time and purpose are those that were hashed"},
    [VERIFY_PREVIOUS_LINK] = {"previous_link",
                              "each entry follows the one before it in the account"},
    [VERIFY_SIDE_HASH] = {"side_hash",
                          "number and balance of each entry lead to the account's head"},
    [VERIFY_OTHER_SIDE] = {"other_side",
                           "the transfer has exactly one other side, sealed beside this one"},
    [VERIFY_RUNNING_BALANCE] = {"running_balance",
                                "every balance is the one before, plus or minus the entry"},
    [VERIFY_COMPLETE] = {"complete", "no entry is missing between the first and the last"},
    [VERIFY_LEAF_HASH] = {"leaf_hash",
                          "the transfer and both its sides make up the leaf of the log"},
    [VERIFY_INCLUSION] = {"inclusion", "the leaf is in the log, at the place stated"},
    [VERIFY_CHECKPOINT_TEXT] = {"checkpoint_text", "the checkpoint is of this log"},
    [VERIFY_CHECKPOINT_SIGNATURE] = {"checkpoint_signature", "the log's key signed the checkpoint"},
    [VERIFY_PROMISE_SIGNATURE] = {"promise_signature",
                                  "the operator signed this entry as the account's own"},
    [VERIFY_CONSISTENCY] = {"consistency", "the later log is the earlier one, only longer"},
    [VERIFY_KEY_KNOWN] = {"key_known", "the key that signed is one that you named"},
};

const char *verify_check_name(enum verify_check_id id)
{
    return CHECKS[id].name;
}

const char *verify_check_proves(enum verify_check_id id)
{
    return CHECKS[id].proves;
}

const char *verify_kind_name(enum verify_kind kind)
{
    switch (kind) {
    case VERIFY_UNKNOWN:
        return "unknown";
    case VERIFY_RECEIPT:
        return "receipt";
    case VERIFY_STATEMENT:
        return "statement";
    case VERIFY_CHECKPOINT:
        return "checkpoint";
    case VERIFY_CONSISTENCY_PROOF:
        return "consistency";
    }
    BUG_IF(true);
}

const struct verify_check *verify_first_failure(const struct verify_report *report,
                                                enum verify_check_id *ret_id)
{
    for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
        if (report->checks[i].outcome == VERIFY_FAILED) {
            *ret_id = (enum verify_check_id)i;
            return &report->checks[i];
        }
    }
    return NULL;
}

void report_init(struct verify_report *report)
{
    memset(report, 0, sizeof(*report));
    for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
        report->checks[i].at = -1;
    }
    report->facts.log_index = -1;
    report->facts.log_size = -1;
    report->facts.promise_size = -1;
    report->facts.old_size = -1;
    report->facts.watched_seq = -1;
}

void report_expect(struct verify_report *report, const enum verify_check_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (report->checks[ids[i]].outcome == VERIFY_ABSENT) {
            report->checks[ids[i]].outcome = VERIFY_SKIPPED;
        }
    }
}

void report_pass(struct verify_report *report, enum verify_check_id id)
{
    if (report->checks[id].outcome != VERIFY_FAILED) {
        report->checks[id].outcome = VERIFY_PASSED;
    }
}

void report_fail(struct verify_report *report, enum verify_check_id id, enum err error, int64_t at,
                 const char *format, ...)
{
    struct verify_check *check = &report->checks[id];
    if (check->outcome == VERIFY_FAILED) {
        return; /* the first fault is the one to read */
    }
    va_list list;
    va_start(list, format);
    int length = vsnprintf(check->detail, sizeof(check->detail), format, list);
    va_end(list);
    BUG_IF(length < 0);
    check->outcome = VERIFY_FAILED;
    check->error = error;
    check->at = at;
}

void report_values(struct verify_report *report, enum verify_check_id id,
                   const struct sha256_hash *stated, const struct sha256_hash *computed)
{
    struct verify_check *check = &report->checks[id];
    if (check->stated[0] == '\0') {
        hex_encode(stated->bytes, sizeof(stated->bytes), check->stated);
        hex_encode(computed->bytes, sizeof(computed->bytes), check->computed);
    }
}

bool report_hash(struct verify_report *report, enum verify_check_id id, enum err error, int64_t at,
                 const struct sha256_hash *stated, const struct sha256_hash *computed,
                 const char *what)
{
    if (hash_equal(stated, computed)) {
        report_pass(report, id);
        return true;
    }
    report_fail(report, id, error, at, "%s", what);
    report_values(report, id, stated, computed);
    return false;
}

bool report_failed(const struct verify_report *report)
{
    for (size_t i = 0; i < VERIFY_CHECK_COUNT; i++) {
        if (report->checks[i].outcome == VERIFY_FAILED) {
            return true;
        }
    }
    return false;
}

void report_finish(struct verify_report *report)
{
    const struct verify_check *known = &report->checks[VERIFY_KEY_KNOWN];
    bool passed_any = false;
    bool others = true;
    if (known->outcome == VERIFY_SKIPPED && report->facts.key[0] != '\0') {
        report_fail(report, VERIFY_KEY_KNOWN, ERR_KEY_UNKNOWN, -1,
                    "no key was named, so the one in the document was used");
    }
    for (size_t i = 0; i < VERIFY_KEY_KNOWN; i++) {
        enum verify_outcome outcome = report->checks[i].outcome;
        passed_any = passed_any || outcome == VERIFY_PASSED;
        others = others && (outcome == VERIFY_PASSED || outcome == VERIFY_ABSENT);
    }
    report->holds = others && passed_any && report->facts.key[0] != '\0';
    report->ok = report->holds && known->outcome == VERIFY_PASSED;
}
