/* notify.h — news becomes messages, and messages reach people.
 *
 * Purpose: takes what modules put into the outbox (store/outbox.h), decides by topic and
 * preferences where it goes (route.h), keeps the message for the app, and delivers it by SMS and
 * e-mail through transports: tried again with growing pauses until its time is over, each attempt
 * under the same id. Every state is visible.
 *
 * At least once, and each effect once: the row of the outbox becomes a message in one transaction
 * (its id is the outbox row's), a delivery is claimed for a while before it is sent and settled
 * afterwards. A process that dies in between leaves a claim that runs out; the delivery is then
 * sent again with the id that the receiver has seen.
 *
 * notify knows no people and opens no seal itself: what it needs of them comes through notify_port.
 *
 * Non-goals: when to tell (the modules), texts (catalogue.h), who may see a message (api).
 * Threads: everything may be called from any thread; one at a time per channel delivers.
 * Locks: none. Texts and addresses in memory are wiped after use. */
#ifndef JN_NOTIFY_NOTIFY_H
#define JN_NOTIFY_NOTIFY_H

#include "core/arena.h"
#include "core/clock.h"
#include "core/ids.h"
#include "notify/catalogue.h"
#include "notify/render.h"
#include "notify/route.h"
#include "notify/transport.h"
#include "store/store.h"

struct notify_person {
    bool reachable; /* false: erased or unknown; nothing is told */
    enum notify_language language;
};

/* What others know. All run inside the transaction given; texts go into the arena. A person who is
 * gone: ERR_NOTIFY_PERSON_GONE. */
struct notify_port {
    void *ctx;
    enum err (*person)(void *ctx, struct store_tx *tx, int64_t person_id,
                       struct notify_person *ret);
    /* Oldest first, those in use and those merely claimed; at most NOTIFY_CONTACTS_MAX. With
     * only_id: that one, even if it was just removed, or none. */
    enum err (*contacts)(void *ctx, struct store_tx *tx, int64_t person_id, int64_t only_id,
                         struct notify_contact *ret, size_t *ret_count);
    enum err (*open_address)(void *ctx, struct store_tx *tx, int64_t person_id, int64_t contact_id,
                             struct arena *arena, const char **ret);
    /* The parameters of a message, sealed by who put it into the outbox. `for_self`: the person
     * looks at it themselves. */
    enum err (*open_params)(void *ctx, struct store_tx *tx, int64_t person_id, int64_t message_id,
                            struct store_blob sealed, bool for_self, struct arena *arena,
                            struct store_blob *ret);
    enum err (*open_phrase)(void *ctx, struct store_tx *tx, int64_t person_id,
                            struct store_blob sealed, bool for_self, struct arena *arena,
                            const char **ret);
    enum err (*seal_phrase)(void *ctx, struct store_tx *tx, int64_t person_id, const char *phrase,
                            struct arena *arena, struct store_blob *ret);
    /* A keyed hash of a message's id: its code. */
    void (*message_mac)(void *ctx, int64_t message_id, struct sha256_hash *ret);
    /* A keyed hash of a code's text: what is stored of it. */
    void (*code_index)(void *ctx, const char *code, struct sha256_hash *ret);
};

struct notify_config {
    struct store *store;
    const struct clock *clock;
    struct id_source *ids;
    struct notify_port port;
    struct transport sms, email; /* send NULL: there is none, deliveries wait and give up */
};
struct notify;
/* Transports become notify's. Everything else outlives it. */
struct notify *notify_open(const struct notify_config *config);
/* Before the workers of this process: SQLite, where it is alone, gives back what a process that
 * died was working on; elsewhere its claims run out by themselves. */
JN_MUST_USE enum err notify_recover(struct notify *notify);
/* From here on nothing more is sent; a batch under way gives back what it has not sent. */
void notify_stop(struct notify *notify);
void notify_close(struct notify *notify); /* NULL is fine */

/* ---- workers: each does one batch; *ret_more: there may be more at once ---- */

/* Outbox rows become messages and deliveries. A topic that the catalogue does not have is logged
 * and looked at again in an hour. */
JN_MUST_USE enum err notify_expand(struct notify *notify, bool *ret_more);
/* Sends what is due on one channel, NOTIFY_SMS or NOTIFY_EMAIL. */
JN_MUST_USE enum err notify_deliver(struct notify *notify, enum notify_channel channel,
                                    bool *ret_more);
/* Forgets handled outbox rows after OUTBOX_KEEP_US and settled deliveries after NOTIFY_KEEP_US. */
#define NOTIFY_KEEP_US (INT64_C(180) * 24 * 3600 * 1000000)
JN_MUST_USE enum err notify_prune(struct notify *notify, bool *ret_more);

