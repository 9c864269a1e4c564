/* api_stepup.c — see api_stepup.h. */
#include "api/api_stepup.h"

#include <string.h>

#include "core/rng.h"
#include "policy/pack.h"

#define PURPOSE_MAX 512
#define MEMBERS_MAX 8192

_Static_assert((int)STEPUP_PAYMENT == (int)POLICY_ACTION_PAYMENT &&
                   (int)STEPUP_UNFREEZE == (int)POLICY_ACTION_UNFREEZE &&
                   (int)STEPUP_ACTION_MAX == (int)POLICY_ACTION_MAX &&
                   (int)STEPUP_CREDENTIAL == (int)POLICY_ACTION_CREDENTIAL,
               "actions have the pack's numbers");
_Static_assert((int)FACTOR_PIN == (int)POLICY_FACTOR_PIN &&
                   (int)FACTOR_TOTP == (int)POLICY_FACTOR_TOTP &&
                   (int)FACTOR_PASSKEY == (int)POLICY_FACTOR_PASSKEY &&
                   (int)FACTOR_CODE == (int)POLICY_FACTOR_CODE &&
                   (int)FACTOR_PASSWORD == (int)POLICY_FACTOR_PASSWORD,
               "factors have the pack's numbers");
_Static_assert(STEPUP_WAYS_MAX == STEP_UP_WAYS_MAX && STEPUP_STRENGTH_MAX == POLICY_STRENGTH_MAX,
               "the pack's bounds");

/* ---- the pack ---- */

static enum err demand_of(const void *arg, const struct stepup_use *use, struct stepup_demand *ret)
{
    struct step_up_use pack_use = {.amount = use->amount, .quick_pay_on = use->quick_pay_on};
    struct step_up_policy policy;
    enum err err;

    memcpy(pack_use.day_minor, use->day_minor, sizeof(pack_use.day_minor));
    err = policy_step_up_of(arg, (enum policy_action)use->action, &pack_use, &policy);
    if (err == ERR_OK) {
        *ret = (struct stepup_demand){.is_free = policy.is_free,
                                      .strength = (uint8_t)policy.strength,
                                      .way_count = policy.way_count};
        memcpy(ret->ways, policy.ways, sizeof(ret->ways));
    }
    return err;
}

struct stepup_policy api_stepup_policy(const struct api_app *app)
{
    return (struct stepup_policy){.demand = demand_of,
                                  .arg = app->pack,
                                  .utc_offset_s =
                                      (int32_t)(app->pack->time_zone.offset_minutes * 60)};
}

/* ---- a request ---- */

/* Method, path with its query, and body: what makes two requests the same. */
static void hash_request(const struct http_request *request, struct sha256_hash *ret)
{
    struct sha256_hash body;
    struct buf text;

    sha256(request->body.length == 0 ? "" : request->body.data, request->body.length, &body);
    buf_init(&text, 1u << 20);
    buf_add_u32be(&text, request->method);
    buf_add_str(&text, request->path);
    for (size_t i = 0; i < request->query_count; i++) {
        buf_add_u8(&text, 0);
        buf_add(&text, request->query[i].name.data, request->query[i].name.length);
        buf_add_u8(&text, 0);
        buf_add(&text, request->query[i].value.data, request->query[i].value.length);
    }
    buf_add_u8(&text, 0);
    buf_add(&text, body.bytes, sizeof(body.bytes));
    BUG_IF(!buf_ok(&text)); /* bounded by the longest address */
    sha256(text.data, text.length, ret);
    buf_done(&text);
}

bool api_stepup_begin(struct http_request *request, struct api_app *app, enum stepup_action action,
                      struct api_stepup *ret)
{
    const struct api_caller *caller = api_caller_of(request);
    const struct http_text *header = &request->headers[HTTP_CONFIRMATION];

    BUG_IF(caller == NULL || caller->person.v == 0);
    memset(ret, 0, sizeof(*ret));
    if (caller->session.level == SESSION_LOCKED && action != STEPUP_UNFREEZE) {
        api_answer_problem(request, (struct api_problem){.err = ERR_PERSON_LOCKED});
        return false;
    }
    if (header->data != NULL) {
        enum err err =
            id_parse(ID_CONFIRMATION_PREFIX, header->data, header->length, &ret->need.given.v);

        if (err != ERR_OK) {
            api_answer_problem(request, (struct api_problem){.err = err, .field = "Confirmation"});
            return false;
        }
    }
    ret->need.person = caller->person;
    ret->need.session = &caller->session;
    ret->need.action = action;
    hash_request(request, &ret->need.request_hash);
    ret->need.fresh.v = id_draw_one(app->ids);
    rng_secure(ret->need.nonce.bytes, sizeof(ret->need.nonce.bytes));
    return true;
}

enum err api_stepup_check(struct store_tx *tx, struct api_app *app, struct api_stepup *stepup)
{
    const struct stepup_policy policy = api_stepup_policy(app);
    enum err err = stepup_check(tx, app->vault, &policy, &stepup->need, &stepup->confirmation);

    if (err == ERR_CONFIRMATION_REQUIRED) {
        enum err counting = factors_count(tx, stepup->need.person, &stepup->counts);

        return counting == ERR_OK ? err : counting;
    }
    return err;
}

