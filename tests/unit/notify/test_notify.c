/* From the outbox to the address, on each database: news becomes one message, deliveries are tried
 * until their time is over, a process that died between sending and settling is made good with the
 * same id, and what people see is theirs. The people and the ways out are this test's own. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/kv.h"
#include "notify/notify.h"
#include "store/outbox.h"
#include "support/test_db.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US    (INT64_C(86400) * SECOND_US)
#define START_US  (INT64_C(1795320000) * SECOND_US) /* 2026-11-22 12:00 at UTC+8 */
#define PERSON    7
#define ERASED    8
#define PHONE     71
#define EMAIL     72
#define SENT_MAX  64

struct sent {
    char id[32], to[64], subject[128], text[4096];
};

struct way_out {
    enum transport_outcome outcome; /* what it says */
    struct clock *clock;
    int64_t takes_us;
    size_t count;
    struct sent sent[SENT_MAX];
};

struct world {
    struct test_db db;
    struct clock clock;
    struct id_source ids;
    struct store *store;
    struct notify *notify;
    struct way_out sms, email;
    enum err open_params_err;
};

static enum store_backend backend_of_run = STORE_SQLITE;

/* ---- people ---- */

static enum err port_person(void *ctx, struct store_tx *tx, int64_t person_id,
                            struct notify_person *ret)
{
    (void)ctx;
    (void)tx;
    *ret = (struct notify_person){person_id == PERSON, NOTIFY_EN};
    return ERR_OK;
}

static enum err port_contacts(void *ctx, struct store_tx *tx, int64_t person_id, int64_t only_id,
                              struct notify_contact *ret, size_t *ret_count)
{
    (void)only_id;
    (void)ctx;
    (void)tx;
    (void)person_id;
    ret[0] = (struct notify_contact){PHONE, NOTIFY_SMS, true};
    ret[1] = (struct notify_contact){EMAIL, NOTIFY_EMAIL, true};
    *ret_count = 2;
    return ERR_OK;
}

static enum err port_address(void *ctx, struct store_tx *tx, int64_t person_id, int64_t contact_id,
                             struct arena *arena, const char **ret)
{
    (void)ctx;
    (void)tx;
    if (person_id != PERSON) {
        return ERR_NOTIFY_PERSON_GONE;
    }
    *ret = arena_strdup(arena, contact_id == PHONE ? "+8613800000001" : "li@mail.test");
    return ERR_OK;
}

/* A seal of this test: every byte turned over. */
static struct store_blob turn(struct arena *arena, const void *data, size_t length)
{
    uint8_t *to = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length; i++) {
        to[i] = (uint8_t)~((const uint8_t *)data)[i];
    }
    return (struct store_blob){to, (uint32_t)length};
}

static enum err port_open(void *ctx, struct store_tx *tx, int64_t person_id, int64_t message_id,
                          struct store_blob sealed, bool for_self, struct arena *arena,
                          struct store_blob *ret)
{
    const struct world *w = ctx;
    (void)tx;
    (void)person_id;
    (void)message_id;
    (void)for_self;
    if (w->open_params_err == ERR_OK) {
        *ret = turn(arena, sealed.data, sealed.length);
    }
    return w->open_params_err;
}

static enum err port_open_phrase(void *ctx, struct store_tx *tx, int64_t person_id,
                                 struct store_blob sealed, bool for_self, struct arena *arena,
                                 const char **ret)
{
    (void)ctx;
    (void)tx;
    (void)person_id;
    (void)for_self;
    *ret = turn(arena, sealed.data, sealed.length).data;
    return ERR_OK;
}

static enum err port_seal_phrase(void *ctx, struct store_tx *tx, int64_t person_id,
                                 const char *phrase, struct arena *arena, struct store_blob *ret)
{
    (void)ctx;
    (void)tx;
    (void)person_id;
    *ret = turn(arena, phrase, strlen(phrase));
    return ERR_OK;
}

static void port_mac(void *ctx, int64_t message_id, struct sha256_hash *ret)
{
    (void)ctx;
    sha256(&message_id, sizeof(message_id), ret);
}

static void port_index(void *ctx, const char *code, struct sha256_hash *ret)
{
    (void)ctx;
    sha256(code, strlen(code), ret);
}

/* ---- ways out ---- */

