import type { Evidence, ListedPayment } from "../../../data/contract";
import { deviceStorage } from "../../../lib/storage";
import type { Columns, Sheet } from "../statement-file/columns";
import type { SourceRow } from "./review";

const ROWS_KEY = "scc.bank-rows";
const COLUMNS_KEY = "scc.bank-columns";
/** A few years of statements. */
const MOST_ROWS = 20_000;
/** A text that the server takes as a row's id. */
const ID = /^[\x20-\x7e]{1,100}$/;
const NAME_LENGTH = 200;

/**
 * Which rows were dealt with on this device. Kept are fingerprints alone: who finds the device learns from them nothing
 * about the account.
 */
export async function rememberedOf(rows: readonly SourceRow[]): Promise<Set<string>> {
  const known = new Set(storedList(ROWS_KEY));
  if (known.size === 0) return new Set();
  const prints = await Promise.all(rows.map(({ key }) => sha256(key)));
  return new Set(rows.filter((_, index) => known.has(prints[index] ?? "")).map(({ key }) => key));
}

/** Whether it was kept. */
export async function remember(rows: readonly SourceRow[]): Promise<boolean> {
  const prints = await Promise.all(rows.map(({ key }) => sha256(key)));
  const others = storedList(ROWS_KEY).filter((print) => !prints.includes(print));
  return deviceStorage.set(ROWS_KEY, JSON.stringify([...others, ...prints].slice(-MOST_ROWS)));
}

export async function forget(row: SourceRow): Promise<void> {
  const print = await sha256(row.key);
  deviceStorage.set(ROWS_KEY, JSON.stringify(storedList(ROWS_KEY).filter((other) => other !== print)));
}

function storedList(key: string): string[] {
  const stored = deviceStorage.getJson(key);
  return Array.isArray(stored) ? stored.filter((entry) => typeof entry === "string") : [];
}

/** In lower-case hex. */
export async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is kept with the clearing of a payment; the file itself stays here. */
export async function evidenceOf(row: SourceRow): Promise<Evidence> {
  return {
    source: row.source,
    file_sha256: row.file_sha256,
    row: await evidenceRow(row),
    date: row.date ?? "",
    amount_cents: row.amount_cents ?? 0,
    name: (row.counterparty || row.text).slice(0, NAME_LENGTH),
  };
}

/** The row's id where it fits there, else its fingerprint. */
async function evidenceRow({ row_id }: SourceRow): Promise<string> {
  return ID.test(row_id) && row_id === row_id.trim() ? row_id : sha256(row_id);
}

/** Rows that the server has seen cleared whole, from whichever device; of a deposit of three checks all three. */
export async function clearedOnServer(
  rows: readonly SourceRow[],
  payments: readonly ListedPayment[],
): Promise<Set<string>> {
  const sums_cents = new Map<string, number>();
  for (const { clearance, status, amount_cents } of payments) {
    const evidence = status === "cleared" || status === "bounced" ? clearance?.evidence : null;
    if (!evidence) continue;
    const name = `${evidence.source} ${evidence.row}`;
    sums_cents.set(name, (sums_cents.get(name) ?? 0) + amount_cents);
  }
  if (sums_cents.size === 0) return new Set();
  const names = await Promise.all(rows.map(async (row) => `${row.source} ${await evidenceRow(row)}`));
  const isWhole = (row: SourceRow, index: number) =>
    row.amount_cents !== null && (sums_cents.get(names[index] ?? "") ?? 0) >= Math.abs(row.amount_cents);
  return new Set(rows.filter(isWhole).map(({ key }) => key));
}

/** The columns that were chosen for files of this form; null before. */
export function columnsFor(sheet: Sheet): Columns | null {
  const stored = storedColumns()[formOf(sheet)] as Columns | undefined;
  return typeof stored?.date === "number" ? stored : null;
}

export function keepColumns(sheet: Sheet, columns: Columns): void {
  deviceStorage.set(COLUMNS_KEY, JSON.stringify({ ...storedColumns(), [formOf(sheet)]: columns }));
}

function storedColumns(): Record<string, unknown> {
  const stored = deviceStorage.getJson(COLUMNS_KEY);
  return stored !== null && typeof stored === "object" ? (stored as Record<string, unknown>) : {};
}

/** Files of one bank have the same names of columns. */
function formOf({ names }: Sheet): string {
  return names.join("|").toLowerCase();
}
