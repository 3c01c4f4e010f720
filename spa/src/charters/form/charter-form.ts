import { operator } from "../../data/api";
import type { Boat, Charter, CharterDetails } from "../../data/contract";
import type { LocalDateTime } from "../../lib/time";
import { mergeForms, same, type Theirs } from "../../ui/records/record-form";
import { type LocalMoment, later, withStart } from "../../ui/schedule/moment-input";
import { type CharterForm, charterFields, type FieldName } from "./charter-table";
import { takeBoat } from "./suggestions";

export function newCharterForm(timezone: string, currency: string): CharterForm {
  const blank = Object.fromEntries(charterFields.map(([name, { blank }]) => [name, blank]));
  return { ...(blank as CharterForm), timezone, currency };
}

/** What a new charter begins with. */
export interface Plan {
  /** Null: none of the boats. */
  boat: Boat | null;
  /** By the operator's clocks. */
  starts_at: LocalDateTime;
}

/** A new charter at the time and with the boat of a place in the week. */
export function plannedForm({ boat, starts_at }: Plan, blank: CharterForm): CharterForm {
  const form = withField(blank, "starts_at", { local: starts_at, fold: "earlier" });
  return boat ? takeBoat(blank, form, boat, [boat]) : form;
}

export function charterForm(charter: Charter): CharterForm {
  return Object.fromEntries(
    charterFields.map(([name, field]) => [name, field.write(charter[name], charter)]),
  ) as CharterForm;
}

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * A new charter like this one: the same weekday and time of day in the next week that is to come, for the same patron.
 * Its guests are others until they are listed.
 */
export function duplicateForm(charter: Charter, now_ms: number): CharterForm {
  const form = charterForm(charter);
  const weeks = Math.max(1, Math.ceil((now_ms - Date.parse(charter.starts_at) + DAY_MS) / WEEK_MS));
  const [starts_at, ends_at] = [form.starts_at, form.ends_at].map((moment) => later(moment, weeks * WEEK_MS) ?? moment);
  return {
    ...form,
    guests: { rows: [], pasted: "" },
    starts_at: starts_at ?? form.starts_at,
    ends_at: ends_at ?? form.ends_at,
  };
}

export function withField<Name extends FieldName>(
  form: CharterForm,
  name: Name,
  value: CharterForm[Name],
): CharterForm {
  return name === "starts_at" ? withStart(form, value as LocalMoment) : { ...form, [name]: value };
}

type ReadCharter = { body: CharterDetails; errors?: never } | { body?: never; errors: Record<string, string> };

/** Turns the form into what is sent, or says field by field what is wrong. */
export function readCharterForm(form: CharterForm): ReadCharter {
  const errors: Record<string, string> = {};
  const read = charterFields.map(([name, field]) => {
    const sent = field.read(form[name], {
      timezone: form.timezone,
      currency: form.currency.trim().toUpperCase() || operator.currency,
      refuse: (message, path) => {
        errors[path ? `${name}.${path}` : name] = message;
      },
    });
    return [name, sent] as const;
  });
  const body = Object.fromEntries(read.filter(([, sent]) => sent !== undefined)) as unknown as CharterDetails;
  // Both are in UTC and of one width.
  if (body.starts_at && body.ends_at && body.ends_at <= body.starts_at) {
    errors.ends_at = "The end must come after the start.";
  }
  return Object.keys(errors).length > 0 ? { errors } : { body };
}

/** The fields that differ from the charter as it was: what an edit sends. */
export function changes(body: CharterDetails, base: Charter): Partial<CharterDetails> {
  // Read back from the form, so that what the form cannot show, such as seconds, is no change.
  const before = readCharterForm(charterForm(base)).body ?? base;
  return Object.fromEntries(Object.entries(body).filter(([name, sent]) => !same(sent, before[name as FieldName])));
}

export interface Merge {
  form: CharterForm;
  theirs: Theirs<FieldName>[];
}

/** Brings somebody else's edit under what the admin has typed: typing wins, the rest follows. */
export function merge(typed: CharterForm, base: Charter, current: Charter): Merge {
  const compared = { typed, before: charterForm(base), after: charterForm(current) };
  const { form, theirs } = mergeForms(charterFields, compared) as unknown as Merge;
  // A vessel's name and which boat of the list it is belong together.
  const keepsBoat = theirs.some(({ field, mine }) => field === "vessel" && mine);
  return {
    form: keepsBoat ? { ...form, boat_id: typed.boat_id } : form,
    theirs: theirs.filter(({ field }) => field !== "boat_id"),
  };
}
