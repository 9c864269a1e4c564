/* app.h — the program's parts, opened in their order and closed in the reverse order.
 *
 * Purpose: serve, init, export, restore and the benchmarks all open the same things the same way:
 * store, schema check, mode, id source, ledger, lanes.
 *
 * Non-goals: HTTP and workers, which only serve has (serve.h).
 *
 * Invariant: an app that was returned is complete: its schema is current, its mode known, its lanes
 * run. */
#ifndef JN_MAIN_APP_H
#define JN_MAIN_APP_H

#include "core/base.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/ids.h"
#include "ledger/ledger.h"
#include "main/cli.h"
#include "policy/pack.h"
#include "store/store.h"

/* Bound to the database by init, never changed. */
enum app_mode { APP_LIVE = 1, APP_SANDBOX = 2 };
const char *app_mode_name(enum app_mode mode);
/* ERR_NOT_INITIALISED when init has not bound one. */
JN_MUST_USE enum err app_mode_read(struct store *store, enum app_mode *ret);

#define APP_URL_MAX 1024

/* The pack that init bound (cn in a database from before packs were bound), read from `directory`,
 * or, when that is NULL, from what the program carries. `name` NULL: whichever was bound; another
 * one is ERR_PACK_DIFFERS. With ERR_PACK_*, ret_why says which file, line and value. */
#define APP_WHY_MAX 800
JN_MUST_USE enum err app_pack_load(struct store *store, const char *directory, const char *name,
                                   struct pack **ret, char ret_why[APP_WHY_MAX]);

struct app_config {
    const char *url; /* copied */
    uint32_t lane_count;
    uint32_t reader_count;
    uint8_t node;       /* of the ids drawn here; several processes on one database must differ */
    int64_t virtual_us; /* > 0: a clock that begins here and stands still (demonstration data) */
};

struct app {
    char url[APP_URL_MAX];
    struct clock clock;
    struct id_source ids;
    struct store *store;
    struct ledger *ledger;
    enum app_mode mode;
};

/* ERR_NOT_INITIALISED when the database has no mode; ERR_STORE_SCHEMA_OLDER when it must be
 * migrated; store and ledger errors. */
JN_MUST_USE enum err app_open(const struct app_config *config, struct app **ret);
/* Drains, closes, frees. NULL is fine. */
void app_close(struct app *app);

/* Creates the database (SQLite: the file must not exist, ERR_FILE_EXISTS; PostgreSQL: it must hold
 * no installation, ERR_ALREADY_INITIALISED), migrates it and binds the mode and the
 * pack, by its name. */
JN_MUST_USE enum err app_create(const char *url, enum app_mode mode, const char *pack);

/* Where an installation is. The database: --db, or the environment's JINNANG_DB, or jinnang.db in
 * the data directory. The data directory, which holds the log's signing keys: --data, or the
 * directory of the SQLite file, or jinnang-data. */
struct app_place {
    char url[APP_URL_MAX];
    char data[APP_URL_MAX];
    bool is_default; /* nothing named the database */
};
/* The command must have both options. False, after a message, if a name is too long. */
JN_MUST_USE bool app_place(const struct cli_args *args, struct app_place *ret);
/* The path of a SQLite URL; NULL for PostgreSQL. Points into url. */
const char *app_sqlite_path(const char *url);
/* The URL without its password, for messages. */
void app_url_for_people(const char *url, char ret[APP_URL_MAX]);
/* cli_fail about opening this database. */
int app_open_failed(const struct cli_args *args, enum err err, const char *url);

#endif
