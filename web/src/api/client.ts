/* The API as the pages use it: one function a question, typed ids and flat fields out. The shapes
 * that travel are generated from api/openapi.yaml; this file only renames. */
import type { StreamEvent } from '../lib/sse';
import { readNote } from '../lib/pins';
import type { Note } from '../lib/pins';
import { ApiError } from './http';
import type { Caller } from './http';
import type {
  Account, AccountFilter, ApiKey, BalanceAt, ChartKind, EntryFilter, Hold, Leg, NewAccount, NewApiKey,
  NewTransfer, Page, Phase, Side, Totals, Transfer, Whoami,
} from './model';
import type { WireAccount, WireSide, WireTotals, WireTransfer } from './wire';

export const EVENTS_PATH = '/v1/ledger/events';
const PAGE = 50;
const SUM_PAGE = 500;
const SUM_PAGES_MAX = 20;
const NEXT_PAGES_MAX = 3;

export interface KindBalance {
  kind: string;
  currency: string;
  accounts: number;
  balance: number;
}
export interface KindBalances {
  rows: KindBalance[];
  /** False when there are more accounts than one page load should add up. */
  complete: boolean;
}
export interface Checkpoint extends Note {
  note: string;
}
export interface LogKey {
  verifierKey: string;
  activeFrom: string;
  retiredAt: string | null;
}
export interface ExplainItem {
  transferId: string;
  seq: number;
  createdAt: string;
  code: number;
  phase: Phase;
  amount: number;
  change: number;
  stated: number;
  counterparty: string;
}

function toAccount(wire: WireAccount): Account {
  return {
    id: wire.id,
    owner: wire.owner,
    kind: wire.kind,
    currency: wire.currency,
    normalSide: wire.normal_side,
    debitsCapped: wire.flags.includes('debits_must_not_exceed_credits'),
    creditsCapped: wire.flags.includes('credits_must_not_exceed_debits'),
    closed: wire.closed,
    overdraft: wire.overdraft_minor,
    balanceMax: wire.balance_max_minor,
    createdAt: wire.created_at,
    balance: wire.balance_minor,
    available: wire.available_minor,
    debitsPosted: wire.debits_posted_minor,
    creditsPosted: wire.credits_posted_minor,
    debitsPending: wire.debits_pending_minor,
    creditsPending: wire.credits_pending_minor,
    seq: wire.seq,
    lastTransfer: wire.last_transfer_id,
    head: wire.head,
  };
}
function toLeg(wire: WireSide): Leg {
  return {
    account: wire.account_id,
    seq: wire.seq,
    prev: wire.previous_transfer_id,
    posted: wire.posted_minor,
    heldDebits: wire.held_debits_minor,
    heldCredits: wire.held_credits_minor,
    hash: wire.hash,
  };
}
function phaseOf(flags: readonly string[]): Phase {
  if (flags.includes('pending')) return 'hold';
  if (flags.includes('post_pending')) return 'capture';
  if (flags.includes('void_pending')) return 'void';
  return flags.includes('expire_pending') ? 'expiry' : 'posted';
}
function closesOf(flags: readonly string[]): Side | null {
  if (flags.includes('close_debit')) return 'debit';
  return flags.includes('close_credit') ? 'credit' : null;
}
export function toTransfer(wire: WireTransfer): Transfer {
  return {
    id: wire.id,
    phase: phaseOf(wire.flags),
    debit: toLeg(wire.debit),
    credit: toLeg(wire.credit),
    amount: wire.amount_minor,
    currency: wire.currency,
    code: wire.code,
    linked: wire.flags.includes('linked'),
    closes: closesOf(wire.flags),
    pendingId: wire.pending_id,
    expiresAt: wire.expires_at,
    reference: wire.reference,
    commitment: wire.commitment,
    createdAt: wire.created_at,
  };
}
function toTotals(wire: WireTotals): Totals {
  return {
    currency: wire.currency,
    debitsPosted: wire.debits_posted_minor,
    creditsPosted: wire.credits_posted_minor,
    debitsPending: wire.debits_pending_minor,
    creditsPending: wire.credits_pending_minor,
    clientLiabilities: wire.client_liabilities_minor,
    bank: wire.bank_minor,
    transitIn: wire.transit_in_minor,
    transitOut: wire.transit_out_minor,
  };
}

