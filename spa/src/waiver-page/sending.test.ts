import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pauseMs } from "../lib/browser/post-form";
import { field, fill, openForm, PATH } from "../testing/waiver-form";

import { resumeSending } from "./resuming";
import { startSending } from "./sending";
import { chooseId } from "./submission";
import { keepWaiting, listWaiting } from "./waiting";

let form: HTMLFormElement;

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", PATH);
  form = openForm();
});

describe("the id of a submission", () => {
  test("is the page's own at first, and the same for the same words", () => {
    expect(chooseId("page", "words", null)).toBe("page");
    expect(chooseId("page", "words", { id: "page", fingerprint: "words" })).toBe("page");
    expect(chooseId("reloaded", "words", { id: "page", fingerprint: "words" })).toBe("page");
  });

  test("is never that of other words, because the server would drop the later ones", () => {
    const sent = { id: "page", fingerprint: "without a minor" };
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
  const page = (status: number, html: string, headers = {}) => {
    return async () => new Response(html, { status, headers });
  };
  const signed = async () => ({
    redirected: true,
    ok: true,
    url: "/g/charter-1/waiver?signed=x",
    text: async () => "<main>Signed.</main>",
  });
  const tap = () => form.dispatchEvent(new Event("submit", { cancelable: true }));
  const status = () => field("form-status").textContent;
  const ids = () => sent.map((body) => body.get("submission_id"));
  const kept = () => listWaiting(PATH).map(({ id }) => id);
  const FORM = '<main><form id="waiver-form"></form><p>Name is required.</p></main>';

  test("goes on until it is through, always the same form, and says so", async () => {
    answers = [offline, page(503, "busy"), page(403, "<h1>A proxy's own page</h1>"), signed];
    expect(tap()).toBe(false);
    expect(status()).toBe("Sending");
    await vi.waitFor(() => expect(status()).toBe("No signal Kept"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(status()).toBe("Not through Kept");
    await vi.advanceTimersByTimeAsync(6000);
    expect(assign).toHaveBeenCalledExactlyOnceWith("/g/charter-1/waiver?signed=x");
    expect(new Set(sent.map(String)).size).toBe(1);
    expect(sent).toHaveLength(4);
    expect(sent[0]?.get("device_time")).toMatch(/^\d{4}-.*Z$/);
  });

  test("tries at once when there is a signal again", async () => {
    answers = [offline, signed];
    tap();
    await vi.waitFor(() => expect(status()).toBe("No signal Kept"));
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
  });

  test("waits as long as the server asks for, and sends itself then", async () => {
    answers = [page(429, FORM, { "Retry-After": "90" }), signed];
    tap();
    await vi.waitFor(() => expect(status()).toBe("Not through Kept"));
    await vi.advanceTimersByTimeAsync(89_000);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(assign).toHaveBeenCalledOnce();
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
    await vi.waitFor(() => expect(status()).toBe("No signal Kept"));
    fill("signer_name", "Ana Ruiz");
    expect(status()).toBe("Changed");
    // What was taken back is not sent by the next page either.
    expect(kept()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    tap();
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
    const [first, second] = ids();
    expect(second).not.toBe(first);
  });

  test("ends with the page that says why not", async () => {
    answers = [page(400, FORM)];
    tap();
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
    expect(refused.mock.calls[0]?.[0].body.textContent).toBe("Name is required.");
    expect(assign).not.toHaveBeenCalled();
    expect(kept()).toEqual([]);
  });

  test("is not signed when the answer leads to a form again", async () => {
    answers = [async () => ({ ...(await signed()), text: async () => FORM })];
    tap();
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
    expect(assign).not.toHaveBeenCalled();
  });

  test("is kept on the phone till it is through, and then no more", async () => {
    answers = [offline, signed];
    tap();
    await vi.waitFor(() => expect(kept()).toEqual([sent[0]?.get("submission_id")]));
    await vi.waitFor(() => expect(status()).toBe("No signal Kept"));
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
    expect(localStorage).toHaveLength(0);
  });

  test("is kept when the refusal holds no form, because the charter may be opened again", async () => {
    answers = [page(409, "<main><p>This charter is over.</p></main>")];
    tap();
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce());
    expect(kept()).toHaveLength(1);
  });

  test.each([
    ["on a tablet that many sign on", () => (form.dataset.kiosk = "")],
    [
      "where the browser refuses to store",
      () => {
        const setItem = () => {
          throw new DOMException("full", "QuotaExceededError");
        };
        vi.stubGlobal("localStorage", { setItem, length: 0 });
      },
    ],
  ])("is not kept %s, which then has to stay open", async (_, prepare) => {
    prepare();
    answers = [offline];
    tap();
    await vi.waitFor(() => expect(status()).toBe("No signal Keep open"));
    expect(localStorage.length).toBe(0);
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    fill("signer_name", "Ana Ruiz");
  });

  describe("what an earlier page left", () => {
    const waiting = { id: "left", fingerprint: "", body: "signer_name=Ana+Ruiz&submission_id=left", at_ms: 0 };
    const note = () => field("waiting").textContent;

    beforeEach(() => keepWaiting(PATH, { ...waiting, at_ms: Date.now() }));

    test("is sent under its own id, says so, and leads to the page that confirms it", async () => {
      answers = [offline, signed];
      void resumeSending(refused);
      expect(note()).toBe("Sending Ana Ruiz");
      await vi.waitFor(() => expect(note()).toBe("No signal for Ana Ruiz"));
      window.dispatchEvent(new Event("online"));
      await vi.waitFor(() => expect(assign).toHaveBeenCalledExactlyOnceWith(`${PATH}?signed=x`));
      expect(sent.map(String)).toEqual([waiting.body, waiting.body]);
      expect(localStorage).toHaveLength(0);
    });

    test("takes nobody away from the form that they have begun", async () => {
      answers = [signed];
      void resumeSending(refused);
      fill("signer_name", "Bo");
      await vi.waitFor(() => expect(note()).toBe("Ana Ruiz is through See"));
      expect(document.querySelector("#waiting a")?.getAttribute("href")).toBe(`${PATH}?signed=x`);
      expect(assign).not.toHaveBeenCalled();
    });

    test("is shown as refused, and gone, when the server says no", async () => {
      answers = [page(409, FORM)];
      await resumeSending(refused);
      expect(refused).toHaveBeenCalledOnce();
      expect(localStorage).toHaveLength(0);
    });

    test("belongs to its charter, and is no business of a tablet that many sign on", async () => {
      history.replaceState(null, "", "/g/charter-2/waiver");
      await resumeSending(refused);
      history.replaceState(null, "", PATH);
      document.querySelector("#waiting")?.remove();
      await resumeSending(refused);
      expect(sent).toEqual([]);
      expect(kept()).toEqual(["left"]);
    });

    test("is the same signature when the same words are signed once more", async () => {
      answers = [offline];
      tap();
      await vi.waitFor(() => expect(status()).toBe("No signal Kept"));
      form = openForm();
      field("signer_name").value = "Ana";
      field("intent").checked = true;
      field("submission_id").value = "6f3c9b1e-0000-4000-8000-000000000002";
      history.replaceState(null, "", PATH);
      startSending(form, refused);
      answers = [offline];
      tap();
      await vi.waitFor(() => expect(sent).toHaveLength(2));
      expect(ids()[1]).toBe(ids()[0]);
    });

    test("is forgotten after a week, and so is what is broken", () => {
      const week_ms = 7 * 24 * 3_600_000;
      localStorage.setItem(`scc.waiver.waiting ${PATH} broken`, "{");
      localStorage.setItem("scc.other", "{");
      expect(kept()).toEqual(["left"]);
      expect(listWaiting(PATH, Date.now() + week_ms)).toEqual([]);
      expect(Object.keys(localStorage)).toEqual(["scc.other"]);
    });
  });

  test("does not begin while something is missing, because without a signal the server cannot say so", () => {
    field("intent").checked = false;
    tap();
    expect(sent).toHaveLength(0);
    expect(status()).toBe("");
    expect(document.querySelector(".summary")?.textContent).toContain("The sentence must be ticked.");
  });
});

test("the pauses between two tries grow to half a minute", () => {
  expect([0, 1, 2, 4, 5, 50].map((tries) => pauseMs(tries, 1))).toEqual([1000, 2000, 4000, 16_000, 30_000, 30_000]);
  expect(pauseMs(50, 0)).toBe(15_000);
});
