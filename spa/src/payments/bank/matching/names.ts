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

/** A name as it is compared. */
export interface Name {
  /** The words that tell whose it is. */
  telling: readonly string[];
  /** These and all words beside the name. */
  all: readonly string[];
  /** How these words begin: names that have no beginning in common have no word in common. */
  heads: ReadonlySet<string>;
  /** The word that a family has in common. */
  family: string | undefined;
  isFirm: boolean;
}

/** A name and the text beside it: what a payer writes can name the payer too. */
export function nameOf(name: string, text = ""): Name {
  const words = telling(wordsOf(name));
  const family = name.includes(",") ? words[0] : words.at(-1);
  const all = [...words, ...wordsOf(text)];
  return { telling: words, all, heads: new Set(all.map(wordHead)), family, isFirm: FIRM.test(fold(name)) };
}

/** Compares a payer with the name on a row of the bank. */
export function fitNames(payer: Name, bank: Name): NameFit {
  if (payer.telling.length === 0) return "none";
  if (bank.telling.length > 0 && !payer.telling.some((word) => bank.heads.has(wordHead(word)))) return "other";
  const missing = payer.telling.filter((word) => !bank.all.some((other) => isSameWord(word, other)));
  if (missing.length === 0) {
    // One word alone names nobody for sure, unless the bank has no other either.
    return payer.telling.length > 1 || bank.telling.length === 1 ? "full" : "partial";
  }
  if (bank.telling.length === 0) return "none";
  const unknown = bank.telling.filter((word) => !payer.telling.some((other) => isSameWord(word, other)));
  // The bank left out a second name, or the desk did.
  if (unknown.length === 0) return bank.telling.length > 1 ? "full" : "partial";
  if (missing.length === payer.telling.length) return "other";
  // A first name alone is no sign: many have it. A family's name is, and so is any word of a firm's.
  return payer.isFirm || bank.isFirm || !missing.includes(payer.family ?? "") ? "partial" : "other";
}

function telling(words: readonly string[]): string[] {
  const rare = words.filter((word) => !COMMON.test(word) && word.length > 1);
  return rare.length > 0 ? rare : [...words];
}

/** How a word begins; words that are the same, as `isSameWord` says, begin alike. */
export function wordHead(word: string): string {
  return word.slice(0, LEAST_PREFIX);
}

/** Equal, or one is the other cut short: `Matt` for `Matthew`. */
function isSameWord(one: string, other: string): boolean {
  const least = Math.min(one.length, other.length);
  return one === other || (least >= LEAST_PREFIX && (one.startsWith(other) || other.startsWith(one)));
}
