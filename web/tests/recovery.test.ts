import { beforeEach, describe, expect, it } from 'vitest';
import type { Recovery } from '../generated/api';
import { mostOf } from '../src/wallet/lib/own_limits';
import { readKept, readSlip, slipOf, stepOf, timerUntil, writeKept } from '../src/wallet/lib/recovery';
import type { Kept } from '../src/wallet/lib/recovery';
import { recoveryGoingOn } from '../src/wallet/lib/recovery_news';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const HOUR_MS = 3_600_000;
const at = (hours: number) => new Date(NOW + hours * HOUR_MS).toISOString();

function keptWith(recovery: Partial<Recovery> | null): Kept {
  const whole: Recovery = { id: 'rcv_1', state: 'open', proofs: [], wanted: [], ready_at: null, expires_at: at(1) };
  return { id: 'rcv_1', secret: 'jr_s', contact: '+8610000010002', code: null, recovery: recovery && { ...whole, ...recovery } };
}

describe('a recovery that is kept', () => {
  beforeEach(() => sessionStorage.clear());
  it('comes back after a reload, and is gone when it is done with', () => {
    expect(readKept()).toBeNull();
    writeKept(keptWith({}));
    expect(readKept()).toEqual(keptWith({}));
    writeKept(null);
    expect(readKept()).toBeNull();
  });
  it('is nothing when what is stored is not ours', () => {
    for (const text of ['', '{', 'null', '3', '{"id":"rcv_1"}']) {
      sessionStorage.setItem('jn.recovery', text);
      expect(readKept()).toBeNull();
    }
  });
  it('travels as a slip, alone or within the text of its file', () => {
    const slip = slipOf(keptWith({}));
    for (const text of [slip, ` ${slip}\n`, `Jinnang 锦囊\n\n${slip}\n`]) {
      expect(readSlip(text)).toEqual({ id: 'rcv_1', secret: 'jr_s', contact: '', code: null, recovery: null });
    }
    for (const text of ['', 'rcv_1', 'rcv_1.', 'jr_s', '.jr_s']) expect(readSlip(text)).toBeNull();
  });
});

describe('the step of a recovery', () => {
  it('follows what the server said', () => {
    const steps = [
      [null, 'begin'],
      [keptWith({}), 'code'],
      [keptWith({ proofs: ['code'], wanted: ['totp'] }), 'second'],
      [keptWith({ state: 'waiting', proofs: ['code'], ready_at: at(1) }), 'waiting'],
      [keptWith({ state: 'waiting', proofs: ['code'], ready_at: at(0) }), 'password'],
      [keptWith({ state: 'done', proofs: ['code'], ready_at: at(-1) }), 'done'],
      [keptWith(null), 'password'],
    ] as const;
    for (const [kept, step] of steps) expect(stepOf(kept, NOW)).toBe(step);
  });
  it('is looked at again in time, as far as a timer reaches', () => {
    expect(timerUntil(NOW + 1000, NOW)).toBe(1500);
    expect(timerUntil(NOW - 1000, NOW)).toBe(500);
    expect(timerUntil(NOW + 90 * 24 * HOUR_MS, NOW)).toBe(2 ** 31 - 1);
  });
});

describe('news of a recovery', () => {
  const message = (topic: string, hours: number) => ({ topic, created_at: at(hours) });
  it('counts while the newest about one says that it started', () => {
    const started = message('recovery_started', -2);
    expect(recoveryGoingOn([message('signed_in', -1), started], NOW)).toBe(started);
    expect(recoveryGoingOn([message('recovery_stopped', -1), started], NOW)).toBeNull();
    expect(recoveryGoingOn([message('recovery_finished', -1), started], NOW)).toBeNull();
    expect(recoveryGoingOn([started, message('recovery_stopped', -3)], NOW)).toBe(started);
    expect(recoveryGoingOn([message('signed_in', -1)], NOW)).toBeNull();
    expect(recoveryGoingOn([message('recovery_started', -98 * 24)], NOW)).toBeNull();
  });
});

const limit = (operations: ('payment' | 'transfer')[], period: 'each' | 'day' | 'year', amount_minor: number) => ({
  code: 'c', operations, period, amount_minor, used_minor: 0, left_minor: 0, count: 0, used_count: 0, renews_at: null,
});
describe('the most that a limit of one’s own may be', () => {
  it('is the lowest of the class that covers it', () => {
    const mine = { limits: [limit(['payment', 'transfer'], 'day', 500), limit(['payment'], 'day', 300), limit(['payment'], 'year', 9)] };
    expect(mostOf(mine, 'payment', 'day')).toBe(300);
    expect(mostOf(mine, 'transfer', 'day')).toBe(500);
    expect(mostOf(mine, 'payment', 'each')).toBeNull();
  });
});
