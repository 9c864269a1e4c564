/* mint_people.c — people, staff and their sessions for tests of the API, written straight into a
 * database that `jinnang init` made and nobody serves yet.
 *
 *   mint_people URL DATA_DIR     prints one JSON object: "name": "text" for tokens and ids
 *
 * So the tests of one operation do not depend on how somebody signs in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/approval_kinds.h"
#include "identity/cards.h"
#include "identity/passkeys.h"
#include "identity/people.h"
#include "identity/sessions.h"
#include "identity/staff.h"
#include "identity/stepup.h"
#include "identity/totps.h"
#include "identity/verification.h"

#define DAY_US (24 * INT64_C(3600000000))

struct mint {
    struct store *store;
    struct vault *vault;
    struct clock clock;
    struct id_source ids;
    struct approvals approvals;
    struct arena *arena;
    bool comma;
};

static void must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "mint_people: %s: %s\n", what, err_code(err));
        exit(1);
    }
}

static void say(struct mint *mint, const char *name, const char *suffix, const char *text)
{
    printf("%s\"%s%s\": \"%s\"", mint->comma ? ",\n " : "{", name, suffix, text);
    mint->comma = true;
}

static void say_id(struct mint *mint, const char *name, const char *suffix, const char *prefix,
                   int64_t id)
{
    char text[ID_TEXT_MAX];

    id_format(prefix, id, text);
    say(mint, name, suffix, text);
}

/* ---- one person ---- */

struct person_mint {
    struct mint *mint;
    const char *name;
    enum person_kind kind;
    const char *contact;
    const char *roles; /* of staff */
    enum session_level level;
    uint32_t methods; /* 0: password and TOTP */
    struct person_id person;
    struct contact_id contact_id;
    struct session_id session;
    struct session_token token;
    bool has_factors; /* an authenticator app, a passkey, and a confirmation that waits */
    struct totp_id totp;
    struct passkey_id passkey;
    struct confirmation_id confirmation;
};

static enum err write_staff(struct store_tx *tx, const struct person_mint *p)
{
    const struct vault_place place = {.person = p->person,
                                      .class = VAULT_IDENTITY,
                                      .table = "staff_members",
                                      .column = "name_sealed"};
    struct staff_invitation invitation = {.person = p->person};
    struct staff_secret secret;
    struct staff_role_set roles;
    enum err err = vault_seal_text(tx, p->mint->vault, &place,
                                   (struct store_text){p->name, (uint32_t)strlen(p->name)},
                                   p->mint->arena, &invitation.name_sealed);

    staff_secret_draw(&secret);
    invitation.enrol_hash = secret.hash;
    vault_index(p->mint->vault, VAULT_INDEX_OTHER,
                (struct store_text){p->name, (uint32_t)strlen(p->name)}, &invitation.human_index);
    BUG_IF(!staff_role_set_parse(p->roles, strlen(p->roles), &roles));
    if (err == ERR_OK) {
        err = staff_invite(tx, &invitation);
    }
    if (err == ERR_OK) {
        err = staff_enrolled(tx, p->person);
    }
    return err == ERR_OK ? staff_roles_set(tx, p->person, &roles, (struct person_id){0}) : err;
}

static enum err write_session(struct store_tx *tx, const struct person_mint *p)
{
    uint32_t capabilities = 0;
    enum err err = staff_capabilities(tx, p->person, &capabilities);

    return err != ERR_OK
               ? err
               : session_start(tx,
                               &(struct session_new){.id = p->session,
                                                     .person = p->person,
                                                     .kind = p->kind,
                                                     .level = p->level,
                                                     .capabilities = capabilities,
                                                     .methods = p->methods != 0
                                                                    ? p->methods
                                                                    : AUTH_PASSWORD | AUTH_TOTP,
                                                     .place = "local"},
                               &p->token);
}

static enum err a_pin(const void *arg, const struct stepup_use *use, struct stepup_demand *ret)
{
    (void)arg;
    (void)use;
    *ret = (struct stepup_demand){.strength = 2, .way_count = 1, .ways = {FACTOR_BIT(FACTOR_PIN)}};
    return ERR_OK;
}

static enum err write_confirmation(struct store_tx *tx, const struct person_mint *p)
{
    const struct stepup_policy policy = {.demand = a_pin};
    const struct session session = {.id = p->session, .person = p->person};
    const struct stepup_need need = {.person = p->person,
                                     .session = &session,
                                     .action = STEPUP_QUICK_PAY,
                                     .fresh = p->confirmation};
    struct confirmation made;
    enum err err = stepup_check(tx, p->mint->vault, &policy, &need, &made);

