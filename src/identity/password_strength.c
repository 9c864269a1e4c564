/* password_strength.c — how hard a password is to guess, and why; see password.h.
 *
 * zxcvbn finds the cheapest way to write the password as words, leaked passwords, patterns and
 * single characters. Its work grows with the square of the length, so only the first part of a long
 * one is judged: that part alone must be good enough, which a long phrase is. */
#include <string.h>

#include <zxcvbn.h>

#include "identity/password.h"

#define JUDGED_BYTES_MAX 64
/* log2 of guesses: with the pepper stolen too and 10,000 guesses a second, 2^42 take 14 years. */
#define BITS_NEEDED 42

static void words_put(struct password_words *words, const char *text, size_t length)
{
    if (length >= 3 && words->count < PASSWORD_WORDS_MAX) {
        length = length < PASSWORD_WORD_MAX ? length : PASSWORD_WORD_MAX;
        memcpy(words->words[words->count], text, length);
        words->words[words->count][length] = '\0';
        words->count++;
    }
}

void password_words_add(struct password_words *words, const char *text, size_t length)
{
    const char *at_sign = memchr(text, '@', length);
    bool country = length > 3 && memcmp(text, "+86", 3) == 0;

    words_put(words, text, length);
    if (at_sign != NULL) {
        const char *dot = memchr(at_sign, '.', length - (size_t)(at_sign - text));

        words_put(words, text, (size_t)(at_sign - text));
        if (dot != NULL) {
            words_put(words, at_sign + 1, (size_t)(dot - at_sign - 1));
        }
    } else if (country) {
        words_put(words, text + 3, length - 3);
        words_put(words, text + length - 8, 8); /* the part that people remember */
    } else if (length > 1 && text[0] == '+') {
        words_put(words, text + 1, length - 1);
    }
}

/* The kind of match that covers most of the password names the reason. */
static enum password_fault fault_of(const ZxcMatch_t *match)
{
    size_t covered[PASSWORD_GUESSABLE + 1] = {0};
    enum password_fault worst = PASSWORD_GUESSABLE;

    for (; match != NULL; match = match->Next) {
        enum password_fault fault = PASSWORD_GUESSABLE;

        switch ((int)match->Type & ~(int)MULTIPLE_MATCH) {
        case USER_MATCH:
        case USER_LEET_MATCH:
            fault = PASSWORD_OWN_WORDS;
            break;
        case DICTIONARY_MATCH:
        case DICT_LEET_MATCH:
            fault = PASSWORD_COMMON;
            break;
        case REPEATS_MATCH:
        case SEQUENCE_MATCH:
        case SPATIAL_MATCH:
        case DATE_MATCH:
        case YEAR_MATCH:
            fault = PASSWORD_PATTERN;
            break;
        default: /* single characters */
            break;
        }
        covered[fault] += match->Length > 0 ? (size_t)match->Length : 0;
    }
    for (enum password_fault fault = PASSWORD_OWN_WORDS; fault < PASSWORD_GUESSABLE; fault++) {
        if (covered[fault] > covered[worst] ||
            (covered[fault] > 0 && covered[fault] >= covered[worst])) {
            worst = fault;
        }
    }
    return worst;
}

static uint8_t score_of(int64_t bits)
{
    return bits >= 60 ? 4 : bits >= BITS_NEEDED ? 3 : bits >= 30 ? 2 : bits >= 15 ? 1 : 0;
}

void password_judge(const char *password, size_t length, const struct password_words *words,
                    struct password_strength *ret)
{
    const char *dictionary[PASSWORD_WORDS_MAX + 1] = {0};
    char text[JUDGED_BYTES_MAX + 1];
    size_t judged = length < JUDGED_BYTES_MAX ? length : JUDGED_BYTES_MAX;
    ZxcMatch_t *matches = NULL;

    for (size_t i = 0; words != NULL && i < words->count; i++) {
        dictionary[i] = words->words[i];
    }
    memcpy(text, password, judged);
    text[judged] = '\0';
    memset(ret, 0, sizeof(*ret));
    ret->bits = (int64_t)ZxcvbnMatch(text, dictionary, &matches);
    ret->score = score_of(ret->bits);
    if (length < PASSWORD_BYTES_MIN) {
        ret->fault = PASSWORD_TOO_SHORT;
    } else if (length > PASSWORD_BYTES_MAX) {
        ret->fault = PASSWORD_TOO_LONG;
    } else if (ret->bits < BITS_NEEDED) {
        ret->fault = fault_of(matches);
    }
    if (ret->fault != PASSWORD_FINE && ret->score > 2) {
        ret->score = 2;
    }
    ZxcvbnFreeInfo(matches);
    secret_wipe(text, sizeof(text));
}

enum err password_fault_err(enum password_fault fault)
{
    switch (fault) {
    case PASSWORD_FINE:
        return ERR_OK;
    case PASSWORD_TOO_SHORT:
        return ERR_PASSWORD_TOO_SHORT;
    case PASSWORD_TOO_LONG:
        return ERR_PASSWORD_TOO_LONG;
    case PASSWORD_OWN_WORDS:
        return ERR_PASSWORD_OWN_WORDS;
    case PASSWORD_COMMON:
        return ERR_PASSWORD_COMMON;
    case PASSWORD_PATTERN:
        return ERR_PASSWORD_PATTERN;
    case PASSWORD_GUESSABLE:
        return ERR_PASSWORD_GUESSABLE;
    }
    BUG_IF(true);
}
