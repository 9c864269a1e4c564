/* receipt.c — one transfer as one of its sides, or both, may see it; see docs/formats.md. */
#include "verify/verify_int.h"

#include <string.h>

#include "core/money.h"
#include "core/str.h"

#define SIDES_MAX 2

struct receipt_entry {
    struct record_entry entry;
    struct sha256_hash head;
    const char *promise;
};
struct receipt {
    const char *origin;
    const char *view;
    int64_t epoch;
    struct record_transfer transfer;
    struct sha256_hash core_hash;
    struct receipt_entry entries[SIDES_MAX];
    size_t entry_count;
    bool has_other;
    struct sha256_hash other_side_hash;
    bool is_sealed;
    int64_t index;
    struct sha256_hash leaf_hash;
    struct merkle_proof proof;
    const char *checkpoint;
    json_t *keys;
};

static bool side_from_text(const char *text, enum record_side *ret)
{
    if (text == NULL || (!str_equal(text, "debit") && !str_equal(text, "credit"))) {
        return false;
    }
    *ret = str_equal(text, "debit") ? RECORD_DEBIT : RECORD_CREDIT;
    return true;
}

static const char *read_entry(json_t *object, struct receipt_entry *ret)
{
    struct doc doc;
    doc_init(&doc, object);
    const char *side = doc_text(&doc, "side", false);
    if (doc_ok(&doc) && !side_from_text(side, &ret->entry.side)) {
        return "side";
    }
    ret->entry.account_id = doc_id(&doc, "account_id", VERIFY_ACCOUNT_PREFIX, false);
    ret->entry.seq = doc_i64(&doc, "seq", 1, MONEY_MINOR_MAX);
    ret->entry.previous_transfer_id =
        doc_id(&doc, "previous_transfer_id", VERIFY_TRANSFER_PREFIX, true);
    doc_hash(&doc, "previous_head", &ret->entry.previous_head);
    doc_read_amounts(&doc, &ret->entry);
    doc_hash(&doc, "head", &ret->head);
    ret->promise = doc_text(&doc, "promise", false);
    doc_end(&doc);
    return doc.bad;
}

static void read_leaf(json_t *object, struct doc *outer, struct receipt *ret)
{
    struct doc doc;
    if (!doc_ok(outer) || object == NULL) {
        return;
    }
    doc_init(&doc, object);
    ret->index = doc_i64(&doc, "index", 0, MONEY_MINOR_MAX);
    doc_hash(&doc, "hash", &ret->leaf_hash);
    doc_proof(&doc, "proof", &ret->proof);
    ret->is_sealed = doc_end(&doc);
    outer->bad = doc.bad;
}

static const char *receipt_read(json_t *document, struct receipt *ret)
{
    struct doc doc;
    doc_init(&doc, document);
    (void)doc_text(&doc, "format", false);
    ret->origin = doc_text(&doc, "origin", false);
    ret->epoch = doc_i64(&doc, "epoch", 1, MONEY_MINOR_MAX);
    ret->view = doc_text(&doc, "view", false);
    doc_read_transfer(doc_object(&doc, "transfer", false), &doc, &ret->transfer);
    doc_hash(&doc, "core_hash", &ret->core_hash);
    json_t *entries = doc_array(&doc, "entries", false);
    ret->has_other = doc_optional_hash(&doc, "other_side_hash", &ret->other_side_hash);
    read_leaf(doc_object(&doc, "leaf", true), &doc, ret);
    ret->checkpoint = doc_text(&doc, "checkpoint", true);
    ret->keys = doc_array(&doc, "keys", false);
    if (!doc_end(&doc)) {
        return doc.bad;
    }
    ret->entry_count = json_array_size(entries);
    if (ret->entry_count < 1 || ret->entry_count > SIDES_MAX) {
        return "entries";
    }
    for (size_t i = 0; i < ret->entry_count; i++) {
        const char *bad = read_entry(json_array_get(entries, i), &ret->entries[i]);
        if (bad != NULL) {
            return bad;
        }
    }
    return NULL;
}

