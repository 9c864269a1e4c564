/* pack.c — see pack.h: loading, and the pure questions to a pack. */
#include "policy/pack_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES_MAX 1024

/* ---- loading ---- */

static enum err invalid(struct policy_fault *fault, uint32_t line, const char *where,
                        const char *what)
{
    fault->line = line;
    snprintf(fault->where, sizeof(fault->where), "%s", where);
    snprintf(fault->what, sizeof(fault->what), "%s", what);
    return ERR_PACK_INVALID;
}

static enum err parse_into(struct arena *arena, const char *text, size_t length, struct pack *ret,
                           struct policy_fault *fault)
{
    struct schema_context context = {.arena = arena, .fault = fault};
    const struct yaml_node *root, *currency;

    if (!yaml_tree_parse(text, length, arena, &root, fault)) {
        return ERR_PACK_INVALID;
    }
    /* Amounts can only be read once their currency is known. */
    currency = schema_member(root, "currency");
    if (root->kind != YAML_MAP) {
        return invalid(fault, root->line, "", "must be a map");
    }
    if (currency == NULL || currency->kind != YAML_TEXT) {
        return invalid(fault, root->line, "currency", "must be given as a single value");
    }
    context.currency = currency_from_code(currency->text, currency->length);
    if (context.currency == CURRENCY_NONE) {
        return invalid(fault, currency->line, "currency", "unknown currency");
    }
    if (!schema_read(&context, root, pack_fields, ret, sizeof(*ret)) || !pack_check(ret, fault)) {
        return ERR_PACK_INVALID;
    }
    ret->currency = context.currency;
    ret->arena = arena;
    return ERR_OK;
}

enum err pack_parse(const char *text, size_t length, struct pack **ret,
                    struct policy_fault *ret_fault)
{
    struct arena *arena = arena_create(PACK_BYTES_MAX);
    struct pack *pack = arena_alloc(arena, sizeof(*pack));
    enum err err = parse_into(arena, text, length, pack, ret_fault);

    if (err != ERR_OK) {
        arena_free(arena);
        return err;
    }
    *ret = pack;
    return ERR_OK;
}

