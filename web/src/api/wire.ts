/* The API's resources as they travel, until the generated types take their place. */
export interface WireAccount {
  id: string;
  owner: string | null;
  kind: string;
  currency: string;
  normal_side: 'debit' | 'credit';
  flags: string[];
  closed: boolean;
  overdraft_minor: number;
  balance_max_minor: number;
  created_at: string;
  balance_minor: number;
  available_minor: number;
  debits_posted_minor: number;
  credits_posted_minor: number;
  debits_pending_minor: number;
  credits_pending_minor: number;
  seq: number;
  last_transfer_id: string | null;
  head: string;
}
export interface WireSide {
  account_id: string;
  seq: number;
  previous_transfer_id: string | null;
  posted_minor: number;
  held_debits_minor: number;
  held_credits_minor: number;
  hash: string;
}
export interface WireTransfer {
  id: string;
  amount_minor: number;
  currency: string;
  code: number;
  flags: string[];
  pending_id: string | null;
  expires_at: string | null;
  reference: string | null;
  commitment: string | null;
  created_at: string;
  debit: WireSide;
  credit: WireSide;
}
export interface WireTotals {
  currency: string;
  debits_posted_minor: number;
  credits_posted_minor: number;
  debits_pending_minor: number;
  credits_pending_minor: number;
  client_liabilities_minor: number;
  bank_minor: number;
  transit_in_minor: number;
  transit_out_minor: number;
}
