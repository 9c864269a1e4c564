/* cmd_serve.c — `jinnang serve`: options, signals, and the line that says it is ready.
 *
 * SIGTERM and SIGINT: stop so that nothing is lost; the same signal again: stop at once (also then
 * nothing acknowledged is lost, as after a power failure). SIGHUP: nothing is read again; what is
 * configured is on the command line, so start the server anew. */
#include "main/commands.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/rng.h"
#include "core/str.h"
#include "main/protect.h"
#include "main/serve.h"

static void block_signals(sigset_t *ret_set)
{
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGINT);
    sigaddset(ret_set, SIGHUP);
    int failed = pthread_sigmask(SIG_BLOCK, ret_set, NULL);
    BUG_IF(failed != 0);
}

static void wait_for_stop(const sigset_t *set)
{
    for (;;) {
        int signal_number = sigwaitinfo(set, NULL);
        if (signal_number == SIGTERM || signal_number == SIGINT) {
            LOG(LOG_INFO, "stopping", LOG_NUMBER("signal", signal_number));
            return;
        }
        if (signal_number == SIGHUP) {
            LOG(LOG_INFO, "sighup_ignored");
        }
    }
}

/* From here on the next signal ends the process. */
static void let_signals_kill(const sigset_t *set)
{
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    int failed = pthread_sigmask(SIG_UNBLOCK, set, NULL);
    BUG_IF(failed != 0);
}

/* Ids drawn by processes that share a database must differ by their node. */
static uint8_t choose_node(const struct cli_args *args, const char *url)
{
    const char *given = cli_text(args, "node");
    uint8_t node = 0;
    if (given != NULL) {
        node = (uint8_t)cli_number(args, "node");
    } else if (app_sqlite_path(url) == NULL) {
        rng_secure(&node, sizeof(node));
    }
    return node;
}

static bool open_access_log(const struct cli_args *args, int *ret_fd)
{
    const char *path = cli_text(args, "access-log");
    *ret_fd = -1;
    if (path == NULL) {
        return true;
    }
    *ret_fd = str_equal(path, "-")
                  ? dup(STDERR_FILENO)
                  : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (*ret_fd < 0) {
        (void)cli_fail_text(
            args, "the access log cannot be opened",
            "give --access-log a file that can be written, or - for standard error");
    }
    return *ret_fd >= 0;
}

static int run_until_stopped(const struct cli_args *args, const struct serve_config *config)
{
    struct serve_failure failure;
    struct serve *serve;
    sigset_t set;
    block_signals(&set);
    if (!serve_start(config, &serve, &failure)) {
        char doing[APP_WHY_MAX + 64];
        snprintf(doing, sizeof(doing), "%s%s%s", failure.doing, failure.why[0] == '\0' ? "" : ": ",
                 failure.why);
        return failure.err == ERR_STORE_NOT_FOUND ? app_open_failed(args, failure.err, config->url)
                                                  : cli_fail(args, failure.err, doing);
    }
    if (cli_flag(args, "sandbox") && serve_mode(serve) != APP_SANDBOX) {
        serve_stop(serve);
        return cli_fail(args, ERR_SANDBOX_ONLY, "serve this database as a sandbox");
    }
    LOG(LOG_INFO, "serving", LOG_TEXT("mode", app_mode_name(serve_mode(serve))),
        LOG_TEXT("address", serve_address(serve)), LOG_TEXT("version", JN_VERSION));
    printf("listening on %s://%s\n", config->tls_cert_file != NULL ? "https" : "http",
           serve_address(serve));
    fflush(stdout);
    wait_for_stop(&set);
    let_signals_kill(&set);
    serve_stop(serve);
    LOG(LOG_INFO, "stopped");
    return CLI_OK;
}

/* "https://wallet.example", "http://localhost:8080"; NULL is fine. Passkeys work over TLS or on
 * this machine only. */
static bool is_origin(const char *origin)
{
    const char *host;

    if (origin == NULL) {
        return true;
    }
    if (!str_starts_with(origin, "https://") && !str_starts_with(origin, "http://localhost")) {
        return false;
    }
    host = strstr(origin, "://") + 3;
    return *host != '\0' && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:")] == '\0';
}

int cmd_serve(const struct cli_args *args)
{
    struct app_place place;
    const char *cert = cli_text(args, "tls-cert"), *key = cli_text(args, "tls-key");
    int access_log_fd;
    protect_memory();
    if (!app_place(args, &place)) {
        return CLI_FAILED;
    }
    if ((cert == NULL) != (key == NULL)) {
        return cli_fail_text(args, "a certificate needs its key and a key its certificate",
                             "give both --tls-cert and --tls-key, or neither");
    }
    if (!is_origin(cli_text(args, "origin"))) {
        return cli_fail_text(args, "--origin is not the origin of a web site",
                             "write scheme and host without a path, as https://wallet.example");
    }
    if (!open_access_log(args, &access_log_fd)) {
        return CLI_FAILED;
    }
    const struct serve_config config = {
        .url = place.url,
        .data_dir = place.data,
        .pkcs11 = cli_text(args, "pkcs11"),
        .pkcs11_pin_file = cli_text(args, "pkcs11-pin"),
        .listen = cli_text(args, "listen"),
        .origin = cli_text(args, "origin"),
        .tls_cert_file = cert,
        .tls_key_file = key,
        .web_dir = cli_text(args, "web"),
        .pack_name = cli_text(args, "pack"),
        .packs_dir = cli_text(args, "packs"),
        .verifier_url = cli_text(args, "verifier"),
        .verifier_key_file = cli_text(args, "verifier-key"),
        .verifier_ca_file = cli_text(args, "verifier-ca"),
        .ways = {.smtp_url = cli_text(args, "smtp"),
                 .smtp_auth_file = cli_text(args, "smtp-auth"),
                 .mail_from = cli_text(args, "mail-from"),
                 .sms_url = cli_text(args, "sms-gateway"),
                 .sms_key_file = cli_text(args, "sms-key"),
                 .ca_file = cli_text(args, "message-ca")},
        .thread_count = (uint32_t)cli_number(args, "threads"),
        .lane_count = (uint32_t)cli_number(args, "lanes"),
        .rate_per_second = (uint32_t)cli_number(args, "rate"),
        .node = choose_node(args, place.url),
        .access_log_fd = access_log_fd,
    };
    int status = run_until_stopped(args, &config);
    if (access_log_fd >= 0) {
        close(access_log_fd);
    }
    return status;
}
