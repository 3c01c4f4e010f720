import type { Boat, Charter, Hold } from "../data/contract";
import { formatDay, formatSpan } from "../lib/time";
import { type LocalMoment, readMoment, writeMoment } from "../ui/schedule/moment-input";
import { changed, rebase } from "./rebase";
import { movedByDays } from "./week-geometry";

/** What can be moved, as it is kept. */
export type Movable = Charter | Hold;

/** Where it shall go, as it is typed. */
interface MoveForm {
  /** Empty: a boat that is only typed. */
  boat_id: string;
  starts_at: LocalMoment;
  ends_at: LocalMoment;
}

/** What a move changes. */
export interface Place {
  boat_id: string | null;
  starts_at: string;
  ends_at: string;
}

export const placeOf = ({ boat_id, starts_at, ends_at }: Movable): Place => ({ boat_id, starts_at, ends_at });

/** On another boat, so many days later at the same time of day. */
export function moveForm(base: Movable, boat_id: string | null, days: number): MoveForm {
  const { starts_at, ends_at } = movedByDays(base, days, base.timezone);
  return {
    boat_id: boat_id ?? "",
    starts_at: writeMoment(starts_at, base.timezone),
    ends_at: writeMoment(ends_at, base.timezone),
  };
}

/** The place that is typed, or field by field what is wrong with it. */
export function readMove(form: MoveForm, { timezone }: Movable): { place: Place; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = (name: "starts_at" | "ends_at") =>
    readMoment(form[name], timezone, (message) => {
      errors[name] = message;
    });
  const place = { boat_id: form.boat_id || null, starts_at: read("starts_at"), ends_at: read("ends_at") };
  // Both are in UTC and of one width.
  if (place.starts_at && place.ends_at && place.ends_at <= place.starts_at) {
    errors.ends_at = "The end must come after the start.";
  }
  return { place, errors };
}

/** What of a place differs from where it is now: what is sent. Seconds, which a form cannot show, are no change. */
export function changedPlace(place: Place, base: Movable): Partial<Place> {
  return changed(place, readMove(moveForm(base, base.boat_id, 0), base).place);
}

/** The form after somebody else has changed what is moved. */
export function rebasedMove(form: MoveForm, base: Movable, current: Movable): MoveForm {
  return rebase(form, moveForm(base, base.boat_id, 0), moveForm(current, current.boat_id, 0));
}

/** `Petrel, Sat, Nov 28, 12:00 – 3:00 PM` */
export function placeText({ boat_id, starts_at, ends_at }: Place, base: Movable, boats: readonly Boat[]): string {
  const known = boats.find((boat) => boat.boat_id === boat_id)?.name;
  const typed = "vessel" in base ? base.vessel : "";
  const boat = known ?? typed;
  const when = `${formatDay(starts_at, base.timezone)}, ${formatSpan(starts_at, ends_at, base.timezone)}`;
  return boat ? `${boat}, ${when}` : when;
}
