/* What the pages speak of: the API's resources with flat fields. Amounts are integers of minor units,
 * times RFC 3339 UTC, ids their typed text. */

export interface Whoami {
  keyId: string;
  name: string;
  scopes: string[];
  sandbox: boolean;
}

export const SCOPES = ['ledger:read', 'ledger:write', 'metrics:read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}
export interface NewApiKey extends ApiKey {
  secret: string;
}

export type Side = 'debit' | 'credit';

export interface Account {
  id: string;
  owner: string | null;
  kind: string;
  currency: string;
  normalSide: Side;
  debitsCapped: boolean;
  creditsCapped: boolean;
  closed: boolean;
  overdraft: number;
  balanceMax: number;
  createdAt: string;
  balance: number;
  available: number;
  debitsPosted: number;
  creditsPosted: number;
  debitsPending: number;
  creditsPending: number;
  seq: number;
  lastTransfer: string | null;
  head: string;
}

/** One side of a transfer as its account stood afterwards; `posted` is credits minus debits. */
export interface Leg {
  account: string;
  seq: number;
  prev: string | null;
  posted: number;
  heldDebits: number;
  heldCredits: number;
  hash: string;
}

export type Phase = 'posted' | 'hold' | 'capture' | 'void' | 'expiry';

export interface Transfer {
  id: string;
  phase: Phase;
  debit: Leg;
  credit: Leg;
  amount: number;
  currency: string;
  code: number;
  linked: boolean;
  closes: Side | null;
  pendingId: string | null;
  expiresAt: string | null;
  reference: string | null;
  commitment: string | null;
  createdAt: string;
}

export interface Hold {
  id: string;
  state: 'open' | 'posted' | 'voided' | 'expired';
  resolvedBy: string | null;
  captured: number;
  released: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Totals {
  currency: string;
  debitsPosted: number;
  creditsPosted: number;
  debitsPending: number;
  creditsPending: number;
  clientLiabilities: number;
  bank: number;
  transitIn: number;
  transitOut: number;
}

export interface ChartKind {
  kind: string;
  number: number;
  titleEn: string;
  titleZh: string;
  normalSide: Side;
  clientMoney: boolean;
}

export interface BalanceAt {
  at: string;
  seq: number;
  balance: number;
  heldDebits: number;
  heldCredits: number;
}

export interface NewAccount {
  owner: string | null;
  kind: string;
  currency: string;
  debitsCapped: boolean;
  creditsCapped: boolean;
  overdraft: number;
  balanceMax: number;
}

export interface NewTransfer {
  id: string;
  action: 'transfer' | 'hold' | 'capture' | 'void';
  debit: string;
  credit: string;
  amount: number;
  currency: string;
  code: number;
  reference: string;
  pendingId: string;
  timeoutSeconds: number;
}

export interface AccountFilter {
  kind: string;
  currency: string;
  owner: string;
}
export interface EntryFilter {
  oldestFirst: boolean;
  from: string;
  until: string;
  amountMin: number | null;
  amountMax: number | null;
  code: string;
  counterparty: string;
  side: '' | Side;
}

/** Net on the account's normal side, from the leg's credits-minus-debits. */
export function normalBalance(posted: number, side: Side): number {
  return side === 'credit' ? posted : 0 - posted;
}
/** The leg of this account; null if the transfer does not touch it. */
export function legOf(transfer: Transfer, account: string): { side: Side; leg: Leg; other: Leg } | null {
  if (transfer.debit.account === account) return { side: 'debit', leg: transfer.debit, other: transfer.credit };
  if (transfer.credit.account === account) return { side: 'credit', leg: transfer.credit, other: transfer.debit };
  return null;
}
/** By how much the transfer changed the account's posted balance on its normal side. */
export function movement(transfer: Transfer, side: Side, normalSide: Side): number {
  if (transfer.phase !== 'posted' && transfer.phase !== 'capture') return 0;
  return side === normalSide ? transfer.amount : -transfer.amount;
}