/* What fits together before anything is hashed; NULL or the member at fault. */
static const char *receipt_shape(const struct receipt *receipt)
{
    bool both = str_equal(receipt->view, "both");
    enum record_side side;
    if (!note_name_is_valid(receipt->origin, strlen(receipt->origin))) {
        return "origin";
    }
    if (!both && !side_from_text(receipt->view, &side)) {
        return "view";
    }
    if (receipt->entry_count != (both ? 2U : 1U) || receipt->has_other == both) {
        return "entries";
    }
    if (both && (receipt->entries[0].entry.side != RECORD_DEBIT ||
                 receipt->entries[1].entry.side != RECORD_CREDIT)) {
        return "entries";
    }
    if (!both && receipt->entries[0].entry.side != side) {
        return "view";
    }
    return receipt->is_sealed == (receipt->checkpoint != NULL) ? NULL : "checkpoint";
}

static void receipt_facts(const struct receipt *receipt, struct verify_facts *facts)
{
    const struct record_transfer *transfer = &receipt->transfer;
    const struct receipt_entry *own = &receipt->entries[0];
    bool both = receipt->entry_count == 2;
    memcpy(facts->origin, receipt->origin, strlen(receipt->origin) + 1);
    facts->epoch = receipt->epoch;
    facts->transfer_id = transfer->id;
    facts->amount_minor = transfer->amount_minor;
    facts->created_at_us = transfer->created_at_us;
    facts->currency = transfer->currency;
    facts->code = transfer->code;
    facts->side = both ? 0 : (int)own->entry.side;
    facts->account_id = own->entry.account_id;
    facts->counterparty_id =
        own->entry.side == RECORD_DEBIT ? transfer->credit_account_id : transfer->debit_account_id;
    facts->seq = own->entry.seq;
    facts->posted_minor = own->entry.posted_minor;
    facts->held_debits_minor = own->entry.held_debits_minor;
    facts->held_credits_minor = own->entry.held_credits_minor;
    facts->head = own->head;
    facts->log_index = receipt->is_sealed ? receipt->index : -1;
}

static void check_entry(const struct receipt *receipt, const struct receipt_entry *stated,
                        struct verify_report *report)
{
    const struct record_transfer *transfer = &receipt->transfer;
    struct sha256_hash hash;
    int64_t of_side = stated->entry.side == RECORD_DEBIT ? transfer->debit_account_id
                                                         : transfer->credit_account_id;
    if (stated->entry.account_id != of_side) {
        report_fail(report, VERIFY_SIDE_HASH, ERR_ENTRY_NOT_OF_TRANSFER, stated->entry.seq,
                    "the entry is of an account that the transfer does not name on that side");
        return;
    }
    if ((stated->entry.seq == 1) != (stated->entry.previous_transfer_id == 0)) {
        report_fail(report, VERIFY_PREVIOUS_LINK, ERR_CHAIN_BROKEN, stated->entry.seq,
                    "only an account's first entry has none before it");
        return;
    }
    report_pass(report, VERIFY_PREVIOUS_LINK);
    record_side_hash(&stated->entry, &receipt->core_hash, &hash);
    report_hash(report, VERIFY_SIDE_HASH, ERR_CHAIN_BROKEN, stated->entry.seq, &stated->head, &hash,
                "sequence, balances and the head before do not hash to the head stated");
}

static void check_promise(const struct receipt *receipt, const struct receipt_entry *stated,
                          const struct keyring *keyring, struct verify_report *report)
{
    struct promise promise;
    if (!sealed_promise(keyring, stated->promise, receipt->origin, receipt->epoch, report,
                        &promise)) {
        return;
    }
    if (promise.account_id != stated->entry.account_id || promise.seq != stated->entry.seq ||
        !hash_equal(&promise.head, &stated->head)) {
        report_fail(report, VERIFY_PROMISE_SIGNATURE, ERR_PROMISE_MISMATCH, stated->entry.seq,
                    "the promise is about another entry than this one");
    }
}

