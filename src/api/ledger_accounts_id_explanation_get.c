/* GET /v1/ledger/accounts/{account_id}/explanation — why the balance is what it is: every entry
 * from the opening on, with the change each made.
 *
 * The account is read before the snapshot is taken, so the snapshot holds every entry that the
 * account counts; entries made in between are left for the next asking. The page proves itself: the
 * balance after it is the balance before it and the sum of its changes (asserted). */
#include "api/api_app.h"
#include "api/ledger_json.h"

struct page {
    struct api_app *app;
    struct ledger_account account;
    struct ledger_entry_filter filter;
    size_t limit, count;
    struct ledger_posted *entries;
    int64_t next_seq;
    int64_t sign;
};

static enum err read_page(struct store_tx *tx, void *arg)
{
    struct page *page = arg;

    return ledger_list_entries(tx, page->app->ledger, &page->filter, page->limit, page->entries,
                               &page->count, &page->next_seq);
}

/* Entries that the account, as it was read, does not count. */
static void leave_out_newer(struct page *page)
{
    while (page->count > 0) {
        struct ledger_json_view view;

        ledger_json_view_of(&page->entries[page->count - 1], page->account.id, page->sign, &view);
        if (view.seq < page->account.seq) {
            break;
        }
        page->next_seq = 0; /* this is the last that counts, or behind it */
        if (view.seq == page->account.seq) {
            break;
        }
        page->count--;
    }
}

static void step_out(struct json_out *out, const struct ledger_posted *posted,
                     const struct ledger_json_view *view)
{
    json_out_open(out, NULL);
    json_out_i64(out, "seq", view->seq);
    json_out_id(out, "transfer_id", TRANSFER_PREFIX, posted->transfer.id.v);
    json_out_text(out, "effect", view->effect);
    json_out_name(out, "side", &api_side_names, view->side);
    json_out_i64(out, "amount_minor", posted->transfer.amount_minor);
    json_out_i64(out, "change_minor", view->change_minor);
    json_out_i64(out, "balance_minor", view->balance_minor);
    json_out_i64(out, "held_debits_minor", view->held_debits_minor);
    json_out_i64(out, "held_credits_minor", view->held_credits_minor);
    json_out_id(out, "counterparty_id", ACCOUNT_PREFIX, view->counterparty.v);
    json_out_i64(out, "code", posted->transfer.code);
    json_out_time(out, "created_at", posted->created_at_us);
    json_out_close(out);
}

static void head_out(struct json_out *out, const struct ledger_account *account)
{
    json_out_id(out, "account_id", ACCOUNT_PREFIX, account->id.v);
    json_out_currency(out, "currency", account->currency);
    json_out_name(out, "normal_side", &api_side_names, ledger_json_normal_side(account->kind));
    json_out_i64(out, "balance_minor", ledger_balance_minor(account));
    json_out_i64(out, "debits_posted_minor", account->debits_posted);
    json_out_i64(out, "credits_posted_minor", account->credits_posted);
    json_out_i64(out, "entry_count", account->seq);
}

static void encode(struct http_request *request, const struct page *page)
{
    const struct ledger_account *account = &page->account;
    int64_t before = page->filter.after_seq == 0 ? 0 : ledger_balance_minor(account);
    int64_t after = before, sum = 0;
    struct ledger_json_view view;
    struct json_out out;

    json_out_begin(&out, request->out);
    json_out_open(&out, NULL);
    head_out(&out, account);
    json_out_open_list(&out, "steps");
    for (size_t i = 0; i < page->count; i++) {
        ledger_json_view_of(&page->entries[i], account->id, page->sign, &view);
        if (i == 0) {
            before = view.balance_minor - view.change_minor;
        }
        sum += view.change_minor;
        after = view.balance_minor;
        BUG_IF(before + sum != after); /* stored running balance against the sum of what moved */
        step_out(&out, &page->entries[i], &view);
    }
    json_out_close_list(&out);
    json_out_i64(&out, "balance_before_minor", before);
    json_out_i64(&out, "change_sum_minor", sum);
    json_out_i64(&out, "balance_after_minor", after);
    json_out_cursor(&out, "next_cursor", page->next_seq);
    json_out_close(&out);
    json_out_end(&out);
}

enum http_verdict api_ledger_accounts_id_explanation_get(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_id_explanation_get_in in;
    struct page page = {.app = app};
    enum err err;

    if (!api_ledger_accounts_id_explanation_get_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    err = ledger_get_account(app->ledger, in.account_id, &page.account);
    if (err != ERR_OK) {
        return api_answer_error(request, err, false);
    }
    page.filter = (struct ledger_entry_filter){
        .account = in.account_id, .ascending = true, .after_seq = in.cursor};
    page.sign = ledger_json_sign(page.account.kind);
    page.limit = (size_t)in.limit;
    page.entries = arena_alloc_array(request->arena, page.limit, sizeof(*page.entries));
    if (!api_read(request, app, read_page, &page)) {
        return HTTP_ANSWERED;
    }
    leave_out_newer(&page);
    encode(request, &page);
    return api_answer_json(request, 200);
}
