import type { ListedPayment } from "../../../data/contract";
import { daysBetween } from "../../../lib/periods";
import { localDay } from "../../../lib/time";
import type { BankRow } from "../statement-file/rows";
import { hintsOf, sharedHints } from "./hints";
import { fitNames, wordsOf } from "./names";

/** What is read of a payment to find it at the bank. */
export type MatchedPayment = Pick<
  ListedPayment,
  | "payment_id"
  | "kind"
  | "method"
  | "amount_cents"
  | "currency"
  | "payer"
  | "reference"
  | "note"
  | "received_at"
  | "status"
  | "charter"
>;

/** A row and the file it is from. */
export interface FileRow extends BankRow {
  file: string;
  /** Payments, by id, that a person has said are not this row. */
  rejected?: ReadonlySet<string>;
}

/** The bank's day may be the day before: who logs in the morning what came in the evening. */
export const EARLIEST_DAYS = -1;
export const LATEST_DAYS = 10;

/**
 * How well a row and a payment of one amount and one method agree. `strength` 3: in the full name or in a number, 2: in a
 * part of the name, 1: one side names nobody.
 */
export interface Fit {
  payment: MatchedPayment;
  row: FileRow;
  strength: 1 | 2 | 3;
  reason: string;
  /** Words that both have beside the name. */
  hints: number;
  /** From the receipt to the bank's day. */
  days: number;
}

/** How a payment and a row agree, or null when they name different people or different checks. */
export function fitOf(payment: MatchedPayment, row: FileRow, days: number): Fit | null {
  if (row.rejected?.has(payment.payment_id) || hasOtherNumber(payment, row)) return null;
  const name = fitNames(payment.payer, row.counterparty, row.text);
  const numbered = sharesNumber(payment, row);
  if (name === "other" && !numbered) return null;
  const strength = name === "full" || (numbered && name !== "other") ? 3 : name === "none" ? 1 : 2;
  const hints = sharedHints(hintsOf(`${payment.charter} ${payment.note} ${payment.reference}`), hintsOf(row.reference));
  return { payment, row, strength, reason: reasonOf(name, numbered), hints, days };
}

function reasonOf(name: ReturnType<typeof fitNames>, numbered: boolean): string {
  if (name === "full") return numbered ? "amount, name, number and date agree" : "amount, name and date agree";
  if (numbered) return name === "other" ? "number agrees, other name" : "amount, number and date agree";
  return name === "partial" ? "part of the name agrees" : "no name to compare";
}

/** The day of the operator on which a payment came. */
export function dayOf({ received_at }: MatchedPayment, timezone: string): string {
  return localDay(new Date(received_at), timezone);
}

export function daysFrom(day: string, row: FileRow): number {
  return row.date === null ? Number.NaN : daysBetween(day, row.date);
}

/** A number of the payment, of a check or a transfer, that the row has as a word. */
function sharesNumber({ reference }: MatchedPayment, row: FileRow): boolean {
  const numbers = wordsOf(reference).filter((word) => /\d/.test(word) && word.length > 2);
  if (numbers.length === 0) return false;
  const words = new Set(wordsOf(`${row.text} ${row.reference}`));
  return numbers.some((number) => words.has(number));
}

/** Both name a check, and not the same. */
function hasOtherNumber({ method, reference }: MatchedPayment, row: FileRow): boolean {
  if (method !== "check") return false;
  const printed = /\b(?:chk ser#|check #?) ?(\d+)/i.exec(row.text)?.[1] ?? "";
  const logged = /^\D*(\d+)\D*$/.exec(reference)?.[1] ?? "";
  return printed !== "" && logged !== "" && Number(printed) !== Number(logged);
}

/** How far away a row is. Few come before they are received, so a day before counts as three after. */
export function distance({ days }: Fit): number {
  return days < 0 ? -3 * days : days;
}
