/* signin.c — see signin.h. */
#include "identity/signin.h"

#include <string.h>

#include "core/buf.h"
#include "core/kv.h"
#include "identity/attempts.h"
#include "identity/recovery_codes.h"
#include "identity/staff.h"
#include "identity/tell.h"
#include "identity/totps.h"

#define MINUTE_US  INT64_C(60000000)
#define HOUR_US    (60 * MINUTE_US)
#define TELL_EVERY 5 /* wrong attempts */
#define SIGNIN_FACTORS                                                                             \
    (FACTOR_BIT(FACTOR_TOTP) | FACTOR_BIT(FACTOR_PASSKEY) | FACTOR_BIT(FACTOR_RECOVERY_CODE))

static const struct attempt_rule person_rule = {.kind = ATTEMPT_SIGN_IN_PERSON,
                                                .window_us = 24 * HOUR_US,
                                                .free_count = 5,
                                                .pause_us = MINUTE_US,
                                                .pause_max_us = HOUR_US};
/* Many people may sit behind one address; one who tries many people is slowed all the same. */
static const struct attempt_rule address_rule = {.kind = ATTEMPT_SIGN_IN_ADDRESS,
                                                 .window_us = HOUR_US,
                                                 .free_count = 100,
                                                 .pause_us = MINUTE_US / 6,
                                                 .pause_max_us = 10 * MINUTE_US};

static const struct sha256_hash no_address;

void signin_wipe(struct signin *signin)
{
    secret_wipe(&signin->value, sizeof(signin->value));
    secret_wipe(signin->password, sizeof(signin->password));
    secret_wipe(&signin->hash, sizeof(signin->hash));
    secret_wipe(&signin->rehashed, sizeof(signin->rehashed));
    secret_wipe(&signin->token, sizeof(signin->token));
    secret_wipe(signin->device.fresh, sizeof(signin->device.fresh));
}

/* ---- before ---- */

static void subject_of_person(const struct vault *vault, struct person_id person,
                              struct sha256_hash *ret)
{
    char text[16] = "sign-in ";

    memcpy(text + 8, &person.v, sizeof(person.v));
    vault_index(vault, VAULT_INDEX_OTHER, (struct store_text){text, sizeof(text)}, ret);
}

/* What is counted: the person, or for an unknown contact the contact itself. */
static void subject_of(const struct vault *vault, const struct signin *signin,
                       struct sha256_hash *ret)
{
    if (signin->known) {
        subject_of_person(vault, signin->person, ret);
    } else {
        contact_index(vault, &signin->value, ret);
    }
}

enum err signin_attempt(struct store_tx *tx, const struct vault *vault, struct person_id person,
                        int64_t *ret_until_us)
{
    struct sha256_hash subject;

    subject_of_person(vault, person, &subject);
    return attempt_count(tx, &person_rule, &subject, NULL, ret_until_us);
}

enum err signin_forgive(struct store_tx *tx, const struct vault *vault, struct person_id person)
{
    struct sha256_hash subject;

    subject_of_person(vault, person, &subject);
    return attempt_clear(tx, ATTEMPT_SIGN_IN_PERSON, &subject);
}

static enum err load_password(struct store_tx *tx, struct signin *signin)
{
    struct password_row row;
    bool found = false;
    enum err err = password_get(tx, signin->person, &row, &found);

    if (err == ERR_OK && found) {
        signin->hash = row.hash;
    } else {
        signin->known = false;
    }
    return err;
}

enum err signin_prepare(struct store_tx *tx, struct vault *vault, struct signin *signin,
                        struct signin_result *ret)
{
    struct contact contact = {0};
    enum err err;

    memset(ret, 0, sizeof(*ret));
    signin->known = false;
    err = contact_find(tx, vault, signin->kind, &signin->value, &contact, &signin->known);
    if (err != ERR_OK) {
        return err;
    }
    signin->person = contact.person; /* 0 when unknown */
    subject_of(vault, signin, &signin->subject);
    if (!hash_equal(&signin->address_index, &no_address)) {
        err = attempt_count(tx, &address_rule, &signin->address_index, NULL, &ret->until_us);
    }
    if (err == ERR_OK) {
        err = attempt_count(tx, &person_rule, &signin->subject, &signin->count, &ret->until_us);
    }
    return err == ERR_OK ? load_password(tx, signin) : err;
}

/* ---- on the hash pool ---- */

void signin_compare(const struct vault *vault, struct signin *signin)
{
    struct sha256_hash peppered;

    if (!signin->known) {
        password_hash_of_nobody(&signin->hash);
    }
    password_pepper(vault, signin->person, signin->password, signin->password_length, &peppered);
    signin->matches = password_matches(&signin->hash, &peppered) && signin->known;
    signin->has_rehashed = signin->matches && password_needs_rehash(&signin->hash) &&
                           password_hash(&peppered, &signin->rehashed) == ERR_OK;
    secret_wipe(&peppered, sizeof(peppered));
}

