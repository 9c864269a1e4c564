/* The pack parser: a text is refused with a place and a reason, or gives a pack whose promises
 * hold. */
#include "fuzz.h"

#include <string.h>

#include "policy/pack.h"

/* Every question that a pack which was accepted must be able to answer. */
static void try_pack(const struct pack *pack)
{
    struct step_up_policy policy;

    BUG_IF(pack->levels.count == 0 || pack->currency == CURRENCY_NONE);
    for (int kind = POLICY_LOCK_USER; kind <= POLICY_LOCK_LAW; kind++) {
        BUG_IF(pack_lock_of(pack, (enum policy_lock_kind)kind) == NULL);
    }
    for (int action = 1; action <= POLICY_ACTION_MAX; action++) {
        const struct step_up_use use = {.amount = {MONEY_MINOR_MAX, pack->currency},
                                        .quick_pay_on = true};

        BUG_IF(policy_step_up_of(pack, (enum policy_action)action, &use, &policy) != ERR_OK);
        BUG_IF(policy.is_free != (policy.way_count == 0));
    }
    BUG_IF(policy_level_of(pack, (struct level_facts){.channels = 100}) != pack->levels.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policy_fault fault = {0};
    char text[POLICY_FAULT_TEXT_MAX];
    struct pack *pack = NULL;

    if (pack_parse((const char *)data, size, &pack, &fault) == ERR_OK) {
        try_pack(pack);
        pack_free(pack);
    } else {
        BUG_IF(pack != NULL || fault.line == 0 || fault.what[0] == '\0');
        policy_fault_text(&fault, NULL, "cn", text);
        BUG_IF(strlen(text) >= sizeof(text));
    }
    return 0;
}
