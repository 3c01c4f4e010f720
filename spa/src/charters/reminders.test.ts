import { expect, test } from "vitest";
import type { Charter } from "../data/contract";
import { sampleCharter, samplePayment } from "../testing/samples";
import { remindersText } from "./reminders";

const text = (state: Charter["balance_reminders_state"], ...payments: ReturnType<typeof samplePayment>[]) =>
  remindersText(sampleCharter({ balance_reminders_state: state }), payments);

test("reminders that stopped say why, and for cash since when", () => {
  const cash = (recorded_at: string, change = {}) => samplePayment({ recorded_at, status: "cleared", ...change });
  expect(
    text(
      "stopped_cash",
      cash("2026-07-01T16:00:00Z"),
      cash("2026-07-02T16:00:00Z"),
      cash("2026-07-03T16:00:00Z", { kind: "tip" }),
      cash("2026-07-03T16:00:00Z", { status: "voided" }),
      cash("2026-07-03T16:00:00Z", { method: "card" }),
    ),
  ).toBe("Stopped: cash was logged on Thu, Jul 2.");
  expect(text("stopped_cash")).toBe("Stopped: cash was logged.");
  expect(text("stopped_paid")).toBe("Stopped: nothing is due.");
});

test("reminders that cannot go out say so, too", () => {
  expect(text("no_email")).toMatch("no email address");
  expect(text("off")).toBe("Off.");
  expect(text("on")).toMatch("7 and 2 days before");
});
