/* approvals.c — see approvals.h. */
#include "identity/approvals.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "identity/staff.h"
#include "q_identity.h"

/* ---- payload ---- */

static bool is_name(const char *text)
{
    if (text[0] == '\0') {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '_')) {
            return false;
        }
    }
    return true;
}

static bool is_value(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < 0x20 || *at > 0x7e) {
            return false;
        }
    }
    return true;
}

static int compare_name(const struct approval_field *field, const char *name)
{
    size_t length = strlen(name);
    size_t shorter = length < field->name_length ? length : field->name_length;
    int order = memcmp(field->name, name, shorter);

    if (order != 0) {
        return order;
    }
    return field->name_length == length ? 0 : field->name_length < length ? -1 : 1;
}

size_t approval_payload_fields(const struct approval_payload *payload, struct approval_field *ret)
{
    const char *at = payload->text, *end = payload->text + payload->length;
    size_t count = 0;

    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *equals = memchr(at, '=', (size_t)(end - at));

        BUG_IF(line_end == NULL || equals == NULL || equals > line_end);
        BUG_IF(count == APPROVAL_FIELDS_MAX);
        ret[count++] = (struct approval_field){.name = at,
                                               .name_length = (size_t)(equals - at),
                                               .value = equals + 1,
                                               .value_length = (size_t)(line_end - equals - 1)};
        at = line_end + 1;
    }
    return count;
}

void approval_payload_add(struct approval_payload *payload, const char *name, const char *value)
{
    struct approval_field fields[APPROVAL_FIELDS_MAX];
    size_t count = approval_payload_fields(payload, fields);
    size_t room = sizeof(payload->text) - payload->length;
    int written;

    BUG_IF(!is_name(name) || !is_value(value) || count == APPROVAL_FIELDS_MAX);
    BUG_IF(count > 0 && compare_name(&fields[count - 1], name) >= 0);
    written = snprintf(payload->text + payload->length, room, "%s=%s\n", name, value);
    BUG_IF(written < 0 || (size_t)written >= room);
    payload->length += (size_t)written;
}

void approval_payload_add_i64(struct approval_payload *payload, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)value);
    approval_payload_add(payload, name, text);
}

bool approval_payload_get(const struct approval_payload *payload, const char *name,
                          struct approval_field *ret)
{
    struct approval_field fields[APPROVAL_FIELDS_MAX];
    size_t count = approval_payload_fields(payload, fields);

    for (size_t i = 0; i < count; i++) {
        if (compare_name(&fields[i], name) == 0) {
            *ret = fields[i];
            return true;
        }
    }
    return false;
}

bool approval_payload_get_i64(const struct approval_payload *payload, const char *name,
                              int64_t *ret)
{
    struct approval_field field;

    return approval_payload_get(payload, name, &field) &&
           str_parse_i64(field.value, field.value_length, ret);
}

/* ---- kinds ---- */

const struct approval_kind *approvals_kind(const struct approvals *approvals, const char *name)
{
    for (size_t i = 0; i < approvals->count; i++) {
        if (str_equal(approvals->kinds[i].name, name)) {
            return &approvals->kinds[i];
        }
    }
    return NULL;
}

void approvals_register(struct approvals *approvals, const struct approval_kind *kind)
{
    BUG_IF(!is_name(kind->name) || strlen(kind->name) > APPROVAL_KIND_BYTES);
    BUG_IF(kind->execute == NULL || kind->lasts_us <= 0 || kind->decide == 0);
    BUG_IF(approvals_kind(approvals, kind->name) != NULL);
    BUG_IF(approvals->count == APPROVAL_KINDS_MAX);
    approvals->kinds[approvals->count++] = *kind;
}

/* ---- rows ---- */

static uint32_t copy_sealed(struct store_blob from, uint8_t ret[APPROVAL_SEALED_MAX])
{
    if (from.data == NULL) {
        return 0;
    }
    BUG_IF(from.length > APPROVAL_SEALED_MAX);
    memcpy(ret, from.data, from.length);
    return from.length;
}

