/* serve.c — wiring of the server. The contract is in serve.h. */
#include "main/serve.h"

#include <stdlib.h>
#include <string.h>

#include "api/api_app.h"
#include "core/log.h"
#include "core/metrics.h"
#include "http/http.h"
#include "identity/api_keys.h"
#include "identity/attempts.h"
#include "identity/codes.h"
#include "identity/devices.h"
#include "identity/hash_pool.h"
#include "identity/approval_kinds.h"
#include "identity/sessions.h"
#include "identity/vault.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger_proof.h"
#include "main/access_seal.h"
#include "main/control.h"
#include "main/deletions.h"
#include "main/messages.h"
#include "main/verification_worker.h"
#include "main/vault_place.h"
#include "main/workers.h"
#include "policy/bins.h"

#define EXPIRY_EVERY_US     INT64_C(200000)
#define SEAL_EVERY_US       INT64_C(200000)
#define VAULT_KEYS_EVERY    INT64_C(2000000)
#define ENDINGS_EVERY       INT64_C(10000000)
#define LOOKS_EVERY         INT64_C(5000000)
#define OPENINGS_EVERY      INT64_C(5000000)
#define KEYS_USED_EVERY     INT64_C(60000000)
#define SESSIONS_USED_EVERY INT64_C(60000000)
#define VERIFY_EVERY_US     INT64_C(300000)
#define EXPIRE_AT_ONCE      500
#define PRUNE_AT_ONCE       500
#define PRUNE_EVERY_US      INT64_C(600000000)
#define PRUNE_OLDER_US      INT64_C(172800000000) /* 2 days: longer than any window */
#define WEB_BYTES_MAX       ((size_t)64 << 20)
#define RATE_BURST_FACTOR   2

struct serve {
    struct app *app;
    struct metrics *metrics;
    struct pack *pack;
    struct bins *bins;
    struct verification_worker *verification;
    struct api_keys *keys;
    struct sessions *sessions;
    struct hash_pool *hash_pool;
    struct places *places;
    struct vault *vault;
    struct messages *messages;
    struct approvals approvals;
    struct sealer *sealer;
    struct prover *prover;
    struct http_files *files;
    struct api_app api;
    struct http_server *http;
    struct workers *workers;
    struct control *control;
    char why[APP_WHY_MAX]; /* of a step that failed */
};

/* ---- workers ---- */

struct expiry {
    struct ledger *ledger;
    uint32_t count;
};

static enum err expire_in_tx(struct store_tx *tx, void *arg)
{
    struct expiry *expiry = arg;
    return ledger_expire_due(tx, expiry->ledger, EXPIRE_AT_ONCE, &expiry->count);
}

static enum err expire_holds(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    struct expiry expiry = {.ledger = serve->app->ledger};
    enum err err = store_write_sync(serve->app->store, expire_in_tx, &expiry, 0);
    if (err == ERR_OK) {
        *ret_more = expiry.count == EXPIRE_AT_ONCE;
    }
    return err;
}

static enum err seal_log(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    uint32_t leaves = 0;
    bool sealed = false; /* event streams look for themselves */
    (void)ret_more;
    enum err err = ledger_seal_pending(serve->app->ledger, &leaves);
    if (err == ERR_OK) {
        err = sealer_seal(serve->sealer, &sealed);
    }
    return err;
}

static enum err write_keys_used(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    (void)ret_more;
    return api_keys_write_used(serve->keys);
}

static enum err write_sessions_used(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    (void)ret_more;
    return sessions_write_used(serve->sessions);
}

static enum err write_openings(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    (void)ret_more;
    return vault_write_counts(serve->vault);
}

static enum err rewrap_keys(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    return vault_rotate_step(serve->vault, ret_more);
}

static enum err end_accounts(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    struct deletions deletions = {
        .store = serve->app->store, .ledger = serve->app->ledger, .vault = serve->vault};
    return deletions_run(&deletions, clock_now_us(&serve->app->clock), ret_more);
}

static enum err seal_looks(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    (void)ret_more;
    return access_seal(serve->app->store, serve->sealer, clock_now_us(&serve->app->clock));
}

struct prune {
    int64_t before_us, attempts, codes;
};

static enum err prune_in_tx(struct store_tx *tx, void *arg)
{
    struct prune *prune = arg;
    enum err err = attempts_prune(tx, prune->before_us, PRUNE_AT_ONCE, &prune->attempts);
    return err == ERR_OK ? codes_prune(tx, prune->before_us, PRUNE_AT_ONCE, &prune->codes) : err;
}

/* Counters and codes that can matter to nobody any more. */
static enum err prune_identity(void *arg, bool *ret_more)
{
    struct serve *serve = arg;
    struct prune prune = {.before_us = clock_now_us(&serve->app->clock) - PRUNE_OLDER_US};
    enum err err = store_write_sync(serve->app->store, prune_in_tx, &prune, 0);
    *ret_more = err == ERR_OK && (prune.attempts == PRUNE_AT_ONCE || prune.codes == PRUNE_AT_ONCE);
    return err;
}

