import { describe } from "./descriptions";
import { kindOf, methodOf } from "./kinds";
import type { DraftRow, RowKind } from "./rows";

interface Line {
  text: string;
  date: string | null;
  amount_cents: number | null;
  currency: string;
  balance_cents?: number | null;
  /** What the format's own column says of its kind. */
  kind?: RowKind | undefined;
}

/** A row of a bank that prints one line of text for who, what and how. */
export function bankLine({ text, date, amount_cents, currency, balance_cents = null, kind }: Line): DraftRow {
  const words = text.replace(/\s+/g, " ").trim();
  const cents = amount_cents ?? 0;
  const fee = kind === "fee" || (kind === undefined && kindOf(words, "", cents) === "fee");
  const described = describe(words, fee);
  return {
    ...described,
    bank_id: "",
    date,
    amount_cents,
    balance_cents,
    currency,
    text: words,
    kind: kind ?? kindOf(words, described.counterparty, cents),
    method: methodOf(words),
  };
}
