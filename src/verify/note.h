/* note.h — signed notes, checkpoints and witness co-signatures as C2SP writes them (c2sp.org:
 * signed-note, tlog-checkpoint, tlog-cosignature), so that other tools read ours and we read
 * theirs.
 *
 * Invariants: a parsed note points into the caller's bytes and never outlives them; only the text
 * up to and including the last newline before the empty line is signed.
 * Non-goals: other algorithms than Ed25519, keeping secrets (who holds a note_signer wipes it). */
#ifndef JN_VERIFY_NOTE_H
#define JN_VERIFY_NOTE_H

#include "core/base.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/sha256.h"

#define NOTE_BYTES_MAX      16384
#define NOTE_NAME_MAX       127 /* bytes of a key's name */
#define NOTE_SIGNATURES_MAX 16
#define NOTE_KEY_TEXT_MAX   192 /* verifier key with its NUL */

enum note_key_type {
    NOTE_KEY_ED25519 = 1,     /* signs the note's text */
    NOTE_KEY_COSIGNATURE = 4, /* a witness: signs "cosignature/v1", a time and the text */
};

struct note_key {
    char name[NOTE_NAME_MAX + 1];
    uint8_t id[4]; /* first bytes of H(name || 0x0a || type || public key) */
    enum note_key_type type;
    uint8_t public_key[32];
};
/* A secret: wipe it with note_signer_wipe(). */
struct note_signer {
    struct note_key key;
    uint8_t secret_key[64];
};

/* Names hold no white space and no '+', and are UTF-8 of 1..NOTE_NAME_MAX bytes. */
bool note_name_is_valid(const char *name, size_t length);
/* Fills in the id. The name must be valid. */
void note_key_make(const char *name, enum note_key_type type, const uint8_t public_key[32],
                   struct note_key *ret);
/* "name+hexid+base64(type || public key)". ERR_KEY_MALFORMED, also when the id does not fit. */
JN_MUST_USE enum err note_key_parse(const char *text, size_t length, struct note_key *ret);
/* Writes the text above and a NUL; returns the length. */
size_t note_key_format(const struct note_key *key, char ret[NOTE_KEY_TEXT_MAX]);
bool note_key_equal(const struct note_key *a, const struct note_key *b);

/* A fresh key from the system's random source. */
void note_signer_create(const char *name, enum note_key_type type, struct note_signer *ret);
/* From a 32-byte seed. */
void note_signer_from_seed(const char *name, enum note_key_type type, const uint8_t seed[32],
                           struct note_signer *ret);
void note_signer_wipe(struct note_signer *signer);

struct note_signature {
    const char *name; /* not NUL-terminated */
    size_t name_length;
    uint8_t id[4];
    uint8_t bytes[72]; /* 64, or 8 bytes of time before 64 from a witness */
    size_t length;
};
struct note {
    const char *text;
    size_t text_length; /* with its last newline */
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
    size_t signature_count;
};

/* Adds "— name base64(id || signature)\n" for the text. A witness signs at `at_s` (seconds since
 * 1970 UTC); others ignore it. */
void note_sign(const struct note_signer *signer, const char *text, size_t text_length, int64_t at_s,
               struct buf *ret);
/* A whole note: text, empty line, one signature. The text ends with a newline. */
void note_write(const struct note_signer *signer, const char *text, size_t text_length,
                struct buf *ret);
/* ERR_NOTE_MALFORMED. Signatures of unknown kinds are kept if they fit and skipped otherwise. */
JN_MUST_USE enum err note_parse(const char *data, size_t length, struct note *ret);
/* ERR_OK when the note carries a right signature by this key; ERR_KEY_UNKNOWN when it carries none
 * by it; ERR_SIGNATURE_INVALID when it carries a wrong one. *ret_at_s (may be NULL) is a witness's
 * time, else 0. */
JN_MUST_USE enum err note_check(const struct note *note, const struct note_key *key,
                                int64_t *ret_at_s);

/* ---- checkpoints ---- */

#define CHECKPOINT_TEXT_MAX 512

struct checkpoint {
    char origin[NOTE_NAME_MAX + 1];
    int64_t size; /* leaves */
    struct sha256_hash root;
    int64_t epoch; /* extension line "epoch N"; >= 1, and 0 when there is none */
};
/* Writes origin, size, root and, when epoch > 0, the extension line; returns the length. */
size_t checkpoint_format(const struct checkpoint *checkpoint, char ret[CHECKPOINT_TEXT_MAX]);
/* The text of a note. Unknown extension lines are passed over. ERR_CHECKPOINT_MALFORMED. */
JN_MUST_USE enum err checkpoint_parse(const char *text, size_t length, struct checkpoint *ret);

#endif
