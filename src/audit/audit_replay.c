/* audit_replay.c — what a transfer must do to its two accounts, and applying one that does. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"

#define MINOR_MAX ((INT64_C(1) << 53) - 1)

struct audit_hold *audit_hold_find(struct audit *audit, int64_t id)
{
    uint32_t slot = id == 0 ? I64MAP_NONE : i64map_get(&audit->hold_slots, id);
    return slot == I64MAP_NONE ? NULL : (struct audit_hold *)audit->holds.items + slot;
}

bool audit_expect(struct audit *audit, const struct audit_transfer *transfer, int side,
                  const struct audit_account *account, struct audit_expected *ret)
{
    int64_t flags = transfer->flags;
    int64_t held = 0;
    *ret = (struct audit_expected){.account = account->id,
                                   .seq = account->seq + 1,
                                   .prev_id = account->last,
                                   .posted = account->cp - account->dp,
                                   .held_debits = account->dh,
                                   .held_credits = account->ch};
    if ((flags & FLAG_PENDING) != 0) {
        held = transfer->amount;
    } else if ((flags & FLAGS_RESOLVING) != 0) {
        const struct audit_hold *hold = audit_hold_find(audit, transfer->pending_id);
        if (hold == NULL || hold->state != 0) {
            return false;
        }
        held = -hold->amount;
    }
    if (side == AUDIT_DEBIT) {
        ret->held_debits += held;
    } else {
        ret->held_credits += held;
    }
    if ((flags & (FLAG_PENDING | FLAG_VOID | FLAG_EXPIRE)) == 0) {
        ret->posted += side == AUDIT_DEBIT ? -transfer->amount : transfer->amount;
    }
    return !account->values_unknown;
}

/* ---- applying ---- */

static void apply_hold(struct audit *audit, const struct audit_transfer *transfer,
                       struct audit_account *const accounts[2])
{
    if ((transfer->flags & FLAG_PENDING) != 0) {
        if (i64map_get(&audit->hold_slots, transfer->id) != I64MAP_NONE) {
            return;
        }
        struct audit_hold *hold = audit_grow(&audit->holds, sizeof(*hold));
        *hold = (struct audit_hold){.id = transfer->id,
                                    .amount = transfer->amount,
                                    .flags = transfer->flags,
                                    .expires_at = transfer->expires_at,
                                    .account = {transfer->account[0], transfer->account[1]},
                                    .currency = transfer->currency,
                                    .code = transfer->code};
        i64map_put(&audit->hold_slots, hold->id, (uint32_t)audit->holds.count - 1);
        for (int side = 0; side < 2; side++) {
            int64_t closes = side == AUDIT_DEBIT ? FLAG_CLOSE_DEBIT : FLAG_CLOSE_CREDIT;
            accounts[side]->closed = accounts[side]->closed || (transfer->flags & closes) != 0;
        }
        return;
    }
    struct audit_hold *hold = (transfer->flags & FLAGS_RESOLVING) != 0
                                  ? audit_hold_find(audit, transfer->pending_id)
                                  : NULL;
    if (hold == NULL) {
        return;
    }
    bool posts = (transfer->flags & FLAG_POST) != 0;
    hold->state = posts ? 1 : (transfer->flags & FLAG_VOID) != 0 ? 2 : 3;
    hold->resolved_by = transfer->id;
    hold->captured = posts ? transfer->amount : 0;
    for (int side = 0; side < 2 && !posts; side++) {
        int64_t closes = side == AUDIT_DEBIT ? FLAG_CLOSE_DEBIT : FLAG_CLOSE_CREDIT;
        accounts[side]->closed = accounts[side]->closed && (hold->flags & closes) == 0;
    }
}

unsigned audit_row_differs(const struct audit_account *a)
{
    unsigned bits = 0;
    bool same_net = a->sums_unknown && a->cp - a->dp == a->row_cp - a->row_dp;
    bits |= a->dp != a->row_dp && !same_net ? DIFFERS_DP : 0U;
    bits |= a->cp != a->row_cp && !same_net ? DIFFERS_CP : 0U;
    bits |= a->dh != a->row_dh ? DIFFERS_DH : 0U;
    bits |= a->ch != a->row_ch ? DIFFERS_CH : 0U;
    bits |= a->last != a->row_last ? DIFFERS_LAST : 0U;
    bits |= a->row_closed != (a->closed ? 1 : 0) ? DIFFERS_CLOSED : 0U;
    bits |= !a->head_unknown && !hash_equal(&a->head, &a->row_head) ? DIFFERS_HEAD : 0U;
    return bits;
}

