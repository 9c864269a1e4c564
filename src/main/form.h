/* form.h — bodies of type application/x-www-form-urlencoded, for the sandbox programs. Pure. */
#ifndef JN_MAIN_FORM_H
#define JN_MAIN_FORM_H

#include "http/http.h"

/* The value of a field of a form. False if it is missing, malformed, not UTF-8 or too long. ret
 * holds max + 1 bytes. */
JN_MUST_USE bool form_get(struct http_text form, const char *name, char *ret, size_t max);

#endif
