/* How well an account is protected: points for what is there, and what would add most, first. Whole
 * numbers; the words say what each is. */
import type { Factors } from '../../../generated/api';

export type Measure = 'password' | 'pin' | 'passkey' | 'second' | 'recovery_codes';
export interface Protection {
  score: number;
  max: number;
  /** What is missing, the most valuable first. */
  missing: Measure[];
}
const POINTS: Record<Measure, number> = { password: 30, pin: 15, passkey: 25, second: 15, recovery_codes: 15 };
const CODES_LOW = 3;

export function protectionOf(factors: Factors): Protection {
  const passkeys = factors.passkeys.filter((passkey) => passkey.copied_at === null).length;
  const has: Record<Measure, boolean> = {
    password: true,
    pin: factors.pin.is_set && !factors.pin.locked,
    passkey: passkeys > 0,
    // A second one beside the passkey, so that losing the first is no drama.
    second: factors.totps.length > 0 || passkeys > 1,
    recovery_codes: factors.recovery_codes.left >= CODES_LOW,
  };
  const all = Object.keys(POINTS) as Measure[];
  const missing = all.filter((measure) => !has[measure]).sort((a, b) => POINTS[b] - POINTS[a]);
  const max = all.reduce((sum, measure) => sum + POINTS[measure], 0);
  return { score: max - missing.reduce((sum, measure) => sum + POINTS[measure], 0), max, missing };
}
