/* levels_json.h — what the endpoints of levels, verification and cards share: the level of a
 * person, and how their objects look as JSON. */
#ifndef JN_API_LEVELS_JSON_H
#define JN_API_LEVELS_JSON_H

#include "api/api_app.h"
#include "identity/cards.h"
#include "identity/verification.h"
#include "policy/bins.h"
#include "policy/limits.h"

/* The level that the person's sources reach; 0: none. */
JN_MUST_USE enum err api_level_of(struct store_tx *tx, const struct pack *pack,
                                  struct person_id person, uint32_t *ret);
/* "II"; "" for 0. */
const char *api_level_code(const struct pack *pack, uint32_t level);

/* One check with its review. */
struct api_verification_view {
    struct verification verification;
    struct review review; /* with has_review */
    bool has_review;
};
JN_MUST_USE enum err api_verification_view(struct store_tx *tx,
                                           const struct verification *verification,
                                           struct api_verification_view *ret);
void api_verification_json(struct json_out *out, const char *key,
                           const struct api_verification_view *view);
void api_card_json(struct json_out *out, const char *key, const struct bins *bins,
                   const struct card *card);
void api_own_limit_json(struct json_out *out, const char *key, int operation, int period,
                        const struct own_limit *own);
/* The day of that moment in the pack's time zone, YYYYMMDD as a number. */
int32_t api_today(const struct pack *pack, int64_t now_us);

/* News of what was decided about a person, in the same transaction. outbox_id was drawn before. */
JN_MUST_USE enum err api_tell_verification(struct store_tx *tx, struct vault *vault,
                                           const struct pack *pack,
                                           const struct verification_effect *effect,
                                           int64_t outbox_id);
/* card_bound or card_removed. */
JN_MUST_USE enum err api_tell_card(struct store_tx *tx, struct vault *vault, const char *topic,
                                   const struct card *card, int64_t outbox_id);

#endif
