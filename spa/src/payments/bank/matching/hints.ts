import { fold } from "../../../lib/names";
import { months } from "../statement-file/days";
import { wordsOf } from "./names";

const MONTH = `(${months.join("|")})`;
const DAY = "(\\d\\d?)";
const IN_FIGURES = new RegExp(`\\b${DAY}/${DAY}\\b`, "g");
const MONTH_FIRST = new RegExp(`\\b${MONTH}[a-z]*\\.? ${DAY}\\b`, "g");
const DAY_FIRST = new RegExp(`\\b${DAY}\\.? ${MONTH}[a-z]*\\b`, "g");
/** Words that stand in the texts of all charters. */
const COMMON =
  /^(?:for|the|and|of|to|a|on|in|at|with|deposit|balance|payment|charter|trip|sail|full|half|day|thanks?|you)$/;

/** The words of a text that tell one charter from another; days as `oct24`, however they are written. */
export function hintsOf(text: string): Set<string> {
  const days = fold(text)
    .replace(IN_FIGURES, (whole, month, day) => ` ${months[Number(month) - 1] ?? whole}${Number(day)} `)
    .replace(MONTH_FIRST, (_, month, day) => ` ${month}${Number(day)} `)
    .replace(DAY_FIRST, (_, day, month) => ` ${month}${Number(day)} `);
  return new Set(wordsOf(days).filter((word) => !COMMON.test(word)));
}

/** How many words both have. */
export function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let count = 0;
  for (const word of one) if (other.has(word)) count++;
  return count;
}
