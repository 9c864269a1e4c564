/* verification_int.h — what verification.c, reviews.c and cards.c share. */
#ifndef JN_IDENTITY_VERIFICATION_INT_H
#define JN_IDENTITY_VERIFICATION_INT_H

#include "identity/verification.h"
#include "q_identity.h"

/* A question as stored; blobs live in the arena. ERR_VERIFICATION_NOT_FOUND. */
JN_MUST_USE enum err verification_row(struct store_tx *tx, int64_t id, struct arena *arena,
                                      struct q_identity_verification_get_row *ret);
struct verification verification_of_row(int64_t id,
                                        const struct q_identity_verification_get_row *row);
/* Moves a question on; *ret_moved false: it was in another state. */
struct verification_move {
    int64_t id;
    enum verification_state from, to;
    enum verification_fault fault;
    const char *reference;
};
JN_MUST_USE enum err verification_move(struct store_tx *tx, const struct verification_move *move,
                                       bool *ret_moved);
/* The person is confirmed under the name and number of this question, from now on; the phone is
 * asked about next, under follow_id. *ret_taken: another account has the number, nothing was
 * written. */
struct verification_pass {
    int64_t id, follow_id;
    const struct q_identity_verification_get_row *row;
};
JN_MUST_USE enum err verification_pass_identity(struct store_tx *tx,
                                                const struct verification_pass *pass,
                                                bool *ret_taken, bool *ret_followed);
/* For staff under a grant, or else for a purpose. */
struct verification_reader {
    const struct access_grant *grant; /* NULL: none */
    enum vault_purpose purpose;
};
JN_MUST_USE enum err verification_unseal_claim(struct store_tx *tx, struct vault *vault,
                                               const struct verification_reader *reader, int64_t id,
                                               const struct q_identity_verification_get_row *row,
                                               struct review_claim *ret);
JN_MUST_USE enum err review_insert(struct store_tx *tx, const struct review *review);

/* cards.c: what the answer to the question about a card does to the card. */
JN_MUST_USE enum err card_take_answer(struct store_tx *tx, struct person_id person, int64_t card_id,
                                      enum verification_fault fault);
/* The number of a card that is being checked, in the clear, and the phone that the bank has. */
JN_MUST_USE enum err card_question(struct store_tx *tx, struct vault *vault,
                                   struct person_id person, int64_t card_id, char ret_number[24],
                                   struct contact_id *ret_contact);

#endif
