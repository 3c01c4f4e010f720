import { RefusedFile } from "./rows";

interface DecodedText {
  text: string;
  /** As a person would name it, for example `UTF-8 with byte-order mark, CRLF`. */
  encoding: string;
}

/** A file as text: by its byte-order mark, else UTF-8 if it is valid, else as Windows writes it. */
export function decode(bytes: Uint8Array): DecodedText {
  refuseOtherFiles(bytes);
  const { text, name } = decodeAs(bytes);
  if (text.trim() === "") throw new RefusedFile("The file is empty.");
  return { text, encoding: text.includes("\r\n") ? `${name}, CRLF` : name };
}

/** A year of any bank is far less. */
export const MOST_BYTES = 20_000_000;
/** So far into a file its kind shows; some programs write a few bytes before it. */
const HEAD_BYTES = 1024;
const SIGNATURES: readonly [what: string, heads: readonly string[]][] = [
  ["a workbook or an archive", ["PK", "\xd0\xcf\x11\xe0", "\x1f\x8b", "7z\xbc", "Rar!", "BZh"]],
  ["a picture", ["\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF"]],
];
const WEB_PAGE = /^\W*<(?:!doctype html|html|head|body|table|meta|script|div)\b/i;

function refuseOtherFiles(bytes: Uint8Array): void {
  if (bytes.length > MOST_BYTES) throw new RefusedFile("This file is too large.");
  const what = otherKind(String.fromCharCode(...bytes.slice(0, HEAD_BYTES)));
  if (what) throw new RefusedFile(`This is ${what}. Download the statement as CSV, OFX or QFX.`);
}

function otherKind(head: string): string | undefined {
  if (head.includes("%PDF-")) return "a PDF";
  // Without the zeros of UTF-16.
  if (WEB_PAGE.test(head.replaceAll("\0", ""))) return "a web page";
  return SIGNATURES.find(([, heads]) => heads.some((start) => head.startsWith(start)))?.[0];
}

function decodeAs(bytes: Uint8Array): { text: string; name: string } {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return { text: decoded(bytes, "utf-8"), name: "UTF-8 with byte-order mark" };
  }
  if (first === 0xff && second === 0xfe) {
    return { text: decoded(bytes, "utf-16le"), name: "UTF-16 little endian with byte-order mark" };
  }
  if (first === 0xfe && second === 0xff) {
    return { text: decoded(bytes, "utf-16be"), name: "UTF-16 big endian with byte-order mark" };
  }
  // Text in Latin letters has a zero in every second place.
  if (first !== 0 && second === 0) return { text: decoded(bytes, "utf-16le"), name: "UTF-16 little endian" };
  if (first === 0 && second !== 0) return { text: decoded(bytes, "utf-16be"), name: "UTF-16 big endian" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, name: asciiName(text) };
  } catch {
    const text = decoded(bytes, "windows-1252").replace(/[\x80-\x9f]/g, (letter) => ofWindows(letter));
    return { text, name: "windows-1252" };
  }
}

/** In the order of their bytes from 0x80; those that Windows has no letter for stand as they are. */
const OF_WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** Some versions of Node read these bytes as if they were Latin-1, where they are no letters. */
function ofWindows(letter: string): string {
  return OF_WINDOWS[letter.charCodeAt(0) - 0x80] ?? letter;
}

/** OFX files declare their letters, also where they use none beyond ASCII. */
function asciiName(text: string): string {
  const declared = /^CHARSET:\s*(\d+)/m.exec(text.slice(0, 500))?.[1];
  const isAscii = !/[^\0-\x7f]/.test(text);
  return isAscii && declared === "1252" ? "windows-1252" : "UTF-8";
}

function decoded(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}
