import { type FileRow, type Look, lookOfPayment, lookOfRow, type MatchedPayment } from "./fit";
import { wordHead } from "./names";

/** The words of all payments: a word of a row that is none of these makes no difference to any of them. */
interface Vocabulary {
  heads: ReadonlySet<string>;
  numbers: ReadonlySet<string>;
  hints: ReadonlySet<string>;
  checks: ReadonlySet<number>;
}

/**
 * Rows of one amount in groups that no payment tells apart: of one day, with the same name, and the same of all words that
 * stand in a payment too. A thousand deposits of one day that name nobody are then compared once, and not a thousand times.
 */
export function groupAlike(rows: readonly FileRow[], vocabulary: Vocabulary): FileRow[][] {
  const groups = new Map<string, FileRow[]>();
  for (const row of rows) {
    // What a person has said of a row is said of it alone.
    const key = row.rejected ? `only ${row.file} ${row.row_id}` : keyOf(row, lookOfRow(row), vocabulary);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function keyOf({ date }: FileRow, { name, numbers, hints, check }: Look, known: Vocabulary): string {
  const words = name.all.filter((word) => known.heads.has(wordHead(word)));
  const isOtherCheck = check !== "" && !known.checks.has(Number(check));
  const parts = [
    name.telling,
    [name.family ?? "", String(name.isFirm)],
    words,
    [...numbers].filter((number) => known.numbers.has(number)),
    [...hints].filter((hint) => known.hints.has(hint)),
    [isOtherCheck ? "other" : check],
  ];
  return [date, ...parts.map((part) => part.join(" "))].join("|");
}

export function vocabularyOf(payments: readonly MatchedPayment[]): Vocabulary {
  const looks = payments.map(lookOfPayment);
  return {
    heads: new Set(looks.flatMap(({ name }) => name.telling.map(wordHead))),
    numbers: new Set(looks.flatMap(({ numbers }) => [...numbers])),
    hints: new Set(looks.flatMap(({ hints }) => [...hints])),
    checks: new Set(looks.flatMap(({ check }) => (check === "" ? [] : Number(check)))),
  };
}
