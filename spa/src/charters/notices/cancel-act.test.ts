import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { outbox } from "../../data/device-outbox";
import * as session from "../../data/session";
import { json } from "../../testing/app";
import { sampleCharter, samplePayment } from "../../testing/samples";
import { cancelWithMoney } from "./cancel-act";

const charter = sampleCharter({ event_id: "here" });
const to = sampleCharter({ event_id: "there", title: "Harbor tour" });
const payment = samplePayment({ event_id: "here", method: "check", amount_cents: 60_000 });

type Answer = (path: string, body: { amount_cents?: number }) => Response;
let answer: Answer;
/** Of each payment that was sent, where to and how much. */
const sent: [string | undefined, number | undefined][] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    if (init.method !== "PUT") return json(200, { ...charter, payments: [], waiver_records: [], mail_problems: [] });
    const body = JSON.parse(String(init.body));
    sent.push([path.split("/")[3], body.amount_cents]);
    return answer(path, body);
  });
  session.begin("t1", false);
});

afterEach(async () => {
  for (const { payment_id } of outbox.entries.value) await outbox.discard(payment_id);
  session.leave();
});

const recorded: Answer = (path, { amount_cents = 60_000 }) =>
  json(201, {
    payment: samplePayment({ payment_id: path.split("/").at(-1) ?? "", method: "check", amount_cents }),
    event: path.includes("there") ? to : charter,
  });

function cancel(cents: number): Promise<void> {
  return cancelWithMoney({
    charter,
    reason: "storm",
    fee_cents: 15_000,
    refunds: [],
    moves: { parts: [{ payment, cents }], to },
    notify: false,
    idFor: (name) => `id of ${name}`,
  });
}

test("what stays of a payment is kept where the answer to the move is lost, and logged once by trying again", async () => {
  answer = () => {
    throw new TypeError("network");
  };
  await expect(cancel(45_000)).rejects.toThrow();
  expect(outbox.entries.value).toMatchObject([
    { event_id: "here", state: "refused", request: { amount_cents: 15_000 } },
  ]);
  expect(outbox.entries.value[0]?.problem?.message).toContain("what stays of $600.00 check");
  answer = recorded;
  sent.length = 0;
  await cancel(45_000);
  expect(sent).toEqual([
    ["there", 45_000],
    ["here", 15_000],
  ]);
  expect(outbox.entries.value).toEqual([]);
});

test("a move that is refused leaves nothing behind, and a payment that moves whole has no rest", async () => {
  answer = () => json(409, { Code: "PaymentConflict", Message: "A voided payment cannot be corrected." });
  await expect(cancel(45_000)).rejects.toThrow("voided");
  expect(outbox.entries.value).toEqual([]);
  answer = recorded;
  sent.length = 0;
  await cancel(60_000);
  expect(sent).toEqual([["there", undefined]]);
});
