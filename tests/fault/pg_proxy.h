/* pg_proxy.h — a loopback TCP proxy before PostgreSQL that cuts connections at chosen moments. For
 * tests only.
 *
 * It knows one thing of the protocol: the store commits by executing the prepared statement
 * "jn_commit", whose name stands in the Bind message. */
#ifndef JN_TESTS_PG_PROXY_H
#define JN_TESTS_PG_PROXY_H

#include "core/base.h"

struct pg_proxy;

enum pg_proxy_mode {
    PROXY_PASS = 0,
    PROXY_CUT_COMMIT = 1,       /* the next COMMIT does not reach the server; then REFUSE */
    PROXY_CUT_COMMIT_REPLY = 2, /* the next COMMIT is carried out, its reply is lost; then REFUSE */
    PROXY_REFUSE = 3,           /* new connections are closed at once; the others live */
    PROXY_STALL_COMMIT = 4, /* the next COMMIT is carried out, its reply never comes; then PASS */
};

/* Listens on a free loopback port and forwards to the server of `url` (postgres://…@host:port/…).
 */
struct pg_proxy *pg_proxy_start(const char *url);
void pg_proxy_stop(struct pg_proxy *proxy);
/* `url` with the proxy's address in it. */
void pg_proxy_url(const struct pg_proxy *proxy, const char *url, char *ret, size_t ret_bytes);
void pg_proxy_set(struct pg_proxy *proxy, enum pg_proxy_mode mode);
enum pg_proxy_mode pg_proxy_get(const struct pg_proxy *proxy);
/* Cuts every connection that is open now. */
void pg_proxy_cut_all(struct pg_proxy *proxy);
/* Connections accepted so far. */
uint32_t pg_proxy_accepted(struct pg_proxy *proxy);

#endif
