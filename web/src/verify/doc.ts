/* Strict reading of a document's objects: every member is read, each once, none is left over. The
 * first fault sticks; values read after it are placeholders that nobody may use. */
import { fromBase64, fromHex, parseI64, parseId } from './bytes';
import { type Json, type JsonObject, isObject } from './json';
import type { Entry, Transfer } from './record';

export const MAX = Number.MAX_SAFE_INTEGER;
const PROOF_MAX = 64;
const none = new Uint8Array(0);

/* ISO 4217 numbers of the currencies the ledger knows. */
const CURRENCIES: Readonly<Record<string, number>> = {
  CNY: 156, HKD: 344, JPY: 392, KRW: 410, KWD: 414, SGD: 702, GBP: 826, USD: 840, EUR: 978,
};

/** "CNY" for 156; undefined if it is not a currency we know. */
export function currencyCode(number: number): string | undefined {
  return Object.keys(CURRENCIES).find((code) => CURRENCIES[code] === number);
}

export class Doc {
  bad: string | undefined;
  readonly #object: JsonObject;
  #used = 0;

  constructor(value: Json | undefined) {
    this.#object = isObject(value) ? value : {};
    this.bad = isObject(value) ? undefined : '(object)';
  }

  #member(name: string): Json | undefined {
    this.#used += 1;
    const value = this.#object[name];
    if (value === undefined) this.bad ??= name;
    return value;
  }

  int(name: string, min: number, max: number): number {
    const value = this.#member(name);
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.bad ??= name;
    return 0;
  }

  text(name: string): string {
    const value = this.#member(name);
    if (typeof value === 'string') return value;
    this.bad ??= name;
    return '';
  }

  optionalText(name: string): string | undefined {
    const value = this.#member(name);
    if (value === null || typeof value === 'string') return value ?? undefined;
    this.bad ??= name;
    return undefined;
  }

  i64(name: string): bigint {
    const value = parseI64(this.text(name));
    if (value === undefined) this.bad ??= name;
    return value ?? 0n;
  }

  id(name: string, prefix: string): bigint {
    const value = parseId(this.text(name), prefix);
    if (value === undefined) this.bad ??= name;
    return value ?? 0n;
  }

  optionalId(name: string, prefix: string): bigint {
    const text = this.optionalText(name);
    const value = text === undefined ? 0n : parseId(text, prefix);
    if (value === undefined) this.bad ??= name;
    return value ?? 0n;
  }

  hash(name: string): Uint8Array {
    const value = fromHex(this.text(name), 32);
    if (value === undefined) this.bad ??= name;
    return value ?? none;
  }

  optionalHash(name: string): Uint8Array | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const value = fromHex(text, 32);
    if (value === undefined) this.bad ??= name;
    return value;
  }

  currency(name: string): number {
    const value = CURRENCIES[this.text(name)];
    if (value === undefined) this.bad ??= name;
    return value ?? 0;
  }

  object(name: string): Json {
    const value = this.#member(name);
    if (!isObject(value)) this.bad ??= name;
    return value ?? null;
  }

  optionalObject(name: string): Json {
    const value = this.#member(name);
    if (value !== null && !isObject(value)) this.bad ??= name;
    return value ?? null;
  }

  list(name: string): Json[] {
    const value = this.#member(name);
    if (Array.isArray(value)) return value;
    this.bad ??= name;
    return [];
  }

  proof(name: string): Uint8Array[] {
    const list = this.list(name);
    const hashes = list.map((item) => (typeof item === 'string' ? fromBase64(item) : undefined));
    const proof = hashes.filter((hash) => hash?.length === 32) as Uint8Array[];
    if (proof.length !== list.length || proof.length > PROOF_MAX) this.bad ??= name;
    return proof;
  }

  side(name: string): 'debit' | 'credit' {
    const text = this.text(name);
    if (text !== 'debit' && text !== 'credit') this.bad ??= name;
    return text === 'credit' ? 'credit' : 'debit';
  }

  end(): boolean {
    if (this.bad === undefined && this.#used !== Object.keys(this.#object).length) this.bad = '(unknown member)';
    return this.bad === undefined;
  }

  transfer(name: string): Transfer {
    const doc = new Doc(this.object(name));
    const transfer: Transfer = {
      id: doc.id('transfer_id', 'tr'),
      debitAccountId: doc.id('debit_account_id', 'acc'),
      creditAccountId: doc.id('credit_account_id', 'acc'),
      amount: doc.int('amount_minor', 0, MAX),
      currency: doc.currency('currency'),
      code: doc.int('code', 0, 0xffff),
      flags: doc.int('flags', 0, 0xffff_ffff),
      pendingId: doc.optionalId('pending_id', 'tr'),
      expiresAt: doc.int('expires_at_us', 0, MAX),
      reference: doc.i64('reference'),
      createdAt: doc.int('created_at_us', 0, MAX),
      commitment: doc.optionalHash('commitment'),
    };
    if (!doc.end()) this.bad ??= doc.bad;
    return transfer;
  }

  amounts(): Pick<Entry, 'posted' | 'heldDebits' | 'heldCredits'> {
    return {
      posted: this.int('posted_minor', -MAX, MAX),
      heldDebits: this.int('held_debits_minor', 0, MAX),
      heldCredits: this.int('held_credits_minor', 0, MAX),
    };
  }
}
