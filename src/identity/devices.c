/* devices.c — see devices.h; places are places.c. */
#include "identity/devices.h"

#include <stdio.h>
#include <string.h>

#include "q_identity.h"

/* In the order of looking: many programs claim to be several. */
static const struct {
    const char *mark, *name;
} programs[] = {
    {"MicroMessenger/", "WeChat"},
    {"AlipayClient/", "Alipay"},
    {"Edg", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
    {"Jinnang/", "Jinnang app"},
    {"curl/", "curl"},
};
static const struct {
    const char *mark, *name;
} systems[] = {
    {"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
    {"Windows", "Windows"},     {"Macintosh", "Mac"},   {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
};

static bool contains(const char *text, size_t length, const char *mark)
{
    return memmem(text, length, mark, strlen(mark)) != NULL;
}

void device_name(const char *agent, size_t length, char ret[SESSION_DEVICE_NAME_MAX + 1])
{
    const char *program = NULL, *system = NULL;

    ret[0] = '\0';
    for (size_t i = 0; agent != NULL && program == NULL && i < ARRAY_COUNT(programs); i++) {
        program = contains(agent, length, programs[i].mark) ? programs[i].name : NULL;
    }
    for (size_t i = 0; agent != NULL && system == NULL && i < ARRAY_COUNT(systems); i++) {
        system = contains(agent, length, systems[i].mark) ? systems[i].name : NULL;
    }
    if (program != NULL && system != NULL) {
        snprintf(ret, SESSION_DEVICE_NAME_MAX + 1, "%s on %s", program, system);
    } else if (program != NULL || system != NULL) {
        snprintf(ret, SESSION_DEVICE_NAME_MAX + 1, "%s", program != NULL ? program : system);
    }
}

static void hash_token(struct person_id person, const uint8_t token[TOKEN_BYTES],
                       struct sha256_hash *ret)
{
    uint8_t text[sizeof(person.v) + TOKEN_BYTES];

    memcpy(text, &person.v, sizeof(person.v));
    memcpy(text + sizeof(person.v), token, TOKEN_BYTES);
    sha256(text, sizeof(text), ret);
    secret_wipe(text, sizeof(text));
}

enum err device_see(struct store_tx *tx, const struct device_seen *seen, struct device_id *ret_id,
                    bool *ret_is_new)
{
    struct q_identity_device_see_in see = {.person_id = seen->person.v,
                                           .name = {seen->name, (uint32_t)strlen(seen->name)},
                                           .now_us = store_tx_now_us(tx)};
    struct q_identity_device_insert_in insert = {.device_id = seen->new_id.v,
                                                 .person_id = seen->person.v,
                                                 .name = see.name,
                                                 .now_us = see.now_us};
    struct q_identity_device_see_row row;
    bool found = false;
    enum err err = ERR_OK;

    if (seen->has_token) {
        hash_token(seen->person, seen->token, &see.token_hash);
        err = q_identity_device_see(tx, &see, &row, &found);
    }
    if (err == ERR_OK && !found) {
        hash_token(seen->person, seen->fresh, &insert.token_hash);
        err = q_identity_device_insert(tx, &insert, NULL);
    }
    if (err == ERR_OK) {
        ret_id->v = found ? row.device_id : seen->new_id.v;
        *ret_is_new = !found;
    }
    return err;
}

enum err device_has_others(struct store_tx *tx, struct person_id person, struct device_id but,
                           bool *ret)
{
    struct q_identity_devices_others_row row = {0};
    bool found;
    enum err err = q_identity_devices_others(
        tx, &(struct q_identity_devices_others_in){.person_id = person.v, .but_id = but.v}, &row,
        &found);

    if (err == ERR_OK) {
        *ret = row.count > 0;
    }
    return err;
}

enum err devices_forget(struct store_tx *tx, struct person_id person)
{
    return q_identity_devices_forget(tx,
                                     &(struct q_identity_devices_forget_in){
                                         .person_id = person.v, .now_us = store_tx_now_us(tx)},
                                     NULL);
}
