/* doc.c — strict reading of the JSON documents; see verify_int.h. */
#include "verify/verify_int.h"

#include <string.h>

#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"

json_t *doc_parse(const char *text, size_t length)
{
    json_error_t error;
    return json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
}

void doc_init(struct doc *doc, json_t *object)
{
    doc->object = object;
    doc->used = 0;
    doc->bad = json_is_object(object) ? NULL : "(object)";
}

static json_t *member(struct doc *doc, const char *name)
{
    json_t *value = doc->bad == NULL ? json_object_get(doc->object, name) : NULL;
    if (value == NULL && doc->bad == NULL) {
        doc->bad = name;
    }
    doc->used++;
    return value;
}

/* NULL when null is allowed and there, or when the member is unusable (then `bad` is set). */
static json_t *member_or_null(struct doc *doc, const char *name, bool optional)
{
    json_t *value = member(doc, name);
    if (value != NULL && json_is_null(value)) {
        if (!optional) {
            doc->bad = name;
        }
        return NULL;
    }
    return value;
}

int64_t doc_i64(struct doc *doc, const char *name, int64_t min, int64_t max)
{
    json_t *value = member(doc, name);
    if (value == NULL) {
        return 0;
    }
    int64_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    if (!json_is_integer(value) || number < min || number > max) {
        doc->bad = name;
        return 0;
    }
    return number;
}

const char *doc_text(struct doc *doc, const char *name, bool optional)
{
    json_t *value = member_or_null(doc, name, optional);
    if (value == NULL) {
        return NULL;
    }
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != json_string_length(value)) {
        doc->bad = name;
        return NULL;
    }
    return text;
}

int64_t doc_text_i64(struct doc *doc, const char *name)
{
    const char *text = doc_text(doc, name, false);
    int64_t number;
    char again[24];
    if (text == NULL) {
        return 0;
    }
    /* One way to write a number only: no leading zeros, no "-0". */
    if (!str_parse_i64(text, strlen(text), &number) ||
        snprintf(again, sizeof(again), "%lld", (long long)number) < 0 || strcmp(again, text) != 0) {
        doc->bad = name;
        return 0;
    }
    return number;
}

int64_t doc_id(struct doc *doc, const char *name, const char *prefix, bool optional)
{
    const char *text = doc_text(doc, name, optional);
    int64_t id = 0;
    if (text != NULL && id_parse(prefix, text, strlen(text), &id) != ERR_OK) {
        doc->bad = name;
        return 0;
    }
    return id;
}

bool doc_optional_hash(struct doc *doc, const char *name, struct sha256_hash *ret)
{
    const char *text = doc_text(doc, name, true);
    struct sha256_hash hash;
    if (text == NULL) {
        return false;
    }
    if (!hex_decode(text, strlen(text), hash.bytes, sizeof(hash.bytes))) {
        doc->bad = name;
        return false;
    }
    *ret = hash;
    return true;
}

void doc_hash(struct doc *doc, const char *name, struct sha256_hash *ret)
{
    if (!doc_optional_hash(doc, name, ret) && doc->bad == NULL) {
        doc->bad = name;
    }
}

uint16_t doc_currency(struct doc *doc, const char *name)
{
    const char *text = doc_text(doc, name, false);
    enum currency currency = text == NULL ? CURRENCY_NONE : currency_from_code(text, strlen(text));
    if (text != NULL && currency == CURRENCY_NONE) {
        doc->bad = name;
    }
    return (uint16_t)currency;
}

json_t *doc_object(struct doc *doc, const char *name, bool optional)
{
    json_t *value = member_or_null(doc, name, optional);
    if (value != NULL && !json_is_object(value)) {
        doc->bad = name;
        return NULL;
    }
    return value;
}

json_t *doc_array(struct doc *doc, const char *name, bool optional)
{
    json_t *value = member_or_null(doc, name, optional);
    if (value != NULL && !json_is_array(value)) {
        doc->bad = name;
        return NULL;
    }
    return value;
}

void doc_proof(struct doc *doc, const char *name, struct merkle_proof *ret)
{
    json_t *array = doc_array(doc, name, false);
    struct merkle_proof proof = {.count = 0};
    size_t count = json_array_size(array);
    if (doc->bad != NULL || count > MERKLE_PROOF_MAX) {
        doc->bad = doc->bad != NULL ? doc->bad : name;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_array_get(array, i);
        const char *text = json_string_value(value);
        size_t length;
        if (text == NULL ||
            !base64_decode(text, json_string_length(value), proof.hashes[i].bytes, SHA256_BYTES,
                           &length) ||
            length != SHA256_BYTES) {
            doc->bad = name;
            return;
        }
    }
    proof.count = count;
    *ret = proof;
}

bool doc_ok(const struct doc *doc)
{
    return doc->bad == NULL;
}

bool doc_end(struct doc *doc)
{
    if (doc->bad == NULL && doc->used != json_object_size(doc->object)) {
        doc->bad = "(unknown member)";
    }
    return doc->bad == NULL;
}

void doc_read_transfer(json_t *object, struct doc *outer, struct record_transfer *ret)
{
    struct doc doc;
    struct record_transfer transfer = {0};
    if (!doc_ok(outer)) {
        return;
    }
    doc_init(&doc, object);
    transfer.id = doc_id(&doc, "transfer_id", VERIFY_TRANSFER_PREFIX, false);
    transfer.debit_account_id = doc_id(&doc, "debit_account_id", VERIFY_ACCOUNT_PREFIX, false);
    transfer.credit_account_id = doc_id(&doc, "credit_account_id", VERIFY_ACCOUNT_PREFIX, false);
    transfer.amount_minor = doc_i64(&doc, "amount_minor", 0, MONEY_MINOR_MAX);
    transfer.currency = doc_currency(&doc, "currency");
    transfer.code = (uint16_t)doc_i64(&doc, "code", 0, UINT16_MAX);
    transfer.flags = (uint32_t)doc_i64(&doc, "flags", 0, UINT32_MAX);
    transfer.pending_id = doc_id(&doc, "pending_id", VERIFY_TRANSFER_PREFIX, true);
    transfer.expires_at_us = doc_i64(&doc, "expires_at_us", 0, MONEY_MINOR_MAX);
    transfer.reference = doc_text_i64(&doc, "reference");
    transfer.created_at_us = doc_i64(&doc, "created_at_us", 0, MONEY_MINOR_MAX);
    transfer.has_commitment = doc_optional_hash(&doc, "commitment", &transfer.commitment);
    if (!doc_end(&doc)) {
        outer->bad = doc.bad;
        return;
    }
    *ret = transfer;
}

void doc_read_amounts(struct doc *doc, struct record_entry *ret)
{
    ret->posted_minor = doc_i64(doc, "posted_minor", -MONEY_MINOR_MAX, MONEY_MINOR_MAX);
    ret->held_debits_minor = doc_i64(doc, "held_debits_minor", 0, MONEY_MINOR_MAX);
    ret->held_credits_minor = doc_i64(doc, "held_credits_minor", 0, MONEY_MINOR_MAX);
}
