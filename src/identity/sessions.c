/* sessions.c — see sessions.h. */
#include "identity/sessions.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/i64map.h"
#include "core/rng.h"
#include "identity/locks.h"
#include "q_identity.h"

#define PREFIX        "js_"
#define PREFIX_LENGTH 3
#define MINUTE_US     INT64_C(60000000)
#define HOUR_US       (60 * MINUTE_US)
#define DAY_US        (24 * HOUR_US)
#define USED_MAX      65536 /* sessions remembered between two runs of the worker */

struct lifetime {
    int64_t idle_us, absolute_us;
};

/* Paying asks for a factor each time, so a consumer's session may live long; staff's see other
 * people's data and may not. */
static const struct lifetime consumer_life = {7 * DAY_US, 30 * DAY_US};
static const struct lifetime staff_life = {15 * MINUTE_US, 10 * HOUR_US};
static const struct lifetime signing_up_life = {7 * DAY_US, 7 * DAY_US};
static const struct lifetime signing_in_life = {10 * MINUTE_US, 10 * MINUTE_US};

static const struct lifetime *lifetime_of(enum person_kind kind, enum session_level level)
{
    switch (level) {
    case SESSION_SIGNING_UP:
        return &signing_up_life;
    case SESSION_SIGNING_IN:
        return &signing_in_life;
    case SESSION_FULL:
    case SESSION_LOCKED:
        break;
    }
    return kind == PERSON_STAFF ? &staff_life : &consumer_life;
}

struct sessions {
    struct store *store;
    const struct clock *clock;
    pthread_mutex_t lock; /* protects what follows */
    struct i64map used;   /* session -> place in `rows` */
    struct q_identity_session_touch_in *rows;
    size_t count;
};

struct sessions *sessions_create(struct store *store, const struct clock *clock)
{
    struct sessions *sessions = calloc(1, sizeof(*sessions));

    BUG_IF(sessions == NULL);
    sessions->store = store;
    sessions->clock = clock;
    sessions->rows = calloc(USED_MAX, sizeof(*sessions->rows));
    BUG_IF(sessions->rows == NULL);
    i64map_init(&sessions->used);
    BUG_IF(pthread_mutex_init(&sessions->lock, NULL) != 0);
    return sessions;
}

void sessions_free(struct sessions *sessions)
{
    if (sessions == NULL) {
        return;
    }
    i64map_done(&sessions->used);
    pthread_mutex_destroy(&sessions->lock);
    free(sessions->rows);
    free(sessions);
}

void session_token_draw(struct session_token *ret)
{
    rng_secure(ret->bytes, sizeof(ret->bytes));
    memcpy(ret->text, PREFIX, PREFIX_LENGTH);
    token_encode(ret->bytes, ret->text + PREFIX_LENGTH);
}

bool session_token_hash(const char *text, size_t length, struct sha256_hash *ret)
{
    uint8_t bytes[TOKEN_BYTES];

    if (length != PREFIX_LENGTH + TOKEN_DIGITS || memcmp(text, PREFIX, PREFIX_LENGTH) != 0 ||
        !token_decode(text + PREFIX_LENGTH, bytes)) {
        return false;
    }
    token_hash(bytes, ret);
    secret_wipe(bytes, sizeof(bytes));
    return true;
}

/* ---- authentication ---- */

static void copy_text(char *ret, size_t max, const struct store_text *text)
{
    size_t length = text->length < max ? text->length : max;

    memcpy(ret, text->data, length);
    ret[length] = '\0';
}

static void session_from_row(const struct q_identity_session_by_token_row *row, struct session *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->id.v = row->session_id;
    ret->person.v = row->person_id;
    ret->kind = (enum person_kind)row->kind;
    ret->level = (enum session_level)row->level;
    ret->capabilities = (uint32_t)row->capabilities;
    ret->methods = (uint32_t)row->methods;
    ret->device.v = row->device_id;
    copy_text(ret->device_name, SESSION_DEVICE_NAME_MAX, &row->device_name);
    copy_text(ret->place, SESSION_PLACE_MAX, &row->place);
    ret->created_at_us = row->created_at_us;
    ret->authenticated_at_us = row->authenticated_at_us;
    ret->last_used_at_us = row->last_used_at_us;
    ret->expires_at_us = row->expires_at_us;
    ret->idle_us = lifetime_of(ret->kind, ret->level)->idle_us;
}

