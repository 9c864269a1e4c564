/* personal_data.c — see personal_data.h. */
#include "identity/personal_data.h"

#include <stdlib.h>
#include <string.h>

#include "identity/deletion.h"
#include "q_identity.h"

#define SECTION_STEP 100

static const struct personal_section sections[] = {
    {1, "account", "Account", "账户"},
    {2, "contacts", "Phone and e-mail", "手机号与邮箱"},
    {3, "devices", "Devices", "设备"},
    {4, "sessions", "Sign-ins", "登录记录"},
    {5, "security", "Protection", "安全设置"},
    {6, "confirmations", "What you confirmed", "确认过的操作"},
    {7, "messages", "Messages", "消息"},
    {8, "locks", "Restrictions", "账户限制"},
    {9, "access", "Who looked at your data", "信息查看记录"},
    {10, "consents", "Consents", "同意记录"},
    {11, "deletion", "The end of the account", "账户注销"},
    {12, "identity", "Who you are", "实名认证"},
    {13, "cards", "Bank cards", "银行卡"},
};

#define WORDS(n, name, en, zh) {n, name, en, zh, PERSONAL_WORDS, 0, NULL, NULL, false}
#define TIME(n, name, en, zh)  {n, name, en, zh, PERSONAL_TIME, 0, NULL, NULL, false}
#define COUNT(n, name, en, zh) {n, name, en, zh, PERSONAL_COUNT, 0, NULL, NULL, false}
#define SEALED(n, name, en, zh, class, table, column)                                              \
    {n, name, en, zh, PERSONAL_SEALED, class, table, column, true}

/* Ascending; the numbers are those of sql/queries/identity/personal_data_rows.sql. */
static const struct personal_field fields[] = {
    TIME(101, "opened_at", "Opened", "开户时间"),
    WORDS(102, "language", "Language", "语言"),
    WORDS(103, "state", "State", "状态"),
    SEALED(201, "value", "Number or address", "号码或地址", VAULT_CONTACT, "person_contacts",
           "value_sealed"),
    WORDS(202, "channel", "Kind", "类型"),
    WORDS(203, "state", "State", "状态"),
    TIME(204, "added_at", "Added", "添加时间"),
    TIME(205, "confirmed_at", "Confirmed", "验证时间"),
    WORDS(301, "name", "Device", "设备"),
    TIME(302, "first_seen_at", "First seen", "首次使用"),
    TIME(303, "last_seen_at", "Last seen", "最近使用"),
    TIME(401, "signed_in_at", "Signed in", "登录时间"),
    TIME(402, "last_used_at", "Last used", "最近使用"),
    WORDS(403, "place", "Place", "地点"),
    TIME(404, "ended_at", "Ended", "结束时间"),
    TIME(501, "password_changed_at", "Password changed", "登录密码修改时间"),
    TIME(502, "pin_changed_at", "Payment PIN changed", "支付密码修改时间"),
    SEALED(503, "authenticator", "Authenticator app", "动态口令设备", VAULT_DEVICE, "totps",
           "name_sealed"),
    TIME(504, "authenticator_added_at", "Added", "添加时间"),
    SEALED(505, "passkey", "Passkey", "通行密钥", VAULT_DEVICE, "passkeys", "name_sealed"),
    TIME(506, "passkey_added_at", "Added", "添加时间"),
    COUNT(507, "recovery_codes_left", "Recovery codes left", "剩余恢复码"),
    COUNT(508, "quick_pay_each_minor", "Quick pay: each, in minor units", "小额免密单笔限额（分）"),
    COUNT(509, "quick_pay_day_minor", "Quick pay: a day, in minor units", "小额免密每日限额（分）"),
    COUNT(510, "own_limits", "Limits you set yourself", "自行设置的限额数"),
    TIME(601, "asked_at", "Asked", "发起时间"),
    SEALED(602, "payee", "Payee", "收款人", VAULT_MESSAGE, "confirmations", "payee_sealed"),
    COUNT(603, "amount_minor", "Amount in minor units", "金额（最小单位）"),
    TIME(701, "at", "At", "时间"),
    WORDS(702, "topic", "About", "主题"),
    {703, "details", "Details", "内容", PERSONAL_PARAMS, VAULT_MESSAGE, "outbox", "payload_sealed",
     true},
    {704, "phrase", "Anti-phishing phrase", "防伪暗语", PERSONAL_SEALED, VAULT_MESSAGE,
     "message_preferences", "phrase_sealed", false},
    TIME(801, "since", "Since", "开始时间"),
    WORDS(802, "why", "Why", "原因"),
    SEALED(803, "told", "In words", "说明", VAULT_MESSAGE, "locks", "told_sealed"),
    TIME(804, "lifted_at", "Lifted", "解除时间"),
    SEALED(811, "contested", "What you said against it", "申诉内容", VAULT_MESSAGE, "lock_contests",
           "text_sealed"),
    SEALED(812, "answer", "What you were answered", "申诉答复", VAULT_MESSAGE, "lock_contests",
           "answer_sealed"),
    TIME(901, "looked_at", "Staff looked", "工作人员查看时间"),
    SEALED(902, "reason", "Reason", "理由", VAULT_MESSAGE, "access_log", "reason_sealed"),
    COUNT(911, "wallet_openings", "Opened by the wallet itself, on a day for a purpose",
          "钱包自动读取次数（按日、按用途）"),
    WORDS(1001, "consent", "Consent", "同意事项"),
    COUNT(1002, "version", "Version", "版本"),
    WORDS(1003, "said", "Said", "意思表示"),
    TIME(1101, "requested_at", "Asked for", "申请时间"),
    TIME(1102, "due_at", "Due", "执行时间"),
    TIME(1201, "asked_at", "Asked", "提交时间"),
    WORDS(1202, "check", "Check", "验证方式"),
    WORDS(1203, "state", "State", "状态"),
    SEALED(1204, "name", "Name", "姓名", VAULT_IDENTITY, "verifications", "name_sealed"),
    SEALED(1205, "id_number", "Id number", "证件号码", VAULT_IDENTITY, "verifications",
           "id_number_sealed"),
    TIME(1211, "review_opened_at", "Review opened", "人工审核开始"),
    SEALED(1212, "review_reason", "Reason of the decision", "审核结论说明", VAULT_MESSAGE,
           "reviews", "reason_sealed"),
    /* Copied with their envelopes from the verification that was right. */
    SEALED(1221, "confirmed_name", "Confirmed name", "已认证姓名", VAULT_IDENTITY, "verifications",
           "name_sealed"),
    SEALED(1222, "confirmed_id_number", "Confirmed id number", "已认证证件号码", VAULT_IDENTITY,
           "verifications", "id_number_sealed"),
    TIME(1223, "confirmed_at", "Confirmed", "认证时间"),
    WORDS(1231, "source", "Confirmed by", "认证来源"),
    SEALED(1301, "number", "Card number", "卡号", VAULT_CARD, "cards", "number_sealed"),
    WORDS(1302, "bank", "Bank", "银行"),
    SEALED(1303, "label", "Your name for it", "自定义名称", VAULT_CARD, "cards", "label_sealed"),
    TIME(1304, "added_at", "Added", "添加时间"),
    TIME(1305, "ended_at", "Ended", "解绑时间"),
};

