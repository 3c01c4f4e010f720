import { expect, test } from "vitest";
import { daysBetween, daysLater } from "../../../lib/periods";
import type { FileRow, MatchedPayment } from "../matching/fit";
import { fitNames, nameOf } from "../matching/names";
import type { Proposal } from "../matching/proposal";
import { propose } from "../matching/propose";
import { setsThatSumTo } from "../matching/sums";
import { Random } from "./random";

const START = "2026-10-01";
let made = 0;

function payment(change: Partial<MatchedPayment> & { day?: string } = {}): MatchedPayment {
  const { day = "2026-10-10", ...rest } = change;
  return {
    payment_id: `payment-${++made}`,
    kind: "balance",
    method: "zelle",
    amount_cents: 50_000,
    currency: "USD",
    payer: "Ana Ruiz",
    reference: "",
    note: "",
    received_at: `${day}T12:00:00Z`,
    status: "received",
    charter: "Sunset sail",
    ...rest,
  };
}

function row(change: Partial<FileRow> = {}): FileRow {
  const counterparty = change.counterparty ?? "ANA RUIZ";
  const reference = change.reference ?? "";
  return {
    row_id: `row-${++made}`,
    file: "file",
    date: "2026-10-11",
    amount_cents: 50_000,
    counterparty,
    reference,
    kind: "credit",
    currency: "USD",
    method: "zelle",
    text: `${counterparty} ${reference}`.trim(),
    ...change,
  };
}

const checkRow = (change: Partial<FileRow> = {}) => row({ counterparty: "", method: "check", ...change });
const check = (change: Partial<MatchedPayment> & { day?: string } = {}) => payment({ method: "check", ...change });
const ids = (payments: readonly MatchedPayment[]) => payments.map(({ payment_id }) => payment_id).sort();

/** What one row and one payment give: the proposal, or nothing. */
function one(bank: FileRow, logged: MatchedPayment): Proposal | undefined {
  return propose([bank], [logged], "UTC").proposals[0];
}

// --- one row, one payment -----------------------------------------------------------------------

test.each([-3, -2, -1, 0, 1, 5, 10, 11, 40])(
  "a row %i days after the receipt is in time from one day before to ten after",
  (days) => {
    const found = one(row({ date: daysLater("2026-10-10", days) }), payment());
    expect(found !== undefined).toBe(days >= -1 && days <= 10);
  },
);

test("the day of the receipt is the operator's", () => {
  const evening = payment({ received_at: "2026-10-11T03:00:00Z" });
  const bank = row({ date: "2026-10-09" });
  expect(propose([bank], [evening], "America/Los_Angeles").proposals).toHaveLength(1);
  expect(propose([bank], [evening], "UTC").proposals).toHaveLength(0);
});

test.each<[string, Partial<FileRow>, Partial<MatchedPayment>]>([
  ["another amount", { amount_cents: 50_001 }, {}],
  ["another method", { method: "check" }, {}],
  ["another currency", { currency: "EUR" }, {}],
  ["a transfer of an own account", { kind: "transfer" }, {}],
  ["a pending row", { kind: "pending" }, {}],
  ["money that left", { kind: "debit", amount_cents: -50_000 }, {}],
  ["an unreadable amount", { kind: "unreadable", amount_cents: null }, {}],
  ["an unreadable date", { kind: "unreadable", date: null }, {}],
  ["another person", { counterparty: "IGNATIUS VELL" }, {}],
  ["a voided payment", {}, { status: "voided" }],
  ["a cleared payment", {}, { status: "cleared" }],
  ["a refund", {}, { kind: "refund" }],
  ["a payment that a person has said it is not", { rejected: new Set(["not-it"]) }, { payment_id: "not-it" }],
])("nothing is proposed for %s", (_, bank, logged) => {
  expect(one(row(bank), payment(logged))).toBeUndefined();
});

test("a refund is the money that left", () => {
  const found = one(row({ kind: "debit", amount_cents: -50_000 }), payment({ kind: "refund" }));
  expect(found).toMatchObject({ act: "clear", sureness: "sure" });
});

