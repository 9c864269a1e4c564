/* api_server.c — the listener with the contract's routes: who asks, how often, and what is
 * measured.
 *
 * Before a body is read: the key or session is looked up, what it may do and its rate are checked,
 * and so is what the contract says about the head. Failed credentials are counted by address, so
 * that guessing is slow. A cookie comes with every request that a browser makes, also one that
 * somebody else's page caused: with it a write must be known to come from our own pages.
 */
#include "api/api_app.h"

#include <string.h>
#include <strings.h>

#include "api/api_gauges.h"
#include "core/str.h"
#include "notify/official.h"

#define CALLER_MAGIC UINT32_C(0x43414c4c)

/* Wrong keys from one address; the salt keeps these buckets apart from the keys' own. */
static const struct http_rate wrong_key_rate = {.per_second = 5, .burst = 50};
#define WRONG_KEY_SALT UINT64_C(0x9e3779b97f4a7c15)
/* What one address may read of the public log. */
static const struct http_rate public_rate = {.per_second = 200, .burst = 1000};
/* One person, whatever the device. */
static const struct http_rate person_rate = {.per_second = 100, .burst = 300};
#define PUBLIC_SALT UINT64_C(0xd6e8feb86659fd93)

struct api_caller *api_caller_of(struct http_request *request)
{
    struct api_caller *caller = request->user;

    if (caller != NULL) {
        OBJ_CHECK(caller, CALLER_MAGIC);
    }
    return caller;
}

/* No credential, or one that is wrong: which of them is not said. */
static enum http_verdict refuse_credential(struct http_request *request, enum err err)
{
    uint32_t retry_after_s = 0;

    if (!http_rate_allows(http_request_server(request), request->client_hash ^ WRONG_KEY_SALT,
                          wrong_key_rate, 1, &retry_after_s)) {
        http_set_header(request, "Retry-After", arena_printf(request->arena, "%u", retry_after_s));
        return api_answer_problem(request, (struct api_problem){.err = ERR_RATE_LIMITED});
    }
    http_set_header(request, "WWW-Authenticate", "Bearer");
    return api_answer_problem(request, (struct api_problem){.err = err});
}

static enum http_verdict refuse(struct http_request *request, enum err err)
{
    return api_answer_problem(request, (struct api_problem){.err = err});
}

/* Scopes are bits of which each must be allowed. */
static bool may(const struct api_key *key, uint32_t scopes)
{
    for (uint32_t bit = 1; bit <= API_SCOPES_ALL; bit <<= 1) {
        if ((scopes & bit) != 0 && !api_scopes_allow(key->scopes, bit)) {
            return false;
        }
    }
    return true;
}

static enum http_verdict read_idempotency_key(struct http_request *request, struct api_app *app,
                                              struct api_caller *caller,
                                              const struct http_text *credential)
{
    const struct http_text *header = &request->headers[HTTP_IDEMPOTENCY_KEY];
    bool is_key = caller->kind == API_CALLER_KEY;
    enum err err =
        idempotency_init(&caller->idempotency, is_key ? caller->key.id.v : caller->person.v,
                         header->data, header->length, "POST");

    if (err != ERR_OK) {
        return api_answer_problem(request,
                                  (struct api_problem){.err = err, .field = "Idempotency-Key"});
    }
    if (!is_key) {
        idempotency_of_person(&caller->idempotency, app->vault);
    } else if ((api_op_of(request)->scopes & API_SCOPE_ADMIN) != 0) {
        idempotency_seal(&caller->idempotency, credential->data, credential->length);
    }
    caller->has_idempotency = true;
    return HTTP_CONTINUE;
}

static enum http_verdict begin_key(struct http_request *request, struct api_app *app,
                                   struct api_caller *caller, const struct http_text *credential)
{
    const struct api_op *op = api_op_of(request);
    struct http_rate rate = app->rate;
    enum err err =
        api_keys_authenticate(app->keys, credential->data, credential->length, &caller->key);

