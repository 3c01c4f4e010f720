import type { Charter } from "../../data/contract";
import { methods, type PaymentMethod, paymentLimits } from "../../data/limits";
import type { BatchRow, OutboxEntry, PaymentRequest } from "../../data/outbox-entry";
import { formatMoney, parseMoney, plainAmount } from "../../lib/money";
import type { PaymentForm, SharedRequest } from "../payment-form";

/** One of several payments that are logged as one. */
export interface Part {
  /** Tells the parts of a form apart. */
  key: number;
  kind: BatchRow["kind"];
  method: PaymentMethod;
  amount: string;
  /** Of which whole the amount is what the others leave; typing ends that. */
  rest_of_cents: number | null;
  reference: string;
  /** Empty for the patron. */
  payer: string;
}

/** What an entry begins with: the payment that was being typed in two halves, or with a tip beside it. */
export function startParts(charter: Charter, form: PaymentForm, withTip: boolean): Part[] {
  const kind = form.kind === "refund" ? "balance" : form.kind;
  const method = form.method ?? "cash";
  const first: Part = {
    key: 0,
    kind,
    method,
    amount: form.amount,
    rest_of_cents: null,
    reference: form.reference,
    payer: "",
  };
  if (form.payer.trim() !== charter.patron.name) first.payer = form.payer.trim();
  if (withTip) return addPart([first], "tip", charter);
  const cents = parse(form.amount, charter.currency);
  const half = cents === undefined ? "" : plainAmount(Math.ceil(cents / 2), charter.currency);
  return addPart([{ ...first, amount: half }], kind, charter, cents);
}

/** The parts of an entry that was refused, as they were typed. */
export function partsOf({ request, rest = [], currency }: OutboxEntry): Part[] {
  return [request, ...rest].map((row, key) => ({
    key,
    kind: row.kind === "refund" ? "balance" : row.kind,
    method: row.method,
    amount: plainAmount(row.amount_cents, currency),
    rest_of_cents: null,
    reference: row.reference ?? "",
    payer: row.payer ?? "",
  }));
}

/**
 * With one part more: of another method than the last, for what the others leave of `whole_cents`, by default of what is
 * due; a tip of the method of the part that it comes beside.
 */
export function addPart(
  parts: readonly Part[],
  kind: Part["kind"],
  { balance, currency }: Charter,
  whole_cents = balance.balance_due_cents,
): Part[] {
  const key = nextKey(parts);
  const tips = parts.filter((part) => part.kind === "tip").length;
  const settling = parts.filter((part) => part.kind !== "tip");
  const left_cents = whole_cents - sumCents(settling, currency);
  const isRest = kind !== "tip";
  const method = isRest ? otherMethod(parts) : (settling[tips] ?? settling[0] ?? parts[0])?.method;
  const amount = isRest && left_cents > 0 ? plainAmount(left_cents, currency) : "";
  const rest_of_cents = isRest ? whole_cents : null;
  const part: Part = { key, kind, method: method ?? "cash", amount, rest_of_cents, reference: "", payer: "" };
  // Tips stand last.
  return isRest ? [...settling, part, ...parts.filter((other) => other.kind === "tip")] : [...parts, part];
}

/** Of the part that comes next. */
export function nextKey(parts: readonly Part[]): number {
  return Math.max(...parts.map(({ key }) => key), -1) + 1;
}

function otherMethod(parts: readonly Part[]): PaymentMethod {
  const likely: readonly PaymentMethod[] = ["cash", "venmo", "check", "zelle"];
  return likely.find((method) => parts.every((part) => part.method !== method)) ?? "cash";
}

/** With one part changed. Where an amount is changed, the part that takes the rest follows. */
export function changePart(parts: readonly Part[], key: number, change: Partial<Part>, charter: Charter): Part[] {
  const typed = "amount" in change ? { rest_of_cents: null } : {};
  const changed = parts.map((part) => (part.key === key ? { ...part, ...change, ...typed } : part));
  return withRest(changed, charter);
}

export function removePart(parts: readonly Part[], key: number, charter: Charter): Part[] {
  return withRest(
    parts.filter((part) => part.key !== key),
    charter,
  );
}

function withRest(parts: readonly Part[], { currency }: Charter): Part[] {
  const rest = parts.findLast((part) => part.rest_of_cents !== null);
  const others = parts.filter((part) => part !== rest && part.kind !== "tip");
  const left_cents = (rest?.rest_of_cents ?? 0) - sumCents(others, currency);
  return parts.map((part) =>
    part === rest && left_cents > 0 ? { ...part, amount: plainAmount(left_cents, currency) } : part,
  );
}

/** Of the amounts that can be read. */
export function sumCents(parts: readonly Part[], currency: string): number {
  return parts.reduce((sum, { amount }) => sum + (parse(amount, currency) ?? 0), 0);
}

function parse(amount: string, currency: string): number | undefined {
  return parseMoney(amount, currency, paymentLimits.amount_cents).cents;
}

export type ReadParts =
  | { request: PaymentRequest; rest: BatchRow[]; errors?: never }
  | { request?: never; rest?: never; errors: Record<string, string> };

/** Turns the parts into what is sent, or says part by part what is wrong; `ids` are for those after the first. */
export function readParts(
  parts: readonly Part[],
  { patron, currency }: Charter,
  shared: SharedRequest,
  ids: readonly string[],
): ReadParts {
  const errors: Record<string, string> = {};
  const rows = parts.map(({ kind, method, amount, reference, payer }, index) => {
    const { cents, error } = parseMoney(amount, currency, paymentLimits.amount_cents);
    if (error) errors[`payments.${index}.amount_cents`] = error;
    return {
      ...{ payment_id: ids[index - 1] ?? "", kind, method, amount_cents: cents ?? 0 },
      ...(payer.trim() && payer.trim() !== patron.name ? { payer: payer.trim() } : {}),
      ...(reference.trim() ? { reference: reference.trim() } : {}),
    };
  });
  const [first, ...rest] = rows;
  if (!first || Object.keys(errors).length > 0) return { errors };
  const { payment_id: _, ...row } = first;
  return { request: { ...shared, ...row }, rest };
}

/** `Paid in full, check to clear` */
export function afterText(parts: readonly Part[], { balance, currency }: Charter): string {
  const settling = parts.filter(({ kind }) => kind !== "tip");
  const left_cents = balance.balance_due_cents - sumCents(settling, currency);
  const slow = new Set(parts.filter(({ method }) => !methods[method].cleared_on_receipt).map(({ method }) => method));
  const toClear = [...slow].map((method) => methods[method].name).join(" and ");
  return [dueAfter(left_cents, currency), toClear && `${toClear} to clear`].filter(Boolean).join(", ");
}

function dueAfter(left_cents: number, currency: string): string {
  if (left_cents === 0) return "Paid in full";
  const amount = formatMoney(Math.abs(left_cents), currency);
  return left_cents > 0 ? `${amount} still due` : `${amount} more than is due`;
}
