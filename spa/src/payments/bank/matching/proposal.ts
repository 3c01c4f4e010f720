import type { FileRow, MatchedPayment } from "./fit";

/** `sure`: amount, name (or number) and date agree, and nothing else fits. `two-fit`: something else fits as well. */
export type Sureness = "sure" | "likely" | "two-fit";

export const surenessNames: Readonly<Record<Sureness, string>> = {
  sure: "Sure",
  likely: "Likely",
  "two-fit": "Two fit",
};

export interface Proposal {
  act: "clear" | "bounce";
  row: FileRow;
  /** Several when one deposit or one transfer was for all of them. */
  payments: readonly MatchedPayment[];
  sureness: Sureness;
  /** What agrees and what does not, in a few words. */
  reason: string;
  /** Payments that fit the row as well. */
  otherPayments: readonly MatchedPayment[];
  /** Rows that fit the payment as well. */
  otherRows: readonly FileRow[];
  /** For a bounce: the deposit that was taken back, where the file has it. */
  deposits: readonly FileRow[];
}
