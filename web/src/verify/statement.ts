/* The complete history of an account ("jinnang-statement-v1"): a header, one line an entry, an end. */
import { equalBytes } from './bytes';
import type { Checker } from './checker';
import { Doc, currencyCode, MAX } from './doc';
import { type Json, type JsonObject, isObject, parseJson } from './json';
import { rootFromInclusion } from './merkle';
import { type Checkpoint, isName } from './note';
import {
  type Entry, type Opening, type SideName, type Transfer,
  FLAG_EXPIRE_PENDING, FLAG_PENDING, FLAG_POST_PENDING, FLAG_VOID_PENDING,
  coreHash, openingHash, openingLeaf, sideHash, transferLeaf,
} from './record';

const has = (flags: number, flag: number): boolean => Math.floor(flags / flag) % 2 === 1;

interface Line {
  transfer: Transfer;
  entry: Pick<Entry, 'side' | 'seq' | 'posted' | 'heldDebits' | 'heldCredits'>;
  otherSideHash: Uint8Array;
  index: number;
  proof: Uint8Array[];
}
type State = Pick<Entry, 'posted' | 'heldDebits' | 'heldCredits'>;

class Statement {
  readonly #checker: Checker;
  readonly #holds = new Map<bigint, number>();
  #origin = '';
  #epoch = 0;
  #accountId = 0n;
  #first = 0;
  #last = 0;
  #checkpoint: Checkpoint = { origin: '', size: 0, root: new Uint8Array(0), epoch: 0 };
  #hasOpening = false;
  #seq = 0;
  #transferId = 0n;
  #head: Uint8Array = new Uint8Array(0);
  #state: State | undefined;
  #proof: Uint8Array[] = [];

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  header(document: Json, keys: readonly string[], idText: (id: bigint, prefix: string) => string): void {
    const doc = new Doc(document);
    doc.text('format');
    this.#origin = doc.text('origin');
    this.#epoch = doc.int('epoch', 1, MAX);
    this.#accountId = doc.id('account_id', 'acc');
    this.#first = doc.int('first_seq', 1, MAX);
    this.#last = doc.int('last_seq', 0, MAX);
    const opening = doc.optionalObject('opening');
    const start = doc.optionalObject('start');
    const note = doc.text('checkpoint');
    const inDocument = doc.list('keys');
    if (!doc.end()) this.#checker.malformed(doc.bad);
    if (!isName(this.#origin) || this.#last < this.#first - 1) this.#checker.malformed('origin');
    this.#seq = this.#first - 1;
    this.#checker.facts.account_id = idText(this.#accountId, 'acc');
    this.#checker.facts.log_origin = this.#origin;
    this.#checker.trust(keys, inDocument, this.#origin);
    this.#checkpoint = this.#checker.checkpoint(note, this.#origin, this.#epoch);
    if (opening === null) this.#start(start);
    else this.#opening(opening, start);
  }

  #opening(value: Json, start: Json): void {
    const doc = new Doc(value);
    const opening: Opening = {
      accountId: this.#accountId,
      owner: doc.i64('owner'),
      kind: doc.int('kind', 1, 0xffff),
      currency: doc.currency('currency'),
      flags: doc.int('flags', 0, 0xffff_ffff),
      overdraft: doc.int('overdraft_minor', 0, MAX),
      balanceMax: doc.int('balance_max_minor', 0, MAX),
      createdAt: doc.int('created_at_us', 0, MAX),
      salt: doc.hash('salt'),
    };
    const index = doc.int('index', 0, MAX);
    const proof = doc.proof('proof');
    if (!doc.end() || start !== null || this.#first !== 1) this.#checker.malformed(doc.bad ?? 'opening', 0);
    this.#sayCurrency(opening.currency);
    this.#head = openingHash(opening);
    this.#hasOpening = true;
    this.#state = { posted: 0, heldDebits: 0, heldCredits: 0 };
    this.#included(openingLeaf(this.#accountId, this.#head), index, proof);
  }

  #start(value: Json): void {
    const doc = new Doc(value);
    this.#transferId = doc.id('transfer_id', 'tr');
    this.#head = doc.hash('head');
    if (!doc.end() || this.#first === 1 || this.#first > this.#last) this.#checker.malformed(doc.bad ?? 'start', 0);
  }

  #included(leaf: Uint8Array, index: number, proof: readonly Uint8Array[]): void {
    const root = rootFromInclusion(leaf, index, this.#checkpoint.size, proof);
    if (root === undefined) {
      this.#checker.fail('inclusion', 'the proof has not the length that this index needs', { at: this.#seq });
    }
    this.#checker.same(
      'inclusion', this.#checkpoint.root, root, "the entry's leaf is not in the log as it is stated", this.#seq,
    );
  }

  /** True until the end. */
  line(text: string): boolean {
    const value = parseJson(text);
    if (!isObject(value)) return this.#checker.malformed('(line)', this.#seq + 1);
    if ('end' in value) {
      this.#end(value);
      return false;
    }
    this.#entry(this.#readLine(value));
    return true;
  }

  #readLine(value: JsonObject): Line {
    const doc = new Doc(value);
    const seq = doc.int('seq', 1, MAX);
    const side: SideName = doc.side('side');
    const line: Line = {
      transfer: doc.transfer('transfer'),
      entry: { side, seq, ...doc.amounts() },
      otherSideHash: doc.hash('other_side_hash'),
      index: doc.int('index', 0, MAX),
      proof: doc.proof('proof'),
    };
    const shared = doc.int('shared', 0, 64);
    if (!doc.end()) this.#checker.malformed(doc.bad, this.#seq + 1);
    if (shared > this.#proof.length) this.#checker.malformed('shared', this.#seq + 1);
    line.proof = [...line.proof, ...this.#proof.slice(this.#proof.length - shared)];
    return line;
  }

  /* What the held sum of the entry's side must be after it; undefined when that cannot be. */
  #heldAfter(t: Transfer, before: number, stated: number): number | undefined {
    if (has(t.flags, FLAG_PENDING)) {
      this.#holds.set(t.id, t.amount);
      return before + t.amount;
    }
    if (![FLAG_POST_PENDING, FLAG_VOID_PENDING, FLAG_EXPIRE_PENDING].some((flag) => has(t.flags, flag))) return before;
    const whole = this.#holds.get(t.pendingId);
    if (whole !== undefined) {
      this.#holds.delete(t.pendingId);
      return whole >= t.amount ? before - whole : undefined;
    }
    // A hold from before the range: it was at least what was taken from it.
    return !this.#hasOpening && stated <= before - t.amount ? stated : undefined;
  }

  #balance(line: Line): void {
    const { transfer: t, entry } = line;
    const before = this.#state;
    if (before === undefined) {
      if (has(t.flags, FLAG_PENDING)) this.#holds.set(t.id, t.amount);
      return;
    }
    const isDebit = entry.side === 'debit';
    const held = this.#heldAfter(t, isDebit ? before.heldDebits : before.heldCredits, isDebit ? entry.heldDebits : entry.heldCredits);
    const moves = ![FLAG_PENDING, FLAG_VOID_PENDING, FLAG_EXPIRE_PENDING].some((flag) => has(t.flags, flag));
    const posted = moves ? before.posted + (isDebit ? -t.amount : t.amount) : before.posted;
    const heldDebits = isDebit ? held : before.heldDebits;
    const heldCredits = isDebit ? before.heldCredits : held;
    if (posted !== entry.posted || heldDebits !== entry.heldDebits || heldCredits !== entry.heldCredits) {
      this.#checker.fail('running_balance', 'posted, held debits, held credits after the entry', {
        stated: `${entry.posted} ${entry.heldDebits} ${entry.heldCredits}`,
        computed: `${posted} ${heldDebits ?? '?'} ${heldCredits ?? '?'}`,
        at: entry.seq,
      });
    }
  }

  #entry(line: Line): void {
    const { transfer, entry } = line;
    const isDebit = entry.side === 'debit';
    this.#sayCurrency(transfer.currency);
    if (entry.seq !== this.#seq + 1) {
      this.#checker.fail('complete', `entry ${entry.seq} stands where entry ${this.#seq + 1} belongs`, { at: this.#seq + 1 });
    }
    if ((isDebit ? transfer.debitAccountId : transfer.creditAccountId) !== this.#accountId) {
      this.#checker.fail('side_hash', 'the transfer does not name this account on that side', { at: entry.seq });
    }
    this.#balance(line);
    const core = coreHash(transfer);
    const own = sideHash(
      { ...entry, accountId: this.#accountId, previousHead: this.#head, previousTransferId: this.#transferId },
      core,
    );
    const leaf = transferLeaf(transfer.id, core, isDebit ? own : line.otherSideHash, isDebit ? line.otherSideHash : own);
    this.#seq = entry.seq;
    this.#included(leaf, line.index, line.proof);
    this.#head = own;
    this.#transferId = transfer.id;
    this.#state = { posted: entry.posted, heldDebits: entry.heldDebits, heldCredits: entry.heldCredits };
    this.#proof = line.proof;
  }

  #end(value: Json): void {
    const outer = new Doc(value);
    const doc = new Doc(outer.object('end'));
    const seq = doc.int('seq', 0, MAX);
    const head = doc.hash('head');
    const note = doc.text('promise');
    if (!outer.end() || !doc.end()) this.#checker.malformed(outer.bad ?? doc.bad, this.#seq);
    if (seq !== this.#seq || seq !== this.#last) {
      this.#checker.fail('complete', `entries up to ${this.#last} are announced and ${this.#seq} are there`, {
        at: this.#seq + 1,
      });
    }
    for (const id of ['complete', 'running_balance', 'previous_link'] as const) this.#checker.pass(id);
    this.#checker.same('side_hash', head, this.#head, 'the entries do not lead to the head stated', seq);
    const promised = this.#checker.promise(note, this.#origin, this.#epoch, this.#accountId, seq, head);
    if (promised.logSize !== this.#checkpoint.size || !equalBytes(promised.head, head)) {
      this.#checker.fail('promise_signature', 'the signed head is not the one this statement ends with', { at: seq });
    }
  }

  #sayCurrency(number: number): void {
    const code = currencyCode(number);
    if (code !== undefined) this.#checker.facts.currency ??= code;
  }

  missingEnd(): never {
    return this.#checker.fail('complete', `the file stops after entry ${this.#seq}, without an end`, { at: this.#seq + 1 });
  }

  setFacts(): void {
    const { facts } = this.#checker;
    facts.seq = this.#seq;
    facts.entries = this.#seq - this.#first + 1;
    facts.posted_minor = this.#state?.posted ?? 0;
  }
}

/** Pauses now and then, so that a page with a long statement still answers. */
const breathe = async (): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
};
const LINES_A_BREATH = 200;

export async function checkStatement(
  checker: Checker,
  header: Json,
  rest: string,
  keys: readonly string[],
  idText: (id: bigint, prefix: string) => string,
): Promise<void> {
  checker.kind = 'statement';
  checker.expect(
    'format', 'previous_link', 'side_hash', 'running_balance', 'complete', 'inclusion', 'checkpoint_text',
    'checkpoint_signature', 'promise_signature', 'key_known',
  );
  const statement = new Statement(checker);
  try {
    statement.header(header, keys, idText);
    let at = 0;
    let more = true;
    for (let count = 1; more; count += 1) {
      if (at >= rest.length) statement.missingEnd();
      const newline = rest.indexOf('\n', at);
      const end = newline < 0 ? rest.length : newline;
      more = statement.line(rest.slice(at, end));
      at = end + 1;
      if (count % LINES_A_BREATH === 0) await breathe();
    }
    if (at < rest.length) checker.malformed('(after the end)');
    checker.pass('format');
  } finally {
    statement.setFacts();
  }
}
