/* What people claim, and what a provider answers: names, id numbers, card numbers, signed words. */
#include "fuzz.h"

#include <string.h>

#include "channel/verifier.h"
#include "core/str.h"
#include "identity/card_number.h"
#include "identity/national_id.h"

#define TODAY 20261122

/* What was accepted is in its one form: reading it again gives the same. */
static void try_number(enum national_id_kind kind, const char *text, size_t length)
{
    struct national_id first, again;
    char mask[NATIONAL_ID_MAX + 1];

    if (national_id_parse(kind, text, length, TODAY, &first) != NATIONAL_ID_OK) {
        return;
    }
    BUG_IF(first.length == 0 || first.length > NATIONAL_ID_MAX);
    BUG_IF(national_id_parse(kind, first.text, first.length, TODAY, &again) != NATIONAL_ID_OK);
    BUG_IF(strcmp(first.text, again.text) != 0);
    BUG_IF(kind == NATIONAL_ID_CN_RESIDENT && first.text[17] != national_id_check(first.text));
    national_id_mask(first.text, first.length, mask);
    BUG_IF(strlen(mask) != first.length || strchr(mask, '*') == NULL);
}

static void try_name(const char *text, size_t length)
{
    char first[PERSON_NAME_BYTES + 1], again[PERSON_NAME_BYTES + 1], mask[PERSON_NAME_BYTES + 1];
    size_t first_length, again_length;

    if (person_name_normalise(text, length, first, &first_length) != ERR_OK) {
        return;
    }
    BUG_IF(strlen(first) != first_length || !str_is_utf8(first, first_length));
    BUG_IF(person_name_normalise(first, first_length, again, &again_length) != ERR_OK);
    BUG_IF(strcmp(first, again) != 0);
    person_name_mask(first, first_length, mask);
    BUG_IF(!str_is_utf8(mask, strlen(mask)) || strlen(mask) > first_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct verifier_authorization authorization;
    struct verifier_answer answer;
    struct card_number card;

    for (int kind = NATIONAL_ID_CN_RESIDENT; kind <= NATIONAL_ID_OTHER; kind++) {
        try_number((enum national_id_kind)kind, text, size);
    }
    try_name(text, size);
    if (card_number_parse(text, size, &card) == ERR_OK) {
        BUG_IF(!luhn_is_valid(card.digits, card.length) || card.length < CARD_DIGITS_MIN);
    }
    if (verifier_parse_answer(data, size, "ver_1", &answer)) {
        BUG_IF((answer.outcome == VERIFIER_MISMATCH) != (answer.field != VERIFIER_FIELD_NONE));
    }
    if (verifier_parse_authorization(text, size, &authorization)) {
        BUG_IF(strlen(authorization.nonce) != VERIFIER_NONCE_MAX - 1);
    }
    return 0;
}
