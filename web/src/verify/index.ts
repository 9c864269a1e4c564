/* Checks receipts, statements, checkpoints and consistency proofs in the browser, as `jinnang verify`
 * does: the contract is types.ts, the formats are docs/formats.md, and both programs are held
 * against tests/vectors/verify.json. */
import { fromBase64, fromHex } from './bytes';
import { Checker, Stop } from './checker';
import { Doc } from './doc';
import { type Json, isObject, parseJson } from './json';
import { checkConsistency } from './merkle';
import { type Checkpoint, parseCheckpoint, parseNote } from './note';
import { checkReceipt } from './receipt';
import { checkStatement } from './statement';
import type { Report, Verifier } from './types';

const CHARS_MAX = 1 << 20; // of a document that is no statement

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
function idText(id: bigint, prefix: string): string {
  let digits = '';
  for (let rest = id, i = 0; i < 13; i += 1, rest /= 32n) digits = DIGITS.charAt(Number(rest % 32n)) + digits;
  return `${prefix}_${digits}`;
}

function originOf(checker: Checker, text: string): string {
  const note = parseNote(text);
  if (note === undefined) return checker.fail('format', 'this is neither JSON nor a signed note');
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint === undefined) return checker.fail('checkpoint_text', 'the checkpoint cannot be read');
  return checkpoint.origin;
}

function checkCheckpoint(checker: Checker, text: string, keys: readonly string[]): Checkpoint {
  checker.kind = 'checkpoint';
  checker.expect('format', 'checkpoint_text', 'checkpoint_signature', 'key_known');
  const origin = originOf(checker, text);
  checker.pass('format');
  checker.trust(keys, [], origin);
  return checker.checkpoint(text, origin);
}

function checkGrowth(checker: Checker, old: Checkpoint, later: Checkpoint, proof: readonly Uint8Array[]): void {
  if (old.epoch !== later.epoch) {
    checker.fail('checkpoint_text', 'the log was restored from a backup between the two', {
      stated: String(old.epoch),
      computed: String(later.epoch),
    });
  }
  if (!checkConsistency(old.size, old.root, later.size, later.root, proof)) {
    checker.fail('consistency', 'the later log is not shown to begin with the earlier');
  }
  checker.pass('consistency');
}

function checkConsistencyDocument(checker: Checker, document: Json, keys: readonly string[]): void {
  const doc = new Doc(document);
  checker.kind = 'checkpoint';
  checker.expect('format', 'checkpoint_text', 'checkpoint_signature', 'consistency', 'key_known');
  doc.text('format');
  const origin = doc.text('origin');
  const old = doc.text('old');
  const later = doc.text('new');
  const proof = doc.proof('proof');
  const inDocument = doc.list('keys');
  if (!doc.end()) checker.malformed(doc.bad);
  checker.trust(keys, inDocument, origin);
  checker.pass('format');
  checkGrowth(checker, checker.checkpoint(old, origin), checker.checkpoint(later, origin), proof);
}

async function checkAny(checker: Checker, text: string, keys: readonly string[]): Promise<void> {
  checker.expect('format');
  const newline = text.indexOf('\n');
  const firstLine = newline < 0 ? text : text.slice(0, newline);
  const first = firstLine.startsWith('{') ? parseJson(firstLine) : undefined;
  if (isObject(first) && first['format'] === 'jinnang-statement-v1') {
    await checkStatement(checker, first, newline < 0 ? '' : text.slice(newline + 1), keys, idText);
    return;
  }
  if (text.length > CHARS_MAX) checker.fail('format', 'a document of this kind is not so long');
  if (!text.trimStart().startsWith('{')) {
    checkCheckpoint(checker, text, keys);
    return;
  }
  const document = parseJson(text);
  if (!isObject(document)) checker.fail('format', 'this is not one JSON object');
  else if (document['format'] === 'jinnang-receipt-v1') checkReceipt(checker, document, keys, idText);
  else if (document['format'] === 'jinnang-consistency-v1') checkConsistencyDocument(checker, document, keys);
  else checker.fail('format', "'format' names nothing that this page knows");
}

async function reportOf(check: (checker: Checker) => void | Promise<void>): Promise<Report> {
  const checker = new Checker();
  try {
    await check(checker);
  } catch (error) {
    // What was not foreseen is a fault of the document all the same: nothing was proved.
    if (!(error instanceof Stop)) checker.note('format', `could not be checked: ${String(error)}`);
  }
  return checker.report();
}

export const verifyDocument: Verifier['verifyDocument'] = (text, keys) =>
  reportOf((checker) => checkAny(checker, text, keys));

export const verifyConsistency: Verifier['verifyConsistency'] = (earlier, later, path, keys) =>
  reportOf((checker) => {
    checker.kind = 'checkpoint';
    checker.expect('format', 'checkpoint_text', 'checkpoint_signature', 'consistency', 'key_known');
    const origin = originOf(checker, earlier);
    const proof = path.map((text) => fromHex(text, 32) ?? fromBase64(text));
    const hashes = proof.filter((hash) => hash?.length === 32) as Uint8Array[];
    if (hashes.length !== proof.length) checker.malformed('path');
    checker.pass('format');
    checker.trust(keys, [], origin);
    checkGrowth(checker, checker.checkpoint(earlier, origin), checker.checkpoint(later, origin), hashes);
  });

export const verifier: Verifier = { verifyDocument, verifyConsistency };