static bool goes_on(const struct session *session, int64_t now_us)
{
    return now_us < session->expires_at_us && now_us - session->last_used_at_us < session->idle_us;
}

struct look_up {
    struct sha256_hash hash;
    struct arena *arena;
    struct session *session;
    bool found;
};

static enum err find(struct store_tx *tx, void *arg)
{
    struct look_up *look_up = arg;
    struct q_identity_session_by_token_in in = {.token_hash = look_up->hash};
    struct q_identity_session_by_token_row row;
    enum err err = q_identity_session_by_token(tx, &in, look_up->arena, &row, &look_up->found);

    if (err != ERR_OK || !look_up->found) {
        return err;
    }
    session_from_row(&row, look_up->session);
    if (look_up->session->level == SESSION_FULL) {
        uint32_t effects = 0;

        err = locks_effects(tx, look_up->session->person, &effects);
        if ((effects & LOCK_SIGN_IN) != 0) {
            look_up->session->level = SESSION_LOCKED;
        }
    }
    return err;
}

static void remember_use(struct sessions *sessions, const struct session *session, int64_t now_us)
{
    int64_t minute_us = now_us / MINUTE_US * MINUTE_US;
    uint32_t at;

    if (session->last_used_at_us >= minute_us) {
        return;
    }
    pthread_mutex_lock(&sessions->lock);
    at = i64map_get(&sessions->used, session->id.v);
    if (at != I64MAP_NONE) {
        sessions->rows[at].used_at_us = minute_us;
    } else if (sessions->count < USED_MAX) {
        sessions->rows[sessions->count] = (struct q_identity_session_touch_in){
            .session_id = session->id.v, .used_at_us = minute_us};
        i64map_put(&sessions->used, session->id.v, (uint32_t)sessions->count);
        sessions->count++;
    }
    pthread_mutex_unlock(&sessions->lock);
}

enum err sessions_authenticate(struct sessions *sessions, const char *text, size_t length,
                               struct session *ret)
{
    int64_t now_us = clock_now_us(sessions->clock);
    struct session session;
    struct look_up look_up = {.session = &session};
    enum err err;

    if (!session_token_hash(text, length, &look_up.hash)) {
        return ERR_NOT_SIGNED_IN;
    }
    look_up.arena = arena_create(4096);
    err = store_read(sessions->store, find, &look_up);
    arena_free(look_up.arena);
    if (err != ERR_OK) {
        return err;
    }
    if (!look_up.found || !goes_on(&session, now_us)) {
        return ERR_NOT_SIGNED_IN;
    }
    session.token_hash = look_up.hash;
    remember_use(sessions, &session, now_us);
    *ret = session;
    return ERR_OK;
}

struct used {
    struct q_identity_session_touch_in *rows;
    size_t count;
};

static enum err write_used(struct store_tx *tx, void *arg)
{
    const struct used *used = arg;

    return q_identity_session_touch_batch(tx, used->rows, used->count, NULL);
}

enum err sessions_write_used(struct sessions *sessions)
{
    struct used used;
    enum err err = ERR_OK;

    pthread_mutex_lock(&sessions->lock);
    used.count = sessions->count;
    used.rows = calloc(used.count + 1, sizeof(*used.rows));
    BUG_IF(used.rows == NULL);
    memcpy(used.rows, sessions->rows, used.count * sizeof(*used.rows));
    sessions->count = 0;
    i64map_clear(&sessions->used);
    pthread_mutex_unlock(&sessions->lock);
    if (used.count > 0) {
        err = store_write_sync(sessions->store, write_used, &used, 0);
    }
    free(used.rows);
    return err;
}

/* ---- inside a transaction ---- */