static void compare_row(struct audit_account *account, int64_t leaf)
{
    if (account->seq == account->row_seq + 1) {
        account->next_leaf = leaf;
    }
    if (account->seq == account->row_seq && account->found) {
        account->compared = true;
        account->differs = audit_row_differs(account);
    }
}

static void note_mark(struct audit *audit, const struct audit_account *account,
                      const struct audit_transfer *transfer)
{
    if (audit->is_postgres || account->seq % 64 != 0) {
        return;
    }
    struct audit_mark *mark = audit_grow(&audit->marks_due, sizeof(*mark));
    *mark = (struct audit_mark){.account = account->id,
                                .seq = account->seq,
                                .transfer_id = transfer->id,
                                .created_at = transfer->created_at};
}

/* The truth is in transfer->sides by now. */
void audit_apply(struct audit *audit, struct audit_transfer *transfer,
                 const struct sha256_hash hashes[2], const struct sha256_hash *core,
                 enum audit_leaf_state state)
{
    struct audit_account *accounts[2];
    for (int side = 0; side < 2; side++) {
        accounts[side] = audit_account_find(audit, transfer->account[side]);
        if (accounts[side] == NULL) {
            return;
        }
    }
    apply_hold(audit, transfer, accounts);
    for (int side = 0; side < 2; side++) {
        struct audit_account *account = accounts[side];
        const struct audit_side *after = &transfer->sides[side];
        int64_t moved = after->posted - (account->cp - account->dp);
        if (side == AUDIT_DEBIT) {
            account->dp -= moved;
        } else {
            account->cp += moved;
        }
        account->dh = after->held_debits;
        account->ch = after->held_credits;
        account->seq++;
        account->last = transfer->id;
        account->last_created = transfer->created_at;
        account->head = hashes[side];
        account->head_unknown = account->values_unknown = false;
        compare_row(account, transfer->leaf);
        note_mark(audit, account, transfer);
    }
    audit->transfers++;
    audit->now_us = transfer->created_at > audit->now_us ? transfer->created_at : audit->now_us;
    if (transfer->leaf >= 0 && transfer->leaf < audit->leaf_count) {
        audit_leaf_transfer(transfer->id, core, hashes, &audit->leaves[transfer->leaf]);
        audit->leaf_states[transfer->leaf] = transfer->is_guess ? LEAF_UNKNOWN : (uint8_t)state;
        audit->leaf_types[transfer->leaf] =
            (transfer->flags & FLAG_LINKED) != 0 ? LEAF_LINKED : LEAF_TRANSFER;
        audit->leaf_ids[transfer->leaf] = transfer->id;
    }
}

/* ---- rules, for transfers that fit ---- */

static void rule(struct audit *audit, const struct audit_transfer *transfer, const char *cause)
{
    audit_found(audit, AUDIT_RULES, "transfers", transfer->key, NULL, "%s", cause);
    audit_amount(audit, transfer->amount);
}

static const char *check_form(const struct audit_transfer *t)
{
    int64_t what = t->flags & (FLAG_PENDING | FLAGS_RESOLVING);
    if ((t->flags & ~(int64_t)FLAG_ALL) != 0 || (what & (what - 1)) != 0 ||
        ((t->flags & (FLAG_CLOSE_DEBIT | FLAG_CLOSE_CREDIT)) != 0 && what != FLAG_PENDING)) {
        return "the flags contradict each other";
    }
    if (t->amount < 0 || t->amount > MINOR_MAX) {
        return "the amount is out of range";
    }
    if (t->account[0] == t->account[1]) {
        return "both sides are the same account";
    }
    if (((t->flags & FLAGS_RESOLVING) != 0) != (t->pending_id != 0)) {
        return "a hold is named where none is resolved, or the other way round";
    }
    if (t->expires_at != 0 && ((t->flags & FLAG_PENDING) == 0 || t->expires_at <= t->created_at)) {
        return "the expiry is not that of a hold";
    }
    return NULL;
}

