/* bins.c — see bins.h. */
#include "policy/bins.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "policy/schema.h"

#define BINS_BYTES_MAX    ((size_t)4 << 20)
#define PREFIX_DIGITS_MAX 8
#define AT(s, m)          .offset = offsetof(struct s, m)
#define END               {.name = NULL}

struct network {
    const char *code;
    struct pack_text title;
    struct schema_list prefixes; /* const char * */
    int64_t digits_min, digits_max;
};
struct bank {
    const char *code;
    struct pack_text title;
    int kind;
    struct schema_list prefixes;
};
struct bins {
    const char *name;
    int64_t version;
    struct schema_list networks, banks;
    struct arena *arena;
};

static const struct schema_field text_fields[] = {
    {"zh", SCHEMA_TEXT, AT(pack_text, zh)}, {"en", SCHEMA_TEXT, AT(pack_text, en)}, END};
static const struct schema_word kinds[] = {
    {"unknown", CARD_UNKNOWN}, {"debit", CARD_DEBIT}, {"credit", CARD_CREDIT}, END};
static const struct schema_field network_fields[] = {
    {"code", SCHEMA_TEXT, AT(network, code), .max = 16},
    {"title", SCHEMA_MAP, AT(network, title), .fields = text_fields},
    {"prefixes", SCHEMA_TEXTS, AT(network, prefixes), .min = 1, .max = 64},
    {"digits_min", SCHEMA_NUMBER, AT(network, digits_min), .min = 12, .max = 19},
    {"digits_max", SCHEMA_NUMBER, AT(network, digits_max), .min = 12, .max = 19},
    END};
static const struct schema_field bank_fields[] = {
    {"code", SCHEMA_TEXT, AT(bank, code), .max = 16},
    {"title", SCHEMA_MAP, AT(bank, title), .fields = text_fields},
    {"kind", SCHEMA_WORD, AT(bank, kind), .words = kinds},
    {"prefixes", SCHEMA_TEXTS, AT(bank, prefixes), .min = 1, .max = 256},
    END};
static const struct schema_field bins_fields[] = {
    {"bins", SCHEMA_TEXT, AT(bins, name), .max = 16},
    {"version", SCHEMA_NUMBER, AT(bins, version), .min = 1, .max = 1000000},
    {"networks", SCHEMA_LIST, AT(bins, networks), .min = 1, .max = 32, .fields = network_fields,
     .item_size = sizeof(struct network)},
    {"banks", SCHEMA_LIST, AT(bins, banks), .max = 512, .fields = bank_fields,
     .item_size = sizeof(struct bank)},
    END};

/* ---- prefixes ---- */

struct prefix {
    uint32_t from, to;
    size_t digits;
};

static bool parse_prefix(const char *text, struct prefix *ret)
{
    const char *dash = strchr(text, '-');
    size_t digits = dash == NULL ? strlen(text) : (size_t)(dash - text);
    struct prefix prefix = {.digits = digits};

    if (digits == 0 || digits > PREFIX_DIGITS_MAX || !str_parse_u32(text, digits, &prefix.from)) {
        return false;
    }
    prefix.to = prefix.from;
    if (dash != NULL && (strlen(dash + 1) != digits ||
                         !str_parse_u32(dash + 1, digits, &prefix.to) || prefix.to < prefix.from)) {
        return false;
    }
    *ret = prefix;
    return true;
}

/* How many digits of the number the longest fitting prefix covers; 0: none fits. */
static size_t fits(const struct schema_list *prefixes, const char *digits, size_t length)
{
    size_t longest = 0;

    for (size_t i = 0; i < prefixes->count; i++) {
        struct prefix prefix;
        uint32_t number;

        BUG_IF(!parse_prefix(((const char *const *)prefixes->items)[i], &prefix));
        if (prefix.digits > longest && prefix.digits <= length &&
            str_parse_u32(digits, prefix.digits, &number) && number >= prefix.from &&
            number <= prefix.to) {
            longest = prefix.digits;
        }
    }
    return longest;
}

static bool check_prefixes(const struct schema_list *prefixes, const char *where, size_t index,
                           struct policy_fault *fault)
{
    struct prefix prefix;

