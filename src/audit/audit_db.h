/* audit_db.h — the auditor's own way into either database: read-only, one snapshot, a few kinds of
 * cell. It shares nothing with src/store, so that a fault there cannot hide a fault from the audit.
 *
 * Statements are constants of the auditor, written so that both databases take them; parameters are
 * $1 … and whole numbers. Every failure ends the program with exit status 2: a half-read database
 * has no verdict. */
#ifndef JN_AUDIT_DB_H
#define JN_AUDIT_DB_H

#include "core/base.h"

struct audit_db;

enum audit_cell_type { AUDIT_NULL = 0, AUDIT_INT = 1, AUDIT_BYTES = 2 };
struct audit_cell {
    enum audit_cell_type type;
    int64_t i64;
    const uint8_t *data; /* lives until the row function returns */
    size_t length;
};
typedef void (*audit_row_fn)(const struct audit_cell *cells, void *arg);

/* "sqlite:PATH" or "postgres://…". */
struct audit_db *audit_db_open(const char *url);
void audit_db_close(struct audit_db *db);
bool audit_db_is_postgres(const struct audit_db *db);
/* Rows of a statement with up to 4 parameters. Large results come in pages; the row function may
 * run other statements. Returns the number of rows. */
int64_t audit_db_query(struct audit_db *db, const char *sql, const int64_t *params,
                       size_t param_count, audit_row_fn on_row, void *arg);
/* One row per id, in any order, from `sql` with the ids as its one parameter: PostgreSQL gets them
 * at once as bigint[], SQLite runs the statement for each. */
void audit_db_query_ids(struct audit_db *db, const char *sql_sqlite, const char *sql_postgres,
                        const int64_t *ids, size_t count, audit_row_fn on_row, void *arg);

/* Prints and exits with status 2. */
JN_NORETURN void audit_die(const char *doing, const char *why);

#endif
