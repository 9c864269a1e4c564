/* provider.c — see provider.h. */
#include "main/provider.h"

#include <string.h>

#include "core/str.h"

/* Names that choose the answer. */
static const struct {
    const char *name;
    struct provider_answer answer;
} planted[] = {
    {"王不符", {.outcome = VERIFIER_MISMATCH, .field = VERIFIER_FIELD_NAME}},
    {"郑错号", {.outcome = VERIFIER_MISMATCH, .field = VERIFIER_FIELD_ID_NUMBER}},
    {"钱查无", {.outcome = VERIFIER_NO}},
    {"孙断线", {.fault = PROVIDER_FAULT_OUTAGE}},
    {"周很慢", {.fault = PROVIDER_FAULT_SLOW, .outcome = VERIFIER_YES}},
    {"吴待查", {.outcome = VERIFIER_PENDING}},
};

/* People that are registered: one character off is a mismatch of that field. */
static const struct {
    const char *name, *id_number;
} registered[] = {
    {"张建国", "110101199003074514"},
    {"刘晓明", "310101198805123018"},
};

/* Phones and cards that choose the answer of their checks, by their last four digits. */
#define PHONE_MISMATCH_END "0404"
#define CARD_NO_END        "0002"

static const struct {
    const char *name;
    enum provider_fault fault;
} faults[] = {
    {"none", PROVIDER_FAULT_NONE},     {"outage", PROVIDER_FAULT_OUTAGE},
    {"slow", PROVIDER_FAULT_SLOW},     {"pending", PROVIDER_FAULT_PENDING},
    {"forged", PROVIDER_FAULT_FORGED}, {"no", PROVIDER_FAULT_NO},
};

void provider_init(struct provider *provider)
{
    memset(provider, 0, sizeof(*provider));
    BUG_IF(pthread_mutex_init(&provider->lock, NULL) != 0);
}

void provider_done(struct provider *provider)
{
    pthread_mutex_destroy(&provider->lock);
}

bool provider_nonce(struct provider *provider, const char *nonce)
{
    bool is_new = true;

    pthread_mutex_lock(&provider->lock);
    for (size_t i = 0; i < PROVIDER_NONCES_MAX && is_new; i++) {
        is_new = strcmp(provider->nonces[i], nonce) != 0;
    }
    if (is_new) {
        char *slot = provider->nonces[provider->nonce_count++ % PROVIDER_NONCES_MAX];

        memcpy(slot, nonce, VERIFIER_NONCE_MAX);
    }
    pthread_mutex_unlock(&provider->lock);
    return is_new;
}

/* Bytes of the character that begins here; the text is UTF-8. */
static size_t character_bytes(const char *text)
{
    unsigned char c = (unsigned char)*text;

    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Whether two texts of equally many characters differ in exactly one. */
static bool differs_in_one(const char *a, const char *b)
{
    size_t differences = 0;

    while (*a != '\0' && *b != '\0') {
        size_t a_bytes = character_bytes(a), b_bytes = character_bytes(b);

        differences += a_bytes != b_bytes || memcmp(a, b, a_bytes) != 0;
        a += a_bytes;
        b += b_bytes;
    }
    return *a == '\0' && *b == '\0' && differences == 1;
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* What the registers say, without faults. */
static struct provider_answer look_up(const struct provider_question *question)
{
    for (size_t i = 0; i < ARRAY_COUNT(planted); i++) {
        if (strcmp(question->name, planted[i].name) == 0) {
            return planted[i].answer;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(registered); i++) {
        bool same_name = strcmp(question->name, registered[i].name) == 0;
        bool same_number = strcmp(question->id_number, registered[i].id_number) == 0;

        if (same_number && differs_in_one(question->name, registered[i].name)) {
            return (struct provider_answer){.outcome = VERIFIER_MISMATCH,
                                            .field = VERIFIER_FIELD_NAME};
        }
        if (same_name && differs_in_one(question->id_number, registered[i].id_number)) {
            return (struct provider_answer){.outcome = VERIFIER_MISMATCH,
                                            .field = VERIFIER_FIELD_ID_NUMBER};
        }
        if (same_number != same_name) {
            return (struct provider_answer){.outcome = VERIFIER_NO};
        }
    }
    if (question->phone[0] != '\0' && ends_in(question->phone, PHONE_MISMATCH_END)) {
        return (struct provider_answer){.outcome = VERIFIER_MISMATCH,
                                        .field = VERIFIER_FIELD_PHONE};
    }
    if (question->card[0] != '\0' && ends_in(question->card, CARD_NO_END)) {
        return (struct provider_answer){.outcome = VERIFIER_NO};
    }
    return (struct provider_answer){.outcome = VERIFIER_YES};
}

/* With the lock held: the fault that concerns this question, and one less to come. */
static enum provider_fault take_fault(struct provider *provider)
{
    enum provider_fault fault = provider->fault_count > 0 ? provider->fault : PROVIDER_FAULT_NONE;

    if (provider->fault_count > 0 && provider->fault_count != UINT32_MAX) {
        provider->fault_count--;
    }
    return fault;
}

struct provider_answer provider_answer(struct provider *provider,
                                       const struct provider_question *question)
{
    struct provider_answer answer = {.fault = PROVIDER_FAULT_NONE};
    struct provider_told *told = NULL;

    pthread_mutex_lock(&provider->lock);
    for (size_t i = 0; i < PROVIDER_IDS_MAX && told == NULL; i++) {
        if (strcmp(provider->told[i].id, question->id) == 0) {
            told = &provider->told[i];
        }
    }
    if (told != NULL) {
        answer = told->answer;
    } else {
        answer = look_up(question);
        answer.number = ++provider->told_count;
    }
    if (answer.fault == PROVIDER_FAULT_NONE) {
        answer.fault = take_fault(provider);
    }
    if (answer.fault == PROVIDER_FAULT_NO) {
        answer = (struct provider_answer){.outcome = VERIFIER_NO, .number = answer.number};
    }
    if (told == NULL && answer.fault == PROVIDER_FAULT_NONE && answer.outcome != VERIFIER_PENDING) {
        told = &provider->told[answer.number % PROVIDER_IDS_MAX];
        memcpy(told->id, question->id, sizeof(told->id));
        told->answer = answer;
    }
    pthread_mutex_unlock(&provider->lock);
    return answer;
}

bool provider_set_fault(struct provider *provider, const char *spec)
{
    const char *equals = strchr(spec, '=');
    size_t length = equals == NULL ? strlen(spec) : (size_t)(equals - spec);
    uint32_t count = UINT32_MAX;

    if (equals != NULL && !str_parse_u32(equals + 1, strlen(equals + 1), &count)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
        if (strlen(faults[i].name) == length && memcmp(faults[i].name, spec, length) == 0) {
            pthread_mutex_lock(&provider->lock);
            provider->fault = faults[i].fault;
            provider->fault_count = faults[i].fault == PROVIDER_FAULT_NONE ? 0 : count;
            pthread_mutex_unlock(&provider->lock);
            return true;
        }
    }
    return false;
}
