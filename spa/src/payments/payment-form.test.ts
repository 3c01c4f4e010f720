import { describe, expect, test } from "vitest";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { paymentForm, readPaymentForm, refundable, withKind, withRefundOf } from "./payment-form";

const now = new Date("2026-07-04T20:00:00Z");
const charter = sampleCharter();

describe("Log payment", () => {
  test("opens with the balance due, and lacks only the method", () => {
    const form = paymentForm(charter);
    expect(form.amount).toBe("1200.00");
    expect(readPaymentForm(form, charter, now).errors).toEqual({ method: "Choose how it was paid." });
    expect(readPaymentForm({ ...form, method: "cash" }, charter, now).request).toEqual({
      kind: "balance",
      method: "cash",
      amount_cents: 120_000,
      received_at: "2026-07-04T20:00:00Z",
      notify: true,
      ask_if_duplicate: true,
      ask_if_unusual: true,
    });
  });

  test("opens empty when nothing is due", () => {
    const paid = sampleCharter({ balance: sampleBalance({ balance_due_cents: -100 }) });
    expect(paymentForm(paid).amount).toBe("");
  });

  test("suggests the balance due for what settles it, and never overwrites typing", () => {
    const tip = withKind(paymentForm(charter), "tip", charter);
    expect(tip.amount).toBe("");
    expect(withKind(tip, "deposit", charter).amount).toBe("1200.00");
    expect(withKind({ ...tip, amount: "20" }, "balance", charter).amount).toBe("20");
  });

  test("names every field that is wrong", () => {
    const form = { ...paymentForm(charter), amount: "lots", kind: "refund", received: "x" } as const;
    expect(Object.keys(readPaymentForm(form, charter, now).errors ?? {}).sort()).toEqual([
      "amount_cents",
      "method",
      "received_at",
      "refund_of",
    ]);
  });

  test("takes the time of receipt in the charter's time zone, and never in the future", () => {
    const form = { ...paymentForm(charter), method: "check" } as const;
    const read = (received: string) => readPaymentForm({ ...form, received }, charter, now);
    expect(read("2026-07-04T15:30").request?.received_at).toBe("2026-07-04T19:30:00Z");
    expect(read("2026-07-04T16:30").errors?.received_at).toBe("This is in the future.");
    expect(read("2026-03-08T02:30").errors?.received_at).toMatch("Clocks skip");
  });

  test("sends a payer only if it is not the patron", () => {
    const form = { ...paymentForm(charter), method: "zelle", reference: " Z1 " } as const;
    expect(readPaymentForm(form, charter, now).request).not.toHaveProperty("payer");
    const other = readPaymentForm({ ...form, payer: "Carl" }, charter, now).request;
    expect(other).toMatchObject({ payer: "Carl", reference: "Z1" });
  });

  test("promises no mail to a patron without an address", () => {
    const shy = sampleCharter({ patron: { name: "Ana", email: "", phone: "" } });
    const form = { ...paymentForm(shy), method: "cash" } as const;
    expect(readPaymentForm(form, shy, now).request?.notify).toBe(false);
  });

  test("brings a refused payment back as it was typed", () => {
    const typed = { ...paymentForm(charter), method: "check", reference: "204" } as const;
    const { request } = readPaymentForm(typed, charter, new Date("2026-07-04T19:12:34Z"));
    if (!request) throw new Error("the form is right");
    const entry = {
      payment_id: "a",
      event_id: charter.event_id,
      request,
      currency: "USD",
      created_at: "",
      attempts: 1,
      state: "refused",
      problem: null,
    } as const;
    const back = paymentForm(charter, entry);
    expect(readPaymentForm(back, charter, now).request).toEqual(request);
  });
});

test("only live money can be refunded", () => {
  const payments = [
    samplePayment({ payment_id: "a", status: "cleared" }),
    samplePayment({ payment_id: "b", status: "voided" }),
    samplePayment({ payment_id: "c", status: "bounced" }),
    samplePayment({ payment_id: "d", kind: "refund" }),
  ];
  expect(refundable(payments).map(({ payment_id }) => payment_id)).toEqual(["a"]);
});

test("a refund suggests what is left of the payment chosen last, and never overwrites typing", () => {
  const payments = [
    samplePayment({ payment_id: "a", amount_cents: 48_000 }),
    samplePayment({ payment_id: "b", amount_cents: 10_000 }),
    samplePayment({ payment_id: "c", amount_cents: 5_000 }),
    samplePayment({ payment_id: "d", kind: "refund", refund_of: "a", amount_cents: 8_000 }),
    samplePayment({ payment_id: "e", kind: "refund", refund_of: "c", amount_cents: 5_000 }),
    samplePayment({ payment_id: "f", kind: "refund", refund_of: "b", status: "voided" }),
  ];
  const first = withRefundOf(withKind(paymentForm(charter), "refund", charter), "a", payments);
  expect(first.amount).toBe("400.00");
  expect(withRefundOf(first, "b", payments).amount).toBe("100.00");
  expect(withRefundOf({ ...first, amount: "25" }, "b", payments).amount).toBe("25");
  expect(refundable(payments).map(({ payment_id }) => payment_id)).toEqual(["a", "b"]);
});
