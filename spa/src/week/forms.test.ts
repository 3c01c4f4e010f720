import { describe, expect, test } from "vitest";
import { newCharterForm, plannedForm, readCharterForm } from "../charters/form/charter-form";
import { sampleBoat, sampleCharter, sampleHold } from "../testing/samples";
import { changedHold, dayOf, holdForm, newHoldForm, readHold, without } from "./hold-form";
import { changedPlace, moveForm, placeText, readMove, rebasedMove } from "./move-form";
import { rebase } from "./rebase";

const ZONE = "America/Los_Angeles";
const petrel = sampleBoat({
  boat_id: "petrel",
  name: "Petrel",
  passenger_limit: 12,
  turnaround_minutes: 60,
  home_port: "San Diego",
});
const charter = { ...sampleCharter(), boat_id: "petrel", timezone: ZONE, vessel: "Petrel" };
// Noon to three.
const noon = { ...charter, starts_at: "2026-11-28T20:00:00Z", ends_at: "2026-11-28T23:00:00Z" };

describe("a move", () => {
  test("to another day keeps the time of day, and sends what has changed only", () => {
    const { place } = readMove(moveForm(noon, "petrel", 2), noon);
    expect(changedPlace(place, noon)).toEqual({ starts_at: "2026-11-30T20:00:00Z", ends_at: "2026-11-30T23:00:00Z" });
    expect(changedPlace(readMove(moveForm(noon, "windrose", 0), noon).place, noon)).toEqual({ boat_id: "windrose" });
    expect(changedPlace(readMove(moveForm(noon, null, 0), noon).place, noon)).toEqual({ boat_id: null });
    expect(changedPlace(readMove(moveForm(noon, "petrel", 0), noon).place, noon)).toEqual({});
  });

  test("goes by the charter's own clocks", () => {
    // Clocks go forward in California in the night to the 8th, in Berlin three weeks later.
    const before = { starts_at: "2026-03-07T20:00:00Z", ends_at: "2026-03-07T23:00:00Z" };
    const there = { ...noon, ...before };
    const berlin = { ...there, timezone: "Europe/Berlin" };
    expect(readMove(moveForm(there, "petrel", 1), there).place.starts_at).toBe("2026-03-08T19:00:00Z");
    expect(readMove(moveForm(berlin, "petrel", 1), berlin).place.starts_at).toBe("2026-03-08T20:00:00Z");
  });

  test("says old and new in full", () => {
    const { place } = readMove(moveForm(noon, "petrel", 2), noon);
    const plain = (text: string) => text.replace(/\s+/g, " ");
    expect(plain(placeText(place, noon, [petrel]))).toBe("Petrel, Mon, Nov 30, 12:00 – 3:00 PM PST");
    expect(placeText({ ...place, boat_id: null }, { ...noon, vessel: "Jade Wind" }, [])).toMatch(/^Jade Wind, Mon/);
  });

  test("that ends before it begins is refused", () => {
    const form = moveForm(noon, "petrel", 0);
    expect(readMove({ ...form, ends_at: form.starts_at }, noon).errors).toEqual({
      ends_at: "The end must come after the start.",
    });
  });

  test("leaves alone what somebody else has changed meanwhile", () => {
    const later = { ...noon, version: 2, starts_at: "2026-11-28T22:00:00Z", ends_at: "2026-11-29T01:00:00Z" };
    const form = rebasedMove(moveForm(noon, "windrose", 0), noon, later);
    expect(changedPlace(readMove(form, later).place, later)).toEqual({ boat_id: "windrose" });
  });
});

describe("a hold", () => {
  const now_ms = Date.parse("2026-11-28T18:20:00Z");

  test("begins as an option of four hours that frees itself in two days", () => {
    const { body, errors } = readHold(newHoldForm("petrel", "2026-12-05T09:00", ZONE, now_ms), ZONE);
    expect(errors).toEqual({});
    expect(body).toMatchObject({
      boat_id: "petrel",
      kind: "option",
      starts_at: "2026-12-05T17:00:00Z",
      ends_at: "2026-12-05T21:00:00Z",
      expires_at: "2026-11-30T18:00:00Z",
      weekly_until: null,
      except: [],
    });
  });

  test("frees itself when it begins, if that is earlier", () => {
    const form = newHoldForm("petrel", "2026-11-29T09:00", ZONE, now_ms);
    expect(readHold(form, ZONE).body.expires_at).toBe("2026-11-29T17:00:00Z");
  });

  test("needs a boat, two times, and of an option the time at which it ends", () => {
    expect(
      readHold({ ...newHoldForm("", "", ZONE, now_ms), expires_at: { local: "", fold: "earlier" } }, ZONE).errors,
    ).toEqual({
      boat_id: "Choose a boat.",
      starts_at: "Enter a date and a time.",
      ends_at: "Enter a date and a time.",
      expires_at: "Enter a date and a time.",
    });
  });

  test("of another kind sends no expiry, and one that happens once no exceptions", () => {
    const form = { ...holdForm(sampleHold({ weekly_until: "2027-01-27" })), except: ["2026-12-09"] };
    expect(readHold({ ...form, kind: "blocked" }, ZONE).body).toMatchObject({
      expires_at: null,
      except: ["2026-12-09"],
    });
    expect(readHold({ ...form, weekly_until: "" }, ZONE).body).toMatchObject({ weekly_until: null, except: [] });
  });

  test("that is edited sends what has changed only", () => {
    const hold = sampleHold({ weekly_until: "2027-01-27", except: ["2026-12-23"] });
    const unchanged = readHold(holdForm(hold), ZONE).body;
    expect(changedHold(unchanged, hold)).toEqual({});
    const form = without(without(holdForm(hold), "2026-12-09"), "2026-12-23");
    expect(changedHold(readHold(form, ZONE).body, hold)).toEqual({ except: ["2026-12-09", "2026-12-23"] });
  });

  test("leaves one time out by the day on which it begins there", () => {
    // Seven in the evening of the 1st in California.
    expect(dayOf("2026-12-02T03:00:00Z", sampleHold())).toBe("2026-12-01");
  });

  test("takes over what somebody else has saved where nothing else is typed", () => {
    const base = sampleHold();
    const typed = { ...holdForm(base), title: "Nadia and Ivan" };
    const theirs = sampleHold({ title: "Petrov", note: "Calls on Monday", version: 2 });
    expect(rebase(typed, holdForm(base), holdForm(theirs))).toMatchObject({
      title: "Nadia and Ivan",
      note: "Calls on Monday",
    });
  });
});

describe("a new charter from a place in the week", () => {
  test("has the boat, its limit and port, and four hours by the operator's clocks", () => {
    const form = plannedForm({ boat: petrel, starts_at: "2026-12-01T09:00" }, newCharterForm(ZONE, "USD"));
    expect(readCharterForm({ ...form, title: "Lunch sail" }).body).toMatchObject({
      starts_at: "2026-12-01T17:00:00Z",
      ends_at: "2026-12-01T21:00:00Z",
      timezone: ZONE,
      boat_id: "petrel",
      vessel: "Petrel",
      passenger_limit: 12,
      departure_port: "San Diego",
    });
  });
});
