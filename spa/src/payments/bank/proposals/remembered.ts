import type { Evidence, ListedPayment } from "../../../data/contract";
import { deviceStorage } from "../../../lib/browser/storage";
import { isSameName } from "../matching/distinct";
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

/**
 * Rows that the server has seen cleared whole, from whichever device; of a deposit of three checks all three. Where a bank
 * has changed the words since, or the file is of another format, day, amount and name tell.
 */
export async function clearedOnServer(
  rows: readonly SourceRow[],
  payments: readonly ListedPayment[],
): Promise<Set<string>> {
  const shown = new Map<string, Evidence & { cleared_cents: number }>();
  for (const { clearance, status, amount_cents } of payments) {
    const evidence = status === "cleared" || status === "bounced" ? clearance?.evidence : null;
    if (!evidence) continue;
    const { cleared_cents = 0 } = shown.get(nameOf(evidence)) ?? {};
    shown.set(nameOf(evidence), { ...evidence, cleared_cents: cleared_cents + amount_cents });
  }
  if (shown.size === 0) return new Set();
  const own = await Promise.all(rows.map(async (row) => shown.get(nameOf(await evidenceOf(row)))));
  const others = [...shown.values()].filter((evidence) => !own.includes(evidence));
  const cleared = rows.filter((row, index) => {
    const evidence = own[index] ?? takeFirst(others, (other) => isReworded(other, row));
    return evidence !== undefined && evidence.cleared_cents >= Math.abs(evidence.amount_cents);
  });
  return new Set(cleared.map(({ key }) => key));
}

function nameOf({ source, row, date, amount_cents }: Evidence): string {
  return [source, row, date, amount_cents].join(" ");
}

function isReworded({ date, amount_cents, name }: Evidence, row: SourceRow): boolean {
  return date === row.date && amount_cents === row.amount_cents && isSameName(name, row.counterparty);
}

/** Takes an item out of a list. */
function takeFirst<T>(items: T[], test: (item: T) => boolean): T | undefined {
  const at = items.findIndex(test);
  return at < 0 ? undefined : items.splice(at, 1)[0];
}

/** The columns that were chosen for files of this form; null before. */
export function columnsFor(sheet: Sheet): Columns | null {
  const stored = storedColumns()[formOf(sheet)] as Columns | undefined;
  return typeof stored?.date === "number" ? { ...stored, side: stored.side ?? null } : null;
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
