import { useRef, useState } from "preact/hooks";
import type { Boat } from "../data/contract";
import { dayName, today } from "../lib/periods";
import { type Acts, Block, blockClass, canMove } from "./block";
import { stopAt, useGrid } from "./grid-keys";
import { Track } from "./track";
import type { WeekDay } from "./week-geometry";
import { type BoatRow, clockText, dayText, NO_BOAT, type Planned } from "./week-plan";

interface Props extends Acts {
  label: string;
  rows: readonly BoatRow[];
  days: readonly WeekDay[];
  timezone: string;
  onCreate(boat: Boat | null, day: WeekDay): void;
  onNewHold(boat: Boat, day: WeekDay): void;
}

/** What is being moved, from which of the days, and where it would go. */
interface Moving {
  planned: Planned;
  from: number;
  row: number;
  place: number;
}

/** Boats as rows, days as columns; entries are dragged, or moved with the arrow keys after M. */
export function WeekTable(props: Props) {
  const { label, rows, days } = props;
  const table = useRef<HTMLTableElement>(null);
  const { onFocusIn, go } = useGrid(table);
  const [moving, setMoving] = useState<Moving | null>(null);
  const [said, setSaid] = useState("");

  const say = ({ row, place }: Moving) =>
    setSaid(
      `To ${rows[row]?.boat?.name ?? NO_BOAT}, ${dayName(days[place]?.day ?? "")}: Enter, or Escape to leave it.`,
    );

  const take = (planned: Planned, from: number, row: number) => {
    if (!canMove(planned)) {
      setSaid(planned.hold ? "It repeats each week: open it to change it." : "It has sailed.");
      return;
    }
    setMoving({ planned, from, row, place: from });
    setSaid(`Moving ${planned.entry.title}: arrow keys choose boat and day, Enter puts it there, Escape leaves it.`);
  };

  const aim = (row: number, place: number) => {
    if (!moving || !isPlace(moving.planned, rows[row]) || !days[place]) return;
    if (row === moving.row && place === moving.place) return;
    const next = { ...moving, row, place };
    setMoving(next);
    say(next);
  };

  const put = () => {
    if (!moving) return;
    const { planned, from, row, place } = moving;
    setMoving(null);
    setSaid("");
    const boat = rows[row]?.boat ?? null;
    const isThere = place === from && (boat?.boat_id ?? null) === planned.entry.boat_id;
    if (!isThere) props.onMove(planned, boat, place - from);
  };

  const leave = () => {
    setMoving(null);
    setSaid("");
  };

  const onKeyDown = (press: KeyboardEvent) => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const done = moving ? steer(press.key, moving) : walk(press);
    if (done) press.preventDefault();
  };

  const steer = (key: string, { row, place }: Moving): boolean => {
    if (key === "ArrowLeft") aim(row, place - 1);
    else if (key === "ArrowRight") aim(row, place + 1);
    else if (key === "ArrowUp") aim(row - 1, place);
    else if (key === "ArrowDown") aim(row + 1, place);
    else if (key === "Enter") put();
    else if (key === "Escape" || key === "Tab") leave();
    return key !== "Tab";
  };

  const walk = ({ key, target }: KeyboardEvent): boolean => {
    setSaid("");
    if (key !== "m") return go(key);
    const [row, place, planned] = findStop(rows, stopAt(target)?.dataset.stop);
    if (planned) take(planned, place, row);
    return true;
  };

  return (
    <>
      <table
        ref={table}
        class="week-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table gone through by arrow keys, as ARIA has it.
        role="grid"
        aria-label={label}
        onFocusIn={onFocusIn}
        onKeyDown={onKeyDown}
        onDragEnd={leave}
      >
        <thead>
          <tr>
            <th scope="col">Boat</th>
            {days.map((day, place) => (
              <th key={day.day} scope="col" {...(day.day === today() ? { "aria-current": "date" as const } : {})}>
                <strong>{dayName(day.day)}</strong>
                <span class="week-count">{dayText(rows, place)}</span>
                {clockText(day) && <span class="week-count tone-part">{clockText(day)}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ boat, planned }, row) => (
            <tr key={boat?.boat_id ?? ""}>
              <th scope="row">
                <strong>{boat?.name ?? NO_BOAT}</strong>
                <span class="week-count">{boatText(boat)}</span>
              </th>
              {days.map((day, place) => (
                <td
                  key={day.day}
                  class={cellClass(day, moving !== null && moving.row === row && moving.place === place)}
                  onDragOver={(event) => {
                    if (!moving || !isPlace(moving.planned, rows[row])) return;
                    event.preventDefault();
                    aim(row, place);
                  }}
                  onDrop={(event) => {
                    event.preventDefault();
                    put();
                  }}
                >
                  <div class="cell">
                    <Track boat={boat} planned={planned} days={days} place={place} />
                    {planned.flatMap((one) =>
                      one.pieces
                        .filter((piece) => piece.day === place)
                        .map((piece) => (
                          <Block
                            key={one.key}
                            {...props}
                            planned={one}
                            piece={piece}
                            day={day}
                            boat={boat}
                            class={blockClass(one, piece)}
                            stop={stopName(one, place)}
                            onHold={() => props.onHold(one)}
                            onDragStart={(event) => {
                              if (!canMove(one)) event.preventDefault();
                              take(one, place, row);
                            }}
                          />
                        )),
                    )}
                    <FreePlace boat={boat} day={day} {...props} />
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="week-said no-print" role="status">
        {said}
      </p>
    </>
  );
}

/** The empty part of a cell: a tap begins a charter there. */
function FreePlace({ boat, day, onCreate, onNewHold }: Pick<Props, "onCreate" | "onNewHold"> & PlaceProps) {
  const where = `${boat?.name ?? "no boat"}, ${dayName(day.day)}`;
  return (
    <span class="free no-print">
      <button
        type="button"
        class="free-charter"
        data-stop={`new ${where}`}
        tabIndex={-1}
        aria-label={`New charter, ${where}`}
        onClick={() => onCreate(boat, day)}
      >
        +
      </button>
      {boat?.active && (
        <button
          type="button"
          data-stop={`hold ${where}`}
          tabIndex={-1}
          aria-label={`Hold, ${where}`}
          onClick={() => onNewHold(boat, day)}
        >
          Hold
        </button>
      )}
    </span>
  );
}

interface PlaceProps {
  boat: Boat | null;
  day: WeekDay;
}

const stopName = ({ key }: Planned, place: number) => `${key} ${place}`;

function findStop(rows: readonly BoatRow[], name: string | undefined): [number, number, Planned | null] {
  for (const [row, { planned }] of rows.entries()) {
    for (const one of planned) {
      const piece = one.pieces.find(({ day }) => stopName(one, day) === name);
      if (piece) return [row, piece.day, one];
    }
  }
  return [0, 0, null];
}

/** A hold is always of a boat; and a boat that is not active takes nothing new. */
function isPlace({ entry }: Planned, row: BoatRow | undefined): boolean {
  if (!row) return false;
  if (!row.boat) return entry.kind === "charter";
  return row.boat.active || row.boat.boat_id === entry.boat_id;
}

function boatText(boat: Boat | null): string {
  if (!boat) return "without a record";
  if (!boat.active) return "not active";
  return boat.passenger_limit === null ? "" : `${boat.passenger_limit} guests`;
}

function cellClass({ day }: WeekDay, isTarget: boolean): string {
  return [day === today() && "here", isTarget && "target"].filter(Boolean).join(" ");
}