test.each([
  ["Tomás Halvorsen", "HALVORSEN TOMAS", "full"],
  ["Ana Ruiz", "ANA M RUIZ", "full"],
  ["Ana Maria Ruiz", "ANA RUIZ", "full"],
  ["Finbar O'Mallory", "O’MALLORY, FINBAR", "full"],
  ["Bao Trinh-Ellis", "TRINH ELLIS BAO", "full"],
  ["Günther Strauß", "GUNTHER STRAUSS", "full"],
  ["Matthew Greer", "MATT GREER", "full"],
  ["O'Neil, Mary Jane", "MARY JANE O NEIL", "full"],
  ["Siobhan O Neil", "ONEIL SIOBHAN", "full"],
  ["Anna van der Berg", "VANDERBERG ANNA", "full"],
  ["Vandenberg Anna", "ANNA VAN DEN BERG", "full"],
  ["Hans Müller", "MUELLER HANS", "full"],
  ["Joerg Goetz", "JÖRG GÖTZ", "full"],
  ["Björk Ægisdóttir", "BJORK AEGISDOTTIR", "full"],
  ["Hans Müller", "HANS MAILER", "other"],
  ["Ann O'Neil", "ANN ONTO", "other"],
  ["Hollis & Daughters", "HOLLIS & DAUGHTERS, LLC", "full"],
  ["Huxley-Abara Memorial Foundation", "HUXLEY-ABARA MEMORIAL FOUND", "full"],
  ["Hugo Anaya", "ANAYA SONS LLC", "partial"],
  ["Hugo Anaya", "MARISOL ANAYA", "partial"],
  ["Ana", "ANA RUIZ", "partial"],
  ["Ana Ruiz", "", "none"],
  ["", "ANA RUIZ", "none"],
  ["Ana Ruiz", "ANA LOPEZ", "other"],
  ["Bao Trinh-Ellis", "IGNATIUS VELL", "other"],
  ["Al Ito", "ALBERT OTIS", "other"],
])("the payer %j and the bank's %j agree: %s", (payer, counterparty, fit) => {
  expect(fitNames(nameOf(payer), nameOf(counterparty, counterparty))).toBe(fit);
});

test("who agrees only in part is likely, and who is not named at all too", () => {
  expect(one(row({ counterparty: "ANAYA SONS LLC" }), payment({ payer: "Hugo Anaya" }))).toMatchObject({
    sureness: "likely",
  });
  expect(one(checkRow(), check())).toMatchObject({ sureness: "likely", reason: "no name to compare" });
});

test("a number of the payment in the row makes sure, and another check's number rules out", () => {
  expect(one(checkRow({ text: "DEPOSIT CHECK 1041" }), check({ reference: "1041" }))).toMatchObject({
    sureness: "sure",
  });
  expect(one(checkRow({ text: "DEPOSIT CHECK 1042" }), check({ reference: "1041" }))).toBeUndefined();
});

test.each([
  ["0001041", "1041"],
  ["1041", "0001041"],
  ["#1041", "Check no. 1041"],
])("a check's number is found as %s and as %s", (printed, reference) => {
  const found = one(checkRow({ text: `DEPOSIT CHECK ${printed}` }), check({ reference }));
  expect(found).toMatchObject({ sureness: "sure", reason: "amount, number and date agree" });
});

// --- several that fit ---------------------------------------------------------------------------

test("two equal payments on one day and two equal rows stay two", () => {
  const payments = [payment(), payment()];
  const rows = [row(), row()];
  const { proposals, unmatched, missing } = propose(rows, payments, "UTC");
  expect(proposals.map(({ row }) => row.row_id).sort()).toEqual(rows.map(({ row_id }) => row_id).sort());
  expect(ids(proposals.flatMap(({ payments }) => payments))).toEqual(ids(payments));
  expect([unmatched, missing]).toEqual([[], []]);
});

test("two payments and one row: both are named, and the row is one", () => {
  const [first, second] = [payment({ day: "2026-10-10" }), payment({ day: "2026-10-08" })];
  const { proposals, missing } = propose([row({ date: "2026-10-10" })], [first, second], "UTC");
  expect(proposals).toHaveLength(1);
  expect(proposals[0]).toMatchObject({ sureness: "two-fit" });
  expect(ids([...(proposals[0]?.payments ?? []), ...(proposals[0]?.otherPayments ?? [])])).toEqual(
    ids([first, second]),
  );
  expect(missing).toHaveLength(1);
});