    return err == ERR_CONFIRMATION_REQUIRED ? ERR_OK : err;
}

static enum err write_factors(struct store_tx *tx, const struct person_mint *p)
{
    const struct store_text name = {p->name, (uint32_t)strlen(p->name)};
    struct webauthn_credential credential = {
        .id_length = 16, .algorithm = WEBAUTHN_EDDSA, .public_key_length = 32};
    struct totp_secret secret = {{0}};
    enum err err =
        totp_show(tx, p->mint->vault, &(struct totp_new){p->totp, p->person, name, &secret});

    memcpy(credential.id, &p->person.v, sizeof(p->person.v));
    if (err == ERR_OK) {
        err = passkey_add(tx, p->mint->vault,
                          &(struct passkey_new){p->passkey, p->person, name, &credential});
    }
    return err == ERR_OK ? write_confirmation(tx, p) : err;
}

static enum err write_person(struct store_tx *tx, void *arg)
{
    struct person_mint *p = arg;
    struct contact_value value;
    enum err err = person_create(
        tx, p->mint->vault,
        &(struct person_new){.id = p->person, .kind = p->kind, .language = PERSON_ZH});

    must(contact_normalise(p->contact, strlen(p->contact), &value), p->contact);
    if (err == ERR_OK) {
        err = contact_claim(
            tx, p->mint->vault,
            &(struct contact_new){
                .id = p->contact_id, .person = p->person, .kind = p->kind, .value = &value});
    }
    if (err == ERR_OK) {
        err = contact_confirm(tx, p->person, p->contact_id);
    }
    if (err == ERR_OK && p->level != SESSION_SIGNING_UP) {
        err = person_set_state(tx, p->person, PERSON_PENDING, PERSON_ACTIVE);
    }
    if (err == ERR_OK && p->kind == PERSON_STAFF) {
        err = write_staff(tx, p);
    }
    if (err == ERR_OK) {
        err = write_session(tx, p);
    }
    return err == ERR_OK && p->has_factors ? write_factors(tx, p) : err;
}

static struct person_id mint_person(struct mint *mint, struct person_mint p)
{
    p.mint = mint;
    p.person.v = id_draw_one(&mint->ids);
    p.contact_id.v = id_draw_one(&mint->ids);
    p.session.v = id_draw_one(&mint->ids);
    p.totp.v = id_draw_one(&mint->ids);
    p.passkey.v = id_draw_one(&mint->ids);
    p.confirmation.v = id_draw_one(&mint->ids);
    session_token_draw(&p.token);
    must(store_write_sync(mint->store, write_person, &p, 0), p.name);
    if (p.has_factors) {
        say_id(mint, p.name, "_totp_id", ID_TOTP_PREFIX, p.totp.v);
        say_id(mint, p.name, "_passkey_id", ID_PASSKEY_PREFIX, p.passkey.v);
        say_id(mint, p.name, "_confirmation_id", ID_CONFIRMATION_PREFIX, p.confirmation.v);
    }
    say(mint, p.name, "", p.token.text);
    say_id(mint, p.name, "_id", ID_PERSON_PREFIX, p.person.v);
    say_id(mint, p.name, "_contact_id", ID_CONTACT_PREFIX, p.contact_id.v);
    say_id(mint, p.name, "_session_id", ID_SESSION_PREFIX, p.session.v);
    return p.person;
}

/* ---- locks and proposals ---- */

struct lock_mint {
    struct mint *mint;
    struct lock_new new;
    bool contest;
    struct person_id maker; /* of a proposal to lift it; 0: none */
    struct approval_id approval;
};

static enum err seal_for(struct store_tx *tx, const struct lock_mint *l, struct vault_place place,
                         struct store_blob *ret)
{
    place.class = VAULT_MESSAGE;
    return vault_seal_text(tx, l->mint->vault, &place, (struct store_text){"minted", 6},
                           l->mint->arena, ret);
}

