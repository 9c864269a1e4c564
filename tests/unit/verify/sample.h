/* sample.h — a small log made by hand, for tests and vectors of the verifier: two accounts, plain
 * transfers and holds that are captured, released and left open, one checkpoint, one key that was
 * rotated once. No ledger code: what is written here follows docs/formats.md alone. */
#ifndef JN_TESTS_VERIFY_SAMPLE_H
#define JN_TESTS_VERIFY_SAMPLE_H

#include "verify/document.h"

#define SAMPLE_TRANSFERS 300
#define SAMPLE_LEAVES    (SAMPLE_TRANSFERS + 2)
#define SAMPLE_ALICE     0
#define SAMPLE_BOB       1

struct sample_transfer {
    struct record_transfer transfer;
    struct record_entry entries[2]; /* debit, credit */
    struct sha256_hash heads[2];
    struct sha256_hash core;
    int64_t index;
};
struct sample {
    struct note_signer old_signer, signer;
    struct note_signer witness;
    struct document_key keys[2];
    struct document_log log;
    char *rotation;
    struct record_opening openings[2];
    struct sample_transfer transfers[SAMPLE_TRANSFERS];
    struct sha256_hash leaves[SAMPLE_LEAVES];
    int64_t size;
};

/* `fork` makes another history from transfer number `fork` on (-1: none). */
struct sample *sample_create(int fork);
void sample_free(struct sample *sample);
/* The checkpoint note at a size; the caller frees. */
char *sample_checkpoint(const struct sample *sample, int64_t size, bool witnessed);
void sample_prove(const struct sample *sample, int64_t index, int64_t size,
                  struct merkle_proof *ret);
/* Side 0 debit, 1 credit, 2 both; size 0: a promise that is not sealed. The caller frees. */
char *sample_receipt(const struct sample *sample, size_t number, int side, int64_t size);
/* Entries first..last of an account (0 alice, 1 bob) at the checkpoint of `size`; last 0: all. */
char *sample_statement(const struct sample *sample, int account, int64_t first, int64_t last,
                       int64_t size);
char *sample_consistency(const struct sample *sample, int64_t old_size, int64_t new_size);
char *sample_key(const struct note_signer *signer);

#endif
