/* notify_preferences.c — what a person chose, and the anti-phishing phrase. The contract is in
 * notify.h. */
#include "notify/notify_int.h"

#include <string.h>

#include "core/str.h"
#include "q_notify.h"

static enum err get_row(struct store_tx *tx, int64_t person_id, struct arena *arena,
                        struct q_notify_preferences_get_row *ret, bool *ret_found)
{
    return q_notify_preferences_get(
        tx, &(struct q_notify_preferences_get_in){.person_id = person_id}, arena, ret, ret_found);
}

enum err notify_preferences_get(struct store_tx *tx, struct notify *notify, int64_t person_id,
                                struct arena *arena, struct notify_preferences *ret,
                                const char **ret_phrase)
{
    struct arena *own = arena == NULL ? arena_create(NOTIFY_ARENA_BYTES) : NULL;
    struct notify_port *port = &notify->port;
    struct q_notify_preferences_get_row row;
    const char *phrase = NULL;
    bool found = false;
    enum err err = get_row(tx, person_id, arena == NULL ? own : arena, &row, &found);

    BUG_IF(ret_phrase != NULL && arena == NULL);
    if (err == ERR_OK && found && ret_phrase != NULL && row.phrase_sealed.length > 0) {
        err = port->open_phrase(port->ctx, tx, person_id, row.phrase_sealed, false, arena, &phrase);
    }
    arena_free(own);
    if (err != ERR_OK) {
        return err;
    }
    if (ret_phrase != NULL) {
        *ret_phrase = phrase;
    }
    if (!found) {
        notify_preferences_default(ret);
        return ERR_OK;
    }
    *ret = (struct notify_preferences){
        .choices = (uint32_t)row.choices,
        .utc_offset_min = (int32_t)row.utc_offset_min,
        .quiet_from_min = (int32_t)row.quiet_from_min,
        .quiet_to_min = (int32_t)row.quiet_to_min,
        .sms_from = row.sms_from,
        .email_from = row.email_from,
    };
    BUG_IF(!notify_preferences_ok(ret));
    return ERR_OK;
}

/* One line of text that shows: in an e-mail it must not look like anything but itself. */
static bool phrase_ok(const char *phrase)
{
    size_t length = strlen(phrase);

    if (length > NOTIFY_PHRASE_MAX || !str_is_utf8(phrase, length)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)phrase[i] < 0x20 || phrase[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

enum err notify_preferences_put(struct store_tx *tx, struct notify *notify, int64_t person_id,
                                const struct notify_preferences *p, const char *phrase,
                                bool *ret_phrase_changed)
{
    struct arena *arena;
    struct notify_port *port = &notify->port;
    struct q_notify_preferences_get_row row;
    struct store_blob sealed = {"", 0};
    bool found = false;

    if (!notify_preferences_ok(p) || (phrase != NULL && !phrase_ok(phrase))) {
        return ERR_PREFERENCES_INVALID;
    }
    arena = arena_create(NOTIFY_ARENA_BYTES);
    enum err err = get_row(tx, person_id, arena, &row, &found);
    bool had = found && row.phrase_sealed.length > 0;
    if (err == ERR_OK && phrase == NULL && had) {
        sealed = row.phrase_sealed;
    } else if (err == ERR_OK && phrase != NULL && phrase[0] != '\0') {
        err = port->seal_phrase(port->ctx, tx, person_id, phrase, arena, &sealed);
    }
    if (err == ERR_OK) {
        err = q_notify_preferences_put(
            tx,
            &(struct q_notify_preferences_put_in){.person_id = person_id,
                                                  .choices = p->choices,
                                                  .utc_offset_min = p->utc_offset_min,
                                                  .quiet_from_min = p->quiet_from_min,
                                                  .quiet_to_min = p->quiet_to_min,
                                                  .sms_from = p->sms_from,
                                                  .email_from = p->email_from,
                                                  .phrase_sealed = sealed,
                                                  .changed_at_us = store_tx_now_us(tx)},
            NULL);
    }
    arena_free(arena);
    if (err == ERR_OK) {
        *ret_phrase_changed = phrase != NULL && (had || phrase[0] != '\0');
    }
    return err;
}
