import { expect, test } from "vitest";
import { samplePerson, sampleTips } from "../../testing/samples";
import {
  addShare,
  candidates,
  MOST_SHARES,
  readShares,
  type Share,
  sharedCents,
  sharerName,
  startShares,
} from "./shares";

const share = (amount: string, change: Partial<Share> = {}): Share => ({
  ...{ key: 0, person_id: null, name: "Smee", isTyped: false, amount },
  ...change,
});

test("the shares that there are read back to the cent in currencies with no, two and three digits", () => {
  for (const currency of ["JPY", "USD", "KWD"]) {
    for (const cents of [2, 9, 101, 1_001, 33_333, 1_000_000, 100_000_000_000]) {
      for (let people = 1; people <= MOST_SHARES && people <= cents; people++) {
        const each = Math.floor(cents / people);
        const shares = Array.from({ length: people }, (_, place) => ({
          person_id: place === 0 ? "person-1" : null,
          name: `Mate ${place}`,
          amount_cents: place === 0 ? cents - each * (people - 1) : each,
        }));
        const charter = sampleTips({ currency, tips_cents: cents, shares });
        const rows = startShares(charter);
        expect(sharedCents(rows, currency)).toBe(cents);
        const { asked, errors } = readShares(rows, charter);
        expect(errors).toBeUndefined();
        expect(asked?.map(({ amount_cents }) => amount_cents)).toEqual(shares.map(({ amount_cents }) => amount_cents));
        expect(asked?.map(({ person_id }) => person_id)).toEqual(shares.map((one) => one.person_id ?? undefined));
      }
    }
  }
});

test.each([
  ["USD", "75.00", "75.00", "The shares add up to $150.00, $0.01 less than the tips of $150.01."],
  ["USD", "75.01", "75.01", "The shares add up to $150.02, $0.01 more than the tips of $150.01."],
  ["USD", "1,000", "75.01", "The shares add up to $1,075.01, $925.00 more than the tips of $150.01."],
  ["JPY", "7,500", "7500", "The shares add up to ¥15,000, ¥1 less than the tips of ¥15,001."],
  [
    "KWD",
    "7.5",
    "7.502",
    "The shares add up to KWD\u00a015.002, KWD\u00a00.001 more than the tips of KWD\u00a015.001.",
  ],
])("in %s %s and %s do not add up, and it is said by how much", (currency, first, second, message) => {
  const charter = sampleTips({ currency, tips_cents: 15_001 });
  expect(readShares([share(first), share(second, { key: 1 })], charter).errors).toEqual({ shares: message });
});

test("each row says what is wrong with it, before the sum is looked at", () => {
  const rows = [share("0"), share(""), share("1.234"), share("5", { name: " \u200b" }), share("150.01")];
  expect(readShares(rows, sampleTips()).errors).toEqual({
    "shares.0.amount_cents": "Enter an amount above zero.",
    "shares.1.amount_cents": "Enter an amount.",
    "shares.2.amount_cents": "At most 2 digits after the point, like 1250.50.",
    "shares.3.name": "Enter a name.",
  });
  // Without anybody the server would share equally, which is another button.
  expect(readShares([], sampleTips()).errors).toEqual({ shares: "Add somebody who gets a share." });
});

test("whoever is added comes last, with an amount to type", () => {
  const known = addShare(startShares(sampleTips()), samplePerson({ person_id: "p9", name: "Tess" }));
  expect(known.at(-1)).toEqual({ key: 2, person_id: "p9", name: "Tess", isTyped: false, amount: "" });
  const without = known.filter(({ key }) => key !== 1);
  expect(addShare(without, null).at(-1)).toEqual({ key: 3, person_id: null, name: "", isTyped: true, amount: "" });
  expect(addShare([], null)[0]?.key).toBe(0);
});

test("no owner, nobody who has left and nobody twice is offered; two of one name are told apart", () => {
  const people = [
    samplePerson({ person_id: "person-1", name: "Dana Ortiz" }),
    samplePerson({ person_id: "owner", name: "Marisol Vega", is_owner: true }),
    samplePerson({ person_id: "gone", name: "Old Salt", active: false }),
    samplePerson({ person_id: "a", name: "Ana Reyes", email: "ana@example.com" }),
    samplePerson({ person_id: "b", name: "ána reyes", email: "other@example.com" }),
    samplePerson({ person_id: "c", name: "Tess Lindqvist", email: "tess@example.com" }),
  ];
  const shares = startShares(sampleTips());
  const offered = (shares: readonly Share[]) =>
    candidates(people, shares).map((person) => sharerName(person, people, shares));
  expect(offered(shares)).toEqual(["Ana Reyes, ana@example.com", "ána reyes, other@example.com", "Tess Lindqvist"]);
  // The one who has a share is still the other's namesake.
  const more = addShare(shares, people[3] ?? null);
  expect(offered(more)).toEqual(["ána reyes, other@example.com", "Tess Lindqvist"]);
  expect(more.map((share) => sharerName(share, people, more))).toContain("Ana Reyes, ana@example.com");
});
