/* export_formats.c — hledger's journal, CSV and JSON. The contract is in export.h. */
#include "main/export_int.h"

#include <jansson.h>
#include <string.h>

#include "core/clock.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/str.h"
#include "main/names.h"

const char *export_action(const struct ledger_transfer *transfer)
{
    if ((transfer->flags & LEDGER_PENDING) != 0) {
        return "hold";
    }
    if ((transfer->flags & LEDGER_POST_PENDING) != 0) {
        return "capture";
    }
    if ((transfer->flags & LEDGER_VOID_PENDING) != 0) {
        return "void";
    }
    return (transfer->flags & LEDGER_EXPIRE_PENDING) != 0 ? "expire" : "post";
}

bool export_moves_money(const struct ledger_transfer *transfer)
{
    return (transfer->flags & (LEDGER_PENDING | LEDGER_VOID_PENDING | LEDGER_EXPIRE_PENDING)) == 0;
}

/* "CNY 12.34" needs exactly these many characters and no more. */
#define AMOUNT_TEXT_MAX (MONEY_TEXT_MAX + 4)

static void format_amount(int64_t minor, enum currency currency, char ret[AMOUNT_TEXT_MAX])
{
    char decimal[MONEY_TEXT_MAX];
    money_format((struct money){.minor = minor, .currency = currency}, decimal);
    snprintf(ret, AMOUNT_TEXT_MAX, "%s %s", currency_code(currency), decimal);
}

/* ---- hledger ---- */

static void print_account_path(FILE *out, const struct export_account *account)
{
    char id[ID_TEXT_MAX];
    id_format(NAME_ACCOUNT, account->id.v, id);
    fprintf(out, "%s:%s", ledger_kind_info(account->kind)->hledger_path, id);
}

/* minor counts credits as positive, as the ledger does; hledger counts debits as positive. */
static void print_posting(FILE *out, const struct export_account *account, int64_t minor)
{
    char amount[AMOUNT_TEXT_MAX];
    format_amount(-minor, account->currency, amount);
    fputs("    ", out);
    print_account_path(out, account);
    fprintf(out, "  %s", amount);
}

static void print_date(FILE *out, int64_t at_us)
{
    char text[CLOCK_TEXT_MAX];
    clock_format_rfc3339(at_us, text);
    fprintf(out, "%.10s", text);
}

/* Two postings a line apart would not balance for accounts of several currencies: hledger balances
 * each commodity on its own, and debits equal credits in each. */
static void print_balances(struct export_book *book, const char *description, bool opening)
{
    bool any = false;
    for (size_t i = 0; i < book->count && opening; i++) {
        any |= book->accounts[i].opening_minor != 0;
    }
    if (opening && !any) {
        return;
    }
    fputc('\n', book->out);
    print_date(book->out, opening ? book->from_us : book->last_us);
    fprintf(book->out, " * %s\n", description);
    for (size_t i = 0; i < book->count; i++) {
        const struct export_account *account = &book->accounts[i];
        if (opening && account->opening_minor != 0) {
            print_posting(book->out, account, account->opening_minor);
            fputc('\n', book->out);
        } else if (!opening) {
            char amount[AMOUNT_TEXT_MAX];
            format_amount(-account->closing_minor, account->currency, amount);
            print_posting(book->out, account, 0);
            fprintf(book->out, " = %s\n", amount);
        }
    }
}

static void hledger_begin(struct export_book *book)
{
    size_t count;
    const enum currency *currencies = currency_all(&count);
    fputs("; Exported by jinnang " JN_VERSION ". Debits are positive. Holds move no money and are "
          "comments.\ndecimal-mark .\n",
          book->out);
    for (size_t i = 0; i < count; i++) {
        int exponent = currency_exponent(currencies[i]);
        fprintf(book->out, "commodity %s 1000.%.*s\n", currency_code(currencies[i]), exponent,
                "000000");
    }
    fputc('\n', book->out);
    for (size_t i = 0; i < book->count; i++) {
        const struct export_account *account = &book->accounts[i];
        fputs("account ", book->out);
        print_account_path(book->out, account);
        fprintf(book->out, "  ; owner:%lld, currency:%s\n", (long long)account->owner,
                currency_code(account->currency));
    }
    print_balances(book, "opening balances", true);
}

