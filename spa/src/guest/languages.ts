import type { WaiverLanguage } from "../data/contract";
import { english, type Words } from "./words";

/** The language asked for, else the first of the browser's that the page has: as the waiver chooses, too. */
export function chooseLanguage(asked: string, browser: readonly string[]): WaiverLanguage {
  for (const tag of [asked, ...browser]) {
    const [language = ""] = tag.toLowerCase().split("-");
    if (language === "en" || language === "es") return language;
  }
  return "en";
}

/** English is always at hand, so it also stands in for words that cannot be fetched. */
export async function loadWords(language: WaiverLanguage): Promise<Words> {
  if (language === "en") return english;
  return import("./words-es").then(
    ({ spanish }) => spanish,
    () => english,
  );
}
