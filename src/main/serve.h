/* serve.h — the running server: parts, workers, HTTP and the control socket, in their order.
 *
 * A stop loses nothing: new requests are refused, those under way are answered, the workers finish
 * their run, the log is sealed once more, and only then are the parts closed.
 *
 * Non-goals: signals and options (cmd_serve.c). */
#ifndef JN_MAIN_SERVE_H
#define JN_MAIN_SERVE_H

#include "main/app.h"
#include "main/messages.h"

struct serve;

struct serve_config {
    const char *url, *data_dir;
    const char *pkcs11, *pkcs11_pin_file; /* as in vault_place.h */
    const char *listen;
    const char *tls_cert_file, *tls_key_file; /* both or neither */
    const char *web_dir;                      /* NULL: no pages */
    const char *pack_name;                    /* NULL: the one that init bound */
    const char *origin;            /* of our pages; NULL: http://localhost with our port */
    const char *packs_dir;         /* NULL: those the program carries */
    const char *verifier_url;      /* who confirms people; NULL: staff do */
    const char *verifier_key_file; /* with verifier_url */
    const char *verifier_ca_file;  /* NULL: the system's */
    struct messages_ways ways;
    uint32_t thread_count, lane_count;
    uint32_t rate_per_second; /* of a key without a rate of its own; 0: unlimited */
    uint8_t node;
    int access_log_fd; /* -1: none */
};

/* Which step failed, for the message; the errors are those of the parts. */
struct serve_failure {
    const char *doing;
    enum err err;
    char why[APP_WHY_MAX]; /* what is particular; empty: nothing */
};

/* False: *ret_failure says why. */
JN_MUST_USE bool serve_start(const struct serve_config *config, struct serve **ret,
                             struct serve_failure *ret_failure);
/* "127.0.0.1:8080" as bound. */
const char *serve_address(const struct serve *serve);
enum app_mode serve_mode(const struct serve *serve);
/* NULL is fine. */
void serve_stop(struct serve *serve);

#endif
