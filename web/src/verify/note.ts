/* Signed notes and checkpoints as C2SP writes them; keys as "name+hash+base64". */
import { concat, equalBytes, fromBase64, fromHex, toHex, utf8 } from './bytes';
import { verifyEd25519 } from './ed25519';
import { sha256 } from './sha256';

const TYPE_ED25519 = 1;
const TYPE_COSIGNATURE = 4;
const NOTE_CHARS_MAX = 16384;

export interface Key {
  text: string;
  name: string;
  id: Uint8Array;
  type: number;
  publicKey: Uint8Array;
}
export interface Note {
  text: string;
  signatures: { name: string; id: Uint8Array; bytes: Uint8Array }[];
}
export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
  epoch: number; // 0: none
}

export const isName = (name: string): boolean => /^[!-*,-~]{1,127}$/u.test(name);
export const isWitness = (key: Key): boolean => key.type === TYPE_COSIGNATURE;

export function parseKey(text: string): Key | undefined {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 1 || second < 0) return undefined;
  const name = text.slice(0, first);
  const id = fromHex(text.slice(first + 1, second), 4);
  const blob = fromBase64(text.slice(second + 1));
  if (!isName(name) || id === undefined || blob === undefined || blob.length !== 33) return undefined;
  const type = blob[0] ?? 0;
  if (type !== TYPE_ED25519 && type !== TYPE_COSIGNATURE) return undefined;
  const hash = sha256(concat(utf8(name), Uint8Array.of(10), blob));
  if (!equalBytes(hash.slice(0, 4), id)) return undefined;
  return { text: `${name}+${toHex(id)}+${text.slice(second + 1)}`, name, id, type, publicKey: blob.slice(1) };
}

export function parseNote(data: string): Note | undefined {
  if (data.length > NOTE_CHARS_MAX || !data.endsWith('\n')) return undefined;
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u0009\u000b-\u001f]/u.test(data)) return undefined;
  const split = data.lastIndexOf('\n\n', data.length - 2);
  if (split < 1) return undefined;
  const note: Note = { text: data.slice(0, split + 1), signatures: [] };
  for (const line of data.slice(split + 2, -1).split('\n')) {
    const found = /^\u2014 ([^ ]{1,127}) ([^ ]+)$/u.exec(line);
    const blob = fromBase64(found?.[2] ?? '');
    if (found === null || blob === undefined || blob.length < 5) return undefined;
    note.signatures.push({ name: found[1] ?? '', id: blob.slice(0, 4), bytes: blob.slice(4) });
  }
  return note;
}

export type Signed = 'right' | 'wrong' | 'absent';

/** Whether the note carries a signature by this key, and a right one. */
export function checkNote(note: Note, key: Key): Signed {
  const signature = note.signatures.find((s) => s.name === key.name && equalBytes(s.id, key.id));
  if (signature === undefined) return 'absent';
  let message = note.text;
  let { bytes } = signature;
  if (isWitness(key)) {
    if (bytes.length !== 72) return 'wrong';
    const at = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    message = `cosignature/v1\ntime ${at}\n${note.text}`;
    bytes = bytes.slice(8);
  }
  return verifyEd25519(key.publicKey, utf8(message), bytes) ? 'right' : 'wrong';
}

function decimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:0|[1-9][0-9]{0,15})$/u.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

export function parseCheckpoint(text: string): Checkpoint | undefined {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) return undefined;
  const [origin = '', sizeText, rootText = '', ...extensions] = lines;
  const size = decimal(sizeText);
  const root = fromBase64(rootText);
  if (origin.length > 127 || size === undefined || root === undefined || root.length !== 32) return undefined;
  const epochs = extensions.filter((line) => line.startsWith('epoch '));
  if (epochs.length > 1) return undefined;
  const epoch = epochs.length === 0 ? 0 : decimal(epochs[0]?.slice(6));
  if (epoch === undefined || (epochs.length === 1 && epoch === 0)) return undefined;
  return { origin, size, root, epoch };
}

export interface Promised {
  accountId: string;
  seq: number;
  head: Uint8Array;
  logSize: number;
}

/** The text of a promise of this log and epoch. */
export function parsePromise(text: string, origin: string, epoch: number): Promised | undefined {
  const lines = text.split('\n');
  const labels = ['origin', 'epoch', 'account', 'seq', 'head', 'log_size'];
  if (lines.length !== labels.length + 2 || lines[0] !== 'jinnang-promise/v1' || lines.at(-1) !== '') return undefined;
  const values = labels.map((label, i) => {
    const line = lines[i + 1] ?? '';
    return line.startsWith(`${label} `) ? line.slice(label.length + 1) : '';
  });
  const [inOrigin, inEpoch, accountId = '', seqText, headText = '', sizeText] = values;
  const seq = decimal(seqText);
  const head = fromBase64(headText);
  const logSize = decimal(sizeText);
  if (inOrigin !== origin || inEpoch !== String(epoch)) return undefined;
  if (seq === undefined || logSize === undefined || head === undefined || head.length !== 32) return undefined;
  return { accountId, seq, head, logSize };
}

/** True when the note is a rotation to `to`, signed by it and by a key that is trusted. */
export function isRotation(text: string, origin: string, to: Key, trusted: readonly Key[]): boolean {
  const note = parseNote(text);
  const lines = note?.text.split('\n') ?? [];
  if (note === undefined || lines[0] !== 'jinnang-key-rotation/v1' || lines[1] !== `origin ${origin}`) return false;
  const from = trusted.find((key) => lines[2] === `from ${key.text}`);
  if (from === undefined || lines[3] !== `to ${to.text}`) return false;
  return checkNote(note, from) === 'right' && checkNote(note, to) === 'right';
}
