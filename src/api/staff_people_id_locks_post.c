/* POST /v1/staff/people/{person_id}/locks — staff lock a person; the person is told at once. */
#include "api/locks_json.h"
#include "api/people_json.h"
#include "identity/lock_tell.h"

struct locking {
    struct lock_new new;
    const struct api_caller *caller;
    struct store_text told, note;
    struct arena *arena;
    int64_t outbox_id;
    int64_t now_us;
    struct lock_view view;
};

static enum err seal(struct store_tx *tx, struct api_app *app, struct vault_place place,
                     struct store_text text, struct arena *arena, struct store_blob *ret)
{
    return text.data == NULL ? ERR_OK : vault_seal_text(tx, app->vault, &place, text, arena, ret);
}

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct locking *locking = arg;
    struct lock_new *new = &locking->new;
    struct person person;
    struct lock_id id;
    enum err err = person_get(tx, new->person, &person);

    if (err == ERR_OK && (person.kind != PERSON_CONSUMER || person.state == PERSON_ERASED)) {
        err = ERR_PERSON_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = seal(tx, app, lock_told_place(new->person, new->id), locking->told, locking->arena,
                   &new->told_sealed);
    }
    if (err == ERR_OK) {
        err = seal(tx, app, lock_note_place(new->person, new->id), locking->note, locking->arena,
                   &new->note_sealed);
    }
    if (err == ERR_OK) {
        err = locks_put(tx, new, &id);
    }
    if (err == ERR_OK) {
        err = locks_get(tx, id, new->person, &locking->view.lock);
    }
    locking->now_us = store_tx_now_us(tx);
    return err != ERR_OK ? err
                         : lock_tell(tx, app->vault, &locking->view.lock,
                                     &(struct lock_news){.topic = "account_locked",
                                                         .outbox_id = locking->outbox_id});
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    struct locking *locking = arg;
    struct json_out out;

    (void)app;
    locking->view.told = locking->told;
    locking->view.note = locking->note;
    json_out_begin(&out, body);
    locks_json_lock(&out, NULL, &locking->view, locking->now_us);
    json_out_end(&out);
    return 201;
}

enum http_verdict api_staff_people_id_locks_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_staff_people_id_locks_post_in in;
    struct locking *locking;

    if (!api_staff_people_id_locks_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    locking = arena_alloc(request->arena, sizeof(*locking));
    locking->caller = api_caller_of(request);
    locking->new = (struct lock_new){
        .id.v = id_draw_one(app->ids),
        .person = in.person_id,
        .why = arena_strndup(request->arena, in.body.why.data, in.body.why.length),
        .effects = in.body.effects,
        .by = LOCK_BY_STAFF,
        .staff = locking->caller->person,
        .until_us = in.body.has_until_us ? in.body.until_us : 0,
        .review_at_us = in.body.has_review_at_us ? in.body.review_at_us : 0,
    };
    if (in.body.has_told) {
        locking->told = (struct store_text){in.body.told.data, (uint32_t)in.body.told.length};
    }
    if (in.body.has_note) {
        locking->note = (struct store_text){in.body.note.data, (uint32_t)in.body.note.length};
    }
    locking->arena = request->arena;
    locking->outbox_id = id_draw_one(app->ids);
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = locking});
}
