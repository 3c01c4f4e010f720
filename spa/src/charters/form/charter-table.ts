import { charterDefaults, charterLimits as limits } from "../../data/later-limits";
import { area, flag, text, whole, wholeOrNone } from "../../ui/records/field-kinds";
import type { FormPart } from "../../ui/records/record-form";
import { boatId, type CharterField, currency, listed, money, timezone } from "./field-kinds";
import { guestList } from "./guest-list-fields";
import { moment } from "./moment-field";
import { people, person, personOrNone } from "./person-fields";

/** What an admin edits of a charter, by the API's names: the form is drawn, read and compared by this. */
export const charterTable = {
  title: text("Title", { most: limits.title.most, required: "Give the charter a name.", first: true }),
  starts_at: moment("Departs"),
  ends_at: moment("Returns"),
  timezone: timezone("Time zone of the charter"),
  boat_id: boatId("Boat"),
  vessel: listed("Vessel", { most: limits.vessel.most }),
  passenger_limit: wholeOrNone("Passenger limit", limits.passenger_limit, "Empty: no limit."),
  departure_port: text("Departure port", { most: limits.departure_port.most }),
  return_port: text("Return port", { most: limits.return_port.most }),
  patron: person("Patron", limits.patron),
  party_size: whole("Party size", limits.party_size, `${charterDefaults.party_size}`),
  guests: guestList("Expected guests", limits.guests),
  captain: personOrNone("Captain", limits.captain),
  crew: people("Crew", "Crew member", limits.crew),
  charter_fee_cents: money("Charter fee", limits.charter_fee_cents),
  currency: currency("Currency", "Empty: your usual one."),
  balance_reminders: flag(
    "Balance reminders",
    "Remind the patron of the balance 7 and 2 days before",
    "By email. It stops when nothing is due, or cash was logged.",
  ),
  guest_notes: area("What guests should know", {
    most: limits.guest_notes.most,
    hint: "What to bring, where to park. Everybody with the guest link reads it.",
  }),
  notes: area("Notes", { most: limits.notes.most, hint: "Only admins read these." }),
};

type Table = typeof charterTable;
export type FieldName = keyof Table;

/** A charter as it is typed. */
export type CharterForm = { [Name in FieldName]: Table[Name]["blank"] };

/** For what treats all fields alike. */
export const charterFields = Object.entries(charterTable) as [FieldName, CharterField][];

export const charterParts: readonly FormPart<FieldName>[] = [
  {
    title: "Trip",
    rows: [
      ["title"],
      ["starts_at", "ends_at"],
      ["timezone"],
      ["vessel", "passenger_limit"],
      ["departure_port", "return_port"],
    ],
  },
  { title: "Patron and party", rows: [["patron"], ["party_size"]] },
  { title: "Expected guests", rows: [["guests"]] },
  { title: "Captain", rows: [["captain"]] },
  { title: "Crew", rows: [["crew"]] },
  { title: "Fee", rows: [["charter_fee_cents", "currency"], ["balance_reminders"]] },
  { title: "Notes", rows: [["guest_notes"], ["notes"]] },
];
