import type { ComponentChildren } from "preact";
import type { Charter, MailProblem } from "../data/contract";
import type { OutboxEntry } from "../data/outbox-entry";
import { formatLongDay, formatSpan, zoneIfForeign } from "../lib/time";
import { MoneyColumn } from "../payments/money-state";
import { SeatName } from "../ui/crew/seat-name";
import { captainSeat } from "../ui/crew/seats";
import { Detail } from "../ui/detail";
import { ContactLine } from "./contact-line";
import { isLate, phaseOf } from "./phase";
import { Reminders } from "./reminders";

interface FactsProps {
  charter: Charter;
  problems: readonly MailProblem[];
  unsent: readonly OutboxEntry[];
  now_ms: number;
}

/** What is asked for on the phone: when, which boat, whom to call, what is due. */
export function Facts({ charter, problems, unsent, now_ms }: FactsProps) {
  return (
    <dl class="panel facts">
      <Fact name="When">
        <strong class="fact-lead">{formatSpan(charter.starts_at, charter.ends_at, charter.timezone)}</strong>
        <span class="fact-more">{formatLongDay(charter.starts_at, charter.timezone)}</span>
      </Fact>
      <Fact name="Boat">
        <strong class="fact-lead">{charter.vessel || "No boat yet"}</strong>
        <span class="fact-more">
          {charter.party_size === 1 ? "1 guest" : `${charter.party_size} guests`}
          {charter.passenger_limit !== null && `, limit ${charter.passenger_limit}`}
        </span>
        <span class="fact-more">{portsText(charter)}</span>
      </Fact>
      <Fact name="Captain">
        <Captain charter={charter} problems={problems} />
      </Fact>
      <Fact name="Patron">
        {Object.values(charter.patron).some(Boolean) ? (
          <ContactLine person={charter.patron} problems={problems} />
        ) : (
          <span class="fact-more">Not named</span>
        )}
      </Fact>
      <Fact name="Money">
        <MoneyColumn charter={charter} unsent={unsent} late={isLate(phaseOf(charter, now_ms))} />
      </Fact>
    </dl>
  );
}

/** The captain; while there is none, the person who is asked, marked as asked. */
function Captain({ charter, problems }: Pick<FactsProps, "charter" | "problems">) {
  const seat = captainSeat(charter);
  if (!seat) return <span class="missing">Nobody yet</span>;
  return (
    <>
      <SeatName {...seat} />
      {charter.captain && <ContactLine person={{ ...charter.captain, name: "" }} problems={problems} />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function portsText({ departure_port, return_port }: Charter): string {
  const back = return_port && return_port !== departure_port ? `back to ${return_port}` : "";
  return [departure_port && `From ${departure_port}`, back].filter(Boolean).join(", ");
}

/** What is read once: reminders, notes. */
export function Details({ charter }: { charter: Charter }) {
  const zone = zoneIfForeign(charter.starts_at, charter.timezone);
  return (
    <dl class="stack">
      <Detail name="Balance reminders">
        <Reminders charter={charter} />
      </Detail>
      <Detail name="Time zone">{zone && `${charter.timezone} (${zone})`}</Detail>
      <Detail name="Guests should know">
        {charter.guest_notes && <span class="multiline">{charter.guest_notes}</span>}
      </Detail>
      <Detail name="Notes (admins only)">{charter.notes && <span class="multiline">{charter.notes}</span>}</Detail>
    </dl>
  );
}
