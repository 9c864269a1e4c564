/* migrate.h — append-only numbered migrations, embedded by tools/gen_migrations.py. Private to
 * store/ and to its generated list. */
#ifndef JN_STORE_MIGRATE_H
#define JN_STORE_MIGRATE_H

#include "store/store.h"

struct migration {
    int64_t number; /* rises along the list */
    const char *name;
    const char *sql_sqlite, *sql_postgres;
    const char *sha256_sqlite, *sha256_postgres; /* lower-case hex of the text */
};
struct migration_set {
    const struct migration *list;
    size_t count;
};
/* What this program knows. */
extern const struct migration_set store_migrations;

/* As store_migrate() and store_check_schema(), for a set of one's own (tests of upgrades). */
JN_MUST_USE enum err migrate_apply(struct store *store, const struct migration_set *set,
                                   uint32_t *ret_applied);
JN_MUST_USE enum err migrate_check(struct store *store, const struct migration_set *set);

#endif
