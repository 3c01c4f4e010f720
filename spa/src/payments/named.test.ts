import { expect, test } from "vitest";
import { samplePerson } from "../testing/samples";
import { apartPeople, haveNamesakes, type Named, nameAmong } from "./named";

const ana: Named = { id: "p1", name: "Ana Reyes" };
const other: Named = { id: "p2", name: "ána  REYES" };
const typed: Named = { id: null, name: "Ana Reyes" };
const smee: Named = { id: "p3", name: "Smee" };
const all = [ana, other, typed, smee];
const called = (apart: ReadonlyMap<string, string> | null, among = all) =>
  among.map((one) => nameAmong(one, among, apart));

test("two records of one name are told apart by email, else by phone, as where one of them is picked", () => {
  const people = [
    samplePerson({ person_id: "p1", email: "ana@example.com", phone: "+1 555 0100" }),
    samplePerson({ person_id: "p2", email: "", phone: "+1 555 0199" }),
  ];
  expect(called(apartPeople(people))).toEqual([
    ...["Ana Reyes, ana@example.com", "ána  REYES, +1 555 0199", "Ana Reyes (typed)", "Smee"],
  ]);
});

test("where one of them has nothing that tells, it is the one without", () => {
  expect(called(new Map([["p2", "ana@example.com"]]))).toEqual([
    ...["Ana Reyes", "ána  REYES, ana@example.com", "Ana Reyes (typed)", "Smee"],
  ]);
});

test("where nothing tells them apart, a number does, whatever the order of the list", () => {
  const expected = new Map([
    [ana, "Ana Reyes, no. 1"],
    [other, "ána  REYES, no. 2"],
  ]);
  for (const among of [all, all.toReversed()]) {
    for (const [one, name] of expected) expect(nameAmong(one, among, new Map())).toBe(name);
  }
  const shared = new Map([
    ["p1", "crew@example.com"],
    ["p2", "crew@example.com"],
  ]);
  expect(called(shared).slice(0, 2)).toEqual([
    ...["Ana Reyes, crew@example.com, no. 1", "ána  REYES, crew@example.com, no. 2"],
  ]);
});

test("one record under two names, or twice, is no other one", () => {
  const twice = [ana, { ...ana }, { ...ana, name: "Ana R." }];
  expect(called(new Map(), twice)).toEqual(["Ana Reyes", "Ana Reyes", "Ana R."]);
  expect(haveNamesakes(twice)).toBe(false);
});

test("nothing is asked where no two records have one name", () => {
  expect(haveNamesakes([ana, typed, smee])).toBe(false);
  expect(haveNamesakes(all)).toBe(true);
});

test("while it is not known what tells them apart, they stand under their name", () => {
  expect(called(null)).toEqual(["Ana Reyes", "ána  REYES", "Ana Reyes (typed)", "Smee"]);
});
