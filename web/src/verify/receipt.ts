/* One transfer as one of its sides, or both, may see it ("jinnang-receipt-v1"). */
import type { Checker } from './checker';
import { Doc, currencyCode, MAX } from './doc';
import type { Json } from './json';
import { rootFromInclusion } from './merkle';
import { isName } from './note';
import { type Entry, type Transfer, coreHash, sideHash, transferLeaf } from './record';

interface StatedEntry {
  entry: Entry;
  head: Uint8Array;
  promise: string;
}
interface Leaf {
  index: number;
  hash: Uint8Array;
  proof: Uint8Array[];
}
interface Receipt {
  origin: string;
  epoch: number;
  view: string;
  transfer: Transfer;
  coreHash: Uint8Array;
  entries: StatedEntry[];
  otherSideHash: Uint8Array | undefined;
  leaf: Leaf | undefined;
  checkpoint: string | undefined;
  keys: Json[];
}

function readEntry(value: Json, doc: Doc): StatedEntry {
  const own = new Doc(value);
  const stated: StatedEntry = {
    entry: {
      side: own.side('side'),
      accountId: own.id('account_id', 'acc'),
      seq: own.int('seq', 1, MAX),
      previousTransferId: own.optionalId('previous_transfer_id', 'tr'),
      previousHead: own.hash('previous_head'),
      ...own.amounts(),
    },
    head: own.hash('head'),
    promise: own.text('promise'),
  };
  if (!own.end()) doc.bad ??= own.bad;
  return stated;
}

function readLeaf(value: Json, doc: Doc): Leaf | undefined {
  if (value === null) return undefined;
  const own = new Doc(value);
  const leaf: Leaf = { index: own.int('index', 0, MAX), hash: own.hash('hash'), proof: own.proof('proof') };
  if (!own.end()) doc.bad ??= own.bad;
  return leaf;
}

function shapeFault(r: Receipt): string | undefined {
  const both = r.view === 'both';
  const [first, second] = r.entries;
  if (!isName(r.origin)) return 'origin';
  if (!both && r.view !== 'debit' && r.view !== 'credit') return 'view';
  if (r.entries.length !== (both ? 2 : 1) || (r.otherSideHash !== undefined) === both) return 'entries';
  if (both && (first?.entry.side !== 'debit' || second?.entry.side !== 'credit')) return 'entries';
  if (!both && first?.entry.side !== r.view) return 'view';
  return (r.leaf !== undefined) === (r.checkpoint !== undefined) ? undefined : 'checkpoint';
}

function readReceipt(checker: Checker, document: Json): Receipt {
  const doc = new Doc(document);
  doc.text('format');
  const receipt: Receipt = {
    origin: doc.text('origin'),
    epoch: doc.int('epoch', 1, MAX),
    view: doc.text('view'),
    transfer: doc.transfer('transfer'),
    coreHash: doc.hash('core_hash'),
    entries: doc.list('entries').map((item) => readEntry(item, doc)),
    otherSideHash: doc.optionalHash('other_side_hash'),
    leaf: readLeaf(doc.optionalObject('leaf'), doc),
    checkpoint: doc.optionalText('checkpoint'),
    keys: doc.list('keys'),
  };
  if (!doc.end()) checker.malformed(doc.bad);
  const fault = shapeFault(receipt);
  if (fault !== undefined) checker.malformed(fault);
  return receipt;
}

function setFacts(checker: Checker, r: Receipt, text: (id: bigint, prefix: string) => string): void {
  const own = r.entries[0];
  const { facts } = checker;
  const { transfer } = r;
  facts.transfer_id = text(transfer.id, 'tr');
  facts.amount_minor = transfer.amount;
  const currency = currencyCode(transfer.currency);
  if (currency !== undefined) facts.currency = currency;
  facts.code = transfer.code;
  facts.created_at = new Date(transfer.createdAt / 1000).toISOString();
  facts.log_origin = r.origin;
  if (own === undefined) return;
  facts.account_id = text(own.entry.accountId, 'acc');
  facts.counterparty_id = text(own.entry.side === 'debit' ? transfer.creditAccountId : transfer.debitAccountId, 'acc');
  if (r.entries.length === 1) facts.side = own.entry.side;
  facts.seq = own.entry.seq;
  facts.posted_minor = own.entry.posted;
  if (r.leaf !== undefined) facts.log_index = r.leaf.index;
}

function checkEntry(checker: Checker, r: Receipt, stated: StatedEntry): void {
  const { entry } = stated;
  const ofSide = entry.side === 'debit' ? r.transfer.debitAccountId : r.transfer.creditAccountId;
  if (entry.accountId !== ofSide) {
    checker.fail('side_hash', 'the entry is of an account that the transfer does not name on that side');
  }
  if ((entry.seq === 1) !== (entry.previousTransferId === 0n)) {
    checker.fail('previous_link', "only an account's first entry has none before it");
  }
  checker.pass('previous_link');
  checker.same('side_hash', stated.head, sideHash(entry, r.coreHash), 'the entry does not hash to the head stated');
  checker.promise(stated.promise, r.origin, r.epoch, entry.accountId, entry.seq, stated.head);
}

function checkSeal(checker: Checker, r: Receipt, leaf: Leaf, note: string): void {
  const [own, second] = r.entries;
  if (own === undefined) return;
  const other = second?.head ?? r.otherSideHash ?? own.head;
  const isDebit = own.entry.side === 'debit';
  const computed = transferLeaf(r.transfer.id, r.coreHash, isDebit ? own.head : other, isDebit ? other : own.head);
  checker.same('leaf_hash', leaf.hash, computed, 'the transfer and its two sides do not make up this leaf');
  const checkpoint = checker.checkpoint(note, r.origin, r.epoch);
  checker.pass('other_side');
  const root = rootFromInclusion(computed, leaf.index, checkpoint.size, leaf.proof);
  if (root === undefined) checker.fail('inclusion', 'the proof has not the length that this index needs');
  checker.same('inclusion', checkpoint.root, root, "the proof does not lead to the checkpoint's root");
}

export function checkReceipt(
  checker: Checker,
  document: Json,
  keys: readonly string[],
  idText: (id: bigint, prefix: string) => string,
): void {
  checker.kind = 'receipt';
  checker.expect('format', 'core_hash', 'previous_link', 'side_hash', 'promise_signature', 'key_known');
  const receipt = readReceipt(checker, document);
  if (receipt.leaf !== undefined) {
    checker.expect('other_side', 'leaf_hash', 'inclusion', 'checkpoint_text', 'checkpoint_signature');
  }
  setFacts(checker, receipt, idText);
  checker.trust(keys, receipt.keys, receipt.origin);
  checker.pass('format');
  const computed = coreHash(receipt.transfer);
  checker.same('core_hash', receipt.coreHash, computed, "the transfer's facts do not hash to the core hash stated");
  for (const stated of receipt.entries) checkEntry(checker, receipt, stated);
  if (receipt.leaf !== undefined && receipt.checkpoint !== undefined) {
    checkSeal(checker, receipt, receipt.leaf, receipt.checkpoint);
  }
}
