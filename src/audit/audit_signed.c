/* audit_signed.c — keys, epochs, checkpoints and what witnesses signed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/audit_tree.h"
#include "core/str.h"

/* ---- keys: a chain in which each signs the next ---- */

struct chain {
    struct audit *audit;
    struct audit_key before;
    int64_t number;       /* of the key before */
    int64_t before_until; /* its valid_until_us, 0: none */
    bool have_before;
};

static bool text_is(const struct audit_cell *cell, size_t length, const char *expected)
{
    return strlen(expected) == length && cell->length >= length &&
           memcmp(cell->data, expected, length) == 0;
}

static void check_rotation(struct chain *chain, const struct audit_cell *c,
                           const struct audit_key *key)
{
    struct audit *audit = chain->audit;
    char expected[1024];
    size_t length = 0;
    const char *note = (const char *)c[2].data;
    int written = snprintf(expected, sizeof(expected),
                           "jinnang-key-rotation/v1\norigin %s\nfrom %s\nto %s\nat %lld\n",
                           key->name, chain->before.text, key->text, (long long)c[3].i64);
    if (c[2].type != AUDIT_BYTES || written < 0 ||
        !audit_note_signed(note, c[2].length, &chain->before, &length) ||
        !audit_note_signed(note, c[2].length, key, &length)) {
        audit_found(audit, AUDIT_KEY, "log_keys", c[0].i64, "rotation",
                    "the key before and this one have not both signed the change");
    } else if (!text_is(&c[2], length, expected)) {
        audit_found(audit, AUDIT_KEY, "log_keys", c[0].i64, "valid_from_us",
                    "the note that both keys signed says something else");
    } else if (chain->before_until != c[3].i64) {
        audit_found(audit, AUDIT_KEY, "log_keys", chain->number, "valid_until_us",
                    "the key after it took over at %lld", (long long)c[3].i64);
    }
}

/* The key that a rotation note names behind `label`. */
static bool key_in_note(const struct audit_cell *note, const char *label, struct audit_key *ret)
{
    const char *at =
        note->type == AUDIT_BYTES ? memmem(note->data, note->length, label, strlen(label)) : NULL;
    if (at == NULL) {
        return false;
    }
    at += strlen(label);
    size_t left = note->length - (size_t)(at - (const char *)note->data);
    const char *newline = memchr(at, '\n', left);
    return newline != NULL && audit_key_parse(at, (size_t)(newline - at), ret);
}

static void trust_key(struct audit *audit, const struct audit_key *key)
{
    if (audit->key_count < AUDIT_KEYS_MAX) {
        audit->keys[audit->key_count++] = *key;
    }
}

static bool is_trusted(const struct audit *audit, const struct audit_key *key)
{
    for (size_t i = 0; i < audit->key_count; i++) {
        if (strcmp(audit->keys[i].text, key->text) == 0) {
            return true;
        }
    }
    return false;
}

/* A key that is gone: the next one's note still names it. */
static void bridge_gap(struct chain *chain, const struct audit_cell *c)
{
    for (int64_t number = chain->number + 1; number < c[0].i64 && number < chain->number + 64;
         number++) {
        audit_found(chain->audit, AUDIT_KEY, "log_keys", number, NULL, "the key is not there");
    }
    chain->have_before = key_in_note(&c[2], "\nfrom ", &chain->before);
    chain->before_until = c[3].i64;
    if (chain->have_before) {
        trust_key(chain->audit, &chain->before);
    }
}

static void check_key(const struct audit_cell *c, void *arg)
{
    struct chain *chain = arg;
    struct audit *audit = chain->audit;
    struct audit_key key = {.type = 0};
    struct audit_key named = {.type = 0};
    size_t length = 0;
    if (c[0].i64 != chain->number + 1) {
        if (!key_in_note(&c[2], "\nfrom ", &named) || is_trusted(audit, &named)) {
            audit_found(audit, AUDIT_KEY, "log_keys", c[0].i64, "key_number",
                        "it does not follow number %lld", (long long)chain->number);
            return;
        }
        bridge_gap(chain, c);
    }
    bool readable =
        c[1].type == AUDIT_BYTES && audit_key_parse((const char *)c[1].data, c[1].length, &key);
    bool is_named = key_in_note(&c[2], "\nto ", &named) &&
                    audit_note_signed((const char *)c[2].data, c[2].length, &named, &length);
    if (!readable || (is_named && strcmp(named.text, key.text) != 0)) {
        audit_found(audit, AUDIT_KEY, "log_keys", c[0].i64, "verifier_key",
                    "it is not the key that signed the change");
        key = named;
        chain->have_before = is_named;
    } else if (chain->have_before) {
        check_rotation(chain, c, &key);
    } else if (chain->number == 0 && c[2].type != AUDIT_NULL) {
        audit_found(audit, AUDIT_KEY, "log_keys", c[0].i64, "rotation",
                    "the first key follows none");
    }
    if (readable || is_named) {
        trust_key(audit, &key);
        chain->before = key;
        chain->have_before = true;
    }
    chain->number = c[0].i64;
    chain->before_until = c[4].type == AUDIT_NULL ? 0 : c[4].i64;
}

