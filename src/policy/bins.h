/* bins.h — which network and bank a card number belongs to, as data (packs/bins.yaml).
 *
 * The longest prefix counts; a prefix is digits, or a range of equally many ("2221-2720"). A number
 * without a known bank belongs to its network; one without a known network is not accepted.
 * Read-only once loaded, so any thread may read it. */
#ifndef JN_POLICY_BINS_H
#define JN_POLICY_BINS_H

#include "policy/pack.h"

enum card_kind { CARD_UNKNOWN = 1, CARD_DEBIT = 2, CARD_CREDIT = 3 };

struct bins;
/* As pack_load; the file's name is "bins". */
JN_MUST_USE enum err bins_load(const char *directory, struct bins **ret,
                               struct policy_fault *ret_fault);
/* From a text. ERR_PACK_INVALID. */
JN_MUST_USE enum err bins_parse(const char *text, size_t length, struct bins **ret,
                                struct policy_fault *ret_fault);
void bins_free(struct bins *bins); /* NULL is fine */

struct bin {
    const char *network; /* "unionpay" */
    struct pack_text network_title;
    const char *bank; /* "icbc"; of an unknown bank the network's code */
    struct pack_text bank_title;
    enum card_kind kind;
};
/* False: no network takes these digits, or not so many of them. Texts live as long as bins. */
JN_MUST_USE bool bins_find(const struct bins *bins, const char *digits, size_t length,
                           struct bin *ret);
/* The names of a bank or network by its code; false: it is not in the table. */
JN_MUST_USE bool bins_bank_title(const struct bins *bins, const char *code, struct pack_text *ret);

#endif