static enum err read_path(const char *path, struct arena *arena, const char **ret,
                          size_t *ret_length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text;
    size_t length = 0;
    ssize_t got;

    if (fd < 0) {
        return errno == ENOENT ? ERR_PACK_NOT_FOUND : ERR_IO_FAILED;
    }
    text = arena_alloc(arena, YAML_TEXT_BYTES_MAX + 2);
    do {
        got = read(fd, text + length, YAML_TEXT_BYTES_MAX + 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    close(fd);
    if (got < 0) {
        return ERR_IO_FAILED;
    }
    *ret = text;
    *ret_length = length; /* one byte more than allowed is refused by the parser */
    return ERR_OK;
}

static bool is_plain_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return length > 0 && length <= PACK_NAME_MAX && name[length] == '\0';
}

enum err pack_file_read(const char *directory, const char *name, struct arena *arena,
                        const char **ret, size_t *ret_length)
{
    char path[PATH_BYTES_MAX];
    int length;

    if (!is_plain_name(name)) {
        return ERR_PACK_NOT_FOUND;
    }
    if (directory == NULL) {
        for (const struct pack_file *file = pack_files; file->name != NULL; file++) {
            if (strcmp(file->name, name) == 0) {
                *ret = file->text;
                *ret_length = file->length;
                return ERR_OK;
            }
        }
        return ERR_PACK_NOT_FOUND;
    }
    length = snprintf(path, sizeof(path), "%s/%s.yaml", directory, name);
    if (length < 0 || (size_t)length >= sizeof(path)) {
        return ERR_PACK_NOT_FOUND;
    }
    return read_path(path, arena, ret, ret_length);
}

enum err pack_load(const char *directory, const char *name, struct pack **ret,
                   struct policy_fault *ret_fault)
{
    struct arena *arena = arena_create(2 * YAML_TEXT_BYTES_MAX);
    struct pack *pack = NULL;
    const char *text;
    size_t length;
    enum err err = pack_file_read(directory, name, arena, &text, &length);

    if (err != ERR_OK) {
        (void)invalid(ret_fault, 0, "", err == ERR_IO_FAILED ? "cannot be read" : "is not there");
    } else {
        err = pack_parse(text, length, &pack, ret_fault);
    }
    if (err == ERR_OK && strcmp(pack->name, name) != 0) {
        err = invalid(ret_fault, 1, "pack", "is not the name of the file");
        pack_free(pack);
        pack = NULL;
    }
    arena_free(arena);
    if (err == ERR_OK) {
        *ret = pack;
    }
    return err;
}

void pack_free(struct pack *pack)
{
    if (pack != NULL) {
        arena_free(pack->arena);
    }
}

void policy_fault_text(const struct policy_fault *fault, const char *directory, const char *name,
                       char ret[POLICY_FAULT_TEXT_MAX])
{
    char line[16] = "";

    if (fault->line > 0) {
        snprintf(line, sizeof(line), ":%u", fault->line);
    }
    snprintf(ret, POLICY_FAULT_TEXT_MAX, "%.100s/%.32s.yaml%s: %s%s%s",
             directory == NULL ? "packs" : directory, name, line, fault->where,
             fault->where[0] == '\0' ? "" : ": ", fault->what);
}

/* ---- questions ---- */

const struct pack_lock *pack_lock_of(const struct pack *pack, enum policy_lock_kind kind)
{
    const struct pack_lock *locks = pack->locks.items;

    for (size_t i = 0; i < pack->locks.count; i++) {
        if (locks[i].kind == (int)kind) {
            return &locks[i];
        }
    }
    return NULL;
}

uint32_t policy_level_of(const struct pack *pack, struct level_facts facts)
{
    uint32_t reached = 0;

    for (size_t i = 0; i < pack->levels.count; i++) {
        const struct pack_level *level = pack_level_at(pack, i);

        if (facts.channels >= level->channels_min ||
            (level->in_person_suffices && facts.in_person)) {
            reached = (uint32_t)i + 1;
        }
    }
    return reached;
}

static const struct pack_step_up *step_up_of(const struct pack *pack, enum policy_action action)
{
    const struct pack_step_up *rules = pack->step_up.items;

    for (size_t i = 0; i < pack->step_up.count; i++) {
        if (rules[i].action == (int)action) {
            return &rules[i];
        }
    }
    BUG_IF(true); /* pack_check saw them all */
}

#define FACTOR_BIT(f) (UINT32_C(1) << (f))

enum policy_strength policy_strength_of(uint32_t factors)
{
    const uint32_t knowledge = FACTOR_BIT(POLICY_FACTOR_PIN) | FACTOR_BIT(POLICY_FACTOR_PASSWORD);
    const uint32_t possession = FACTOR_BIT(POLICY_FACTOR_CODE) | FACTOR_BIT(POLICY_FACTOR_TOTP);

    if ((factors & FACTOR_BIT(POLICY_FACTOR_PASSKEY)) != 0) {
        return POLICY_STRENGTH_SIGNED;
    }
    if ((factors & knowledge) != 0 && (factors & possession) != 0) {
        return POLICY_STRENGTH_DOUBLE;
    }
    return factors != 0 ? POLICY_STRENGTH_SINGLE : POLICY_STRENGTH_NONE;
}

/* Whether the band's bounds hold the amount on top of what was confirmed as weakly today. */
static bool band_holds(const struct pack_band *band, const struct step_up_use *use)
{
    int64_t day_minor = use->amount.minor;

    if (band->is_quick_pay && !use->quick_pay_on) {
        return false;
    }
    if (band->each_max_minor != 0 && use->amount.minor > band->each_max_minor) {
        return false;
    }
    if (band->day_max_minor == 0) {
        return true;
    }
    for (int strength = POLICY_STRENGTH_NONE; strength <= band->strength; strength++) {
        if (!minor_add(day_minor, use->day_minor[strength], &day_minor)) {
            return false;
        }
    }
    return day_minor <= band->day_max_minor;
}

enum err policy_step_up_of(const struct pack *pack, enum policy_action action,
                           const struct step_up_use *use, struct step_up_policy *ret)
{
    const struct pack_step_up *rule = step_up_of(pack, action);
    const struct pack_band *band = rule->bands.items;

    BUG_IF(use->amount.minor < 0);
    if (use->amount.minor > 0 && use->amount.currency != pack->currency) {
        return ERR_CURRENCY_UNSUPPORTED;
    }
    while (!band_holds(band, use)) {
        band++; /* the last one has no bounds */
    }
    *ret = (struct step_up_policy){.is_free = band->strength == POLICY_STRENGTH_NONE,
                                   .strength = band->strength};
    for (size_t i = 0; i < band->ways.count && !ret->is_free; i++) {
        ret->ways[ret->way_count++] = ((const struct pack_way *)band->ways.items)[i].factors;
    }
    return ERR_OK;
}