static void from_row(const struct q_identity_approvals_list_row *row, int64_t now_us,
                     struct approval *ret)
{
    memset(ret, 0, sizeof(*ret));
    BUG_IF(row->kind.length > APPROVAL_KIND_BYTES || row->payload.length > APPROVAL_PAYLOAD_BYTES);
    ret->id.v = row->approval_id;
    memcpy(ret->kind, row->kind.data, row->kind.length);
    ret->subject_id = row->subject_id;
    memcpy(ret->payload.text, row->payload.data, row->payload.length);
    ret->payload.length = row->payload.length;
    ret->maker.v = row->maker;
    ret->decider.v = row->decider;
    ret->created_at_us = row->created_at_us;
    ret->expires_at_us = row->expires_at_us;
    ret->state = (enum approval_state)row->state;
    if (ret->state == APPROVAL_OPEN && now_us >= ret->expires_at_us) {
        ret->state = APPROVAL_EXPIRED;
    }
    ret->decided_at_us = row->decided_at_us;
    ret->reason_length = copy_sealed(row->reason_sealed, ret->reason_sealed);
    ret->verdict_length = copy_sealed(row->verdict_sealed, ret->verdict_sealed);
}

struct list {
    struct approval *rows;
    size_t count, count_max;
    int64_t now_us;
};

static bool list_take(const struct q_identity_approvals_list_row *row, void *arg)
{
    struct list *list = arg;

    if (list->count < list->count_max) {
        from_row(row, list->now_us, &list->rows[list->count++]);
    }
    return list->count < list->count_max;
}

static enum err read_rows(struct store_tx *tx, const struct q_identity_approvals_list_in *in,
                          struct approval *ret, size_t *ret_count)
{
    struct list list = {
        .rows = ret, .count_max = (size_t)in->row_max, .now_us = store_tx_now_us(tx)};
    enum err err = q_identity_approvals_list_each(tx, in, list_take, &list);

    if (err == ERR_OK) {
        *ret_count = list.count;
    }
    return err;
}

enum err approvals_get(struct store_tx *tx, struct approval_id id, struct approval *ret)
{
    size_t count = 0;
    enum err err = read_rows(
        tx, &(struct q_identity_approvals_list_in){.first_id = id.v, .last_id = id.v, .row_max = 1},
        ret, &count);

    return err == ERR_OK && count == 0 ? ERR_APPROVAL_NOT_FOUND : err;
}

enum err approvals_list(struct store_tx *tx, const struct approvals_filter *filter,
                        struct approval *ret, size_t *ret_count)
{
    BUG_IF(filter->row_max == 0 || filter->row_max > APPROVALS_LISTED_MAX);
    return read_rows(tx,
                     &(struct q_identity_approvals_list_in){
                         .first_id = 1,
                         .last_id = filter->before.v == 0 ? INT64_MAX : filter->before.v - 1,
                         .open_only = filter->open_only ? 1 : 0,
                         .now_us = store_tx_now_us(tx),
                         .row_max = filter->row_max},
                     ret, ret_count);
}

bool approval_visible(const struct approvals *approvals, const struct approval *approval,
                      struct person_id who, uint32_t capabilities)
{
    const struct approval_kind *kind = approvals_kind(approvals, approval->kind);

    return approval->maker.v == who.v ||
           (kind != NULL && (capabilities & kind->decide) == kind->decide);
}

/* ---- writing ---- */

static enum err need(struct store_tx *tx, struct person_id person, uint32_t wanted,
                     enum err otherwise)
{
    uint32_t has = 0;
    enum err err = staff_capabilities(tx, person, &has);

    return err == ERR_OK && (has & wanted) != wanted ? otherwise : err;
}

struct open {
    bool any;
};

static bool open_take(const struct q_identity_approvals_open_row *row, void *arg)
{
    (void)row;
    ((struct open *)arg)->any = true;
    return false;
}