    if (err == ERR_UNAUTHORIZED) {
        return refuse_credential(request, err);
    }
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    caller->kind = API_CALLER_KEY;
    request->log_key_id = caller->key.id.v;
    if ((op->callers & API_CALLER_KEY) == 0) {
        return refuse(request, ERR_CALLER_NOT_ALLOWED);
    }
    if (!may(&caller->key, op->scopes)) {
        return refuse(request, ERR_INSUFFICIENT_SCOPE);
    }
    if (caller->key.rate_per_second != 0) {
        rate = (struct http_rate){.per_second = caller->key.rate_per_second,
                                  .burst = 2 * caller->key.rate_per_second};
    }
    return http_rate_take(request, (uint64_t)caller->key.id.v, rate, 1) ? HTTP_CONTINUE
                                                                        : HTTP_ANSWERED;
}

static enum http_verdict begin_session(struct http_request *request, struct api_app *app,
                                       struct api_caller *caller,
                                       const struct http_text *credential)
{
    const struct api_op *op = api_op_of(request);
    const struct session *session = &caller->session;
    enum err err = sessions_authenticate(app->sessions, credential->data, credential->length,
                                         &caller->session);

    if (err == ERR_NOT_SIGNED_IN) {
        return refuse_credential(request, err);
    }
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    caller->kind = session->kind == PERSON_STAFF ? API_CALLER_STAFF : API_CALLER_PERSON;
    caller->person = session->person;
    caller->capabilities = session->capabilities;
    request->log_key_id = session->id.v;
    if (caller->by_cookie && request->method != HTTP_GET && request->method != HTTP_HEAD &&
        !http_is_same_origin(request)) {
        return refuse(request, ERR_CROSS_ORIGIN_REFUSED);
    }
    if ((op->callers & caller->kind) == 0) {
        return refuse(request, ERR_CALLER_NOT_ALLOWED);
    }
    if ((op->sessions & session->level) == 0) {
        return refuse(request, ERR_SESSION_LIMITED);
    }
    if (caller->kind == API_CALLER_STAFF && (op->capabilities & ~caller->capabilities) != 0) {
        return refuse(request, ERR_CAPABILITY_MISSING);
    }
    return http_rate_take(request, (uint64_t)session->person.v, person_rate, 1) ? HTTP_CONTINUE
                                                                                : HTTP_ANSWERED;
}

/* One browser may be signed in to the wallet and to the console. Where an operation is for both,
 * the page says which it is, so that nobody enrols the wallet's person from the console. */
static const char *cookie_of(const struct http_request *request, const struct api_op *op)
{
    const struct http_text *surface = &request->headers[HTTP_SURFACE];
    bool is_console = surface->data != NULL && str_equal(surface->data, "console");
    uint32_t wanted = is_console ? API_CALLER_STAFF : API_CALLER_PERSON;

    if ((op->callers & wanted) == 0) { /* it is for one of them only */
        wanted = op->callers & (API_CALLER_STAFF | API_CALLER_PERSON);
    }
    return wanted == API_CALLER_STAFF ? API_COOKIE_STAFF : API_COOKIE_SESSION;
}

/* What the request says about who sends it: a bearer, or the cookie that the operation is for. */
static bool find_credential(const struct http_request *request, const struct api_op *op,
                            struct http_text *ret, bool *ret_by_cookie)
{
    static const char scheme[] = "Bearer ";
    const struct http_text *header = &request->headers[HTTP_AUTHORIZATION];
    size_t length = sizeof(scheme) - 1;

    *ret_by_cookie = false;
    if (header->data != NULL) {
        if (header->length <= length || strncasecmp(header->data, scheme, length) != 0) {
            return false;
        }
        *ret = (struct http_text){header->data + length, header->length - length};
        return true;
    }
    *ret_by_cookie = true;
    return http_cookie(request, cookie_of(request, op), ret);
}

