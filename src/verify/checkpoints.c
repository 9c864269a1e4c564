/* checkpoints.c — a checkpoint alone, and two with the proof that one begins the other. */
#include "verify/verify_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

void verify_checkpoint(const char *text, size_t length, const struct verify_keys *keys,
                       struct verify_report *report)
{
    static const enum verify_check_id IDS[] = {
        VERIFY_FORMAT,
        VERIFY_CHECKPOINT_TEXT,
        VERIFY_CHECKPOINT_SIGNATURE,
        VERIFY_KEY_KNOWN,
    };
    struct keyring keyring;
    struct note note;
    struct checkpoint checkpoint;
    report->kind = VERIFY_CHECKPOINT;
    report_expect(report, IDS, ARRAY_COUNT(IDS));
    enum err err = note_parse(text, length, &note);
    if (err != ERR_OK || strlen(text) != length) {
        report_fail(report, VERIFY_FORMAT, ERR_NOTE_MALFORMED, -1,
                    "the file is neither JSON nor a signed note");
        return;
    }
    err = checkpoint_parse(note.text, note.text_length, &checkpoint);
    if (err != ERR_OK) {
        report_fail(report, VERIFY_CHECKPOINT_TEXT, err, -1, "the checkpoint cannot be read");
        return;
    }
    report_pass(report, VERIFY_FORMAT);
    memcpy(report->facts.origin, checkpoint.origin, sizeof(checkpoint.origin));
    report->facts.log_size = checkpoint.size;
    report->facts.root = checkpoint.root;
    report->facts.epoch = checkpoint.epoch;
    if (keys->count == 0) {
        /* A note names its key but does not hold it. */
        report_fail(report, VERIFY_KEY_KNOWN, ERR_KEY_UNKNOWN, -1,
                    "a checkpoint does not carry its key; name it with --key");
        return;
    }
    keyring_init(&keyring, keys, NULL, checkpoint.origin, report);
    (void)sealed_checkpoint(&keyring, text, checkpoint.origin, 0, report, &checkpoint);
}

void verify_consistency(json_t *document, const struct verify_keys *keys,
                        struct verify_report *report)
{
    static const enum verify_check_id IDS[] = {
        VERIFY_FORMAT,      VERIFY_CHECKPOINT_TEXT, VERIFY_CHECKPOINT_SIGNATURE,
        VERIFY_CONSISTENCY, VERIFY_KEY_KNOWN,
    };
    struct keyring keyring;
    struct doc doc;
    struct merkle_proof proof;
    struct checkpoint old, new;
    report->kind = VERIFY_CONSISTENCY_PROOF;
    report_expect(report, IDS, ARRAY_COUNT(IDS));
    doc_init(&doc, document);
    (void)doc_text(&doc, "format", false);
    const char *origin = doc_text(&doc, "origin", false);
    const char *old_text = doc_text(&doc, "old", false);
    const char *new_text = doc_text(&doc, "new", false);
    doc_proof(&doc, "proof", &proof);
    json_t *list = doc_array(&doc, "keys", false);
    if (!doc_end(&doc) || !note_name_is_valid(origin, strlen(origin))) {
        report_fail(report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, -1,
                    "'%s' is missing or cannot be right", doc.bad != NULL ? doc.bad : "origin");
        return;
    }
    memcpy(report->facts.origin, origin, strlen(origin) + 1);
    keyring_init(&keyring, keys, list, origin, report);
    if (report_failed(report)) {
        return;
    }
    report_pass(report, VERIFY_FORMAT);
    if (!sealed_checkpoint(&keyring, old_text, origin, 0, report, &old) ||
        !sealed_checkpoint(&keyring, new_text, origin, 0, report, &new)) {
        return;
    }
    report->facts.old_size = old.size;
    if (old.epoch != new.epoch) {
        report_fail(report, VERIFY_CHECKPOINT_TEXT, ERR_EPOCH_MISMATCH, -1,
                    "the checkpoints are of epochs %lld and %lld: the log was restored between",
                    (long long)old.epoch, (long long)new.epoch);
        return;
    }
    if (!merkle_check_consistency(old.size, &old.root, new.size, &new.root, &proof)) {
        bool forked = old.size == new.size && !hash_equal(&old.root, &new.root);
        report_fail(report, VERIFY_CONSISTENCY,
                    forked ? ERR_EQUIVOCATION_FOUND : ERR_CONSISTENCY_INVALID, -1,
                    forked ? "two roots are signed for the same size: the log was forked"
                           : "the proof does not show that the later log begins with the earlier");
        return;
    }
    report_pass(report, VERIFY_CONSISTENCY);
}
