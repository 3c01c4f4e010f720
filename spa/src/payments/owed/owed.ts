import type { ReceivableJson, Receivables } from "../../data/contract";
import { operatorTimezone } from "../../lib/clock";
import { formatMoneyShort } from "../../lib/money";
import { daysBetween, daysLater } from "../../lib/periods";
import { formatDay, formatTime, localDay, locale } from "../../lib/time";

type Bucket = ReceivableJson["bucket"];

/** How long it has been owed, in days since the charter ended: the name, and what a phone has no room for. */
const bucketNames: Readonly<Record<Bucket, readonly [name: string, more?: string]>> = {
  coming: ["Not sailed", "yet"],
  "0-30": ["0–30 days"],
  "31-60": ["31–60", "days"],
  "61-90": ["61–90", "days"],
  "over-90": ["Over 90", "days"],
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

/** `Today, 1:00 PM` for what begins today or tomorrow, a day for the rest. */
export function whenText({ starts_at, timezone }: ReceivableJson, now_ms: number): string {
  const [day, today] = [localDay(new Date(starts_at), timezone), localDay(new Date(now_ms), timezone)];
  const near = { [today]: "Today", [daysLater(today, 1)]: "Tomorrow" }[day];
  return near ? `${near}, ${formatTime(starts_at, timezone)}` : formatDay(starts_at, timezone);
}

/** `today`, `3 days ago`: when the patron was last asked to pay. Empty for never. */
export function remindedText({ reminded_at }: ReceivableJson, now_ms: number): string {
  if (reminded_at === null) return "";
  const [then, now] = [new Date(reminded_at), new Date(now_ms)].map((one) => localDay(one, operatorTimezone()));
  return ago.format(-daysBetween(then ?? "", now ?? ""), "day");
}

const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** Red: it sailed and is not paid, or it sails today and nothing is paid. */
export function isUrgent({ bucket, starts_at, timezone, charged_cents, due_cents }: ReceivableJson, now_ms: number) {
  const isToday = localDay(new Date(starts_at), timezone) === localDay(new Date(now_ms), timezone);
  return bucket !== "coming" || (isToday && due_cents >= charged_cents);
}

export interface Sum {
  name: string;
  /** The rest of the name; empty where there is none. */
  more: string;
  amount: string;
  /** Long overdue. */
  late: boolean;
}

const buckets = Object.entries(bucketNames) as [Bucket, (typeof bucketNames)[Bucket]][];

/** All buckets, so that each has its place; each currency apart. */
export function sums({ totals }: Receivables): { currency: string; amount: string; parts: Sum[] }[] {
  return [totals, ...totals.other_currencies]
    .filter(({ due_cents, currency }) => due_cents > 0 || currency === totals.currency)
    .map(({ currency, due_cents, buckets: cents }) => ({
      currency,
      amount: formatMoneyShort(due_cents, currency),
      parts: buckets.map(([bucket, [name, more = ""]]) => ({
        name,
        more,
        amount: formatMoneyShort(cents[bucket] ?? 0, currency),
        late: bucket !== "coming" && bucket !== "0-30" && (cents[bucket] ?? 0) > 0,
      })),
    }));
}
