/* migrate.c — brings the schema up to date: every missing migration once, in order, each in its own
 * transaction together with its row in schema_migrations.
 *
 * Several processes may try at once on PostgreSQL: the row's primary key lets one win; the other
 * runs again, finds it applied and goes on. An applied migration is never edited: its hash is
 * compared each time. */
#include <string.h>

#include "core/log.h"
#include "q_store.h"
#include "store/migrate.h"
#include "store/store_int.h"

struct check {
    const struct migration_set *set;
    bool is_postgres;
    size_t seen; /* how many of the set are applied */
    enum err verdict;
};

static const char *hash_of(const struct migration *migration, bool is_postgres)
{
    return is_postgres ? migration->sha256_postgres : migration->sha256_sqlite;
}

static bool check_row(const struct q_store_migrations_list_row *row, void *arg)
{
    struct check *check = arg;
    const struct migration_set *set = check->set;
    if (row->number > set->list[set->count - 1].number) {
        check->verdict = ERR_STORE_SCHEMA_NEWER;
        return false;
    }
    BUG_IF(check->seen == set->count); /* numbers rise on both sides */
    const char *hash = hash_of(&set->list[check->seen], check->is_postgres);
    if (row->number != set->list[check->seen].number || row->sha256.length != strlen(hash) ||
        memcmp(row->sha256.data, hash, row->sha256.length) != 0) {
        LOG(LOG_ERROR, "store_migration_changed", LOG_NUMBER("number", row->number));
        check->verdict = ERR_STORE_MIGRATION_FAILED;
        return false;
    }
    check->seen++;
    return true;
}

static bool note_exists(const struct q_store_migrations_exist_row *row, void *arg)
{
    bool *exists = arg;
    *exists = row->count > 0;
    return true;
}

static enum err list_applied(struct store_tx *tx, struct check *check)
{
    bool exists = false;
    enum err err = q_store_migrations_exist_each(tx, note_exists, &exists);
    check->seen = 0;
    check->verdict = ERR_OK;
    if (err == ERR_OK && exists) {
        err = q_store_migrations_list_each(tx, check_row, check);
    }
    return err == ERR_OK ? check->verdict : err;
}

static enum err read_applied(struct store_tx *tx, void *arg)
{
    return list_applied(tx, arg);
}

struct step {
    struct check check;
    bool applied;
    int64_t now_us;
};

static enum err apply_next(struct store_tx *tx, void *arg)
{
    struct step *step = arg;
    step->applied = false;
    enum err err = list_applied(tx, &step->check);
    if (err != ERR_OK || step->check.seen == step->check.set->count) {
        return err;
    }
    const struct migration *m = &step->check.set->list[step->check.seen];
    err = tx->store->backend->script(tx, step->check.is_postgres ? m->sql_postgres : m->sql_sqlite);
    if (err == ERR_OK) {
        const char *hash = hash_of(m, step->check.is_postgres);
        err = q_store_migration_insert(
            tx,
            &(struct q_store_migration_insert_in){.number = m->number,
                                                  .name = {m->name, (uint32_t)strlen(m->name)},
                                                  .sha256 = {hash, (uint32_t)strlen(hash)},
                                                  .applied_at_us = step->now_us},
            NULL);
    }
    if (err != ERR_OK) {
        LOG(LOG_ERROR, "store_migration_failed", LOG_NUMBER("number", m->number),
            LOG_TEXT("name", m->name));
        bool other_process = err == ERR_STORE_DUPLICATE || err == ERR_STORE_CONFLICT ||
                             err == ERR_STORE_UNAVAILABLE || err == ERR_STORE_READ_ONLY;
        return other_process ? err : ERR_STORE_MIGRATION_FAILED;
    }
    step->applied = true;
    return ERR_OK;
}

enum err migrate_apply(struct store *store, const struct migration_set *set, uint32_t *ret_applied)
{
    uint32_t applied = 0;
    for (;;) {
        struct step step = {
            .check = {.set = set, .is_postgres = store->backend->kind == STORE_POSTGRES},
            .now_us = clock_now_us(store->clock)};
        enum err err = store_write_sync(store, apply_next, &step, 0);
        if (err == ERR_STORE_FAILED) {
            err = ERR_STORE_MIGRATION_FAILED; /* a statement of the migration itself */
        }
        if (err != ERR_OK) {
            return err;
        }
        if (!step.applied) {
            break;
        }
        applied++;
    }
    *ret_applied = applied;
    return ERR_OK;
}

enum err migrate_check(struct store *store, const struct migration_set *set)
{
    struct check check = {.set = set, .is_postgres = store->backend->kind == STORE_POSTGRES};
    enum err err = store_read(store, read_applied, &check);
    if (err != ERR_OK) {
        return err;
    }
    return check.seen == set->count ? ERR_OK : ERR_STORE_SCHEMA_OLDER;
}

enum err store_migrate(struct store *store, uint32_t *ret_applied)
{
    OBJ_CHECK(store, STORE_MAGIC);
    return migrate_apply(store, &store_migrations, ret_applied);
}

enum err store_check_schema(struct store *store)
{
    OBJ_CHECK(store, STORE_MAGIC);
    return migrate_check(store, &store_migrations);
}