/** null for events that are not transfers, and for what cannot be read: the stream goes on. */
export function eventToTransfer(event: StreamEvent): Transfer | null {
  try {
    const wire = JSON.parse(event.data) as WireTransfer;
    return typeof wire.id === 'string' && wire.id.startsWith('tr_') ? toTransfer(wire) : null;
  } catch {
    return null;
  }
}

/** The body of a transfer; a capture or void takes its accounts and currency from the hold. */
export function transferBody(input: NewTransfer): Record<string, unknown> {
  const reference = input.reference === '' ? {} : { reference: input.reference };
  if (input.action === 'capture') {
    return {
      flags: ['post_pending'], pending_id: input.pendingId, amount_minor: input.amount, code: input.code, ...reference,
    };
  }
  if (input.action === 'void') {
    return { flags: ['void_pending'], pending_id: input.pendingId, code: input.code, ...reference };
  }
  return {
    debit_account_id: input.debit,
    credit_account_id: input.credit,
    amount_minor: input.amount,
    currency: input.currency,
    code: input.code,
    ...(input.action === 'hold' ? { flags: ['pending'], timeout_seconds: input.timeoutSeconds } : {}),
    ...reference,
  };
}

interface WireKey {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}
function toKey(wire: WireKey): ApiKey {
  return {
    id: wire.id,
    name: wire.name,
    scopes: wire.scopes,
    createdAt: wire.created_at,
    lastUsedAt: wire.last_used_at,
    revokedAt: wire.revoked_at,
  };
}

interface WireStep {
  seq: number;
  transfer_id: string;
  effect: 'posted' | 'held' | 'captured' | 'voided' | 'expired';
  amount_minor: number;
  change_minor: number;
  balance_minor: number;
  counterparty_id: string;
  code: number;
  created_at: string;
}
const EFFECT: Record<WireStep['effect'], Phase> = {
  posted: 'posted', held: 'hold', captured: 'capture', voided: 'void', expired: 'expiry',
};

export type Client = ReturnType<typeof createClient>;

const account = (id: string) => `/v1/ledger/accounts/${encodeURIComponent(id)}`;
const transfer = (id: string) => `/v1/ledger/transfers/${encodeURIComponent(id)}`;

