import { expect, test } from "vitest";
import type { CharterTips } from "../../data/contract";
import { sampleTips } from "../../testing/samples";
import { canShare, leftText, owedRows, sharersOf, tipSums } from "./tips";

const DIGITS = { USD: 2, EUR: 2, IDR: 2, JPY: 0, KRW: 0, KWD: 3, TND: 3 };

/** As the browser's own tables write an amount that is not below zero. */
function written(cents: number, currency: keyof typeof DIGITS): string {
  const digits = DIGITS[currency];
  const figures = String(cents).padStart(digits + 1, "0");
  const exact = digits === 0 ? figures : `${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
  const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat("en-US", style).format(exact as Intl.StringNumericLiteral);
}

const currencies = Object.keys(DIGITS) as (keyof typeof DIGITS)[];
const amounts = [1, 9, 10, 99, 100, 101, 999, 1_000, 1_001, 12_345, 99_999, 300_000, 1_000_000, 100_000_000_000];

test("what does not add up is said in the charter's own currency, for amounts of any size", () => {
  for (const currency of currencies) {
    for (const cents of amounts) {
      const left = (left_cents: number, change: Partial<CharterTips> = {}) =>
        leftText(sampleTips({ currency, tips_cents: cents, left_cents, ...change }));
      expect(left(cents)).toBe(`${written(cents, currency)} is not shared out`);
      expect(left(-cents)).toBe(`${written(cents, currency)} too much is shared out`);
      expect(left(cents, { shares: [] })).toBe("Nobody aboard takes a share");
      expect(left(-cents, { shares: [], tips_cents: -cents })).toBe(
        `${written(cents, currency)} more was given back than came`,
      );
    }
  }
  expect(leftText(sampleTips())).toBe("");
});

test("the sums are those of the charters, each currency apart, whatever was left or shared too much", () => {
  const charters = Array.from({ length: 400 }, (_, place) =>
    sampleTips({
      event_id: `event-${place}`,
      currency: currencies[place % currencies.length] ?? "",
      tips_cents: ((place * 7_919) % 50_000) + 1,
      left_cents: ((place * 104_729) % 2_001) - 1_000,
    }),
  );
  const sums = tipSums({ charters, people: [] });
  expect(sums.map(({ currency }) => currency)).toEqual(currencies);
  for (const { currency, received_cents, owed_cents, left_cents, over_cents } of sums) {
    const own = charters.filter((one) => one.currency === currency);
    const add = (of: (one: CharterTips) => number) => Number(own.reduce((sum, one) => sum + BigInt(of(one)), 0n));
    expect(received_cents).toBe(add(({ tips_cents }) => tips_cents));
    expect(left_cents).toBe(add((one) => Math.max(one.left_cents, 0)));
    expect(over_cents).toBe(add((one) => Math.max(-one.left_cents, 0)));
    // Nothing is lost: what came is owed or left, less what was promised too much.
    expect(owed_cents + left_cents - over_cents).toBe(received_cents);
  }
  expect(tipSums({ charters: [], people: [] })).toEqual([]);
});

test("tips are shared out while there are some, and what was shared by hand can always be taken back", () => {
  expect(canShare(sampleTips())).toBe(true);
  expect(canShare(sampleTips({ tips_cents: -500, shares: [] }))).toBe(false);
  expect(canShare(sampleTips({ tips_cents: -500, division: "by_hand" }))).toBe(true);
});

test("who is owed has a key and a name of its own, and each currency too", () => {
  const owed = (person_id: string | null, name: string, currency = "USD") => ({
    ...{ person_id, name, currency, charters: 1, amount_cents: 5_000 },
  });
  const people = [owed("p1", "Luis Ferreira"), owed(null, "luís  ferreira"), owed(null, "luís  ferreira", "KWD")];
  const rows = owedRows(people, ({ id, name }) => `${name} ${id}`);
  expect(rows.map(({ name }) => name)).toEqual([...["Luis Ferreira p1", "luís  ferreira null", "luís  ferreira null"]]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
});

test("among those who have a share are all names by which somebody was called", () => {
  const share = { person_id: "p1", name: "Luis Ferreira", amount_cents: 5_000 };
  const charters = [sampleTips({ shares: [share, { ...share, name: "Luis F." }] })];
  expect(sharersOf({ charters, people: [] })).toEqual([
    { id: "p1", name: "Luis Ferreira" },
    { id: "p1", name: "Luis F." },
  ]);
});
