import { useState } from "preact/hooks";
import { listCharters } from "../data/api";
import type { Person, PersonDetails, PersonEdit } from "../data/contract";
import { createPerson, editPerson, listPeople, renewPersonLink } from "../data/later-api";
import { personPapers } from "../data/later-limits";
import { useAnswer } from "../lib/answer";
import { nowMs } from "../lib/clock";
import { Button } from "../ui/button";
import { CallLink, MailLink } from "../ui/contact-link";
import { MessageLinks } from "../ui/crew/message-links";
import { expectedPapers } from "../ui/crew/papers";
import { roleNames } from "../ui/crew/roles";
import { Loaded } from "../ui/loaded";
import { nextSailText } from "./next-sail";
import { PaperCounts, type PaperRow, PaperTable } from "./paper-table";
import { PrivateLink } from "./private-link";
import { RecordDialog } from "./record-dialog";
import { personParts, personTable } from "./record-tables";

/** Who may sail as captain or crew, with their papers. */
export function PeoplePage() {
  const asked = useAnswer(listPeople, []);
  const [opened, setOpened] = useState<{ person: Person | null } | null>(null);
  const keep = (saved: Person) =>
    asked.setAnswer((people) => [...people.filter(({ person_id }) => person_id !== saved.person_id), saved]);
  // Whoever sails on none of the next hundred shows without.
  const coming = useAnswer(() => listCharters({ limit: 100 }), []).answer?.events ?? [];
  const rows = sorted(asked.answer ?? []).map((person) =>
    personRow(person, nextSailText(person.person_id, coming, nowMs()), () => setOpened({ person })),
  );
  return (
    <>
      <div class="page-head papers-head">
        <h1 tabIndex={-1}>People</h1>
        <PaperCounts rows={rows} />
        <Button class="primary" onClick={() => setOpened({ person: null })}>
          Add a person
        </Button>
      </div>
      <Loaded asked={asked} failed="The people could not be loaded." kind="line">
        {() =>
          rows.length > 0 ? (
            <PaperTable label="People" kinds={personPapers} rows={rows} contact="Contact" />
          ) : (
            <div class="empty">
              <p class="empty-title">Nobody is on the list yet.</p>
              <p>Add your captains and crew; then a charter finds their email and phone by name.</p>
            </div>
          )
        }
      </Loaded>
      {opened && <PersonDialog person={opened.person} onSaved={keep} onClose={() => setOpened(null)} />}
    </>
  );
}

/** Those who are active first, then by rank and name. */
function sorted(people: readonly Person[]): Person[] {
  return [...people].sort(
    (one, other) =>
      Number(other.active) - Number(one.active) || one.rank - other.rank || one.name.localeCompare(other.name),
  );
}

function personRow(person: Person, next: string, onOpen: () => void): PaperRow {
  const { person_id, name, email, phone, roles, rank, active, papers } = person;
  return {
    id: person_id,
    name,
    what: [...roles.map((role) => roleNames[role]), `rank ${rank}`].join(", "),
    more: next,
    active,
    papers,
    expected: expectedPapers(roles),
    contact: (
      <span class="contact">
        <CallLink phone={phone} />
        {phone && <MessageLinks text={linkText(person)} person={person} />}
        <MailLink email={email} />
      </span>
    ),
    onOpen,
  };
}

/** What is sent by hand with the link to somebody's own page. */
function linkText({ name, page_url }: Person): string {
  const [first = name] = name.trim().split(/\s+/);
  return `Hi ${first}, here are your charters, what is asked of you, and your answers: ${page_url}`;
}

interface DialogProps {
  person: Person | null;
  onSaved(person: Person): void;
  onClose(): void;
}

function PersonDialog({ person, onSaved, onClose }: DialogProps) {
  const [page_url, setPageUrl] = useState(person?.page_url ?? "");
  return (
    <RecordDialog
      title={person ? person.name : "New person"}
      table={personTable}
      parts={personParts}
      record={person}
      create={(key, body) => createPerson(key, body as PersonDetails)}
      edit={({ person_id, version }, changed) => editPerson(person_id, { ...changed, version } as PersonEdit)}
      onSaved={onSaved}
      onClose={onClose}
    >
      {person && (
        <section class="dialog-body private">
          <h3>Private page</h3>
          <PrivateLink
            label="Link to their own page"
            url={page_url}
            renew={async () => {
              const renewed = await renewPersonLink(person.person_id);
              setPageUrl(renewed.page_url);
              onSaved(renewed);
            }}
          >
            <p>Whoever has it sees this person's charters and answers for them. Give it to {person.name} alone.</p>
          </PrivateLink>
          <p class="buttons">
            <a class="button" href={page_url} target="_blank" rel="noopener noreferrer">
              Open their page
            </a>
            <MessageLinks text={linkText({ ...person, page_url })} person={person} buttons />
          </p>
        </section>
      )}
    </RecordDialog>
  );
}
