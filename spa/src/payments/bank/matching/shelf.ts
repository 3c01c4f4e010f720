import { type FileRow, lookOfPayment, lookOfRow, type MatchedPayment } from "./fit";
import { wordHead } from "./names";

/**
 * Rows of one amount, by their days, so that few of them have to be compared with a payment. Rows that no payment tells apart
 * are one place: of one day, and with the same of all words that stand in a payment too.
 */
export interface Shelf {
  places: readonly (readonly FileRow[])[];
  /** Places whose rows name nobody, in their order. */
  nameless: readonly number[];
  /** Places by how a word of theirs begins, and by their numbers. */
  byWord: ReadonlyMap<string, readonly number[]>;
}

/** `rows` by their days; `payments` all that they will be compared with. */
export function shelfOf(rows: readonly FileRow[], payments: readonly MatchedPayment[]): Shelf {
  const vocabulary = vocabularyOf(payments);
  const groups = new Map<string, FileRow[]>();
  for (const row of rows) {
    // What a person has said of a row is said of it alone.
    const key = row.rejected ? `only ${row.file} ${row.row_id}` : keyOf(row, vocabulary);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const places = [...groups.values()];
  const nameless: number[] = [];
  const byWord = new Map<string, number[]>();
  for (const [place, [first]] of places.entries()) {
    const { name, numbers } = lookOfRow(first as FileRow);
    if (name.telling.length === 0) nameless.push(place);
    for (const word of new Set([...name.heads, ...[...numbers].map(numberKey)])) {
      const known = byWord.get(word);
      if (known) known.push(place);
      else byWord.set(word, [place]);
    }
  }
  return { places, nameless, byWord };
}

/** The places from one to before another with which a payment can have anything in common, in their order. */
export function placesFor(
  { nameless, byWord }: Shelf,
  payment: MatchedPayment,
  from: number,
  before: number,
): readonly number[] {
  const { name, numbers } = lookOfPayment(payment);
  // Who is not named can be anybody.
  if (name.telling.length === 0) return Array.from({ length: Math.max(before - from, 0) }, (_, at) => from + at);
  const words = [...name.heads, ...[...numbers].map(numberKey)];
  const found = new Set<number>();
  for (const places of [nameless, ...words.map((word) => byWord.get(word) ?? [])]) {
    for (const place of places) if (place >= from && place < before) found.add(place);
  }
  return [...found].sort((a, b) => a - b);
}

const numberKey = (number: string) => `#${number}`;

/** The words of all payments: a word of a row that is none of these is to all of them just some word. */
interface Vocabulary {
  heads: ReadonlySet<string>;
  numbers: ReadonlySet<string>;
  hints: ReadonlySet<string>;
  checks: ReadonlySet<number>;
}

function vocabularyOf(payments: readonly MatchedPayment[]): Vocabulary {
  const looks = payments.map(lookOfPayment);
  return {
    heads: new Set(looks.flatMap(({ name }) => [...name.heads])),
    numbers: new Set(looks.flatMap(({ numbers }) => [...numbers])),
    hints: new Set(looks.flatMap(({ hints }) => [...hints])),
    checks: new Set(looks.flatMap(({ check }) => (check === "" ? [] : Number(check)))),
  };
}

/** Equal for rows of which `fitOf` says the same, whichever of the payments it is asked about. */
function keyOf(row: FileRow, known: Vocabulary): string {
  const { name, numbers, hints, check } = lookOfRow(row);
  const isKnown = (word: string) => known.heads.has(wordHead(word));
  const joined = name.runs.filter((run) => isKnown(run.join("")));
  const isTold = (word: string) => isKnown(word) || joined.some((run) => run.includes(word));
  const parts = [
    // How many words a name has tells, too.
    name.telling.map((word) => (isTold(word) ? word : "?")),
    name.all.filter(isKnown),
    joined.map((run) => run.join("+")),
    [...numbers].filter((number) => known.numbers.has(number)),
    [...hints].filter((hint) => known.hints.has(hint)),
  ];
  const isOtherCheck = check !== "" && !known.checks.has(Number(check));
  const others = [row.date, name.isFirm, isOtherCheck ? "other" : check];
  return [...others, ...parts.map((part) => part.join(" "))].join("|");
}
