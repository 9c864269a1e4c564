/* pg_error.c — what a SQLSTATE means for the transaction (docs/outcomes.md). */
#include <string.h>

#include "core/log.h"
#include "store/pg_int.h"

struct meaning {
    const char *sqlstate; /* five characters, or the two of a class */
    enum err err;
    bool gone; /* the connection must be replaced */
};
/* The first that fits counts. PostgreSQL's manual, appendix A. */
static const struct meaning meanings[] = {
    {"40001", ERR_STORE_CONFLICT, false},    /* serialization_failure */
    {"40P01", ERR_STORE_CONFLICT, false},    /* deadlock_detected */
    {"55P03", ERR_STORE_CONFLICT, false},    /* lock_not_available */
    {"23505", ERR_STORE_DUPLICATE, false},   /* unique_violation */
    {"25006", ERR_STORE_UNAVAILABLE, true},  /* read-only: a standby since a failover */
    {"53100", ERR_STORE_READ_ONLY, false},   /* disk_full */
    {"53", ERR_STORE_UNAVAILABLE, true},     /* out of connections or memory */
    {"57014", ERR_STORE_UNAVAILABLE, false}, /* query_canceled by an operator */
    {"57", ERR_STORE_UNAVAILABLE, true},     /* shutting down, crashed, cannot connect now */
    {"08", ERR_STORE_UNAVAILABLE, true},     /* connection exceptions */
    {"25P03", ERR_STORE_UNAVAILABLE, true},  /* idle_in_transaction_session_timeout */
    {"XX001", ERR_STORE_CORRUPT, false},     /* data_corrupted */
    {"XX002", ERR_STORE_CORRUPT, false},     /* index_corrupted */
};

static enum err meaning_of(const char *sqlstate, bool *ret_gone)
{
    for (size_t i = 0; i < ARRAY_COUNT(meanings); i++) {
        if (strncmp(sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) == 0) {
            *ret_gone = meanings[i].gone;
            return meanings[i].err;
        }
    }
    return ERR_STORE_FAILED;
}

enum err pg_error(struct pg_conn *conn, struct store_tx *tx, const PGresult *result,
                  const char *what)
{
    const char *sqlstate = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message =
        result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool gone = sqlstate == NULL || PQstatus(conn->pg) != CONNECTION_OK;
    enum err err = sqlstate == NULL ? ERR_STORE_UNAVAILABLE : meaning_of(sqlstate, &gone);
    if (gone) {
        conn->bad = true;
        tx->lost = true;
    }
    if (err == ERR_STORE_READ_ONLY) {
        tx->lost = true; /* nobody in the group will fare better */
    }
    if (err != ERR_STORE_CONFLICT && err != ERR_STORE_DUPLICATE) {
        LOG(LOG_ERROR, "store_statement_failed", LOG_TEXT("statement", what),
            LOG_TEXT("sqlstate", sqlstate != NULL ? sqlstate : "none"),
            LOG_TEXT("message", message != NULL ? message : PQerrorMessage(conn->pg)));
    }
    return store_tx_fail(tx, err);
}
