import type { PaymentMethod } from "../../../data/limits";
import { daysLater } from "../../../lib/periods";
import type { MatchedPayment } from "../matching/fit";
import type { Movement } from "./month";
import type { Random } from "./random";

/**
 * A season as an operator has it: patrons who pay in every way, a desk that writes their names as people do, checks that
 * are carried to the bank once a week, and an account on which much else happens. Beside it the truth: what came as what.
 */
export interface Season {
  payments: MatchedPayment[];
  /** On the bank's account, and at Venmo, oldest first. */
  bank: Movement[];
  venmo: Movement[];
}

/** What a season is made of; all but the sizes are shares of 1. */
interface Habits {
  patrons: number;
  charters: number;
  /** The desk leaves the first name out, or writes a letter wrongly. */
  careless: number;
  /** Somebody else of the family pays, or the first name is another form of it. */
  byFamily: number;
  /** Somebody pays of whom nobody knows. */
  byStranger: number;
  notYet: number;
  bothAtOnce: number;
  comesBack: number;
}

const usualHabits: Habits = {
  patrons: 90,
  charters: 160,
  careless: 0.03,
  byFamily: 0.05,
  byStranger: 0.01,
  notYet: 0.08,
  bothAtOnce: 0.04,
  comesBack: 0.04,
};

const FIRST_NAMES =
  "Robert Patricia Jürgen Linh Mohammed Isabella Chloé Wei Sofía Andrew Katherine José Nnamdi Yuki Pádraig Dolores Hannah Tomasz".split(
    " ",
  );
/** As others call the same person, in the same order; empty for the same. */
const SHORT_NAMES = "Bob Pat  - - Bella - - - Andy Kate Pepe - - Pat Lola - Tom".split(" ");
const LAST_NAMES =
  "Smith Johnson Nguyen García Müller O'Brien McAllister Castellanos Park Kowalczyk Fitzgerald Adeyemi Rossi Larsson Peña Whitfield-Jones Delgado Sørensen Chandrasekaran Hart Bianchi Oduya".split(
    " ",
  );
const FIRMS = ["Tidewater Dental Group", "Hanlon & Pike LLC", "Coastal Robotics Inc", "Bayview School"];
const SAID = ["", "", "", "sail deposit", "balance", "for saturday", "thank you captain", "boat day", "birthday trip"];
const CHARTERS = ["Sunset sail", "Whale watching", "Harbor tour", "Full day charter", "Family day sail"];
/** In dollars: prices, halves of them, and tips. */
const PRICES = [450, 600, 750, 900, 1200, 1450, 1800];
const SEASON_START = "2026-05-01";
const SEASON_DAYS = 120;

interface Patron {
  first: string;
  short: string;
  last: string;
  pays: PaymentMethod;
}

/** `methods` are those that the bank's files tell. */
export function season(random: Random, methods: readonly PaymentMethod[], habits: Habits = usualHabits): Season {
  const made: Season = { payments: [], bank: [], venmo: [] };
  const patrons = Array.from({ length: habits.patrons }, () => patron(random, methods));
  const checks: Paid[] = [];
  for (let number = 0; number < habits.charters; number++) {
    const who = random.pick(patrons);
    const price_cents = random.pick(PRICES) * 100;
    const booked = daysLater(SEASON_START, random.whole(0, SEASON_DAYS - 30));
    const sailed = daysLater(booked, random.whole(7, 28));
    const paid = [
      logged(made, random, habits, who, price_cents / 2, booked),
      logged(made, random, habits, who, price_cents / 2 + random.pick([0, 0, 4000, 7500, 12_000]), sailed),
    ];
    for (const one of paid) if (who.pays === "check" && !random.chance(habits.notYet)) checks.push(one);
    if (who.pays !== "check") comeIn(made, random, habits, paid, who);
  }
  carryToBank(made, random, habits, checks);
  for (let number = 0; number < habits.charters; number++) made.bank.push(...otherThings(random));
  for (const list of [made.bank, made.venmo]) list.sort((a, b) => a.day.localeCompare(b.day));
  return made;
}

function patron(random: Random, methods: readonly PaymentMethod[]): Patron {
  const at = random.whole(0, FIRST_NAMES.length - 1);
  const pays = random.pick<PaymentMethod>([...methods, ...methods, "venmo"]);
  if (pays === "bank_transfer" && random.chance(0.2)) return { first: "", short: "", last: random.pick(FIRMS), pays };
  const [first = "", short = ""] = [FIRST_NAMES[at], SHORT_NAMES[at]];
  return { first, short: short === "-" || short === "" ? first : short, last: random.pick(LAST_NAMES), pays };
}

interface Paid {
  payment: MatchedPayment;
  day: string;
}

function logged(
  { payments }: Season,
  random: Random,
  { careless }: Habits,
  { first, last, pays }: Patron,
  amount_cents: number,
  day: string,
): Paid {
  const number = payments.length + 1;
  const payment: MatchedPayment = {
    payment_id: `payment-${number}`,
    kind: "balance",
    method: pays,
    amount_cents,
    currency: "USD",
    payer: random.chance(careless)
      ? carelessly(random, last)
      : random.pick([`${first} ${last}`, `${last}, ${first}`]).trim(),
    reference: pays === "check" ? String(random.whole(101, 9999)) : "",
    note: "",
    received_at: `${day}T${random.pick(["15", "18", "22"])}:30:00Z`,
    status: "received",
    charter: random.pick(CHARTERS),
  };
  payments.push(payment);
  return { payment, day };
}

