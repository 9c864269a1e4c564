/* personal_data.h — everything that is stored about a person, opened for that person.
 *
 * Purpose: the copy that a person may ask for. Which columns there are, and which stay closed and
 * why, is data: the fields of personal_data.c, the statement personal_data_rows.sql and the list
 * sql/personal-data.yaml. A test compares the three with the schema, so that a new column ending in
 * `_sealed`, or a new table with a person in it, cannot be forgotten.
 *
 * Non-goals: the form (JSON and HTML are the API's); money, whose statements the ledger writes. */
#ifndef JN_IDENTITY_PERSONAL_DATA_H
#define JN_IDENTITY_PERSONAL_DATA_H

#include "core/arena.h"
#include "core/base.h"
#include "core/err.h"
#include "core/ids.h"
#include "identity/vault.h"
#include "store/store.h"

enum personal_kind {
    PERSONAL_WORDS = 1,
    PERSONAL_TIME = 2, /* microseconds since 1970 */
    PERSONAL_COUNT = 3,
    PERSONAL_SEALED = 4, /* opened: words */
    PERSONAL_PARAMS = 5, /* opened: a kv list (core/kv.h) */
};

struct personal_section {
    int64_t number;
    const char *name, *title_en, *title_zh;
};
struct personal_field {
    int64_t number;   /* of its section and its own */
    const char *name; /* snake_case */
    const char *title_en, *title_zh;
    enum personal_kind kind;
    /* sealed ones: where they lie */
    enum vault_class class;
    const char *table, *column;
    bool has_row; /* false: one row a person, sealed for row 0 */
};
struct personal_value {
    const struct personal_section *section;
    const struct personal_field *field;
    int64_t row_id;          /* values of one row stand together */
    int64_t number;          /* TIME and COUNT */
    struct store_text words; /* the others; in the arena */
    bool is_lost;            /* sealed, and does not open */
};
#define PERSONAL_VALUES_MAX 200000

/* By section, row and field. *ret is in the arena. ERR_TOO_LARGE beyond PERSONAL_VALUES_MAX. */
JN_MUST_USE enum err personal_data_read(struct store_tx *tx, struct vault *vault,
                                        struct person_id person, struct arena *arena,
                                        struct personal_value **ret, size_t *ret_count);

/* What is stored and not shown, or stays when all else goes. */
struct personal_note {
    const char *what_en, *what_zh, *why_en, *why_zh;
    int64_t kept_days; /* of what stays; 0: for ever, without naming the person */
};
const struct personal_note *personal_withheld(size_t *ret_count);
const struct personal_note *personal_goes(size_t *ret_count);
const struct personal_note *personal_stays(size_t *ret_count);

#endif
