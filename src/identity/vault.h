/* vault.h — personal data at rest: sealed per person, found by blind indexes, erased by losing a
 * key.
 *
 * Purpose: every column that holds personal data ends in `_sealed` and carries an ENVELOPE of this
 * module: AES-256-GCM under the person's DATA KEY, bound to its place (person, class, table,
 * column, row), so that an envelope moved elsewhere does not open. The data key is wrapped by the
 * MASTER KEY, which is never in the database: a file of the data directory, or a key inside a
 * PKCS#11 token. What must be looked up has a blind index beside it (`_index`, a keyed hash of the
 * normalised text). Erasing a person empties the wrapped data key; the envelopes stay and open no
 * more. Bytes, key hierarchy and what an attacker gets: docs/vault.md.
 *
 *     struct vault_place place = {.person = id, .class = VAULT_CONTACT,
 *                                 .table = "person_contacts", .column = "value_sealed", .row_id =
 * n}; err = vault_seal_text(tx, vault, &place, phone, arena, &row.value_sealed); err =
 * vault_unseal_text(tx, vault, &place, VAULT_FOR_SIGN_IN, row.value_sealed, arena, &phone); err =
 * vault_index(vault, VAULT_INDEX_PHONE, phone, &row.value_index);
 *
 * Non-goals: who may see what (the caller's), normalising text (the caller's; the same text must
 * always be normalised the same way), searching inside sealed text.
 *
 * Invariants: an unwrapped data key lives only in locked memory that no core dump holds, in a
 * bounded cache, and is wiped when it leaves; a key enters the cache only from a committed row; a
 * nonce is never used twice (96 random bits, and a key seals far fewer than 2^32 envelopes).
 * Threads: everything may be called from any thread, inside or outside of lanes. Locks: one mutex
 * around the cache, never held over a statement, and one around the master provider. */
#ifndef JN_IDENTITY_VAULT_H
#define JN_IDENTITY_VAULT_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "core/sha256.h"
#include "identity/vault_master.h"
#include "store/store.h"

struct vault;

struct vault_config {
    struct store *store;         /* started; outlives the vault */
    const struct clock *clock;   /* by which days are counted; NULL: the system's */
    const char *data_dir;        /* of the master key's file; used when master is NULL */
    struct vault_master *master; /* becomes the vault's, also on failure; NULL: the file */
    uint32_t cached_keys;        /* 1..65536; 0: 4096 */
};
/* The first opening on a database makes the master key and the root secrets (jinnang init does).
 * ERR_VAULT_KEY_MISSING: the database was sealed under a master key that is not here;
 * ERR_VAULT_KEY_INVALID: it is another one, malformed, or readable by others;
 * ERR_VAULT_TOKEN_FAILED; store errors. */
JN_MUST_USE enum err vault_open(const struct vault_config *config, struct vault **ret);
/* Wipes every key. NULL is fine. */
void vault_close(struct vault *vault);

/* ---- people ---- */

/* In a write: draws the person's data key and stores it wrapped; once, before the first seal. A
 * person who has one: ERR_STORE_DUPLICATE. */
JN_MUST_USE enum err vault_person_create(struct store_tx *tx, struct vault *vault,
                                         struct person_id person);
/* In a write: destroys the data key for good. Nothing happens the second time.
 * ERR_VAULT_PERSON_UNKNOWN. Call vault_forget() after the commit; other processes that hold the key
 * in their cache forget it within a minute. */
JN_MUST_USE enum err vault_erase(struct store_tx *tx, struct vault *vault, struct person_id person);
/* Drops what is cached about a person. */
void vault_forget(struct vault *vault, struct person_id person);

/* ---- sealing ---- */

/* What kind of data it is; part of the envelope. Values are never reused. */
enum vault_class {
    VAULT_CONTACT = 1,  /* phone, e-mail, postal address */
    VAULT_IDENTITY = 2, /* name, national id number, date of birth */
    VAULT_CARD = 3,     /* bank card numbers */
    VAULT_DEVICE = 4,   /* network addresses, places, names of devices */
    VAULT_DOCUMENT = 5, /* scans and files */
    VAULT_MESSAGE = 6,  /* what was written to or by the person, and parameters of messages */
    VAULT_SECRET = 7,   /* shared secrets of factors; never shown or exported */
};

/* Where an envelope lies. Names are those of the schema and are never changed once data is sealed.
 * row_id: the row's own id where the table holds several rows of a person, else 0. */
struct vault_place {
    struct person_id person;
    enum vault_class class;
    const char *table;
    const char *column;
    int64_t row_id;
};
#define VAULT_PLAIN_MAX      (UINT32_C(4) << 20) /* bytes */
#define VAULT_ENVELOPE_EXTRA 48u                 /* an envelope is at most this much longer */

/* Why it is opened. Shown to the person, counted per day. Values are never reused. */
enum vault_purpose {
    VAULT_FOR_SELF = 1,         /* the person looks at their own data; not counted */
    VAULT_FOR_SIGN_IN = 2,      /* to let the person in, or recover */
    VAULT_FOR_MESSAGE = 3,      /* to send the person a message */
    VAULT_FOR_VERIFICATION = 4, /* to check the person's identity */
    VAULT_FOR_CONFIRMATION = 5, /* to check a factor */
    VAULT_FOR_PAYMENT = 6,      /* to carry out what the person ordered */
    VAULT_FOR_EXPORT = 7,       /* the copy that the person asked for; not counted */
    VAULT_FOR_UPKEEP = 8,       /* to move or re-index the data */
    VAULT_FOR_DIRECTORY = 9,    /* what staff wrote or are called, among staff; not counted */
};
#define VAULT_PURPOSE_COUNT 10
/* Staff have no purpose here: what they see goes through access_log.h. */

