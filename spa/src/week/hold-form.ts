import type { Hold, NewHold } from "../data/contract";
import { type Day, isDay } from "../lib/periods";
import { type LocalDateTime, localDay, toLocal } from "../lib/time";
import { type LocalMoment, readMoment, withStart, writeMoment } from "../ui/schedule/moment-input";
import { changed } from "./rebase";

/** A hold as it is typed; times by the clocks of its own time zone. */
export interface HoldForm {
  boat_id: string;
  kind: Hold["kind"];
  title: string;
  starts_at: LocalMoment;
  ends_at: LocalMoment;
  /** Of an option. */
  expires_at: LocalMoment;
  /** Empty: it does not repeat. */
  weekly_until: Day | "";
  except: readonly Day[];
  note: string;
}

export const holdKinds: Record<Hold["kind"], { label: string; hint: string }> = {
  option: { label: "Option", hint: "Kept for somebody until a time; then it frees itself and tells you." },
  maintenance: { label: "Maintenance", hint: "Out of service for work on it." },
  blocked: { label: "Blocked", hint: "For any other reason." },
};

const NO_MOMENT: LocalMoment = { local: "", fold: "earlier" };
const TWO_DAYS_MS = 2 * 24 * 3_600_000;

/** An option from `start` on; people are given two days to decide, or till it begins. */
export function newHoldForm(boat_id: string, start: LocalDateTime, timezone: string, now_ms: number): HoldForm {
  const inTwoDays = `${toLocal(new Date(now_ms + TWO_DAYS_MS), timezone).slice(0, 14)}00`;
  const blank: HoldForm = {
    boat_id,
    kind: "option",
    title: "",
    starts_at: NO_MOMENT,
    ends_at: NO_MOMENT,
    expires_at: { local: start && start < inTwoDays ? start : inTwoDays, fold: "earlier" },
    weekly_until: "",
    except: [],
    note: "",
  };
  return start ? withStart(blank, { local: start, fold: "earlier" }) : blank;
}

export function holdForm(hold: Hold): HoldForm {
  const { boat_id, kind, title, timezone, note } = hold;
  return {
    boat_id,
    kind,
    title,
    starts_at: writeMoment(hold.starts_at, timezone),
    ends_at: writeMoment(hold.ends_at, timezone),
    expires_at: hold.expires_at ? writeMoment(hold.expires_at, timezone) : NO_MOMENT,
    weekly_until: hold.weekly_until ?? "",
    except: hold.except,
    note,
  };
}

/** What is sent, or field by field what is wrong. */
export function readHold(form: HoldForm, timezone: string): { body: NewHold; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = (name: "starts_at" | "ends_at" | "expires_at") =>
    readMoment(form[name], timezone, (message) => {
      errors[name] = message;
    });
  const starts_at = read("starts_at");
  const ends_at = read("ends_at");
  if (form.boat_id === "") errors.boat_id = "Choose a boat.";
  // Both are in UTC and of one width.
  if (starts_at && ends_at && ends_at <= starts_at) errors.ends_at = "The end must come after the start.";
  if (form.weekly_until && !isDay(form.weekly_until)) errors.weekly_until = "Enter a day.";
  const body: NewHold = {
    boat_id: form.boat_id,
    kind: form.kind,
    title: form.title.trim(),
    starts_at,
    ends_at,
    timezone,
    expires_at: form.kind === "option" ? read("expires_at") : null,
    weekly_until: form.weekly_until || null,
    except: form.weekly_until ? [...form.except] : [],
    note: form.note.trim(),
  };
  return { body, errors };
}

/** What an edit sends. */
export function changedHold(body: NewHold, base: Hold): Partial<NewHold> {
  return changed(body, readHold(holdForm(base), base.timezone).body);
}

/** Leaves one time of a hold that repeats out; twice is once. */
export function without(form: HoldForm, day: Day): HoldForm {
  return { ...form, except: [...new Set([...form.except, day])].sort() };
}

/** The day on which one time of a hold begins, by the hold's own clocks. */
export function dayOf(starts_at: string, { timezone }: Hold): Day {
  return localDay(new Date(starts_at), timezone);
}
