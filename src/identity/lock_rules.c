/* lock_rules.c — the kinds of lock and the reasons given for them, as data (locks.h). */
#include "identity/locks.h"

#include <string.h>

#define MONEY_OUT (LOCK_PAY | LOCK_WITHDRAW)

static const struct lock_rule rules[] = {
    {LOCK_USER, .word = "user", .effects = MONEY_OUT | LOCK_CREDENTIALS, .effects_least = MONEY_OUT,
     .put_by = LOCK_BY_PERSON, .lift_by = LOCK_BY_PERSON},
    {LOCK_BRUTE_FORCE, .word = "brute_force", .effects = LOCK_SIGN_IN,
     .effects_least = LOCK_SIGN_IN, .put_by = LOCK_BY_SYSTEM,
     .lift_by = LOCK_BY_SYSTEM | LOCK_BY_STAFF, .needs_date = true, .contestable = true},
    {LOCK_RISK, .word = "risk", .effects = MONEY_OUT | LOCK_CREDENTIALS, .effects_least = 0,
     .put_by = LOCK_BY_SYSTEM | LOCK_BY_STAFF, .lift_by = LOCK_BY_STAFF, .lift_needs_two = true,
     .needs_date = true, .contestable = true},
    {LOCK_LAW, .word = "law", .effects = MONEY_OUT | LOCK_CREDENTIALS, .effects_least = 0,
     .put_by = LOCK_BY_STAFF, .lift_by = LOCK_BY_STAFF, .lift_needs_two = true, .needs_date = true,
     .contestable = true},
    {LOCK_DECEASED, .word = "deceased", .effects = LOCK_EFFECTS_ALL & ~(uint32_t)LOCK_RECEIVE,
     .effects_least = MONEY_OUT | LOCK_SIGN_IN, .put_by = LOCK_BY_STAFF, .lift_by = LOCK_BY_STAFF,
     .lift_needs_two = true, .needs_date = true, .contestable = true},
    {LOCK_OTHER, .word = "other", .effects = MONEY_OUT, .effects_least = 0, .put_by = LOCK_BY_STAFF,
     .lift_by = LOCK_BY_STAFF, .needs_date = true, .contestable = true},
};

static const struct lock_why whys[] = {
    {"frozen_by_you", LOCK_USER, "You froze your account", "您自行冻结了账户"},
    {"not_me", LOCK_USER, "You said that an operation was not yours", "您反馈有操作不是本人所为"},
    {"too_many_attempts", LOCK_BRUTE_FORCE, "A wrong password or code was entered too many times",
     "密码或验证码输错次数过多"},
    {"unusual_activity", LOCK_RISK, "We saw activity that is unusual for this account",
     "我们发现账户有异常活动"},
    {"scam_suspected", LOCK_RISK, "We believe that somebody may be trying to deceive you",
     "我们怀疑有人正在对您实施诈骗"},
    {"documents_needed", LOCK_RISK, "We need to look at your documents again",
     "我们需要重新核验您的证件资料"},
    {"court_order", LOCK_LAW, "A court has ordered it", "依据法院的法律文书"},
    {"authority_order", LOCK_LAW, "A competent authority has ordered it", "依据有权机关的法律文书"},
    {"deceased", LOCK_DECEASED, "We were told that the holder has died",
     "我们接到账户持有人已去世的通知"},
    {"ownership_disputed", LOCK_OTHER, "It is disputed whose account this is", "账户归属存在争议"},
    {"holder_unreachable", LOCK_OTHER, "We could not reach you about an important matter",
     "有重要事项未能联系到您"},
};

const struct lock_rule *lock_rule_of(enum lock_reason reason)
{
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        if (rules[i].reason == reason) {
            return &rules[i];
        }
    }
    return NULL;
}

const struct lock_why *lock_why_of(const char *code, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(whys); i++) {
        if (strlen(whys[i].code) == length && memcmp(whys[i].code, code, length) == 0) {
            return &whys[i];
        }
    }
    return NULL;
}

const struct lock_why *lock_whys(size_t *ret_count)
{
    *ret_count = ARRAY_COUNT(whys);
    return whys;
}
