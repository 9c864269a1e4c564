/* ledger_scenario.c — see ledger_scenario.h. */
#include "support/ledger_scenario.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"

#define NAMES_MAX        64
#define WORDS_MAX        24
#define BATCH_MAX        64
#define TRANSFER_ID_STEP 1000

struct player {
    const struct world *world;
    const char *name;
    unsigned line, failures, steps;
    char names[NAMES_MAX][16];
    struct ledger_account_spec specs[NAMES_MAX];
    bool is_open[NAMES_MAX];
    size_t name_count;
    struct ledger_transfer batch[BATCH_MAX];
    char verdicts[BATCH_MAX][64];
    unsigned lines[BATCH_MAX];
    size_t batch_count;
    bool in_batch;
};

static void fail(struct player *p, unsigned line, const char *what, const char *detail)
{
    fprintf(stderr, "%s:%u: %s: %s\n", p->name, line, what, detail);
    p->failures++;
}

static int64_t number(struct player *p, const char *text)
{
    int64_t value = 0;
    if (!str_parse_i64(text, strlen(text), &value)) {
        fail(p, p->line, "not a number", text);
    }
    return value;
}

static size_t name_index(struct player *p, const char *word)
{
    for (size_t i = 0; i < p->name_count; i++) {
        if (str_equal(p->names[i], word)) {
            return i;
        }
    }
    BUG_IF(p->name_count == NAMES_MAX || strlen(word) >= sizeof(p->names[0]));
    memcpy(p->names[p->name_count], word, strlen(word) + 1);
    return p->name_count++;
}

static int64_t account_of(struct player *p, const char *word)
{
    return str_equal(word, "-") ? 0 : (int64_t)name_index(p, word) + 1;
}

static int64_t transfer_of(struct player *p, const char *word)
{
    if (word[0] != 'T') {
        fail(p, p->line, "a transfer id is T and a number", word);
        return 0;
    }
    return number(p, word + 1) * TRANSFER_ID_STEP;
}

static int64_t amount_of(struct player *p, const char *text, enum currency currency)
{
    struct money money = {0};
    if (money_parse(text, strlen(text), currency, &money) != ERR_OK) {
        fail(p, p->line, "not an amount", text);
    }
    return money.minor;
}

/* Whether `word` is KEY=value; *ret_value points behind the sign. */
static bool has_key(const char *word, const char *key, const char **ret_value)
{
    size_t length = strlen(key);
    if (strncmp(word, key, length) != 0 || word[length] != '=') {
        return false;
    }
    *ret_value = word + length + 1;
    return true;
}

/* ---- invariants ---- */

static void check_limits(struct player *p, size_t i, const struct ledger_account *a)
{
    const struct ledger_account_spec *spec = &p->specs[i];
    bool credit_normal = ledger_kind_info(a->kind)->normal_side == LEDGER_CREDIT;
    int64_t net = credit_normal ? a->credits_posted + a->credits_pending - a->debits_posted
                                : a->debits_posted + a->debits_pending - a->credits_posted;
    if ((a->flags & LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS) != 0 &&
        a->debits_posted + a->debits_pending > a->credits_posted + a->overdraft_minor) {
        fail(p, p->line, "debits exceed credits", p->names[i]);
    }
    if ((a->flags & LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS) != 0 &&
        a->credits_posted + a->credits_pending > a->debits_posted + a->overdraft_minor) {
        fail(p, p->line, "credits exceed debits", p->names[i]);
    }
    if (spec->balance_max_minor != 0 && net > spec->balance_max_minor) {
        fail(p, p->line, "the balance is above its maximum", p->names[i]);
    }
    if (a->debits_posted < 0 || a->credits_posted < 0 || a->debits_pending < 0 ||
        a->credits_pending < 0) {
        fail(p, p->line, "a sum is negative", p->names[i]);
    }
}

static void check_invariants(struct player *p)
{
    size_t count;
    const enum currency *currencies = currency_all(&count);
    for (size_t c = 0; c < count; c++) {
        int64_t posted = 0, pending = 0;
        for (size_t i = 0; i < p->name_count; i++) {
            struct ledger_account a;
            if (!p->is_open[i] || p->specs[i].currency != currencies[c]) {
                continue;
            }
            if (!p->world->account(p->world->state, (int64_t)i + 1, &a)) {
                fail(p, p->line, "an open account is not there", p->names[i]);
                continue;
            }
            check_limits(p, i, &a);
            posted += a.debits_posted - a.credits_posted;
            pending += a.debits_pending - a.credits_pending;
        }
        if (posted != 0 || pending != 0) {
            fail(p, p->line, "debits differ from credits", currency_code(currencies[c]));
        }
    }
}

/* ---- steps ---- */

