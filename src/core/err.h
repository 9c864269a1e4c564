/* err.h — the error registry as C. The enumeration, texts and traits are generated from
 * api/errors.yaml, the single source; numbers are never reused. */
#ifndef JN_CORE_ERR_H
#define JN_CORE_ERR_H

#include "core/base.h"
#include "err_gen.h" /* enum err, generated; ERR_OK == 0 */

struct err_info {
    const char *code;     /* snake_case, what the API shows */
    int http_status;      /* 0 where it never travels alone */
    bool burns_key;       /* a verdict of the state machine: the id or key never succeeds later */
    const char *title_en; /* what happened */
    const char *title_zh;
    const char *fix_en; /* what to do */
    const char *fix_zh;
};

/* Never NULL: an unknown number is a bug. */
const struct err_info *err_info(enum err err);
const char *err_code(enum err err);
/* ERR_OK's name is "ok". False if no error has this code. */
JN_MUST_USE bool err_from_code(const char *code, enum err *ret);

#endif