void audit_check_keys(struct audit *audit)
{
    struct chain chain = {.audit = audit};
    audit_db_query(audit->db,
                   "SELECT key_number, verifier_key, rotation, valid_from_us, valid_until_us "
                   "FROM log_keys ORDER BY key_number",
                   NULL, 0, check_key, &chain);
    if (chain.before_until != 0) {
        audit_found(audit, AUDIT_KEY, "log_keys", chain.number, "valid_until_us",
                    "the newest key has not stopped signing");
    }
}

/* ---- epochs ---- */

struct epochs {
    struct audit *audit;
    int64_t last, last_began, last_size;
    int64_t numbers[1024], sizes[1024];
    size_t count;
};

static void check_epoch(const struct audit_cell *c, void *arg)
{
    struct epochs *epochs = arg;
    bool first = epochs->count == 0;
    const char *column = NULL;
    if (first ? c[0].i64 != 1 : c[0].i64 <= epochs->last) {
        column = "epoch";
    } else if (first ? c[1].i64 != 0 : c[1].i64 < 0 || c[1].i64 > epochs->audit->sealed_size) {
        column = "size";
    } else if (first ? c[2].i64 != 0 : c[2].i64 < epochs->last_began) {
        column = "began_at_us";
    }
    if (column != NULL) {
        audit_found(epochs->audit, AUDIT_EPOCH, "log_epochs", c[0].i64, column,
                    "no epoch can begin so");
    }
    if (epochs->count < ARRAY_COUNT(epochs->numbers)) {
        epochs->numbers[epochs->count] = c[0].i64;
        epochs->sizes[epochs->count++] = c[1].i64;
    }
    epochs->last = c[0].i64;
    epochs->last_began = c[2].i64;
}

static bool knows_epoch(const struct epochs *epochs, int64_t epoch, int64_t size)
{
    for (size_t i = 0; i < epochs->count; i++) {
        if (epochs->numbers[i] == epoch && (epochs->sizes[i] <= size || i == 0)) {
            return true;
        }
    }
    /* Without epoch 1 the row of the epoch is what is missing, and named. */
    return epochs->count == 0 || epochs->numbers[0] != 1;
}

/* ---- checkpoints ---- */

struct signing {
    struct audit *audit;
    struct epochs epochs;
    struct audit_tree tree;
    bool is_known; /* every leaf so far */
};

static bool is_signed(struct audit *audit, const struct audit_cell *note, size_t *ret_text)
{
    for (size_t i = 0; i < audit->key_count; i++) {
        if (audit->keys[i].type == 1 &&
            audit_note_signed((const char *)note->data, note->length, &audit->keys[i], ret_text)) {
            return true;
        }
    }
    return false;
}

static bool parse_number(const char **at, const char *end, int64_t *ret)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    if (newline == NULL || !str_parse_i64(*at, (size_t)(newline - *at), ret)) {
        return false;
    }
    *at = newline + 1;
    return true;
}