static void compare_verdict(struct player *p, unsigned line, const char *expected, enum err code,
                            bool replayed)
{
    char got[64];
    p->steps++;
    if (replayed) {
        (void)snprintf(got, sizeof(got), code == ERR_OK ? "again" : "again %s", err_code(code));
    } else {
        (void)snprintf(got, sizeof(got), "%s", err_code(code));
    }
    if (!str_equal(got, expected)) {
        char text[160];
        (void)snprintf(text, sizeof(text), "%s, not %s", got, expected);
        fail(p, line, "the verdict is", text);
    }
}

static void post(struct player *p)
{
    struct ledger_result results[BATCH_MAX];
    if (p->batch_count == 0) {
        return;
    }
    p->world->post(p->world->state, p->batch, p->batch_count, results);
    for (size_t i = 0; i < p->batch_count; i++) {
        compare_verdict(p, p->lines[i], p->verdicts[i], results[i].code, results[i].replayed);
    }
    p->batch_count = 0;
    check_invariants(p);
}

static void step_account(struct player *p, char **words, size_t count, const char *verdict)
{
    size_t index = name_index(p, words[1]);
    struct ledger_account_spec spec = {.id = {(int64_t)index + 1}};
    size_t kind_count;
    const struct ledger_kind_info *kinds = ledger_kind_all(&kind_count);
    for (size_t i = 0; i < kind_count; i++) {
        spec.kind = str_equal(kinds[i].name, words[2]) ? kinds[i].kind : spec.kind;
    }
    spec.currency = currency_from_code(words[3], strlen(words[3]));
    for (size_t i = 4; i < count; i++) {
        const char *value;
        if (str_equal(words[i], "debits<=credits")) {
            spec.flags |= LEDGER_DEBITS_MUST_NOT_EXCEED_CREDITS;
        } else if (str_equal(words[i], "credits<=debits")) {
            spec.flags |= LEDGER_CREDITS_MUST_NOT_EXCEED_DEBITS;
        } else if (has_key(words[i], "overdraft", &value)) {
            spec.overdraft_minor = amount_of(p, value, spec.currency);
        } else if (has_key(words[i], "max", &value)) {
            spec.balance_max_minor = amount_of(p, value, spec.currency);
        } else if (has_key(words[i], "owner", &value)) {
            spec.owner = number(p, value);
        } else if (has_key(words[i], "flags", &value)) {
            spec.flags = (uint32_t)number(p, value);
        } else if (has_key(words[i], "id", &value)) {
            spec.id.v = number(p, value);
        } else {
            fail(p, p->line, "unknown option", words[i]);
        }
    }
    memset(spec.salt.bytes, (int)index + 1, sizeof(spec.salt.bytes));
    enum err result = ERR_INTERNAL;
    p->world->open(p->world->state, &spec, &result);
    compare_verdict(p, p->line, verdict, result, false);
    if (result == ERR_OK && !p->is_open[index]) {
        p->specs[index] = spec;
        p->is_open[index] = true;
    }
    check_invariants(p);
}

static void read_option(struct player *p, struct ledger_transfer *t, const char *word)
{
    static const struct {
        const char *word;
        uint32_t flag;
    } flags[] = {{"linked", LEDGER_LINKED},
                 {"pending", LEDGER_PENDING},
                 {"close_debit", LEDGER_CLOSE_DEBIT},
                 {"close_credit", LEDGER_CLOSE_CREDIT}};
    static const struct {
        const char *word;
        uint32_t flag;
    } resolving[] = {{"post", LEDGER_POST_PENDING},
                     {"void", LEDGER_VOID_PENDING},
                     {"expire", LEDGER_EXPIRE_PENDING},
                     {"pending_id", 0}};
    const char *value;
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
        if (str_equal(word, flags[i].word)) {
            t->flags |= flags[i].flag;
            return;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(resolving); i++) {
        if (has_key(word, resolving[i].word, &value)) {
            t->flags |= resolving[i].flag;
            t->pending_id.v = transfer_of(p, value);
            return;
        }
    }
    if (has_key(word, "code", &value)) {
        t->code = (uint16_t)number(p, value);
    } else if (has_key(word, "ref", &value)) {
        t->reference = number(p, value);
    } else if (has_key(word, "timeout", &value)) {
        t->timeout_s = number(p, value);
    } else if (has_key(word, "flags", &value)) {
        t->flags |= (uint32_t)number(p, value);
    } else if (has_key(word, "amount", &value)) {
        t->amount_minor = number(p, value);
    } else if (has_key(word, "currency", &value)) {
        t->currency = (enum currency)number(p, value);
    } else if (has_key(word, "commitment", &value)) {
        t->has_commitment = true;
        memset(t->commitment.bytes, (int)number(p, value), sizeof(t->commitment.bytes));
    } else {
        fail(p, p->line, "unknown option", word);
    }
}

