import { minorDigits, symbolOf } from "./currencies";

/**
 * Minor units as an amount to read, for example `$1,250.00` or `CHF 1,250.00`: the same on each device and in the
 * mails, for it reads by the server's table and not by the browser's.
 */
export function formatMoney(cents: number, currency: string): string {
  const [whole = "", fraction] = plainAmount(Math.abs(cents), currency).split(".");
  const sign = cents < 0 ? "−" : "";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${prefix(currency)}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/**
 * The same without `.00`, for reading at a glance: `$1,250`, but `$1,250.50`. Three decimals stay: `TND 12,500` could be
 * read as twelve and a half.
 */
export function formatMoneyShort(cents: number, currency: string): string {
  return formatMoney(cents, currency).replace(/\.00$/, "");
}

/** What stands before the figures. */
export function prefix(currency: string): string {
  return symbolOf(currency) || `${currency}\u00a0`;
}

/** Minor units as an amount for an input, for example `1250.00`. */
export function plainAmount(cents: number, currency: string): string {
  const digits = minorDigits(currency);
  const sign = cents < 0 ? "-" : "";
  const figures = String(Math.abs(cents)).padStart(digits + 1, "0");
  if (digits === 0) return sign + figures;
  return `${sign}${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
}

type ParsedMoney = { cents: number; error?: never } | { cents?: never; error: string };

/**
 * Reads an amount that a person typed, digit by digit: no fraction ever passes through a float. A point is followed by
 * cents, a comma, blank or apostrophe by groups of three; what could be read in two ways is asked about.
 */
export function parseMoney(
  text: string,
  currency: string,
  { least, most }: { least: number; most: number },
): ParsedMoney {
  const digits = minorDigits(currency);
  const example = digits === 0 ? "1250" : `1250.${"50".padEnd(digits, "0")}`;
  const typed = narrow(text);
  if (typed === "") return { error: "Enter an amount." };
  if (!/\d/.test(typed)) return { error: `Write the amount as a number, like ${example}.` };
  if (/[-−–]/.test(typed)) return { error: "Enter the amount without a minus sign." };
  const [, before = "", amount = "", after = ""] = /^([\p{L}\p{Sc}]*) ?(.*?) ?([\p{L}\p{Sc}]*)$/u.exec(typed) ?? [];
  if (!isOf(currency, before) || !isOf(currency, after)) {
    return { error: `This charter’s currency is ${currency}. Write the amount as a number, like ${example}.` };
  }
  const match = /^(\d+|[1-9]\d{0,2}([, '])\d{3}(?:\2\d{3})*)(?:\.(\d*))?$/.exec(amount);
  // With three decimals or more, 12,500 may be twelve and a half.
  if ((!match && amount.includes(",")) || (digits > 2 && /^\d+,\d+$/.test(amount))) {
    return { error: digits === 0 ? "This currency has no cents." : `Write cents after a point, like ${example}.` };
  }
  if (!match) return { error: `Write the amount as a number, like ${example}.` };
  const whole = (match[1] ?? "").replace(/\D/g, "");
  const fraction = match[3] ?? "";
  if (fraction.length > digits) {
    return {
      error:
        digits === 0 ? "This currency has no cents." : `At most ${digits} digits after the point, like ${example}.`,
    };
  }
  const figures = (whole + fraction.padEnd(digits, "0")).replace(/^0+(?=\d)/, "");
  const cents = Number(figures);
  if (figures.length > 15 || cents > most) {
    return { error: `The most is ${formatMoney(most, currency)}.` };
  }
  if (cents < least) return { error: "Enter an amount above zero." };
  return { cents };
}

/** Wide characters as narrow ones, every blank and apostrophe as one kind, and nothing invisible. */
function narrow(text: string): string {
  return text
    .replace(/\p{Cf}/gu, "")
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\uffe5/g, "¥")
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether what stands beside an amount is the currency's: its code, its symbol, or the symbol's last sign. */
function isOf(currency: string, mark: string): boolean {
  const symbol = symbolOf(currency);
  const sign = symbol.slice(-1);
  const letters = mark.slice(0, -1).toUpperCase();
  const isItsSign = sign !== "" && mark.endsWith(sign) && currency.startsWith(letters);
  return mark === "" || mark.toUpperCase() === currency || mark === symbol || isItsSign;
}
