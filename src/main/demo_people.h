/* demo_people.h — the people of the demonstration, whose money demo.h moves.
 *
 * Purpose: somebody to sign in as after `jinnang init --sandbox --demo`: members with a confirmed
 * number and a password that everybody knows. Their numbers belong to nobody; codes sent there are
 * known in a sandbox (codes.h).
 * Non-goals: anything outside a sandbox: init refuses the demonstration there. */
#ifndef JN_MAIN_DEMO_PEOPLE_H
#define JN_MAIN_DEMO_PEOPLE_H

#include "identity/people.h"
#include "main/app.h"

/* Owners of the demonstration's wallets; the ids of the people. */
enum demo_owner { DEMO_LIN = 1001, DEMO_MEI = 1002, DEMO_BO = 1003 };

struct demo_person {
    int64_t id; /* enum demo_owner */
    enum person_language language;
    const char *name;
    const char *phone; /* E.164 */
};
#define DEMO_PEOPLE_COUNT 3
extern const struct demo_person demo_people[DEMO_PEOPLE_COUNT];
#define DEMO_PASSWORD "seven-lanterns-on-the-river"

/* After demo_write; once per database. Vault and store errors. */
JN_MUST_USE enum err demo_people_write(struct app *app, struct vault *vault);

#endif
