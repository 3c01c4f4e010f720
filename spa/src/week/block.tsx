import { charters } from "../data/charters";
import type { Boat, Charter } from "../data/contract";
import { href } from "../lib/browser/router";
import { nowMs } from "../lib/clock";
import { useValue } from "../lib/observable";
import { SeatName } from "../ui/crew/seat-name";
import { captainSeat } from "../ui/crew/seats";
import { type ReadyText, readyText } from "../ui/readiness/ready-text";
import type { Piece, WeekDay } from "./week-geometry";
import { conflictsOf, conflictText, conflictWith, holdText, type Planned, pieceTime } from "./week-plan";
import "./block.css";

/** What a visitor does with an entry of the week. */
export interface Acts {
  onMove(planned: Planned, boat: Boat | null, days: number): void;
  onHold(planned: Planned): void;
}

interface Props {
  planned: Planned;
  piece: Piece;
  day: WeekDay;
  boat: Boat | null;
  timezone: string;
}

interface Known {
  charter: Charter | undefined;
  ready: ReadyText | null;
}

/** What an entry is in one day: when, what, who, and what it clashes with. */
function BlockText({ planned, piece, day, boat, timezone, charter, ready }: Props & Known) {
  const { entry, hold } = planned;
  return (
    <>
      <span class="block-time">
        {pieceTime(planned, piece, timezone)}
        {entry.kind === "charter" && entry.status !== "scheduled" && ` ${stateNames[entry.status] ?? ""}`}
      </span>{" "}
      <strong class="block-title">{entry.title}</strong>{" "}
      {charter && (
        <span class="block-who block-crew">
          <span>
            <Captain charter={charter} />
          </span>
          <span>
            , {charter.party_size}
            {boat === null && charter.vessel && `, ${charter.vessel}`}
          </span>
          {ready && <span class={`block-ready tone-${ready.tone}`}> {ready.word}</span>}
        </span>
      )}
      {hold && <span class="block-who">{holdText(hold, timezone)}</span>}{" "}
      {conflictsOf(planned, day, piece).map((conflict) => (
        <span key={`${conflict.name} ${conflict.starts_at}`} class="block-clash">
          ⚠ {conflictText(conflict, boat, timezone)}{" "}
          <span class="visually-hidden">{conflictWith(conflict, timezone)}</span>
        </span>
      ))}
    </>
  );
}

function Captain({ charter }: { charter: Charter }) {
  const seat = captainSeat(charter);
  return seat ? <SeatName {...seat} /> : <span class="state state-due">No captain</span>;
}

const stateNames: Record<string, string> = { departed: "Departed", completed: "Completed" };

export function blockClass({ entry, hold, conflicts }: Planned, piece: Piece): string {
  const kind = entry.kind === "charter" ? "charter" : (hold?.kind ?? "blocked");
  const clashes = conflicts.length > 0 ? " block-bad" : "";
  return `block block-${kind}${clashes}${piece.begins ? "" : " block-goes-on"}`;
}

/** A charter is a link to its page, a hold opens its form. */
export function Block(
  props: Props & { class: string; stop?: string; onHold(): void; onDragStart?(event: DragEvent): void },
) {
  const { planned, onHold, stop, onDragStart } = props;
  const { event_id } = planned.entry;
  const charter = useValue(charters).get(event_id ?? "");
  const ready = charter ? readyText(charter, nowMs()) : null;
  const shared = {
    class: ready ? `${props.class} block-${ready.tone}` : props.class,
    ...(stop ? { "data-stop": stop, tabIndex: -1, "aria-keyshortcuts": "m" } : {}),
    ...(onDragStart ? { draggable: true, onDragStart } : {}),
  };
  return event_id ? (
    <a href={href(`/events/${event_id}`)} {...shared}>
      <BlockText {...props} charter={charter} ready={ready} />
    </a>
  ) : (
    <button type="button" {...shared} onClick={onHold}>
      <BlockText {...props} charter={charter} ready={ready} />
    </button>
  );
}

/** Whether it can be moved by itself: not what has sailed, nor one time of a hold that repeats. */
export function canMove({ entry, hold }: Planned): boolean {
  return entry.kind === "charter" ? entry.status === "scheduled" : hold !== null && hold.weekly_until === null;
}
