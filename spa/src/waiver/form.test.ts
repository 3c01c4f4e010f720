import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetDraft, keepDraft, keepsDraft, recallDraft } from "./draft";
import { startGuests } from "./guests";
import { startMinors } from "./minors";
import { pauseMs, startSending } from "./sending";
import { chooseId } from "./submission";

const PAGE = `
<form id="waiver-form" action="/g/charter-1/waiver">
<input type="hidden" name="submission_id" value="6f3c9b1e-0000-4000-8000-000000000001">
<input type="hidden" name="device_time" id="device_time">
<select id="guest_id" name="guest_id"><option value="">I’m not on the list</option><option value="g1">Ana Ruiz</option></select>
<input id="signer_name" name="signer_name" required>
<details id="minors"><summary>Minors</summary>
${minor(0)}${minor(1)}
<details><summary>More</summary>${minor(2)}</details>
<button type="button" id="add-minor" hidden>Add a minor</button>
<select id="guardian_relationship" name="guardian_relationship"><option value=""></option><option value="parent">parent</option></select>
<input id="authority_attestation" name="authority_attestation" type="checkbox" value="yes">
</details>
<input id="intent" name="intent" type="checkbox" value="yes" required>
<input id="signature_typed" name="signature_typed">
<p id="form-status" data-sending="Sending" data-offline="No signal" data-trouble="Not through" data-changed="Changed"></p>
</form>`;

function minor(place: number): string {
  return `<div class="pair"><input id="minor_name[${place}]" name="minor_name"><input name="minor_birth_date" type="date"></div>`;
}

let form: HTMLFormElement;

beforeEach(() => open());

function open(): void {
  const page = new DOMParser().parseFromString(PAGE, "text/html");
  document.body.replaceChildren(...page.body.children);
  form = document.querySelector("form") as HTMLFormElement;
}

function field(id: string): HTMLInputElement {
  return document.getElementById(id) as HTMLInputElement;
}

