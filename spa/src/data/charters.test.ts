import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { charters, forgetCharters, keepAnswer, keepDetail, keepListed, records } from "./charters";

const at = (updated_at: string, balance_due_cents: number, change = {}) =>
  sampleCharter({ updated_at, balance: sampleBalance({ balance_due_cents }), ...change });
const before = at("2026-07-01T12:00:00Z", 120_000);
const paid = at("2026-07-01T12:00:01Z", 0);
const answer = { payment: samplePayment({}), event: paid };
const detail = (event: typeof paid) => ({ ...event, payments: [], waiver_records: [], mail_problems: [] });
const due = () => charters.value.get("event-1")?.balance.balance_due_cents;

let now_ms = 1_000_000;

beforeEach(() => {
  now_ms += 1_000_000;
  vi.spyOn(performance, "now").mockImplementation(() => now_ms);
});

afterEach(forgetCharters);

describe("what a payment's answer has said is not undone", () => {
  test("by a board that was asked for before", () => {
    const asked_at_ms = now_ms;
    now_ms += 500;
    keepAnswer(answer);
    keepListed([before], asked_at_ms);
    expect(due()).toBe(0);
  });

  test("by a board that was asked for after and comes from an index that lags", () => {
    keepAnswer(answer);
    now_ms += 60_000;
    keepListed([before], now_ms);
    expect(due()).toBe(0);
  });

  test("by a lagging board that bears the time of the same second", () => {
    keepAnswer(answer);
    now_ms += 2_000;
    keepListed([at(paid.updated_at, 120_000)], now_ms);
    expect(due()).toBe(0);
  });

  test("by a charter's page that was read before", () => {
    keepAnswer(answer);
    expect(keepDetail(detail(before), now_ms)).toBe(false);
    expect(due()).toBe(0);
    expect(records.value.has("event-1")).toBe(false);
  });

  test("by a charter's page that was asked for before, within the same second", () => {
    const asked_at_ms = now_ms;
    now_ms += 500;
    keepAnswer(answer);
    expect(keepDetail(detail(at(paid.updated_at, 120_000)), asked_at_ms)).toBe(false);
    expect(due()).toBe(0);
  });

  test("by a replay, which carries the charter as it was then", () => {
    keepDetail(detail(paid), now_ms);
    keepAnswer({ payment: samplePayment({}), event: before });
    expect(due()).toBe(0);
  });
});

describe("what is newer shows", () => {
  test("from a board that was asked for while this page was told of an earlier change", () => {
    const asked_at_ms = now_ms;
    now_ms += 500;
    keepAnswer(answer);
    keepListed([at("2026-07-01T12:00:02Z", 50_000)], asked_at_ms);
    expect(due()).toBe(50_000);
  });

  test("from a board, when others have changed the charter", () => {
    keepAnswer(answer);
    keepListed([at("2026-07-01T12:00:02Z", 50_000)], now_ms);
    expect(due()).toBe(50_000);
  });

  test("by its version, though a clock says another thing", () => {
    keepAnswer(answer);
    keepListed([at("2026-07-01T11:59:59Z", 50_000, { version: 2 })], now_ms);
    expect(due()).toBe(50_000);
    keepListed([{ ...paid, updated_at: "2026-07-01T13:00:00Z" }], now_ms);
    expect(due()).toBe(50_000);
  });

  test("of the same second, once the index has had its time", () => {
    keepAnswer(answer);
    now_ms += 11_000;
    keepListed([at(paid.updated_at, 50_000)], now_ms);
    expect(due()).toBe(50_000);
  });

  test("from a charter's own page, which never lags", () => {
    keepAnswer(answer);
    expect(keepDetail(detail(at(paid.updated_at, 50_000)), now_ms)).toBe(true);
    expect(due()).toBe(50_000);
  });
});
