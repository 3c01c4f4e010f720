import { minorDigits, symbolOf } from "../../../lib/currencies";

/** Which sign stands before the cents: `1,234.56` or `1.234,56`. */
export type Notation = "point" | "comma";

export const NOTATIONS: readonly Notation[] = ["point", "comma"];
const SHAPE =
  /^(?<open>\()? ?(?<sign>[+-])? ?(?<before>[A-Z]*\p{Sc}?) ?(?<inner>[+-])? ?(?<figures>[\d., ]+?) ?(?<behind>(?:(?!(?:CR|DR|DB)$)[A-Z]+)?\p{Sc}?) ?(?<after>-|CR|DR|DB)? ?(?<close>\))?$/u;
const FIGURES: Record<Notation, RegExp> = {
  point: /^(\d+|\d{1,3}(?:,\d{3})+|)(?:\.(\d+))?$/,
  comma: /^(\d+|\d{1,3}(?:([. ])\d{3})(?:\2\d{3})*|)(?:,(\d+))?$/,
};
/** One sign and three figures behind it: they are thousands, or there are no cents. */
const TWO_WAYS = /^\D*\d{1,3}[.,]\d{3}\D*$/;

/**
 * An amount of a bank's file in minor units, or null when it is not surely one: money is never guessed. Below zero are
 * `-12.00`, `($12.00)`, `-$12.00`, `12.00-` and `12.00 DR`. Without a notation only what all of them read as the same.
 */
export function readAmount(text: string, currency: string, notation: Notation | null = "point"): number | null {
  if (notation === null) return readEitherWay(text, currency);
  const plain = text.normalize("NFKC").replace(/[−–]/g, "-").replace(/\s+/g, " ").trim();
  // Some write the sign before the brackets.
  const shape = SHAPE.exec(plain.replace(/^(\p{Sc}|[A-Z]{3}) ?\(/u, "($1"))?.groups;
  if (!shape) return null;
  const { open, sign, before = "", inner, figures = "", behind = "", after, close } = shape;
  const signs = [open, sign, inner, after].filter(Boolean).length;
  if (signs > 1 || Boolean(open) !== Boolean(close)) return null;
  if (![before, behind].every((mark) => mark === "" || isOf(currency, mark))) return null;
  const cents = readFigures(figures, currency, notation);
  if (cents === null) return null;
  const negative =
    Boolean(open) || [sign, inner, after].some((mark) => mark !== undefined && /^(?:-|DR|DB)$/.test(mark));
  return negative && cents !== 0 ? -cents : cents;
}

function readEitherWay(text: string, currency: string): number | null {
  if (isTwoWays(text, currency)) return null;
  const found = NOTATIONS.flatMap((notation) => readAmount(text, currency, notation) ?? []);
  return new Set(found).size === 1 ? (found[0] ?? null) : null;
}

function readFigures(figures: string, currency: string, notation: Notation): number | null {
  const match = FIGURES[notation].exec(figures);
  if (!match || !/\d/.test(figures)) return null;
  const digits = minorDigits(currency);
  const fraction = match.at(-1) ?? "";
  // Some write 12.0000; what is 12.000 nobody knows.
  const isLonger = fraction.length > digits && (fraction.length === 3 || /[1-9]/.test(fraction.slice(digits)));
  if (isLonger) return null;
  const cents = Number((match[1] ?? "").replace(/\D/g, "") + fraction.padEnd(digits, "0").slice(0, digits));
  return Number.isSafeInteger(cents) ? cents : null;
}

/** The currency's code, its symbol, or the symbol's last sign: `$` for `CA$`. */
function isOf(currency: string, mark: string): boolean {
  const symbol = symbolOf(currency);
  return mark === currency || (symbol !== "" && (mark === symbol || mark === symbol.slice(-1)));
}

/** Whether `1,234` can be thousands, or units and a fraction; without cents there is no fraction. */
export function isTwoWays(text: string, currency: string): boolean {
  return minorDigits(currency) > 0 && TWO_WAYS.test(text);
}

/** The notation that the more of these can be read in alone; null when nothing in them tells. */
export function notationOf(texts: readonly string[], currency: string): Notation | null {
  const telling = texts.filter((text) => !isTwoWays(text, currency));
  const [point = 0, comma = 0] = NOTATIONS.map((notation) => {
    return telling.filter((text) => isOnly(notation, text, currency)).length;
  });
  if (point + comma === 0) return null;
  return comma > point ? "comma" : "point";
}

/** The notation of a bank's own file: what all its amounts tell, else the point of the banks that are known here. */
export function notationIn(texts: readonly string[], currency: string): Notation {
  return notationOf(texts, currency) ?? "point";
}

function isOnly(notation: Notation, text: string, currency: string): boolean {
  const readable = NOTATIONS.filter((other) => readAmount(text, currency, other) !== null);
  return readable.length === 1 && readable[0] === notation;
}
