/* Bodies of every operation. The first byte chooses the operation and whether it is read as lines.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "core/str.h"

static void check_transfers(const struct api_transfer_new *transfers, size_t count)
{
    BUG_IF(count < 1 || count > 8190);
    for (size_t i = 0; i < count; i++) {
        BUG_IF(transfers[i].amount_minor < 0 || transfers[i].amount_minor > MONEY_MINOR_MAX);
        BUG_IF(transfers[i].code < 0 || transfers[i].code > 65535);
        BUG_IF(transfers[i].timeout_seconds < 0 || transfers[i].reference < 0);
        BUG_IF(transfers[i].has_id != (transfers[i].id.v > 0));
        BUG_IF(transfers[i].has_currency != (currency_code(transfers[i].currency) != NULL));
        BUG_IF((transfers[i].flags & API_RECORDED_FLAG_EXPIRE_PENDING) != 0);
    }
}

static void check_fault(const struct api_fault *fault)
{
    const struct err_info *info = err_info(fault->err);
    BUG_IF(fault->err == ERR_OK || info->http_status < 400 || info->http_status >= 500);
    BUG_IF(fault->field[0] != 0 && fault->field[0] != '/');
    BUG_IF(strlen(fault->field) >= API_POINTER_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_create(64 << 20);
    struct api_fault fault = {.err = ERR_OK};
    const char *text = (const char *)data + 1;
    bool ok;
    struct api_transfer_batch transfers = {0};
    struct api_account_batch accounts = {0};
    struct api_transfer_content content = {0};
    struct api_api_key_new key = {0};
    switch (data[0] % 5) {
    case 0:
        ok = api_decode_json(arena, api_ledger_transfers_post_op.body, text, size - 1, &transfers,
                             &fault);
        break;
    case 1:
        ok = api_decode_lines(arena, api_ledger_transfers_post_op.lines, text, size - 1, &transfers,
                              &fault);
        break;
    case 2:
        ok = api_decode_json(arena, api_ledger_accounts_post_op.body, text, size - 1, &accounts,
                             &fault);
        BUG_IF(ok && (accounts.accounts_count < 1 || accounts.accounts_count > 8190));
        break;
    case 3:
        ok = api_decode_json(arena, api_ledger_transfers_id_put_op.body, text, size - 1, &content,
                             &fault);
        BUG_IF(content.amount_minor < 0 || content.amount_minor > MONEY_MINOR_MAX);
        break;
    default:
        ok = api_decode_json(arena, api_api_keys_post_op.body, text, size - 1, &key, &fault);
        BUG_IF(ok && (key.name.length < 1 || key.name.length > 64 || key.scopes == 0));
        BUG_IF(ok && !str_is_utf8(key.name.data, key.name.length));
        break;
    }
    if (!ok) {
        check_fault(&fault);
    } else if (data[0] % 5 <= 1) {
        check_transfers(transfers.transfers, transfers.transfers_count);
    }
    arena_free(arena);
    return 0;
}