enum err approvals_propose(struct store_tx *tx, const struct approvals *approvals,
                           const struct approval_new *new)
{
    const struct approval_kind *kind = approvals_kind(approvals, new->kind);
    int64_t now_us = store_tx_now_us(tx);
    struct open open = {false};
    enum err err;

    BUG_IF(kind == NULL || new->id.v <= 0 || new->subject_id <= 0);
    BUG_IF(new->reason_sealed.length > APPROVAL_SEALED_MAX);
    err = need(tx, new->maker, kind->propose, ERR_CAPABILITY_MISSING);
    if (err == ERR_OK) { /* for the unique index over open ones */
        err = q_identity_approvals_expire(tx,
                                          &(struct q_identity_approvals_expire_in){
                                              .kind = {kind->name, (uint32_t)strlen(kind->name)},
                                              .subject_id = new->subject_id,
                                              .now_us = now_us},
                                          NULL);
    }
    if (err == ERR_OK) {
        err = q_identity_approvals_open_each(
            tx,
            &(struct q_identity_approvals_open_in){
                .kind = {kind->name, (uint32_t)strlen(kind->name)}, .subject_id = new->subject_id},
            open_take, &open);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (open.any) {
        return ERR_APPROVAL_PENDING;
    }
    /* Two at once on PostgreSQL: the second meets the index, runs again, and finds the first. */
    return q_identity_approval_insert(
        tx,
        &(struct q_identity_approval_insert_in){
            .approval_id = new->id.v,
            .kind = {kind->name, (uint32_t)strlen(kind->name)},
            .subject_id = new->subject_id,
            .payload = {new->payload->text, (uint32_t)new->payload->length},
            .maker = new->maker.v,
            .reason_sealed = new->reason_sealed,
            .created_at_us = now_us,
            .expires_at_us = now_us + kind->lasts_us},
        NULL);
}

/* Turns an open proposal into a decided one: the one place where it happens, and only once. */
static enum err settle(struct store_tx *tx, const struct q_identity_approval_settle_in *in,
                       struct approval *ret)
{
    int64_t changed = 0;
    enum err err = q_identity_approval_settle(tx, in, &changed);

    if (err == ERR_OK && changed == 0) {
        return ERR_APPROVAL_DECIDED;
    }
    return err == ERR_OK ? approvals_get(tx, (struct approval_id){in->approval_id}, ret) : err;
}

static enum err refuse_own(struct store_tx *tx, const struct approval *approval,
                           struct person_id decider)
{
    bool same = approval->maker.v == decider.v;
    enum err err = same ? ERR_OK : staff_is_same_human(tx, approval->maker, decider, &same);

    return err == ERR_OK && same ? ERR_APPROVAL_OWN : err;
}

enum err approvals_decide(struct store_tx *tx, const struct approvals *approvals,
                          const struct approval_decision *decision, struct approval *ret)
{
    struct person_id decider = decision->run.decider;
    const struct approval_kind *kind;
    struct approval approval;
    enum err err = approvals_get(tx, decision->id, &approval);

    BUG_IF(decision->verdict_sealed.length > APPROVAL_SEALED_MAX);
    if (err != ERR_OK) {
        return err;
    }
    kind = approvals_kind(approvals, approval.kind);
    if (kind == NULL) { /* of a feature that this program does not have any more */
        return ERR_APPROVAL_NOT_FOUND;
    }
    err = need(tx, decider, kind->decide, ERR_CAPABILITY_MISSING);
    if (err == ERR_OK) {
        err = refuse_own(tx, &approval, decider);
    }
    if (err == ERR_OK && approval.state != APPROVAL_OPEN) {
        err = ERR_APPROVAL_DECIDED;
    }
    if (err == ERR_OK && decision->approve) {
        err = need(tx, approval.maker, kind->propose, ERR_APPROVAL_MAKER_GONE);
    }
    if (err == ERR_OK) {
        err = settle(tx,
                     &(struct q_identity_approval_settle_in){
                         .approval_id = decision->id.v,
                         .state = decision->approve ? APPROVAL_APPROVED : APPROVAL_REJECTED,
                         .decider = decider.v,
                         .verdict_sealed = decision->verdict_sealed,
                         .now_us = store_tx_now_us(tx)},
                     &approval);
    }
    if (err == ERR_OK && decision->approve) {
        err = kind->execute(tx, &approval, &decision->run, kind->context);
    }
    if (err == ERR_OK) {
        *ret = approval;
    }
    return err;
}

enum err approvals_withdraw(struct store_tx *tx, struct approval_id id, struct person_id maker,
                            struct approval *ret)
{
    struct approval approval;
    enum err err = approvals_get(tx, id, &approval);

    if (err == ERR_OK && approval.maker.v != maker.v) {
        return ERR_APPROVAL_NOT_FOUND;
    }
    if (err == ERR_OK && approval.state != APPROVAL_WITHDRAWN) {
        err = settle(tx,
                     &(struct q_identity_approval_settle_in){.approval_id = id.v,
                                                             .state = APPROVAL_WITHDRAWN,
                                                             .now_us = store_tx_now_us(tx)},
                     &approval);
    }
    if (err == ERR_OK) {
        *ret = approval;
    }
    return err;
}
