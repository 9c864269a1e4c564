/* POST /v1/ledger/accounts — opens accounts; each stands alone and has its own result. */
#include "api/api_app.h"
#include "api/ledger_json.h"
#include "core/rng.h"

struct opening {
    enum http_language language;
    size_t count;
    struct ledger_account_spec *specs;
    enum err *results;
};

static enum err run(struct store_tx *tx, struct api_app *app, void *arg)
{
    struct opening *opening = arg;

    return ledger_open_accounts(tx, app->ledger, opening->specs, opening->count, opening->results);
}

static int encode(struct api_app *app, void *arg, struct buf *body)
{
    const struct opening *opening = arg;
    struct json_out out;
    int64_t rejected = 0;

    (void)app;
    json_out_begin(&out, body);
    json_out_open(&out, NULL);
    json_out_open_list(&out, "results");
    for (size_t i = 0; i < opening->count; i++) {
        json_out_open(&out, NULL);
        json_out_i64(&out, "index", (int64_t)i);
        json_out_id(&out, "id", ACCOUNT_PREFIX, opening->specs[i].id.v);
        json_out_text(&out, "code", err_code(opening->results[i]));
        if (opening->results[i] != ERR_OK) {
            ledger_json_refusal(&out, opening->results[i], opening->language);
            rejected++;
        }
        json_out_close(&out);
    }
    json_out_close_list(&out);
    json_out_i64(&out, "opened", (int64_t)opening->count - rejected);
    json_out_i64(&out, "rejected", rejected);
    json_out_close(&out);
    json_out_end(&out);
    return 200;
}

enum http_verdict api_ledger_accounts_post(struct http_request *request, void *arg)
{
    struct api_app *app = arg;
    struct api_ledger_accounts_post_in in;
    struct opening *opening;

    if (!api_ledger_accounts_post_decode(request, &in)) {
        return HTTP_ANSWERED;
    }
    opening = arena_alloc(request->arena, sizeof(*opening));
    opening->language = request->language;
    opening->count = in.body.accounts_count;
    opening->specs = arena_alloc_array(request->arena, opening->count, sizeof(*opening->specs));
    opening->results = arena_alloc_array(request->arena, opening->count, sizeof(*opening->results));
    for (size_t i = 0; i < opening->count; i++) {
        const struct api_account_new *account = &in.body.accounts[i];

        opening->specs[i] = (struct ledger_account_spec){
            .id.v = account->has_id ? account->id.v : id_draw_one(app->ids),
            .owner = account->owner,
            .kind = (enum ledger_account_kind)account->kind,
            .currency = account->currency,
            .flags = account->flags,
            .overdraft_minor = account->overdraft_minor,
            .balance_max_minor = account->balance_max_minor,
        };
        rng_secure(opening->specs[i].salt.bytes, sizeof(opening->specs[i].salt.bytes));
    }
    return api_write_once(request, app,
                          &(struct api_write_spec){.run = run, .encode = encode, .arg = opening});
}
