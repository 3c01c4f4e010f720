import { beforeEach, expect, test, vi } from "vitest";
import { samplePassenger } from "../testing/samples";

const ana = samplePassenger({ name: "Ana Reyes", waiver_id: "w1" });
const bo = samplePassenger({ name: "Bo Sund", waiver_id: null, guest_id: "g2" });
const offline = () => Promise.reject(new api.ApiError("network", "The server cannot be reached."));
const taken = async () => {};

let api: typeof import("../data/api");
let ticks: typeof import("./unsaved-ticks");

/** The page as it starts: of what was before it knows what the device has kept. */
async function openPage(): Promise<void> {
  vi.resetModules();
  api = await import("../data/api");
  ticks = await import("./unsaved-ticks");
  await ticks.readTicks();
}

beforeEach(async () => {
  vi.restoreAllMocks();
  await openPage();
  for (const tick of ticks.unsavedTicks.value) await ticks.dropTick(tick);
});

const names = (event_id = "event-1") =>
  ticks.waitingTicks(ticks.unsavedTicks.value, event_id).map(({ name, state }) => `${name}: ${state}`);

test("a tick without a connection is kept with its reason until it is through", async () => {
  await ticks.saveTick("event-1", ana, "aboard", offline);
  await ticks.saveTick("event-1", bo, "no_show", offline);
  await ticks.saveTick("event-2", ana, "aboard", offline);
  expect(names()).toEqual(["Ana Reyes: aboard", "Bo Sund: no_show"]);
  expect(ticks.unsavedTicks.value[0]?.problem).toContain("cannot be reached");
  await ticks.saveTick("event-1", ana, "aboard", taken);
  expect(names()).toEqual(["Bo Sund: no_show"]);
});

test("what was not sent outlives the page and is sent as the same tick, with the time that it had", async () => {
  await ticks.saveTick("event-1", ana, "aboard", offline);
  // This one was on its way when the battery was empty.
  void ticks.saveTick("event-1", bo, "no_show", () => new Promise(() => {}));
  await vi.waitFor(async () => {
    await openPage();
    expect(names()).toEqual(["Ana Reyes: aboard", "Bo Sund: no_show"]);
  });
  const before = ticks.unsavedTicks.value.map(({ submission_id, at_ms }) => [submission_id, at_ms]);
  await ticks.sendTicks("", offline);
  await openPage();
  expect(ticks.unsavedTicks.value.map(({ submission_id, at_ms }) => [submission_id, at_ms])).toEqual(before);
  await ticks.sendTicks("", taken);
  await openPage();
  expect(ticks.unsavedTicks.value).toEqual([]);
});

test("while it is sent for the first time a tick is not called unsaved", async () => {
  await ticks.saveTick("event-1", ana, "aboard", async () => {
    await ticks.readTicks();
    expect(names()).toEqual([]);
  });
});

test("of two ticks of one passenger the later one counts, within one millisecond, too", async () => {
  vi.spyOn(Date, "now").mockReturnValue(Date.now());
  await ticks.saveTick("event-1", ana, "aboard", offline);
  await ticks.saveTick("event-1", ana, "no_show", offline);
  await openPage();
  expect(names()).toEqual(["Ana Reyes: no_show"]);
});

test("what the server refuses is told, not sent again, and stays until it is dropped", async () => {
  const no = new api.ApiError("refused", "This charter has departed.", 409);
  await ticks.saveTick("event-1", ana, "aboard", () => Promise.reject(no));
  await openPage();
  const send = vi.fn(taken);
  await ticks.sendTicks("event-1", send);
  expect(send).not.toHaveBeenCalled();
  const refused = ticks.refusedTicks(ticks.unsavedTicks.value, "event-1");
  expect(refused.map(({ name, problem }) => `${name}: ${problem}`)).toEqual(["Ana Reyes: This charter has departed."]);
  for (const tick of refused) await ticks.dropTick(tick);
  expect(ticks.unsavedTicks.value).toEqual([]);
});

test("a tick that nobody sent for a week is forgotten", async () => {
  await ticks.saveTick("event-1", ana, "aboard", offline);
  const week_ms = 7 * 24 * 3_600_000;
  await ticks.readTicks(Date.now() + week_ms - 60_000);
  expect(names()).toEqual(["Ana Reyes: aboard"]);
  await ticks.readTicks(Date.now() + week_ms + 60_000);
  expect(names()).toEqual([]);
});
