/* GET /v1/ledger/accounts/{account_id}/entries — history both ways, filtered. */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct page {
    struct api_app *app;
    struct ledger_entry_filter filter;
    size_t limit, count;
    struct ledger_posted *entries;
    int64_t next_seq;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct page *page = arg;

    return ledger_list_entries(tx, page->app->ledger, &page->filter, page->limit, page->entries,
                               &page->count, &page->next_seq);
}

static void filter_from(const struct api_ledger_accounts_id_entries_get_in *in,
                        struct ledger_entry_filter *ret)
{
    *ret = (struct ledger_entry_filter){
        .account = in->account_id,
        .ascending = in->order == API_LEDGER_ACCOUNTS_ID_ENTRIES_GET_ORDER_ASC,
        .after_seq = in->cursor,
        .from_us = in->from_us,
        .until_us = in->until_us,
        .amount_min = in->amount_min,
        .amount_max = in->amount_max,
        .counterparty = in->counterparty_id,
        .code = (uint16_t)in->code,
        .side = (enum ledger_side)in->side,
    };
}

static void encode(struct http_request *request, const struct page *page, int64_t sign)
{
    struct json_out out;

    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "entries");
    for (size_t i = 0; i < page->count; i++) {
        struct ledger_json_view view;

        ledger_json_view_of(&page->entries[i], page->filter.account, sign, &view);
        json_out_open(&out, NULL);
        json_out_i64(&out, "seq", view.seq);
        json_out_name(&out, "side", &api_side_names, view.side);
        json_out_i64(&out, "change_minor", view.change_minor);
        json_out_i64(&out, "balance_minor", view.balance_minor);
        ledger_json_transfer(&out, "transfer", &page->entries[i]);
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_cursor(&out, "next_cursor", page->next_seq);
    json_out_close(&out);
    json_out_end(&out);
}

enum http_verdict api_ledger_accounts_id_entries_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_id_entries_get_in in;
    struct ledger_account account;
    struct page page = {.app = app};
    enum err err;

    if (!api_ledger_accounts_id_entries_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    if ((in.has_from_us && in.has_until_us && in.from_us >= in.until_us) ||
        (in.has_amount_min && in.has_amount_max && in.amount_min > in.amount_max)) {
        return api_answer_error(request, ERR_RANGE_INVALID, false);
    }
    err = ledger_get_account(app->ledger, in.account_id, &account);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    filter_from(&in, &page.filter);
    page.limit = (size_t)in.limit;
    page.entries = arena_alloc_array(request->arena, page.limit, sizeof(*page.entries));
    if (!api_read(request, app, read_page, &page)) {
        return HTTP_ANSWERED;
    }
    encode(request, &page, ledger_json_sign(account.kind));
    return api_answer_json(request, 200);
}