/* ---- as JSON ---- */

static void add_purpose(struct buf *out, enum http_language language,
                        const struct confirmation *confirmation)
{
    static const char *const words[STEPUP_ACTION_MAX + 1][2] = {
        [STEPUP_PAYMENT] = {"Pay", "付款"},
        [STEPUP_TRANSFER] = {"Transfer", "转账"},
        [STEPUP_WITHDRAWAL] = {"Withdraw", "提现"},
        [STEPUP_TOP_UP] = {"Top up", "充值"},
        [STEPUP_CARD_BIND] = {"Bind a bank card", "绑定银行卡"},
        [STEPUP_CARD_UNBIND] = {"Unbind a bank card", "解绑银行卡"},
        [STEPUP_LIMITS_RAISE] = {"Raise your limits", "提高限额"},
        [STEPUP_QUICK_PAY] = {"Change quick pay", "修改小额免密支付设置"},
        [STEPUP_CREDENTIAL] = {"Change how you sign in or confirm", "修改登录或验证方式"},
        [STEPUP_CONTACT] = {"Change your phone or e-mail", "修改手机号或邮箱"},
        [STEPUP_EXPORT] = {"Export your data", "导出个人数据"},
        [STEPUP_CLOSE] = {"Close your account", "注销账户"},
        [STEPUP_UNFREEZE] = {"Lift your own freeze", "解除本人冻结"},
    };

    BUG_IF(confirmation->action < 1 || (int)confirmation->action > STEPUP_ACTION_MAX);
    buf_add_str(out, words[confirmation->action][language]);
    if (confirmation->amount.minor > 0) {
        char amount[MONEY_TEXT_MAX];

        (void)money_format(confirmation->amount, amount);
        buf_printf(out, " %s %s", amount, currency_code(confirmation->amount.currency));
    }
    if (confirmation->payee[0] != '\0') {
        buf_printf(out, language == HTTP_ZH ? "，收款方 %s" : " to %s", confirmation->payee);
    }
}

static void factors_json(struct json_out *out, const char *key, uint32_t bits)
{
    json_out_open_list(out, key);
    for (int factor = 1; factor <= FACTOR_PASSWORD; factor++) {
        if ((bits & FACTOR_BIT(factor)) != 0) {
            json_out_name(out, NULL, &api_confirmation_factor_names, factor);
        }
    }
    json_out_close_list(out);
}

static void amount_json(struct json_out *out, const struct confirmation *confirmation)
{
    json_out_i64(out, "amount_minor", confirmation->amount.minor);
    if (confirmation->amount.minor > 0) {
        json_out_currency(out, "currency", confirmation->amount.currency);
    } else {
        json_out_null(out, "currency");
    }
    if (confirmation->payee[0] != '\0') {
        json_out_text(out, "payee", confirmation->payee);
    } else {
        json_out_null(out, "payee");
    }
}

void api_confirmation_json(struct json_out *out, const char *key, enum http_language language,
                           const struct confirmation *confirmation,
                           const struct factor_counts *counts)
{
    uint32_t held = factors_held(counts);
    struct buf purpose;

    buf_init(&purpose, PURPOSE_MAX);
    add_purpose(&purpose, language, confirmation);
    BUG_IF(!buf_ok(&purpose));
    json_out_open(out, key);
    json_out_id(out, "id", ID_CONFIRMATION_PREFIX, confirmation->id.v);
    json_out_name(out, "action", &api_confirmation_action_names, confirmation->action);
    json_out_bytes(out, "purpose", (const char *)purpose.data, purpose.length);
    amount_json(out, confirmation);
    json_out_open_list(out, "ways");
    for (size_t i = 0; i < confirmation->way_count; i++) {
        uint32_t way = confirmation->ways[i];

        json_out_open(out, NULL);
        factors_json(out, "factors", way);
        json_out_bool(out, "possible", (way & ~(held | confirmation->given)) == 0);
        json_out_close(out);
    }
    json_out_close_list(out);
    factors_json(out, "given", confirmation->given);
    factors_json(out, "helpful", confirmation_helpful(confirmation, held));
    factors_json(out, "missing", confirmation_missing(confirmation, held));
    json_out_bool(out, "complete", confirmation_is_complete(confirmation));
    json_out_bool(out, "used", confirmation->consumed_at_us != 0);
    json_out_time(out, "created_at", confirmation->created_at_us);
    json_out_time(out, "expires_at", confirmation->expires_at_us);
    json_out_close(out);
    buf_done(&purpose);
}

void api_stepup_answer(struct http_request *request, struct api_stepup *stepup)
{
    struct json_out out;
    struct buf members;

    buf_init(&members, MEMBERS_MAX);
    buf_add_str(&members, ",\"confirmation\":");
    json_out_begin(&out, &members);
    api_confirmation_json(&out, NULL, request->language, &stepup->confirmation, &stepup->counts);
    json_out_end(&out);
    BUG_IF(!buf_ok(&members)); /* bounded by the longest payee */
    http_answer_problem(request, ERR_CONFIRMATION_REQUIRED, (const char *)members.data);
    buf_done(&members);
}