    for (size_t i = 0; i < prefixes->count; i++) {
        if (!parse_prefix(((const char *const *)prefixes->items)[i], &prefix)) {
            fault->line = 1;
            snprintf(fault->where, sizeof(fault->where), "%s[%zu].prefixes[%zu]", where, index, i);
            snprintf(fault->what, sizeof(fault->what),
                     "must be digits, or a range such as \"2221-2720\"");
            return false;
        }
    }
    return true;
}

static bool check(const struct bins *bins, struct policy_fault *fault)
{
    const struct network *networks = bins->networks.items;
    const struct bank *banks = bins->banks.items;

    for (size_t i = 0; i < bins->networks.count; i++) {
        if (!check_prefixes(&networks[i].prefixes, "networks", i, fault)) {
            return false;
        }
    }
    for (size_t i = 0; i < bins->banks.count; i++) {
        if (!check_prefixes(&banks[i].prefixes, "banks", i, fault)) {
            return false;
        }
    }
    return true;
}

/* ---- loading ---- */

enum err bins_parse(const char *text, size_t length, struct bins **ret,
                    struct policy_fault *ret_fault)
{
    struct arena *arena = arena_create(BINS_BYTES_MAX);
    struct bins *bins = arena_alloc(arena, sizeof(*bins));
    const struct schema_context context = {.arena = arena, .fault = ret_fault};
    const struct yaml_node *root;

    if (!yaml_tree_parse(text, length, arena, &root, ret_fault) ||
        !schema_read(&context, root, bins_fields, bins, sizeof(*bins)) || !check(bins, ret_fault)) {
        arena_free(arena);
        return ERR_PACK_INVALID;
    }
    bins->arena = arena;
    *ret = bins;
    return ERR_OK;
}

enum err bins_load(const char *directory, struct bins **ret, struct policy_fault *ret_fault)
{
    struct arena *arena = arena_create(2 * YAML_TEXT_BYTES_MAX);
    const char *text;
    size_t length;
    enum err err = pack_file_read(directory, "bins", arena, &text, &length);

    if (err == ERR_PACK_NOT_FOUND && directory != NULL) { /* --packs need not bring its own */
        err = pack_file_read(NULL, "bins", arena, &text, &length);
    }
    if (err == ERR_OK) {
        err = bins_parse(text, length, ret, ret_fault);
    } else {
        snprintf(ret_fault->what, sizeof(ret_fault->what), "cannot be read");
    }
    arena_free(arena);
    return err;
}

void bins_free(struct bins *bins)
{
    if (bins != NULL) {
        arena_free(bins->arena);
    }
}

bool bins_find(const struct bins *bins, const char *digits, size_t length, struct bin *ret)
{
    const struct network *networks = bins->networks.items, *network = NULL;
    const struct bank *banks = bins->banks.items, *bank = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < bins->networks.count; i++) {
        size_t digits_fit = fits(&networks[i].prefixes, digits, length);

        if (digits_fit > longest && (int64_t)length >= networks[i].digits_min &&
            (int64_t)length <= networks[i].digits_max) {
            longest = digits_fit;
            network = &networks[i];
        }
    }
    if (network == NULL) {
        return false;
    }
    longest = 0;
    for (size_t i = 0; i < bins->banks.count; i++) {
        size_t digits_fit = fits(&banks[i].prefixes, digits, length);

        if (digits_fit > longest) {
            longest = digits_fit;
            bank = &banks[i];
        }
    }
    *ret = (struct bin){.network = network->code,
                        .network_title = network->title,
                        .bank = bank != NULL ? bank->code : network->code,
                        .bank_title = bank != NULL ? bank->title : network->title,
                        .kind = bank != NULL ? (enum card_kind)bank->kind : CARD_UNKNOWN};
    return true;
}

bool bins_bank_title(const struct bins *bins, const char *code, struct pack_text *ret)
{
    const struct network *networks = bins->networks.items;
    const struct bank *banks = bins->banks.items;

    for (size_t i = 0; i < bins->banks.count; i++) {
        if (strcmp(banks[i].code, code) == 0) {
            *ret = banks[i].title;
            return true;
        }
    }
    for (size_t i = 0; i < bins->networks.count; i++) {
        if (strcmp(networks[i].code, code) == 0) {
            *ret = networks[i].title;
            return true;
        }
    }
    return false;
}