static enum transport_outcome way_send(void *ctx, const struct transport_message *message,
                                       char problem[TRANSPORT_PROBLEM_MAX])
{
    struct way_out *way = ctx;
    struct sent *sent = &way->sent[way->count++];
    assert_true(way->count <= SENT_MAX);
    snprintf(sent->id, sizeof(sent->id), "%s", message->id);
    snprintf(sent->to, sizeof(sent->to), "%s", message->to);
    snprintf(sent->subject, sizeof(sent->subject), "%s",
             message->subject == NULL ? "" : message->subject);
    snprintf(sent->text, sizeof(sent->text), "%s", message->text);
    snprintf(problem, TRANSPORT_PROBLEM_MAX, "http_503");
    clock_advance(way->clock, way->takes_us);
    return way->outcome;
}

static struct notify_port port_of(struct world *w)
{
    return (struct notify_port){.ctx = w,
                                .person = port_person,
                                .contacts = port_contacts,
                                .open_address = port_address,
                                .open_params = port_open,
                                .open_phrase = port_open_phrase,
                                .seal_phrase = port_seal_phrase,
                                .message_mac = port_mac,
                                .code_index = port_index};
}

static void open_notify(struct world *w)
{
    w->notify = notify_open(&(struct notify_config){
        .store = w->store,
        .clock = &w->clock,
        .ids = &w->ids,
        .port = port_of(w),
        .sms = {.ctx = &w->sms, .send = way_send},
        .email = {.ctx = &w->email, .send = way_send},
    });
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    uint32_t applied;
    assert_non_null(w);
    test_db_create(&w->db, backend_of_run);
    clock_init_virtual(&w->clock, START_US);
    id_source_init(&w->ids, &w->clock, 1, 0);
    assert_int_equal(store_open(&(struct store_config){.url = w->db.url,
                                                       .clock = &w->clock,
                                                       .create = true,
                                                       .disk_reserve_bytes = 1},
                                &w->store),
                     ERR_OK);
    assert_int_equal(store_migrate(w->store, &applied), ERR_OK);
    assert_int_equal(store_start(w->store), ERR_OK);
    w->sms = (struct way_out){.outcome = TRANSPORT_SENT, .clock = &w->clock};
    w->email = w->sms;
    open_notify(w);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    notify_close(w->notify);
    store_close(w->store);
    test_db_drop(&w->db);
    free(w);
    return 0;
}

/* ---- telling ---- */

struct news {
    struct world *w;
    struct outbox_item item;
};

static enum err tell_in_tx(struct store_tx *tx, void *arg)
{
    struct news *news = arg;
    return outbox_add(tx, &news->item, NULL);
}

/* Returns the message's id. */
static int64_t tell(struct world *w, const char *topic, const char *params, int64_t expires_at_us)
{
    struct arena *arena = arena_create(10000);
    char key[32];
    int64_t id = id_draw_one(&w->ids);
    snprintf(key, sizeof(key), "%lld", (long long)id);
    struct news news = {w,
                        {.outbox_id = id,
                         .person_id = PERSON,
                         .topic = {topic, (uint32_t)strlen(topic)},
                         .dedupe = {key, (uint32_t)strlen(key)},
                         .payload = turn(arena, params, strlen(params)),
                         .created_at_us = clock_now_us(&w->clock),
                         .expires_at_us = expires_at_us}};
    if (strcmp(topic, "erased_person") == 0) {
        news.item.person_id = ERASED;
        news.item.topic = (struct store_text){"welcome", 7};
    }
    assert_int_equal(store_write_sync(w->store, tell_in_tx, &news, 0), ERR_OK);
    arena_free(arena);
    return id;
}

static void expand(struct world *w)
{
    bool more = true;
    while (more) {
        assert_int_equal(notify_expand(w->notify, &more), ERR_OK);
    }
}

static void deliver(struct world *w)
{
    const enum notify_channel channels[] = {NOTIFY_SMS, NOTIFY_EMAIL};
    for (size_t i = 0; i < 2; i++) {
        bool more = true;
        while (more) {
            assert_int_equal(notify_deliver(w->notify, channels[i], &more), ERR_OK);
        }
    }
}

/* ---- looking ---- */

struct look {
    struct world *w;
    struct notify_page page;
    int64_t message_id, person_id, unread, last_seq;
    size_t count, delivery_count;
    struct arena *arena;
    struct notify_message messages[NOTIFY_LIST_MAX], one;
    struct notify_delivery deliveries[NOTIFY_DELIVERIES_MAX];
    struct notify_stats stats;
    enum err get_err;
};

