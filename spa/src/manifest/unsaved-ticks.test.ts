import { beforeEach, expect, test } from "vitest";
import { ApiError } from "../data/api";
import { samplePassenger } from "../testing/samples";
import { saveTick, unsavedTicks, waitingTicks } from "./unsaved-ticks";

const ana = samplePassenger({ name: "Ana Reyes", waiver_id: "w1" });
const bo = samplePassenger({ name: "Bo Sund", waiver_id: null, guest_id: "g2" });
const fail = (error: Error) => () => Promise.reject(error);
const offline = fail(new ApiError("network", "The server cannot be reached."));

beforeEach(() => {
  unsavedTicks.value = [];
});

test("a tick without a connection is remembered with its reason until it is through", async () => {
  await saveTick("event-1", ana, "aboard", offline);
  await saveTick("event-1", bo, "no_show", offline);
  await saveTick("event-2", ana, "aboard", offline);
  const names = () => waitingTicks(unsavedTicks.value, "event-1").map((one) => one.passenger.name);
  expect(names()).toEqual(["Ana Reyes", "Bo Sund"]);
  expect(unsavedTicks.value[0]?.problem).toContain("cannot be reached");
  await saveTick("event-1", ana, "aboard", async () => {});
  expect(names()).toEqual(["Bo Sund"]);
});

test("of two ticks of one passenger the later one counts", async () => {
  await saveTick("event-1", ana, "aboard", offline);
  await saveTick("event-1", ana, "no_show", offline);
  expect(unsavedTicks.value.map(({ state }) => state)).toEqual(["no_show"]);
});

test("what the server refuses is told, and not sent again", async () => {
  const no = new ApiError("refused", "This charter has departed.", 409);
  await saveTick("event-1", ana, "aboard", fail(no));
  expect(unsavedTicks.value).toHaveLength(1);
  expect(waitingTicks(unsavedTicks.value, "event-1")).toEqual([]);
});
