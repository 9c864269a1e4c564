/* deletions.c — see deletions.h. */
#include "main/deletions.h"

#include "api/privacy_json.h"
#include "identity/deletion.h"
#include "identity/verification.h"
#include "store/store.h"

#define LOOK_AGAIN_US INT64_C(86400000000)

struct due_list {
    int64_t now_us;
    struct deletion_due due[DELETIONS_AT_ONCE];
    size_t count;
};

static enum err read_due(struct store_tx *tx, void *arg)
{
    struct due_list *list = arg;

    return deletions_due(tx, list->now_us, list->due, &list->count);
}

struct step {
    struct vault *vault;
    struct deletion_due due;
    uint32_t blocks;
    int64_t now_us;
};

/* Who somebody was is kept only if it was ever confirmed. */
static enum err take_step(struct store_tx *tx, void *arg)
{
    const struct step *step = arg;
    bool confirmed = false;
    enum err err;

    if (step->blocks != 0) {
        return deletion_postpone(tx, step->due.person, step->now_us + LOOK_AGAIN_US);
    }
    if (step->due.is_closed) {
        return deletion_erase(tx, step->vault, step->due.person);
    }
    err = identity_is_confirmed(tx, step->due.person, &confirmed);
    return err != ERR_OK ? err
                         : deletion_close(tx, step->vault, step->due.person,
                                          confirmed ? step->now_us + DELETION_IDENTITY_US : 0);
}

enum err deletions_run(struct deletions *deletions, int64_t now_us, bool *ret_more)
{
    struct due_list list = {.now_us = now_us};
    enum err err = store_read(deletions->store, read_due, &list);

    for (size_t i = 0; i < list.count && err == ERR_OK; i++) {
        struct step step = {.vault = deletions->vault, .due = list.due[i], .now_us = now_us};

        if (!step.due.is_closed) {
            err =
                deletion_blocks(deletions->store, deletions->ledger, step.due.person, &step.blocks);
        }
        if (err == ERR_OK) {
            err = store_write_sync(deletions->store, take_step, &step, 0);
            vault_forget(deletions->vault, step.due.person);
        }
        /* The person changed their mind in between, or another process was first. */
        err = err == ERR_DELETION_NOT_FOUND ? ERR_OK : err;
    }
    if (err == ERR_OK) {
        *ret_more = list.count == DELETIONS_AT_ONCE;
    }
    return err;
}