static enum err look_in_read(struct store_tx *tx, void *arg)
{
    struct look *look = arg;
    enum err err =
        notify_list(tx, look->w->notify, &look->page, look->arena, look->messages, &look->count);
    if (err == ERR_OK) {
        err = notify_counts(tx, look->person_id, &look->unread, &look->last_seq);
    }
    if (err == ERR_OK) {
        err = notify_stats(tx, &look->stats);
    }
    if (err == ERR_OK && look->message_id != 0) {
        err = notify_deliveries(tx, look->person_id, look->message_id, look->deliveries,
                                &look->delivery_count);
        look->get_err = notify_get(tx, look->w->notify, look->person_id, look->message_id,
                                   NOTIFY_EN, look->arena, &look->one);
    }
    return err;
}

static struct look look_at(struct world *w, int64_t person_id, int64_t message_id)
{
    struct look look = {.w = w,
                        .person_id = person_id,
                        .message_id = message_id,
                        .page = {.person_id = person_id,
                                 .language = NOTIFY_EN,
                                 .before_seq = INT64_MAX,
                                 .count_max = 10},
                        .arena = arena_create((size_t)8 << 20)};
    assert_int_equal(store_read(w->store, look_in_read, &look), ERR_OK);
    return look;
}

static void look_done(struct look *look)
{
    arena_free(look->arena);
}

static const char *const device_params =
    "device=Chrome on Linux\nplace=Berlin\nat=1795320000000000\n";

static void news_reaches_the_app_and_every_way(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    expand(w);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.count, 1);
    assert_int_equal(look.unread, 1);
    assert_int_equal(look.stats.sms_waiting, 1);
    assert_int_equal(look.stats.email_waiting, 1);
    assert_string_equal(look.messages[0].title, "New sign-in: Chrome on Linux");
    assert_string_equal(
        look.messages[0].text,
        "Your account was opened on a new device: Chrome on Linux, Berlin, 2026-11-22 12:00.");
    look_done(&look);
    deliver(w);
    deliver(w);
    assert_int_equal(w->sms.count, 1);
    assert_int_equal(w->email.count, 1);
    assert_string_equal(w->sms.sent[0].to, "+8613800000001");
    assert_string_equal(w->email.sent[0].to, "li@mail.test");
    assert_string_equal(w->email.sent[0].subject, "New sign-in: Chrome on Linux");
    look = look_at(w, PERSON, id);
    assert_non_null(strstr(w->sms.sent[0].text, look.messages[0].code));
    assert_non_null(strstr(w->email.sent[0].text, look.messages[0].code));
    assert_int_equal(look.delivery_count, 2);
    assert_int_equal(look.deliveries[0].state, NOTIFY_SENT);
    assert_int_equal(look.stats.outbox_waiting + look.stats.sms_waiting, 0);
    look_done(&look);
}

static void a_failing_way_is_tried_until_its_time_is_over(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    w->sms.outcome = TRANSPORT_NOT_SENT;
    expand(w);
    for (int i = 0; i < 200 && w->sms.count < SENT_MAX - 1; i++) {
        deliver(w);
        clock_advance(&w->clock, 3600 * SECOND_US);
    }
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].channel, NOTIFY_SMS);
    assert_int_equal(look.deliveries[0].attempts, w->sms.count);
    assert_string_equal(look.deliveries[0].problem, "http_503");
    look_done(&look);
    clock_advance(&w->clock, 4 * DAY_US);
    deliver(w);
    look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state, NOTIFY_GIVEN_UP);
    assert_int_equal(w->email.count, 1); /* the other way did not suffer */
    for (size_t i = 1; i < w->sms.count; i++) {
        assert_string_equal(w->sms.sent[i].id, w->sms.sent[0].id);
    }
    look_done(&look);
}

static void an_unknown_outcome_is_sent_again_with_its_id(void **state)
{
    struct world *w = *state;
    tell(w, "new_device", device_params, 0);
    expand(w);
    w->sms.outcome = TRANSPORT_UNKNOWN;
    deliver(w);
    deliver(w); /* not before its pause */
    assert_int_equal(w->sms.count, 1);
    w->sms.outcome = TRANSPORT_SENT;
    clock_advance(&w->clock, 5 * SECOND_US);
    deliver(w);
    assert_int_equal(w->sms.count, 2);
    assert_string_equal(w->sms.sent[0].id, w->sms.sent[1].id);
    assert_string_equal(w->sms.sent[0].text, w->sms.sent[1].text);
}

