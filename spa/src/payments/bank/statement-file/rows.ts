import type { PaymentMethod } from "../../../data/limits";
import type { Day } from "../../../lib/periods";

/**
 * What a row of a bank's file stands for. Only a `credit` is income. `transfer` is money from an own account, or that
 * Venmo, Square or Stripe pays out; `returned` is a payment that the bank took back; a `pending` row may still change;
 * of an `unreadable` row the amount or the date is not sure.
 */
export type RowKind = "credit" | "debit" | "transfer" | "fee" | "returned" | "pending" | "unreadable";

export interface BankRow {
  /** The bank's own id, else `date|cents|text|n`: the n-th of its equals, oldest first. */
  row_id: string;
  /** As printed, without a zone; null when it is not surely a day. */
  date: Day | null;
  /** Below zero for money that left; null when it is not surely an amount. */
  amount_cents: number | null;
  /** The name as printed; empty when the row names nobody. */
  counterparty: string;
  /** What the payer wrote, else the bank's number. */
  reference: string;
  kind: RowKind;
  /** Printed by card processors and Venmo beside the amount; below zero for what they kept. */
  fee_cents?: number;
  /** Venmo took or paid it elsewhere, so its balance does not change. */
  outside_balance?: true;
  currency: string;
  /** How the money came, as far as the row says it. */
  method: PaymentMethod;
  /** All words of the row, to search in. */
  text: string;
  /** The account's balance after it, where the file has it. */
  balance_cents?: number | null;
}

/** A row as its format gives it, before it has its id. */
export interface DraftRow extends Omit<BankRow, "row_id"> {
  /** Empty for formats without ids. */
  bank_id: string;
  balance_cents: number | null;
  /** Which one of a file's accounts it is of, where there can be several. */
  account?: number;
}

export type FormatName = "venmo" | "chase" | "bofa" | "wellsfargo" | "square" | "stripe" | "ofx" | "generic";

export const formatNames: Record<FormatName, string> = {
  venmo: "Venmo",
  chase: "Chase",
  bofa: "Bank of America",
  wellsfargo: "Wells Fargo",
  square: "Square",
  stripe: "Stripe",
  ofx: "OFX",
  generic: "bank file",
};

/** What a format's reader finds in a file. */
export interface Draft {
  rows: DraftRow[];
  /** Of the account before the first and after the last row, where the file says so. */
  opening_cents?: number | null;
  closing_cents?: number | null;
  currency?: string;
  /** The format lists the newest row first, which counts where the dates do not tell. */
  newest_first?: boolean;
}

/** A file that is none of ours, or that a spreadsheet has spoiled; the message is for the screen. */
export class RefusedFile extends Error {}
