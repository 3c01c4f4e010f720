import { useMemo } from "preact/hooks";
import type { Boat, Contact, CrewMember, Person } from "../../data/contract";
import { createBoat, createPerson } from "../../data/later-api";
import { isBlank } from "../../lib/names";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { announce, announceFailure } from "../../ui/notices";
import { useTask } from "../../ui/task";
import { type CharterForm, charterTable } from "./charter-table";
import { type Known, takePerson } from "./suggestions";

interface Props {
  form: CharterForm;
  known: Known;
  onChange(change: (form: CharterForm) => CharterForm): void;
  onMade(made: { boat?: Boat; person?: Person }): void;
}

/** Below the vessel: what is known of the boat, or the way to put it on the list of boats. */
export function BoatNote({ form, known, onChange, onMade }: Props) {
  const boat = known.boats.find(({ boat_id }) => boat_id === form.boat_id);
  const { busy, run } = useTask("The boat was not made.", announceFailure);
  const key = useMemo(uuid7, [form.vessel, form.passenger_limit, form.departure_port]);
  if (boat) {
    const { turnaround_minutes: minutes } = boat;
    return (
      <p class="hint">On the list of boats.{minutes > 0 && ` ${minutes} minutes lie between two of its charters.`}</p>
    );
  }
  if (form.boat_id || isBlank(form.vessel)) return null;
  const make = async () => {
    const passenger_limit = charterTable.passenger_limit.read(form.passenger_limit, { refuse: () => {} });
    const made = await createBoat(key, {
      name: form.vessel.trim(),
      passenger_limit: passenger_limit ?? null,
      home_port: form.departure_port.trim(),
    });
    onMade({ boat: made });
    onChange((form) => ({ ...form, boat_id: made.boat_id, vessel: made.name }));
    announce(`${made.name} is on the list of boats.`);
  };
  return (
    <p>
      <Button class="quiet" disabled={busy} onClick={() => void run(make)}>
        Make a boat of this
      </Button>
    </p>
  );
}

/** Below captain and crew: the way to put those who were typed on the list of people. */
export function PeopleNotes({ field, form, onChange, onMade }: Props & { field: "captain" | "crew" }) {
  const all: readonly (Contact | CrewMember)[] = field === "captain" ? [form.captain] : form.crew;
  const link = (index: number, person: Person) =>
    onChange((form) => {
      if (field === "captain") return { ...form, captain: takePerson(person) };
      return { ...form, crew: form.crew.map((other, at) => (at === index ? takePerson(person) : other)) };
    });
  return (
    <>
      {all.map((contact, index) =>
        ("person_id" in contact && contact.person_id) || isBlank(contact.name) ? null : (
          <MakePerson
            // Rows have no identity of their own.
            key={index}
            contact={contact}
            role={field === "captain" ? "captain" : "deckhand"}
            onMade={(person) => {
              onMade({ person });
              link(index, person);
            }}
          />
        ),
      )}
    </>
  );
}

interface MakeProps {
  contact: Contact;
  role: Person["roles"][number];
  onMade(person: Person): void;
}

function MakePerson({ contact: { name, email, phone }, role, onMade }: MakeProps) {
  const { busy, run } = useTask("The person was not made.", announceFailure);
  const key = useMemo(uuid7, [name, email, phone]);
  const make = async () => {
    const made = await createPerson(key, {
      name: name.trim(),
      email: email.trim(),
      phone: phone.trim(),
      roles: [role],
    });
    onMade(made);
    announce(`${made.name} is on the list of people.`);
  };
  return (
    <p>
      <Button class="quiet" disabled={busy} onClick={() => void run(make)}>
        Make a person of this<span class="visually-hidden">: {name}</span>
      </Button>
    </p>
  );
}