static const char *check_resolution(struct audit *audit, const struct audit_transfer *t)
{
    const struct audit_hold *hold = audit_hold_find(audit, t->pending_id);
    if (hold == NULL || hold->state != 0) {
        return hold == NULL ? "the hold that it resolves does not exist"
                            : "the hold that it resolves was resolved before";
    }
    if (hold->account[0] != t->account[0] || hold->account[1] != t->account[1] ||
        hold->currency != t->currency || hold->code != t->code) {
        return "accounts, currency or code are not those of the hold";
    }
    if (t->amount > hold->amount || ((t->flags & FLAG_POST) == 0 && t->amount != hold->amount)) {
        return "captured and released are not the amount held";
    }
    bool is_due = hold->expires_at != 0 && t->created_at >= hold->expires_at;
    if ((t->flags & FLAG_EXPIRE) != 0) {
        if (is_due && audit->late_us_max > 0 &&
            t->created_at - hold->expires_at > audit->late_us_max) {
            audit->late_expiries++;
            return "the hold outlived its expiry";
        }
        return is_due ? NULL : "the hold was expired before its time";
    }
    return is_due ? "the hold was resolved after its expiry" : NULL;
}

/* After the transfer: `posted` is credits less debits. */
static const char *check_limits(const struct audit_transfer *t, int side,
                                const struct audit_account *account,
                                const struct audit_expected *after)
{
    bool is_debit = side == AUDIT_DEBIT;
    int64_t used =
        is_debit ? after->held_debits - after->posted : after->held_credits + after->posted;
    int64_t limit_flag = is_debit ? 1 : 2;
    bool grows_by_debits = account->kind / 100 == 1 || account->kind / 100 == 5;
    (void)t;
    if ((account->flags & limit_flag) != 0 && used > account->overdraft) {
        return is_debit ? "the debit account may not go so far below nothing"
                        : "the credit account may not go so far above nothing";
    }
    if (account->balance_max != 0 && grows_by_debits == is_debit && used > account->balance_max) {
        return "the account's greatest balance is exceeded";
    }
    return NULL;
}

void audit_check_rules(struct audit *audit, const struct audit_transfer *t)
{
    bool resolves = (t->flags & FLAGS_RESOLVING) != 0;
    const char *cause = check_form(t);
    if (cause == NULL && resolves) {
        cause = check_resolution(audit, t);
    }
    const struct audit_hold *hold = resolves ? audit_hold_find(audit, t->pending_id) : NULL;
    for (int side = 0; side < 2 && cause == NULL; side++) {
        const struct audit_account *account = audit_account_find(audit, t->account[side]);
        int64_t closing = side == AUDIT_DEBIT ? FLAG_CLOSE_DEBIT : FLAG_CLOSE_CREDIT;
        struct audit_expected after;
        if (account == NULL || account->suspect || !account->found) {
            continue;
        }
        if (account->currency != t->currency) {
            cause = "the currency is not that of the account";
        } else if (t->created_at < account->last_created || t->created_at < account->created_at) {
            cause = "it is older than the account's entry before";
        } else if (account->closed && (t->flags & (FLAG_VOID | FLAG_EXPIRE)) == 0 &&
                   (hold == NULL || (hold->flags & closing) == 0)) {
            cause = "the account was closed";
        } else if (!resolves && audit_expect(audit, t, side, account, &after)) {
            cause = check_limits(t, side, account, &after);
        }
    }
    if (cause != NULL) {
        rule(audit, t, cause);
    }
}

/* ---- the way of nearly all transfers ---- */

static bool side_fits(const struct audit_transfer *transfer, int side,
                      const struct audit_expected *expected)
{
    const struct audit_side *stored = &transfer->sides[side];
    return stored->found && stored->hash_fits && stored->transfer_id == transfer->id &&
           stored->side == side + 1 && stored->key_account == transfer->account[side] &&
           stored->key_seq == transfer->seq[side] && stored->seq == expected->seq &&
           stored->prev_id == expected->prev_id && stored->posted == expected->posted &&
           stored->held_debits == expected->held_debits &&
           stored->held_credits == expected->held_credits;
}

bool audit_replay_fits(struct audit *audit, struct audit_transfer *transfer)
{
    struct sha256_hash core, hashes[2];
    if (!transfer->found || transfer->is_malformed || transfer->ref_id != transfer->key) {
        return false;
    }
    audit_core_hash(transfer, &core);
    for (int side = 0; side < 2; side++) {
        const struct audit_account *account = audit_account_find(audit, transfer->account[side]);
        struct audit_expected expected;
        if (account == NULL || account->head_unknown ||
            !audit_expect(audit, transfer, side, account, &expected) ||
            !side_fits(transfer, side, &expected)) {
            return false;
        }
        audit_side_hash(side, &expected, &account->head, &core, &hashes[side]);
        if (!hash_equal(&hashes[side], &transfer->sides[side].hash)) {
            return false;
        }
    }
    audit_check_rules(audit, transfer);
    audit_apply(audit, transfer, hashes, &core, LEAF_CLEAN);
    return true;
}
