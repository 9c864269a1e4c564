/* pack_int.h — what the files of src/policy/ share about packs. */
#ifndef JN_POLICY_PACK_INT_H
#define JN_POLICY_PACK_INT_H

#include "policy/pack.h"

#define PACK_NAME_MAX   16
#define PACK_LEVELS_MAX 8
#define PACK_LIMITS_MAX 16
#define PACK_BYTES_MAX  ((size_t)8 << 20) /* of a pack in memory */

extern const struct schema_field pack_fields[];

/* The files of packs/ that the program carries, by name without .yaml; ends with name NULL. */
struct pack_file {
    const char *name;
    const char *text;
    size_t length;
};
extern const struct pack_file pack_files[];

/* What the table cannot say: rules between values. */
JN_MUST_USE bool pack_check(struct pack *pack, struct policy_fault *ret_fault);

#endif
