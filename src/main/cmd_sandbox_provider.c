/* cmd_sandbox_provider.c — `jinnang sandbox-provider`: the other side of docs/verifier.md, for
 * trying out: it says yes, no, which field, nothing, or nothing in time, as planted or as told. */
#include "main/commands.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/sha256.h"
#include "http/http.h"
#include "main/form.h"
#include "main/provider.h"
#include "main/verification_worker.h"

#define BODY_BYTES_MAX 8192
#define SLOW_MS        (VERIFIER_TIMEOUT_MS + 1000)

struct provider_app {
    struct provider provider;
    uint8_t key[VERIFIER_KEY_BYTES];
};

static enum http_verdict say(struct http_request *request, int status, const char *word)
{
    buf_printf(request->out, "%s\n", word);
    http_answer(request, status, "text/plain");
    return HTTP_ANSWERED;
}

static bool is_signed(const struct provider_app *app, const struct http_request *request,
                      struct verifier_authorization *ret)
{
    struct http_text sent = request->headers[HTTP_AUTHORIZATION];
    char expected[VERIFIER_SIGNATURE_MAX];
    int64_t off_s;

    if (sent.data == NULL || !verifier_parse_authorization(sent.data, sent.length, ret)) {
        return false;
    }
    off_s = (int64_t)time(NULL) - ret->at_seconds;
    verifier_sign_question(app->key, request->path, ret->at_seconds, ret->nonce,
                           request->body.data == NULL ? "" : request->body.data,
                           request->body.length, expected);
    return off_s <= VERIFIER_SKEW_SECONDS && off_s >= -VERIFIER_SKEW_SECONDS &&
           secret_equal(ret->signature, expected, VERIFIER_SIGNATURE_MAX - 1);
}

/* Fields that a check does not need stay empty. */
static bool read_question(struct http_text body, struct provider_question *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (!form_get(body, "phone", ret->phone, PROVIDER_TEXT_MAX)) {
        ret->phone[0] = '\0';
    }
    if (!form_get(body, "card", ret->card, PROVIDER_TEXT_MAX)) {
        ret->card[0] = '\0';
    }
    return form_get(body, "id", ret->id, PROVIDER_TEXT_MAX) &&
           form_get(body, "check", ret->check, PROVIDER_TEXT_MAX) &&
           form_get(body, "name", ret->name, PROVIDER_TEXT_MAX) &&
           form_get(body, "id_number", ret->id_number, PROVIDER_TEXT_MAX);
}

static void write_answer(struct http_request *request, const struct provider_app *app,
                         const struct provider_question *question,
                         const struct provider_answer *answer, const char *nonce)
{
    static const char *const outcomes[] = {[VERIFIER_YES] = "yes",
                                           [VERIFIER_NO] = "no",
                                           [VERIFIER_MISMATCH] = "mismatch",
                                           [VERIFIER_PENDING] = "pending"};
    char signature[3 + VERIFIER_SIGNATURE_MAX] = "v1=";
    bool forged = answer->fault == PROVIDER_FAULT_FORGED;
    enum verifier_outcome outcome = answer->fault == PROVIDER_FAULT_PENDING ? VERIFIER_PENDING
                                    : forged                                ? VERIFIER_YES
                                                                            : answer->outcome;

    buf_printf(request->out, "id=%s\noutcome=%s\n", question->id, outcomes[outcome]);
    if (outcome == VERIFIER_MISMATCH) {
        buf_printf(request->out, "field=%s\n", verifier_field_name(answer->field));
    }
    buf_printf(request->out, "reference=P-%06" PRIu32 "\n", answer->number);
    verifier_sign_answer(app->key, forged ? "00000000000000000000000000000000" : nonce, 200,
                         request->out->data, request->out->length, signature + 3);
    http_set_header(request, "Jinnang-Signature", signature);
    http_answer(request, 200, "text/plain");
}

static enum http_verdict on_check(struct http_request *request, void *arg)
{
    struct provider_app *app = arg;
    struct verifier_authorization authorization;
    struct provider_question question;
    struct provider_answer answer;

    if (!is_signed(app, request, &authorization)) {
        return say(request, 401, "signature");
    }
    if (!provider_nonce(&app->provider, authorization.nonce)) {
        return say(request, 409, "replayed");
    }
    if (!read_question(request->body, &question)) {
        return say(request, 400, "form");
    }
    answer = provider_answer(&app->provider, &question);
    if (answer.fault == PROVIDER_FAULT_OUTAGE) {
        return say(request, 503, "outage");
    }
    if (answer.fault == PROVIDER_FAULT_SLOW) { /* it has I/O threads to spare */
        nanosleep(&(struct timespec){SLOW_MS / 1000, SLOW_MS % 1000 * 1000000L}, NULL);
    }
    write_answer(request, app, &question, &answer, authorization.nonce);
    return HTTP_ANSWERED;
}

static enum http_verdict on_faults(struct http_request *request, void *arg)
{
    struct provider_app *app = arg;
    char spec[PROVIDER_TEXT_MAX + 1];

    return form_get(request->body, "spec", spec, PROVIDER_TEXT_MAX) &&
                   provider_set_fault(&app->provider, spec)
               ? say(request, 200, "set")
               : say(request, 400, "spec");
}

static const struct http_route routes[] = {
    {.method = HTTP_POST,
     .path = "/v1/checks",
     .handle = on_check,
     .body_bytes_max = BODY_BYTES_MAX},
    {.method = HTTP_POST,
     .path = "/v1/faults",
     .handle = on_faults,
     .body_bytes_max = BODY_BYTES_MAX},
};

static int serve_until_stopped(const struct cli_args *args, struct provider_app *app)
{
    struct metrics *metrics = metrics_create();
    struct http_server *http = NULL;
    struct clock clock;
    sigset_t set;
    int number = 0;

    clock_init_real(&clock);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    BUG_IF(pthread_sigmask(SIG_BLOCK, &set, NULL) != 0);
    enum err err = http_server_start(&(struct http_config){.listen = cli_text(args, "listen"),
                                                           .thread_count = 8,
                                                           .routes = routes,
                                                           .route_count = ARRAY_COUNT(routes),
                                                           .app = app,
                                                           .metrics = metrics,
                                                           .clock = &clock},
                                     &http);
    if (err == ERR_OK) {
        printf("provider on http://%s/v1/checks\n", http_server_address(http));
        fflush(stdout);
        (void)sigwait(&set, &number);
    }
    http_server_stop(http);
    metrics_free(metrics);
    return err == ERR_OK ? CLI_OK : cli_fail(args, err, "listen");
}

int cmd_sandbox_provider(const struct cli_args *args)
{
    struct provider_app *app = calloc(1, sizeof(*app));
    const char *faults = cli_text(args, "faults");
    int status = CLI_FAILED;
    enum err err;

    BUG_IF(app == NULL);
    provider_init(&app->provider);
    err = verifier_key_read(cli_text(args, "verifier-key"), app->key);
    if (err != ERR_OK) {
        (void)cli_fail(args, err, "read the key of --verifier-key");
    } else if (faults != NULL && !provider_set_fault(&app->provider, faults)) {
        (void)cli_fail_text(args, "--faults is not understood",
                            "give outage, slow, pending, forged or no, perhaps with =N for the "
                            "next N questions");
    } else {
        status = serve_until_stopped(args, app);
    }
    provider_done(&app->provider);
    secret_wipe(app->key, sizeof(app->key));
    free(app);
    return status;
}