test("one payment and two rows: the nearer is proposed, the other named", () => {
  const [near, far] = [row({ date: "2026-10-10" }), row({ date: "2026-10-15" })];
  const { proposals, unmatched } = propose([far, near], [payment()], "UTC");
  expect(proposals[0]).toMatchObject({ row: near, otherRows: [far], sureness: "two-fit" });
  expect(unmatched).toEqual([far]);
});

test("of two rows of one person the one whose words tell the charter is proposed", () => {
  const [first, second] = [
    row({ reference: "for Nov 1", date: "2026-10-10" }),
    row({ reference: "sail 11/8", date: "2026-10-12" }),
  ];
  const found = propose([first, second], [payment({ charter: "Lark, Nov 8" })], "UTC").proposals[0];
  expect(found).toMatchObject({ row: second, sureness: "sure" });
});

test("the name decides between equal amounts, whatever the order", () => {
  const [ana, kai] = [payment({ payer: "Ana Ruiz" }), payment({ payer: "Kai Ruiz" })];
  for (const rows of [
    [row({ counterparty: "RUIZ KAI" }), row()],
    [row(), row({ counterparty: "RUIZ KAI" })],
  ]) {
    const { proposals } = propose(rows, [ana, kai], "UTC");
    const byName = proposals.map(({ row, payments }) => [row.counterparty, payments[0]?.payer]).sort();
    expect(byName).toEqual([
      ["ANA RUIZ", "Ana Ruiz"],
      ["RUIZ KAI", "Kai Ruiz"],
    ]);
  }
});

/**
 * Judged by trying every way: as many payments as can get a row of their own name get one, no row goes to two, and each
 * proposal keeps the rules, which are written here once more.
 */
test("small months, judged by trying every way", () => {
  const random = new Random(5);
  const names = ["Ana Ruiz", "Kai Vell", "Bo Stroud"];
  for (let round = 0; round < 2000; round++) {
    const day = () => daysLater(START, random.whole(0, 14));
    const payments = Array.from({ length: random.whole(1, 5) }, () =>
      payment({ payer: random.pick(names), amount_cents: random.pick([100, 200]), day: day() }),
    );
    const rows = Array.from({ length: random.whole(0, 5) }, () =>
      row({ counterparty: random.pick(names).toUpperCase(), amount_cents: random.pick([100, 200]), date: day() }),
    );
    const { proposals } = propose(rows, payments, "UTC");
    const singles = proposals.filter(({ payments }) => payments.length === 1);
    expect(new Set(proposals.map(({ row }) => row)).size).toBe(proposals.length);
    expect(new Set(proposals.flatMap(({ payments }) => payments)).size).toBe(
      proposals.flatMap(({ payments }) => payments).length,
    );
    for (const { row, payments } of proposals) {
      expect(payments.reduce((sum, { amount_cents }) => sum + amount_cents, 0)).toBe(row.amount_cents);
      for (const payment of payments)
        expect(mayBe({ ...payment, amount_cents: row.amount_cents ?? 0 }, row)).toBe(true);
    }
    expect(singles).toHaveLength(mostPairs(payments, rows));
  }
});

