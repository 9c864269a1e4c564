/* Every parameter of every operation that has any, each given the same text; and the whole text as
 * the core parsers see it, with what must hold when they accept it. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"

#define TEXT_BYTES_MAX 4096

static void try_params(const struct api_op *op, struct http_text text)
{
    static uint8_t
        decoded[4096]; /* tidy: allow mutable-global: scratch of a single-threaded test */
    BUG_IF(op->struct_bytes > sizeof(decoded));
    for (size_t i = 0; i < op->param_count; i++) {
        struct api_fault fault = {.err = ERR_OK};
        bool ok = api_decode_param(&op->params[i].field, text, decoded, &fault);
        BUG_IF(ok != (fault.err == ERR_OK));
        BUG_IF(!ok && err_info(fault.err)->http_status != 400);
    }
}

static void try_core(const char *text, size_t length)
{
    int64_t number;
    char again[64];
    if (clock_parse_rfc3339(text, length, &number)) {
        char written[CLOCK_TEXT_MAX];
        int64_t read;
        size_t written_length = clock_format_rfc3339(number, written);
        BUG_IF(!clock_parse_rfc3339(written, written_length, &read) || read != number);
    }
    if (id_parse("tr", text, length, &number) == ERR_OK) {
        BUG_IF(id_format("tr", number, again) != length || memcmp(again, text, length) != 0);
    }
    struct money money;
    if (money_parse(text, length, CURRENCY_KWD, &money) == ERR_OK) {
        struct money read;
        size_t written = money_format(money, again);
        BUG_IF(money_parse(again, written, CURRENCY_KWD, &read) != ERR_OK ||
               read.minor != money.minor);
    }
    (void)!str_parse_i64(text, length, &number);
    static uint8_t bytes[TEXT_BYTES_MAX];    /* tidy: allow mutable-global: scratch, one thread */
    static char encoded[2 * TEXT_BYTES_MAX]; /* tidy: allow mutable-global: scratch, one thread */
    size_t count;
    if (base64_decode(text, length, bytes, sizeof(bytes), &count)) {
        BUG_IF(base64_encode(bytes, count, encoded) != length);
        BUG_IF(memcmp(encoded, text, length) != 0); /* one way to write it */
    }
    if (length <= TEXT_BYTES_MAX && hex_decode(text, length, bytes, length / 2)) {
        hex_encode(bytes, length / 2, encoded);
        BUG_IF(strncasecmp(encoded, text, length) != 0);
    }
    (void)!str_is_utf8(text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct api_op *const ops[] = {
        &api_api_keys_post_op,
        &api_api_keys_id_delete_op,
        &api_ledger_accounts_get_op,
        &api_ledger_accounts_id_balance_get_op,
        &api_ledger_accounts_id_entries_get_op,
        &api_ledger_transfers_id_put_op,
        &api_ledger_transfers_id_receipt_get_op,
        &api_ledger_events_get_op,
        &api_log_tile_get_op,
        &api_log_proof_inclusion_get_op,
    };
    if (size > TEXT_BYTES_MAX) {
        return 0;
    }
    char *text = malloc(size + 1); /* parameters are NUL-terminated */
    BUG_IF(text == NULL);
    memcpy(text, data, size);
    text[size] = 0;
    for (size_t i = 0; i < ARRAY_COUNT(ops); i++) {
        try_params(ops[i], (struct http_text){text, size});
    }
    try_core(text, size);
    free(text);
    return 0;
}
