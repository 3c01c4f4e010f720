import type { ComponentChildren } from "preact";
import type { Boat, Charter, MailProblem, Person, Position } from "../../data/contract";
import { Button } from "../../ui/button";
import { MessageLinks } from "../../ui/crew/message-links";
import { roleNames } from "../../ui/crew/roles";
import { seatTexts } from "../../ui/crew/seats";
import { ContactLine } from "../contact-line";
import { answerByText, askedTexts, messageText, personOf } from "./crew-text";
import type { OpenPosition } from "./position-dialogs";
import "../../ui/crew/state-text.css";
import "./crew-panel.css";

interface Props {
  charter: Charter;
  /** Null until the list is known: then nobody can be written to from here. */
  people: readonly Person[] | null;
  boat: Boat | null;
  problems: readonly MailProblem[];
  onOpen(what: OpenPosition): void;
}

/** Who sails it: place by place what was asked and answered, and the ways to write to them. */
export function CrewPanel({ charter, people, boat, problems, onOpen }: Props) {
  const bareboat = boat?.kind === "bareboat";
  const held = charter.positions.filter(({ state }) => state !== "withdrawn");
  const gone = charter.positions.filter(({ state }) => state === "withdrawn");
  const lacksCaptain = charter.captain === null && held.every(({ role }) => role !== "captain");
  const acts = charter.status === "scheduled" && !bareboat;
  return (
    <section class="panel crew" aria-labelledby="crew">
      <div class="spread">
        <h2 id="crew" tabIndex={-1}>
          Crew
        </h2>
        {acts && (
          <Button class="quiet" onClick={() => onOpen({ position: null, role: lacksCaptain ? "captain" : "mate" })}>
            Add position
          </Button>
        )}
      </div>
      {bareboat && (
        <p class="hint">
          {boat.name} is chartered bareboat: who charters it chooses and pays captain and crew. The operator may neither
          ask nor assign them. Their names can be typed under Edit.
        </p>
      )}
      {lacksCaptain && <p class="state state-due">No captain yet</p>}
      <ul>
        {typedSailors(charter, held).map(({ role, person }) => (
          <Place key={`${role} ${person.name} ${person.email}`} role={role}>
            <ContactLine person={person} problems={problems} />
          </Place>
        ))}
        {held.map((position) => (
          <Place key={position.position_id} role={roleText(position)}>
            <PositionText position={position} charter={charter} people={people} problems={problems} />
            {acts && (
              <Button class="quiet crew-change" onClick={() => onOpen({ position, role: position.role })}>
                {position.state === "open" ? "Ask…" : "Change…"}
                <span class="visually-hidden"> {roleText(position)}</span>
              </Button>
            )}
          </Place>
        ))}
      </ul>
      {gone.length > 0 && (
        <details class="crew-gone">
          <summary>{gone.length === 1 ? "1 position withdrawn" : `${gone.length} positions withdrawn`}</summary>
          <ul>
            {gone.map((position) => (
              <Place key={position.position_id} role={roleText(position)}>
                <Asked position={position} timezone={charter.timezone} />
              </Place>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

const roleText = ({ role, required }: Position) => `${roleNames[role]}${required ? "" : ", if there is one"}`;

function Place({ role, children }: { role: string; children: ComponentChildren }) {
  return (
    <li class="crew-place">
      <p class="crew-role">{role}</p>
      {children}
    </li>
  );
}

/** Captain and crew who were written into the charter by hand. */
function typedSailors({ captain, crew }: Charter, positions: readonly Position[]) {
  const all = [
    ...(captain ? [{ role: "Captain", person: captain }] : []),
    ...crew.map((person) => ({ role: "Crew", person })),
  ];
  const holders = new Set(positions.map(({ person }) => person?.person_id));
  return all.filter(({ person: { person_id } }) => person_id === null || !holders.has(person_id));
}

interface PositionProps extends Pick<Props, "charter" | "people" | "problems"> {
  position: Position;
}

function PositionText({ position, charter, people, problems }: PositionProps) {
  const who = personOf(position);
  const known = people?.find(({ person_id }) => person_id === who?.person_id);
  const until = answerByText(position, charter.timezone);
  return (
    <>
      <p>
        {who && <strong>{who.name}</strong>} <StateText position={position} />
      </p>
      {until && <p class="crew-quiet">{until}</p>}
      {known && (
        <ContactLine person={{ ...known, name: "" }} problems={problems}>
          <MessageLinks text={messageText(charter, position, known)} person={known} />
        </ContactLine>
      )}
      <Asked position={position} timezone={charter.timezone} />
    </>
  );
}

function StateText({ position: { state, required } }: { position: Position }) {
  if (state === "withdrawn") return null;
  if (state === "open") return <span class={`state state-${required ? "part" : "calm"}`}>nobody is asked</span>;
  const { word, tone } = seatTexts[state];
  return <span class={`state state-${tone}`}>{word}</span>;
}

function Asked({ position, timezone }: { position: Position; timezone: string }) {
  const texts = askedTexts(position, timezone);
  if (texts.length === 0) return null;
  return (
    <ul class="crew-quiet" aria-label="Who was asked">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
