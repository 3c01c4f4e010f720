import { useRef } from "preact/hooks";
import type { Boat } from "../data/contract";
import { dayName, today } from "../lib/periods";
import { Button } from "../ui/button";
import { type Acts, Block, blockClass, canMove } from "./block";
import { Track } from "./track";
import type { WeekDay } from "./week-geometry";
import { type BoatRow, clockText, dayText, NO_BOAT, plannedIn } from "./week-plan";
import "./day-list.css";

interface Props extends Acts {
  rows: readonly BoatRow[];
  days: readonly WeekDay[];
  timezone: string;
  onCreate(boat: Boat | null, day: WeekDay): void;
}

/** The same week for a phone: day after day what each boat does, with a strip of the days above. */
export function DayByDay(props: Props) {
  const { rows, days } = props;
  const list = useRef<HTMLDivElement>(null);
  const goTo = (place: number) => {
    const heading = list.current?.querySelectorAll<HTMLElement>("h2")[place];
    heading?.focus({ preventScroll: true });
    heading?.closest("section")?.scrollIntoView();
  };
  return (
    <div ref={list} class="week-days">
      <nav class="day-strip" aria-label="Days">
        {days.map(({ day }, place) => (
          <Button
            key={day}
            {...(day === today() ? { "aria-current": "date" as const } : {})}
            onClick={() => goTo(place)}
          >
            <span>{dayName(day).slice(0, 3)}</span> <strong>{Number(day.slice(8))}</strong>{" "}
            <span class={hasConflict(rows, place) ? "tone-due" : ""}>
              {hasConflict(rows, place) && "⚠ "}
              {plannedIn(rows, place).length}
              <span class="visually-hidden"> planned{hasConflict(rows, place) && ", conflict"}</span>
            </span>
          </Button>
        ))}
      </nav>
      {days.map((day, place) => (
        <DaySection key={day.day} {...props} day={day} place={place} />
      ))}
    </div>
  );
}

function DaySection(props: Props & { day: WeekDay; place: number }) {
  const { rows, days, timezone, day, place, onCreate, onMove, onHold } = props;
  const shown = rows.filter(({ planned }) => planned.some(({ pieces }) => pieces.some((piece) => piece.day === place)));
  const name = dayName(day.day);
  return (
    <section aria-label={name}>
      <div class="spread day-title">
        <div>
          <h2 tabIndex={-1}>{day.day === today() ? `Today, ${name}` : name}</h2>
          <p class="week-count">
            {[dayText(rows, place) || "Nothing planned", clockText(day)].filter(Boolean).join(". ")}
          </p>
        </div>
        <Button aria-label={`New charter, ${name}`} onClick={() => onCreate(null, day)}>
          + Charter
        </Button>
      </div>
      {shown.map(({ boat, planned }) => (
        <div key={boat?.boat_id ?? ""} class="day-boat">
          <h3>{boat?.name ?? NO_BOAT}</h3>
          <Track boat={boat} planned={planned} days={days} place={place} />
          <ul>
            {planned.flatMap((one) =>
              one.pieces
                .filter((piece) => piece.day === place)
                .map((piece) => (
                  <li key={one.key}>
                    <Block
                      planned={one}
                      piece={piece}
                      day={day}
                      boat={boat}
                      timezone={timezone}
                      class={blockClass(one, piece)}
                      onHold={() => onHold(one)}
                    />
                    {canMove(one) && (
                      <Button class="quiet" aria-label={`Move ${one.entry.title}`} onClick={() => onMove(one, boat, 0)}>
                        Move…
                      </Button>
                    )}
                  </li>
                )),
            )}
          </ul>
        </div>
      ))}
    </section>
  );
}

const hasConflict = (rows: readonly BoatRow[], place: number) =>
  plannedIn(rows, place).some(({ conflicts }) => conflicts.length > 0);
