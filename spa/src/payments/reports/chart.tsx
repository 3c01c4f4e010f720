import { useState } from "preact/hooks";
import type { CurrencyTotals, PeriodTotals } from "../../data/contract";
import { minorDigits } from "../../lib/currencies";
import { formatMoney, formatMoneyShort, prefix } from "../../lib/money";
import { monthName } from "../../lib/periods";
import { TableHead } from "../table-head";
import { chartGeometry, type Plot } from "./chart-geometry";
import { inCurrency, netCents, sumNames } from "./report";
import "../report.css";
import "./chart.css";

const WIDTH = 340;
const HEIGHT = 170;
const PLOT: Plot = { left: 44, right: WIDTH, top: 10, bottom: HEIGHT - 22 };

/** What was kept in each month, as bars; the slider below, or a tap, reads one. */
export function MoneyByMonth({ months, currency }: { months: readonly PeriodTotals[]; currency: string }) {
  const [at, setAt] = useState(months.length - 1);
  const totals = months.map((month) => inCurrency(month.totals, currency));
  const values = totals.map(netCents);
  const { bars, ticks, step } = chartGeometry(values, PLOT);
  const chosen = months[at];
  const reading = chosen && totals[at] ? readingOf(chosen, totals[at]) : "";

  const tap = (event: MouseEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const index = Math.floor((x - PLOT.left) / step);
    if (index >= 0 && index < months.length) setAt(index);
  };

  return (
    <div class="chart">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider below does the same by keyboard */}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={labelOf(months, values, currency)} onClick={tap}>
        {ticks.map(({ cents, y }) => (
          <g key={cents}>
            <line class={cents === 0 ? "chart-zero" : "chart-line"} x1={PLOT.left} x2={PLOT.right} y1={y} y2={y} />
            <text class="chart-text" x={PLOT.left - 5} y={y + 3.5} text-anchor="end">
              {compact(cents, currency)}
            </text>
          </g>
        ))}
        {bars.map((bar, index) => (
          <g key={months[index]?.from}>
            <rect
              class={index === at ? "chart-bar chart-bar-chosen" : "chart-bar"}
              x={bar.x}
              y={bar.y}
              width={bar.width}
              height={bar.height}
            />
            <text
              class={`chart-text${labelLook(index, at, months.length)}`}
              x={bar.x + bar.width / 2}
              y={HEIGHT - 6}
              text-anchor="middle"
            >
              {initials(months[index]?.from ?? "")}
            </text>
          </g>
        ))}
      </svg>
      <label class="chart-slider no-print">
        <span class="visually-hidden">Month to read</span>
        <input
          type="range"
          min={0}
          max={months.length - 1}
          step={1}
          value={at}
          aria-valuetext={reading}
          onInput={(event) => setAt(Number(event.currentTarget.value))}
        />
      </label>
      <p class="chart-reading">{reading}</p>
      <details class="entry-actions">
        <summary>The same in numbers</summary>
        <table class="report">
          <TableHead names={["Month", sumNames.net, sumNames.tips]} />
          <tbody>
            {months.map((month, index) => (
              <tr key={month.from}>
                <th scope="row">{monthName(month.from)}</th>
                <td data-label={sumNames.net}>{formatMoney(values[index] ?? 0, currency)}</td>
                <td data-label={sumNames.tips}>{formatMoney(totals[index]?.tips_cents ?? 0, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

function readingOf({ from }: PeriodTotals, totals: CurrencyTotals): string {
  const money = (cents: number) => formatMoney(cents, totals.currency);
  const besides = [
    totals.refunded_cents > 0 ? `${money(totals.refunded_cents)} given back` : "",
    totals.tips_cents > 0 ? `${money(totals.tips_cents)} tips besides` : "",
    totals.uncleared_cents > 0 ? `${money(totals.uncleared_cents)} to clear` : "",
  ].filter(Boolean);
  return [`${monthName(from)}: ${money(netCents(totals))} kept`, ...besides].join(", ");
}

function labelOf(months: readonly PeriodTotals[], values: readonly number[], currency: string): string {
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last) return "Bars without a month.";
  const most = values.indexOf(Math.max(...values));
  const highest = `${monthName(months[most]?.from ?? last.from)}, ${formatMoney(values[most] ?? 0, currency)}`;
  return `Bars of the money kept in each month from ${monthName(first.from)} to ${monthName(last.from)}. Highest: ${highest}.`;
}

/** As short as a tick of the chart: `$40`, `¥120K`. */
export function compact(cents: number, currency: string): string {
  const whole = cents / 10 ** minorDigits(currency);
  if (Math.abs(whole) < 1_000) return formatMoneyShort(cents, currency);
  const figures = new Intl.NumberFormat("en-US", { notation: "compact" }).format(Math.abs(whole));
  return `${cents < 0 ? "−" : ""}${prefix(currency)}${figures}`;
}

/** On a phone there is room for the chosen month, and for every third other that is not beside it. */
function labelLook(index: number, at: number, months: number): string {
  if (index === at) return " chart-text-chosen";
  const third = (months - 1 - index) % 3 === 0;
  return third && Math.abs(index - at) > 1 ? "" : " chart-text-minor";
}

/** `Nov`, and for each January its year, too. */
function initials(day: string): string {
  const [month = ""] = monthName(day, "short").split(" ");
  return day.slice(5, 7) === "01" ? `’${day.slice(2, 4)}` : month;
}
