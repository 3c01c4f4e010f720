import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { field, fill, openForm, PATH, parsePage } from "../testing/waiver-form";
import { copyDraft, dropOldDrafts, forgetDraft, keepDraft, keepsDraft, recallDraft } from "./draft";
import { startGuests } from "./guests";
import { startMinors } from "./minors";
import { startProgress } from "./progress";

let form: HTMLFormElement;

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", PATH);
  form = openForm();
});

describe("the draft", () => {
  test("brings back what was typed, and neither the ticks nor the signature", () => {
    for (const [id, value] of [
      ["signer_name", "Ana"],
      ["minor_name[1]", "Lea"],
      ["signature_typed", "Ana"],
    ] as const) {
      field(id).value = value;
    }
    field("intent").checked = true;
    keepDraft(form);
    form = openForm();
    recallDraft(form);
    expect(field("signer_name").value).toBe("Ana");
    expect([field("minor_name[0]").value, field("minor_name[1]").value]).toEqual(["", "Lea"]);
    expect(field("signature_typed").value).toBe("");
    expect(field("intent").checked).toBe(false);
  });

  test("belongs to its charter, and leaves alone what the server filled in", () => {
    field("signer_name").value = "Ana";
    keepDraft(form);
    form = openForm();
    field("signer_name").value = "Anna";
    recallDraft(form);
    expect(field("signer_name").value).toBe("Anna");
    form = openForm();
    form.action = "/g/charter-2/waiver";
    recallDraft(form);
    expect(field("signer_name").value).toBe("");
  });

  test("leaves out a name that somebody else has signed under meanwhile", () => {
    field("guest_id").value = "g1";
    keepDraft(form);
    form = openForm();
    field("guest_id").querySelector('[value="g1"]')?.remove();
    recallDraft(form);
    expect(field("guest_id").value).toBe("");
  });

  test("is gone once it is forgotten, and a broken one is none", () => {
    field("signer_name").value = "Ana";
    keepDraft(form);
    forgetDraft(PATH);
    expect(sessionStorage).toHaveLength(0);
    sessionStorage.setItem("scc.waiver /g/charter-1/waiver", "{broken");
    form = openForm();
    recallDraft(form);
    expect(field("signer_name").value).toBe("");
  });

  test("is forgotten a week after it was last changed, of whatever charter, and so is what is broken", () => {
    const week_ms = 7 * 24 * 3_600_000;
    field("signer_name").value = "Ana";
    keepDraft(form);
    form.action = "/g/charter-2/waiver";
    keepDraft(form, Date.now() - week_ms);
    sessionStorage.setItem("scc.waiver /g/charter-3/waiver", "{broken");
    sessionStorage.setItem("scc.waiver /g/charter-4/waiver", '{"signer_name":["Ana"]}');
    sessionStorage.setItem("scc.other", "{");
    dropOldDrafts();
    expect(Object.keys(sessionStorage).sort()).toEqual(["scc.other", `scc.waiver ${PATH}`]);
    dropOldDrafts(Date.now() + week_ms);
    expect(Object.keys(sessionStorage)).toEqual(["scc.other"]);
    sessionStorage.clear();
  });

  test("goes from form to form, without storing anything", () => {
    field("signer_name").value = "Ana";
    field("minor_name[1]").value = "Lea";
    field("signature_typed").value = "Ana";
    const other = parsePage().querySelector("form");
    copyDraft(form, other as HTMLFormElement);
    const values = [...(other?.querySelectorAll("input") ?? [])].map(({ value }) => value);
    expect(values.filter((value) => ["Ana", "Lea"].includes(value))).toEqual(["Ana", "Lea"]);
    expect(sessionStorage).toHaveLength(0);
  });

  test("is not kept on a tablet that many sign on", () => {
    expect(keepsDraft(form)).toBe(true);
    form.dataset.kiosk = "";
    expect(keepsDraft(form)).toBe(false);
  });
});

