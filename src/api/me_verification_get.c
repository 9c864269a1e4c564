/* GET /v1/me/verification — how far the caller is confirmed, and the ways on. */
#include "api/levels_json.h"

#include <string.h>

struct reading {
    struct api_app *app;
    struct person_id person;
    uint32_t level;
    struct identity_facts facts;
    bool confirmed;
    char name[PERSON_NAME_BYTES + 1], number[NATIONAL_ID_MAX + 1]; /* masked */
    enum national_id_kind id_kind;
    int64_t confirmed_at_us;
    struct identity_channel channels[IDENTITY_CHANNELS_MAX];
    size_t channel_count;
    struct api_verification_view views[VERIFICATIONS_LISTED_MAX];
    size_t view_count;
};

static enum err read_identity(struct store_tx *tx, struct reading *reading)
{
    struct identity identity;
    enum err err =
        identity_open(tx, reading->app->vault, reading->person, VAULT_FOR_SELF, &identity);

    if (err == ERR_IDENTITY_NOT_VERIFIED) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        reading->confirmed = true;
        reading->id_kind = identity.id_kind;
        reading->confirmed_at_us = identity.confirmed_at_us;
        person_name_mask(identity.name, strlen(identity.name), reading->name);
        national_id_mask(identity.id_number, strlen(identity.id_number), reading->number);
        secret_wipe(&identity, sizeof(identity));
    }
    return err;
}

static enum err read_overview(struct store_tx *tx, void *arg)
{
    struct reading *reading = arg;
    struct verification all[VERIFICATIONS_LISTED_MAX];
    enum err err = read_identity(tx, reading);

    if (err == ERR_OK) {
        err = api_level_of(tx, reading->app->pack, reading->person, &reading->level);
    }
    if (err == ERR_OK) {
        err = identity_facts(tx, reading->person, &reading->facts);
    }
    if (err == ERR_OK) {
        err = identity_channels(tx, reading->person, reading->channels, &reading->channel_count);
    }
    if (err == ERR_OK) {
        err = verifications_list(tx, reading->person, all, &reading->view_count);
    }
    for (size_t i = 0; err == ERR_OK && i < reading->view_count; i++) {
        err = api_verification_view(tx, &all[i], &reading->views[i]);
    }
    return err;
}

static int64_t sources_for_next(const struct reading *reading)
{
    const struct pack *pack = reading->app->pack;
    int64_t missing;

    if (reading->level >= pack->levels.count) {
        return 0;
    }
    missing = pack_level_at(pack, reading->level)->channels_min - reading->facts.channels;
    return missing > 0 ? missing : 0;
}

static void lists_json(struct json_out *out, const struct reading *reading)
{
    json_out_open_list(out, "sources");
    for (size_t i = 0; i < reading->channel_count; i++) {
        const struct identity_channel *channel = &reading->channels[i];

        json_out_open(out, NULL);
        json_out_name(out, "check", &api_verification_check_names, channel->check);
        json_out_text(out, "source", channel->source);
        json_out_time(out, "confirmed_at", channel->confirmed_at_us);
        json_out_close(out);
    }
    json_out_close_list(out);
    json_out_i64(out, "sources_for_next", sources_for_next(reading));
    json_out_open_list(out, "id_kinds");
    for (int kind = NATIONAL_ID_CN_RESIDENT; kind <= NATIONAL_ID_OTHER; kind++) {
        if ((reading->app->pack->verification.id_kinds & (UINT32_C(1) << kind)) != 0) {
            json_out_name(out, NULL, &api_id_kind_names, kind);
        }
    }
    json_out_close_list(out);
    json_out_open_list(out, "verifications");
    for (size_t i = 0; i < reading->view_count; i++) {
        api_verification_json(out, NULL, &reading->views[i]);
    }
    json_out_close_list(out);
}

enum http_verdict api_me_verification_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct reading *reading;
    struct json_out out;

    if (!api_me_verification_get_decode(request)) {
        return HTTP_ANSWERED;
    }
    reading = arena_alloc(request->arena, sizeof(*reading));
    reading->app = app;
    reading->person = api_caller_of(request)->person;
    if (!api_read(request, app, read_overview, reading)) {
        return HTTP_ANSWERED;
    }
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_i64(&out, "level", reading->level);
    json_out_text(&out, "level_code", api_level_code(app->pack, reading->level));
    json_out_bool(&out, "confirmed", reading->confirmed);
    json_out_text(&out, "name_masked", reading->name);
    json_out_text(&out, "id_kind",
                  reading->confirmed ? api_name_of(&api_id_kind_names, reading->id_kind) : "");
    json_out_text(&out, "id_number_masked", reading->number);
    json_out_time(&out, "confirmed_at", reading->confirmed_at_us);
    lists_json(&out, reading);
    json_out_close(&out);
    json_out_end(&out);
    return api_answer_json(request, 200);
}
