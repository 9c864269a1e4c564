/* token.c — see token.h. */
#include "core/token.h"

#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void token_encode(const uint8_t bytes[TOKEN_BYTES], char ret[TOKEN_DIGITS + 1])
{
    for (size_t i = 0; i < TOKEN_DIGITS; i++) {
        unsigned value = 0;

        for (size_t bit = 5 * i; bit < 5 * i + 5; bit++) {
            value <<= 1;
            if (bit < 8 * TOKEN_BYTES) {
                value |= (bytes[bit / 8] >> (7 - bit % 8)) & 1u;
            }
        }
        ret[i] = digits[value];
    }
    ret[TOKEN_DIGITS] = '\0';
}

bool token_decode(const char text[TOKEN_DIGITS], uint8_t ret[TOKEN_BYTES])
{
    uint8_t bytes[TOKEN_BYTES] = {0};

    for (size_t i = 0; i < TOKEN_DIGITS; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);
        unsigned value;

        if (digit == NULL) {
            return false;
        }
        value = (unsigned)(digit - digits);
        for (size_t j = 0; j < 5; j++) {
            size_t bit = 5 * i + j;
            unsigned set = (value >> (4 - j)) & 1u;

            if (bit < 8 * TOKEN_BYTES) {
                bytes[bit / 8] = (uint8_t)(bytes[bit / 8] | set << (7 - bit % 8));
            } else if (set != 0) {
                return false;
            }
        }
    }
    memcpy(ret, bytes, sizeof(bytes));
    secret_wipe(bytes, sizeof(bytes));
    return true;
}

void token_hash(const uint8_t bytes[TOKEN_BYTES], struct sha256_hash *ret)
{
    sha256(bytes, TOKEN_BYTES, ret);
}
