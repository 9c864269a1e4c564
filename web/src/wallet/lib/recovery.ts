/* A way back into an account that goes on: kept for this tab only, so that a reload goes on where it was.
 * Who must wait can take it along as a slip, a line of text that goes on anywhere. */
import type { CodeSent, Recovery } from '../../../generated/api';
import { readStored, writeStored } from '../../lib/storage';

const KEY = 'jn.recovery';
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Kept {
  /** As it was typed; empty when it came by a slip. */
  contact: string;
  secret: string;
  code: CodeSent | null;
  /** null: it came by a slip, and what the server knows of it is not known here. */
  recovery: Recovery | null;
  id: string;
}

/** What was begun; null: nothing, or what is stored is not ours. */
export function readKept(): Kept | null {
  const text = readStored(KEY, 'session');
  if (text === null) return null;
  try {
    const found: unknown = JSON.parse(text);
    const looksRight = typeof found === 'object' && found !== null && 'id' in found && 'secret' in found && 'recovery' in found;
    return looksRight ? (found as Kept) : null;
  } catch {
    return null;
  }
}
export function writeKept(kept: Kept | null) {
  writeStored(KEY, kept === null ? null : JSON.stringify(kept), 'session');
}

export function slipOf({ id, secret }: Kept): string {
  return `${id}.${secret}`;
}
/** What a slip says; null if it is none. */
export function readSlip(text: string): Kept | null {
  const match = /(rcv_[0-9a-z]+)\.(\S{1,64})/.exec(text);
  const [, id, secret] = match ?? [];
  return id === undefined || secret === undefined ? null : { id, secret, contact: '', code: null, recovery: null };
}

export type RecoveryStep = 'begin' | 'code' | 'second' | 'waiting' | 'password' | 'done';
export function stepOf(kept: Kept | null, now_ms: number): RecoveryStep {
  if (kept === null) return 'begin';
  const { recovery } = kept;
  if (recovery === null) return 'password';
  if (recovery.state === 'done') return 'done';
  if (recovery.state === 'open') return recovery.proofs.length === 0 ? 'code' : 'second';
  return recovery.ready_at !== null && Date.parse(recovery.ready_at) > now_ms ? 'waiting' : 'password';
}

/** How long until something at `at_ms` may have changed, as a timer can wait. */
export function timerUntil(at_ms: number, now_ms: number): number {
  return Math.min(Math.max(at_ms - now_ms, 0) + 500, LONGEST_TIMER_MS);
}