/* origin, size, root, "epoch N" */
static bool read_text(const char *text, size_t length, int64_t *ret_size, int64_t *ret_epoch,
                      struct sha256_hash *ret_root)
{
    const char *end = text + length;
    const char *at = memchr(text, '\n', length);
    size_t root_length = 0;
    if (at == NULL || (at++, !parse_number(&at, end, ret_size))) {
        return false;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    if (newline == NULL ||
        !base64_decode(at, (size_t)(newline - at), ret_root->bytes, SHA256_BYTES, &root_length) ||
        root_length != SHA256_BYTES) {
        return false;
    }
    at = newline + 1;
    if (end - at < 7 || memcmp(at, "epoch ", 6) != 0) {
        return false;
    }
    at += 6;
    return parse_number(&at, end, ret_epoch) && at == end;
}

static void check_checkpoint(const struct audit_cell *c, void *arg)
{
    struct signing *signing = arg;
    struct audit *audit = signing->audit;
    int64_t epoch = c[0].i64, size = c[1].i64, said_size = 0, said_epoch = 0;
    struct sha256_hash root, said, computed;
    const char *column = NULL;
    const char *cause = "the signed note says something else";
    size_t length = 0;
    bool fits = audit_cell_hash(&c[2], &root);
    if (!is_signed(audit, &c[3], &length)) {
        column = "note";
        cause = "no key of the log has signed it";
    } else if (!read_text((const char *)c[3].data, length, &said_size, &said_epoch, &said)) {
        column = "note";
        cause = "it is no checkpoint";
    } else if (said_epoch != epoch) {
        column = "epoch";
    } else if (said_size != size) {
        column = "size";
    } else if (!fits || !hash_equal(&said, &root)) {
        column = "root";
    } else if (!knows_epoch(&signing->epochs, epoch, size)) {
        column = "epoch";
        cause = "the log was not in this epoch at this size";
    }
    if (column != NULL) {
        audit->checkpoint_faults++;
        audit_found2(audit, AUDIT_CHECKPOINT, "log_checkpoints", epoch, size, column, "%s", cause);
        return;
    }
    if (size > audit->sealed_size) {
        if (epoch == signing->epochs.last) {
            audit_found2(audit, AUDIT_CHECKPOINT, "log_checkpoints", epoch, size, NULL,
                         "it was signed over more leaves than the %lld that are there: the log "
                         "was cut off",
                         (long long)audit->sealed_size);
        }
        return; /* of an epoch whose end was lost in a restore */
    }
    while (signing->tree.size < size && signing->is_known) {
        int64_t i = signing->tree.size;
        signing->is_known = audit->leaf_states[i] != LEAF_UNKNOWN;
        audit_tree_add(&signing->tree, &audit->leaves[i]);
    }
    if (!signing->is_known || signing->tree.size != size) {
        return;
    }
    audit_tree_root(&signing->tree, &computed);
    if (!hash_equal(&computed, &said) && epoch == signing->epochs.last) {
        audit_found2(audit, AUDIT_CHECKPOINT, "log_checkpoints", epoch, size, "root",
                     "the log's leaves lead to another root than the one that was signed");
    }
}

/* ---- witnesses ---- */

static void check_cosignature(const struct audit_cell *c, void *arg)
{
    struct audit *audit = arg;
    char note[20000];
    size_t length = 0;
    bool known = false, right = false, named = false;
    bool has_note = c[5].type == AUDIT_BYTES && c[5].length + c[4].length < sizeof(note);
    if (has_note) {
        memcpy(note, c[5].data, c[5].length);
        memcpy(note + c[5].length, c[4].data, c[4].length);
    }
    for (size_t i = 0; i < audit->key_count && has_note; i++) {
        const struct audit_key *key = &audit->keys[i];
        if (key->type != 4) {
            continue;
        }
        known = true;
        if (audit_note_signed(note, c[5].length + c[4].length, key, &length)) {
            right = true;
            named = named || text_is(&c[3], c[3].length, key->name);
        }
    }
    if (audit->checkpoint_faults > 0) {
        return; /* what was signed is at fault itself */
    }
    if (!has_note) {
        audit_found2(audit, AUDIT_COSIGNATURE, "log_cosignatures", c[0].i64, c[1].i64, NULL,
                     "there is no such checkpoint");
    } else if (known && (!right || !named)) {
        audit_found2(audit, AUDIT_COSIGNATURE, "log_cosignatures", c[0].i64, c[1].i64,
                     right ? "witness" : "line", "no witness that was named has signed this");
    }
}

void audit_check_checkpoints(struct audit *audit)
{
    struct signing *signing = calloc(1, sizeof(*signing));
    BUG_IF(signing == NULL);
    audit_progress(audit, "checkpoints", 0, 0);
    signing->audit = signing->epochs.audit = audit;
    signing->is_known = true;
    audit_db_query(audit->db, "SELECT epoch, size, began_at_us FROM log_epochs ORDER BY epoch",
                   NULL, 0, check_epoch, &signing->epochs);
    if (signing->epochs.count == 0) {
        audit_found(audit, AUDIT_EPOCH, "log_epochs", 1, NULL, "the first epoch is not there");
    }
    audit_db_query(audit->db,
                   "SELECT epoch, size, root, note FROM log_checkpoints ORDER BY size, epoch", NULL,
                   0, check_checkpoint, signing);
    audit_db_query(
        audit->db,
        "SELECT s.epoch, s.size, 0, s.witness, s.line, c.note FROM log_cosignatures AS s "
        "LEFT JOIN log_checkpoints AS c ON c.epoch = s.epoch AND c.size = s.size "
        "ORDER BY s.epoch, s.size, s.witness",
        NULL, 0, check_cosignature, audit);
    free(signing);
}
