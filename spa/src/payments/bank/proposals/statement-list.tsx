import { formatMoney } from "../../../lib/money";
import { spanName } from "../../../lib/periods";
import { Button } from "../../../ui/button";
import type { Statement } from "../statement-file/read";
import { formatNames } from "../statement-file/rows";
import type { ReadFile, Review } from "./review";

interface Props {
  files: readonly ReadFile[];
  review: Review | null;
  onClose(file: ReadFile): void;
  /** For files whose columns somebody has chosen, to choose others. */
  onColumns(file: ReadFile): void;
}

/** The files that are open: whose, of when, and whether their rows add up. */
export function StatementList({ files, review, onClose, onColumns }: Props) {
  const rest = review ? restText(review) : "";
  return (
    <>
      <ul class="bank-files">
        {files.map((file) => (
          <li key={file.sha256}>
            <p>
              <strong>{formatNames[file.statement.format]}</strong> {file.name}, {periodText(file.statement)}
            </p>
            <Sum statement={file.statement} />
            {file.statement.chosen && (
              <Button class="quiet" aria-label={`Columns… ${file.name}`} onClick={() => onColumns(file)}>
                Columns…
              </Button>
            )}
            <Button class="quiet" aria-label={`Close ${file.name}`} onClick={() => onClose(file)}>
              Close
            </Button>
          </li>
        ))}
      </ul>
      {rest && <p class="hint">{rest}</p>}
    </>
  );
}

function periodText({ rows }: Statement): string {
  const days = rows.flatMap(({ date }) => date ?? []).sort();
  const [from, to] = [days[0], days.at(-1)];
  const count = rowsText(rows.length);
  return from && to ? `${spanName({ from, to })}, ${count}` : count;
}

function Sum({ statement }: { statement: Statement }) {
  const { difference_cents, fees_cents, opening_cents, closing_cents, currency } = statement;
  const money = (cents: number) => formatMoney(cents, currency);
  if (difference_cents === null) return <p class="hint">No balances to check the sum by</p>;
  if (difference_cents === 0) {
    const fees = fees_cents === 0 ? "" : `, less ${money(Math.abs(fees_cents))} of fees`;
    return <p class="tone-good">The rows add up{fees}</p>;
  }
  const more = difference_cents > 0 ? "more" : "less";
  return (
    <p class="tone-due" role="alert">
      The rows do not add up: from {money(opening_cents ?? 0)} to {money(closing_cents ?? 0)} it is{" "}
      {money(Math.abs(difference_cents))} {more} than they say
    </p>
  );
}

/** What is in the files and not in the table. */
function restText({ known, cleared }: Review): string {
  const parts = [
    known > 0 ? `${rowsText(known)} dealt with before` : "",
    cleared > 0 ? `${rowsText(cleared)} of payments that are cleared already` : "",
  ];
  return parts.filter(Boolean).join(". ");
}

function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}