static void start_workers(struct serve *serve)
{
    const struct worker_spec specs[] = {
        {"expiry", EXPIRY_EVERY_US, expire_holds, serve},
        {"sealing", SEAL_EVERY_US, seal_log, serve},
        {"keys_used", KEYS_USED_EVERY, write_keys_used, serve},
        {"looks", LOOKS_EVERY, seal_looks, serve},
        {"vault_keys", VAULT_KEYS_EVERY, rewrap_keys, serve},
        {"endings", ENDINGS_EVERY, end_accounts, serve},
        {"openings", OPENINGS_EVERY, write_openings, serve},
        {"sessions_used", SESSIONS_USED_EVERY, write_sessions_used, serve},
        {"prune_identity", PRUNE_EVERY_US, prune_identity, serve},
        {"verification", VERIFY_EVERY_US, verification_worker_run, serve->verification},
    };
    serve->workers = workers_start(specs, ARRAY_COUNT(specs));
}

/* ---- starting ---- */

static enum err open_app(struct serve *serve, const struct serve_config *config)
{
    return app_open(&(struct app_config){.url = config->url,
                                         .lane_count = config->lane_count,
                                         .node = config->node},
                    &serve->app);
}

static enum err load_pack(struct serve *serve, const struct serve_config *config)
{
    struct policy_fault fault = {0};
    enum err err = app_pack_load(serve->app->store, config->packs_dir, config->pack_name,
                                 &serve->pack, serve->why);
    if (err == ERR_OK) {
        err = bins_load(config->packs_dir, &serve->bins, &fault);
        if (err != ERR_OK) {
            policy_fault_text(&fault, config->packs_dir, "bins", serve->why);
        }
    }
    return err;
}

static enum err open_verification(struct serve *serve, const struct serve_config *config)
{
    return verification_worker_create(
        &(struct verification_worker_config){.store = serve->app->store,
                                             .vault = serve->vault,
                                             .ids = &serve->app->ids,
                                             .clock = &serve->app->clock,
                                             .pack = serve->pack,
                                             .is_sandbox = serve->app->mode == APP_SANDBOX,
                                             .verifier_url = config->verifier_url,
                                             .verifier_key_file = config->verifier_key_file,
                                             .verifier_ca_file = config->verifier_ca_file},
        &serve->verification);
}

static enum err open_keys(struct serve *serve, const struct serve_config *config)
{
    (void)config;
    return api_keys_open(serve->app->store, &serve->app->clock, &serve->keys);
}

static enum err open_sessions(struct serve *serve, const struct serve_config *config)
{
    (void)config;
    serve->sessions = sessions_create(serve->app->store, &serve->app->clock);
    serve->hash_pool = hash_pool_create(&(struct hash_pool_config){0});
    serve->places = places_open();
    return ERR_OK;
}

static enum err open_vault(struct serve *serve, const struct serve_config *config)
{
    const struct vault_source source = {.data_dir = config->data_dir,
                                        .pkcs11 = config->pkcs11,
                                        .pin_file = config->pkcs11_pin_file};
    return vault_source_open(&source, serve->app->store, &serve->app->clock, &serve->vault);
}

static enum err open_messages(struct serve *serve, const struct serve_config *config)
{
    return messages_open(&(struct messages_config){.store = serve->app->store,
                                                   .ledger = serve->app->ledger,
                                                   .vault = serve->vault,
                                                   .clock = &serve->app->clock,
                                                   .ids = &serve->app->ids,
                                                   .ways = config->ways},
                         &serve->messages);
}

static enum err list_approvals(struct serve *serve, const struct serve_config *config)
{
    (void)config;
    approval_kinds_register(&serve->approvals, serve->vault);
    return ERR_OK;
}

static enum err open_sealer(struct serve *serve, const struct serve_config *config)
{
    enum err err = sealer_open(&(struct sealer_config){.store = serve->app->store,
                                                       .ledger = serve->app->ledger,
                                                       .clock = &serve->app->clock,
                                                       .data_dir = config->data_dir},
                               &serve->sealer);
    if (err == ERR_OK) {
        serve->prover = prover_create(serve->sealer);
    }
    return err;
}

static enum err load_pages(struct serve *serve, const struct serve_config *config)
{
    return config->web_dir == NULL ? ERR_OK
                                   : http_files_load(config->web_dir, WEB_BYTES_MAX, &serve->files);
}

