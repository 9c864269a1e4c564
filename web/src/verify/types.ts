/* The contract between the pages and the proof checker.
 *
 * Purpose: a document (receipt, statement, checkpoint) goes in as the bytes the server sent, a list
 * of named checks comes out, each with its outcome and the values compared. Pages only render it.
 * Non-goals: fetching, storing, wording (titles and "what this proves" are catalogue messages under
 * `check.<id>.title` and `check.<id>.proves`).
 * Rules for the implementation in `index.ts`:
 *  - No network, no DOM, no dependency; loaded lazily as a chunk of its own.
 *  - Works without `crypto.subtle` (plain HTTP on a private network has none).
 *  - Never throws on input of any kind: what cannot be read is a failed `format` check.
 *  - A check that cannot run because an earlier one failed is `skipped`, never `passed`.
 *  - Checks come in the order of CHECK_IDS; a kind of document uses a subset of them. */

export const CHECK_IDS = [
  'format', // the document is complete, of a known version, within bounds
  'core_hash', // the common facts (amount, accounts, time …) hash to the core hash stated
  'previous_link', // the chain starts at the head stated (a statement: each entry follows the last)
  'side_hash', // account, sequence and balances after hash to the new head of the chain
  'other_side', // the other side's hash is the one in the leaf (its balances stay hidden)
  'running_balance', // a statement: every balance is the one before plus or minus the entry
  'complete', // a statement: no sequence number is missing between opening and head
  'leaf_hash', // core and both sides make up the leaf of the log
  'inclusion', // the leaf lies under the root at the index stated
  'checkpoint_text', // the checkpoint is the root and size that the path leads to
  'checkpoint_signature', // the log's key signed the checkpoint
  'promise_signature', // the operator's promise (account, seq, head, log size) is signed
  'consistency', // the later log is the earlier one, only longer
  'key_known', // the key is one that this person pinned or typed in, not merely one in the file
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

export interface Check {
  id: CheckId;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Hex, base64 or decimal as a person would compare them; absent where nothing is compared. */
  stated?: string;
  computed?: string;
  /** One plain English sentence for developers, shown folded; not translated. */
  detail?: string;
  /** Position in a list, when the check failed at one entry of many (0-based). */
  at?: number;
}

/** What a receipt says once it is believed; shown beside the checks. */
export interface Facts {
  transfer_id?: string;
  account_id?: string;
  counterparty_id?: string;
  side?: 'debit' | 'credit';
  amount_minor?: number;
  currency?: string;
  code?: number;
  created_at?: string; // RFC 3339 UTC
  seq?: number;
  posted_minor?: number; // credits minus debits, posted, after the entry
  log_index?: number;
  log_size?: number;
  log_origin?: string;
  key_id?: string;
  entries?: number; // statements
}

export interface Report {
  kind: 'receipt' | 'statement' | 'checkpoint' | 'unknown';
  ok: boolean; // every check passed, none skipped
  checks: Check[];
  facts: Facts;
}

export interface Verifier {
  /** `text` is the file as received. `keys` are verifier keys in C2SP signed-note form
   * (`name+hash+base64`); one of them must have signed. With an empty list the key inside the
   * document is used and `key_known` fails. */
  verifyDocument(text: string, keys: readonly string[]): Promise<Report>;
  /** Two checkpoint notes and the RFC 6962 consistency path between them (base64 or hex hashes). */
  verifyConsistency(
    earlier_note: string,
    later_note: string,
    path: readonly string[],
    keys: readonly string[],
  ): Promise<Report>;
}
