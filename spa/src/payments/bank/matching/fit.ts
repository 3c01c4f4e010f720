import type { ListedPayment } from "../../../data/contract";
import { daysBetween } from "../../../lib/periods";
import { localDay } from "../../../lib/time";
import type { BankRow } from "../statement-file/rows";
import { hintsOf, shared } from "./hints";
import { fitNames, type Name, type NameFit, nameOf, wordsOf } from "./names";

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

/** What of a row or a payment is compared. */
export interface Look {
  name: Name;
  numbers: ReadonlySet<string>;
  hints: ReadonlySet<string>;
  /** The number of a check; empty without one. */
  check: string;
}

/** Folding names takes long, so each row and each payment is looked at once. */
const looks = new WeakMap<FileRow | MatchedPayment, Look>();

function lookOnce<T extends FileRow | MatchedPayment>(of: T, look: (of: T) => Look): Look {
  const known = looks.get(of) ?? look(of);
  looks.set(of, known);
  return known;
}

export function lookOfPayment(payment: MatchedPayment): Look {
  return lookOnce(payment, paymentLook);
}

export function lookOfRow(row: FileRow): Look {
  return lookOnce(row, rowLook);
}

function paymentLook({ payer, reference, method, charter, note }: MatchedPayment): Look {
  return {
    name: nameOf(payer),
    numbers: numbersOf(reference),
    hints: hintsOf(`${charter} ${note} ${reference}`),
    check: (method === "check" && /^\D*(\d+)\D*$/.exec(reference)?.[1]) || "",
  };
}

function rowLook({ counterparty, text, reference }: FileRow): Look {
  return {
    name: nameOf(counterparty, text),
    numbers: numbersOf(`${text} ${reference}`),
    hints: hintsOf(reference),
    check: /\b(?:chk ser#|check #?) ?(\d+)/i.exec(text)?.[1] ?? "",
  };
}

/** Words with a figure; banks fill a number with zeros. */
function numbersOf(text: string): Set<string> {
  const numbers = wordsOf(text).filter((word) => /\d/.test(word) && word.length > 2);
  return new Set(numbers.map((word) => word.replace(/^0+(?=\d)/, "")));
}

/** How a payment and a row agree, or null when they name different people or different checks. */
export function fitOf(payment: MatchedPayment, row: FileRow, days: number): Fit | null {
  if (row.rejected?.has(payment.payment_id)) return null;
  const logged = lookOfPayment(payment);
  const bank = lookOfRow(row);
  const areOtherChecks = logged.check !== "" && bank.check !== "" && Number(logged.check) !== Number(bank.check);
  if (areOtherChecks) return null;
  const name = fitNames(logged.name, bank.name);
  const numbered = shared(logged.numbers, bank.numbers) > 0;
  if (name === "other" && !numbered) return null;
  const strength = name === "full" || (numbered && name !== "other") ? 3 : name === "none" ? 1 : 2;
  return { payment, row, strength, reason: reasonOf(name, numbered), hints: shared(logged.hints, bank.hints), days };
}

function reasonOf(name: NameFit, numbered: boolean): string {
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

/**
 * How far away a row is. Few come before they are received, so a day before counts as three after; a check that is not
 * received yet is not carried to the bank, so there it is the last.
 */
export function distance({ days, payment }: Fit): number {
  if (days >= 0) return days;
  return payment.method === "check" ? LATEST_DAYS - days : -3 * days;
}
