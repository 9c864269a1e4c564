/* enrol.c — see enrol.h. */
#include "identity/enrol.h"

#include "identity/staff.h"

enum err enrol_find(struct store_tx *tx, const struct sha256_hash *secret_hash,
                    struct person_id *ret)
{
    return staff_enrolment_of(tx, secret_hash, ret);
}

enum err enrol_begin(struct store_tx *tx, const struct enrol *enrol)
{
    struct session_new new = enrol->session;
    enum err err = enrol_find(tx, &enrol->secret_hash, &new.person);

    if (err == ERR_OK) {
        err = password_put(tx, new.person, &enrol->password);
    }
    if (err == ERR_OK) {
        err = sessions_end_others(tx, new.person, (struct session_id){0},
                                  SESSION_CREDENTIAL_CHANGED, NULL);
    }
    new.kind = PERSON_STAFF;
    new.level = SESSION_SIGNING_UP;
    new.methods = AUTH_ENROLMENT;
    return err == ERR_OK ? session_start(tx, &new, &enrol->token) : err;
}
