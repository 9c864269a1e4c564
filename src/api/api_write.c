/* api_write.c — one write: suspended, submitted, carried out on a lane, answered on an I/O thread.
 *
 * The request is suspended before it is queued, so that the lane's resume cannot come too early.
 * When the queue refuses it, it is resumed at once with that refusal: a definite 503, nothing was
 * queued. What the lane does at the end of a commit is one resume per request.
 *
 * A write that needs a slow hash goes on in stages while the request stays suspended: perhaps a
 * first write, then the hash pool, then the lane. */
#include "api/api_app.h"
#include "api/api_stepup.h"

#include <string.h>

#include "identity/hash_pool.h"

#define WRITE_MAGIC UINT32_C(0x57524954)

struct write {
    uint32_t magic;
    struct http_request *request;
    struct api_app *app;
    struct store_write store_write, store_prepare;
    struct hash_job job;
    struct api_stages stages;
    enum err outcome;
    bool money;
    void *arg;
    api_run_fn run;
    api_encode_fn encode;
    api_done_fn done;
    api_answer_fn answer;
    struct idempotency *idempotency; /* NULL: plain */
    struct idempotency_answer kept;
    bool replayed;
    bool unconfirmed; /* a confirmation is needed first */
    int status;
};

/* ---- on the lane ---- */

/* A confirmation that was asked for is kept although nothing was done. */
static enum err unless_unconfirmed(struct write *write, enum err err)
{
    write->unconfirmed = err == ERR_CONFIRMATION_REQUIRED && write->stages.stepup != NULL;
    return write->unconfirmed ? ERR_OK : err;
}

static enum err run_plain(struct store_tx *tx, void *arg)
{
    struct write *write = arg;

    OBJ_CHECK(write, WRITE_MAGIC);
    write->unconfirmed = false;
    return unless_unconfirmed(write, write->run(tx, write->app, write->arg));
}

static enum err run_once(struct store_tx *tx, void *arg)
{
    struct write *write = arg;
    struct buf *out = write->request->out;
    enum err err;

    OBJ_CHECK(write, WRITE_MAGIC);
    buf_clear(out); /* a rerun begins anew */
    write->replayed = false;
    write->unconfirmed = false;
    err = idempotency_claim(tx, write->idempotency, store_tx_now_us(tx), write->request->arena,
                            &write->kept);
    if (err != ERR_OK) {
        return err;
    }
    if (write->kept.status != 0) {
        write->replayed = true;
        return ERR_OK;
    }
    err = unless_unconfirmed(write, write->run(tx, write->app, write->arg));
    if (err != ERR_OK) {
        return err;
    }
    if (write->unconfirmed) {
        return idempotency_release(tx, write->idempotency);
    }
    write->status = write->encode(write->app, write->arg, out);
    return idempotency_keep(tx, write->idempotency, write->status, out->data, out->length);
}

static void on_done(void *arg, enum err outcome)
{
    struct write *write = arg;

    OBJ_CHECK(write, WRITE_MAGIC);
    write->outcome = outcome;
    http_request_resume(write->request);
}

/* ---- stages ---- */

static void submit_run(struct write *write)
{
    enum err err = store_submit(write->app->store, &write->store_write);

    if (err != ERR_OK) {
        on_done(write, err);
    }
}

/* On the hash pool. */
static void run_slow(void *arg)
{
    struct write *write = arg;
    enum err err;

    OBJ_CHECK(write, WRITE_MAGIC);
    err = write->stages.slow(write->app, write->arg);
    if (err != ERR_OK || write->run == NULL) {
        on_done(write, err);
    } else {
        submit_run(write);
    }
}

static void submit_slow(struct write *write)
{
    enum err err;

    write->job = (struct hash_job){.run = run_slow, .arg = write};
    err = hash_pool_submit(write->app->hash_pool, &write->job);
    if (err != ERR_OK) {
        on_done(write, err);
    }
}

static enum err run_prepare(struct store_tx *tx, void *arg)
{
    struct write *write = arg;

    OBJ_CHECK(write, WRITE_MAGIC);
    return write->stages.prepare(tx, write->app, write->arg);
}

static void on_prepared(void *arg, enum err outcome)
{
    struct write *write = arg;

    OBJ_CHECK(write, WRITE_MAGIC);
    if (outcome != ERR_OK) {
        on_done(write, outcome);
    } else {
        submit_slow(write);
    }
}

/* ---- on an I/O thread ---- */

