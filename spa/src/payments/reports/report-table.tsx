import type { CurrencyTotals, Summary } from "../../data/contract";
import { href } from "../../lib/browser/router";
import { formatMoney } from "../../lib/money";
import { type Period, today } from "../../lib/periods";
import { TableHead } from "../table-head";
import { useApart } from "../use-apart";
import { chartersText, type OfCharters } from "./of-charters";
import {
  barLengths,
  type Column,
  columns,
  hasEntries,
  inCurrency,
  isGrouping,
  netCents,
  type ReportRow,
  reportRows,
  type View,
} from "./report";
import "../report.css";

export const groupingNames: Record<Summary["by"], string> = {
  day: "Day",
  week: "Week",
  month: "Month",
  boat: "Boat",
  captain: "Captain",
};

interface Props {
  summary: Summary;
  range: Period;
  of: OfCharters;
  view: View;
  currency: string;
}

/** The money of a range in one currency: a row for each period, boat or captain, and what they come to. */
export function ReportTable({ summary, range, of, view, currency }: Props) {
  const totals = inCurrency(summary.totals, currency);
  const shown = columns(view, totals);
  const apart = useApart(isGrouping(summary.by) ? summary.by : "boat", summary.groups);
  const rows = reportRows(summary, currency, { range, of, today: today(), apart });
  if (shown.length === 0 || rows.length === 0) return <p class="nothing">No payment in this range.</p>;
  const bars = view === "sums" ? barLengths(rows.map(({ totals }) => netCents(totals))) : [];
  return (
    <table class="report">
      <TableHead names={[groupingNames[summary.by], ...shown.map(({ name }) => name)]} />
      <tbody>
        {rows.map((row, place) => (
          <Row key={row.key} row={row} columns={shown} bar={bars[place] ?? null} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Together</th>
          <Cells columns={shown} totals={totals} />
        </tr>
      </tfoot>
    </table>
  );
}

interface RowProps {
  row: ReportRow;
  columns: readonly Column[];
  /** How long its bar is; null for none. */
  bar: number | null;
}

function Row({ row, columns, bar }: RowProps) {
  const { name, charters, totals, path } = row;
  if (!hasEntries(totals)) {
    return (
      <tr class="report-empty">
        <th scope="row">{name}</th>
        <td colSpan={columns.length}>No payments</td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">
        {path === null ? name : <a href={href(path)}>{name}</a>}
        {charters !== null && (
          <>
            <small class="report-count">{chartersText(charters)}</small>
            {bar !== null && <Bar length={bar} />}
          </>
        )}
      </th>
      <Cells columns={columns} totals={totals} />
    </tr>
  );
}

/** The net of a row beside the others; the figures say the same. */
function Bar({ length }: { length: number }) {
  return (
    <svg class="report-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={length} height="1" />
    </svg>
  );
}

function Cells({ columns, totals }: { columns: readonly Column[]; totals: CurrencyTotals }) {
  return (
    <>
      {columns.map(({ name, cents, main }) => {
        const amount_cents = cents(totals);
        const className = main ? "report-main" : amount_cents === 0 ? "report-zero" : undefined;
        return (
          <td key={name} data-label={name} class={className}>
            {formatMoney(amount_cents, totals.currency)}
          </td>
        );
      })}
    </>
  );
}