export function createClient(caller: Caller) {
  async function accountsPage(filter: AccountFilter, cursor: string, limit: number): Promise<Page<Account>> {
    const page = await caller.ask<{ accounts: WireAccount[]; next_cursor: string | null }>({
      path: '/v1/ledger/accounts',
      query: { kind: filter.kind, currency: filter.currency, owner: filter.owner, cursor, limit },
    });
    return { items: page.accounts.map(toAccount), next: page.next_cursor };
  }
  async function entriesPage(id: string, filter: EntryFilter, cursor: string, limit: number): Promise<Page<Transfer>> {
    const page = await caller.ask<{ entries: { transfer: WireTransfer }[]; next_cursor: string | null }>({
      path: `${account(id)}/entries`,
      query: {
        order: filter.oldestFirst ? 'asc' : 'desc',
        from: filter.from,
        until: filter.until,
        amount_min: filter.amountMin ?? '',
        amount_max: filter.amountMax ?? '',
        code: filter.code,
        counterparty_id: filter.counterparty,
        side: filter.side,
        cursor,
        limit,
      },
    });
    return { items: page.entries.map((entry) => toTransfer(entry.transfer)), next: page.next_cursor };
  }

  return {
    async whoami(): Promise<Whoami> {
      const wire = await caller.ask<{ api_key_id: string; name: string; scopes: string[]; sandbox: boolean }>({
        path: '/v1/whoami',
      });
      return { keyId: wire.api_key_id, name: wire.name, scopes: wire.scopes, sandbox: wire.sandbox };
    },

    async listKeys(): Promise<ApiKey[]> {
      const wire = await caller.ask<{ api_keys: WireKey[] }>({ path: '/v1/api-keys' });
      return wire.api_keys.map(toKey);
    },
    async createKey(name: string, scopes: string[], idempotencyKey: string): Promise<NewApiKey> {
      const wire = await caller.ask<Omit<WireKey, 'last_used_at' | 'revoked_at'> & { secret: string }>({
        method: 'POST', path: '/v1/api-keys', body: { name, scopes }, idempotencyKey,
      });
      return { ...toKey({ ...wire, last_used_at: null, revoked_at: null }), secret: wire.secret };
    },
    async revokeKey(id: string): Promise<void> {
      await caller.ask<unknown>({ method: 'DELETE', path: `/v1/api-keys/${encodeURIComponent(id)}` });
    },

    async chart(): Promise<ChartKind[]> {
      const wire = await caller.ask<{
        kinds: {
          kind: string; number: number; title_en: string; title_zh: string; normal_side: Side; client_money: boolean;
        }[];
      }>({ path: '/v1/ledger/chart' });
      return wire.kinds.map((kind) => ({
        kind: kind.kind,
        number: kind.number,
        titleEn: kind.title_en,
        titleZh: kind.title_zh,
        normalSide: kind.normal_side,
        clientMoney: kind.client_money,
      }));
    },
    async totals(): Promise<Totals[]> {
      const wire = await caller.ask<{ totals: WireTotals[] }>({ path: '/v1/ledger/totals' });
      return wire.totals.map(toTotals);
    },
    /** Adds up the accounts by kind and currency, in the order they were first met. */
    async kindBalances(): Promise<KindBalances> {
      const rows = new Map<string, KindBalance>();
      let cursor: string | null = '';
      for (let n = 0; n < SUM_PAGES_MAX && cursor !== null; n++) {
        const page: Page<Account> = await accountsPage({ kind: '', currency: '', owner: '' }, cursor, SUM_PAGE);
        for (const { kind, currency, balance } of page.items) {
          const key = `${kind} ${currency}`;
          const row = rows.get(key) ?? { kind, currency, accounts: 0, balance: 0 };
          rows.set(key, { ...row, accounts: row.accounts + 1, balance: row.balance + balance });
        }
        cursor = page.next;
      }
      return { rows: [...rows.values()], complete: cursor === null };
    },

    listAccounts: (filter: AccountFilter, cursor: string) => accountsPage(filter, cursor, PAGE),
    async getAccount(id: string): Promise<Account> {
      return toAccount(await caller.ask<WireAccount>({ path: account(id) }));
    },
    async openAccount(input: NewAccount, idempotencyKey: string): Promise<string> {
      const flags = [
        ...(input.debitsCapped ? ['debits_must_not_exceed_credits'] : []),
        ...(input.creditsCapped ? ['credits_must_not_exceed_debits'] : []),
      ];
      const wire = await caller.ask<{ results: { id: string; code: string; title?: string; fix?: string }[] }>({
        method: 'POST',
        path: '/v1/ledger/accounts',
        idempotencyKey,
        body: {
          accounts: [
            {
              kind: input.kind,
              currency: input.currency,
              flags,
              overdraft_minor: input.overdraft,
              balance_max_minor: input.balanceMax,
              ...(input.owner === null ? {} : { owner: input.owner }),
            },
          ],
        },
      });
      const result = wire.results[0];
      if (result === undefined) throw new ApiError({ kind: 'server', status: 200 });
      if (result.code !== 'ok') {
        throw new ApiError({
          kind: 'server', status: 422, code: result.code, title: result.title ?? '', fix: result.fix ?? '',
        });
      }
      return result.id;
    },
    async balanceAt(id: string, at: string): Promise<BalanceAt> {
      const wire = await caller.ask<{
        at: string; seq: number; balance_minor: number; held_debits_minor: number; held_credits_minor: number;
      }>({ path: `${account(id)}/balance`, query: { at } });
      return {
        at: wire.at,
        seq: wire.seq,
        balance: wire.balance_minor,
        heldDebits: wire.held_debits_minor,
        heldCredits: wire.held_credits_minor,
      };
    },
    listEntries: (id: string, filter: EntryFilter, cursor: string) => entriesPage(id, filter, cursor, PAGE),
    /** The entry after `seq`, made at or after `createdAt`: null when `seq` is the account's last, or
     * when very many entries share the moment. */
    async nextEntry(id: string, seq: number, createdAt: string): Promise<string | null> {
      let cursor: string | null = '';
      for (let n = 0; n < NEXT_PAGES_MAX && cursor !== null; n++) {
        const page: { entries: { seq: number; transfer: { id: string } }[]; next_cursor: string | null } =
          await caller.ask({
            path: `${account(id)}/entries`, query: { order: 'asc', from: createdAt, cursor, limit: 20 },
          });
        const found = page.entries.find((entry) => entry.seq === seq + 1);
        if (found !== undefined) return found.transfer.id;
        cursor = page.next_cursor;
      }
      return null;
    },
    async explanation(id: string, cursor: string): Promise<Page<ExplainItem>> {
      const wire = await caller.ask<{ steps: WireStep[]; next_cursor: string | null }>({
        path: `${account(id)}/explanation`, query: { cursor, limit: 200 },
      });
      return {
        items: wire.steps.map((step) => ({
          transferId: step.transfer_id,
          seq: step.seq,
          createdAt: step.created_at,
          code: step.code,
          phase: EFFECT[step.effect],
          amount: step.amount_minor,
          change: step.change_minor,
          stated: step.balance_minor,
          counterparty: step.counterparty_id,
        })),
        next: wire.next_cursor,
      };
    },
    statement: (id: string) => caller.askText({ path: `${account(id)}/statement` }),

    async getTransfer(id: string): Promise<Transfer> {
      return toTransfer(await caller.ask<WireTransfer>({ path: transfer(id) }));
    },
    async getHold(id: string): Promise<Hold> {
      const wire = await caller.ask<{
        id: string; state: Hold['state']; resolved_by: string | null; captured_minor: number; released_minor: number;
      }>({ path: `${transfer(id)}/hold` });
      return {
        id: wire.id,
        state: wire.state,
        resolvedBy: wire.resolved_by,
        captured: wire.captured_minor,
        released: wire.released_minor,
      };
    },
    /** Posts under the id drawn with the form: sending again can only give the first answer. */
    async putTransfer(input: NewTransfer): Promise<void> {
      await caller.ask<unknown>({ method: 'PUT', path: transfer(input.id), body: transferBody(input), money: true });
    },
    receipt: (id: string, side: Side) => caller.askText({ path: `${transfer(id)}/receipt`, query: { side } }),

    async checkpoint(): Promise<Checkpoint> {
      const note = await caller.askText({ path: '/log/checkpoint', accept: 'text/plain, */*' });
      const parts = readNote(note);
      if (parts === null) throw new ApiError({ kind: 'server', status: 200 });
      return { ...parts, note };
    },
    async logKeys(): Promise<LogKey[]> {
      const wire = await caller.ask<{ keys: { verifier_key: string; active_from: string; retired_at: string | null }[] }>({
        path: '/log/keys',
      });
      return wire.keys.map((key) => ({
        verifierKey: key.verifier_key, activeFrom: key.active_from, retiredAt: key.retired_at,
      }));
    },
    async consistency(from: number, to: number): Promise<string[]> {
      const wire = await caller.ask<{ path: string[] }>({
        path: '/log/proof/consistency', query: { old: from, size: to },
      });
      return wire.path;
    },
  };
}
