import { describe, expect, it } from 'vitest';
import en from '../src/explorer/i18n/en.json';
import { translate } from '../src/i18n';
import type { Translate } from '../src/explorer/i18n';
import { drawId, isId, shortId, uuid7 } from '../src/lib/ids';
import { forgetCheckpoints, pinKeys, pinnedKeys, readNote, rememberCheckpoint, seenCheckpoints } from '../src/explorer/lib/pins';
import { formatAge, formatUtc, localInputToUtc } from '../src/lib/time';
import { addUp } from '../src/explorer/pages/account_explain';
import { faultsFromServer, faultsOf } from '../src/explorer/pages/transfer_form';
import { ApiError } from '../src/api/http';
import { BUCKETS, bucketsOf, countArrival } from '../src/explorer/session/live';

describe('ids', () => {
  it('are drawn in order of time, in the ledger’s own form', () => {
    const early = drawId('tr', 1_795_000_000_000);
    const late = drawId('tr', 1_795_000_000_001);
    expect(isId('tr', early)).toBe(true);
    expect(early < late).toBe(true);
    expect(isId('acc', early)).toBe(false);
  });
  it('are told from look-alikes', () => {
    for (const bad of ['tr_', 'tr_0123', 'tr_0123456789ABC', 'tr_012345678901l', 'tr_9000000000000']) expect(isId('tr', bad)).toBe(false);
  });
  it('of requests are UUIDs of version 7', () => {
    expect(uuid7(0x0123456789ab)).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
  it('are shortened to their end, which differs', () => {
    expect(shortId('acc_01hq3k9zv5w8x')).toBe('acc_…9zv5w8x');
    expect(shortId('acc_1')).toBe('acc_1');
  });
});

describe('times', () => {
  it('are shown to the microsecond in UTC', () => {
    expect(formatUtc('2026-11-22T04:41:12.123456Z')).toBe('2026-11-22 04:41:12.123456 UTC');
  });
  it('have an age in words', () => {
    const now = Date.parse('2026-11-22T05:00:00Z');
    expect(formatAge('2026-11-22T04:59:57Z', now, 'en')).toBe('3 seconds ago');
    expect(formatAge('2026-11-22T04:57:00Z', now, 'zh-CN')).toBe('3分钟前');
    expect(formatAge('2026-11-20T05:00:00Z', now, 'en')).toBe('2 days ago');
  });
  it('that nobody typed are no times', () => {
    expect(localInputToUtc('')).toBeNull();
    expect(localInputToUtc('soon')).toBeNull();
    expect(localInputToUtc('2026-11-22T12:00')).toBe(new Date('2026-11-22T12:00').toISOString());
  });
});

describe('what this browser remembers', () => {
  const note = 'log.example\n15\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\nepoch 1\n\n\u2014 log.example Az3g=\n\u2014 witness.example sf3y=\n';
  it('reads a checkpoint with extension lines and witnesses', () => {
    expect(readNote(note)).toEqual({
      origin: 'log.example', size: 15, rootBase64: 'qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=', signers: ['log.example', 'witness.example'],
    });
    for (const bad of ['', 'x', 'log\n-1\nq=\n\n', 'log\n15\nshort\n\n\u2014 log x\n']) expect(readNote(bad)).toBeNull();
  });
  it('keeps the largest checkpoints, one a size', () => {
    for (let size = 1; size <= 30; size++) rememberCheckpoint({ note, size, seen_at: '2026-01-01T00:00:00Z' });
    rememberCheckpoint({ note: 'newer', size: 30, seen_at: '2026-01-02T00:00:00Z' });
    const seen = seenCheckpoints();
    expect(seen).toHaveLength(20);
    expect(seen[0]).toEqual({ note: 'newer', size: 30, seen_at: '2026-01-02T00:00:00Z' });
    forgetCheckpoints();
    expect(seenCheckpoints()).toEqual([]);
  });
  it('survives nonsense in storage', () => {
    localStorage.setItem('jn.log.keys', '{');
    localStorage.setItem('jn.log.seen', '[1,null,{"note":"x"}]');
    expect(pinnedKeys()).toEqual([]);
    expect(seenCheckpoints()).toEqual([]);
    pinKeys(['a+b+c']);
    expect(pinnedKeys()).toEqual(['a+b+c']);
  });
});

const step = (change: number, stated: number) => ({
  transferId: 't', seq: 1, createdAt: '', code: 1, phase: 'posted' as const, amount: Math.abs(change), change, stated, counterparty: '',
});
describe('adding up a balance', () => {
  it('goes on its own figures, not on those stated', () => {
    const steps = addUp(0, [step(100, 100), step(-30, 71), step(5, 75)]);
    expect(steps.map((s) => s.running)).toEqual([100, 70, 75]);
    expect(steps.findIndex((s) => s.running !== s.stated)).toBe(1);
  });
});

describe('the minute of transfers', () => {
  it('falls into spells of five seconds, newest last', () => {
    const now = 1_000_000;
    const seen = new Map<number, number>();
    for (const ago of [0, 1, 4999, 5000, 55_000, 60_000, 90_000]) countArrival(seen, now - ago);
    const counts = bucketsOf(seen, now);
    expect(counts).toHaveLength(BUCKETS);
    expect([counts.at(-1), counts.at(-2), counts[0]]).toEqual([1, 3, 1]);
    expect(seen.size).toBe(3);
  });
});

describe('the transfer form', () => {
  const t = ((key: string, values?: Record<string, string | number>) => translate(en, 'en', key, values)) as Translate;
  const form = { debit: 'acc_01hq3k9zv5w8x', credit: 'acc_01hq3k9zv5w8y', amount: '1.50', code: '1', reference: '', hold: false, hours: '24' };
  it('accepts what the ledger would', () => {
    expect(faultsOf(form, 'CNY', t)).toEqual({});
  });
  it.each([
    ['debit', { debit: 'x' }],
    ['credit', { credit: form.debit }],
    ['amount', { amount: '1.505' }],
    ['amount', { amount: '0' }],
    ['code', { code: '0' }],
    ['code', { code: '65536' }],
    ['reference', { reference: '-1' }],
    ['hours', { hold: true, hours: '8761' }],
  ])('finds fault with %s', (field, change) => {
    expect(Object.keys(faultsOf({ ...form, ...change }, 'CNY', t))).toEqual([field]);
  });
  it('puts the server’s faults beside their fields', () => {
    const error = new ApiError({ kind: 'server', code: 'insufficient_funds', title: 'Not enough', fields: [{ field: '/code', message: 'bad' }] });
    expect(faultsFromServer(error)).toEqual({ amount: 'Not enough', code: 'bad' });
  });
});