test("small months of rows that name nobody, and many of them alike, judged by trying every way", () => {
  const random = new Random(6);
  for (let round = 0; round < 2000; round++) {
    const day = () => daysLater(START, random.pick([0, 0, 2, 9, 12]));
    // No sum of these is one of them.
    const amount = () => random.pick([300, 500]);
    const payments = Array.from({ length: random.whole(1, 6) }, () => check({ amount_cents: amount(), day: day() }));
    const rows = Array.from({ length: random.whole(0, 6) }, () =>
      checkRow({ amount_cents: amount(), date: day(), text: random.pick(["DEPOSIT", "DEPOSIT 1041"]) }),
    );
    const { proposals, unmatched, missing } = propose(rows, payments, "UTC");
    expect(proposals).toHaveLength(mostPairs(payments, rows));
    expect(new Set(proposals.map(({ row }) => row)).size + unmatched.length).toBe(rows.length);
    expect(new Set(proposals.flatMap(({ payments }) => payments)).size + missing.length).toBe(payments.length);
    for (const { row, payments, sureness, otherRows, otherPayments } of proposals) {
      const [logged] = payments as [MatchedPayment];
      expect(mayBe(logged, row)).toBe(true);
      // What is left over and fits as well is named, each row and each payment of it.
      expect([...otherRows].sort(byId)).toEqual(unmatched.filter((other) => mayBe(logged, other)).sort(byId));
      expect(ids(otherPayments)).toEqual(ids(missing.filter((other) => mayBe(other, row))));
      expect(sureness).toBe(otherRows.length + otherPayments.length > 0 ? "two-fit" : "likely");
    }
  }
});

const byId = (one: FileRow, other: FileRow) => one.row_id.localeCompare(other.row_id);

function mayBe({ payer, amount_cents, received_at }: MatchedPayment, row: FileRow): boolean {
  const days = daysBetween(received_at.slice(0, 10), row.date ?? "");
  const isOther = row.counterparty !== "" && payer.toUpperCase() !== row.counterparty;
  return !isOther && amount_cents === row.amount_cents && days >= -1 && days <= 10;
}

function mostPairs([first, ...others]: readonly MatchedPayment[], rows: readonly FileRow[]): number {
  if (!first) return 0;
  const taken = rows
    .filter((row) => mayBe(first, row))
    .map(
      (row) =>
        1 +
        mostPairs(
          others,
          rows.filter((other) => other !== row),
        ),
    );
  return Math.max(mostPairs(others, rows), ...taken);
}

// --- sums ---------------------------------------------------------------------------------------

test("one deposit clears several checks, and says which amounts add up", () => {
  const checks = [60_000, 45_000, 70_000].map((amount_cents) => check({ amount_cents, payer: `P${amount_cents}` }));
  const other = check({ amount_cents: 99_999 });
  const { proposals, missing } = propose([checkRow({ amount_cents: 175_000 })], [...checks, other], "UTC");
  expect(proposals).toHaveLength(1);
  expect(ids(proposals[0]?.payments ?? [])).toEqual(ids(checks));
  expect(proposals[0]).toMatchObject({ act: "clear", sureness: "likely" });
  expect(missing).toEqual([other]);
});

test("one transfer for two charters clears both, and takes no other person's payment", () => {
  const own = [90_000, 80_000].map((amount_cents) => payment({ method: "bank_transfer", amount_cents }));
  const foreign = [100_000, 70_000].map((amount_cents) =>
    payment({ method: "bank_transfer", amount_cents, payer: "Bo Stroud" }),
  );
  const { proposals } = propose([row({ method: "bank_transfer", amount_cents: 170_000 })], [...foreign, ...own], "UTC");
  expect(proposals.map(({ payments }) => ids(payments))).toEqual([ids(own)]);
});

test("how many checks a deposit has is held to where the bank says it", () => {
  const [whole, first, second] = [150, 100, 50].map((euros) => check({ amount_cents: euros * 100 })) as [
    MatchedPayment,
    MatchedPayment,
    MatchedPayment,
  ];
  const two = propose([checkRow({ amount_cents: 15_000, text: "DEPOSIT 2 ITEMS" })], [whole, first, second], "UTC");
  expect(two.proposals.map(({ payments }) => ids(payments))).toEqual([ids([first, second])]);
  const unsaid = propose([checkRow({ amount_cents: 15_000 })], [whole, first, second], "UTC");
  expect(unsaid.proposals.map(({ payments }) => ids(payments))).toEqual([ids([whole])]);
});

test("where several sets add up it says so", () => {
  const checks = [100, 200, 300, 400].map((amount_cents) => check({ amount_cents }));
  const { proposals } = propose([checkRow({ amount_cents: 500 })], checks, "UTC");
  expect(proposals[0]).toMatchObject({ sureness: "two-fit" });
});

