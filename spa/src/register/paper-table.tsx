import type { ComponentChildren } from "preact";
import { nowMs, operatorTimezone } from "../lib/clock";
import { localDay } from "../lib/time";
import { Button } from "../ui/button";
import { type Paper, type PaperState, paperState, stateOfKind } from "./paper-state";
import "./register.css";

export interface PaperRow {
  id: string;
  name: string;
  /** What stands beside the name. */
  what: string;
  /** What stands below the name. */
  more: string;
  active: boolean;
  papers: readonly Paper[];
  /** Kinds of paper that this one has to have. */
  expected: readonly string[];
  contact?: ComponentChildren;
  onOpen(): void;
}

interface Props {
  label: string;
  /** What each kind of paper is called, by kind. */
  kinds: Readonly<Record<string, string>>;
  rows: readonly PaperRow[];
  /** The head of the column of contacts. */
  contact?: string;
}

const NOT_ENTERED: PaperState = { text: "Not entered", tone: "part", order: 1 };

/** Boats or people, one line each: their papers side by side; where that is too narrow, only what is not in order. */
export function PaperTable({ label, kinds, rows, contact }: Props) {
  const today = operatorToday();
  const columns = Object.entries(kinds);
  return (
    <table class="papers" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Name</th>
          {contact && <th scope="col">{contact}</th>}
          {columns.map(([kind, name]) => (
            <th key={kind} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const states = columns.map(([kind]) => stateOf(row, kind, today));
          const allGood = states.every((state) => !state || state.tone === "good");
          return (
            <tr key={row.id} class={row.active ? undefined : "papers-inactive"}>
              <th scope="row">
                <p>
                  <Button class="quiet" onClick={row.onOpen}>
                    {row.name}
                  </Button>{" "}
                  {row.what}
                </p>{" "}
                <small>{[row.active ? "" : "Not active", row.more].filter(Boolean).join(" · ")}</small>
              </th>
              {contact && <td class="papers-contact">{row.contact}</td>}
              {columns.map(([kind, name], index) => (
                <PaperCell key={kind} name={name} state={states[index] ?? null} />
              ))}
              {allGood && (
                <td class={`papers-good tone-${row.papers.length > 0 ? "good" : "calm"}`}>
                  {row.papers.length > 0 ? "All papers valid" : "No papers"}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function PaperCell({ name, state }: { name: string; state: PaperState | null }) {
  const inOrder = !state || state.tone === "good";
  return (
    <td class={inOrder ? "papers-ok" : "papers-flag"} data-label={name}>
      {state ? <span class={state.order === 0 ? "badge badge-due" : `tone-${state.tone}`}>{state.text}</span> : "–"}
    </td>
  );
}

function stateOf({ papers, expected, active }: PaperRow, kind: string, today: string): PaperState | null {
  return stateOfKind(papers, kind, today) ?? (active && expected.includes(kind) ? NOT_ENTERED : null);
}

/** How many papers of those who are active need a look, in words. */
export function PaperCounts({ rows }: { rows: readonly PaperRow[] }) {
  const today = operatorToday();
  const states = rows
    .filter(({ active }) => active)
    .flatMap(({ papers }) => papers.map(({ valid_until }) => paperState(valid_until, today)));
  const count = (...orders: number[]) => states.filter(({ order }) => orders.includes(order)).length;
  const [expired, soon, unknown] = [count(0), count(2, 3), count(1)];
  return (
    <p class="badges">
      {expired > 0 && <span class="badge badge-due">{expired} expired</span>}
      {soon > 0 && <span class="badge badge-part">{soon} within 30 days</span>}
      {unknown > 0 && <span class="badge badge-calm">{unknown} without a date</span>}
    </p>
  );
}

function operatorToday(): string {
  return localDay(new Date(nowMs()), operatorTimezone());
}
