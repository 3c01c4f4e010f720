import { useState } from "preact/hooks";
import type { Boat, Conflict, Person } from "../../data/contract";
import { reasonLimits } from "../../data/later-limits";
import { useAnswer } from "../../lib/answer";
import { href } from "../../lib/browser/router";
import { isBlank } from "../../lib/names";
import { formatDay, formatSpan } from "../../lib/time";
import { Button } from "../../ui/button";
import { TextInput } from "../../ui/form/text-input";
import { Loaded } from "../../ui/loaded";
import { conflictText } from "../../ui/schedule/conflict-text";
import { freeBoats, freePeople } from "./free-then";
import { readBooked } from "./read-booked";
import { type Known, type Suggestion, suggestBoats, suggestPeople } from "./suggestions";

/** A booking that the server has refused. */
export interface Refused {
  conflicts: readonly Conflict[];
  starts_at: string;
  ends_at: string;
  timezone: string;
  event_id: string | null;
}

interface Props {
  refused: Refused;
  known: Known | null;
  onBoat(boat: Boat): void;
  onCaptain(person: Person): void;
  /** Books it all the same. */
  onOverride(reason: string): void;
}

/** What is in the way of a booking, who is free instead, and the way to book it anyway. */
export function ScheduleConflict({ refused, known, onBoat, onCaptain, onOverride }: Props) {
  const { conflicts, starts_at, ends_at, timezone } = refused;
  const asked = useAnswer(() => readBooked(starts_at, ends_at), [starts_at, ends_at]);
  const [reason, setReason] = useState("");
  const [error, setError] = useState("");
  const isIn = (kind: Conflict["kind"]) => conflicts.some((conflict) => conflict.kind === kind);
  const book = () => {
    const missing = isBlank(reason);
    setError(missing ? "Say why, in a few words." : "");
    if (!missing) onOverride(reason.trim());
  };
  return (
    <section class="strip strip-bad conflict" aria-label="Booked already">
      <p>
        <strong>
          Booked already at {formatDay(starts_at, timezone)}, {formatSpan(starts_at, ends_at, timezone)}:
        </strong>
      </p>
      <ul class="rows">
        {conflicts.map((conflict) => {
          const text = conflictText(conflict, timezone);
          return (
            <li key={text}>{conflict.event_id ? <a href={href(`/events/${conflict.event_id}`)}>{text}</a> : text}</li>
          );
        })}
      </ul>
      {known && (
        <Loaded asked={asked} failed="Who is free then could not be loaded." rows={1} kind="line">
          {(booked) => (
            <>
              {isIn("boat") && (
                <Free noun="boat" all={suggestBoats(freeBoats(known.boats, booked, refused))} onTake={onBoat} />
              )}
              {isIn("captain") && (
                <Free
                  noun="captain"
                  all={suggestPeople(freePeople(known.people, "captain", booked, refused))}
                  onTake={onCaptain}
                />
              )}
            </>
          )}
        </Loaded>
      )}
      <TextInput
        label="Reason to book it anyway"
        most={reasonLimits.reason.most}
        error={error || undefined}
        value={reason}
        onInput={setReason}
      />
      <p>
        <Button class="danger" onClick={book}>
          Book anyway
        </Button>
      </p>
    </section>
  );
}

interface FreeProps<Of> {
  noun: string;
  all: readonly Suggestion<Of>[];
  onTake(of: Of): void;
}

function Free<Of>({ noun, all, onTake }: FreeProps<Of>) {
  if (all.length === 0) return <p>No other {noun} of the list is free then.</p>;
  return (
    <p class="buttons free-then">
      <span>Free then:</span>
      {all.map(({ value, of }) => (
        <Button key={value} onClick={() => onTake(of)}>
          Take {value}
        </Button>
      ))}
    </p>
  );
}