/* ---- after ---- */

static enum err tell_attempts(struct store_tx *tx, struct vault *vault, const struct signin *signin)
{
    struct tell tell = {.outbox_id = signin->notice_ids[0],
                        .person = signin->person,
                        .topic = "sign_in_attempts",
                        .about = signin->notice_ids[0]};
    struct buf params;
    enum err err;

    buf_init(&params, 256);
    kv_add_i64(&params, "count", signin->count);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

static enum err lock_person(struct store_tx *tx, const struct signin *signin)
{
    const struct lock_new lock = {.id = signin->lock_id,
                                  .person = signin->person,
                                  .why = "too_many_attempts",
                                  .by = LOCK_BY_SYSTEM,
                                  .until_us = store_tx_now_us(tx) + SIGNIN_LOCK_US};
    struct lock_id id;

    return locks_put(tx, &lock, &id);
}

static enum err was_wrong(struct store_tx *tx, struct vault *vault, const struct signin *signin)
{
    enum err err = ERR_OK;

    if (!signin->known) {
        return ERR_OK;
    }
    if (signin->count % TELL_EVERY == 0) {
        err = tell_attempts(tx, vault, signin);
    }
    if (err == ERR_OK && signin->count == SIGNIN_LOCK_COUNT) {
        err = lock_person(tx, signin);
    }
    return err;
}

static enum err tell_device(struct store_tx *tx, struct vault *vault, const struct signin *signin,
                            struct device_id device)
{
    struct tell tell = {.outbox_id = signin->notice_ids[1],
                        .person = signin->person,
                        .topic = "new_device",
                        .about = device.v};
    struct buf params;
    enum err err;

    buf_init(&params, 512);
    kv_add_str(&params, "device", signin->device.name);
    kv_add_str(&params, "place", signin->place);
    kv_add_i64(&params, "at", store_tx_now_us(tx));
    tell.params = &params;
    err = identity_tell(tx, vault, &tell);
    buf_done(&params);
    return err;
}

/* What the session is to be: full, or only good to show the factor that is missing. */
static enum err decide(struct store_tx *tx, const struct person *person, struct session_new *new,
                       struct signin_result *ret)
{
    struct factor_counts counts;
    enum err err;

    ret->verdict = ERR_OK;
    switch (person->state) {
    case PERSON_PENDING:
        new->level = SESSION_SIGNING_UP;
        return ERR_OK;
    case PERSON_ACTIVE:
    case PERSON_CLOSING:
        new->level = SESSION_FULL;
        break;
    case PERSON_ERASED:
        ret->verdict = ERR_SIGN_IN_WRONG;
        return ERR_OK;
    }
    err = factors_count(tx, person->id, &counts);
    if (err == ERR_OK && factors_second_count(&counts) > 0) {
        new->level = SESSION_SIGNING_IN;
        ret->factors = factors_held(&counts) & SIGNIN_FACTORS;
    } else if (err == ERR_OK && person->kind == PERSON_STAFF) {
        ret->verdict = ERR_SIGN_IN_FACTOR_NEEDED;
    }
    return err;
}

static enum err begin_session(struct store_tx *tx, struct vault *vault, const struct signin *signin,
                              struct session_new *new, struct signin_result *ret)
{
    struct device_seen device = signin->device;
    bool others = false;
    enum err err;

    device.person = signin->person;
    err = device_see(tx, &device, &new->device, &ret->is_new_device);
    if (err == ERR_OK && ret->is_new_device) {
        err = device_has_others(tx, signin->person, new->device, &others);
    }
    if (err == ERR_OK && others) {
        err = tell_device(tx, vault, signin, new->device);
    }
    if (err == ERR_OK) {
        err = session_end_token(tx, &signin->old_token, SESSION_REPLACED);
    }
    if (err == ERR_OK) {
        err = session_start(tx, new, &signin->token);
    }
    return err;
}

static enum err was_right(struct store_tx *tx, struct vault *vault, const struct signin *signin,
                          struct signin_result *ret)
{
    struct session_new new = {.id = signin->session_id,
                              .person = signin->person,
                              .kind = signin->kind,
                              .methods = AUTH_PASSWORD,
                              .place = signin->place};
    struct person person;
    enum err err = person_get(tx, signin->person, &person);

