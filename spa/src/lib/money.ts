import { minorDigits } from "./currencies";
import { locale } from "./time";

/** Minor units as an amount to read, for example `$1,250.00`. */
export function formatMoney(cents: number, currency: string): string {
  return written(cents, currency);
}

/** The same without `.00`, for reading at a glance: `$1,250`, but `$1,250.50`. */
export function formatMoneyShort(cents: number, currency: string): string {
  return written(cents, currency, { trailingZeroDisplay: "stripIfInteger" });
}

function written(cents: number, currency: string, options: Intl.NumberFormatOptions = {}): string {
  const amount = plainAmount(cents, currency) as Intl.StringNumericLiteral;
  const digits = minorDigits(currency);
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options };
  return moneyFormat(currency, exact).format(amount).replace("-", "−");
}

/** Minor units as an amount for an input, for example `1250.00`. */
export function plainAmount(cents: number, currency: string): string {
  const digits = minorDigits(currency);
  const sign = cents < 0 ? "-" : "";
  const figures = String(Math.abs(cents)).padStart(digits + 1, "0");
  if (digits === 0) return sign + figures;
  return `${sign}${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
}

export type ParsedMoney = { cents: number; error?: never } | { cents?: never; error: string };

/** Reads an amount that a person typed, digit by digit: no fraction ever passes through a float. */
export function parseMoney(
  text: string,
  currency: string,
  { least, most }: { least: number; most: number },
): ParsedMoney {
  const digits = minorDigits(currency);
  const example = digits === 0 ? "1250" : `1250.${"50".padEnd(digits, "0")}`;
  const typed = text
    .replace(/[\s\u00a0\u202f]/g, "")
    .replace(/^(?:[A-Za-z]{3}|[A-Z]{0,2}\p{Sc})|(?:[A-Za-z]{3}|\p{Sc})$/gu, "");
  if (typed === "") return { error: "Enter an amount." };
  if (typed.startsWith("-") || typed.startsWith("−")) {
    return { error: "Enter the amount without a minus sign." };
  }
  if (/,\d{1,2}$/.test(typed)) return { error: `Write cents after a point, like ${example}.` };
  const match = /^(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/.exec(typed);
  if (!match) return { error: `Write the amount as a number, like ${example}.` };
  const whole = (match[1] ?? "").replaceAll(",", "");
  const fraction = match[2] ?? "";
  if (fraction.length > digits) {
    return {
      error:
        digits === 0 ? "This currency has no cents." : `At most ${digits} digits after the point, like ${example}.`,
    };
  }
  const figures = (whole + fraction.padEnd(digits, "0")).replace(/^0+(?=\d)/, "");
  const cents = Number(figures);
  if (figures.length > 12 || cents > most) {
    return { error: `The most is ${formatMoney(most, currency)}.` };
  }
  if (cents < least) return { error: "Enter an amount above zero." };
  return { cents };
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format costs more than using it for a hundred amounts, so each is made once. */
export function moneyFormat(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = currency + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    // The code of a currency that is none: a number without a sign is better than no amount.
    const known = /^[A-Z]{3}$/.test(currency);
    const style = known ? ({ style: "currency", currency } as const) : {};
    found = new Intl.NumberFormat(locale, { ...style, ...options });
    formats.set(key, found);
  }
  return found;
}
