/* What this browser remembers of the log: the keys a person pinned and the last checkpoint seen.
 * The log cannot fork unnoticed between two visits of the same browser. */
import { readStored, writeStored } from '../../lib/storage';

const KEYS = 'jn.log.keys';
const SEEN = 'jn.log.seen';
const SEEN_MAX = 20;

export interface SeenCheckpoint {
  note: string;
  size: number;
  seen_at: string;
}

function readJson(name: string): unknown {
  try {
    return JSON.parse(readStored(name) ?? 'null');
  } catch {
    return null;
  }
}

export function pinnedKeys(): string[] {
  const stored = readJson(KEYS);
  return Array.isArray(stored) ? stored.filter((key): key is string => typeof key === 'string') : [];
}
export function pinKeys(keys: readonly string[]) {
  writeStored(KEYS, keys.length === 0 ? null : JSON.stringify(keys));
}

/** Newest first. */
export function seenCheckpoints(): SeenCheckpoint[] {
  const stored = readJson(SEEN);
  if (!Array.isArray(stored)) return [];
  return stored.filter(
    (item: unknown): item is SeenCheckpoint =>
      typeof item === 'object' &&
      item !== null &&
      typeof (item as SeenCheckpoint).note === 'string' &&
      typeof (item as SeenCheckpoint).size === 'number' &&
      typeof (item as SeenCheckpoint).seen_at === 'string',
  );
}
/** Keeps one checkpoint a size, the newest 20. */
export function rememberCheckpoint(seen: SeenCheckpoint) {
  const others = seenCheckpoints().filter((item) => item.size !== seen.size);
  const all = [seen, ...others].sort((a, b) => b.size - a.size).slice(0, SEEN_MAX);
  writeStored(SEEN, JSON.stringify(all));
}
export function forgetCheckpoints() {
  writeStored(SEEN, null);
}

/** The parts of a C2SP checkpoint note that people read; null if it is not one. */
export interface Note {
  origin: string;
  size: number;
  rootBase64: string;
  signers: string[];
}
export function readNote(note: string): Note | null {
  const [head = '', signatures = ''] = note.split(/\n\n(?=\u2014 )/);
  const [origin = '', size = '', rootBase64 = ''] = head.split('\n');
  if (origin === '' || !/^\d{1,15}$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(rootBase64)) return null;
  const signers = signatures
    .split('\n')
    .filter((line) => line.startsWith('\u2014 '))
    .map((line) => line.split(' ')[1] ?? '');
  return { origin, size: Number(size), rootBase64, signers };
}
