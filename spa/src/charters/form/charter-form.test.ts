import { describe, expect, test } from "vitest";
import { sampleCharter } from "../../testing/samples";
import { changes, charterForm, merge, newCharterForm, readCharterForm, withField } from "./charter-form";

function typed(local: string, fold: "earlier" | "later" = "earlier") {
  return { local, fold };
}

const filled = {
  ...newCharterForm("America/New_York", "USD"),
  title: " Sunset sail ",
  starts_at: typed("2026-07-04T17:00"),
  ends_at: typed("2026-07-04T21:00"),
};

describe("a new charter", () => {
  test("sends moments, whole numbers and cents", () => {
    const { body } = readCharterForm({ ...filled, charter_fee_cents: "1,200.50", party_size: "4" });
    expect(body).toMatchObject({
      title: "Sunset sail",
      starts_at: "2026-07-04T21:00:00Z",
      ends_at: "2026-07-05T01:00:00Z",
      charter_fee_cents: 120_050,
      party_size: 4,
      passenger_limit: null,
      captain: null,
      crew: [],
    });
  });

  test("reminds of the balance only when that was ticked, and an edit sends only a change of it", () => {
    expect(readCharterForm(filled).body?.balance_reminders).toBe(false);
    const charter = sampleCharter({ balance_reminders: true });
    const form = charterForm(charter);
    expect(form.balance_reminders).toBe(true);
    const edited = (balance_reminders: boolean) => {
      const { body } = readCharterForm({ ...form, balance_reminders });
      return body && changes(body, charter);
    };
    expect(edited(true)).toEqual({});
    expect(edited(false)).toEqual({ balance_reminders: false });
    const switched = sampleCharter({ balance_reminders: false });
    expect(merge(form, charter, switched).theirs).toEqual([{ field: "balance_reminders", value: "no", mine: false }]);
  });

  test("leaves the currency to the operator when none is typed", () => {
    expect(readCharterForm({ ...filled, currency: "" }).body).not.toHaveProperty("currency");
  });

  test("names every field that is wrong by the API's name", () => {
    const { errors } = readCharterForm({
      ...filled,
      title: "",
      ends_at: typed("2026-07-04T16:00"),
      party_size: "many",
      passenger_limit: "1.5",
      charter_fee_cents: "12,50",
      currency: "dollars",
      patron: { name: "", email: "ana", phone: "" },
      crew: [{ name: "Cy", email: "cy@", phone: "" }],
    });
    expect(Object.keys(errors ?? {}).sort()).toEqual([
      "charter_fee_cents",
      "crew.0.email",
      "currency",
      "ends_at",
      "party_size",
      "passenger_limit",
      "patron.email",
      "title",
    ]);
  });

  test("refuses a time that clocks skip, and says the next one", () => {
    const { errors } = readCharterForm({ ...filled, starts_at: typed("2026-03-08T02:30") });
    expect(errors?.starts_at).toMatch(/does not exist. Take 3:00\sAM or later/);
  });

  test("takes the one that is meant of a time that comes twice", () => {
    const ends_at = typed("2026-11-01T05:00");
    const night = { ...filled, starts_at: typed("2026-11-01T01:30"), ends_at };
    expect(readCharterForm(night).body?.starts_at).toBe("2026-11-01T05:30:00Z");
    const later = { ...night, starts_at: typed("2026-11-01T01:30", "later") };
    expect(readCharterForm(later).body?.starts_at).toBe("2026-11-01T06:30:00Z");
  });

  test("may last from the first to the second of a doubled hour", () => {
    const doubled = { ...filled, starts_at: typed("2026-11-01T01:30"), ends_at: typed("2026-11-01T01:30", "later") };
    expect(readCharterForm(doubled).errors).toBeUndefined();
  });
});

