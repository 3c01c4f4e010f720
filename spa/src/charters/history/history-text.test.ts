import { expect, test } from "vitest";
import type { HistoryEvent } from "../../data/contract";
import { sampleAsked, sampleCharter, samplePosition } from "../../testing/samples";
import { historyTexts } from "./history-text";

function act(change: Partial<HistoryEvent>): HistoryEvent {
  return {
    audit_id: "1",
    at: "2026-06-01T12:00:00Z",
    act: "edited",
    by: "ana",
    actor_type: "admin",
    version: 2,
    changes: [],
    reason: "",
    about: "",
    state: "",
    ...change,
  };
}

function texts(...events: Partial<HistoryEvent>[]) {
  return historyTexts(events.map(act), sampleCharter(), (id) => ({ "guest-1": "Kim Ott" })[id]);
}

function change(field: string, before: unknown, after: unknown) {
  return { changes: [{ field, before, after }] };
}

test("a fee is told old and new, with all its digits", () => {
  const [edited] = texts(change("charter_fee_cents", 300_000, 12_500_050));
  expect(edited).toMatchObject({
    what: "Edited",
    by: "by ana (admin)",
    changes: [{ label: "Charter fee", before: "$3,000.00", after: "$125,000.50" }],
  });
});

test("a fee is told in the currency that the charter had then", () => {
  const events = [
    change("currency", "JPY", "USD"),
    change("charter_fee_cents", 90_000, 95_000),
    { act: "created", ...change("charter_fee_cents", null, 90_000) },
  ];
  const [, raised, created] = texts(...events);
  expect(raised?.changes).toEqual([{ label: "Charter fee", before: "¥90,000", after: "¥95,000" }]);
  expect(created?.changes).toEqual([{ label: "Charter fee", before: "", after: "¥90,000" }]);
});

test("each kind of field is told in words", () => {
  const person = { name: "Ben", email: "ben@example.com", phone: "" };
  const told = (field: string, before: unknown, after: unknown) => {
    const [found] = texts(change(field, before, after));
    return found?.changes.map(({ label, before, after }) => `${label}: ${before} → ${after}`)[0];
  };
  expect(told("title", "Sail", "Sunset")).toBe("Title: Sail → Sunset");
  expect(told("status", "scheduled", "completed")).toBe("Status: Scheduled → Completed");
  expect(told("passenger_limit", null, 6)).toBe("Passenger limit: empty → 6");
  expect(told("captain", null, person)).toBe("Captain: nobody → Ben, ben@example.com");
  expect(told("balance_reminders", false, true)).toBe("Balance reminders: no → yes");
  expect(told("starts_at", "2026-07-04T21:00:00Z", "2026-07-04T22:00:00Z")).toMatch(/5:00.PM.* → .*6:00.PM/);
  expect(told("crew", [person], [{ ...person, phone: "1" }])).toBe("Crew:  → contact details changed");
});

test("what is no field of the form is told in words too", () => {
  const [cancelled] = texts({ act: "cancelled", ...change("cancellation_fee_cents", 0, 20_000) });
  expect(cancelled?.changes).toEqual([{ label: "Cancellation fee", before: "$0.00", after: "$200.00" }]);
  const shares = [
    { person_id: null, name: "Smee", amount_cents: 1_501 },
    { person_id: null, name: "Mullins", amount_cents: 500 },
  ];
  const [shared] = texts({ act: "tips_shared", version: null, ...change("tip_shares", [], shares) });
  expect(shared).toMatchObject({
    what: "Tips shared out",
    changes: [{ label: "Tips", before: "in equal shares", after: "Smee $15.01, Mullins $5.00" }],
  });
  expect(texts({ act: "statement_sent", version: null })[0]?.what).toBe("Statement sent");
});

test("acts are told by what was done, to whom and by whom", () => {
  const told = (change: Partial<HistoryEvent>) => texts(change)[0];
  expect(told({ act: "cancelled", reason: "storm", ...change("notes", "", "Cancelled …") })).toMatchObject({
    what: "Cancelled",
    reason: "storm",
    changes: [],
  });
  expect(told({ act: "checked_in", about: "guest-1", state: "no_show" })?.what).toBe("Kim Ott: no-show");
  expect(told({ act: "checked_in", about: "gone", state: "aboard" })?.what).toBe("A passenger: aboard");
  expect(told({ act: "balance_reminded", by: "system", actor_type: "system" })?.by).toBe("automatically");
  expect(told({ by: "admin" })?.by).toBe("by admin");
  expect(told({ act: "something_new" })?.what).toBe("Something new");
});

test("of positions only those that an act has changed are told, each with who and what they said", () => {
  const mate = samplePosition({ position_id: "mate", role: "mate" });
  const asked = samplePosition({ state: "asked", asked: [sampleAsked()] });
  const declined = samplePosition({ asked: [sampleAsked({ answer: "declined", reason: "away" })] });
  const accepted = samplePosition({ state: "accepted", person: { person_id: "1", name: "Maya" } });
  const told = (before: unknown, after: unknown) => texts(change("positions", before, after))[0]?.changes[0];
  expect(told([mate, asked], [mate, declined])).toEqual({
    label: "Positions",
    before: "Captain: Dana Ortiz asked",
    after: "Captain: open, Dana Ortiz declined",
  });
  expect(told(null, [accepted, mate])).toEqual({
    label: "Positions",
    before: "",
    after: "Captain: Maya accepted\nMate: open",
  });
  expect(told([mate], [{ ...mate, state: "withdrawn" }])).toMatchObject({ after: "Mate: withdrawn" });
});

test("answers, waives and what was booked anyway are told in words", () => {
  expect(texts({ act: "position_answered", state: "declined", by: "Maya", actor_type: "link" })[0]?.what).toBe(
    "Declined",
  );
  const [left] = texts({ act: "departed", reason: "money: paid; see note: 4; people_papers: renewed today" });
  expect(left?.reason).toBe("Payment: paid; see note: 4; Papers: renewed today");
  const override = { reason: "Swaps at noon", by: "ana", at: "2026-06-01T12:00:00Z" };
  expect(texts(change("schedule_override", null, override))[0]?.changes[0]).toEqual({
    label: "Booked anyway",
    before: "",
    after: "Swaps at noon",
  });
});