static void step_transfer(struct player *p, char **words, size_t count, const char *verdict)
{
    BUG_IF(p->batch_count == BATCH_MAX || count < 4);
    struct ledger_transfer *t = &p->batch[p->batch_count];
    char *arrow = strstr(words[2], "→");
    if (arrow == NULL) {
        fail(p, p->line, "DEBIT→CREDIT is missing", words[2]);
        return;
    }
    *arrow = '\0';
    *t = (struct ledger_transfer){.id = {transfer_of(p, words[1])},
                                  .debit_account = {account_of(p, words[2])},
                                  .credit_account = {account_of(p, arrow + strlen("→"))},
                                  .currency = CURRENCY_CNY,
                                  .code = 1};
    size_t next = 4;
    if (count > 4 && currency_from_code(words[4], strlen(words[4])) != CURRENCY_NONE) {
        t->currency = currency_from_code(words[4], strlen(words[4]));
        next = 5;
    } else if (count > 4 && str_equal(words[4], "-")) {
        t->currency = CURRENCY_NONE;
        next = 5;
    }
    t->amount_minor =
        amount_of(p, words[3], t->currency == CURRENCY_NONE ? CURRENCY_CNY : t->currency);
    for (size_t i = next; i < count; i++) {
        read_option(p, t, words[i]);
    }
    (void)snprintf(p->verdicts[p->batch_count], sizeof(p->verdicts[0]), "%s", verdict);
    p->lines[p->batch_count++] = p->line;
    if (!p->in_batch && (t->flags & LEDGER_LINKED) == 0) {
        post(p);
    }
}

static void step_expect(struct player *p, char **words, size_t count)
{
    struct ledger_account a;
    char got[160];
    p->steps++;
    BUG_IF(count < 6);
    if (!p->world->account(p->world->state, account_of(p, words[1]), &a)) {
        fail(p, p->line, "no such account", words[1]);
        return;
    }
    int64_t posted = a.credits_posted - a.debits_posted;
    if (posted != amount_of(p, words[2], a.currency) ||
        a.debits_pending != amount_of(p, words[4], a.currency) ||
        a.credits_pending != amount_of(p, words[5], a.currency)) {
        (void)snprintf(got, sizeof(got), "%lld held %lld %lld", (long long)posted,
                       (long long)a.debits_pending, (long long)a.credits_pending);
        fail(p, p->line, "the balance in minor units is", got);
    }
    bool is_closed = (a.flags & LEDGER_ACCOUNT_CLOSED) != 0;
    if (count > 6 && str_equal(words[6], "closed") != is_closed) {
        fail(p, p->line, "the account is", is_closed ? "closed" : "open");
    }
}

static void step(struct player *p, char *line)
{
    char *words[WORDS_MAX];
    size_t count = 0;
    char *verdict = strchr(line, '|');
    if (verdict != NULL) {
        *verdict++ = '\0';
        verdict += strspn(verdict, " ");
        for (size_t end = strlen(verdict); end > 0 && verdict[end - 1] == ' '; end--) {
            verdict[end - 1] = '\0';
        }
    }
    char *save = NULL;
    for (char *word = strtok_r(line, " ", &save); word != NULL && count < WORDS_MAX;
         word = strtok_r(NULL, " ", &save)) {
        words[count++] = word;
    }
    if (count == 0) {
        return;
    }
    const char *expected = verdict != NULL ? verdict : "ok";
    if (str_equal(words[0], "account") && count >= 4) {
        step_account(p, words, count, expected);
    } else if (str_equal(words[0], "transfer") && count >= 4) {
        step_transfer(p, words, count, expected);
    } else if (str_equal(words[0], "batch")) {
        p->in_batch = true;
    } else if (str_equal(words[0], "end")) {
        p->in_batch = false;
        post(p);
    } else if (str_equal(words[0], "post")) {
        post(p); /* an open chain */
    } else if (str_equal(words[0], "expect")) {
        step_expect(p, words, count);
    } else if (str_equal(words[0], "time") && count == 2) {
        p->world->advance(p->world->state, number(p, words[1] + 1) * 1000000);
    } else if (str_equal(words[0], "expire") && count == 2) {
        p->steps++;
        if (p->world->expire(p->world->state) != (uint32_t)number(p, words[1])) {
            fail(p, p->line, "another number of holds expired than", words[1]);
        }
        check_invariants(p);
    } else if (str_equal(words[0], "restart")) {
        if (p->world->restart != NULL) {
            p->world->restart(p->world->state);
        }
        check_invariants(p);
    } else {
        fail(p, p->line, "unknown step", words[0]);
    }
}

unsigned scenario_play(const char *name, const char *text, const struct world *world,
                       unsigned *ret_steps)
{
    static _Thread_local char line[512];
    struct player p = {.world = world, .name = name};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        BUG_IF(length >= sizeof(line));
        memcpy(line, text, length);
        line[length] = '\0';
        p.line++;
        line[strcspn(line, "#")] = '\0';
        step(&p, line);
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    post(&p);
    *ret_steps = p.steps;
    return p.failures;
}
