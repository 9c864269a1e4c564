/* privacy_json.c — see privacy_json.h. */
#include "api/privacy_json.h"

#include "identity/locks.h"
#include "identity/personal_data.h"

#define ACCOUNTS_AT_ONCE 64

void privacy_json_consents(struct buf *body, const struct consent *consents, size_t count)
{
    struct json_out out;

    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "consents");
    for (size_t i = 0; i < count; i++) {
        const struct consent *consent = &consents[i];

        json_out_open(&out, NULL);
        json_out_bytes(&out, "consent", consent->name.data, consent->name.length);
        json_out_i64(&out, "version", consent->version);
        json_out_bool(&out, "is_required", consent->is_required);
        json_out_text(&out, "title_en", consent->title_en.data);
        json_out_text(&out, "title_zh", consent->title_zh.data);
        json_out_text(&out, "text_en", consent->text_en.data);
        json_out_text(&out, "text_zh", consent->text_zh.data);
        json_out_bool(&out, "is_given", consent->is_given);
        json_out_i64(&out, "said_version", consent->said_version);
        json_out_time(&out, "said_at", consent->said_at_us);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
}

/* ---- what stands against an end ---- */

static enum err money_is_left(struct ledger *ledger, struct person_id person, bool *ret)
{
    struct ledger_account accounts[ACCOUNTS_AT_ONCE];
    struct ledger_account_filter filter = {.owner = person.v};
    size_t count = ACCOUNTS_AT_ONCE;
    bool is_left = false;

    while (count == ACCOUNTS_AT_ONCE && !is_left) {
        enum err err = ledger_list_accounts(ledger, &filter, ACCOUNTS_AT_ONCE, accounts, &count);

        if (err != ERR_OK) {
            return err;
        }
        for (size_t i = 0; i < count; i++) {
            const struct ledger_account *account = &accounts[i];

            is_left = is_left || account->debits_posted != account->credits_posted ||
                      account->debits_pending != 0 || account->credits_pending != 0;
            filter.after = account->id;
        }
    }
    *ret = is_left;
    return ERR_OK;
}

struct lock_look {
    struct person_id person;
    bool is_locked;
};

static enum err look_at_locks(struct store_tx *tx, void *arg)
{
    struct lock_look *look = arg;
    struct arena *arena = arena_create(LOCKS_MAX * sizeof(struct lock) + 4096);
    struct lock *locks = arena_alloc_array(arena, LOCKS_MAX, sizeof(*locks));
    size_t count = 0;
    enum err err = locks_list(tx, look->person, false, locks, &count);

    look->is_locked = false;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        look->is_locked = look->is_locked ||
                          (locks[i].reason != LOCK_USER && locks[i].reason != LOCK_BRUTE_FORCE);
    }
    arena_free(arena);
    return err;
}

enum err deletion_blocks(struct store *store, struct ledger *ledger, struct person_id person,
                         uint32_t *ret_blocks)
{
    struct lock_look look = {.person = person};
    bool is_left = false;
    enum err err = money_is_left(ledger, person, &is_left);

    if (err == ERR_OK) {
        err = store_read(store, look_at_locks, &look);
    }
    if (err == ERR_OK) {
        *ret_blocks =
            (is_left ? DELETION_MONEY_LEFT : 0u) | (look.is_locked ? DELETION_LOCKED : 0u);
    }
    return err;
}

/* ---- the end of an account ---- */

static void encode_notes(struct json_out *out, const char *name, const struct personal_note *notes,
                         size_t count)
{
    json_out_open_list(out, name);
    for (size_t i = 0; i < count; i++) {
        json_out_open(out, NULL);
        json_out_text(out, "what_en", notes[i].what_en);
        json_out_text(out, "what_zh", notes[i].what_zh);
        json_out_text(out, "why_en", notes[i].why_en);
        json_out_text(out, "why_zh", notes[i].why_zh);
        json_out_i64(out, "kept_days", notes[i].kept_days);
        json_out_close(out);
    }
    json_out_close_list(out);
}

void privacy_json_deletion(struct buf *body, const struct deletion *deletion, uint32_t blocks)
{
    int64_t state = deletion->requested_at_us == 0 ? 0 : deletion->closed_at_us == 0 ? 1 : 2;
    const struct personal_note *notes;
    struct json_out out;
    size_t count;

    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_name(&out, "state", &api_deletion_state_names, state);
    json_out_time(&out, "requested_at", deletion->requested_at_us);
    json_out_time(&out, "due_at", deletion->due_at_us);
    json_out_i64(&out, "cooling_days", DELETION_COOLING_DAYS);
    json_out_flags(&out, "blocked_by", &api_deletion_block_names, blocks);
    notes = personal_goes(&count);
    encode_notes(&out, "goes", notes, count);
    notes = personal_stays(&count);
    encode_notes(&out, "stays", notes, count);
    json_out_close(&out);
    json_out_end(&out);
}