/* The envelope of `plain` (at most VAULT_PLAIN_MAX bytes), in the arena. In a write or a read.
 * ERR_VAULT_PERSON_UNKNOWN, ERR_VAULT_PERSON_ERASED, ERR_TOO_LARGE, key and store errors. */
JN_MUST_USE enum err vault_seal(struct store_tx *tx, struct vault *vault,
                                const struct vault_place *place, struct store_blob plain,
                                struct arena *arena, struct store_blob *ret);
/* What was sealed at this very place, in the arena, followed by a NUL that is not counted. Counts
 * the opening. ERR_VAULT_SEAL_BROKEN when it was changed, or belongs elsewhere; otherwise as
 * vault_seal. */
JN_MUST_USE enum err vault_unseal(struct store_tx *tx, struct vault *vault,
                                  const struct vault_place *place, enum vault_purpose purpose,
                                  struct store_blob sealed, struct arena *arena,
                                  struct store_blob *ret);
/* The same for text. */
JN_MUST_USE enum err vault_seal_text(struct store_tx *tx, struct vault *vault,
                                     const struct vault_place *place, struct store_text plain,
                                     struct arena *arena, struct store_blob *ret);
JN_MUST_USE enum err vault_unseal_text(struct store_tx *tx, struct vault *vault,
                                       const struct vault_place *place, enum vault_purpose purpose,
                                       struct store_blob sealed, struct arena *arena,
                                       struct store_text *ret);

/* ---- keyed hashes ---- */

/* Each kind has a key of its own, so that equal texts of two kinds cannot be linked. */
enum vault_index_kind {
    VAULT_INDEX_PHONE = 1,     /* E.164 */
    VAULT_INDEX_EMAIL = 2,     /* lower case */
    VAULT_INDEX_ID_NUMBER = 3, /* upper case, no spaces */
    VAULT_INDEX_CARD = 4,      /* digits */
    VAULT_INDEX_NAME = 5,      /* as it is looked for by staff: exactly, without spaces */
    VAULT_INDEX_ADDRESS = 6,   /* a network address, for limits */
    VAULT_INDEX_OTHER = 7,     /* with a prefix of the caller's own */
};
#define VAULT_INDEX_COUNT 8
/* HMAC-SHA-256 of the normalised text: what the `_index` column holds. Cannot fail. */
void vault_index(const struct vault *vault, enum vault_index_kind kind, struct store_text text,
                 struct sha256_hash *ret);

/* Peppers and short secrets. Whoever has only the database cannot try passwords or codes. */
enum vault_mac_kind {
    VAULT_MAC_PASSWORD = 1,      /* over the password, before argon2id */
    VAULT_MAC_PIN = 2,           /* the same for payment PINs */
    VAULT_MAC_CODE = 3,          /* one-time codes */
    VAULT_MAC_RECOVERY_CODE = 4, /* recovery codes */
    VAULT_MAC_TOKEN = 5,         /* tokens handed out and recognised again */
    VAULT_MAC_ACCESS_LOG = 6,    /* blinding of access-log rows */
};
#define VAULT_MAC_COUNT 7
/* HMAC-SHA-256 over `context` (such as the person's id) and `secret`, unambiguously joined. */
void vault_mac(const struct vault *vault, enum vault_mac_kind kind, int64_t context,
               struct store_blob secret, struct sha256_hash *ret);

/* ---- operation ---- */

/* Makes a new version of the master key; from now on new data keys are wrapped by it. Not from a
 * lane. Errors of the keeper and the store. */
JN_MUST_USE enum err vault_rotate(struct vault *vault, int64_t *ret_version);
/* Wraps some data keys anew that an older version wraps, and destroys versions that wrap nothing
 * any more. A worker calls it every few seconds and again at once while *ret_more; it goes on where
 * a crash left off. One thread at a time. */
JN_MUST_USE enum err vault_rotate_step(struct vault *vault, bool *ret_more);

struct vault_version {
    int64_t version;
    int64_t created_at_us;
    int64_t retired_at_us; /* 0: it is still there */
    int64_t key_count;     /* data keys it wraps */
};
#define VAULT_VERSIONS_MAX 1000
/* Oldest first. */
JN_MUST_USE enum err vault_versions(struct vault *vault,
                                    struct vault_version ret[VAULT_VERSIONS_MAX],
                                    size_t *ret_count);

/* Writes down how often each person's data was opened, for what, on which day. A worker calls it
 * every few seconds, and once at the end. */
JN_MUST_USE enum err vault_write_counts(struct vault *vault);

struct vault_stats {
    uint64_t sealed, opened, broken; /* envelopes, since the opening; broken: did not open */
    uint64_t hits, misses;           /* data keys found in the cache, or unwrapped */
    uint64_t lost_counts;            /* openings that could not be counted */
    uint32_t cached;
    bool locked; /* the keys' memory cannot be swapped out */
};
void vault_stats(struct vault *vault, struct vault_stats *ret);

#endif
