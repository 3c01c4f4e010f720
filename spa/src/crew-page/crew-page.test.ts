import { beforeEach, expect, test } from "vitest";
import { nearDay, showTicks } from "./show";
import { bodyOf, dropTick, keepTick, listTicks, makeTick, type Tick } from "./ticks";

const PATH = "/c/token/charter";
const AT = Date.UTC(2026, 10, 28, 18, 2);
const WEEK_MS = 7 * 24 * 3_600_000;

beforeEach(async () => {
  for (const tick of await listTicks(0)) await dropTick(tick);
  history.replaceState(null, "", PATH);
  document.body.innerHTML = `<main data-crew="/c/token"><p id="unsent"></p><ul id="refused" hidden></ul>
    <dd id="aboard">0</dd><dd id="no-shows">0</dd>
    <li class="guest" data-subject="g1" data-state="clear"><span data-shown></span>
      <form name="check_in" method="post" action="${PATH}" data-tick="Cleo Park">
        <input type="hidden" name="form" value="check_in"><input type="hidden" name="submission_id" value="page">
        <input type="hidden" name="guest_id" value="g1"><button name="state" value="aboard">Aboard</button>
      </form></li>
    <div data-subject="DEPARTURE"><p data-shown></p>
      <form name="depart" method="post" action="${PATH}" data-tick="Departure">
        <input type="hidden" name="form" value="depart"><button>Depart</button></form></div></main>`;
});

function tick(name: string, at_ms = AT): Tick {
  const form = document.querySelector<HTMLFormElement>(`form[name="${name}"]`) as HTMLFormElement;
  return makeTick(form, form.querySelector("button"), at_ms);
}

test("a tick has an id of its own, what was ticked and when", () => {
  const { submission_id, body, ...kept } = tick("check_in");
  expect(kept).toEqual({ path: PATH, subject: "g1", label: "Cleo Park", state: "aboard", at_ms: AT, problem: "" });
  const form = Object.fromEntries(new URLSearchParams(body));
  expect(form).toEqual({
    form: "check_in",
    submission_id,
    guest_id: "g1",
    state: "aboard",
    device_time: "2026-11-28T18:02:00.000Z",
  });
  expect(submission_id).not.toBe(tick("check_in").submission_id);
});

test("what is sent says what the device's clock says now, and keeps the time of the tick", () => {
  const sent = bodyOf(tick("check_in"), AT + 60_000);
  expect([sent.get("device_time"), sent.get("device_now")]).toEqual([
    "2026-11-28T18:02:00.000Z",
    "2026-11-28T18:03:00.000Z",
  ]);
});

test("ticks are kept in the order of time, and for a week", async () => {
  const [later, earlier] = [tick("depart", AT + 1), tick("check_in")];
  await keepTick(later);
  await keepTick(earlier);
  expect(await listTicks(AT + WEEK_MS)).toEqual([earlier, later]);
  expect(await listTicks(AT + WEEK_MS + 1)).toEqual([later]);
  expect(await listTicks(AT)).toEqual([later]);
});

test("what waits is shown as ticked and not sent, and what was refused with its reason", () => {
  const text = (place: string) => document.querySelector(place)?.textContent;
  showTicks([tick("check_in"), { ...tick("depart"), problem: "Do not depart." }], { trouble: "No signal." });
  expect(text('[data-subject="g1"] [data-shown]')).toMatch(/^aboard .*, not sent yet$/);
  expect([text("#aboard"), text("#no-shows")]).toEqual(["1", "0"]);
  expect(text("#unsent")).toBe("1 tick is kept on this device and not sent yet. No signal.");
  expect(text("#refused li span")).toMatch(/^Departure, departed .*: Do not depart\.$/);
  expect(document.querySelector<HTMLButtonElement>("[name=state]")?.disabled).toBe(false);
});

test("nothing is ticked behind a departure that waits to be sent", () => {
  showTicks([tick("depart")], { trouble: "" });
  expect(document.querySelector<HTMLButtonElement>("[name=state]")?.disabled).toBe(true);
});

test("another charter's ticks are counted and not shown on this page", () => {
  showTicks([{ ...tick("check_in"), path: "/c/token/other" }], { trouble: "" });
  expect(document.querySelector("#aboard")?.textContent).toBe("0");
  expect(document.querySelector("#unsent")?.textContent).toMatch(/^1 tick /);
});

test("today and tomorrow are those of the place where the charter begins", () => {
  const now = new Date("2026-11-29T05:00:00Z");
  expect(nearDay("2026-11-28", "America/Los_Angeles", now)).toBe("Today");
  expect(nearDay("2026-11-29", "America/Los_Angeles", now)).toBe("Tomorrow");
  expect(nearDay("2026-11-29", "UTC", now)).toBe("Today");
  expect(nearDay("2026-12-01", "America/Los_Angeles", now)).toBe("");
});
