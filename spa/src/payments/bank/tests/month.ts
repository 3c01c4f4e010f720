import type { PaymentMethod } from "../../../data/limits";
import { daysLater } from "../../../lib/periods";
import type { MatchedPayment } from "../matching/fit";
import type { RowKind } from "../statement-file/rows";
import type { Random } from "./random";

/** What happened on an account: what a bank then prints, and which payments it was. */
export interface Movement {
  day: string;
  cents: number;
  kind: RowKind;
  /** First name before last name; empty where the bank names nobody. */
  first: string;
  last: string;
  words: string;
  /** Of a returned check. */
  check: string;
  /** Of a deposit, how many checks; 0 where the bank does not say. */
  items: number;
  /** Of the payments that it was. */
  payments: readonly string[];
}

export interface Month {
  payments: MatchedPayment[];
  /** Oldest first. */
  movements: Movement[];
}

const FIRST = ["Ana", "Tomás", "Mei-Ling", "Søren", "Zoë", "Hugo", "Priya", "Walt", "Greta", "Ivo", "Nuria", "Omar"];
const LAST = [
  ...["Ruiz", "Halvorsen", "Stroud", "Abiodun", "Núñez", "Anaya", "Venkatesan", "Greer", "Hoffmann", "Šarić"],
  ...["Ibáñez", "Haddad", "O'Mallory", "Trinh-Ellis", "Delacroix-Bell", "Van Tassel", "Okafor", "Łukasz", "Müller"],
];
const WORDS = ["deposit Oct 24", "balance", "sunset sail", "thank you!", "", "for the crew", "10/24 half"];
/** As charters cost: most of them are round, and many the same. */
const AMOUNTS = [20_000, 25_000, 30_000, 45_000, 50_000, 60_000, 80_000, 120_000, 123_456, 150_050];
const MONTH_START = "2026-10-01";

interface Payer {
  first: string;
  last: string;
}

/** A month of payments by one method, of which most come to the bank, among all else that an account sees. */
export function randomMonth(random: Random, method: PaymentMethod, count: number): Month {
  const month: Month = { payments: [], movements: [] };
  for (let number = 0; number < count; number++) {
    if (method === "check" && random.chance(0.2)) addDeposit(month, random, method);
    else if (method !== "check" && random.chance(0.08)) addTransferForTwo(month, random, method);
    else addPayment(month, random, method);
  }
  const { movements } = month;
  for (let number = 0; number < count; number++) movements.push(otherMovement(random));
  movements.sort((a, b) => a.day.localeCompare(b.day));
  return month;
}

function addPayment(month: Month, random: Random, method: PaymentMethod): void {
  const payment = newPayment(month, random, method, random.pick(AMOUNTS) + random.pick([0, 0, random.whole(1, 99)]));
  // Some have not come yet.
  if (random.chance(0.1)) return;
  const named = method === "check" ? { first: "", last: "" } : payment.by;
  month.movements.push(income([payment], random, named, random.pick(WORDS)));
  if (method !== "check" || !random.chance(0.15)) return;
  const came = month.movements.at(-1)?.day ?? payment.day;
  month.movements.push({
    ...blank,
    day: daysLater(came, random.whole(2, 6)),
    cents: -payment.row.amount_cents,
    kind: "returned",
    check: payment.row.reference,
    payments: [payment.row.payment_id],
  });
}

function addDeposit(month: Month, random: Random, method: PaymentMethod): void {
  const size = random.whole(2, 4);
  // The odd cents keep other checks from adding up to the same.
  const parts = Array.from({ length: size }, () => random.pick(AMOUNTS) + random.whole(1, 9_999));
  const day = randomDay(random);
  const checks = parts.map((cents) => newPayment(month, random, method, cents, day));
  const items = random.chance(0.5) ? size : 0;
  month.movements.push({ ...income(checks, random, { first: "", last: "" }, ""), items });
}

function addTransferForTwo(month: Month, random: Random, method: PaymentMethod): void {
  const by = randomPayer(random);
  const day = randomDay(random);
  const both = [1, 2].map(() =>
    newPayment(month, random, method, random.pick(AMOUNTS) + random.whole(1, 999), day, by),
  );
  month.movements.push(income(both, random, by, "for both days"));
}

interface Paid {
  row: MatchedPayment;
  day: string;
  by: Payer;
}

function newPayment(
  { payments }: Month,
  random: Random,
  method: PaymentMethod,
  amount_cents: number,
  day = randomDay(random),
  by = randomPayer(random),
): Paid {
  const number = payments.length + 1;
  const row: MatchedPayment = {
    payment_id: `payment-${number}`,
    kind: "balance",
    method,
    amount_cents,
    currency: "USD",
    payer: `${by.first} ${by.last}`,
    reference: method === "check" ? String(1000 + number * 7) : "",
    note: "",
    received_at: `${day}T${random.pick(["09", "12", "18"])}:00:00Z`,
    status: "received",
    charter: random.pick(["Whale watching", "Sunset sail", "Lark, Oct 24"]),
  };
  payments.push(row);
  return { row, day, by };
}

function randomDay(random: Random): string {
  return daysLater(MONTH_START, random.whole(0, 27));
}

function randomPayer(random: Random): Payer {
  return { first: random.pick(FIRST), last: random.pick(LAST) };
}

const blank = { first: "", last: "", words: "", check: "", items: 0, payments: [] };

function income(payments: readonly Paid[], random: Random, { first, last }: Payer, words: string): Movement {
  const days = payments.map(({ day }) => day).sort();
  return {
    ...blank,
    day: daysLater(days.at(-1) ?? MONTH_START, random.pick([-1, 0, 0, 1, 1, 2, 3, 5])),
    cents: payments.reduce((sum, { row }) => sum + row.amount_cents, 0),
    kind: "credit",
    first,
    last,
    words,
    payments: payments.map(({ row }) => row.payment_id),
  };
}

/** Nobody of these is a payer: no other list has their names. */
const STRANGERS: readonly Payer[] = [
  { first: "Barnaby", last: "Teixeira" },
  { first: "Ludmila", last: "Ashgrove" },
  { first: "Cosmo", last: "Trelawney" },
];

function otherMovement(random: Random): Movement {
  const day = randomDay(random);
  const kind = random.pick<RowKind>(["debit", "debit", "credit", "transfer", "fee"]);
  if (kind === "credit") {
    // Strangers pay what others pay too.
    return { ...blank, ...random.pick(STRANGERS), day, cents: random.pick(AMOUNTS), kind, words: random.pick(WORDS) };
  }
  const cents = kind === "fee" ? -1200 : kind === "transfer" ? 60_000 : -random.whole(100, 99_999);
  return { ...blank, first: kind === "debit" ? "Pelican" : "", last: kind === "debit" ? "Fuel" : "", day, cents, kind };
}