static enum err write_proposal(struct store_tx *tx, const struct lock_mint *l,
                               const struct lock *lock)
{
    struct approval_payload payload;
    struct store_blob reason;
    enum err err = seal_for(tx, l,
                            (struct vault_place){.person = l->maker,
                                                 .table = "approvals",
                                                 .column = "reason_sealed",
                                                 .row_id = l->approval.v},
                            &reason);

    approval_lock_lift_payload(lock, &payload);
    return err != ERR_OK ? err
                         : approvals_propose(tx, &l->mint->approvals,
                                             &(struct approval_new){.id = l->approval,
                                                                    .kind = APPROVAL_LOCK_LIFT,
                                                                    .subject_id = lock->id.v,
                                                                    .payload = &payload,
                                                                    .maker = l->maker,
                                                                    .reason_sealed = reason});
}

static enum err write_lock(struct store_tx *tx, void *arg)
{
    const struct lock_mint *l = arg;
    struct store_blob text;
    struct lock_id id;
    struct lock lock;
    enum err err = locks_put(tx, &l->new, &id);

    if (err == ERR_OK) {
        err = locks_get(tx, id, l->new.person, &lock);
    }
    if (err == ERR_OK && l->contest) {
        err = seal_for(tx, l,
                       (struct vault_place){.person = l->new.person,
                                            .table = "lock_contests",
                                            .column = "text_sealed",
                                            .row_id = id.v},
                       &text);
        err = err == ERR_OK ? locks_contest(tx, id, l->new.person, text) : err;
    }
    return err == ERR_OK && l->maker.v != 0 ? write_proposal(tx, l, &lock) : err;
}

static void mint_lock(struct mint *mint, const char *name, struct lock_mint l)
{
    l.mint = mint;
    l.new.id.v = id_draw_one(&mint->ids);
    l.approval.v = id_draw_one(&mint->ids);
    must(store_write_sync(mint->store, write_lock, &l, 0), name);
    say_id(mint, name, "_lock_id", ID_LOCK_PREFIX, l.new.id.v);
    if (l.maker.v != 0) {
        say_id(mint, name, "_approval_id", ID_APPROVAL_PREFIX, l.approval.v);
    }
}

/* ---- an identity that waits for a person ---- */

struct review_mint {
    struct mint *mint;
    struct person_id person;
    int64_t ids[3]; /* verification, review, what may follow */
};

static enum err write_review(struct store_tx *tx, void *arg)
{
    static const char name[] = "李雷", number[] = "110101199203071238";
    const struct review_mint *r = arg;
    struct verification_effect effect;
    struct national_id id;
    struct review review;
    enum err err;

    BUG_IF(national_id_parse(NATIONAL_ID_CN_RESIDENT, number, strlen(number), 20260101, &id) !=
           NATIONAL_ID_OK);
    err = verification_claim_identity(tx, r->mint->vault,
                                      &(struct identity_claim){.id = r->ids[0],
                                                               .person = r->person,
                                                               .name = name,
                                                               .name_length = strlen(name),
                                                               .number = &id,
                                                               .attempts_per_day = 5});
    if (err == ERR_OK) {
        err =
            verification_take_answer(tx,
                                     &(struct verification_answer){.id = r->ids[0],
                                                                   .outcome = VERIFICATION_MISMATCH,
                                                                   .field = VERIFICATION_FAULT_NAME,
                                                                   .reference = "",
                                                                   .review_id = r->ids[1],
                                                                   .follow_id = r->ids[2]},
                                     &effect);
    }
    return err != ERR_OK
               ? err
               : review_request(tx,
                                &(struct review_request){.person = r->person,
                                                         .verification_id = r->ids[0],
                                                         .review_id = r->ids[1],
                                                         .due_at_us = INT64_C(4102444800000000)},
                                &review);
}

static void mint_review(struct mint *mint, struct person_id person)
{
    struct review_mint r = {.mint = mint, .person = person};

    id_draw(&mint->ids, ARRAY_COUNT(r.ids), r.ids);
    must(store_write_sync(mint->store, write_review, &r, 0), "review");
    say_id(mint, "minted_reviewed", "_review_id", ID_REVIEW_PREFIX, r.ids[1]);
}

static struct lock_new risk_of(struct person_id person)
{
    return (struct lock_new){.person = person,
                             .why = "unusual_activity",
                             .effects = LOCK_RECEIVE,
                             .by = LOCK_BY_SYSTEM,
                             .until_us = INT64_C(4102444800000000)};
}

