import { accents, apostrophes, blanks, hyphens, invisible, rightToLeft, strokes } from "./letters";

/**
 * Equal for names that differ only in case, accents, forms of apostrophe or hyphen, or the number of blanks, as `fold`
 * of the server's `core/names.py` is. For comparing, not for showing.
 */
export function fold(name: string): string {
  const plain = bare(name.normalize("NFC").replace(blanks, " "));
  // By upper case ẞ and ß become ss. Only at the end of a word a sigma has another form.
  const small = plain.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
  return bare(small)
    .replace(/[^\x20-\x7e]/g, (letter) => strokes[letter] ?? letter)
    .trim()
    .replace(/\s+/g, " ");
}

/** Decomposed, without accents and invisible characters. The apostrophes first: Unicode takes some for accents. */
function bare(text: string): string {
  const decomposed = plainPunctuation(text).normalize("NFKD");
  return plainPunctuation(decomposed.replace(invisible, "").replace(accents, ""));
}

function plainPunctuation(text: string): string {
  return text.replace(apostrophes, "'").replace(hyphens, "-");
}

/** Whether a text has each of the words that are searched for, each anywhere in it. */
export function hasWords(text: string, words: string): boolean {
  const folded = fold(text);
  return fold(words)
    .split(" ")
    .every((word) => folded.includes(word));
}

/** Whether a text shows nothing: it is empty, or of blanks, invisible characters and accents on no letter. */
export function isBlank(text: string): boolean {
  return text.replace(invisible, "").replace(accents, "").trim() === "";
}

/** Whether mail servers take two addresses for one: they ignore the letters' case. */
export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Names one after the other in a line; those written from right to left do not change places with what is beside. */
export function nameList(names: readonly string[]): string {
  return names.map(isolate).join(", ");
}

/** For a text within a line, as `isolate` of the server's `core/names.py` is. */
export function isolate(text: string): string {
  return text.search(rightToLeft) < 0 ? text : `\u2068${text}\u2069`;
}