static void what_is_refused_is_not_tried_again(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    w->sms.outcome = TRANSPORT_REFUSED;
    expand(w);
    deliver(w);
    clock_advance(&w->clock, DAY_US);
    deliver(w);
    assert_int_equal(w->sms.count, 1);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state, NOTIFY_REFUSED);
    look_done(&look);
}

/* While one process sends, its claim runs out and another sends and settles; then the first comes
 * back with a worse word, which changes nothing. Both sent under one id. */
static enum transport_outcome sleepy_send(void *ctx, const struct transport_message *message,
                                          char problem[TRANSPORT_PROBLEM_MAX])
{
    struct world *w = ctx;
    bool more;
    clock_advance(&w->clock, 3600 * SECOND_US);
    assert_int_equal(notify_deliver(w->notify, NOTIFY_SMS, &more), ERR_OK);
    assert_int_equal(w->sms.count, 1);
    (void)way_send(&w->sms, message, problem);
    return TRANSPORT_NOT_SENT;
}

static void a_late_process_settles_nothing(void **state)
{
    struct world *w = *state;
    struct notify *sleepy;
    int64_t id = tell(w, "new_device", device_params, 0);
    bool more;
    expand(w);
    sleepy = notify_open(&(struct notify_config){.store = w->store,
                                                 .clock = &w->clock,
                                                 .ids = &w->ids,
                                                 .port = port_of(w),
                                                 .sms = {.ctx = w, .send = sleepy_send}});
    assert_int_equal(notify_deliver(sleepy, NOTIFY_SMS, &more), ERR_OK);
    notify_close(sleepy);
    assert_int_equal(w->sms.count, 2);
    assert_string_equal(w->sms.sent[0].id, w->sms.sent[1].id);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state, NOTIFY_SENT);
    look_done(&look);
}

/* Dies while it sends: on SQLite, where the next process is alone, nothing waits for the claim. */
static enum transport_outcome dying_send(void *ctx, const struct transport_message *message,
                                         char problem[TRANSPORT_PROBLEM_MAX])
{
    struct world *w = ctx;
    bool more;
    (void)way_send(&w->sms, message, problem);
    assert_int_equal(notify_deliver(w->notify, NOTIFY_SMS, &more), ERR_OK);
    assert_int_equal(w->sms.count, 1);
    assert_int_equal(notify_recover(w->notify), ERR_OK);
    assert_int_equal(notify_deliver(w->notify, NOTIFY_SMS, &more), ERR_OK);
    assert_int_equal(w->sms.count, backend_of_run == STORE_SQLITE ? 2 : 1);
    return TRANSPORT_NOT_SENT; /* of a process that is no more: changes nothing on SQLite */
}

static void a_start_takes_over_what_died(void **state)
{
    struct world *w = *state;
    struct notify *dying =
        notify_open(&(struct notify_config){.store = w->store,
                                            .clock = &w->clock,
                                            .ids = &w->ids,
                                            .port = port_of(w),
                                            .sms = {.ctx = w, .send = dying_send}});
    int64_t id = tell(w, "new_device", device_params, 0);
    bool more;
    expand(w);
    assert_int_equal(notify_deliver(dying, NOTIFY_SMS, &more), ERR_OK);
    notify_close(dying);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state,
                     backend_of_run == STORE_SQLITE ? NOTIFY_SENT : NOTIFY_WAITING);
    look_done(&look);
}

static void a_stopping_process_sends_nothing(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    expand(w);
    notify_stop(w->notify);
    deliver(w);
    assert_int_equal(w->sms.count + w->email.count, 0);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state, NOTIFY_WAITING);
    look_done(&look);
}

static void a_secret_is_gone_once_sent(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "one_time_code", "code=123456\npurpose=sign_in\nminutes=5\n",
                      START_US + 300 * SECOND_US);
    expand(w);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.count, 0); /* never in the app */
    assert_int_equal(look.unread, 0);
    assert_int_equal(look.delivery_count, 1);
    assert_int_equal(look.get_err, ERR_OK);
    assert_int_equal(look.deliveries[0].give_up_at_us, START_US + 300 * SECOND_US);
    look_done(&look);
    deliver(w);
    assert_int_equal(w->sms.count + w->email.count, 1);
    assert_non_null(strstr(w->sms.sent[0].text, "123456"));
    w->open_params_err = ERR_VAULT_SEAL_BROKEN; /* nothing is left to open */
    look = look_at(w, PERSON, id);
    assert_int_equal(look.get_err, ERR_OK);
    look_done(&look);
}

