import type { BoatPaper, Person, PersonPaper } from "../data/contract";
import { boatLimits, boatPapers, personLimits, personPapers } from "../data/later-limits";
import { roles as allRoles, roleNames } from "../ui/crew/roles";
import { area, choice, type FormField, flag, text, whole, wholeOrNone } from "../ui/records/field-kinds";
import type { FormPart } from "../ui/records/record-form";
import { papers } from "./papers-field";

// What an admin edits of a boat and of a person, by the API's names: the forms are drawn, read and compared by these.

export const boatKinds = { uninspected: "Uninspected", inspected: "Inspected", bareboat: "Bareboat" } as const;

export const boatTable = {
  name: text("Name", { most: boatLimits.name.most, required: "Give the boat a name.", first: true }),
  kind: choice("Kind", boatKinds, "uninspected"),
  passenger_limit: wholeOrNone("Passenger limit", boatLimits.passenger_limit, "Empty: no limit."),
  min_crew: whole("Crew beside the captain, at least", boatLimits.min_crew, "0"),
  turnaround_minutes: whole("Minutes between two charters", boatLimits.turnaround_minutes, "0"),
  home_port: text("Home port", { most: boatLimits.home_port.most }),
  papers: papers<BoatPaper>("Papers", { names: boatPapers, limits: boatLimits.papers }),
  notes: area("Notes", { most: boatLimits.notes.most, hint: "Only admins read these." }),
  active: flag("Active", "Charters can be planned with this boat", "Without this it is kept, and not offered.", true),
};

export const boatParts: readonly FormPart<keyof typeof boatTable>[] = [
  {
    title: "Boat",
    rows: [["name", "kind"], ["passenger_limit", "min_crew"], ["home_port", "turnaround_minutes"], ["active"]],
  },
  { title: "Papers", rows: [["papers"]] },
  { title: "Notes", rows: [["notes"]] },
];

type Roles = Person["roles"];

export const personTable = {
  name: text("Name", { most: personLimits.name.most, required: "Give the person's name.", first: true }),
  email: text("Email", { most: personLimits.email.most }),
  phone: text("Phone", { most: personLimits.phone.most }),
  roles: roles("Sails as"),
  rank: whole("Rank: 1 is asked first", personLimits.rank, "1"),
  is_owner: flag("Owner", "Owns the business", "An owner takes no share of tips."),
  papers: papers<PersonPaper>("Papers", { names: personPapers, limits: personLimits.papers }),
  notes: area("Notes", { most: personLimits.notes.most, hint: "Only admins read these." }),
  active: flag(
    "Active",
    "Charters can be planned with this person",
    "Without this they are kept, and not offered.",
    true,
  ),
};

export const personParts: readonly FormPart<keyof typeof personTable>[] = [
  { title: "Person", rows: [["name"], ["email", "phone"], ["roles"], ["rank"], ["is_owner"], ["active"]] },
  { title: "Papers", rows: [["papers"]] },
  { title: "Notes", rows: [["notes"]] },
];

function roles(label: string): FormField<Roles, Roles> {
  return {
    label,
    blank: [],
    write: (sent) => sent,
    read: (value) => value,
    show: (value) => value.map((role) => roleNames[role]).join(", ") || "nothing",
    Input: ({ value, onChange }) => (
      <fieldset>
        <legend>{label}</legend>
        <div class="roles">
          {allRoles.map((role) => (
            <label key={role} class="check">
              <input
                type="checkbox"
                checked={value.includes(role)}
                onChange={({ currentTarget: { checked } }) =>
                  onChange(allRoles.filter((one) => (one === role ? checked : value.includes(one))))
                }
              />
              <span>{roleNames[role]}</span>
            </label>
          ))}
        </div>
      </fieldset>
    ),
  };
}
