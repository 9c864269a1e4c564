/* provider.h — what the sandbox provider knows and answers: the pure part of `jinnang
 * sandbox-provider`.
 *
 * Whatever is plausible is confirmed, but for planted people: their names choose the answer, and
 * two whose numbers are registered are compared character by character. docs/verifier.md lists
 * them. A question is answered once: the same id gives the same answer. `--faults` and POST
 * /v1/faults change how the next questions go. */
#ifndef JN_MAIN_PROVIDER_H
#define JN_MAIN_PROVIDER_H

#include <pthread.h>

#include "channel/verifier.h"
#include "core/base.h"

#define PROVIDER_IDS_MAX    4096
#define PROVIDER_NONCES_MAX 4096
#define PROVIDER_TEXT_MAX   128

enum provider_fault {
    PROVIDER_FAULT_NONE = 0,
    PROVIDER_FAULT_OUTAGE = 1,  /* 503 */
    PROVIDER_FAULT_SLOW = 2,    /* answers after the asker has given up */
    PROVIDER_FAULT_PENDING = 3, /* does not know yet */
    PROVIDER_FAULT_FORGED = 4,  /* answers yes under a wrong signature */
    PROVIDER_FAULT_NO = 5,
};

struct provider_question {
    char id[PROVIDER_TEXT_MAX + 1];
    char check[PROVIDER_TEXT_MAX + 1];
    char name[PROVIDER_TEXT_MAX + 1];
    char id_number[PROVIDER_TEXT_MAX + 1];
    char phone[PROVIDER_TEXT_MAX + 1];
    char card[PROVIDER_TEXT_MAX + 1];
};
struct provider_answer {
    enum provider_fault fault;
    enum verifier_outcome outcome;
    enum verifier_field field;
    uint32_t number; /* of the reference */
};

struct provider_told {
    char id[PROVIDER_TEXT_MAX + 1];
    struct provider_answer answer;
};
struct provider {
    pthread_mutex_t lock; /* of everything below */
    enum provider_fault fault;
    uint32_t fault_count; /* how many questions it still concerns; UINT32_MAX: all */
    struct provider_told told[PROVIDER_IDS_MAX]; /* a ring */
    char nonces[PROVIDER_NONCES_MAX][VERIFIER_NONCE_MAX];
    uint32_t told_count, nonce_count;
};
void provider_init(struct provider *provider);
void provider_done(struct provider *provider);
/* False: this nonce was seen. */
JN_MUST_USE bool provider_nonce(struct provider *provider, const char *nonce);
struct provider_answer provider_answer(struct provider *provider,
                                       const struct provider_question *question);
/* "outage", "slow=3", "none": the fault, and for how many questions. False if it is neither. */
JN_MUST_USE bool provider_set_fault(struct provider *provider, const char *spec);

#endif