static void answer_reused(struct http_request *request, const struct write *write)
{
    api_answer_problem(request, (struct api_problem){.err = ERR_IDEMPOTENCY_KEY_REUSED,
                                                     .field = write->kept.differs,
                                                     .charged = write->money ? API_CHARGED_FALSE
                                                                             : API_CHARGED_UNSAID});
}

static void finish(struct http_request *request, void *app_arg)
{
    struct write *write = request->user;
    struct api_app *app = app_arg;

    OBJ_CHECK(write, WRITE_MAGIC);
    if (write->outcome == ERR_IDEMPOTENCY_KEY_REUSED) {
        answer_reused(request, write);
    } else if (write->outcome != ERR_OK) {
        if (write->stages.refuse == NULL ||
            !write->stages.refuse(request, app, write->arg, write->outcome)) {
            api_answer_error(request, write->outcome, write->money);
        }
    } else if (write->unconfirmed) {
        api_stepup_answer(request, write->stages.stepup);
    } else if (write->replayed) {
        buf_clear(request->out);
        buf_add(request->out, write->kept.body, write->kept.length);
        http_set_header(request, "Idempotent-Replayed", "true");
        api_answer_json(request, write->kept.status);
    } else if (write->idempotency != NULL) {
        api_answer_json(request, write->status);
    } else {
        write->answer(request, app, write->arg);
    }
    if (write->done != NULL) {
        write->done(request, app, write->arg,
                    write->outcome == ERR_OK && !write->replayed && !write->unconfirmed);
    }
    if (write->idempotency != NULL) {
        idempotency_done(write->idempotency);
    }
}

static enum http_verdict submit(struct write *write, int64_t affinity)
{
    enum err err;

    BUG_IF(write->stages.prepare != NULL && write->stages.slow == NULL);
    BUG_IF(write->run == NULL && write->stages.slow == NULL);
    write->magic = WRITE_MAGIC;
    write->request->user = write;
    write->store_write = (struct store_write){
        .run = write->idempotency == NULL ? run_plain : run_once,
        .done = on_done,
        .arg = write,
        .affinity = affinity,
    };
    write->store_prepare = (struct store_write){
        .run = run_prepare, .done = on_prepared, .arg = write, .affinity = affinity};
    http_request_suspend(write->request, finish);
    if (write->stages.slow == NULL) {
        submit_run(write);
    } else if (write->stages.prepare == NULL) {
        submit_slow(write);
    } else {
        err = store_submit(write->app->store, &write->store_prepare);
        if (err != ERR_OK) {
            on_done(write, err);
        }
    }
    return HTTP_SUSPENDED;
}

enum http_verdict api_write_plain(struct http_request *request, struct api_app *app,
                                  const struct api_plain_spec *spec)
{
    struct write *write = arena_alloc(request->arena, sizeof(*write));

    write->request = request;
    write->app = app;
    write->stages = spec->stages;
    write->run = spec->run;
    write->answer = spec->answer;
    write->arg = spec->arg;
    write->money = spec->money;
    return submit(write, spec->affinity);
}

/* The path with its query, as the key's fingerprint sees it. */
static void set_fingerprint(struct http_request *request, struct idempotency *idempotency)
{
    struct buf path;

    buf_init(&path, 1u << 20);
    buf_add_str(&path, request->path);
    for (size_t i = 0; i < request->query_count; i++) {
        buf_add_u8(&path, 0);
        buf_add(&path, request->query[i].name.data, request->query[i].name.length);
        buf_add_u8(&path, 0);
        buf_add(&path, request->query[i].value.data, request->query[i].value.length);
    }
    BUG_IF(!buf_ok(&path)); /* bounded by the longest address */
    idempotency_set_request(idempotency, (const char *)path.data, path.length, request->body.data,
                            request->body.length);
    buf_done(&path);
}

enum http_verdict api_write_once(struct http_request *request, struct api_app *app,
                                 const struct api_write_spec *spec)
{
    struct write *write = arena_alloc(request->arena, sizeof(*write));
    struct api_caller *caller = api_caller_of(request);

    BUG_IF(caller == NULL || !caller->has_idempotency);
    set_fingerprint(request, &caller->idempotency);
    write->request = request;
    write->app = app;
    write->stages = spec->stages;
    write->run = spec->run;
    write->encode = spec->encode;
    write->done = spec->done;
    write->arg = spec->arg;
    write->money = spec->money;
    write->idempotency = &caller->idempotency;
    return submit(write, spec->affinity);
}
