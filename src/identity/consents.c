/* consents.c — see consents.h. */
#include "identity/consents.h"

#include <string.h>

#include "q_identity.h"

#define ARENA_BYTES ((size_t)1 << 20)

struct listing {
    struct arena *arena;
    struct consent *consents;
    size_t count;
};

static struct store_text keep(struct arena *arena, struct store_text text)
{
    return (struct store_text){arena_strndup(arena, text.data, text.length), text.length};
}

static bool same(struct store_text a, struct store_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static bool take_text(const struct q_identity_consent_texts_current_row *row, void *arg)
{
    struct listing *listing = arg;

    listing->consents[listing->count++] =
        (struct consent){.name = keep(listing->arena, row->consent),
                         .version = row->version,
                         .is_required = row->is_required != 0,
                         .title_en = keep(listing->arena, row->title_en),
                         .title_zh = keep(listing->arena, row->title_zh),
                         .text_en = keep(listing->arena, row->text_en),
                         .text_zh = keep(listing->arena, row->text_zh)};
    return listing->count < CONSENTS_MAX;
}

static bool take_said(const struct q_identity_consents_latest_row *row, void *arg)
{
    struct listing *listing = arg;

    for (size_t i = 0; i < listing->count; i++) {
        struct consent *consent = &listing->consents[i];

        if (same(consent->name, row->consent)) {
            consent->is_given = row->is_given != 0;
            consent->said_version = row->version;
            consent->said_at_us = row->at_us;
        }
    }
    return true;
}

enum err consents_list(struct store_tx *tx, struct person_id person, int64_t now_us,
                       struct arena *arena, struct consent *ret, size_t *ret_count)
{
    struct listing listing = {.arena = arena, .consents = ret};
    struct q_identity_consent_texts_current_in texts = {.now_us = now_us};
    struct q_identity_consents_latest_in said = {.person_id = person.v};
    enum err err = q_identity_consent_texts_current_each(tx, &texts, take_text, &listing);

    if (err == ERR_OK) {
        err = q_identity_consents_latest_each(tx, &said, take_said, &listing);
    }
    if (err == ERR_OK) {
        *ret_count = listing.count;
    }
    return err;
}

static enum err say_one(struct store_tx *tx, struct person_id person,
                        const struct consent_said *said, const struct listing *listing)
{
    const struct consent *consent = NULL;

    for (size_t i = 0; i < listing->count; i++) {
        if (same(listing->consents[i].name, said->name)) {
            consent = &listing->consents[i];
        }
    }
    if (consent == NULL) {
        return ERR_CONSENT_UNKNOWN;
    }
    if (!said->is_given && consent->is_required) {
        return ERR_CONSENT_REQUIRED;
    }
    if (said->is_given && said->version != consent->version) {
        return ERR_CONSENT_OUTDATED;
    }
    if (consent->said_version != 0 && consent->is_given == said->is_given &&
        (!said->is_given || consent->said_version == said->version)) {
        return ERR_OK;
    }
    return q_identity_consent_insert(
        tx,
        &(struct q_identity_consent_insert_in){.person_id = person.v,
                                               .consent = said->name,
                                               .at_us = store_tx_now_us(tx),
                                               .version = said->version,
                                               .is_given = said->is_given ? 1 : 0},
        NULL);
}

enum err consents_say(struct store_tx *tx, struct person_id person, const struct consent_said *said,
                      size_t count)
{
    struct consent consents[CONSENTS_MAX];
    struct listing listing = {.arena = arena_create(ARENA_BYTES), .consents = consents};
    enum err err =
        consents_list(tx, person, store_tx_now_us(tx), listing.arena, consents, &listing.count);

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        err = say_one(tx, person, &said[i], &listing);
    }
    arena_free(listing.arena);
    return err;
}

struct asking {
    struct store_text name;
    bool is_given;
};

static bool take_answer(const struct q_identity_consents_latest_row *row, void *arg)
{
    struct asking *asking = arg;

    if (same(row->consent, asking->name)) {
        asking->is_given = row->is_given != 0;
    }
    return true;
}

enum err consents_has(struct store_tx *tx, struct person_id person, const char *name, bool *ret)
{
    struct asking asking = {.name = {name, (uint32_t)strlen(name)}};
    struct q_identity_consents_latest_in in = {.person_id = person.v};
    enum err err = q_identity_consents_latest_each(tx, &in, take_answer, &asking);

    if (err == ERR_OK) {
        *ret = asking.is_given;
    }
    return err;
}
