/* totp.c — see totp.h. */
#include "identity/totp.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/rng.h"
#include "core/sha256.h"

#define SECOND_US INT64_C(1000000)

void totp_secret_draw(struct totp_secret *ret)
{
    rng_secure(ret->bytes, sizeof(ret->bytes));
}

void totp_code(const struct totp_secret *secret, int64_t step, char ret[TOTP_DIGITS + 1])
{
    char bytes[TOTP_SECRET_BYTES];

    BUG_IF(step < 0);
    memcpy(bytes, secret->bytes, sizeof(bytes));
    BUG_IF(oath_totp_generate(bytes, sizeof(bytes), (time_t)(step * TOTP_STEP_S), TOTP_STEP_S,
                              OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, ret) != OATH_OK);
    secret_wipe(bytes, sizeof(bytes));
}

enum err totp_check(const struct totp_secret *secret, int64_t now_us, int64_t used_step,
                    const char *code, int64_t *ret_step)
{
    int64_t now_step = now_us / SECOND_US / TOTP_STEP_S;
    int64_t found = -1;

    BUG_IF(now_step < TOTP_WINDOW);
    if (strlen(code) != TOTP_DIGITS) {
        return ERR_TOTP_WRONG;
    }
    /* The latest step wins when two steps share a code: it leaves the fewest to be used again. */
    for (int64_t step = now_step - TOTP_WINDOW; step <= now_step + TOTP_WINDOW; step++) {
        char expected[TOTP_DIGITS + 1];

        totp_code(secret, step, expected);
        if (secret_equal(expected, code, TOTP_DIGITS)) {
            found = step;
        }
        secret_wipe(expected, sizeof(expected));
    }
    if (found < 0) {
        return ERR_TOTP_WRONG;
    }
    if (found <= used_step) {
        return ERR_TOTP_USED;
    }
    *ret_step = found;
    return ERR_OK;
}

void totp_secret_text(const struct totp_secret *secret, char ret[TOTP_TEXT_MAX])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    size_t at = 0;

    _Static_assert(TOTP_SECRET_BYTES % 5 == 0, "no padding");
    for (size_t i = 0; i < TOTP_SECRET_BYTES; i += 5) {
        uint64_t bits = 0;

        for (size_t j = 0; j < 5; j++) {
            bits = bits << 8 | secret->bytes[i + j];
        }
        for (int shift = 35; shift >= 0; shift -= 5) {
            ret[at++] = digits[bits >> shift & 31];
        }
    }
    ret[at] = '\0';
}

static void add_encoded(struct buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        char c = *text;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c) != NULL) {
            buf_add_u8(buf, (uint8_t)c);
        } else {
            buf_printf(buf, "%%%02X", (uint8_t)c);
        }
    }
}

bool totp_uri(const struct totp_secret *secret, const char *issuer, const char *account,
              char ret[TOTP_URI_MAX])
{
    char text[TOTP_TEXT_MAX];
    struct buf uri;
    bool ok;

    buf_init(&uri, TOTP_URI_MAX - 1);
    totp_secret_text(secret, text);
    buf_add_str(&uri, "otpauth://totp/");
    add_encoded(&uri, issuer);
    buf_add_str(&uri, ":");
    add_encoded(&uri, account);
    buf_printf(&uri, "?secret=%s&issuer=", text);
    add_encoded(&uri, issuer);
    buf_printf(&uri, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_S);
    ok = buf_ok(&uri);
    if (ok) {
        memcpy(ret, uri.data, uri.length + 1);
        secret_wipe(uri.data, uri.length);
    }
    buf_done(&uri);
    secret_wipe(text, sizeof(text));
    return ok;
}
