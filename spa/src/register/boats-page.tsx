import { useState } from "preact/hooks";
import type { Boat, BoatDetails, BoatEdit } from "../data/contract";
import { createBoat, editBoat, listBoats } from "../data/later-api";
import { boatPapers } from "../data/later-limits";
import { useAnswer } from "../lib/answer";
import { Button } from "../ui/button";
import { Loaded } from "../ui/loaded";
import { CalendarLink } from "./calendar-link";
import { PaperCounts, type PaperRow, PaperTable } from "./paper-table";
import { RecordDialog } from "./record-dialog";
import { boatKinds, boatParts, boatTable } from "./record-tables";

/** The boats that are chartered, with their papers. */
export function BoatsPage() {
  const asked = useAnswer(listBoats, []);
  const [opened, setOpened] = useState<{ boat: Boat | null } | null>(null);
  const keep = (saved: Boat) =>
    asked.setAnswer((boats) => [...boats.filter(({ boat_id }) => boat_id !== saved.boat_id), saved]);
  const rows = sorted(asked.answer ?? []).map((boat) => boatRow(boat, () => setOpened({ boat })));
  return (
    <>
      <div class="page-head papers-head">
        <h1 tabIndex={-1}>Boats</h1>
        <PaperCounts rows={rows} />
        <Button class="primary" onClick={() => setOpened({ boat: null })}>
          Add a boat
        </Button>
      </div>
      <Loaded asked={asked} failed="The boats could not be loaded." kind="line">
        {() =>
          rows.length > 0 ? (
            <PaperTable label="Boats" kinds={boatPapers} rows={rows} />
          ) : (
            <div class="empty">
              <p class="empty-title">No boat is on the list yet.</p>
              <p>Add your boats; then no charter can book one twice without a word.</p>
            </div>
          )
        }
      </Loaded>
      {opened && <BoatDialog boat={opened.boat} onSaved={keep} onClose={() => setOpened(null)} />}
    </>
  );
}

/** Those that are active first, then by name. */
function sorted(boats: readonly Boat[]): Boat[] {
  return [...boats].sort(
    (one, other) => Number(other.active) - Number(one.active) || one.name.localeCompare(other.name),
  );
}

function boatRow(boat: Boat, onOpen: () => void): PaperRow {
  const { boat_id, name, kind, passenger_limit, min_crew, turnaround_minutes, home_port, active, papers } = boat;
  const more = [
    passenger_limit !== null && (passenger_limit === 1 ? "1 guest" : `${passenger_limit} guests`),
    min_crew > 0 && `${min_crew} crew`,
    turnaround_minutes > 0 && `${turnaround_minutes} min between charters`,
    home_port,
  ];
  return {
    id: boat_id,
    name,
    what: boatKinds[kind],
    more: more.filter(Boolean).join(", "),
    active,
    papers,
    expected: kind === "inspected" ? ["insurance", "coi"] : ["insurance"],
    onOpen,
  };
}

interface DialogProps {
  boat: Boat | null;
  onSaved(boat: Boat): void;
  onClose(): void;
}

function BoatDialog({ boat, onSaved, onClose }: DialogProps) {
  return (
    <RecordDialog
      title={boat ? boat.name : "New boat"}
      table={boatTable}
      parts={boatParts}
      record={boat}
      create={(key, body) => createBoat(key, body as BoatDetails)}
      edit={({ boat_id, version }, changed) => editBoat(boat_id, { ...changed, version } as BoatEdit)}
      onSaved={onSaved}
      onClose={onClose}
    >
      {boat && (
        <section class="dialog-body private">
          <h3>Calendar</h3>
          <CalendarLink boat_id={boat.boat_id}>
            <p>For a calendar app. It says only when the boat is busy: no names, no places.</p>
          </CalendarLink>
        </section>
      )}
    </RecordDialog>
  );
}