    if (err == ERR_OK) {
        err = decide(tx, &person, &new, ret);
    }
    if (err != ERR_OK || ret->verdict != ERR_OK) {
        return err;
    }
    err = attempt_clear(tx, ATTEMPT_SIGN_IN_PERSON, &signin->subject);
    if (err == ERR_OK && signin->has_rehashed) {
        err = password_rehashed(tx, signin->person, &signin->hash, &signin->rehashed);
    }
    if (err == ERR_OK) {
        err = begin_session(tx, vault, signin, &new, ret);
    }
    return err == ERR_OK ? session_get(tx, signin->person, new.id, &ret->session) : err;
}

enum err signin_complete(struct store_tx *tx, struct vault *vault, const struct signin *signin,
                         struct signin_result *ret)
{
    struct password_row row;
    bool found = false;
    enum err err = ERR_OK;

    ret->verdict = ERR_SIGN_IN_WRONG;
    if (!signin->matches) {
        return was_wrong(tx, vault, signin);
    }
    /* It may have been changed while it was compared. */
    err = password_get(tx, signin->person, &row, &found);
    if (err != ERR_OK || !found || strcmp(row.hash.text, signin->hash.text) != 0) {
        return err;
    }
    return was_right(tx, vault, signin, ret);
}

/* ---- the second factor ---- */

enum err signin_raise(struct store_tx *tx, const struct session *session, uint32_t method,
                      const struct session_token *token)
{
    struct session_change change = {.id = session->id,
                                    .old_token_hash = session->token_hash,
                                    .kind = session->kind,
                                    .level = SESSION_FULL,
                                    .methods = method};
    enum err err = ERR_OK;

    if (session->level == SESSION_FULL || session->level == SESSION_LOCKED ||
        (session->level == SESSION_SIGNING_UP && session->kind != PERSON_STAFF)) {
        return ERR_STEP_DONE;
    }
    if (session->kind == PERSON_STAFF && session->level == SESSION_SIGNING_UP) {
        err = staff_enrolled(tx, session->person);
        if (err == ERR_OK) {
            err = person_set_state(tx, session->person, PERSON_PENDING, PERSON_ACTIVE);
            err = err == ERR_PERSON_NOT_FOUND ? ERR_OK : err; /* enrols anew: active already */
        }
    }
    if (err == ERR_OK && session->kind == PERSON_STAFF) {
        err = staff_capabilities(tx, session->person, &change.capabilities);
    }
    return err == ERR_OK ? session_raise(tx, &change, token) : err;
}

static enum err check_factor(struct store_tx *tx, struct vault *vault,
                             const struct signin_factor *in, enum err *ret_verdict,
                             struct factor_pause *ret_pause)
{
    struct person_id person = in->session->person;
    char code[TOTP_DIGITS + 1] = {0};

    if (in->factor == FACTOR_RECOVERY_CODE) {
        return recovery_code_use(tx, vault, person, in->text, ret_verdict, ret_pause);
    }
    BUG_IF(in->factor != FACTOR_TOTP);
    if (in->text.length == TOTP_DIGITS) {
        memcpy(code, in->text.data, TOTP_DIGITS);
    }
    return totp_use(tx, vault, person, code, ret_verdict, ret_pause);
}

enum err signin_factor(struct store_tx *tx, struct vault *vault, const struct signin_factor *in,
                       enum err *ret_verdict, struct factor_pause *ret_pause)
{
    enum err err = check_factor(tx, vault, in, ret_verdict, ret_pause);

    if (err != ERR_OK || *ret_verdict != ERR_OK) {
        return err;
    }
    return signin_raise(tx, in->session, in->factor == FACTOR_TOTP ? AUTH_TOTP : AUTH_RECOVERY_CODE,
                        &in->token);
}

enum err signin_by_factor(struct store_tx *tx, struct vault *vault,
                          const struct signin_by_factor *by, struct signin_result *ret)
{
    /* What begin_session() reads of a sign-in. */
    const struct signin signin = {.person = by->person,
                                  .token = by->token,
                                  .device = by->device,
                                  .place = by->place,
                                  .notice_ids = {0, by->notice_id},
                                  .old_token = by->old_token};
    struct session_new new = {.id = by->session_id,
                              .person = by->person,
                              .kind = by->kind,
                              .methods = by->method,
                              .place = by->place};
    struct person person;
    enum err err = person_get(tx, by->person, &person);

    if (err != ERR_OK) {
        return err;
    }
    ret->verdict =
        person.kind == by->kind && person.state != PERSON_ERASED ? ERR_OK : ERR_SIGN_IN_WRONG;
    if (ret->verdict != ERR_OK) {
        return ERR_OK;
    }
    new.level = person.state == PERSON_PENDING ? SESSION_SIGNING_UP : SESSION_FULL;
    err = begin_session(tx, vault, &signin, &new, ret);
    return err == ERR_OK ? session_get(tx, by->person, new.id, &ret->session) : err;
}
