import { expect, test } from "vitest";
import { type FileRow, fitOf, lookOfPayment, lookOfRow, type MatchedPayment } from "../matching/fit";
import { fitNames, type Name } from "../matching/names";
import { placesFor, shelfOf } from "../matching/shelf";
import { Random } from "./random";

/** Written together and apart, cut short, with letters that banks write in two ways, and words that many names have. */
const FAMILIES = [
  ["Van", "der", "Berg", "VANDERBERG", "Derberg", "Vander"],
  ["O", "Neil", "O'Neil", "ONEIL", "Ono"],
  ["MUELLER", "Müller", "MULLER", "Mue", "Mull"],
  ["Ana", "Anna", "Maria", "ANNAMARIA", "Mar", "J"],
  ["La", "Rue", "LARUE", "Sue", "Su"],
  ["Goetz", "Götz", "AEgis", "Ægis"],
  ["Matt", "Matthew", "Sons", "LLC", "Club", "&"],
];
const NOTES = ["sail 11/8", "for Nov 1", "DEPOSIT", "CHECK 1041", "CHECK 0001042", "640001", "A1041", "lark"];

const DAY = "2026-10-11";

function payments(random: Random, words: readonly string[]): MatchedPayment[] {
  return Array.from({ length: random.whole(1, 4) }, (_, number) => ({
    ...{ payment_id: `payment-${number}`, kind: "balance", amount_cents: 50_000, currency: "USD", status: "received" },
    ...{ received_at: `${DAY}T12:00:00Z`, method: random.pick(["check", "zelle"] as const) },
    payer: nameOf(random, words),
    reference: random.chance(0.4) ? random.pick(NOTES) : "",
    note: random.chance(0.2) ? nameOf(random, words) : "",
    charter: random.pick(["Lark, Nov 8", "Sunset sail"]),
  }));
}

function rows(random: Random, words: readonly string[]): FileRow[] {
  return Array.from({ length: 40 }, (_, number) => {
    const counterparty = random.chance(0.2) ? "" : nameOf(random, words).toUpperCase();
    const reference = random.chance(0.4) ? random.pick([...NOTES, nameOf(random, words)]) : "";
    return {
      ...{ row_id: `row-${number}`, file: "file", date: DAY, amount_cents: 50_000, currency: "USD", method: "check" },
      ...{ kind: "credit", counterparty, reference, text: `${counterparty} ${reference}`.trim() },
    };
  });
}

function nameOf(random: Random, words: readonly string[]): string {
  const name = Array.from({ length: random.whole(0, 4) }, () => random.pick(words));
  return random.chance(0.2) ? name.join(", ") : name.join(" ");
}

/** So few that names meet each other. */
const someWords = (random: Random) => [...random.pick(FAMILIES), ...random.pick(FAMILIES).slice(0, 2)];

/** So that it has a beginning in common with every name of this kind, and all of its words are compared. */
const withAnyHead = (name: Name): Name => ({ ...name, heads: new Set([...name.heads, "*"]) });

test("rows that are put together or passed over agree with a payment as each of them does by itself", () => {
  const random = new Random(7);
  let [together, found, passedOver] = [0, 0, 0];
  for (let round = 0; round < 300; round++) {
    const words = someWords(random);
    const logged = payments(random, words);
    const shelf = shelfOf(rows(random, words), logged);
    for (const payment of logged) {
      const looked = new Set(placesFor(shelf, payment, 0, shelf.places.length));
      for (const [place, alike] of shelf.places.entries()) {
        const [first] = alike;
        const fit = first && looked.has(place) ? fitOf(payment, first, 0) : null;
        if (fit) found++;
        if (!looked.has(place)) passedOver++;
        if (alike.length > 1) together++;
        for (const row of alike) {
          const itself = fitOf(payment, row, 0);
          const both = `${payment.payer} | ${payment.reference} and ${row.text}`;
          expect(itself && { ...itself, row: first }, both).toEqual(fit);
        }
      }
    }
  }
  // Else it would have tried nothing.
  expect(Math.min(together, found, passedOver)).toBeGreaterThan(1000);
});

test("names without a common beginning differ in all of their words", () => {
  const random = new Random(8);
  let quick = 0;
  for (let round = 0; round < 300; round++) {
    const words = someWords(random);
    for (const payment of payments(random, words)) {
      for (const row of rows(random, words)) {
        const [payer, bank] = [lookOfPayment(payment).name, lookOfRow(row).name];
        const compared = fitNames(withAnyHead(payer), withAnyHead(bank));
        if (compared === "other") quick++;
        expect(fitNames(payer, bank), `${payment.payer} and ${row.text}`).toBe(compared);
      }
    }
  }
  expect(quick).toBeGreaterThan(1000);
});