describe("an edit", () => {
  const base = sampleCharter({ crew: [{ person_id: null, name: "Cy", email: "", phone: "" }] });

  test("that changes nothing sends nothing", () => {
    const { body } = readCharterForm(charterForm(base));
    expect(body && changes(body, base)).toEqual({});
  });

  test("keeps the second of a doubled hour as it is", () => {
    const night = sampleCharter({ starts_at: "2026-11-01T06:30:00Z", ends_at: "2026-11-01T10:00:00Z" });
    const { body } = readCharterForm(charterForm(night));
    expect(body && changes(body, night)).toEqual({});
  });

  test("keeps the listed guests with their ids, and sends them when one has changed", () => {
    const guests = [
      { guest_id: "guest-1", name: "Ana Reyes", email: "ana@example.com" },
      { guest_id: "guest-2", name: "Bo Sund", email: "" },
    ];
    const listed = sampleCharter({ guests });
    const form = charterForm(listed);
    const edited = (change: Partial<typeof form>) => {
      const { body } = readCharterForm({ ...form, ...change });
      return body && changes(body, listed);
    };
    expect(edited({ vessel: "Kestrel" })).toEqual({ vessel: "Kestrel" });
    const cora = { guest_id: "", name: " Cora ", email: "" };
    const blank = { guest_id: "", name: "", email: " " };
    expect(edited({ guests: { rows: [...guests, blank, cora], pasted: "" } })).toEqual({
      guests: [...guests, { ...cora, name: "Cora" }],
    });
    expect(edited({ guests: { rows: guests.slice(1), pasted: "" } })).toEqual({ guests: guests.slice(1) });
    expect(merge(form, listed, sampleCharter({ guests: guests.slice(0, 1) })).theirs).toEqual([
      { field: "guests", value: "Ana Reyes", mine: false },
    ]);
  });

  test("sends what was changed and no more", () => {
    const { body } = readCharterForm({ ...charterForm(base), vessel: "Kestrel" });
    expect(body && changes(body, base)).toEqual({ vessel: "Kestrel" });
  });

  test("moves with the time zone: the clock on the wall stays", () => {
    const { body } = readCharterForm({ ...charterForm(base), timezone: "America/Chicago" });
    expect(body && changes(body, base)).toEqual({
      timezone: "America/Chicago",
      starts_at: "2026-07-04T22:00:00Z",
      ends_at: "2026-07-05T02:00:00Z",
    });
  });

  test("that met another keeps the typing and takes over the rest", () => {
    const typed = { ...charterForm(base), title: "My title", vessel: "Kestrel" };
    const current = sampleCharter({ ...base, version: 2, title: "Their title", vessel: "Kestrel", party_size: 6 });
    const { form, theirs } = merge(typed, base, current);
    expect(form).toMatchObject({ title: "My title", vessel: "Kestrel", party_size: "6" });
    expect(theirs).toEqual([
      { field: "title", value: "Their title", mine: true },
      { field: "party_size", value: "6", mine: false },
    ]);
    const { body } = readCharterForm(form);
    expect(body && changes(body, current)).toEqual({ title: "My title" });
  });
});

describe("the return moves along with the departure", () => {
  const blank = newCharterForm("America/New_York", "USD");
  /** The return after the departure was typed, one state of its field after the other. */
  const typing = (form: typeof blank, ...states: string[]) =>
    states.reduce((form, local) => withField(form, "starts_at", typed(local)), form).ends_at.local;

  test("of a new charter, first by four hours, then as far as it was set", () => {
    expect(typing(blank, "2026-07-04T17:00")).toBe("2026-07-04T21:00");
    expect(typing(blank, "2026-07-04T17:00", "2026-07-05T23:30")).toBe("2026-07-06T03:30");
    const set = withField(
      withField(blank, "starts_at", typed("2026-07-04T17:00")),
      "ends_at",
      typed("2026-07-04T18:30"),
    );
    expect(typing(set, "2026-07-11T09:00")).toBe("2026-07-11T10:30");
  });

  test.each([
    [["2026-07-05T17:00"], "2026-07-05T21:00"],
    [["2026-07-04T09:15"], "2026-07-04T13:15"],
    [["2027-07-04T17:00"], "2027-07-04T21:00"],
    // A year is typed digit by digit.
    [["0002-07-04T17:00", "0020-07-04T17:00", "0202-07-04T17:00", "2028-07-04T17:00"], "2028-07-04T21:00"],
    [["20261-07-04T17:00", "202612-07-04T17:00", "2028-07-04T17:00"], "2028-07-04T21:00"],
    [["9999-12-31T22:00", "2028-07-04T17:00"], "2028-07-04T21:00"],
    // In June there is no 31st: for a moment it is no time.
    [["", "", "2026-06-30T17:00"], "2026-06-30T21:00"],
    // Over a change of clocks the clock on the wall counts.
    [["2026-10-31T22:00"], "2026-11-01T02:00"],
  ])("of a charter that is edited: %j", (states, ends) => {
    expect(typing(charterForm(sampleCharter()), ...states)).toBe(ends);
  });

  test("not while the departure is no time, nor when only the second of a doubled hour is chosen", () => {
    const form = charterForm(sampleCharter());
    expect(typing(form, "")).toBe("2026-07-04T21:00");
    const night = { ...form, starts_at: typed("2026-11-01T01:30"), ends_at: typed("2026-11-01T01:45", "later") };
    expect(withField(night, "starts_at", typed("2026-11-01T01:30", "later")).ends_at).toEqual(night.ends_at);
  });

  test("nor the other way round: a return that was emptied and typed again is what was typed", () => {
    const emptied = withField(charterForm(sampleCharter()), "ends_at", typed(""));
    expect(withField(emptied, "title", "Sail").ends_at.local).toBe("");
    expect(withField(emptied, "ends_at", typed("2026-07-04T20:00")).ends_at.local).toBe("2026-07-04T20:00");
  });

  test("and both are sent", () => {
    const charter = sampleCharter();
    const moved = withField(charterForm(charter), "starts_at", typed("2026-07-05T17:00"));
    const { body } = readCharterForm(moved);
    expect(body && changes(body, charter)).toEqual({
      starts_at: "2026-07-05T21:00:00Z",
      ends_at: "2026-07-06T01:00:00Z",
    });
  });
});