/* ---- what people see; in a transaction; texts live in the arena ---- */

struct notify_message {
    int64_t message_id, seq;
    const struct notify_topic
        *topic; /* NULL: of a catalogue that is no more; the texts are empty */
    const char *title, *text;
    const char *code; /* "ABCDE-FGHJK" */
    int64_t created_at_us, read_at_us, not_me_at_us;
};
#define NOTIFY_LIST_MAX 100
struct notify_page {
    int64_t person_id;
    enum notify_language language;
    int64_t before_seq; /* newest first from there; INT64_MAX: the newest. 0: use after_seq */
    int64_t after_seq;  /* oldest first from there */
    uint32_t count_max; /* 1..NOTIFY_LIST_MAX */
};
JN_MUST_USE enum err notify_list(struct store_tx *tx, struct notify *notify,
                                 const struct notify_page *page, struct arena *arena,
                                 struct notify_message *ret, size_t *ret_count);
/* Also a message that is not shown in the app. ERR_MESSAGE_NOT_FOUND (also another person's). */
JN_MUST_USE enum err notify_get(struct store_tx *tx, struct notify *notify, int64_t person_id,
                                int64_t message_id, enum notify_language language,
                                struct arena *arena, struct notify_message *ret);
JN_MUST_USE enum err notify_counts(struct store_tx *tx, int64_t person_id, int64_t *ret_unread,
                                   int64_t *ret_last_seq);
/* The first time counts. ERR_MESSAGE_NOT_FOUND. */
JN_MUST_USE enum err notify_mark_read(struct store_tx *tx, int64_t person_id, int64_t message_id);
JN_MUST_USE enum err notify_mark_read_to(struct store_tx *tx, int64_t person_id, int64_t to_seq,
                                         int64_t *ret_count);

enum notify_delivery_state {
    NOTIFY_WAITING = 1,
    NOTIFY_SENT = 2,
    NOTIFY_REFUSED = 3,
    NOTIFY_GIVEN_UP = 4,
};
#define NOTIFY_DELIVERIES_MAX 32
struct notify_delivery {
    int64_t delivery_id, contact_id;
    enum notify_channel channel;
    enum notify_delivery_state state;
    int64_t attempts;
    char problem[TRANSPORT_PROBLEM_MAX];
    int64_t due_at_us, give_up_at_us;
    int64_t done_at_us; /* 0: waiting */
};
/* `ret` holds NOTIFY_DELIVERIES_MAX. */
JN_MUST_USE enum err notify_deliveries(struct store_tx *tx, int64_t person_id, int64_t message_id,
                                       struct notify_delivery *ret, size_t *ret_count);

/* ---- "it was not me", and whether we sent it ---- */

struct notify_sent {
    int64_t person_id, message_id;
    const struct notify_topic *topic; /* NULL: of a catalogue that is no more */
    int64_t created_at_us;
};
/* The message that carries this code, as people type it. ERR_MESSAGE_CODE_UNKNOWN. */
JN_MUST_USE enum err notify_find_code(struct store_tx *tx, struct notify *notify, const char *text,
                                      size_t length, struct notify_sent *ret);
/* Writes it down; *ret_first: this was the first time. ERR_MESSAGE_NOT_FOUND (also another
 * person's), ERR_MESSAGE_NOT_CONTESTABLE (the topic offers no such thing). *ret_at_us: when it was
 * first said. What follows from it is the caller's, in the same transaction. */
JN_MUST_USE enum err notify_not_me(struct store_tx *tx, int64_t person_id, int64_t message_id,
                                   bool *ret_first, int64_t *ret_at_us);

/* ---- preferences ---- */

#define NOTIFY_PHRASE_MAX 120 /* bytes */
/* The defaults where the person chose nothing. *ret_phrase (may be NULL with arena NULL): NULL when
 * there is none. */
JN_MUST_USE enum err notify_preferences_get(struct store_tx *tx, struct notify *notify,
                                            int64_t person_id, struct arena *arena,
                                            struct notify_preferences *ret,
                                            const char **ret_phrase);
/* As a whole. phrase NULL: as it was; "": none. ERR_PREFERENCES_INVALID. *ret_phrase_changed: tell
 * the person. */
JN_MUST_USE enum err notify_preferences_put(struct store_tx *tx, struct notify *notify,
                                            int64_t person_id,
                                            const struct notify_preferences *preferences,
                                            const char *phrase, bool *ret_phrase_changed);

struct notify_stats {
    int64_t outbox_waiting, sms_waiting, email_waiting;
    int64_t oldest_us; /* of all of them; 0: nothing waits */
};
JN_MUST_USE enum err notify_stats(struct store_tx *tx, struct notify_stats *ret);

#endif
