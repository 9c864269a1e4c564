/* form.c — see form.h. */
#include "main/form.h"

#include <string.h>

#include "core/str.h"

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool form_get(struct http_text form, const char *name, char *ret, size_t max)
{
    size_t name_length = strlen(name), length = 0;

    for (const char *at = form.data, *end; at != NULL; at = end == NULL ? NULL : end + 1) {
        size_t left = form.length - (size_t)(at - form.data);

        end = memchr(at, '&', left);
        size_t field = end == NULL ? left : (size_t)(end - at);
        if (field <= name_length || memcmp(at, name, name_length) != 0 || at[name_length] != '=') {
            continue;
        }
        for (size_t i = name_length + 1; i < field; i++, length++) {
            char c = at[i] == '+' ? ' ' : at[i];

            if (c == '%') {
                if (i + 2 >= field || hex_value(at[i + 1]) < 0 || hex_value(at[i + 2]) < 0) {
                    return false;
                }
                c = (char)(hex_value(at[i + 1]) * 16 + hex_value(at[i + 2]));
                i += 2;
            }
            if (length == max || c == '\0') {
                return false;
            }
            ret[length] = c;
        }
        ret[length] = '\0';
        return str_is_utf8(ret, length);
    }
    return false;
}
