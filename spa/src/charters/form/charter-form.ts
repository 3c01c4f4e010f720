import type { Boat, Charter, CharterDetails } from "../../data/contract";
import type { LocalDateTime } from "../../lib/time";
import { type LocalMoment, withStart } from "../../ui/moment-input";
import { type CharterForm, charterFields, type FieldName } from "./charter-table";

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
export function plannedForm({ boat, starts_at }: Plan, blank: CharterForm, timezone: string): CharterForm {
  const form = withField({ ...blank, timezone }, "starts_at", { local: starts_at, fold: "earlier" });
  if (!boat) return form;
  const { name, passenger_limit, home_port } = boat;
  return { ...form, vessel: name, passenger_limit: String(passenger_limit ?? ""), departure_port: home_port };
}

/** The boat that is planned; another name in the form means another boat. */
export function boatOf(plan: Plan | null, { vessel }: CharterDetails): Pick<CharterDetails, "boat_id"> {
  return plan?.boat && vessel === plan.boat.name ? { boat_id: plan.boat.boat_id } : {};
}

export function charterForm(charter: Charter): CharterForm {
  return Object.fromEntries(
    charterFields.map(([name, field]) => [name, field.write(charter[name], charter)]),
  ) as CharterForm;
}

export function withField<Name extends FieldName>(
  form: CharterForm,
  name: Name,
  value: CharterForm[Name],
): CharterForm {
  return name === "starts_at" ? withStart(form, value as LocalMoment) : { ...form, [name]: value };
}

export type ReadCharter = { body: CharterDetails; errors?: never } | { body?: never; errors: Record<string, string> };

/** Turns the form into what is sent, or says field by field what is wrong. */
export function readCharterForm(form: CharterForm): ReadCharter {
  const errors: Record<string, string> = {};
  const read = charterFields.map(([name, field]) => {
    const sent = field.read(form[name], {
      timezone: form.timezone,
      currency: form.currency.trim().toUpperCase() || "USD",
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
  /** Fields that somebody else changed; in `mine` ones the admin's typing was kept. */
  theirs: { field: FieldName; value: string; mine: boolean }[];
}

/** Brings somebody else's edit under what the admin has typed: typing wins, the rest follows. */
export function merge(typed: CharterForm, base: Charter, current: Charter): Merge {
  const before = charterForm(base);
  const after = charterForm(current);
  const taken: Partial<Record<FieldName, unknown>> = {};
  const theirs: Merge["theirs"] = [];
  for (const [name, field] of charterFields) {
    if (same(before[name], after[name])) continue;
    const mine = !same(typed[name], before[name]);
    if (!mine) taken[name] = after[name];
    if (same(typed[name], after[name])) continue;
    theirs.push({ field: name, value: field.show(after[name]), mine });
  }
  return { form: { ...typed, ...(taken as Partial<CharterForm>) }, theirs };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