static void mint_staff(struct mint *mint, struct person_id *ret_first, struct person_id *ret_second)
{
    const char *all = "admin,agent,auditor,compliance,reviewer,risk,supervisor";

    *ret_first = mint_person(mint, (struct person_mint){.name = "staff",
                                                        .kind = PERSON_STAFF,
                                                        .contact = "staff@jinnang.example",
                                                        .roles = all,
                                                        .level = SESSION_FULL});
    *ret_second = mint_person(mint, (struct person_mint){.name = "staff_second",
                                                         .kind = PERSON_STAFF,
                                                         .contact = "second@jinnang.example",
                                                         .roles = all,
                                                         .level = SESSION_FULL});
    mint_person(mint, (struct person_mint){.name = "staff_plain",
                                           .kind = PERSON_STAFF,
                                           .contact = "plain@jinnang.example",
                                           .roles = "",
                                           .level = SESSION_FULL});
    mint_person(mint, (struct person_mint){.name = "staff_spare",
                                           .kind = PERSON_STAFF,
                                           .contact = "spare@jinnang.example",
                                           .roles = "agent",
                                           .level = SESSION_FULL});
    mint_person(mint, (struct person_mint){.name = "staff_lost",
                                           .kind = PERSON_STAFF,
                                           .contact = "lost@jinnang.example",
                                           .roles = "agent",
                                           .level = SESSION_FULL});
    mint_person(mint, (struct person_mint){.name = "staff_signing_in",
                                           .kind = PERSON_STAFF,
                                           .contact = "halfway@jinnang.example",
                                           .roles = all,
                                           .level = SESSION_SIGNING_IN});
}

/* ---- a confirmed person with a card ---- */

struct wallet_mint {
    struct mint *mint;
    struct person_id person;
    int64_t claim_id, card_id, card_check_id, ids[4];
    struct code_draft draft;
};

static enum err say_yes(struct store_tx *tx, const struct wallet_mint *w, int64_t id)
{
    struct verification_question question;
    struct verification_effect effect;
    bool mine = false;
    enum err err = verification_claim(tx, w->mint->vault, id, &question, &mine);

    return err == ERR_OK
               ? verification_take_answer(tx,
                                          &(struct verification_answer){.id = id,
                                                                        .outcome = VERIFICATION_YES,
                                                                        .reference = "",
                                                                        .review_id = w->ids[0],
                                                                        .follow_id = w->ids[1]},
                                          &effect)
               : err;
}

static enum err confirm_person(struct store_tx *tx, const struct wallet_mint *w)
{
    static const char name[] = "Minted Person", number[] = "510105197503020118";
    struct national_id id;
    enum err err;

    BUG_IF(national_id_parse(NATIONAL_ID_CN_RESIDENT, number, strlen(number), 20261122, &id) !=
           NATIONAL_ID_OK);
    err = verification_claim_identity(tx, w->mint->vault,
                                      &(struct identity_claim){.id = w->claim_id,
                                                               .person = w->person,
                                                               .name = name,
                                                               .name_length = strlen(name),
                                                               .number = &id,
                                                               .attempts_per_day = 1});
    return err == ERR_OK ? say_yes(tx, w, w->claim_id) : err;
}

static enum err write_wallet(struct store_tx *tx, void *arg)
{
    struct wallet_mint *w = arg;
    struct contact contacts[CONTACTS_MAX];
    struct card_number number;
    struct code_sent sent;
    enum err verdict = ERR_OK;
    uint32_t tries_left;
    size_t count = 0;
    enum err err = confirm_person(tx, w);

    BUG_IF(card_number_parse("378282246310005", 15, &number) != ERR_OK);
    if (err == ERR_OK) {
        err = contacts_list(tx, w->person, contacts, &count);
    }
    if (err == ERR_OK) {
        err = card_create(tx, w->mint->vault,
                          &(struct card_new){.id = w->card_id,
                                             .verification_id = w->card_check_id,
                                             .person = w->person,
                                             .number = &number,
                                             .network = "amex",
                                             .bank = "amex",
                                             .kind = 1,
                                             .contact = contacts[0].id,
                                             .cards_max = 1});
    }
    if (err == ERR_OK) {
        err = say_yes(tx, w, w->card_check_id);
    }
    if (err == ERR_OK) {
        err = card_send_code(tx, w->mint->vault, w->person, w->card_id, &w->draft, false, &sent);
    }
    if (err == ERR_OK) {
        err = card_confirm(tx, w->mint->vault,
                           &(struct card_confirmation){.person = w->person,
                                                       .card_id = w->card_id,
                                                       .code = w->draft.digits,
                                                       .code_length = strlen(w->draft.digits)},
                           &verdict, &tries_left);
    }
    return err == ERR_OK ? verdict : err;
}