static const struct personal_note withheld[] = {
    {"Hashes of password, PIN and codes; secrets of authenticator apps and passkeys",
     "密码、支付密码和验证码的哈希值；动态口令与通行密钥的密钥",
     "They say nothing about you, and whoever had a copy could use them against you",
     "这些内容不反映您的个人情况，副本一旦泄露可能被用来冒用您的账户", 0},
    {"Internal notes on restrictions", "账户限制的内部备注",
     "They protect investigations and other people; what you may know is in words for you",
     "用于保护调查和他人；可告知您的内容已另行说明", 0},
    {"Keyed hashes by which you are found", "用于检索的带密钥哈希",
     "They are made from what is shown above and cannot be read back", "由上述信息生成，无法还原",
     0},
};

static const struct personal_note goes[] = {
    {"Phone, e-mail, devices, sign-ins and places", "手机号、邮箱、设备、登录记录和地点", "", "",
     0},
    {"Password, PIN, passkeys, authenticator apps and recovery codes",
     "登录密码、支付密码、通行密钥、动态口令和恢复码", "", "", 0},
    {"Bank cards", "银行卡", "", "", 0},
    {"Messages, preferences and what you confirmed", "消息、偏好设置和确认记录", "", "", 0},
    {"The key to everything else that is stored about you", "其他已加密信息的密钥", "", "", 0},
};

static const struct personal_note stays[] = {
    {"Name and id number, once confirmed, and how they were checked",
     "已认证的姓名、证件号码及认证记录",
     "Laws against money laundering oblige us to keep who a customer was for ten years after the "
     "end; "
     "sealed, used for nothing else, and not kept when you were never verified",
     "反洗钱法规要求客户身份资料在业务关系结束后保存十年；加密保存，不作他用；未实名认证的不保留",
     DELETION_IDENTITY_DAYS},
    {"Amounts and times of payments, with a number instead of your name",
     "交易的金额和时间（以编号代替姓名）",
     "The books must add up for everyone, and receipts that others hold stay checkable; no "
     "personal "
     "data is in them",
     "账目须对所有人保持平衡，他人持有的回单仍可验证；其中不含个人信息", 0},
    {"That staff looked, when and what kind of data; not the reason they wrote",
     "工作人员查看的时间和信息类别（不含所填理由）",
     "The log is a chain; taking a row out would hide looks at others",
     "记录为链式结构，删除会掩盖其他查看记录", 0},
    {"Which consents you gave and withdrew, with a number instead of your name",
     "同意与撤回的记录（以编号代替姓名）", "To show that what was done was allowed",
     "用于证明当时的处理有依据", 0},
};

