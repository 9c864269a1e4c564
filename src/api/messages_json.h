/* messages_json.h — messages and preferences as JSON, and what several endpoints of theirs share.
 */
#ifndef JN_API_MESSAGES_JSON_H
#define JN_API_MESSAGES_JSON_H

#include "api/api_app.h"
#include "identity/locks.h"
#include "notify/notify.h"

enum notify_language api_message_language(const struct http_request *request);
/* A Message; its topic is known. */
void messages_json_message(struct json_out *out, const char *key,
                           const struct notify_message *message);
void messages_json_preferences(struct json_out *out, const struct notify_preferences *preferences,
                               const char *phrase);

/* ---- "it was not me" ---- */

/* One step for the session's and the code's way: the message is marked, the account frozen, other
 * sessions ended, a recovery that goes on stopped, and the person told, all in one transaction.
 * Said again it changes nothing. */
struct api_not_me {
    struct person_id person;
    int64_t message_id;
    struct session_id keep;     /* goes on, limited by the freeze; 0: none */
    struct lock_id lock_id;     /* drawn before */
    int64_t outbox_id;          /* likewise */
    int64_t recovery_notice_id; /* likewise */
    /* answers */
    bool frozen;
    int64_t sessions_ended, said_at_us;
};
/* Draws the ids. */
void api_not_me_init(struct api_not_me *not_me, struct api_app *app);
/* ERR_MESSAGE_NOT_FOUND, ERR_MESSAGE_NOT_CONTESTABLE, store and vault errors. */
JN_MUST_USE enum err api_not_me_run(struct store_tx *tx, struct api_app *app,
                                    struct api_not_me *not_me);
/* Answers 200 with a NotMe. */
void api_not_me_answer(struct http_request *request, const struct api_not_me *not_me);

#endif