static void mint_wallet(struct mint *mint, const char *name, struct person_id person)
{
    struct wallet_mint w = {.mint = mint, .person = person};

    w.claim_id = id_draw_one(&mint->ids);
    w.card_id = id_draw_one(&mint->ids);
    w.card_check_id = id_draw_one(&mint->ids);
    id_draw(&mint->ids, ARRAY_COUNT(w.ids), w.ids);
    codes_draw(&mint->ids, &w.draft);
    must(store_write_sync(mint->store, write_wallet, &w, 0), "wallet");
    say_id(mint, name, "_verification_id", ID_VERIFICATION_PREFIX, w.claim_id);
    say_id(mint, name, "_card_id", ID_CARD_PREFIX, w.card_id);
}

static void mint_all(struct mint *mint)
{
    struct person_id person, other, staff, second;

    mint_staff(mint, &staff, &second);
    person = mint_person(mint, (struct person_mint){.name = "minted",
                                                    .kind = PERSON_CONSUMER,
                                                    .contact = "+8613800138000",
                                                    .has_factors = true,
                                                    .level = SESSION_FULL});
    mint_wallet(mint, "minted", person);
    other = mint_person(mint, (struct person_mint){.name = "minted_other",
                                                   .kind = PERSON_CONSUMER,
                                                   .contact = "+8613800138001",
                                                   .level = SESSION_FULL});
    mint_person(mint, (struct person_mint){.name = "minted_signing_up",
                                           .kind = PERSON_CONSUMER,
                                           .contact = "+8613800138002",
                                           .level = SESSION_SIGNING_UP});
    mint_person(mint, (struct person_mint){.name = "minted_signing_in",
                                           .kind = PERSON_CONSUMER,
                                           .contact = "+8613800138003",
                                           .level = SESSION_SIGNING_IN});
    mint_review(mint, other);
    mint_lock(mint, "risk", (struct lock_mint){.new = risk_of(person)});
    mint_lock(mint, "contested", (struct lock_mint){.new = risk_of(person), .contest = true});
    mint_lock(mint, "other_risk", (struct lock_mint){.new = risk_of(other)});
    mint_lock(mint, "own", (struct lock_mint){.new = risk_of(other), .maker = staff});
    mint_lock(mint, "other", (struct lock_mint){.new = risk_of(other), .maker = second});
    mint_lock(mint, "thawing",
              (struct lock_mint){.new = {.person = mint_person(
                                             mint, (struct person_mint){.name = "minted_thawing",
                                                                        .kind = PERSON_CONSUMER,
                                                                        .contact = "+8613800138005",
                                                                        .methods = AUTH_PASSKEY,
                                                                        .level = SESSION_FULL}),
                                         .why = "frozen_by_you",
                                         .by = LOCK_BY_PERSON}});
    mint_lock(mint, "freeze",
              (struct lock_mint){.new = {.person = mint_person(
                                             mint, (struct person_mint){.name = "minted_locked",
                                                                        .kind = PERSON_CONSUMER,
                                                                        .contact = "+8613800138004",
                                                                        .level = SESSION_FULL}),
                                         .why = "frozen_by_you",
                                         .effects = LOCK_EFFECTS_ALL,
                                         .by = LOCK_BY_PERSON}});
}

int main(int argc, char **argv)
{
    struct mint *mint = calloc(1, sizeof(*mint));

    if (argc != 3) {
        fprintf(stderr, "usage: mint_people URL DATA_DIR\n");
        return 2;
    }
    BUG_IF(mint == NULL);
    clock_init_real(&mint->clock);
    id_source_init(&mint->ids, &mint->clock, 255, 0);
    mint->arena = arena_create(1u << 20);
    must(store_open(&(struct store_config){.url = argv[1], .clock = &mint->clock}, &mint->store),
         "open");
    must(store_start(mint->store), "start");
    must(vault_open(&(struct vault_config){.store = mint->store,
                                           .clock = &mint->clock,
                                           .data_dir = argv[2]},
                    &mint->vault),
         "vault");
    approval_kinds_register(&mint->approvals, mint->vault);
    mint_all(mint);
    printf("}\n");
    vault_close(mint->vault);
    store_close(mint->store);
    arena_free(mint->arena);
    free(mint);
    return 0;
}
