/* demo_people.c — see demo_people.h. */
#include "main/demo_people.h"

#include <string.h>

#include "identity/password.h"
#include "identity/signup.h"

const struct demo_person demo_people[DEMO_PEOPLE_COUNT] = {
    {DEMO_LIN, PERSON_ZH, "Lin", "+8610000001001"},
    {DEMO_MEI, PERSON_ZH, "Mei", "+8610000001002"},
    {DEMO_BO, PERSON_EN, "Bo", "+8610000001003"},
};

struct joining {
    struct vault *vault;
    struct person_new person;
    struct contact_value value;
    struct contact_new contact;
    struct password_hash hash;
};

/* What signing up does, with every step at once. */
static enum err join(struct store_tx *tx, void *arg)
{
    const struct joining *joining = arg;
    struct person_id person = joining->person.id;
    enum err err = person_create(tx, joining->vault, &joining->person);

    if (err == ERR_OK) {
        err = contact_claim(tx, joining->vault, &joining->contact);
    }
    if (err == ERR_OK) {
        err = contact_confirm(tx, person, joining->contact.id);
    }
    if (err == ERR_OK) {
        err = password_put(tx, person, &joining->hash);
    }
    if (err == ERR_OK) {
        err = person_mark_steps(tx, person, SIGNUP_CONTACT | SIGNUP_PASSWORD, 0);
    }
    return err == ERR_OK ? person_set_state(tx, person, PERSON_PENDING, PERSON_ACTIVE) : err;
}

static enum err add(struct app *app, struct vault *vault, const struct demo_person *who)
{
    struct joining joining = {
        .vault = vault,
        .person = {.id = {who->id}, .kind = PERSON_CONSUMER, .language = who->language},
        .contact = {.id = {id_draw_one(&app->ids)},
                    .person = {who->id},
                    .kind = PERSON_CONSUMER,
                    .value = &joining.value},
    };
    struct sha256_hash peppered;
    enum err err = contact_normalise(who->phone, strlen(who->phone), &joining.value);

    if (err == ERR_OK) {
        password_pepper(vault, joining.person.id, DEMO_PASSWORD, strlen(DEMO_PASSWORD), &peppered);
        err = password_hash(&peppered, &joining.hash);
    }
    return err == ERR_OK ? store_write_sync(app->store, join, &joining, 0) : err;
}

enum err demo_people_write(struct app *app, struct vault *vault)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < DEMO_PEOPLE_COUNT && err == ERR_OK; i++) {
        err = add(app, vault, &demo_people[i]);
    }
    return err;
}
