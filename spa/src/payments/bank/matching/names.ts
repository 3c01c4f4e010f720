import { fold } from "../../../lib/names";

/**
 * How a payer's name and a bank's row agree: `full` in all words that tell a person, `partial` in a family's or a firm's
 * word, `none` when one side names nobody, `other` when both do and they differ.
 */
export type NameFit = "full" | "partial" | "none" | "other";

/** Words that many names have. */
const COMMON =
  /^(?:and|the|of|de|del|la|le|van|von|der|den|da|di|dos|mr|mrs|ms|dr|jr|sr|inc|llc|ltd|co|corp|gmbh|company|family|sons?)$/;
const FIRM =
  /\b(?:inc|llc|ltd|co|corp|corporation|gmbh|company|sons|club|school|association|foundation|society|group)\b/;
/** A short name, or what a bank's field has room for. */
const LEAST_PREFIX = 3;

/** The words of a text, without case, accents and punctuation. */
export function wordsOf(text: string): string[] {
  return fold(text)
    .replaceAll("'", "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** Compares a payer with the name on a row; what the payer wrote to it can name the payer too. */
export function fitNames(payer: string, counterparty: string, text: string): NameFit {
  const payerWords = telling(wordsOf(payer));
  if (payerWords.length === 0) return "none";
  const rowWords = telling(wordsOf(counterparty));
  const allWords = [...rowWords, ...wordsOf(text)];
  const missing = payerWords.filter((word) => !allWords.some((other) => isSameWord(word, other)));
  if (missing.length === 0) return payerWords.length > 1 || isAlone(rowWords, payerWords) ? "full" : "partial";
  if (rowWords.length === 0) return "none";
  const unknown = rowWords.filter((word) => !payerWords.some((other) => isSameWord(word, other)));
  // The bank left out a second name, or the desk did.
  if (unknown.length === 0) return rowWords.length > 1 ? "full" : "partial";
  return agreesInFamily(payer, payerWords, missing, counterparty) ? "partial" : "other";
}

function telling(words: readonly string[]): string[] {
  const rare = words.filter((word) => !COMMON.test(word) && word.length > 1);
  return rare.length > 0 ? rare : [...words];
}

function isAlone(rowWords: readonly string[], payerWords: readonly string[]): boolean {
  return rowWords.length === payerWords.length;
}

/** Equal, or one is the other cut short: `Matt` for `Matthew`. */
function isSameWord(one: string, other: string): boolean {
  const least = Math.min(one.length, other.length);
  return one === other || (least >= LEAST_PREFIX && (one.startsWith(other) || other.startsWith(one)));
}

/** A first name alone is no sign: many have it. A family's name is, and so is any word of a firm's. */
function agreesInFamily(payer: string, words: readonly string[], missing: readonly string[], counterparty: string) {
  if (missing.length === words.length) return false;
  const isFirm = FIRM.test(fold(counterparty)) || FIRM.test(fold(payer));
  const family = payer.includes(",") ? words[0] : words.at(-1);
  return isFirm || !missing.includes(family ?? "");
}
