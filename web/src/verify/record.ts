/* The bytes that are hashed, as docs/formats.md sets them down. */
import { concat } from './bytes';
import { leafHash } from './merkle';
import { sha256 } from './sha256';

export const FLAG_PENDING = 2;
export const FLAG_POST_PENDING = 4;
export const FLAG_VOID_PENDING = 8;
export const FLAG_EXPIRE_PENDING = 16;

export interface Opening {
  accountId: bigint;
  owner: bigint;
  kind: number;
  currency: number;
  flags: number;
  overdraft: number;
  balanceMax: number;
  createdAt: number;
  salt: Uint8Array;
}
export interface Transfer {
  id: bigint;
  debitAccountId: bigint;
  creditAccountId: bigint;
  amount: number;
  currency: number;
  code: number;
  flags: number;
  pendingId: bigint;
  expiresAt: number;
  reference: bigint;
  createdAt: number;
  commitment: Uint8Array | undefined;
}
export type SideName = 'debit' | 'credit';
export interface Entry {
  side: SideName;
  accountId: bigint;
  previousHead: Uint8Array;
  previousTransferId: bigint;
  seq: number;
  posted: number;
  heldDebits: number;
  heldCredits: number;
}

type Field = Uint8Array | readonly [bytes: 1 | 2 | 4 | 8, value: number | bigint];

/* Version 1, the type, then the fields, behind a length of two bytes. */
function record(type: number, ...fields: readonly Field[]): Uint8Array {
  const parts = fields.map((field) => {
    if (field instanceof Uint8Array) return field;
    const [bytes, value] = field;
    const data = new Uint8Array(8);
    new DataView(data.buffer).setBigInt64(0, BigInt(value));
    return data.slice(8 - bytes);
  });
  const body = concat(Uint8Array.of(1, type), ...parts);
  return concat(Uint8Array.of(body.length >> 8, body.length & 0xff), body);
}

export const openingHash = (o: Opening): Uint8Array =>
  sha256(
    record(
      0x0f, [8, o.accountId], [8, o.owner], [2, o.kind], [2, o.currency], [4, o.flags],
      [8, o.overdraft], [8, o.balanceMax], [8, o.createdAt], o.salt,
    ),
  );

export const coreHash = (t: Transfer): Uint8Array =>
  sha256(
    record(
      0x10, [8, t.id], [8, t.debitAccountId], [8, t.creditAccountId], [8, t.amount], [2, t.currency],
      [2, t.code], [4, t.flags], [8, t.pendingId], [8, t.expiresAt], [8, t.reference], [8, t.createdAt],
      [1, t.commitment === undefined ? 0 : 32], t.commitment ?? new Uint8Array(0),
    ),
  );

export const sideHash = (e: Entry, core: Uint8Array): Uint8Array =>
  sha256(
    record(
      0x11, [1, e.side === 'debit' ? 1 : 2], [8, e.accountId], e.previousHead, core,
      [8, e.previousTransferId], [8, e.seq], [8, e.posted], [8, e.heldDebits], [8, e.heldCredits],
    ),
  );

export const transferLeaf = (id: bigint, core: Uint8Array, debit: Uint8Array, credit: Uint8Array): Uint8Array =>
  leafHash(record(0x12, [8, id], core, debit, credit));

export const openingLeaf = (accountId: bigint, hash: Uint8Array): Uint8Array =>
  leafHash(record(0x13, [8, accountId], hash));
