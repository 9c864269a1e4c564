/* POST /v1/staff/people/search — finds a person by something known in full. What is found is
 * masked, and each person found is told that somebody looked. */
#include "api/people_json.h"

#include <string.h>

#define FOUND_MAX 4

struct searching {
    const struct api_caller *caller;
    struct person_id by_id; /* 0: by contact */
    struct contact_value contact;
    struct store_text reason;
    struct arena *arena;
    struct person_view found[FOUND_MAX];
    size_t count;
};

static enum err find(struct store_tx *tx, struct api_app *app, const struct searching *searching,
                     struct person_id *ret)
{
    struct contact contact = {0};
    bool found = false;
    enum err err;

    if (searching->by_id.v != 0) {
        *ret = searching->by_id;
        return ERR_OK;
    }
    err = contact_find(tx, app->vault, PERSON_CONSUMER, &searching->contact, &contact, &found);
    *ret = found ? contact.person : (struct person_id){0};
    return err;
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct searching *searching = arg;
    struct people_look look = {.caller = searching->caller,
                               .classes = ACCESS_CLASS(VAULT_CONTACT),
                               .why = ACCESS_FOR_SEARCH,
                               .reason = searching->reason};
    struct access_grant grant;
    enum err err = find(tx, app, searching, &look.person);

    searching->count = 0;
    if (err != ERR_OK || look.person.v == 0) {
        return err;
    }
    err = people_look(tx, app, &look, &grant);
    if (err == ERR_PERSON_NOT_FOUND) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err =
            person_view_read(tx, app, &grant, look.person, searching->arena, &searching->found[0]);
    }
    searching->count = err == ERR_OK ? 1 : 0;
    return err;
}

static void answer(struct http_request *request, struct api_app *app, void *arg)
{
    const struct searching *searching = arg;
    struct json_out out;

    (void)app;
    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "people");
    for (size_t i = 0; i < searching->count; i++) {
        json_out_open(&out, NULL);
        people_json_basics(&out, &searching->found[i]);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_close(&out);
    json_out_end(&out);
    api_answer_json(request, 200);
}

/* False: a problem was answered. */
static bool take_value(struct http_request *request, const struct api_people_search *body,
                       struct searching *searching)
{
    enum err err = ERR_OK;

    switch ((enum api_people_search_by)body->by) {
    case API_PEOPLE_SEARCH_BY_PERSON_ID:
        err = id_parse(ID_PERSON_PREFIX, body->value.data, body->value.length, &searching->by_id.v);
        break;
    case API_PEOPLE_SEARCH_BY_PHONE:
    case API_PEOPLE_SEARCH_BY_EMAIL:
        err = contact_normalise(body->value.data, body->value.length, &searching->contact);
        if (err == ERR_OK && (searching->contact.channel == CONTACT_PHONE) !=
                                 (body->by == API_PEOPLE_SEARCH_BY_PHONE)) {
            err = ERR_CONTACT_INVALID;
        }
        break;
    }
    if (err != ERR_OK) {
        api_answer_problem(request, (struct api_problem){.err = err, .field = "/value"});
    }
    return err == ERR_OK;
}

enum http_verdict api_staff_people_search_post(struct http_request *request, void *arg)
{
    struct api_staff_people_search_post_in in;
    struct searching *searching;

    if (!api_staff_people_search_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    searching = arena_alloc(request->arena, sizeof(*searching));
    searching->caller = api_caller_of(request);
    searching->reason = (struct store_text){in.body.reason.data, (uint32_t)in.body.reason.length};
    searching->arena = request->arena;
    if (!take_value(request, &in.body, searching)) {
        return HTTP_ANSWERED;
    }
    return api_write_plain(
        request, arg, &(struct api_plain_spec){.run = run, .answer = answer, .arg = searching});
}
