import { useEffect, useState } from "preact/hooks";
import { openCharterDialog } from "../charters/form/open-charter";
import { listCharters } from "../data/api";
import { keepListed } from "../data/charters";
import type { Boat, Hold, Week } from "../data/contract";
import { listHolds, readSchedule } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { href, query } from "../lib/browser/router";
import { nowMs, operatorTimezone } from "../lib/clock";
import { useValue } from "../lib/observable";
import { type Day, daysLater, isDay, type Period, spanName, today } from "../lib/periods";
import type { LocalDateTime } from "../lib/time";
import { Button, PrintButton } from "../ui/button";
import { Loaded } from "../ui/loaded";
import { keepFocus } from "../ui/page";
import { DayByDay } from "./day-list";
import { HoldDialog } from "./hold-dialog";
import { dayOf, holdForm, newHoldForm } from "./hold-form";
import { MoveDialog } from "./move-dialog";
import { proposedStart, type WeekDay, weekDays } from "./week-geometry";
import { type BoatRow, boatRows, countConflicts, NO_BOAT, type Planned } from "./week-plan";
import { WeekTable } from "./week-table";
import "./week.css";

/** Seven days of all boats, from today or from the day that the address names: `?from=2026-11-28`. */
export function WeekPage() {
  const asked = new URLSearchParams(useValue(query)).get("from") ?? "";
  const from = isDay(asked) ? asked : today();
  const period = { from, to: daysLater(from, 6) };
  const week = useAnswer(() => readWeek(period), [from]);
  useEffect(() => void readCharters(period), [from]);
  const timezone = operatorTimezone();
  const days = weekDays(from, timezone);
  const rows = week.answer ? boatRows(week.answer.week, week.answer.holds, days) : [];
  const [opened, setOpened] = useState<Opened | null>(null);

  const startOf = (boat_id: string | null, day: WeekDay) => {
    const row = rows.find(({ boat }) => boat?.boat_id === boat_id);
    return proposedStart(day, bookedOf(row), turnaroundMs(row?.boat), timezone, nowMs());
  };
  const acts = {
    timezone,
    onMove: (planned: Planned, boat: Boat | null, days: number) =>
      setOpened({ what: "move", planned, boat_id: boat?.boat_id ?? null, days }),
    onHold: ({ hold, entry }: Planned) => hold && setOpened({ what: "hold", hold, at: entry.starts_at }),
    onCreate: (boat: Boat | null, day: WeekDay) =>
      openCharterDialog(null, undefined, { boat, starts_at: startOf(boat?.boat_id ?? null, day) }),
    onNewHold: (boat: Boat, day: WeekDay) =>
      setOpened({ what: "new hold", boat_id: boat.boat_id, start: startOf(boat.boat_id, day) }),
  };

  return (
    <>
      <div class="page-head week-head">
        <h1 tabIndex={-1}>
          Week <span class="week-name">{spanName(period)}</span>
        </h1>
        <nav class="buttons no-print" aria-label="Weeks">
          <WeekLink from={daysLater(from, -7)} label="Previous week" text="‹" />
          <WeekLink from={today()} label="Today" text="Today" />
          <WeekLink from={daysLater(from, 7)} label="Next week" text="›" />
        </nav>
        {week.answer && <ConflictBadge rows={rows} />}
        <p class="buttons week-acts no-print">
          <span class="only-desktop">
            <PrintButton />
          </span>
          {rows.some(({ boat }) => boat) && (
            <Button onClick={() => setOpened({ what: "new hold", boat_id: "", start: "" })}>Hold a boat</Button>
          )}
          <span class={rows.length > 0 ? "only-desktop" : undefined}>
            <Button class="primary" onClick={() => openCharterDialog()}>
              New charter
            </Button>
          </span>
        </p>
      </div>
      <Loaded asked={week} failed="The week could not be loaded." kind="line" rows={5}>
        {() =>
          rows.length === 0 ? (
            <NoBoat />
          ) : (
            <>
              <WeekTable label={`Week ${spanName(period)}`} rows={rows} days={days} {...acts} />
              <WeekKey />
              <DayByDay rows={rows} days={days} {...acts} />
            </>
          )
        }
      </Loaded>
      {opened && (
        <WeekDialog
          opened={opened}
          boats={week.answer?.week.boats ?? []}
          onSaved={() => void week.again().then(keepFocus)}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}

const turnaroundMs = (boat: Boat | null | undefined) => (boat?.turnaround_minutes ?? 0) * 60_000;
const bookedOf = (row: BoatRow | undefined) => row?.planned.map(({ span }) => span) ?? [];

interface WeekAnswer {
  week: Week;
  holds: readonly Hold[];
}

async function readWeek(period: Period): Promise<WeekAnswer> {
  const [week, { holds }] = await Promise.all([readSchedule(period), listHolds(period)]);
  return { week, holds };
}

/** For their captains and how ready they are; without them the week shows all the same. */
async function readCharters(period: Period): Promise<void> {
  const asked_at_ms = performance.now();
  try {
    keepListed((await listCharters({ ...period, limit: 100 })).events, asked_at_ms);
  } catch {
    // The next week that is shown reads again.
  }
}

function WeekLink({ from, label, text }: { from: Day; label: string; text: string }) {
  return (
    <a class="button" href={href(`/week?from=${from}`)} aria-label={label}>
      {text}
    </a>
  );
}

function ConflictBadge({ rows }: { rows: readonly BoatRow[] }) {
  const conflicts = countConflicts(rows);
  if (conflicts === 0) return null;
  return (
    <p class="badge badge-due">
      ⚠ {conflicts} {conflicts === 1 ? "conflict" : "conflicts"}
    </p>
  );
}

function NoBoat() {
  return (
    <div class="empty">
      <p class="empty-title">No boat yet, and nothing planned.</p>
      <p>The week shows a row for each boat. Charters on boats without a record stand under “{NO_BOAT}”.</p>
    </div>
  );
}

type Opened =
  | { what: "move"; planned: Planned; boat_id: string | null; days: number }
  /** `at`: the start of the time that was opened, of a hold that repeats. */
  | { what: "hold"; hold: Hold; at: string }
  | { what: "new hold"; boat_id: string; start: LocalDateTime };

interface DialogProps {
  opened: Opened;
  boats: readonly Boat[];
  onSaved(): void;
  onClose(): void;
}

function WeekDialog({ opened, ...shared }: DialogProps) {
  if (opened.what === "move") return <MoveDialog {...opened} {...shared} />;
  if (opened.what === "hold") {
    const { hold, at } = opened;
    return <HoldDialog hold={hold} first={holdForm(hold)} day={hold.weekly_until && dayOf(at, hold)} {...shared} />;
  }
  const first = newHoldForm(opened.boat_id, opened.start, operatorTimezone(), nowMs());
  return <HoldDialog hold={null} first={first} day={null} {...shared} />;
}

function WeekKey() {
  return (
    <ul class="week-key no-print">
      <li class="key-ready">Ready</li>
      <li class="key-open">Something open</li>
      <li class="key-blocks">Blocked</li>
      <li class="key-option">Held, not sold</li>
      <li class="key-maintenance">Out of service, blocked</li>
      <li class="key-turnaround">Turnaround</li>
      <li>The thin bar is the day, midnight to midnight.</li>
      <li>Keys: arrows go, Enter opens, M moves.</li>
    </ul>
  );
}
