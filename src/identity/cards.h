/* cards.h — the bank cards of a person: bound after the bank and a one-time code said that they are
 * theirs, shown masked, never given out whole again.
 *
 *     checking ──yes──▶ code sent ──right code──▶ bound ──▶ gone
 *        └──no──▶ refused (the field is named)
 *
 * The question to the bank is a verification (verification.h) over name, id number, card and the
 * phone that the bank has, which must be one of the person's own contacts; the code goes there.
 *
 * Which bank and network a number belongs to is data (policy/bins.h) and comes in as text.
 *
 * Non-goals: moving money, HTTP. Invariants: the number is only in an envelope; one person a card
 * number; at most one default card, and one whenever a card is bound.
 * Threads: everything runs inside the caller's transaction. */
#ifndef JN_IDENTITY_CARDS_H
#define JN_IDENTITY_CARDS_H

#include "core/ids.h"
#include "identity/card_number.h"
#include "identity/codes.h"
#include "identity/people.h"
#include "identity/vault.h"
#include "identity/verification.h"
#include "store/store.h"

#define CARD_BANK_MAX     16 /* bytes of a bank's or network's code */
#define CARD_LABEL_BYTES  60
#define CARD_COLORS       8 /* 0 to 7, of the kit's palette */
#define CARDS_LISTED_MAX  64
#define CARD_OPEN_MAX     3 /* being checked or waiting for a code at once */
#define CARD_CODE_LIFE_US (INT64_C(30) * 60 * 1000000) /* then the binding begins anew */

enum card_state {
    CARD_CHECKING = 1,
    CARD_CODE_SENT = 2,
    CARD_BOUND = 3,
    CARD_REFUSED = 4,
    CARD_GONE = 5,
};

struct card {
    int64_t id;
    struct person_id person;
    enum card_state state;
    enum verification_fault fault; /* with CARD_REFUSED */
    char last_four[5];
    char network[CARD_BANK_MAX + 1], bank[CARD_BANK_MAX + 1];
    int kind;                         /* enum card_kind of policy/bins.h */
    char label[CARD_LABEL_BYTES + 1]; /* "" : none */
    int color;
    bool is_default;
    struct contact_id contact;
    int64_t created_at_us;
    int64_t bound_at_us; /* 0: not */
};

struct card_new {
    int64_t id, verification_id; /* drawn by the caller */
    struct person_id person;
    const struct card_number *number;
    const char *network, *bank;
    int kind;
    const char *label; /* at most CARD_LABEL_BYTES; NULL: none */
    int color;
    struct contact_id contact; /* a phone in use of this person */
    int64_t cards_max;
};
/* ERR_IDENTITY_NOT_VERIFIED; ERR_CONTACT_NOT_FOUND: no phone in use; ERR_CARD_EXISTS: it is bound
 * or being bound by this person; ERR_CARD_TAKEN: by another; ERR_CARD_LIMIT. */
JN_MUST_USE enum err card_create(struct store_tx *tx, struct vault *vault,
                                 const struct card_new *new);
/* Bound, being bound, and those refused in the last day, newest first, default first; ret holds
 * CARDS_LISTED_MAX. */
JN_MUST_USE enum err cards_list(struct store_tx *tx, struct vault *vault, struct person_id person,
                                struct card *ret, size_t *ret_count);
/* ERR_CARD_NOT_FOUND: also when it is another person's or gone. */
JN_MUST_USE enum err card_get(struct store_tx *tx, struct vault *vault, struct person_id person,
                              int64_t id, struct card *ret);
/* Sends the code of a card that waits for one; also to send it again. Errors of codes_send;
 * ERR_CARD_STATE: none is waited for. In a sandbox a test contact gets its known code. */
JN_MUST_USE enum err card_send_code(struct store_tx *tx, struct vault *vault,
                                    struct person_id person, int64_t id, struct code_draft *draft,
                                    bool is_sandbox, struct code_sent *ret);
/* The code that came back. Store errors only; *ret_verdict: ERR_OK (the card is bound now),
 * ERR_CODE_WRONG, ERR_CODE_EXPIRED, ERR_CARD_STATE, ERR_CARD_NOT_FOUND, ERR_CARD_TAKEN. Commit in
 * every case, so that tries are counted. */
struct card_confirmation {
    struct person_id person;
    int64_t card_id;
    const char *code;
    size_t code_length;
};
JN_MUST_USE enum err card_confirm(struct store_tx *tx, struct vault *vault,
                                  const struct card_confirmation *confirmation,
                                  enum err *ret_verdict, uint32_t *ret_tries_left);
/* Name, colour, default; label NULL, color -1, make_default false: left as they are. An empty label
 * takes it away. ERR_CARD_NOT_FOUND. */
struct card_change {
    struct person_id person;
    int64_t card_id;
    const char *label;
    int color;
    bool make_default;
};
JN_MUST_USE enum err card_change(struct store_tx *tx, struct vault *vault,
                                 const struct card_change *change);
/* Unbinds it; the newest other card becomes the default. When it was the last one of its bank, that
 * bank no longer counts as a source. ERR_CARD_NOT_FOUND. *ret is the card as it was. */
JN_MUST_USE enum err card_end(struct store_tx *tx, struct vault *vault, struct person_id person,
                              int64_t id, struct card *ret);

#endif
