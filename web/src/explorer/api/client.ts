/* The API as the pages use it: one function a question, typed ids and flat fields out. The shapes
 * that travel are generated from api/openapi.yaml; this file only renames. */
import type { StreamEvent } from '../../lib/sse';
import { readNote } from '../lib/pins';
import type { Note } from '../lib/pins';
import { ApiError } from '../../api/http';
import type { Caller } from '../../api/http';
import * as api from '../../../generated/api';
import type {
  Account as WireAccount, AccountFlag, ApiKey as WireKey, CurrencyTotals as WireTotals, EntryList,
  ExplanationStep, RecordedFlag,
  Transfer as WireTransfer, TransferContent, TransferSide as WireSide,
} from '../../../generated/api';
import type {
  Account, AccountFilter, ApiKey, BalanceAt, ChartKind, EntryFilter, Hold, Leg, NewAccount, NewApiKey,
  NewTransfer, Page, Phase, Scope, Side, Totals, Transfer, Whoami,
} from './model';

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
function phaseOf(flags: readonly RecordedFlag[]): Phase {
  if (flags.includes('pending')) return 'hold';
  if (flags.includes('post_pending')) return 'capture';
  if (flags.includes('void_pending')) return 'void';
  return flags.includes('expire_pending') ? 'expiry' : 'posted';
}
function closesOf(flags: readonly RecordedFlag[]): Side | null {
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
export function transferBody(input: NewTransfer): TransferContent {
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

const EFFECT: Record<ExplanationStep['effect'], Phase> = {
  posted: 'posted', held: 'hold', captured: 'capture', voided: 'void', expired: 'expiry',
};

export type Client = ReturnType<typeof createClient>;

/** A filter that is not set is not sent. */
function set<K extends string, V>(name: K, value: V | '' | null): { [P in K]?: V } {
  return value === '' || value === null ? {} : ({ [name]: value } as { [P in K]?: V });
}

export function createClient(caller: Caller) {
  // Documents are signed: askText keeps them as the bytes that were sent.
  const { ask, askText } = caller;

  async function accountsPage(filter: AccountFilter, cursor: string, limit: number): Promise<Page<Account>> {
    const page = await ask(api.ledgerAccountsGet({
      ...set('kind', filter.kind as WireAccount['kind'] | ''),
      ...set('currency', filter.currency),
      ...set('owner', filter.owner),
      ...set('cursor', cursor),
      limit,
    }));
    return { items: page.accounts.map(toAccount), next: page.next_cursor };
  }

  return {
    async whoami(): Promise<Whoami> {
      const wire = await ask(api.whoamiGet());
      return { keyId: wire.api_key_id, name: wire.name, scopes: wire.scopes, sandbox: wire.sandbox };
    },

    async listKeys(): Promise<ApiKey[]> {
      return (await ask(api.apiKeysGet())).api_keys.map(toKey);
    },
    async createKey(name: string, scopes: Scope[], idempotencyKey: string): Promise<NewApiKey> {
      const wire = await ask(api.apiKeysPost({ idempotency_key: idempotencyKey }, { name, scopes }));
      return { ...toKey({ ...wire, last_used_at: null, revoked_at: null }), secret: wire.secret };
    },
    async revokeKey(id: string): Promise<void> {
      await ask(api.apiKeysIdDelete({ api_key_id: id }));
    },

    async chart(): Promise<ChartKind[]> {
      return (await ask(api.ledgerChartGet())).kinds.map((kind) => ({
        kind: kind.kind,
        number: kind.number,
        titleEn: kind.title_en,
        titleZh: kind.title_zh,
        normalSide: kind.normal_side,
        clientMoney: kind.client_money,
      }));
    },
    async totals(): Promise<Totals[]> {
      return (await ask(api.ledgerTotalsGet())).totals.map(toTotals);
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

    listAccounts: (filter: AccountFilter, cursor: string, limit = PAGE) => accountsPage(filter, cursor, limit),
    async getAccount(id: string): Promise<Account> {
      return toAccount(await ask(api.ledgerAccountsIdGet({ account_id: id })));
    },
    async openAccount(input: NewAccount, idempotencyKey: string): Promise<string> {
      const flags: AccountFlag[] = [];
      if (input.debitsCapped) flags.push('debits_must_not_exceed_credits');
      if (input.creditsCapped) flags.push('credits_must_not_exceed_debits');
      const { results } = await ask(api.ledgerAccountsPost(
        { idempotency_key: idempotencyKey },
        {
          accounts: [
            {
              kind: input.kind as WireAccount['kind'],
              currency: input.currency,
              flags,
              overdraft_minor: input.overdraft,
              balance_max_minor: input.balanceMax,
              ...set('owner', input.owner),
            },
          ],
        },
      ));
      const [result] = results;
      if (result?.code !== 'ok') {
        throw new ApiError({
          kind: 'server', status: 422, code: result?.code ?? '', title: result?.title ?? '', fix: result?.fix ?? '',
        });
      }
      return result.id;
    },
    async balanceAt(id: string, at: string): Promise<BalanceAt> {
      const wire = await ask(api.ledgerAccountsIdBalanceGet({ account_id: id, at }));
      return {
        at: wire.at,
        seq: wire.seq,
        balance: wire.balance_minor,
        heldDebits: wire.held_debits_minor,
        heldCredits: wire.held_credits_minor,
      };
    },
    async listEntries(id: string, filter: EntryFilter, cursor: string): Promise<Page<Transfer>> {
      const page = await ask(api.ledgerAccountsIdEntriesGet({
        account_id: id,
        order: filter.oldestFirst ? 'asc' : 'desc',
        ...set('from', filter.from),
        ...set('until', filter.until),
        ...set('amount_min', filter.amountMin),
        ...set('amount_max', filter.amountMax),
        ...(filter.code === '' ? {} : { code: Number(filter.code) }),
        ...set('counterparty_id', filter.counterparty),
        ...set('side', filter.side),
        ...set('cursor', cursor),
        limit: PAGE,
      }));
      return { items: page.entries.map((entry) => toTransfer(entry.transfer)), next: page.next_cursor };
    },
    /** The entry after `seq`, made at or after `createdAt`: null when `seq` is the account's last, or
     * when very many entries share the moment. */
    async nextEntry(id: string, seq: number, createdAt: string): Promise<string | null> {
      let cursor: string | null = '';
      for (let n = 0; n < NEXT_PAGES_MAX && cursor !== null; n++) {
        const page: EntryList = await ask(api.ledgerAccountsIdEntriesGet({
          account_id: id, order: 'asc', from: createdAt, ...set('cursor', cursor), limit: 20,
        }));
        const found = page.entries.find((entry) => entry.seq === seq + 1);
        if (found !== undefined) return found.transfer.id;
        cursor = page.next_cursor;
      }
      return null;
    },
    async explanation(id: string, cursor: string): Promise<Page<ExplainItem>> {
      const wire = await ask(api.ledgerAccountsIdExplanationGet({ account_id: id, ...set('cursor', cursor), limit: 200 }));
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
    statement: (id: string) => askText(api.ledgerAccountsIdStatementGet({ account_id: id })),

    async getTransfer(id: string): Promise<Transfer> {
      return toTransfer(await ask(api.ledgerTransfersIdGet({ transfer_id: id })));
    },
    async getHold(id: string): Promise<Hold> {
      const wire = await ask(api.ledgerTransfersIdHoldGet({ transfer_id: id }));
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
      await ask(api.ledgerTransfersIdPut({ transfer_id: input.id }, transferBody(input)));
    },
    receipt: (id: string, side: Side) =>
      askText(api.ledgerTransfersIdReceiptGet({ transfer_id: id, side })),

    async checkpoint(): Promise<Checkpoint> {
      const note = await askText(api.logCheckpointGet());
      const parts = readNote(note);
      if (parts === null) throw new ApiError({ kind: 'server', status: 200 });
      return { ...parts, note };
    },
    async logKeys(): Promise<LogKey[]> {
      return (await ask(api.logKeysGet())).keys.map((key) => ({
        verifierKey: key.verifier_key, activeFrom: key.active_from, retiredAt: key.retired_at,
      }));
    },
    async consistency(from: number, to: number): Promise<string[]> {
      return (await ask(api.logProofConsistencyGet({ old: from, size: to }))).path;
    },
  };
}