#define LIST(name)                                                                                 \
    const struct personal_note *personal_##name(size_t *ret_count)                                 \
    {                                                                                              \
        *ret_count = ARRAY_COUNT(name);                                                            \
        return name;                                                                               \
    }
LIST(withheld)
LIST(goes)
LIST(stays)

/* ---- reading ---- */

struct reading {
    struct store_tx *tx;
    struct vault *vault;
    struct person_id person;
    struct arena *arena;
    struct personal_value *values;
    size_t count, capacity;
    enum err err;
};

static const struct personal_field *field_of(int64_t number)
{
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        if (fields[i].number == number) {
            return &fields[i];
        }
    }
    BUG_IF(true); /* the statement and the table differ */
}

static const struct personal_section *section_of(int64_t number)
{
    for (size_t i = 0; i < ARRAY_COUNT(sections); i++) {
        if (sections[i].number == number / SECTION_STEP) {
            return &sections[i];
        }
    }
    BUG_IF(true);
}

/* A value that does not open is shown as lost: the rest of the copy must not fail for it. */
static enum err open_value(struct reading *reading, struct personal_value *value,
                           struct store_blob sealed)
{
    const struct personal_field *field = value->field;
    struct vault_place place = {.person = reading->person,
                                .class = field->class,
                                .table = field->table,
                                .column = field->column,
                                .row_id = field->has_row ? value->row_id : 0};
    enum err err = vault_unseal_text(reading->tx, reading->vault, &place, VAULT_FOR_EXPORT, sealed,
                                     reading->arena, &value->words);

    if (err == ERR_VAULT_SEAL_BROKEN) {
        value->is_lost = true;
        err = ERR_OK;
    }
    return err;
}

static struct personal_value *next_value(struct reading *reading)
{
    if (reading->count == reading->capacity) {
        reading->capacity = reading->capacity == 0 ? 64 : reading->capacity * 2;
        reading->values = realloc(reading->values, reading->capacity * sizeof(*reading->values));
        BUG_IF(reading->values == NULL);
    }
    return &reading->values[reading->count++];
}

static bool take_value(const struct q_identity_personal_data_rows_row *row, void *arg)
{
    struct reading *reading = arg;
    struct personal_value *value;

    if (reading->count == PERSONAL_VALUES_MAX) {
        reading->err = ERR_TOO_LARGE;
        return false;
    }
    value = next_value(reading);
    *value = (struct personal_value){.section = section_of(row->field),
                                     .field = field_of(row->field),
                                     .row_id = row->row_id,
                                     .number = row->number.has ? row->number.v : 0};
    if (value->field->table != NULL) {
        reading->err = open_value(reading, value, row->sealed);
    } else if (row->words.data != NULL) {
        value->words = (struct store_text){
            arena_strndup(reading->arena, row->words.data, row->words.length), row->words.length};
    }
    return reading->err == ERR_OK;
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_place(const void *a, const void *b)
{
    const struct personal_value *x = a, *y = b;
    int order = compare(x->section->number, y->section->number);

    order = order != 0 ? order : compare(x->row_id, y->row_id);
    return order != 0 ? order : compare(x->field->number, y->field->number);
}

enum err personal_data_read(struct store_tx *tx, struct vault *vault, struct person_id person,
                            struct arena *arena, struct personal_value **ret, size_t *ret_count)
{
    struct reading reading = {.tx = tx, .vault = vault, .person = person, .arena = arena};
    struct q_identity_personal_data_rows_in in = {.person_id = person.v};
    enum err err = q_identity_personal_data_rows_each(tx, &in, take_value, &reading);

    err = err == ERR_OK ? reading.err : err;
    if (err == ERR_OK) {
        *ret = arena_alloc_array(arena, reading.count + 1, sizeof(**ret));
        *ret_count = reading.count;
        if (reading.count > 0) {
            qsort(reading.values, reading.count, sizeof(*reading.values), by_place);
            memcpy(*ret, reading.values, reading.count * sizeof(**ret));
        }
    }
    free(reading.values);
    return err;
}