test("sets that add up are those that trying every set finds", () => {
  const random = new Random(9);
  for (let round = 0; round < 500; round++) {
    const items = Array.from({ length: random.whole(0, 9) }, () => ({ amount_cents: random.whole(1, 30) }));
    const total = random.whole(1, 90);
    const { found, complete } = setsThatSumTo(
      total,
      items,
      () => true,
      () => 0,
    );
    const every: (typeof items)[] = [];
    for (let mask = 0; mask < 2 ** items.length; mask++) {
      const set = items.filter((_, at) => (mask >> at) & 1);
      if (set.length > 1 && set.reduce((sum, { amount_cents }) => sum + amount_cents, 0) === total) every.push(set);
    }
    expect(found).toHaveLength(Math.min(every.length, 50));
    expect(complete).toBe(every.length < 50);
    for (const set of found) expect(set.reduce((sum, { amount_cents }) => sum + amount_cents, 0)).toBe(total);
  }
});

test("looking for sums ends after so many steps, and then does not say that it was the only one", () => {
  let looks = 0;
  const items = Array.from({ length: 60 }, (_, at) => ({
    get amount_cents() {
      looks++;
      return 1_000_000 + at;
    },
  }));
  const { complete } = setsThatSumTo(
    30_000_001,
    items,
    () => true,
    () => 0,
  );
  expect(complete).toBe(false);
  expect(looks).toBeLessThan(200_000);
});

// --- returned items -----------------------------------------------------------------------------

const returnedRow = (change: Partial<FileRow> = {}) =>
  checkRow({ kind: "returned", amount_cents: -35_000, date: "2026-10-16", text: "RETURNED CHECK 1066", ...change });

test("a returned check bounces its payment, and the deposit that was taken back is no income to log", () => {
  const deposit = checkRow({ amount_cents: 35_000 });
  const logged = check({ amount_cents: 35_000, reference: "1066" });
  const other = check({ amount_cents: 35_000, reference: "1067" });
  const { proposals, unmatched, missing } = propose([deposit, returnedRow()], [other, logged], "UTC");
  expect(proposals.filter(({ act }) => act === "bounce")).toMatchObject([{ payments: [logged], sureness: "sure" }]);
  expect(unmatched).toEqual([]);
  expect(missing.length + proposals.filter(({ act }) => act === "clear").length).toBe(1);
});

test("a check that is cleared already can still come back", () => {
  const cleared = check({ amount_cents: 35_000, reference: "1066", status: "cleared", day: "2026-09-10" });
  expect(propose([returnedRow()], [cleared], "UTC").proposals).toMatchObject([{ act: "bounce", payments: [cleared] }]);
});

test("of one deposit for two checks the one that came back bounces and the other clears", () => {
  const [back, good] = [
    check({ amount_cents: 35_000, reference: "1066" }),
    check({ amount_cents: 20_000, reference: "5" }),
  ];
  const deposit = checkRow({ amount_cents: 55_000 });
  const { proposals } = propose([deposit, returnedRow()], [back, good], "UTC");
  expect(proposals.find(({ act }) => act === "clear")).toMatchObject({ row: deposit, payments: [good] });
  expect(proposals.find(({ act }) => act === "bounce")).toMatchObject({ payments: [back], deposits: [deposit] });
});

test.each<[string, Partial<FileRow>, Partial<MatchedPayment> & { day?: string }]>([
  ["another number", {}, { reference: "1067" }],
  ["another amount", { amount_cents: -35_001 }, { reference: "1066" }],
  ["cash", {}, { method: "cash", reference: "1066" }],
  ["a refund", {}, { kind: "refund", reference: "1066" }],
  ["a day before the receipt", { date: "2026-10-08" }, { reference: "1066" }],
  ["half a year later", { date: "2027-04-08" }, { reference: "1066" }],
  ["weeks later without a number", { date: "2026-11-08", text: "RETURNED ITEM" }, {}],
])("no bounce is proposed for %s", (_, bank, logged) => {
  const found = propose([returnedRow(bank)], [check({ amount_cents: 35_000, ...logged })], "UTC");
  expect(found.proposals).toEqual([]);
  expect(found.returned).toHaveLength(1);
});