static void a_code_too_late_is_not_sent(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "one_time_code", "code=123456\npurpose=sign_in\nminutes=5\n",
                      START_US + 300 * SECOND_US);
    expand(w);
    clock_advance(&w->clock, 300 * SECOND_US);
    deliver(w);
    assert_int_equal(w->sms.count + w->email.count, 0);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.deliveries[0].state, NOTIFY_GIVEN_UP);
    look_done(&look);
}

static void what_cannot_be_opened_waits(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "money_in", "amount=100000 CNY\nbalance=1 CNY\nat=0\ntransfer=tr_1\n", 0);
    bool more;
    w->open_params_err = ERR_VAULT_KEY_INVALID;
    assert_int_equal(notify_expand(w->notify, &more), ERR_VAULT_KEY_INVALID);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.get_err, ERR_MESSAGE_NOT_FOUND);
    assert_int_equal(look.stats.outbox_waiting, 1);
    look_done(&look);
    w->open_params_err = ERR_OK;
    clock_advance(&w->clock, 5 * SECOND_US);
    expand(w);
    w->open_params_err = ERR_VAULT_KEY_INVALID;
    deliver(w);
    assert_int_equal(w->sms.count, 0);
    w->open_params_err = ERR_OK;
    clock_advance(&w->clock, 5 * SECOND_US);
    deliver(w);
    assert_int_equal(w->sms.count, 1);
}

static void unknown_topics_and_people_stop_nobody(void **state)
{
    struct world *w = *state;
    tell(w, "topic_of_tomorrow", "", 0);
    tell(w, "erased_person", "", 0);
    int64_t id = tell(w, "new_device", device_params, 0);
    expand(w);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.get_err, ERR_OK);
    assert_int_equal(look.stats.outbox_waiting,
                     1); /* the topic of tomorrow waits for its program */
    look_done(&look);
    look = look_at(w, ERASED, 0);
    assert_int_equal(look.count, 0);
    look_done(&look);
}

/* ---- what people do ---- */

struct act {
    struct world *w;
    int64_t person_id, message_id, to_seq, count, at_us;
    const char *code, *phrase;
    struct notify_preferences preferences;
    struct notify_sent sent;
    bool first, changed;
    enum { MARK, MARK_TO, NOT_ME, FIND, PUT } what;
};

static enum err act_in_tx(struct store_tx *tx, void *arg)
{
    struct act *act = arg;
    switch (act->what) {
    case MARK:
        return notify_mark_read(tx, act->person_id, act->message_id);
    case MARK_TO:
        return notify_mark_read_to(tx, act->person_id, act->to_seq, &act->count);
    case NOT_ME:
        return notify_not_me(tx, act->person_id, act->message_id, &act->first, &act->at_us);
    case FIND:
        return notify_find_code(tx, act->w->notify, act->code, strlen(act->code), &act->sent);
    case PUT:
        return notify_preferences_put(tx, act->w->notify, act->person_id, &act->preferences,
                                      act->phrase, &act->changed);
    }
    return ERR_INTERNAL;
}

static enum err act(struct world *w, struct act *act)
{
    act->w = w;
    return store_write_sync(w->store, act_in_tx, act, 0);
}

static void reading_is_counted_per_person(void **state)
{
    struct world *w = *state;
    int64_t ids[3];
    for (size_t i = 0; i < 3; i++) {
        ids[i] = tell(w, "new_device", device_params, 0);
        expand(w);
    }
    struct act mark = {.person_id = PERSON, .message_id = ids[1], .what = MARK};
    assert_int_equal(act(w, &mark), ERR_OK);
    mark.person_id = ERASED;
    assert_int_equal(act(w, &mark), ERR_MESSAGE_NOT_FOUND);
    struct look look = look_at(w, PERSON, ids[1]);
    assert_int_equal(look.unread, 2);
    assert_int_equal(look.last_seq, 3);
    assert_int_equal(look.messages[0].message_id, ids[2]); /* newest first */
    assert_int_equal(look.one.read_at_us, START_US);
    look_done(&look);
    look = look_at(w, ERASED, ids[1]);
    assert_int_equal(look.get_err, ERR_MESSAGE_NOT_FOUND);
    look_done(&look);
    struct act all = {.person_id = PERSON, .to_seq = 2, .what = MARK_TO};
    assert_int_equal(act(w, &all), ERR_OK);
    assert_int_equal(all.count, 1);
    look = look_at(w, PERSON, 0);
    assert_int_equal(look.unread, 1);
    look_done(&look);
}