static void hledger_transfer(struct export_book *book, const struct ledger_posted *posted,
                             int64_t index)
{
    const struct ledger_transfer *t = &posted->transfer;
    struct export_account *debit = export_account_find(book, t->debit_account);
    struct export_account *credit = export_account_find(book, t->credit_account);
    char id[ID_TEXT_MAX], at[CLOCK_TEXT_MAX], amount[AMOUNT_TEXT_MAX];
    id_format(NAME_TRANSFER, t->id.v, id);
    clock_format_rfc3339(posted->created_at_us, at);
    fputc('\n', book->out);
    if (!export_moves_money(t)) {
        format_amount(t->amount_minor, t->currency, amount);
        fprintf(book->out, "; %s %s %s %s debit ", at, export_action(t), id, amount);
        print_account_path(book->out, debit);
        fputs(" credit ", book->out);
        print_account_path(book->out, credit);
        fputc('\n', book->out);
        return;
    }
    print_date(book->out, posted->created_at_us);
    fprintf(book->out, " * (%s) %s  ; code:%u, reference:%lld, at:%s, log_index:%lld\n", id,
            export_action(t), (unsigned)t->code, (long long)t->reference, at, (long long)index);
    print_posting(book->out, debit, -t->amount_minor);
    fputc('\n', book->out);
    print_posting(book->out, credit, t->amount_minor);
    fputc('\n', book->out);
}

static void hledger_end(struct export_book *book)
{
    if (book->transfers > 0) {
        print_balances(book, "closing balances, asserted", false);
    }
}

const struct export_format export_hledger = {
    .name = "hledger",
    .begin = hledger_begin,
    .transfer = hledger_transfer,
    .end = hledger_end,
};

/* ---- CSV (RFC 4180, UTF-8 with its mark) ---- */

void export_csv_cell(FILE *out, bool first, const char *text)
{
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (!first) {
        fputc(',', out);
    }
    if (quoted) {
        fputc('"', out);
    }
    if (formula) {
        fputc('\'', out);
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            fputc('"', out);
        }
        fputc(*at, out);
    }
    if (quoted) {
        fputc('"', out);
    }
}

static void csv_number(FILE *out, int64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)number);
    export_csv_cell(out, false, text);
}

static void csv_time(FILE *out, int64_t at_us)
{
    char text[CLOCK_TEXT_MAX] = "";
    if (at_us != 0) {
        clock_format_rfc3339(at_us, text);
    }
    export_csv_cell(out, false, text);
}

static void csv_id(FILE *out, bool first, const char *prefix, int64_t id)
{
    char text[ID_TEXT_MAX] = "";
    if (id != 0) {
        id_format(prefix, id, text);
    }
    export_csv_cell(out, first, text);
}

static void csv_begin(struct export_book *book)
{
    static const char *const columns[] = {
        "transfer_id", "created_at", "action",     "debit_account", "debit_kind", "credit_account",
        "credit_kind", "currency",   "amount",     "amount_minor",  "code",       "reference",
        "pending_id",  "expires_at", "commitment", "log_index"};
    fputs("\xEF\xBB\xBF", book->out);
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
        export_csv_cell(book->out, i == 0, columns[i]);
    }
    fputs("\r\n", book->out);
}

static void csv_transfer(struct export_book *book, const struct ledger_posted *posted,
                         int64_t index)
{
    const struct ledger_transfer *t = &posted->transfer;
    const struct export_account *debit = export_account_find(book, t->debit_account);
    const struct export_account *credit = export_account_find(book, t->credit_account);
    char amount[MONEY_TEXT_MAX], commitment[2 * SHA256_BYTES + 1] = "";
    money_format((struct money){.minor = t->amount_minor, .currency = t->currency}, amount);
    if (t->has_commitment) {
        hex_encode(t->commitment.bytes, SHA256_BYTES, commitment);
    }
    csv_id(book->out, true, NAME_TRANSFER, t->id.v);
    csv_time(book->out, posted->created_at_us);
    export_csv_cell(book->out, false, export_action(t));
    csv_id(book->out, false, NAME_ACCOUNT, t->debit_account.v);
    export_csv_cell(book->out, false, ledger_kind_info(debit->kind)->name);
    csv_id(book->out, false, NAME_ACCOUNT, t->credit_account.v);
    export_csv_cell(book->out, false, ledger_kind_info(credit->kind)->name);
    export_csv_cell(book->out, false, currency_code(t->currency));
    export_csv_cell(book->out, false, amount);
    csv_number(book->out, t->amount_minor);
    csv_number(book->out, t->code);
    csv_number(book->out, t->reference);
    csv_id(book->out, false, NAME_TRANSFER, t->pending_id.v);
    csv_time(book->out, posted->expires_at_us);
    export_csv_cell(book->out, false, commitment);
    csv_number(book->out, index);
    fputs("\r\n", book->out);
}

