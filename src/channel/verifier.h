/* verifier.h — asks a provider whether a name, an id number, a phone and a bank card belong
 * together, over signed HTTP.
 *
 * Purpose: one interface to whoever has access to the registers (police register of ids, phone
 * companies, card networks). The protocol is docs/verifier.md; an adapter for a real provider
 * implements its other side, `jinnang sandbox-provider` implements it for trying out.
 *
 * An answer is believed only when it carries the provider's signature over our own nonce: somebody
 * on the way cannot turn a no into a yes. The id of a question is that of the verification, so that
 * asking again after a time-out is the same question, and is charged once.
 *
 * Non-goals: retrying (the caller knows how long it is worth something), deciding what a no means.
 * Threads: a verifier belongs to one thread at a time; verifier_ask blocks, so never call it on a
 * lane or an I/O thread. */
#ifndef JN_CHANNEL_VERIFIER_H
#define JN_CHANNEL_VERIFIER_H

#include "core/buf.h"
#include "core/err.h"

#define VERIFIER_KEY_BYTES     32
#define VERIFIER_REFERENCE_MAX 64
#define VERIFIER_SKEW_SECONDS  300
#define VERIFIER_SIGNATURE_MAX 65 /* hex and NUL */
#define VERIFIER_NONCE_MAX     33 /* hex and NUL */
#define VERIFIER_TIMEOUT_MS    5000

struct verifier;

struct verifier_config {
    const char *url;     /* https://host/path; http only to the loopback address */
    const uint8_t *key;  /* VERIFIER_KEY_BYTES, shared with the provider */
    const char *ca_file; /* NULL: the system's */
    uint32_t timeout_ms; /* 0: VERIFIER_TIMEOUT_MS */
};
/* ERR_CONFIG_INVALID: the URL. */
JN_MUST_USE enum err verifier_create(const struct verifier_config *config, struct verifier **ret);
void verifier_free(struct verifier *verifier); /* wipes the key; NULL is fine */

/* The numbers are in the database and those of the pack's policy_check. */
enum verifier_check {
    VERIFIER_NAME_ID = 1,
    VERIFIER_PHONE = 2,
    VERIFIER_CARD = 3,
};
const char *verifier_check_name(enum verifier_check check);

/* Texts that a check does not need are NULL. Nothing is kept. */
struct verifier_question {
    const char *id; /* "ver_…": the same for each attempt */
    enum verifier_check check;
    const char *name, *id_kind, *id_number, *phone, *card;
};

/* The numbers are in the database. */
enum verifier_outcome {
    VERIFIER_YES = 1,
    VERIFIER_NO = 2,       /* not known, or does not belong together; which field is not said */
    VERIFIER_MISMATCH = 3, /* the field that does not fit is named */
    VERIFIER_PENDING = 4,  /* the provider does not know yet: ask again with the same id */
    VERIFIER_OUTAGE = 5,   /* surely no answer: refused, broken, or not believed */
    VERIFIER_UNKNOWN = 6,  /* asked, and no answer in time: ask again with the same id */
};
enum verifier_field {
    VERIFIER_FIELD_NONE = 0,
    VERIFIER_FIELD_NAME = 1,
    VERIFIER_FIELD_ID_NUMBER = 2,
    VERIFIER_FIELD_PHONE = 3,
    VERIFIER_FIELD_CARD = 4,
};
const char *verifier_field_name(enum verifier_field field);

struct verifier_answer {
    enum verifier_outcome outcome;
    enum verifier_field field;              /* with VERIFIER_MISMATCH */
    char reference[VERIFIER_REFERENCE_MAX]; /* the provider's own number; may be empty */
    const char *problem; /* static, for the log: "timeout", "signature"; NULL: none */
};
/* Blocks for at most timeout_ms. Always an answer. */
void verifier_ask(struct verifier *verifier, const struct verifier_question *question,
                  struct verifier_answer *ret);

/* ---- both sides of the protocol ---- */

/* HMAC-SHA-256 over "POST\n", path, "\n", seconds, "\n", nonce, "\n" and the body. */
void verifier_sign_question(const uint8_t key[VERIFIER_KEY_BYTES], const char *path,
                            int64_t at_seconds, const char *nonce, const void *body, size_t length,
                            char ret[VERIFIER_SIGNATURE_MAX]);
/* HMAC-SHA-256 over "answer\n", nonce, "\n", status, "\n" and the body. */
void verifier_sign_answer(const uint8_t key[VERIFIER_KEY_BYTES], const char *nonce, int status,
                          const void *body, size_t length, char ret[VERIFIER_SIGNATURE_MAX]);
/* A body "id=…\noutcome=…\n[field=…\n][reference=…\n]" (core/kv.h) as an answer to the question
 * with this id. False when it is not one. */
JN_MUST_USE bool verifier_parse_answer(const void *body, size_t length, const char *id,
                                       struct verifier_answer *ret);
/* The parts of "Jinnang-HMAC time=…,nonce=…,signature=…"; pure. */
struct verifier_authorization {
    int64_t at_seconds;
    char nonce[VERIFIER_NONCE_MAX];
    char signature[VERIFIER_SIGNATURE_MAX];
};
JN_MUST_USE bool verifier_parse_authorization(const char *text, size_t length,
                                              struct verifier_authorization *ret);

#endif