static void a_code_finds_its_message_and_stops_it(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    int64_t other = tell(w, "welcome", "", 0);
    expand(w);
    struct look look = look_at(w, PERSON, id);
    struct act find = {.code = look.one.code, .what = FIND};
    assert_int_equal(act(w, &find), ERR_OK);
    assert_int_equal(find.sent.message_id, id);
    assert_int_equal(find.sent.person_id, PERSON);
    look_done(&look);
    struct act none = {.code = "00000-00000", .what = FIND};
    assert_int_equal(act(w, &none), ERR_MESSAGE_CODE_UNKNOWN);
    none.code = "not a code";
    assert_int_equal(act(w, &none), ERR_MESSAGE_CODE_UNKNOWN);
    struct act not_me = {.person_id = PERSON, .message_id = id, .what = NOT_ME};
    assert_int_equal(act(w, &not_me), ERR_OK);
    assert_true(not_me.first);
    assert_int_equal(act(w, &not_me), ERR_OK);
    assert_false(not_me.first);
    assert_int_equal(not_me.at_us, START_US);
    not_me.message_id = other;
    assert_int_equal(act(w, &not_me), ERR_MESSAGE_NOT_CONTESTABLE);
    not_me.person_id = ERASED;
    assert_int_equal(act(w, &not_me), ERR_MESSAGE_NOT_FOUND);
}

static void preferences_and_phrase_take_effect(void **state)
{
    struct world *w = *state;
    struct act put = {.person_id = PERSON, .phrase = "blue boat", .what = PUT};
    notify_preferences_default(&put.preferences);
    put.preferences.choices = 0;
    put.preferences.utc_offset_min = 0;
    assert_int_equal(act(w, &put), ERR_OK);
    assert_true(put.changed);
    put.phrase = NULL; /* stays */
    assert_int_equal(act(w, &put), ERR_OK);
    assert_false(put.changed);
    tell(w, "money_out", "amount=99999999 CNY\nbalance=1 CNY\nat=0\ntransfer=tr_1\n", 0);
    tell(w, "new_device", device_params, 0);
    expand(w);
    deliver(w);
    assert_int_equal(w->sms.count, 1); /* money by SMS is off, security never */
    assert_non_null(strstr(w->email.sent[0].text, "Your phrase: blue boat"));
    assert_non_null(strstr(w->email.sent[0].text, "2026-11-22 04:00"));
    put.phrase = "two\nlines";
    assert_int_equal(act(w, &put), ERR_PREFERENCES_INVALID);
    put.phrase = "\xff";
    assert_int_equal(act(w, &put), ERR_PREFERENCES_INVALID);
    put.phrase = NULL;
    put.preferences.choices = 4096;
    assert_int_equal(act(w, &put), ERR_PREFERENCES_INVALID);
}

static void old_deliveries_are_forgotten(void **state)
{
    struct world *w = *state;
    int64_t id = tell(w, "new_device", device_params, 0);
    bool more = true;
    expand(w);
    deliver(w);
    clock_advance(&w->clock, NOTIFY_KEEP_US + SECOND_US);
    assert_int_equal(notify_prune(w->notify, &more), ERR_OK);
    assert_false(more);
    struct look look = look_at(w, PERSON, id);
    assert_int_equal(look.delivery_count, 0);
    assert_int_equal(look.get_err, ERR_OK); /* the message itself stays */
    look_done(&look);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
        T(news_reaches_the_app_and_every_way),
        T(a_failing_way_is_tried_until_its_time_is_over),
        T(an_unknown_outcome_is_sent_again_with_its_id),
        T(what_is_refused_is_not_tried_again),
        T(a_late_process_settles_nothing),
        T(a_start_takes_over_what_died),
        T(a_stopping_process_sends_nothing),
        T(a_secret_is_gone_once_sent),
        T(a_code_too_late_is_not_sent),
        T(what_cannot_be_opened_waits),
        T(unknown_topics_and_people_stop_nobody),
        T(reading_is_counted_per_person),
        T(a_code_finds_its_message_and_stops_it),
        T(preferences_and_phrase_take_effect),
        T(old_deliveries_are_forgotten),
#undef T
    };
    if (argc != 2 || (strcmp(argv[1], "sqlite") != 0 && strcmp(argv[1], "postgres") != 0)) {
        fprintf(stderr, "usage: %s sqlite|postgres\n", argv[0]);
        return 2;
    }
    backend_of_run = strcmp(argv[1], "sqlite") == 0 ? STORE_SQLITE : STORE_POSTGRES;
    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
