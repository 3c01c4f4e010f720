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
  /** Its neighbouring words, two or three of them, which another may write as one. */
  runs: readonly (readonly string[])[];
  /** How all of these begin: names that have no beginning in common have no word in common. */
  heads: ReadonlySet<string>;
  /** The word that a family has in common. */
  family: string | undefined;
  isFirm: boolean;
}

/** A name and the text beside it: what a payer writes can name the payer too. */
export function nameOf(name: string, text = ""): Name {
  const written = spelledAlike(name);
  const words = telling(written);
  const family = name.includes(",") ? words[0] : words.at(-1);
  const all = [...words, ...spelledAlike(text)];
  const runs = runsOf(written);
  const heads = new Set([...all, ...runs.map((run) => run.join(""))].map(wordHead));
  return { telling: words, all, runs, heads, family, isFirm: FIRM.test(fold(name)) };
}

/** The words of a name. Ü is written as UE by some banks and as U by others; æ, ä, ö and œ alike. */
function spelledAlike(name: string): string[] {
  return wordsOf(name).map((word) => word.replace(/ae|æ/g, "a").replace(/oe|œ/g, "o").replaceAll("ue", "u"));
}

function runsOf(words: readonly string[]): string[][] {
  return [2, 3].flatMap((length) => words.slice(length - 1).map((_, start) => words.slice(start, start + length)));
}

/** Compares a payer with the name on a row of the bank. */
export function fitNames(payer: Name, bank: Name): NameFit {
  if (payer.telling.length === 0) return "none";
  if (bank.telling.length > 0 && !beginsAlike(payer, bank)) return "other";
  const missing = payer.telling.filter((word) => !stands(word, payer, bank));
  if (missing.length === 0) {
    // One word alone names nobody for sure, unless the bank has no other either.
    return payer.telling.length > 1 || bank.telling.length === 1 ? "full" : "partial";
  }
  if (bank.telling.length === 0) return "none";
  const unknown = bank.telling.filter((word) => !stands(word, bank, payer));
  // The bank left out a second name, or the desk did.
  if (unknown.length === 0) return bank.telling.length > 1 ? "full" : "partial";
  if (missing.length === payer.telling.length) return "other";
  // A first name alone is no sign: many have it. A family's name is, and so is any word of a firm's.
  return payer.isFirm || bank.isFirm || !missing.includes(payer.family ?? "") ? "partial" : "other";
}

const beginsAlike = (one: Name, other: Name) => [...one.heads].some((head) => other.heads.has(head));

/** Whether a word of a name stands in the other one, written together or apart: `O'Neil` and `O NEIL`. */
function stands(word: string, own: Name, other: Name): boolean {
  return (
    other.all.some((its) => isSameWord(word, its)) ||
    other.runs.some((run) => run.join("") === word) ||
    own.runs.some((run) => run.includes(word) && other.telling.includes(run.join("")))
  );
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
