import { describe, expect, test } from "vitest";
import { toInstant } from "./local-time";
import { toLocal, toRfc3339 } from "./time";

const NEW_YORK = "America/New_York";

function instant(local: string, timezone: string): string {
  const zoned = toInstant(local, timezone);
  if (zoned.kind !== "one") throw new Error(`${local} is ${zoned.kind}`);
  return toRfc3339(zoned.instant);
}

describe("local times become moments", () => {
  test("in winter and in summer", () => {
    expect(instant("2026-01-15T10:00", NEW_YORK)).toBe("2026-01-15T15:00:00Z");
    expect(instant("2026-07-15T10:00", NEW_YORK)).toBe("2026-07-15T14:00:00Z");
    expect(instant("2026-07-15T10:00", "Asia/Kathmandu")).toBe("2026-07-15T04:15:00Z");
    expect(instant("2026-07-15T10:00", "UTC")).toBe("2026-07-15T10:00:00Z");
  });

  test("up to the minute before clocks go forward, and from the minute after", () => {
    expect(instant("2026-03-08T01:59", NEW_YORK)).toBe("2026-03-08T06:59:00Z");
    expect(instant("2026-03-08T03:00", NEW_YORK)).toBe("2026-03-08T07:00:00Z");
  });

  test("a skipped time names no moment, but the first one after the gap", () => {
    for (const local of ["2026-03-08T02:00", "2026-03-08T02:30", "2026-03-08T02:59"]) {
      const zoned = toInstant(local, NEW_YORK);
      expect(zoned.kind).toBe("never");
      if (zoned.kind === "never") expect(toRfc3339(zoned.after)).toBe("2026-03-08T07:00:00Z");
    }
  });

  test("a time that comes twice names both moments", () => {
    const zoned = toInstant("2026-11-01T01:30", NEW_YORK);
    expect(zoned.kind).toBe("twice");
    if (zoned.kind !== "twice") return;
    expect(toRfc3339(zoned.earlier)).toBe("2026-11-01T05:30:00Z");
    expect(toRfc3339(zoned.later)).toBe("2026-11-01T06:30:00Z");
    expect(instant("2026-11-01T00:59", NEW_YORK)).toBe("2026-11-01T04:59:00Z");
    expect(instant("2026-11-01T02:00", NEW_YORK)).toBe("2026-11-01T07:00:00Z");
  });

  test("in the south, where the changes are the other way round and half an hour long", () => {
    expect(toInstant("2026-04-05T01:45", "Australia/Lord_Howe").kind).toBe("twice");
    expect(toInstant("2026-10-04T02:15", "Australia/Lord_Howe").kind).toBe("never");
    expect(toInstant("2026-10-04T02:30", "Australia/Lord_Howe").kind).toBe("one");
  });

  test("moments go back to the local time they came from, all around a change", () => {
    const start_ms = Date.parse("2026-10-31T12:00:00Z");
    for (let step = 0; step < 96; step++) {
      const moment = new Date(start_ms + step * 15 * 60_000);
      const zoned = toInstant(toLocal(moment, NEW_YORK), NEW_YORK);
      const found = zoned.kind === "one" ? [zoned.instant] : zoned.kind === "twice" ? [zoned.earlier, zoned.later] : [];
      expect(found.map((one) => one.getTime())).toContain(moment.getTime());
    }
  });

  test("what is not a time is refused", () => {
    expect(() => toInstant("tomorrow", NEW_YORK)).toThrow(RangeError);
  });
});
