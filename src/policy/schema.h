/* schema.h — a tree of texts into C structs, by a table, and nothing else than the table allows.
 *
 * Purpose: every data file of the project is read by the same strict rules: an unknown key, a
 * missing one, a wrong type, a number out of range or an unknown word is refused with line and
 * path.
 *
 * A table is an array of schema_field that ends with {.name = NULL}. `offset` says where the value
 * lies in the struct:
 *   TEXT    const char *        1 to max bytes (max 0: 400)
 *   NUMBER  int64_t             min to max
 *   BOOL    bool                true or false
 *   WORD    int (an enum)       one of `words`
 *   WORDS   uint32_t            a list of `words`, a bit for each: 1 << value
 *   AMOUNT  int64_t             decimal text in the currency of the document, not negative
 *   DATE    int32_t             YYYY-MM-DD as days since 1970-01-01
 *   MAP     a struct inside     `fields`
 *   LIST    struct schema_list  of structs of `item_size` by `fields`, min to max of them
 *   TEXTS   struct schema_list  of const char *
 * What an optional field leaves out stays zero, or NULL. */
#ifndef JN_POLICY_SCHEMA_H
#define JN_POLICY_SCHEMA_H

#include "core/money.h"
#include "policy/yaml_tree.h"

enum schema_type {
    SCHEMA_TEXT = 1,
    SCHEMA_NUMBER = 2,
    SCHEMA_BOOL = 3,
    SCHEMA_WORD = 4,
    SCHEMA_WORDS = 5,
    SCHEMA_AMOUNT = 6,
    SCHEMA_DATE = 7,
    SCHEMA_MAP = 8,
    SCHEMA_LIST = 9,
    SCHEMA_TEXTS = 10,
};

struct schema_word {
    const char *name; /* NULL ends the list */
    int value;
};

struct schema_field {
    const char *name;
    enum schema_type type;
    bool optional;
    size_t offset;
    int64_t min, max;
    const struct schema_word *words;
    const struct schema_field *fields;
    size_t item_size;
};

struct schema_list {
    void *items; /* an array in the arena; NULL when empty */
    size_t count;
};

struct schema_context {
    struct arena *arena;
    enum currency currency; /* of amounts; CURRENCY_NONE: the table has none */
    struct policy_fault *fault;
};

/* Fills *ret (zeroed first, `size` bytes). False with the fault set. */
JN_MUST_USE bool schema_read(const struct schema_context *context, const struct yaml_node *node,
                             const struct schema_field *fields, void *ret, size_t size);
/* The one text member of a map that must be known before the rest; NULL if it is not there. */
const struct yaml_node *schema_member(const struct yaml_node *map, const char *name);
/* Days since 1970-01-01 of a date of the Gregorian calendar, years 1900 to 2999. */
JN_MUST_USE bool date_parse(const char *text, size_t length, int32_t *ret_days);
int32_t date_days(int32_t year, int32_t month, int32_t day);
struct date {
    int32_t year, month, day;
};
struct date date_of_days(int32_t days);

#endif