static enum http_verdict begin_caller(struct http_request *request, struct api_app *app,
                                      const struct api_op *op)
{
    enum err missing = (op->callers & API_CALLER_KEY) != 0 ? ERR_UNAUTHORIZED : ERR_NOT_SIGNED_IN;
    struct api_caller *caller;
    struct http_text credential;
    enum http_verdict verdict;
    bool by_cookie;

    if (!find_credential(request, op, &credential, &by_cookie)) {
        return refuse_credential(request, missing);
    }
    caller = arena_alloc(request->arena, sizeof(*caller));
    caller->magic = CALLER_MAGIC;
    caller->by_cookie = by_cookie;
    request->user = caller;
    verdict = credential.length > 3 && memcmp(credential.data, "js_", 3) == 0
                  ? begin_session(request, app, caller, &credential)
                  : begin_key(request, app, caller, &credential);
    if (verdict != HTTP_CONTINUE) {
        return verdict;
    }
    if (!api_check_head(request, op)) {
        return HTTP_ANSWERED;
    }
    return op->needs_idempotency_key ? read_idempotency_key(request, app, caller, &credential)
                                     : HTTP_CONTINUE;
}

/* An app too old to be safe learns the minimum, and can still stop and ask who is who; else
 * nothing. Programs, and pages, which are always of this server, say no version. */
static bool is_outdated(const struct http_request *request, const struct api_op *op)
{
    const struct http_text *version = &request->headers[HTTP_APP_VERSION];
    int order = 0;

    return version->data != NULL &&
           official_version_compare(version->data, version->length, official_app_minimum, &order) &&
           order < 0 && op != &api_app_version_get_op && op != &api_not_me_post_op &&
           op != &api_official_contacts_get_op && op != &api_official_contacts_check_get_op;
}

static enum http_verdict begin(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    const struct api_op *op = api_op_of(request);

    if (is_outdated(request, op)) {
        return refuse(request, ERR_APP_OUTDATED);
    }
    if (!op->is_public) {
        return begin_caller(request, app, op);
    }
    return (request->route->is_ungated ||
            http_rate_take(request, request->client_hash ^ PUBLIC_SALT, public_rate, 1)) &&
                   api_check_head(request, op)
               ? HTTP_CONTINUE
               : HTTP_ANSWERED;
}

static enum http_verdict fallback(struct http_request *request, void *arg)
{
    const struct api_app *app = arg;

    return app->files != NULL && http_files_answer(app->files, request, request->path)
               ? HTTP_ANSWERED
               : HTTP_CONTINUE;
}

/* ---- errors ---- */

static bool is_passing(enum err err)
{
    return err == ERR_STORE_BUSY || err == ERR_STORE_UNAVAILABLE || err == ERR_STORE_READ_ONLY ||
           err == ERR_STORE_STOPPING || err == ERR_STORE_CONFLICT || err == ERR_OUTCOME_UNKNOWN ||
           err == ERR_RECEIPT_NOT_READY || err == ERR_HASH_BUSY;
}

enum http_verdict api_answer_error(struct http_request *request, enum err err, bool money)
{
    enum api_charged charged = API_CHARGED_UNSAID;

    if (is_passing(err)) {
        http_set_header(request, "Retry-After", "1");
    }
    if (money) {
        charged = err == ERR_OUTCOME_UNKNOWN ? API_CHARGED_UNKNOWN : API_CHARGED_FALSE;
    }
    return api_answer_problem(request, (struct api_problem){.err = err, .charged = charged});
}

bool api_read(struct http_request *request, struct api_app *app, store_read_fn fn, void *arg)
{
    enum err err = store_read(app->store, fn, arg);

    if (err != ERR_OK) {
        api_answer_error(request, err, false);
    }
    return err == ERR_OK;
}

/* ---- start ---- */

enum err api_server_start(struct api_app *app, const struct api_server_config *config,
                          struct http_server **ret)
{
    struct http_config http = {
        .listen = config->listen,
        .thread_count = config->thread_count,
        .tls_cert_file = config->tls_cert_file,
        .tls_key_file = config->tls_key_file,
        .limits = config->limits,
        .routes = api_routes,
        .route_count = API_ROUTE_COUNT,
        .begin = begin,
        .fallback = fallback,
        .app = app,
        .metrics = app->metrics,
        .clock = app->clock,
        .access_log = config->access_log,
        .access_log_fd = config->access_log_fd,
    };
    enum err err;

    app->gauges = api_gauges_create(app);
    err = http_server_start(&http, ret);
    if (err == ERR_OK) {
        api_gauges_set_server(app->gauges, *ret);
    } else {
        api_server_done(app);
    }
    return err;
}

void api_server_done(struct api_app *app)
{
    api_gauges_free(TAKE_PTR(app->gauges));
}
