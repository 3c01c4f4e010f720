import { minorDigits, symbolOf } from "../../../lib/currencies";

/** Which sign stands before the cents: `1,234.56` or `1.234,56`. */
export type Notation = "point" | "comma";

const SHAPE =
  /^(?<open>\()? ?(?<sign>[+-])? ?(?<before>[A-Z]*\p{Sc}?) ?(?<inner>[+-])? ?(?<figures>[\d., ]+?) ?(?<behind>[A-Z]*\p{Sc}?) ?(?<after>-)? ?(?<close>\))?$/u;
const FIGURES: Record<Notation, RegExp> = {
  point: /^(\d+|\d{1,3}(?:,\d{3})+|)(?:\.(\d+))?$/,
  comma: /^(\d+|\d{1,3}(?:([. ])\d{3})(?:\2\d{3})*|)(?:,(\d+))?$/,
};

/**
 * An amount of a bank's file in minor units, or null when it is not surely one: money is never guessed. Below zero are
 * `-12.00`, `($12.00)`, `-$12.00` and `12.00-`.
 */
export function readAmount(text: string, currency: string, notation: Notation = "point"): number | null {
  const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(/\s+/g, " ").trim();
  const shape = SHAPE.exec(plain)?.groups;
  if (!shape) return null;
  const { open, sign, before = "", inner, figures = "", behind = "", after, close } = shape;
  const signs = [open, sign, inner, after].filter(Boolean).length;
  if (signs > 1 || Boolean(open) !== Boolean(close)) return null;
  if (![before, behind].every((mark) => mark === "" || isOf(currency, mark))) return null;
  const cents = readFigures(figures, currency, notation);
  if (cents === null) return null;
  const negative = Boolean(open) || [sign, inner, after].includes("-");
  return negative && cents !== 0 ? -cents : cents;
}

function readFigures(figures: string, currency: string, notation: Notation): number | null {
  const match = FIGURES[notation].exec(figures);
  if (!match || !/\d/.test(figures)) return null;
  const digits = minorDigits(currency);
  const fraction = match.at(-1) ?? "";
  if (fraction.length > digits) return null;
  const cents = Number((match[1] ?? "").replace(/\D/g, "") + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(cents) ? cents : null;
}

/** The currency's code, its symbol, or the symbol's last sign: `$` for `CA$`. */
function isOf(currency: string, mark: string): boolean {
  const symbol = symbolOf(currency);
  return mark === currency || (symbol !== "" && (mark === symbol || mark === symbol.slice(-1)));
}

/** The notation in which more of these are amounts; null when the figures do not tell. */
export function notationOf(texts: readonly string[], currency: string): Notation | null {
  const readable = (notation: Notation) => texts.filter((text) => readAmount(text, currency, notation) !== null).length;
  const point = readable("point");
  const comma = readable("comma");
  return point === comma ? null : point > comma ? "point" : "comma";
}