static void csv_end(struct export_book *book)
{
    (void)book;
}

const struct export_format export_csv = {
    .name = "csv", .begin = csv_begin, .transfer = csv_transfer, .end = csv_end};

/* ---- JSON: one object, written as it goes ---- */

static void json_write(FILE *out, json_t *object)
{
    BUG_IF(object == NULL);
    json_dumpf(object, out, JSON_COMPACT);
    json_decref(object);
}

static json_t *json_id(const char *prefix, int64_t id)
{
    char text[ID_TEXT_MAX];
    if (id == 0) {
        return json_null();
    }
    id_format(prefix, id, text);
    return json_string(text);
}

static json_t *json_time(int64_t at_us)
{
    char text[CLOCK_TEXT_MAX];
    if (at_us == 0) {
        return json_null();
    }
    clock_format_rfc3339(at_us, text);
    return json_string(text);
}

static json_t *json_money(int64_t minor, enum currency currency)
{
    return json_pack("{s:I, s:s}", "amount_minor", (json_int_t)minor, "currency",
                     currency_code(currency));
}

static void json_begin(struct export_book *book)
{
    fputs("{\"transfers\":[", book->out);
}

static void json_transfer(struct export_book *book, const struct ledger_posted *posted,
                          int64_t index)
{
    const struct ledger_transfer *t = &posted->transfer;
    char commitment[2 * SHA256_BYTES + 1] = "";
    if (t->has_commitment) {
        hex_encode(t->commitment.bytes, SHA256_BYTES, commitment);
    }
    fputs(book->transfers > 0 ? ",\n" : "\n", book->out);
    json_write(book->out,
               json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:i, s:I, s:o, s:o, s:s?, s:I}",
                         "transfer_id", json_id(NAME_TRANSFER, t->id.v), "created_at",
                         json_time(posted->created_at_us), "action", export_action(t),
                         "debit_account_id", json_id(NAME_ACCOUNT, t->debit_account.v),
                         "credit_account_id", json_id(NAME_ACCOUNT, t->credit_account.v), "amount",
                         json_money(t->amount_minor, t->currency), "code", (int)t->code,
                         "reference", (json_int_t)t->reference, "pending_id",
                         json_id(NAME_TRANSFER, t->pending_id.v), "expires_at",
                         json_time(posted->expires_at_us), "commitment",
                         t->has_commitment ? commitment : NULL, "log_index", (json_int_t)index));
}

static void json_end(struct export_book *book)
{
    fputs("\n],\"accounts\":[", book->out);
    for (size_t i = 0; i < book->count; i++) {
        const struct export_account *account = &book->accounts[i];
        const struct ledger_kind_info *kind = ledger_kind_info(account->kind);
        int64_t sign = kind->normal_side == LEDGER_CREDIT ? 1 : -1;
        fputs(i > 0 ? ",\n" : "\n", book->out);
        json_write(book->out,
                   json_pack("{s:o, s:I, s:s, s:s, s:o, s:o}", "account_id",
                             json_id(NAME_ACCOUNT, account->id.v), "owner",
                             (json_int_t)account->owner, "kind", kind->name, "hledger_path",
                             kind->hledger_path, "opening_balance",
                             json_money(sign * account->opening_minor, account->currency),
                             "closing_balance",
                             json_money(sign * account->closing_minor, account->currency)));
    }
    fprintf(book->out, "\n],\"transfer_count\":%llu}\n", (unsigned long long)book->transfers);
}

const struct export_format export_json = {
    .name = "json", .begin = json_begin, .transfer = json_transfer, .end = json_end};
