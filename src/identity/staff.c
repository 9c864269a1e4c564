/* staff.c — see staff.h. */
#include "identity/staff.h"

#include <string.h>

#include "core/rng.h"
#include "q_identity.h"

/* ---- sets of roles ---- */

static bool is_role(const char *text, size_t length)
{
    if (length == 0 || length > STAFF_ROLE_BYTES) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!((text[i] >= 'a' && text[i] <= 'z') || text[i] == '_')) {
            return false;
        }
    }
    return true;
}

bool staff_role_set_add(struct staff_role_set *set, const char *role, size_t length)
{
    char name[STAFF_ROLE_BYTES + 1] = {0};
    size_t at = 0;

    if (!is_role(role, length)) {
        return false;
    }
    memcpy(name, role, length);
    while (at < set->count && strcmp(set->roles[at], name) < 0) {
        at++;
    }
    if (at < set->count && strcmp(set->roles[at], name) == 0) {
        return true;
    }
    if (set->count == STAFF_ROLES_MAX) {
        return false;
    }
    memmove(set->roles[at + 1], set->roles[at], (set->count - at) * sizeof(set->roles[0]));
    memcpy(set->roles[at], name, sizeof(name));
    set->count++;
    return true;
}

void staff_role_set_format(const struct staff_role_set *set, char *ret)
{
    char *at = ret;

    for (size_t i = 0; i < set->count; i++) {
        size_t length = strlen(set->roles[i]);

        if (i > 0) {
            *at++ = ',';
        }
        memcpy(at, set->roles[i], length);
        at += length;
    }
    *at = '\0';
}

bool staff_role_set_parse(const char *text, size_t length, struct staff_role_set *ret)
{
    struct staff_role_set set = {.count = 0};
    size_t at = 0;

    while (at < length) {
        const char *comma = memchr(text + at, ',', length - at);
        size_t end = comma == NULL ? length : (size_t)(comma - text);

        if (!staff_role_set_add(&set, text + at, end - at) || end + 1 == length) {
            return false;
        }
        at = end + 1;
    }
    *ret = set;
    return true;
}

/* ---- reading ---- */

struct role_list {
    struct staff_role *roles;
    size_t count;
};

static void copy_text(struct store_text from, char *ret, size_t size)
{
    size_t length = from.length < size - 1 ? from.length : size - 1;

    memcpy(ret, from.data, length);
    ret[length] = '\0';
}

static bool role_take(const struct q_identity_roles_list_row *row, void *arg)
{
    struct role_list *list = arg;

    if (list->count < STAFF_ROLES_MAX) {
        struct staff_role *role = &list->roles[list->count++];

        copy_text(row->role, role->role, sizeof(role->role));
        copy_text(row->title_en, role->title_en, sizeof(role->title_en));
        copy_text(row->title_zh, role->title_zh, sizeof(role->title_zh));
        role->capabilities = (uint32_t)row->capabilities & STAFF_CAPABILITIES_ALL;
    }
    return true;
}

