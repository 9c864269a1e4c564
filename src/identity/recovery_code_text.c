/* recovery_code_text.c — see recovery_code_text.h. */
#include "identity/recovery_code_text.h"

#include <string.h>

#include "core/rng.h"
#include "core/sha256.h"

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void recovery_code_draw(struct recovery_code *ret)
{
    uint8_t bytes[RECOVERY_CODE_DIGITS];

    /* 256 is a multiple of 32: no digit is likelier than another. */
    rng_secure(bytes, sizeof(bytes));
    for (size_t i = 0; i < RECOVERY_CODE_DIGITS; i++) {
        ret->digits[i] = digits[bytes[i] & 31];
    }
    ret->digits[RECOVERY_CODE_DIGITS] = '\0';
    secret_wipe(bytes, sizeof(bytes));
}

void recovery_code_show(const struct recovery_code *code, char ret[RECOVERY_CODE_SHOWN])
{
    size_t at = 0;

    for (size_t i = 0; i < RECOVERY_CODE_DIGITS; i++) {
        if (i > 0 && i % 4 == 0) {
            ret[at++] = '-';
        }
        ret[at++] = code->digits[i];
    }
    ret[at] = '\0';
}

static char canonical(char c)
{
    if (c >= 'A' && c <= 'Z') {
        c = (char)(c - 'A' + 'a');
    }
    if (c == 'o') {
        return '0';
    }
    return c == 'i' || c == 'l' ? '1' : c;
}

bool recovery_code_read(const char *text, size_t length, struct recovery_code *ret)
{
    struct recovery_code code;
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        char c = canonical(text[i]);

        if (c == '-' || c == ' ') {
            continue;
        }
        if (c == '\0' || strchr(digits, c) == NULL || at == RECOVERY_CODE_DIGITS) {
            return false;
        }
        code.digits[at++] = c;
    }
    if (at != RECOVERY_CODE_DIGITS) {
        return false;
    }
    code.digits[at] = '\0';
    *ret = code;
    secret_wipe(&code, sizeof(code));
    return true;
}