enum err session_start(struct store_tx *tx, const struct session_new *new,
                       const struct session_token *token)
{
    int64_t now_us = store_tx_now_us(tx);
    struct q_identity_session_insert_in in = {
        .session_id = new->id.v,
        .person_id = new->person.v,
        .kind = new->kind,
        .level = new->level,
        .capabilities = new->capabilities,
        .methods = new->methods,
        .device_id = new->device.v,
        .place = {new->place, (uint32_t)strlen(new->place)},
        .now_us = now_us,
        .minute_us = now_us / MINUTE_US *MINUTE_US,
        .expires_at_us = now_us + lifetime_of(new->kind, new->level)->absolute_us,
    };

    BUG_IF(new->level == SESSION_LOCKED);
    BUG_IF(new->kind == PERSON_CONSUMER &&new->capabilities != 0);
    token_hash(token->bytes, &in.token_hash);
    return q_identity_session_insert(tx, &in, NULL);
}

enum err session_raise(struct store_tx *tx, const struct session_change *change,
                       const struct session_token *token)
{
    int64_t now_us = store_tx_now_us(tx), changed = 0;
    struct q_identity_session_raise_in in = {
        .session_id = change->id.v,
        .old_token_hash = change->old_token_hash,
        .level = change->level,
        .capabilities = change->capabilities,
        .methods = change->methods,
        .device_id = change->device.v,
        .now_us = now_us,
        .minute_us = now_us / MINUTE_US * MINUTE_US,
        .expires_at_us = now_us + lifetime_of(change->kind, change->level)->absolute_us,
    };
    enum err err;

    BUG_IF(change->level == SESSION_LOCKED);
    token_hash(token->bytes, &in.token_hash);
    err = q_identity_session_raise(tx, &in, &changed);
    return err == ERR_OK && changed == 0 ? ERR_NOT_SIGNED_IN : err;
}

enum err session_end(struct store_tx *tx, struct person_id person, struct session_id id,
                     enum session_end why)
{
    int64_t changed = 0;
    enum err err = q_identity_session_end(
        tx,
        &(struct q_identity_session_end_in){
            .session_id = id.v, .person_id = person.v, .now_us = store_tx_now_us(tx), .why = why},
        &changed);

    return err == ERR_OK && changed == 0 ? ERR_SESSION_NOT_FOUND : err;
}

enum err sessions_end_others(struct store_tx *tx, struct person_id person, struct session_id keep,
                             enum session_end why, int64_t *ret_count)
{
    return q_identity_sessions_end_others(
        tx,
        &(struct q_identity_sessions_end_others_in){
            .person_id = person.v, .keep_id = keep.v, .now_us = store_tx_now_us(tx), .why = why},
        ret_count);
}

enum err session_end_token(struct store_tx *tx, const struct sha256_hash *token_hash,
                           enum session_end why)
{
    return q_identity_session_end_token(
        tx,
        &(struct q_identity_session_end_token_in){
            .token_hash = *token_hash, .now_us = store_tx_now_us(tx), .why = why},
        NULL);
}

struct list {
    struct session *sessions;
    size_t count;
    int64_t now_us;
};

_Static_assert(sizeof(struct q_identity_session_by_token_row) ==
                   sizeof(struct q_identity_sessions_of_person_row),
               "both queries give the same columns");

static bool list_take(const struct q_identity_sessions_of_person_row *row, void *arg)
{
    struct q_identity_session_by_token_row same;
    struct list *list = arg;
    struct session session;

    memcpy(&same, row, sizeof(same));
    session_from_row(&same, &session);
    if (goes_on(&session, list->now_us)) {
        list->sessions[list->count++] = session;
    }
    return list->count < SESSIONS_LISTED_MAX;
}

enum err sessions_list(struct store_tx *tx, struct person_id person, int64_t now_us,
                       struct session *ret, size_t *ret_count)
{
    struct list list = {.sessions = ret, .now_us = now_us};
    enum err err = q_identity_sessions_of_person_each(
        tx, &(struct q_identity_sessions_of_person_in){.person_id = person.v, .now_us = now_us},
        list_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err session_get(struct store_tx *tx, struct person_id person, struct session_id id,
                     struct session *ret)
{
    struct session list[SESSIONS_LISTED_MAX];
    size_t count = 0;
    enum err err = sessions_list(tx, person, store_tx_now_us(tx), list, &count);

    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i].id.v == id.v) {
            *ret = list[i];
            return ERR_OK;
        }
    }
    return ERR_SESSION_NOT_FOUND;
}
