/* sealed.c — checkpoints and promises inside documents; see verify_int.h. */
#include "verify/verify_int.h"

#include <string.h>

#include "core/ids.h"
#include "core/str.h"

static void report_signature(struct verify_report *report, enum verify_check_id id, enum err err)
{
    switch ((int)err) {
    case ERR_KEY_UNKNOWN:
        report_fail(report, VERIFY_KEY_KNOWN, err, -1, "no key that you named has signed this");
        return;
    case ERR_SIGNATURE_INVALID:
        report_fail(report, id, err, -1, "the signature is not by the key over this text");
        return;
    default:
        report_fail(report, VERIFY_FORMAT, err, -1, "a signed note cannot be read");
        return;
    }
}

static void note_key_fact(struct verify_report *report, const struct keyring *keyring,
                          const struct note_key *key)
{
    note_key_format(key, report->facts.key);
    if (keyring->from_caller) {
        report_pass(report, VERIFY_KEY_KNOWN);
    }
}

bool sealed_checkpoint(const struct keyring *keyring, const char *text, const char *origin,
                       int64_t epoch, struct verify_report *report, struct checkpoint *ret)
{
    struct note note;
    const struct note_key *key = NULL;
    struct checkpoint found;
    enum err witness_err;
    enum err err = keyring_check(keyring, text, &note, &key);
    if (err != ERR_OK) {
        report_signature(report, VERIFY_CHECKPOINT_SIGNATURE, err);
        return false;
    }
    report_pass(report, VERIFY_CHECKPOINT_SIGNATURE);
    err = checkpoint_parse(note.text, note.text_length, &found);
    if (err != ERR_OK) {
        report_fail(report, VERIFY_CHECKPOINT_TEXT, err, -1, "the checkpoint cannot be read");
        return false;
    }
    if (!str_equal(found.origin, origin) || !str_equal(found.origin, key->name)) {
        report_fail(report, VERIFY_CHECKPOINT_TEXT, ERR_ORIGIN_MISMATCH, -1,
                    "the checkpoint is of another log than the document");
        return false;
    }
    if (epoch != 0 && found.epoch != epoch) {
        report_fail(report, VERIFY_CHECKPOINT_TEXT, ERR_EPOCH_MISMATCH, -1,
                    "the checkpoint is of epoch %lld, the document of %lld", (long long)found.epoch,
                    (long long)epoch);
        return false;
    }
    report_pass(report, VERIFY_CHECKPOINT_TEXT);
    report->facts.witnesses = keyring_witnesses(keyring, &note, &witness_err);
    if (witness_err != ERR_OK) {
        report_fail(report, VERIFY_CHECKPOINT_SIGNATURE, witness_err, -1,
                    "a witness's signature is wrong");
        return false;
    }
    note_key_fact(report, keyring, key);
    report->facts.epoch = found.epoch;
    report->facts.log_size = found.size;
    report->facts.root = found.root;
    *ret = found;
    return true;
}

/* ---- promises: lines "label value" in this order ---- */

enum { PROMISE_LINES = 6 };
static const char *const PROMISE_LABELS[PROMISE_LINES] = {
    "origin", "epoch", "account", "seq", "head", "log_size",
};

static bool promise_split(const struct note *note, char values[PROMISE_LINES][NOTE_NAME_MAX + 1])
{
    const char *at = note->text;
    const char *end = note->text + note->text_length;
    const size_t header = sizeof(VERIFY_PROMISE_HEADER) - 1;
    if (note->text_length <= header || memcmp(at, VERIFY_PROMISE_HEADER "\n", header + 1) != 0) {
        return false;
    }
    at += header + 1;
    for (size_t i = 0; i < PROMISE_LINES; i++) {
        const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t label = strlen(PROMISE_LABELS[i]);
        size_t line = newline == NULL ? 0 : (size_t)(newline - at);
        if (line <= label + 1 || line - label - 1 > NOTE_NAME_MAX ||
            memcmp(at, PROMISE_LABELS[i], label) != 0 || at[label] != ' ') {
            return false;
        }
        memcpy(values[i], at + label + 1, line - label - 1);
        values[i][line - label - 1] = '\0';
        at = newline + 1;
    }
    return at == end;
}

static bool promise_parse(const struct note *note, const char *origin, int64_t epoch,
                          struct promise *ret)
{
    char values[PROMISE_LINES][NOTE_NAME_MAX + 1];
    struct promise promise;
    int64_t found_epoch;
    size_t head_length;
    if (!promise_split(note, values) || !str_equal(values[0], origin) ||
        !str_parse_i64(values[1], strlen(values[1]), &found_epoch) || found_epoch != epoch ||
        id_parse(VERIFY_ACCOUNT_PREFIX, values[2], strlen(values[2]), &promise.account_id) !=
            ERR_OK ||
        !str_parse_i64(values[3], strlen(values[3]), &promise.seq) ||
        !base64_decode(values[4], strlen(values[4]), promise.head.bytes, sizeof(promise.head.bytes),
                       &head_length) ||
        head_length != sizeof(promise.head.bytes) ||
        !str_parse_i64(values[5], strlen(values[5]), &promise.log_size) || promise.seq < 0 ||
        promise.log_size < 0) {
        return false;
    }
    *ret = promise;
    return true;
}

bool sealed_promise(const struct keyring *keyring, const char *text, const char *origin,
                    int64_t epoch, struct verify_report *report, struct promise *ret)
{
    struct note note;
    const struct note_key *key = NULL;
    enum err err = keyring_check(keyring, text, &note, &key);
    if (err != ERR_OK) {
        report_signature(report, VERIFY_PROMISE_SIGNATURE, err);
        return false;
    }
    if (!str_equal(key->name, origin) || !promise_parse(&note, origin, epoch, ret)) {
        report_fail(report, VERIFY_PROMISE_SIGNATURE, ERR_PROMISE_MISMATCH, -1,
                    "the promise is not one of this log and epoch");
        return false;
    }
    report_pass(report, VERIFY_PROMISE_SIGNATURE);
    note_key_fact(report, keyring, key);
    report->facts.promise_size = ret->log_size;
    return true;
}

bool sealed_share(const struct merkle_proof *before, int64_t shared, struct merkle_proof *proof)
{
    if (shared < 0 || (uint64_t)shared > before->count ||
        proof->count + (size_t)shared > MERKLE_PROOF_MAX) {
        return false;
    }
    for (size_t i = 0; i < (size_t)shared; i++) {
        proof->hashes[proof->count + i] = before->hashes[before->count - (size_t)shared + i];
    }
    proof->count += (size_t)shared;
    return true;
}
