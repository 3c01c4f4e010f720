import { RefusedFile } from "./rows";

export interface DecodedText {
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

function refuseOtherFiles(bytes: Uint8Array): void {
  const head = String.fromCharCode(...bytes.slice(0, 5));
  if (head.startsWith("%PDF")) throw new RefusedFile("This is a PDF. Download the statement as CSV, OFX or QFX.");
  if (head.startsWith("PK") || head.startsWith("\xd0\xcf\x11\xe0")) {
    throw new RefusedFile("This is a workbook or an archive. Download the statement as CSV, OFX or QFX.");
  }
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
    return { text: decoded(bytes, "windows-1252"), name: "windows-1252" };
  }
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
