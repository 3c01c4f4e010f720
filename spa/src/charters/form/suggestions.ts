import type { Boat, Contact, CrewMember, ListedPatron, Person } from "../../data/contract";
import { fold } from "../../lib/names";
import type { CharterForm, FieldName } from "./charter-table";

/** The boats, people and patrons that a charter's form knows; of boats and people those that are active. */
export interface Known {
  boats: readonly Boat[];
  people: readonly Person[];
  patrons: readonly ListedPatron[];
}

export interface Suggestion<Of> {
  /** What stands in the field when it is chosen; another one for each. */
  value: string;
  of: Of;
}

/** By name; where several bear one name, with what tells them apart. */
function suggest<Of extends { name: string }>(all: readonly Of[], apart: (of: Of) => string): Suggestion<Of>[] {
  const bearers = new Map<string, number>();
  for (const { name } of all) bearers.set(fold(name), (bearers.get(fold(name)) ?? 0) + 1);
  return all.map((of) => {
    const more = (bearers.get(fold(of.name)) ?? 0) > 1 ? apart(of) : "";
    return { value: more ? `${of.name}, ${more}` : of.name, of };
  });
}

const reach = ({ email, phone }: Contact) => email || phone;

export const suggestBoats = (boats: readonly Boat[]) => suggest(boats, ({ home_port }) => home_port);
export const suggestPeople = (people: readonly Person[]) => suggest(people, reach);
export const suggestPatrons = (patrons: readonly ListedPatron[]) => suggest(patrons, reach);

/** Which one the typed text names; null when none or more than one. */
function named<Of>(suggestions: readonly Suggestion<Of>[], typed: string): Of | null {
  const text = fold(typed);
  const [found, other] = text === "" ? [] : suggestions.filter(({ value }) => fold(value) === text);
  return found && !other ? found.of : null;
}

/** The form after a field was typed, with what the lists know of the boat or person that it names now. */
export function complete(before: CharterForm, form: CharterForm, field: FieldName, known: Known): CharterForm {
  if (field === "vessel") return withBoat(before, form, known.boats);
  if (field === "captain") return { ...form, captain: withPerson(before.captain, form.captain, known.people) };
  if (field === "patron") return { ...form, patron: withPatron(before.patron, form.patron, known.patrons) };
  if (field !== "crew" || before.crew.length !== form.crew.length) return form;
  const crew = form.crew.map((typed, index) => withPerson(before.crew[index] ?? typed, typed, known.people));
  return { ...form, crew };
}

/** A new charter's form whose names were typed before the lists were there. */
export function completeAll(form: CharterForm, blank: CharterForm, known: Known): CharterForm {
  const fields: readonly FieldName[] = ["vessel", "captain", "crew", "patron"];
  const before = { ...blank, crew: form.crew.map(() => blank.captain) };
  return fields.reduce((form, field) => complete(before, form, field, known), form);
}

function withBoat(before: CharterForm, form: CharterForm, boats: readonly Boat[]): CharterForm {
  const boat = named(suggestBoats(boats), form.vessel);
  return boat ? takeBoat(before, form, boat, boats) : { ...form, boat_id: null };
}

/** Limit and port come with the boat, unless they were typed. */
export function takeBoat(before: CharterForm, form: CharterForm, boat: Boat, boats: readonly Boat[]): CharterForm {
  const left = boats.find(({ boat_id }) => boat_id === before.boat_id);
  const follow = (typed: string, of: (boat: Boat) => string) =>
    typed.trim() === "" || (left && typed === of(left)) ? of(boat) : typed;
  return {
    ...form,
    boat_id: boat.boat_id,
    vessel: boat.name,
    passenger_limit: follow(form.passenger_limit, ({ passenger_limit }) => String(passenger_limit ?? "")),
    departure_port: follow(form.departure_port, ({ home_port }) => home_port),
  };
}

export function takePerson({ person_id, name, email, phone }: Person): CrewMember {
  return { person_id, name, email, phone };
}

function withPerson(before: Contact | CrewMember, typed: Contact, people: readonly Person[]): Contact {
  if (before.name === typed.name) return typed;
  const left = people.find(({ person_id }) => "person_id" in before && person_id === before.person_id);
  const own = withoutContact(typed, left);
  const person = named(suggestPeople(people), typed.name);
  return person ? { ...takePerson(person), ...filled(own) } : own;
}

function withPatron(before: Contact, typed: Contact, patrons: readonly ListedPatron[]): Contact {
  if (before.name === typed.name) return typed;
  const suggestions = suggestPatrons(patrons);
  const own = withoutContact(typed, named(suggestions, before.name));
  const patron = named(suggestions, typed.name);
  if (!patron) return own;
  const { name, email, phone } = patron;
  return reach(own) ? { ...own, name } : { name, email, phone };
}

/** What came with a record goes with it; what was typed stays. */
function withoutContact(typed: Contact, left: Contact | null | undefined): Contact {
  if (!left || typed.email !== left.email || typed.phone !== left.phone) return typed;
  return { ...typed, email: "", phone: "" };
}

function filled({ email, phone }: Contact): Partial<Contact> {
  return { ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}