static void check_seal(const struct receipt *receipt, const struct keyring *keyring,
                       struct verify_report *report)
{
    const struct receipt_entry *own = &receipt->entries[0];
    const struct sha256_hash *debit = &own->head;
    const struct sha256_hash *credit = &receipt->other_side_hash;
    struct sha256_hash leaf_hash, root;
    struct checkpoint checkpoint;
    if (receipt->entry_count == 2) {
        credit = &receipt->entries[1].head;
    } else if (own->entry.side == RECORD_CREDIT) {
        debit = &receipt->other_side_hash;
        credit = &own->head;
    }
    record_transfer_leaf_hash(receipt->transfer.id, &receipt->core_hash, debit, credit, &leaf_hash);
    if (!report_hash(report, VERIFY_LEAF_HASH, ERR_PROOF_INVALID, -1, &receipt->leaf_hash,
                     &leaf_hash, "the transfer and its two sides do not make up this leaf") ||
        !sealed_checkpoint(keyring, receipt->checkpoint, receipt->origin, receipt->epoch, report,
                           &checkpoint)) {
        return;
    }
    report_pass(report, VERIFY_OTHER_SIDE);
    if (!merkle_root_from_inclusion(&leaf_hash, receipt->index, checkpoint.size, &receipt->proof,
                                    &root)) {
        report_fail(report, VERIFY_INCLUSION, ERR_PROOF_INVALID, -1,
                    "the proof has not the length that index %lld of %lld leaves needs",
                    (long long)receipt->index, (long long)checkpoint.size);
        return;
    }
    report_hash(report, VERIFY_INCLUSION, ERR_PROOF_INVALID, -1, &checkpoint.root, &root,
                "the proof does not lead to the checkpoint's root");
}

void verify_receipt(json_t *document, const struct verify_keys *keys,
                    const struct verify_watch *watch, struct verify_report *report)
{
    static const enum verify_check_id ALWAYS[] = {
        VERIFY_FORMAT,    VERIFY_CORE_HASH,         VERIFY_PREVIOUS_LINK,
        VERIFY_SIDE_HASH, VERIFY_PROMISE_SIGNATURE, VERIFY_KEY_KNOWN,
    };
    static const enum verify_check_id SEALED[] = {
        VERIFY_OTHER_SIDE,           VERIFY_LEAF_HASH, VERIFY_INCLUSION, VERIFY_CHECKPOINT_TEXT,
        VERIFY_CHECKPOINT_SIGNATURE,
    };
    struct receipt receipt = {0};
    struct keyring keyring;
    struct sha256_hash core_hash;
    report->kind = VERIFY_RECEIPT;
    report_expect(report, ALWAYS, ARRAY_COUNT(ALWAYS));
    const char *bad = receipt_read(document, &receipt);
    if (bad == NULL) {
        bad = receipt_shape(&receipt);
    }
    if (bad != NULL) {
        report_fail(report, VERIFY_FORMAT, ERR_DOCUMENT_MALFORMED, -1,
                    "'%s' is missing or cannot be right", bad);
        return;
    }
    if (receipt.is_sealed) {
        report_expect(report, SEALED, ARRAY_COUNT(SEALED));
    }
    receipt_facts(&receipt, &report->facts);
    keyring_init(&keyring, keys, receipt.keys, receipt.origin, report);
    if (report_failed(report)) {
        return;
    }
    report_pass(report, VERIFY_FORMAT);
    record_core_hash(&receipt.transfer, &core_hash);
    if (!report_hash(report, VERIFY_CORE_HASH, ERR_CHAIN_BROKEN, -1, &receipt.core_hash, &core_hash,
                     "the transfer's facts do not hash to the core hash stated")) {
        return;
    }
    for (size_t i = 0; i < receipt.entry_count && !report_failed(report); i++) {
        const struct receipt_entry *entry = &receipt.entries[i];
        check_entry(&receipt, entry, report);
        if (!report_failed(report)) {
            check_promise(&receipt, entry, &keyring, report);
        }
        if (watch != NULL && watch->account_id == entry->entry.account_id &&
            watch->seq == entry->entry.seq) {
            report->facts.watched_seq = watch->seq;
            report->facts.watched_head = entry->head;
        }
    }
    if (!report_failed(report) && receipt.is_sealed) {
        check_seal(&receipt, &keyring, report);
    }
}
