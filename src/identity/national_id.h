/* national_id.h — names and id numbers as people write them: their one form, and whether they can
 * exist at all. Pure.
 *
 * GB 11643-1999, citizen identification numbers: six digits of an administrative division (GB/T
 * 2260), the date of birth, three digits of order, and a check character after ISO 7064 MOD 11-2.
 *
 * Non-goals: whether such a person exists; that is what a provider is asked.
 * Invariant: a normalised number has no spaces and upper case, so that equal numbers have equal
 * blind indexes. */
#ifndef JN_IDENTITY_NATIONAL_ID_H
#define JN_IDENTITY_NATIONAL_ID_H

#include "core/base.h"
#include "core/err.h"

#define NATIONAL_ID_MAX   24
#define PERSON_NAME_BYTES 96

/* The numbers are in the database and those of the pack's policy_id_kind. */
enum national_id_kind {
    NATIONAL_ID_CN_RESIDENT = 1,
    NATIONAL_ID_PASSPORT = 2,
    NATIONAL_ID_OTHER = 3,
};

enum national_id_fault {
    NATIONAL_ID_OK = 0,
    NATIONAL_ID_LENGTH = 1,
    NATIONAL_ID_CHARACTER = 2,
    NATIONAL_ID_REGION = 3, /* no such province */
    NATIONAL_ID_DATE = 4,   /* no such day, or one to come */
    NATIONAL_ID_CHECK = 5,  /* the last character does not fit the others: a typing error */
};

struct national_id {
    enum national_id_kind kind;
    char text[NATIONAL_ID_MAX + 1]; /* normalised; wipe after use */
    size_t length;
    int32_t birth_year, birth_month, birth_day; /* of NATIONAL_ID_CN_RESIDENT; else 0 */
};
/* Spaces and hyphens are forgiven, x becomes X. today is YYYYMMDD as a number, for births to come.
 * *ret is filled only when NATIONAL_ID_OK. */
JN_MUST_USE enum national_id_fault national_id_parse(enum national_id_kind kind, const char *text,
                                                     size_t length, int32_t today,
                                                     struct national_id *ret);
/* The check character of the first 17 digits; 0 when they are not digits. */
char national_id_check(const char digits[17]);
/* Full years on that day (YYYYMMDD); -1 when the birthday is not known. */
int32_t national_id_age(const struct national_id *id, int32_t today);
/* "110************02X": the first and last few. */
void national_id_mask(const char *text, size_t length, char ret[NATIONAL_ID_MAX + 1]);

/* A name: spaces around it and doubled ones go, full-width spaces become plain. ERR_NAME_INVALID
 * when it has digits, controls or other signs than · ' - . or is too short or long. ret holds
 * PERSON_NAME_BYTES + 1; *ret_length without the NUL. */
JN_MUST_USE enum err person_name_normalise(const char *text, size_t length, char *ret,
                                           size_t *ret_length);
/* "*伟", "*** Smith": how it is shown to somebody who need not know it. ret holds
 * PERSON_NAME_BYTES + 1. */
void person_name_mask(const char *name, size_t length, char *ret);

#endif
