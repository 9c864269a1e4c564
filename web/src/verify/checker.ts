/* What the checks of all documents share: the list of outcomes, the keys that are trusted, and
 * checkpoints and promises inside documents. */
import { equalBytes, parseId, toBase64, toHex } from './bytes';
import { Doc } from './doc';
import type { Json } from './json';
import { type Checkpoint, type Key, type Promised, checkNote, isRotation, isWitness, parseCheckpoint, parseKey, parseNote, parsePromise } from './note';
import { CHECK_IDS, type Check, type CheckId, type Facts, type Report } from './types';

/** Ends the checking of a document; the failed check says why. */
export class Stop extends Error {}

type Details = Omit<Check, 'id' | 'outcome'>;

export class Checker {
  readonly facts: Facts = {};
  kind: Report['kind'] = 'unknown';
  readonly #checks = new Map<CheckId, Check>();
  #trusted: Key[] = [];
  #namedKeys = false;

  expect(...ids: readonly CheckId[]): void {
    for (const id of ids) {
      if (!this.#checks.has(id)) this.#checks.set(id, { id, outcome: 'skipped' });
    }
  }

  pass(id: CheckId): void {
    if (this.#checks.get(id)?.outcome !== 'failed') this.#checks.set(id, { id, outcome: 'passed' });
  }

  fail(id: CheckId, detail: string, more: Details = {}): never {
    this.note(id, detail, more);
    throw new Stop(detail);
  }

  /** A failure that does not keep the other checks from running. */
  note(id: CheckId, detail: string, more: Details = {}): void {
    if (this.#checks.get(id)?.outcome !== 'failed') {
      this.#checks.set(id, { id, outcome: 'failed', detail, ...more });
    }
  }

  same(id: CheckId, stated: Uint8Array, computed: Uint8Array, detail: string, at?: number): void {
    if (equalBytes(stated, computed)) {
      this.pass(id);
    } else {
      this.fail(id, detail, { stated: toHex(stated), computed: toHex(computed), ...(at === undefined ? {} : { at }) });
    }
  }

  malformed(what: string | undefined, at?: number): never {
    return this.fail('format', `'${what ?? 'document'}' is missing or cannot be right`, at === undefined ? {} : { at });
  }

  report(): Report {
    if (this.#checks.get('key_known')?.outcome === 'skipped' && this.facts.key_id !== undefined) {
      this.note('key_known', 'no key was named, so the one in the document was used');
    }
    const checks = CHECK_IDS.flatMap((id) => this.#checks.get(id) ?? []);
    const ok = checks.length > 1 && checks.every((check) => check.outcome === 'passed');
    return { kind: this.kind, ok, checks, facts: this.facts };
  }

  /* ---- keys ---- */

  /** Keys that the document adds count only when a trusted key signed the change to them; its first
   * one counts when nobody named any. */
  trust(named: readonly string[], inDocument: readonly Json[], origin: string): void {
    for (const text of named) {
      const key = parseKey(text.trim());
      if (key === undefined) this.fail('key_known', 'a key that was named cannot be read', { stated: text });
      else this.#trusted.push(key);
    }
    this.#namedKeys = this.#trusted.length > 0;
    inDocument.forEach((item, i) => {
      const doc = new Doc(item);
      const key = parseKey(doc.text('key'));
      const rotation = doc.optionalText('rotation');
      if (!doc.end() || key === undefined) return this.malformed('keys');
      const follows = rotation !== undefined && isRotation(rotation, origin, key, this.#trusted);
      if ((!this.#namedKeys && i === 0) || follows) this.#trusted.push(key);
      return undefined;
    });
    if (this.#trusted.length === 0) this.fail('key_known', 'no key was named, and the document holds none');
  }

  #signedText(id: CheckId, text: string, origin: string): string {
    const note = parseNote(text);
    if (note === undefined) return this.malformed('signed note');
    const keys = this.#trusted.filter((key) => !isWitness(key));
    const signer = keys.find((key) => checkNote(note, key) === 'right');
    if (signer === undefined) {
      if (keys.some((key) => checkNote(note, key) === 'wrong')) {
        this.fail(id, 'the signature is not by the key over this text');
      }
      this.fail('key_known', 'no key that you named has signed this');
    }
    if (this.#trusted.some((key) => isWitness(key) && checkNote(note, key) === 'wrong')) {
      this.fail(id, "a witness's signature is wrong");
    }
    if (signer.name !== origin) this.fail(id, 'the key belongs to another log');
    this.facts.key_id = signer.text;
    if (this.#namedKeys) this.pass('key_known');
    return note.text;
  }

  checkpoint(text: string, origin: string, epoch?: number): Checkpoint {
    const body = this.#signedText('checkpoint_signature', text, origin);
    this.pass('checkpoint_signature');
    const checkpoint = parseCheckpoint(body);
    if (checkpoint === undefined) return this.fail('checkpoint_text', 'the checkpoint cannot be read');
    if (checkpoint.origin !== origin || (epoch !== undefined && checkpoint.epoch !== epoch)) {
      this.fail('checkpoint_text', 'the checkpoint is of another log or epoch than the document', {
        stated: `${origin} ${epoch ?? ''}`,
        computed: `${checkpoint.origin} ${checkpoint.epoch}`,
      });
    }
    this.pass('checkpoint_text');
    this.facts.log_origin = checkpoint.origin;
    this.facts.log_size = checkpoint.size;
    return checkpoint;
  }

  promise(text: string, origin: string, epoch: number, accountId: bigint, seq: number, head: Uint8Array): Promised {
    const promised = parsePromise(this.#signedText('promise_signature', text, origin), origin, epoch);
    if (promised === undefined) return this.fail('promise_signature', 'the promise is not one of this log and epoch');
    if (parseId(promised.accountId, 'acc') !== accountId || promised.seq !== seq) {
      this.fail('promise_signature', 'the promise is about another entry', {
        stated: `${promised.accountId} ${promised.seq}`,
      });
    }
    if (!equalBytes(promised.head, head)) {
      this.fail('promise_signature', 'the promise is about another head', {
        stated: toBase64(promised.head),
        computed: toBase64(head),
      });
    }
    this.pass('promise_signature');
    return promised;
  }
}