enum err staff_roles(struct store_tx *tx, struct staff_role *ret, size_t *ret_count)
{
    struct role_list list = {.roles = ret};
    enum err err = q_identity_roles_list_each(tx, role_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

struct member_list {
    struct staff_member *members;
    size_t count, count_max;
};

static bool member_take(const struct q_identity_staff_members_list_row *row, void *arg)
{
    struct member_list *list = arg;
    struct staff_member *member;

    if (list->count == list->count_max) {
        return false;
    }
    BUG_IF(row->name_sealed.length > STAFF_NAME_SEALED_MAX);
    member = &list->members[list->count++];
    memset(member, 0, sizeof(*member));
    member->person.v = row->person_id;
    member->human_index = row->human_index;
    member->name_length = row->name_sealed.length;
    memcpy(member->name_sealed, row->name_sealed.data, row->name_sealed.length);
    member->invited_by.v = row->invited_by;
    member->invited_at_us = row->invited_at_us;
    member->enrol_until_us = row->enrol_until_us;
    member->enrolled_at_us = row->enrolled_at_us;
    member->disabled_at_us = row->disabled_at_us;
    member->changed_at_us = row->changed_at_us;
    return true;
}

/* Roles come in the members' order. */
static bool member_role_take(const struct q_identity_staff_roles_list_row *row, void *arg)
{
    struct member_list *list = arg;

    for (size_t i = 0; i < list->count; i++) {
        struct staff_member *member = &list->members[i];

        if (member->person.v == row->person_id) {
            BUG_IF(!staff_role_set_add(&member->roles, row->role.data, row->role.length));
            if (member->enrolled_at_us != 0 && member->disabled_at_us == 0) {
                member->capabilities |= (uint32_t)row->capabilities & STAFF_CAPABILITIES_ALL;
            }
            break;
        }
    }
    return true;
}

static enum err read_members(struct store_tx *tx, int64_t first_id, int64_t last_id,
                             struct member_list *list)
{
    enum err err = q_identity_staff_members_list_each(
        tx,
        &(struct q_identity_staff_members_list_in){
            .first_id = first_id, .last_id = last_id, .row_max = (int64_t)list->count_max},
        member_take, list);

    if (err == ERR_OK && list->count > 0) {
        err = q_identity_staff_roles_list_each(
            tx, &(struct q_identity_staff_roles_list_in){.first_id = first_id, .last_id = last_id},
            member_role_take, list);
    }
    return err;
}

enum err staff_get(struct store_tx *tx, struct person_id person, struct staff_member *ret)
{
    struct staff_member member;
    struct member_list list = {.members = &member, .count_max = 1};
    enum err err = read_members(tx, person.v, person.v, &list);

    if (err == ERR_OK && list.count == 0) {
        err = ERR_STAFF_NOT_FOUND;
    }
    if (err == ERR_OK) {
        *ret = member;
    }
    return err;
}

enum err staff_list(struct store_tx *tx, struct staff_member *ret, size_t *ret_count)
{
    struct member_list list = {.members = ret, .count_max = STAFF_LISTED_MAX};
    enum err err = read_members(tx, 1, INT64_MAX, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

static bool capabilities_take(const struct q_identity_staff_capabilities_get_row *row, void *arg)
{
    *(uint32_t *)arg |= (uint32_t)row->capabilities & STAFF_CAPABILITIES_ALL;
    return true;
}

enum err staff_capabilities(struct store_tx *tx, struct person_id person, uint32_t *ret)
{
    uint32_t capabilities = 0;
    enum err err = q_identity_staff_capabilities_get_each(
        tx, &(struct q_identity_staff_capabilities_get_in){.person_id = person.v},
        capabilities_take, &capabilities);

    if (err == ERR_OK) {
        *ret = capabilities;
    }
    return err;
}

struct able {
    uint32_t wanted, has; /* has: of the person whose rows pass */
    int64_t person_id, count;
};

/* Rows come by person; each is counted at the row that completes what is wanted. */
static bool able_take(const struct q_identity_staff_working_row *row, void *arg)
{
    struct able *able = arg;
    bool had;

    if (row->person_id != able->person_id) {
        able->person_id = row->person_id;
        able->has = 0;
    }
    had = (able->has & able->wanted) == able->wanted;
    able->has |= (uint32_t)row->capabilities;
    if (!had && (able->has & able->wanted) == able->wanted) {
        able->count++;
    }
    return true;
}

enum err staff_count_able(struct store_tx *tx, uint32_t capabilities, int64_t *ret)
{
    struct able able = {.wanted = capabilities};
    enum err err = q_identity_staff_working_each(tx, able_take, &able);

    BUG_IF(capabilities == 0);
    if (err == ERR_OK) {
        *ret = able.count;
    }
    return err;
}

enum err staff_is_same_human(struct store_tx *tx, struct person_id a, struct person_id b, bool *ret)
{
    struct staff_member first, second;
    enum err err = staff_get(tx, a, &first);

    if (err == ERR_OK) {
        err = staff_get(tx, b, &second);
    }
    if (err == ERR_OK) {
        *ret = a.v == b.v || hash_equal(&first.human_index, &second.human_index);
    }
    return err;
}

/* ---- changes ---- */

static const char secret_prefix[] = "je_";

void staff_secret_draw(struct staff_secret *ret)
{
    uint8_t bytes[TOKEN_BYTES];

    rng_secure(bytes, sizeof(bytes));
    memcpy(ret->text, secret_prefix, sizeof(secret_prefix) - 1);
    token_encode(bytes, ret->text + sizeof(secret_prefix) - 1);
    token_hash(bytes, &ret->hash);
    secret_wipe(bytes, sizeof(bytes));
}

bool staff_secret_parse(const char *text, size_t length, struct sha256_hash *ret_hash)
{
    uint8_t bytes[TOKEN_BYTES];
    bool ok = length == STAFF_SECRET_TEXT_MAX - 1 &&
              memcmp(text, secret_prefix, sizeof(secret_prefix) - 1) == 0 &&
              token_decode(text + sizeof(secret_prefix) - 1, bytes);

    if (ok) {
        token_hash(bytes, ret_hash);
        secret_wipe(bytes, sizeof(bytes));
    }
    return ok;
}

static bool human_take(const struct q_identity_staff_of_human_row *row, void *arg)
{
    *(int64_t *)arg = row->person_id;
    return false;
}

/* ERR_STAFF_EXISTS when the human has a working account that is not `but`. */
static enum err refuse_second_account(struct store_tx *tx, const struct sha256_hash *human_index,
                                      struct person_id but)
{
    int64_t other = 0;
    enum err err = q_identity_staff_of_human_each(
        tx, &(struct q_identity_staff_of_human_in){.human_index = *human_index}, human_take,
        &other);

    return err == ERR_OK && other != 0 && other != but.v ? ERR_STAFF_EXISTS : err;
}

enum err staff_invite(struct store_tx *tx, const struct staff_invitation *invitation)
{
    int64_t now_us = store_tx_now_us(tx);
    enum err err = q_identity_staff_guard_hold(tx, NULL);

    BUG_IF(invitation->name_sealed.length > STAFF_NAME_SEALED_MAX);
    if (err == ERR_OK) {
        err = refuse_second_account(tx, &invitation->human_index, invitation->person);
    }
    if (err != ERR_OK) {
        return err;
    }
    return q_identity_staff_member_insert(
        tx,
        &(struct q_identity_staff_member_insert_in){.person_id = invitation->person.v,
                                                    .human_index = invitation->human_index,
                                                    .name_sealed = invitation->name_sealed,
                                                    .invited_by = invitation->by.v,
                                                    .invited_at_us = now_us,
                                                    .enrol_hash = invitation->enrol_hash,
                                                    .enrol_until_us = now_us + STAFF_ENROL_US},
        NULL);
}

/* After a change: somebody must still be able to manage staff, if `could` did before. */
static enum err refuse_headless(struct store_tx *tx, uint32_t could)
{
    int64_t able = 1;
    enum err err = ERR_OK;

    if ((could & STAFF_STAFF_MANAGE) != 0) {
        err = staff_count_able(tx, STAFF_STAFF_MANAGE, &able);
    }
    return err == ERR_OK && able == 0 ? ERR_STAFF_LAST_MANAGER : err;
}

/* Holds the guard and reads the member as it is then. */
static enum err begin_change(struct store_tx *tx, struct person_id person, struct staff_member *ret)
{
    enum err err = q_identity_staff_guard_hold(tx, NULL);

    return err == ERR_OK ? staff_get(tx, person, ret) : err;
}

enum err staff_reinvite(struct store_tx *tx, struct person_id person,
                        const struct sha256_hash *enrol_hash, int64_t lasts_us)
{
    int64_t now_us = store_tx_now_us(tx);
    struct staff_member member;
    enum err err = begin_change(tx, person, &member);

    if (err == ERR_OK && member.disabled_at_us != 0) {
        err = ERR_STAFF_DISABLED;
    }
    if (err == ERR_OK) {
        err = q_identity_staff_reinvite(
            tx,
            &(struct q_identity_staff_reinvite_in){.person_id = person.v,
                                                   .enrol_hash = *enrol_hash,
                                                   .enrol_until_us = now_us + lasts_us,
                                                   .now_us = now_us},
            NULL);
    }
    return err == ERR_OK ? refuse_headless(tx, member.capabilities) : err;
}

enum err staff_enrolment_of(struct store_tx *tx, const struct sha256_hash *enrol_hash,
                            struct person_id *ret)
{
    struct q_identity_staff_enrolment_get_row row = {0};
    bool found = false;
    enum err err = q_identity_staff_enrolment_get(
        tx,
        &(struct q_identity_staff_enrolment_get_in){.enrol_hash = *enrol_hash,
                                                    .now_us = store_tx_now_us(tx)},
        &row, &found);

    if (err == ERR_OK && found) {
        ret->v = row.person_id;
    }
    return err == ERR_OK && !found ? ERR_ENROLMENT_INVALID : err;
}

enum err staff_enrolled(struct store_tx *tx, struct person_id person)
{
    struct staff_member member;
    enum err err = begin_change(tx, person, &member);

    if (err != ERR_OK) {
        return err;
    }
    return q_identity_staff_enrolled(tx,
                                     &(struct q_identity_staff_enrolled_in){
                                         .person_id = person.v, .now_us = store_tx_now_us(tx)},
                                     NULL);
}

enum err staff_roles_check(struct store_tx *tx, const struct staff_role_set *wanted)
{
    struct staff_role roles[STAFF_ROLES_MAX];
    size_t count = 0, known = 0;
    enum err err = staff_roles(tx, roles, &count);

    for (size_t i = 0; i < wanted->count; i++) {
        for (size_t j = 0; err == ERR_OK && j < count; j++) {
            known += strcmp(wanted->roles[i], roles[j].role) == 0 ? 1 : 0;
        }
    }
    return err == ERR_OK && known != wanted->count ? ERR_ROLE_UNKNOWN : err;
}

enum err staff_roles_set(struct store_tx *tx, struct person_id person,
                         const struct staff_role_set *roles, struct person_id by)
{
    int64_t now_us = store_tx_now_us(tx);
    struct staff_member member;
    enum err err = begin_change(tx, person, &member);

    if (err == ERR_OK) {
        err = staff_roles_check(tx, roles);
    }
    if (err == ERR_OK) {
        err = q_identity_staff_roles_clear(
            tx, &(struct q_identity_staff_roles_clear_in){.person_id = person.v}, NULL);
    }
    for (size_t i = 0; err == ERR_OK && i < roles->count; i++) {
        err = q_identity_staff_role_insert(
            tx,
            &(struct q_identity_staff_role_insert_in){
                .person_id = person.v,
                .role = {roles->roles[i], (uint32_t)strlen(roles->roles[i])},
                .given_by = by.v,
                .given_at_us = now_us},
            NULL);
    }
    if (err == ERR_OK) {
        err = q_identity_staff_touch(
            tx, &(struct q_identity_staff_touch_in){.person_id = person.v, .now_us = now_us}, NULL);
    }
    return err == ERR_OK ? refuse_headless(tx, member.capabilities) : err;
}

enum err staff_disable(struct store_tx *tx, struct person_id person, struct person_id by)
{
    struct staff_member member;
    enum err err = begin_change(tx, person, &member);

    if (err == ERR_OK && person.v == by.v) {
        err = ERR_STAFF_SELF;
    }
    if (err == ERR_OK) {
        err = q_identity_staff_disable(
            tx,
            &(struct q_identity_staff_disable_in){
                .person_id = person.v, .disabled_by = by.v, .now_us = store_tx_now_us(tx)},
            NULL);
    }
    return err == ERR_OK ? refuse_headless(tx, member.capabilities) : err;
}

enum err staff_enable(struct store_tx *tx, struct person_id person)
{
    struct staff_member member;
    enum err err = begin_change(tx, person, &member);

    if (err == ERR_OK) {
        err = refuse_second_account(tx, &member.human_index, person);
    }
    if (err != ERR_OK) {
        return err;
    }
    return q_identity_staff_enable(
        tx,
        &(struct q_identity_staff_enable_in){.person_id = person.v, .now_us = store_tx_now_us(tx)},
        NULL);
}
