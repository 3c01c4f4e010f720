import { useMemo } from "preact/hooks";
import type { Charter } from "../data/contract";
import type { OutboxEntry } from "../data/outbox-entry";
import { href } from "../lib/browser/router";
import { nowMs } from "../lib/clock";
import { formatAway, formatEnd, formatTime } from "../lib/time";
import { MoneyColumn } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { UnsentPayments } from "../payments/unsent";
import { Button } from "../ui/button";
import { SeatName } from "../ui/crew/seat-name";
import { captainSeat, crewSeats } from "../ui/crew/seats";
import { readyText } from "../ui/readiness/ready-text";
import { MissingShort, WarningBadges } from "./missing-guests";
import { isLate, type Phase, phaseText } from "./phase";
import "./row.css";

export interface RowProps {
  charter: Charter;
  phase: Phase;
  /** Payments that this device has not sent yet. */
  unsent: readonly OutboxEntry[];
  /** Of the next departure alone, which counts down. */
  now_ms?: number | undefined;
}

/** One charter on the board: what a captain wants to know from arm's length, in one line. */
export function Row({ charter, phase, unsent, now_ms }: RowProps) {
  // A board of hundreds is drawn again with every key that is typed; most of its rows have not changed.
  return useMemo(() => {
    const props = { charter, phase, unsent, now_ms };
    return phase === "cancelled" && unsent.length === 0 ? <CancelledRow {...props} /> : <FullRow {...props} />;
  }, [charter, phase, unsent, now_ms]);
}

function CancelledRow({ charter }: RowProps) {
  return (
    <article class="row row-cancelled" aria-labelledby={titleId(charter)}>
      <p class="row-time">
        <time dateTime={charter.starts_at}>{formatTime(charter.starts_at, charter.timezone)}</time>
      </p>
      <div class="row-what">
        <Title charter={charter} /> <p class="row-state">Cancelled</p>
      </div>
      <MoneyColumn charter={charter} unsent={[]} late={false} />
    </article>
  );
}

function FullRow({ charter, phase, unsent, now_ms }: RowProps) {
  const captain = captainSeat(charter);
  const state = now_ms === undefined ? phaseText(phase) : formatAway(charter.starts_at, now_ms);
  return (
    <article class={now_ms === undefined ? "row" : "row row-next"} aria-labelledby={titleId(charter)}>
      <p class="row-time">
        <time dateTime={charter.starts_at}>{formatTime(charter.starts_at, charter.timezone)}</time>{" "}
        <span class="row-end">{formatEnd(charter.starts_at, charter.ends_at, charter.timezone)}</span>{" "}
        {state && <span class="row-state">{state}</span>}
      </p>
      <div class="row-what">
        <Title charter={charter} />
        <p class="row-more">
          {charter.vessel || "No boat yet"}
          <Then class="only-wide" name={charter.patron.name} />
          <span class="only-narrow"> · {captain ? <SeatName {...captain} /> : "No captain yet"}</span>
        </p>
        <WarningBadges charter={charter} />
      </div>
      <div class="row-crew">
        <p>{captain ? <SeatName {...captain} /> : <span class="missing">No captain yet</span>}</p>
        <p class="row-more row-mates">
          {crewSeats(charter).map((seat, place) => (
            // Two places may be open for one role.
            <SeatName key={place} {...seat} name={firstName(seat.name)} />
          ))}
        </p>
      </div>
      <div class="row-sums">
        <div class="row-guests">
          <p class="only-wide">{charter.party_size === 1 ? "1 guest" : `${charter.party_size} guests`}</p>
          <Signed charter={charter} phase={phase} />
          {(phase === "coming" || phase === "today" || phase === "urgent" || phase === "under way") && (
            <MissingShort charter={charter} />
          )}
        </div>
        <MoneyColumn charter={charter} unsent={unsent} late={isLate(phase)} />
      </div>
      <Ready charter={charter} />
      <Button
        id={`pay-${charter.event_id}`}
        class={payClass(charter, now_ms !== undefined)}
        onClick={() => openPaymentDialog(charter.event_id)}
        aria-label={`Log payment for ${charter.title}`}
      >
        Log payment
      </Button>
      {unsent.length > 0 && <UnsentPayments event_id={charter.event_id} />}
    </article>
  );
}

/** Whether it can sail: what blocks is told in words, never in grey. */
function Ready({ charter }: { charter: Charter }) {
  const text = readyText(charter, nowMs());
  if (!text) return <p class="row-ready" />;
  return (
    <p class={`row-ready row-ready-${text.tone}`}>
      <span class={text.tone === "due" ? "badge badge-due state state-due" : `state state-${text.tone}`}>
        {text.word}
      </span>{" "}
      {text.why && (
        <span class="row-why" title={text.why}>
          {text.why}
        </span>
      )}
    </p>
  );
}

const firstName = (name: string) => name.trim().split(/\s+/)[0] ?? name;

/** Who stands behind the boat. */
function Then({ class: className, name }: { class: string; name: string }) {
  return name ? <span class={className}> · {name}</span> : null;
}

function Title({ charter }: { charter: Charter }) {
  return (
    <h4 id={titleId(charter)}>
      <a href={href(`/events/${charter.event_id}`)} title={charter.title}>
        {charter.title}
      </a>
    </h4>
  );
}

function Signed({ charter: { waivers }, phase }: { charter: Charter; phase: Phase }) {
  const { signed, expected } = waivers;
  const missing = phase === "urgent" || phase === "under way" ? "due" : phase === "ended" ? "calm" : "part";
  const tone = expected > 0 && signed >= expected ? "good" : missing;
  return (
    <p class={`row-signed tone-${tone}`}>
      {signed} of {expected} signed
    </p>
  );
}

/** Money that is still to come makes a button; a tip, or the first payment of a charter without a fee, a quiet one. */
function payClass({ balance }: Charter, next: boolean): string {
  if (next) return "row-pay primary";
  return balance.balance_due_cents > 0 ? "row-pay" : "row-pay row-pay-quiet";
}

const titleId = ({ event_id }: Charter) => `title-${event_id}`;
