/* api_app.h — what every handler is given: the opened parts of the program, and the few steps that
 * all handlers share (who asks, one write from submission to answer).
 *
 * Non-goals: opening and closing the parts (main's business).
 * Threads: a handler runs on an I/O thread; `run` of a write on a lane; both touch the request one
 * after the other, never at once. */
#ifndef JN_API_API_APP_H
#define JN_API_API_APP_H

#include "api/api.h"
#include "api/idempotency.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/metrics.h"
#include "http/http.h"
#include "identity/api_keys.h"
#include "identity/sessions.h"
#include "ledger/ledger.h"
#include "policy/pack.h"
#include "store/store.h"

struct api_gauges;
struct api_stepup; /* api/api_stepup.h */
struct approvals;  /* identity/approvals.h */
struct notify;     /* notify/notify.h */
struct hash_pool;  /* identity/hash_pool.h */
struct places;     /* identity/devices.h */
struct prover;     /* ledger/ledger_proof.h */
struct sealer;     /* ledger/checkpoint.h */
struct vault;      /* identity/vault.h */

/* Everything outlives the server. */
struct api_app {
    struct store *store;
    struct ledger *ledger;
    struct sealer *sealer;
    struct prover *prover;
    struct id_source *ids;
    const struct clock *clock;
    struct api_keys *keys;
    struct sessions *sessions;
    struct hash_pool *hash_pool;
    struct places *places;
    struct vault *vault;
    struct notify *notify;
    const struct approvals *approvals; /* kinds of proposals, identity/approvals.h */
    struct metrics *metrics;
    struct http_files *files; /* the web pages; NULL: none */
    struct http_rate rate;    /* of a key that has none of its own; per_second 0: unlimited */
    const struct pack *pack;
    const char *origin; /* of our pages, "https://wallet.example": passkeys are bound to it; NULL:
                           http://localhost with our port */
    const struct bins *bins; /* policy/bins.h */
    bool is_sandbox;
    struct api_gauges *gauges; /* set by api_server_start */
};

struct api_server_config {
    const char *listen;
    uint32_t thread_count;
    const char *tls_cert_file, *tls_key_file;
    struct http_limits limits;
    bool access_log;
    int access_log_fd;
};
/* Registers metrics, binds and serves every operation of the contract. After the store was started;
 * once per app. Errors as http_server_start(). */
JN_MUST_USE enum err api_server_start(struct api_app *app, const struct api_server_config *config,
                                      struct http_server **ret);
/* After http_server_stop(). */
void api_server_done(struct api_app *app);

/* ---- who asks ---- */

/* The one who asks; set before the body is read. NULL where anybody may. */
struct api_caller {
    uint32_t magic;
    enum api_caller_kind kind;
    struct api_key key;      /* with API_CALLER_KEY */
    struct session session;  /* with API_CALLER_PERSON and _STAFF; level LOCKED: a lock holds */
    struct person_id person; /* likewise; 0 for a key */
    uint32_t capabilities;   /* of staff; 0 otherwise */
    bool by_cookie;          /* the session's token came in a cookie */
    bool has_idempotency;
    struct idempotency idempotency; /* with has_idempotency; without the body's hash yet */
};
struct api_caller *api_caller_of(struct http_request *request);

/* ---- answers ---- */

/* A problem for a domain or store error. The store's errors get Retry-After; an unknown outcome
 * says how to ask again. `money`: say whether money moved. Always HTTP_ANSWERED. */
enum http_verdict api_answer_error(struct http_request *request, enum err err, bool money);

/* Runs fn in a read-only snapshot on this thread. False: the problem was answered. */
JN_MUST_USE bool api_read(struct http_request *request, struct api_app *app, store_read_fn fn,
                          void *arg);

/* ---- one write ---- */

/* On the lane; re-runnable (store.h). Verdicts go into arg. */
typedef enum err (*api_run_fn)(struct store_tx *tx, struct api_app *app, void *arg);
/* On the lane, inside the transaction, after run: writes the answer's body into `out` and returns
 * its status; what it writes is kept with the Idempotency-Key. */
typedef int (*api_encode_fn)(struct api_app *app, void *arg, struct buf *out);
/* On an I/O thread, at the end, whatever the outcome; may be NULL. `committed`: the work was done
 * now and is durable (not replayed). */
typedef void (*api_done_fn)(struct http_request *request, struct api_app *app, void *arg,
                            bool committed);

/* On the hash pool (identity/hash_pool.h): what takes long and needs no database. An error is the
 * outcome. */
typedef enum err (*api_slow_fn)(struct api_app *app, void *arg);
/* On an I/O thread, instead of the usual problem: for an outcome that arg knows more about. False:
 * the usual problem after all. */
typedef bool (*api_refuse_fn)(struct http_request *request, struct api_app *app, void *arg,
                              enum err outcome);

/* What may come before `run` and instead of a problem; each may be NULL. In order: prepare (a write
 * of its own, on a lane; only with slow), slow, run. The first error ends it. */
struct api_stages {
    api_run_fn prepare;
    api_slow_fn slow;
    api_refuse_fn refuse;
    /* `run` asks for confirmation (api_stepup.h): when it returns ERR_CONFIRMATION_REQUIRED, what
     * it wrote is kept, the Idempotency-Key stays free, and this is answered. */
    struct api_stepup *stepup;
};

struct api_write_spec {
    struct api_stages stages;
    api_run_fn run;
    api_encode_fn encode;
    api_done_fn done;
    void *arg;        /* lives in the request's arena */
    int64_t affinity; /* as in store.h */
    bool money;       /* say `charged` in problems */
};
/* For an operation with an Idempotency-Key: claims the key, runs, keeps the answer; or replays it
 * with Idempotent-Replayed: true. Always HTTP_SUSPENDED. */
enum http_verdict api_write_once(struct http_request *request, struct api_app *app,
                                 const struct api_write_spec *spec);
/* On an I/O thread, after the commit was durable: answers, perhaps with a problem. */
typedef void (*api_answer_fn)(struct http_request *request, struct api_app *app, void *arg);
/* For an operation that is idempotent by itself. Always HTTP_SUSPENDED. */
struct api_plain_spec {
    struct api_stages stages;
    api_run_fn run; /* NULL: none, with stages.slow */
    api_answer_fn answer;
    void *arg;        /* lives in the request's arena */
    int64_t affinity; /* as in store.h */
    bool money;       /* say `charged` in problems */
};
enum http_verdict api_write_plain(struct http_request *request, struct api_app *app,
                                  const struct api_plain_spec *spec);

#endif
