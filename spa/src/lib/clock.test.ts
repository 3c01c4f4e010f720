import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clockFault, hearClock, nowMs, operatorClock, operatorTimezone } from "./clock";
import { monthOf, today } from "./periods";

const START = { timezone: "UTC", ahead_ms: 0 };
const SERVER = "2026-11-28T13:06:07-08:00[America/Los_Angeles]";
const SERVER_MS = Date.parse("2026-11-28T21:06:07Z");
const MINUTE_MS = 60_000;

/** The server's answer as a device hears it whose clock is so far ahead. */
function hear(ahead_ms: number, took_ms = 200, header = SERVER): void {
  vi.setSystemTime(SERVER_MS + ahead_ms);
  hearClock(header, SERVER_MS + ahead_ms - took_ms / 2, SERVER_MS + ahead_ms + took_ms / 2);
}

describe("the operator's clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    operatorClock.value = START;
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    [-30 * 24 * 60, "30 days slow"],
    [-24 * 60, "1 day slow"],
    [-25 * 365 * 24 * 60, "9125 days slow"],
    [2 * 60, "2 hours fast"],
    [6, "6 minutes fast"],
    [-6, "6 minutes slow"],
    [4, ""],
    [-4, ""],
    [0, ""],
  ])("a device that is %i minutes ahead is %j, and its days are the server's", (minutes, fault) => {
    hear(minutes * MINUTE_MS);
    expect(clockFault(operatorClock.value)).toBe(fault);
    expect(today()).toBe("2026-11-28");
    expect(Math.abs(nowMs() - SERVER_MS)).toBeLessThan(5 * MINUTE_MS);
  });

  test("an answer that took long says nothing against the device", () => {
    hear(0, 60 * MINUTE_MS);
    expect(operatorClock.value.ahead_ms).toBe(0);
  });

  test("once it is set, the device is believed again", () => {
    hear(-30 * 24 * 60 * MINUTE_MS);
    hear(0);
    expect(operatorClock.value.ahead_ms).toBe(0);
  });

  test("answers that take longer or shorter are no news", () => {
    hear(-30 * 24 * 60 * MINUTE_MS);
    const told = operatorClock.value;
    hear(-30 * 24 * 60 * MINUTE_MS + 3_000, 900);
    expect(operatorClock.value).toBe(told);
  });

  test.each(["", "no clock", "2026-11-28", "tomorrow[UTC]"])("%j says nothing", (header) => {
    const told = operatorClock.value;
    hear(0, 200, header);
    expect(operatorClock.value).toBe(told);
  });

  test("days and months are the operator's, wherever the device is", () => {
    hear(0);
    expect(operatorTimezone()).toBe("America/Los_Angeles");
    // The first of the month in Auckland, the last in San Diego.
    vi.setSystemTime("2026-12-01T04:00:00Z");
    expect(today()).toBe("2026-11-30");
    expect(monthOf(today())).toEqual({ from: "2026-11-01", to: "2026-11-30" });
    hear(0, 200, "2026-11-29T10:06:07+13:00[Pacific/Auckland]");
    vi.setSystemTime("2026-12-01T04:00:00Z");
    expect(today()).toBe("2026-12-01");
  });

  test("the zone is remembered for a start without a network", async () => {
    hear(0);
    vi.resetModules();
    expect((await import("./clock")).operatorTimezone()).toBe("America/Los_Angeles");
  });
});