describe("minors", () => {
  const shown = () => [...form.querySelectorAll<HTMLElement>(".pair")].map((row) => !row.hidden);

  test("are added one by one, as far as there are rows", () => {
    startMinors(form);
    expect(shown()).toEqual([true, false, false]);
    field("add-minor").click();
    expect(shown()).toEqual([true, true, false]);
    expect(document.activeElement).toBe(field("minor_name[1]"));
    field("add-minor").click();
    expect(shown()).toEqual([true, true, true]);
    expect(field("add-minor").hidden).toBe(true);
  });

  test("that are filled in already are all shown", () => {
    field("minor_name[1]").value = "Lea";
    startMinors(form);
    expect(shown()).toEqual([true, true, false]);
    expect((document.getElementById("minors") as HTMLDetailsElement).open).toBe(true);
  });

  test("need a birth date, a relationship and an attestation, but only when there is one", () => {
    startMinors(form);
    const required = () => [...form.querySelectorAll("[required]")].map(({ id }) => id);
    expect(required()).toEqual(["signer_name", "intent"]);
    fill("minor_name[0]", "Lea");
    expect(required()).toContain("guardian_relationship");
    expect(required()).toContain("authority_attestation");
    expect(form.querySelector<HTMLInputElement>("[name=minor_birth_date]")?.required).toBe(true);
    fill("minor_name[0]", " ");
    expect(required()).toEqual(["signer_name", "intent"]);
  });
});

test("a name picked from the list is filled in, and where another is typed nobody is picked", () => {
  const picked = () => field("guest_id").value;
  startGuests(form);
  fill("guest_id", "g2");
  expect(field("signer_name").value).toBe("Zoë O’Brien-Kay");
  for (const same of ["zoe  O'Brien‐Kay ", "Zoë O’BRIEN-KAY"]) {
    fill("signer_name", same);
    expect(picked()).toBe("g2");
  }
  fill("signer_name", "Zoë O’Brien-K");
  expect(picked()).toBe("");
  fill("signer_name", "Zoë O’Brien-Kay");
  expect(picked()).toBe("g2");
  // Another listed name is not thrown away either: the server finds who that is.
  fill("signer_name", "Ana Ruiz");
  expect([picked(), field("signer_name").value]).toEqual(["", "Ana Ruiz"]);
});

test("a name picked from the list is taken back with the pick, and one typed by hand is not thrown away", () => {
  startGuests(form);
  fill("guest_id", "g1");
  expect(field("signer_name").value).toBe("Ana Ruiz");
  fill("guest_id", "");
  expect(field("signer_name").value).toBe("");
  fill("signer_name", "Marcus Bell");
  fill("guest_id", "");
  expect(field("signer_name").value).toBe("Marcus Bell");
});

describe("progress", () => {
  let show: (entries: { isIntersecting: boolean }[]) => void;
  const text = () => document.querySelector("#progress p")?.textContent;
  const done = () => [...document.querySelectorAll("#progress .done")].map(({ textContent }) => textContent);
  const next = () => document.querySelector("#progress [aria-current=step]")?.textContent;

  beforeEach(() => {
    class Observer {
      constructor(callback: typeof show) {
        show = callback;
      }
      observe() {}
      disconnect() {}
    }
    vi.stubGlobal("IntersectionObserver", Observer);
    startMinors(form);
    startProgress(form);
  });

  afterEach(() => vi.unstubAllGlobals());

  test("follows what is read and filled in", () => {
    expect([text(), next()]).toEqual(["0 of 4 done", "Read"]);
    show([{ isIntersecting: false }]);
    expect(next()).toBe("Read");
    show([{ isIntersecting: true }]);
    expect([text(), next()]).toEqual(["1 of 4 done", "You"]);
    fill("signer_name", "Ana");
    // Who names no minor has nothing to do there.
    expect([text(), next()]).toEqual(["3 of 4 done", "Sign"]);
    fill("minor_name[0]", "Lea");
    expect([text(), next()]).toEqual(["2 of 4 done", "Minors"]);
    fill("minor_name[0]", "");
    field("intent").checked = true;
    fill("signature_typed", "Ana");
    expect([text(), next()]).toEqual(["All done", undefined]);
    fill("signer_name", "");
    expect(done()).toEqual(["Read", "Sign"]);
  });

  test("takes the word of a guest who ticks that the document is read", () => {
    field("intent").checked = true;
    fill("signature_typed", "Ana");
    expect(done()).toEqual(["Read", "Sign"]);
  });
});
