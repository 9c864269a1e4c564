-- Consents and the end of an account (docs/vault.md). Written only by src/identity/consents.c and
-- src/identity/deletion.c.

-- Versions of what people are asked to agree to. The newest version that has begun counts; a text is
-- never changed, only followed by another.
CREATE TABLE consent_texts (
    consent     TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    is_required INTEGER NOT NULL,  -- 1: the account cannot be without it
    from_us     INTEGER NOT NULL,  -- counts from then on
    title_en    TEXT NOT NULL,
    title_zh    TEXT NOT NULL,
    text_en     TEXT NOT NULL,
    text_zh     TEXT NOT NULL,
    PRIMARY KEY (consent, version)
) STRICT;
INSERT INTO consent_texts (consent, version, is_required, from_us, title_en, title_zh, text_en, text_zh)
VALUES
    ('terms', 1, 1, 0, 'Terms of service', '服务协议',
     'How the wallet works, what it costs, and what each side owes the other.',
     '钱包如何运作、收费标准，以及双方的权利和义务。'),
    ('privacy', 1, 1, 0, 'Personal data we need', '必要个人信息处理',
     'Phone, name and id number, cards, devices: what an account cannot be without, what each is used for, and how long it is kept.',
     '手机号、姓名与证件号、银行卡、设备：开立账户所必需的信息、各自用途及保存期限。'),
    ('marketing', 1, 0, 0, 'Offers and news', '优惠与资讯',
     'Messages about offers. Without it you get none; everything else stays the same.',
     '接收优惠活动消息。不同意则不会收到，其他服务不受影响。'),
    ('personal_tips', 1, 0, 0, 'Tips from your own payments', '基于个人账单的提示',
     'The wallet looks at your payments to show you summaries and tips. Nobody else sees them.',
     '钱包根据您的账单生成汇总与提示，其他人看不到。');

-- What each person said, when: rows are only added.
CREATE TABLE consents (
    person_id INTEGER NOT NULL,
    consent   TEXT NOT NULL,
    at_us     INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    is_given  INTEGER NOT NULL,  -- 0: withdrawn
    PRIMARY KEY (person_id, consent, at_us)
) STRICT;

-- Accounts that are ending. A row goes when the person changes their mind.
CREATE TABLE deletions (
    person_id       INTEGER PRIMARY KEY CHECK (person_id > 0),
    state_before    INTEGER NOT NULL,  -- of people: what it becomes again on a change of mind
    requested_at_us INTEGER NOT NULL,
    due_at_us       INTEGER NOT NULL,  -- the person may change their mind until then
    closed_at_us    INTEGER NOT NULL,  -- 0: not yet; then all is gone but what the law keeps
    keep_until_us   INTEGER NOT NULL,  -- with closed_at_us: when the data key is destroyed
    erased_at_us    INTEGER NOT NULL   -- 0: not yet
) STRICT;
CREATE INDEX deletions_due ON deletions (due_at_us) WHERE erased_at_us = 0;