function carelessly(random: Random, last: string): string {
  const at = random.whole(1, last.length - 1);
  return random.pick([last, last.slice(0, at) + last.slice(at + 1)]);
}

/** What a patron pays comes to an account: each for itself, or both halves at once. */
function comeIn(made: Season, random: Random, habits: Habits, paid: readonly Paid[], who: Patron): void {
  const isVenmo = who.pays === "venmo";
  const [first, second] = paid;
  const groups =
    random.chance(habits.bothAtOnce) && first && second
      ? [[together(first, second), second]]
      : paid.map((one) => [one]);
  for (const group of groups) {
    if (random.chance(habits.notYet)) continue;
    const lag = isVenmo ? 0 : random.pick(who.pays === "zelle" ? [0, 0, 0, 1, -1] : [0, 1, 2, 3, 4]);
    const movement = income(group, lag, payerOf(random, habits, who), random.pick(SAID));
    (isVenmo ? made.venmo : made.bank).push(movement);
  }
}

/** Both were logged when the money came. */
function together(first: Paid, second: Paid): Paid {
  first.payment.received_at = second.payment.received_at;
  return { payment: first.payment, day: second.day };
}

function payerOf(random: Random, habits: Habits, { first, short, last }: Patron): Pick<Movement, "first" | "last"> {
  if (random.chance(habits.byStranger)) return { first: "Quentin", last: "Zabriskie" };
  if (first === "") return { first, last };
  if (random.chance(habits.byFamily)) return { first: random.pick([short, random.pick(FIRST_NAMES)]), last };
  return { first: random.pick([first, first, `${first} ${random.pick(["A", "J", "M"])}`]), last };
}

function income(group: readonly Paid[], lag: number, payer: Pick<Movement, "first" | "last">, words: string): Movement {
  const days = group.map(({ day }) => day).sort();
  return {
    ...payer,
    day: daysLater(days.at(-1) ?? SEASON_START, lag),
    cents: group.reduce((sum, { payment }) => sum + payment.amount_cents, 0),
    kind: "credit",
    words,
    check: "",
    items: 0,
    payments: group.map(({ payment }) => payment.payment_id),
  };
}

const nobody = { first: "", last: "" };

/** Once a week somebody goes to the bank: with all checks as one deposit, or photographs each. Some come back. */
function carryToBank(made: Season, random: Random, { comesBack }: Habits, checks: readonly Paid[]): void {
  for (let week = 0; week * 7 < SEASON_DAYS + 14; week++) {
    const [from, to] = [daysLater(SEASON_START, week * 7), daysLater(SEASON_START, week * 7 + 7)];
    const held = checks.filter(({ day }) => day >= from && day < to);
    const day = daysLater(to, random.whole(0, 1));
    const asOne = held.length > 1 && held.length < 5 && random.chance(0.5);
    for (const group of asOne ? [held] : held.map((one) => [one])) {
      const deposit = { ...income(group, 0, nobody, ""), day, items: asOne ? held.length : 0 };
      made.bank.push(deposit);
      const [back] = group;
      if (!back || !random.chance(comesBack)) continue;
      made.bank.push({
        ...deposit,
        day: daysLater(deposit.day, random.whole(2, 5)),
        cents: -back.payment.amount_cents,
        kind: "returned",
        check: back.payment.reference,
        payments: [back.payment.payment_id],
      });
    }
  }
}

/** Fuel, fees, what Venmo pays out, and now and then a stranger who pays what patrons pay. */
function otherThings(random: Random): Movement[] {
  const day = daysLater(SEASON_START, random.whole(0, SEASON_DAYS));
  const plain = { ...nobody, day, words: "", check: "", items: 0, payments: [] };
  const fuel: Movement = {
    ...plain,
    first: "Pelican",
    last: "Fuel",
    cents: -random.whole(2000, 60_000),
    kind: "debit",
  };
  if (random.chance(0.1)) return [fuel, { ...plain, cents: -1200, kind: "fee" }];
  if (random.chance(0.1)) return [fuel, { ...plain, cents: random.whole(300, 900) * 100, kind: "transfer" }];
  if (random.chance(0.06)) {
    const cents = random.pick(PRICES) * 50;
    return [fuel, { ...plain, first: "Marguerite", last: "Stannard", cents, kind: "credit" }];
  }
  return [fuel];
}

/** By payment what it is, as `clear 2026-05-10 60000`; left out when nothing came. */
export function truthOf({ bank, venmo }: Season): Map<string, string> {
  const truth = new Map<string, string>();
  for (const { payments, kind, day, cents } of [...bank, ...venmo]) {
    // What came back later is what counts; it stands behind.
    for (const id of payments) truth.set(id, `${kind === "returned" ? "bounce" : "clear"} ${day} ${cents}`);
  }
  return truth;
}
