/* tell.c — see tell.h. */
#include "identity/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/kv.h"
#include "store/outbox.h"

enum err identity_tell(struct store_tx *tx, struct vault *vault, const struct tell *tell)
{
    const struct vault_place place = {.person = tell->person,
                                      .class = VAULT_MESSAGE,
                                      .table = "outbox",
                                      .column = "payload_sealed",
                                      .row_id = tell->outbox_id};
    struct outbox_item item = {
        .outbox_id = tell->outbox_id,
        .person_id = tell->person.v,
        .contact_id = tell->contact.v,
        .topic = {tell->topic, (uint32_t)strlen(tell->topic)},
        .created_at_us = store_tx_now_us(tx),
        .expires_at_us = tell->expires_at_us,
    };
    struct arena *arena = arena_create(OUTBOX_PAYLOAD_MAX * 4);
    char dedupe[24];
    enum err err = ERR_OK;

    snprintf(dedupe, sizeof(dedupe), "%" PRId64, tell->about);
    item.dedupe = (struct store_text){dedupe, (uint32_t)strlen(dedupe)};
    if (tell->params != NULL) {
        BUG_IF(!buf_ok(tell->params) || !kv_is_valid(tell->params->data, tell->params->length));
        err = vault_seal(tx, vault, &place,
                         (struct store_blob){tell->params->data, (uint32_t)tell->params->length},
                         arena, &item.payload);
    }
    if (err == ERR_OK) {
        err = outbox_add(tx, &item, NULL);
    }
    arena_free(arena);
    return err;
}
