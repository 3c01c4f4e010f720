import type { ReceivableJson, Receivables } from "../../data/contract";
import { formatMoneyShort } from "../../lib/money";

export type Bucket = ReceivableJson["bucket"];

/** How long it has been owed, in days since the charter ended. */
export const bucketNames: Readonly<Record<Bucket, string>> = {
  coming: "Not sailed yet",
  "0-30": "0–30 days",
  "31-60": "31–60 days",
  "61-90": "61–90 days",
  "over-90": "Over 90 days",
};

export interface Group {
  name: string;
  order: string;
  charters: readonly ReceivableJson[];
}

/** What was sailed and not paid, oldest first; then what is still to sail, next first. */
export function groups(charters: readonly ReceivableJson[]): Group[] {
  const sailed = charters.filter(({ bucket }) => bucket !== "coming");
  const coming = charters.filter(({ bucket }) => bucket === "coming");
  return [
    { name: "Sailed, not paid", order: "oldest first", charters: sailed.sort(byMoment("ends_at")) },
    { name: "Before the sail", order: "next first", charters: coming.sort(byMoment("starts_at")) },
  ].filter(({ charters }) => charters.length > 0);
}

const byMoment = (name: "starts_at" | "ends_at") => (a: ReceivableJson, b: ReceivableJson) =>
  a[name].localeCompare(b[name]);

/** `42 days`; empty for what has not ended. */
export function ageText({ bucket, age_days }: ReceivableJson): string {
  if (bucket === "coming") return "";
  if (age_days === 0) return "today";
  return age_days === 1 ? "1 day" : `${age_days} days`;
}

export interface Sum {
  name: string;
  amount: string;
  /** Long overdue. */
  late: boolean;
}

/** The buckets that hold something; each currency apart. */
export function sums({ totals }: Receivables): { currency: string; amount: string; parts: Sum[] }[] {
  return [totals, ...totals.other_currencies]
    .filter(({ due_cents, currency }) => due_cents > 0 || currency === totals.currency)
    .map(({ currency, due_cents, buckets }) => ({
      currency,
      amount: formatMoneyShort(due_cents, currency),
      parts: (Object.keys(bucketNames) as Bucket[])
        .filter((bucket) => (buckets[bucket] ?? 0) > 0)
        .map((bucket) => ({
          name: bucketNames[bucket],
          amount: formatMoneyShort(buckets[bucket] ?? 0, currency),
          late: bucket !== "coming" && bucket !== "0-30",
        })),
    }));
}