static enum err start_http(struct serve *serve, const struct serve_config *config)
{
    const struct api_server_config server = {
        .listen = config->listen,
        .thread_count = config->thread_count,
        .tls_cert_file = config->tls_cert_file,
        .tls_key_file = config->tls_key_file,
        .access_log = config->access_log_fd >= 0,
        .access_log_fd = config->access_log_fd,
    };
    serve->api = (struct api_app){
        .store = serve->app->store,
        .ledger = serve->app->ledger,
        .sealer = serve->sealer,
        .prover = serve->prover,
        .ids = &serve->app->ids,
        .clock = &serve->app->clock,
        .keys = serve->keys,
        .sessions = serve->sessions,
        .hash_pool = serve->hash_pool,
        .places = serve->places,
        .vault = serve->vault,
        .notify = messages_notify(serve->messages),
        .approvals = &serve->approvals,
        .metrics = serve->metrics,
        .files = serve->files,
        .pack = serve->pack,
        .origin = config->origin,
        .bins = serve->bins,
        .rate = {.per_second = config->rate_per_second,
                 .burst = config->rate_per_second * RATE_BURST_FACTOR},
        .is_sandbox = serve->app->mode == APP_SANDBOX,
    };
    return api_server_start(&serve->api, &server, &serve->http);
}

static enum err start_control(struct serve *serve, const struct serve_config *config)
{
    const char *path = app_sqlite_path(config->url);
    return path == NULL ? ERR_OK
                        : control_start(path,
                                        &(struct control_parts){.store = serve->app->store,
                                                                .sealer = serve->sealer,
                                                                .vault = serve->vault},
                                        &serve->control);
}

static const struct {
    const char *doing;
    enum err (*run)(struct serve *serve, const struct serve_config *config);
} start_steps[] = {
    {"open the database", open_app},
    {"load the pack", load_pack},
    {"read the API keys", open_keys},
    {"open the sessions", open_sessions},
    {"open the vault of personal data", open_vault},
    {"open the ways that messages go", open_messages},
    {"reach who confirms people (--verifier, --verifier-key)", open_verification},
    {"list what needs two people", list_approvals},
    {"open the log's signing key", open_sealer},
    {"read the pages of --web", load_pages},
    {"listen", start_http},
    {"make the control socket beside the database", start_control},
};

bool serve_start(const struct serve_config *config, struct serve **ret,
                 struct serve_failure *ret_failure)
{
    struct serve *serve = calloc(1, sizeof(*serve));
    BUG_IF(serve == NULL);
    serve->metrics = metrics_create();
    for (size_t i = 0; i < ARRAY_COUNT(start_steps); i++) {
        enum err err = start_steps[i].run(serve, config);
        if (err != ERR_OK) {
            *ret_failure = (struct serve_failure){.doing = start_steps[i].doing, .err = err};
            memcpy(ret_failure->why, serve->why, sizeof(ret_failure->why));
            serve_stop(serve);
            return false;
        }
    }
    start_workers(serve);
    messages_start(serve->messages);
    *ret = serve;
    return true;
}

const char *serve_address(const struct serve *serve)
{
    return http_server_address(serve->http);
}

enum app_mode serve_mode(const struct serve *serve)
{
    return serve->app->mode;
}

/* ---- stopping ---- */

void serve_stop(struct serve *serve)
{
    bool more = false;
    if (serve == NULL) {
        return;
    }
    control_stop(serve->control);
    /* The lanes and the workers go on until every request under way has its answer. */
    http_server_stop(serve->http);
    serve->http = NULL;
    if (serve->api.store != NULL) {
        api_server_done(&serve->api);
    }
    messages_stop(serve->messages);
    workers_stop(serve->workers);
    if (serve->workers != NULL) {
        enum err err = seal_log(serve, &more);
        enum err keys_err = api_keys_write_used(serve->keys);
        enum err sessions_err = sessions_write_used(serve->sessions);
        enum err openings_err = vault_write_counts(serve->vault);
        enum err looks_err = seal_looks(serve, &more);
        if (err != ERR_OK || keys_err != ERR_OK || sessions_err != ERR_OK ||
            openings_err != ERR_OK || looks_err != ERR_OK) {
            LOG(LOG_WARN, "last_run_failed", LOG_TEXT("sealing", err_code(err)),
                LOG_TEXT("keys_used", err_code(keys_err)),
                LOG_TEXT("sessions_used", err_code(sessions_err)),
                LOG_TEXT("openings", err_code(openings_err)),
                LOG_TEXT("looks", err_code(looks_err)));
        }
    }
    verification_worker_free(serve->verification);
    prover_free(serve->prover);
    sealer_close(serve->sealer);
    hash_pool_free(serve->hash_pool);
    places_close(serve->places);
    sessions_free(serve->sessions);
    vault_close(serve->vault);
    api_keys_close(serve->keys);
    http_files_free(serve->files);
    app_close(serve->app);
    bins_free(serve->bins);
    pack_free(serve->pack);
    metrics_free(serve->metrics);
    free(serve);
}
