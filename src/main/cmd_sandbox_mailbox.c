/* cmd_sandbox_mailbox.c — `jinnang sandbox-mailbox`: receives what a sandbox sends and shows it. */
#include "main/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/sha256.h"
#include "core/str.h"
#include "http/http.h"
#include "main/embedded.h"
#include "main/form.h"
#include "main/mailbox.h"
#include "notify/transport.h"

#define FORM_BYTES_MAX  16384
#define CLOCK_OFF_S_MAX 300

struct mailbox_app {
    struct mailbox mailbox;
    uint8_t key[SMS_KEY_BYTES];
    bool has_key;
};

/* ---- the gateway ---- */

static enum http_verdict refuse(struct http_request *request, int status, const char *why)
{
    buf_printf(request->out, "{\"error\":\"%s\"}\n", why);
    http_answer(request, status, "application/json");
    return HTTP_ANSWERED;
}

static bool is_signed(const struct mailbox_app *app, const struct http_request *request)
{
    struct http_text at = request->headers[HTTP_SIGNATURE_TIME];
    struct http_text sent = request->headers[HTTP_SIGNATURE];
    char expected[3 + SMS_SIGNATURE_MAX] = "v1=";
    int64_t at_s, off_s;

    if (at.data == NULL || sent.data == NULL || !str_parse_i64(at.data, at.length, &at_s)) {
        return false;
    }
    off_s = (int64_t)time(NULL) - at_s;
    sms_signature(app->key, request->path, at_s,
                  request->body.data == NULL ? "" : request->body.data, request->body.length,
                  expected + 3);
    return off_s <= CLOCK_OFF_S_MAX && off_s >= -CLOCK_OFF_S_MAX &&
           sent.length == strlen(expected) && secret_equal(sent.data, expected, sent.length);
}

static enum http_verdict on_sms(struct http_request *request, void *arg)
{
    struct mailbox_app *app = arg;
    struct mailbox_message *message;
    bool is_new;

    if (!app->has_key || !is_signed(app, request)) {
        return refuse(request, 401, "signature");
    }
    message = arena_alloc(request->arena, sizeof(*message));
    message->channel = MAILBOX_SMS;
    if (!form_get(request->body, "id", message->id, MAILBOX_ID_MAX) ||
        !form_get(request->body, "to", message->to, MAILBOX_TO_MAX) ||
        !form_get(request->body, "text", message->text, MAILBOX_TEXT_MAX)) {
        return refuse(request, 400, "form");
    }
    if (message->to[0] != '+' || strspn(message->to + 1, "0123456789") != strlen(message->to + 1)) {
        return refuse(request, 422, "number");
    }
    is_new = mailbox_add(&app->mailbox, message);
    buf_add_str(request->out, "{}\n");
    http_answer(request, is_new ? 202 : 200, "application/json");
    return HTTP_ANSWERED;
}

/* ---- the page ---- */

static enum http_verdict on_list(struct http_request *request, void *arg)
{
    struct mailbox_app *app = arg;
    struct http_text to = {"", 0};

    for (size_t i = 0; i < request->query_count; i++) {
        if (str_equal(request->query[i].name.data, "to")) {
            to = request->query[i].value;
        }
    }
    mailbox_json(&app->mailbox, to.data, to.length, request->out);
    http_answer(request, 200, "application/json");
    return HTTP_ANSWERED;
}

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');

    return str_equal(dot, ".html")  ? "text/html; charset=utf-8"
           : str_equal(dot, ".css") ? "text/css; charset=utf-8"
                                    : "text/javascript; charset=utf-8";
}

static enum http_verdict on_file(struct http_request *request, void *arg)
{
    const char *path = str_equal(request->path, "/") ? "/mailbox.html" : request->path;

    (void)arg;
    for (size_t i = 0; i < mailbox_files_count; i++) {
        if (str_equal(mailbox_files[i].path, path)) {
            buf_add(request->out, mailbox_files[i].data, mailbox_files[i].length);
            http_answer(request, 200, type_of(path));
            return HTTP_ANSWERED;
        }
    }
    return refuse(request, 404, "not_found");
}

/* ---- running ---- */

static const struct http_route routes[] = {
    {.method = HTTP_POST,
     .path = "/v1/messages",
     .handle = on_sms,
     .body_bytes_max = FORM_BYTES_MAX},
    {.method = HTTP_GET, .path = "/v1/messages.json", .handle = on_list},
    {.method = HTTP_GET, .path = "/", .handle = on_file},
    {.method = HTTP_GET, .path = "/mailbox.css", .handle = on_file},
    {.method = HTTP_GET, .path = "/mailbox.js", .handle = on_file},
};

static bool read_key(const struct cli_args *args, struct mailbox_app *app)
{
    const char *path = cli_text(args, "sms-key");
    char line[2 * SMS_KEY_BYTES + 2] = "";
    FILE *file = path == NULL ? NULL : fopen(path, "re");

    if (path == NULL) {
        return true;
    }
    if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
        line[0] = '\0';
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    line[strcspn(line, "\r\n")] = '\0';
    app->has_key = hex_decode(line, strlen(line), app->key, SMS_KEY_BYTES);
    secret_wipe(line, sizeof(line));
    if (!app->has_key) {
        (void)cli_fail(args, ERR_NOTIFY_CONFIG_INVALID, "read the key of --sms-key");
    }
    return app->has_key;
}

static int serve_until_stopped(const struct cli_args *args, struct mailbox_app *app)
{
    struct clock clock;
    struct metrics *metrics = metrics_create();
    struct mailbox_smtp *smtp = NULL;
    struct http_server *http = NULL;
    sigset_t set;
    int number = 0;

    clock_init_real(&clock);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    BUG_IF(pthread_sigmask(SIG_BLOCK, &set, NULL) != 0);
    enum err err = mailbox_smtp_start(&app->mailbox, cli_text(args, "smtp"), &smtp);
    if (err == ERR_OK) {
        err = http_server_start(&(struct http_config){.listen = cli_text(args, "listen"),
                                                      .routes = routes,
                                                      .route_count = ARRAY_COUNT(routes),
                                                      .app = app,
                                                      .metrics = metrics,
                                                      .clock = &clock},
                                &http);
    }
    if (err == ERR_OK) {
        printf("mailbox on http://%s, smtp on port %u\n", http_server_address(http),
               (unsigned)mailbox_smtp_port(smtp));
        fflush(stdout);
        (void)sigwait(&set, &number);
    }
    http_server_stop(http);
    mailbox_smtp_stop(smtp);
    metrics_free(metrics);
    return err == ERR_OK ? CLI_OK : cli_fail(args, err, "listen");
}

int cmd_sandbox_mailbox(const struct cli_args *args)
{
    struct mailbox_app *app = calloc(1, sizeof(*app));
    int status = CLI_FAILED;

    BUG_IF(app == NULL);
    mailbox_init(&app->mailbox);
    if (read_key(args, app)) {
        status = serve_until_stopped(args, app);
    }
    mailbox_done(&app->mailbox);
    secret_wipe(app->key, sizeof(app->key));
    free(app);
    return status;
}