function fill(id: string, value: string): void {
  field(id).value = value;
  field(id).dispatchEvent(new Event("input", { bubbles: true }));
}

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
    open();
    recallDraft(form);
    expect(field("signer_name").value).toBe("Ana");
    expect([field("minor_name[0]").value, field("minor_name[1]").value]).toEqual(["", "Lea"]);
    expect(field("signature_typed").value).toBe("");
    expect(field("intent").checked).toBe(false);
  });

  test("belongs to its charter, and leaves alone what the server filled in", () => {
    field("signer_name").value = "Ana";
    keepDraft(form);
    open();
    field("signer_name").value = "Anna";
    recallDraft(form);
    expect(field("signer_name").value).toBe("Anna");
    open();
    form.action = "/g/charter-2/waiver";
    recallDraft(form);
    expect(field("signer_name").value).toBe("");
  });

  test("leaves out a name that somebody else has signed under meanwhile", () => {
    field("guest_id").value = "g1";
    keepDraft(form);
    open();
    field("guest_id").querySelector('[value="g1"]')?.remove();
    recallDraft(form);
    expect(field("guest_id").value).toBe("");
  });

  test("is gone once it is forgotten, and a broken one is none", () => {
    field("signer_name").value = "Ana";
    keepDraft(form);
    forgetDraft(form);
    expect(sessionStorage).toHaveLength(0);
    sessionStorage.setItem("scc.waiver /g/charter-1/waiver", "{broken");
    open();
    recallDraft(form);
    expect(field("signer_name").value).toBe("");
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

test("a name picked from the list is filled in, and one typed by hand is not thrown away", () => {
  startGuests(form);
  fill("guest_id", "g1");
  expect(field("signer_name").value).toBe("Ana Ruiz");
  fill("guest_id", "");
  expect(field("signer_name").value).toBe("");
  fill("signer_name", "Marcus Bell");
  fill("guest_id", "");
  expect(field("signer_name").value).toBe("Marcus Bell");
});

describe("the id of a submission", () => {
  test("is the page's own at first, and the same for the same words", () => {
    expect(chooseId("page", "words", null)).toBe("page");
    expect(chooseId("page", "words", { id: "page", print: "words" })).toBe("page");
    expect(chooseId("reloaded", "words", { id: "page", print: "words" })).toBe("page");
  });

  test("is never that of other words, for the server would drop the later ones", () => {
    const sent = { id: "page", print: "without a minor" };
    expect(chooseId("page", "with a minor", sent)).toMatch(/^[0-9a-f-]{36}$/);
    expect(chooseId("reloaded", "with a minor", sent)).toBe("reloaded");
  });
});

describe("sending", () => {
  const sent: URLSearchParams[] = [];
  let answers: (() => Promise<unknown>)[];
  const refused = vi.fn();
  const assign = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    sent.length = 0;
    refused.mockClear();
    assign.mockClear();
    vi.stubGlobal("fetch", (_: string, { body }: { body: URLSearchParams }) => {
      sent.push(body);
      return (answers.shift() ?? offline)();
    });
    vi.spyOn(window.location, "assign").mockImplementation(assign);
    field("signer_name").value = "Ana";
    field("intent").checked = true;
    startSending(form, refused);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    history.replaceState(null, "");
  });

  const offline = () => Promise.reject(new TypeError("Failed to fetch"));
  const page = (status: number, html: string) => async () => new Response(html, { status });
  const signed = async () => ({
    redirected: true,
    ok: true,
    url: "/g/charter-1/waiver?signed=x",
    text: async () => "",
  });
  const tap = () => form.dispatchEvent(new Event("submit", { cancelable: true }));
  const status = () => field("form-status").textContent;

  test("goes on until it is through, always the same form, and says so", async () => {
    answers = [offline, page(503, "busy"), page(403, "<h1>A proxy's own page</h1>"), signed];
    expect(tap()).toBe(false);
    expect(status()).toBe("Sending");
    await vi.waitFor(() => expect(status()).toBe("No signal"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(status()).toBe("Not through");
    await vi.advanceTimersByTimeAsync(6000);
    expect(assign).toHaveBeenCalledExactlyOnceWith("/g/charter-1/waiver?signed=x");
    expect(new Set(sent.map(String)).size).toBe(1);
    expect(sent).toHaveLength(4);
    expect(sent[0]?.get("device_time")).toMatch(/^\d{4}-.*Z$/);
  });

  test("tries at once when there is a signal again", async () => {
    answers = [offline, signed];
    tap();
    await vi.waitFor(() => expect(status()).toBe("No signal"));
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
  });

  test("is one however often it is tapped", async () => {
    answers = [signed];
    tap();
    tap();
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
    expect(sent).toHaveLength(1);
  });

  test("stops when something is changed, and the changed form is another one", async () => {
    answers = [offline, signed];
    tap();
    await vi.waitFor(() => expect(status()).toBe("No signal"));
    fill("signer_name", "Ana Ruiz");
    expect(status()).toBe("Changed");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    tap();
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
    const [first, second] = sent.map((body) => body.get("submission_id"));
    expect(second).not.toBe(first);
  });

  test("ends with the page that says why not", async () => {
    answers = [page(400, "<main><p>Name is required.</p></main>")];
    tap();
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
    expect(refused.mock.calls[0]?.[0].body.textContent).toBe("Name is required.");
    expect(assign).not.toHaveBeenCalled();
  });

  test("does not begin while something is missing, for without a signal nobody else would say so", () => {
    field("intent").checked = false;
    tap();
    expect(sent).toHaveLength(0);
    expect(status()).toBe("");
  });
});

test("the pauses between two tries grow to half a minute", () => {
  expect([0, 1, 2, 4, 5, 50].map((tries) => pauseMs(tries, 1))).toEqual([
    1000, 2000, 4000, 16_000, 30_000, 30_000,
  ]);
  expect(pauseMs(50, 0)).toBe(15_000);
});
