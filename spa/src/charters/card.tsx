import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { charters, outbox } from "../data/charters";
import type { CharterEvent } from "../data/contract";
import { firstPayment, type OutboxEntry } from "../data/outbox";
import { session } from "../data/session";
import { useValue } from "../lib/observable";
import { href, navigate } from "../lib/router";
import {
  browserTimezone,
  formatAway,
  formatDay,
  formatRecent,
  formatSpan,
  localDay,
} from "../lib/time";
import { amountText, DuplicateChoices, firstText } from "../payments/duplicate";
import { moneyState } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { Dialog } from "../ui/ui";
import { MissingShort, WarningBadges } from "./missing-guests";

interface CardProps {
  event: CharterEvent;
  now_ms: number;
  large?: boolean;
}

/** One charter on the board: what a captain wants to know from arm's length. */
export function Card({ event, now_ms, large }: CardProps) {
  const cancelled = event.status === "cancelled";
  const titleId = `title-${event.event_id}`;
  const looks = `card${large ? " card-large" : ""}${cancelled ? " card-cancelled" : ""}`;
  const crew = event.crew.map(({ name }) => name).filter(Boolean);
  return (
    <article class={looks} aria-labelledby={titleId}>
      <p class="card-when">
        <span class="card-day">{dayText(event, now_ms)}</span>{" "}
        <span class="card-time">{formatSpan(event.starts_at, event.ends_at, event.timezone)}</span>{" "}
        <span class="card-away">{stateText(event, now_ms)}</span>
      </p>
      <h3 id={titleId}>
        <a href={href(`/events/${event.event_id}`)}>{event.title}</a>
      </h3>
      <dl class="card-facts">
        <Fact name="Vessel" value={event.vessel} />
        <Fact name="Captain" value={event.captain?.name ?? ""} missing="No captain yet" />
        <Fact name="Crew" value={crew.join(", ")} />
        <Fact name="Patron" value={event.patron.name} />
        <Fact name="Party" value={String(event.party_size)} />
      </dl>
      <MissingShort event={event} now_ms={now_ms} />
      <div class="card-foot">
        <p class="badges">
          <WaiverBadge event={event} />
          <MoneyBadge event={event} />
          <WarningBadges event={event} />
        </p>
        <button
          type="button"
          class={large ? "primary" : ""}
          onClick={() => openPaymentDialog(event.event_id)}
          aria-label={`Log payment for ${event.title}`}
        >
          Log payment
        </button>
      </div>
      <UnsentPayments event_id={event.event_id} />
    </article>
  );
}

function Fact({ name, value, missing }: { name: string; value: string; missing?: string }) {
  if (!value && !missing) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={value ? undefined : "missing"}>{value || missing}</dd>
    </div>
  );
}

export function WaiverBadge({ event }: { event: CharterEvent }) {
  const { signed, expected } = event.waivers;
  const tone = expected > 0 && signed >= expected ? "good" : signed > 0 ? "part" : "calm";
  return (
    <span class={`badge badge-${tone}`}>
      Waivers {signed}/{expected}
    </span>
  );
}

export function MoneyBadge({ event }: { event: CharterEvent }) {
  const entries = useValue(outbox.entries);
  const unsent = entries.filter(({ event_id }) => event_id === event.event_id);
  const { tone, label, remark } = moneyState(event, unsent);
  return (
    <>
      <span class={`badge badge-${tone}`}>{label}</span>
      {remark && <span class="badge-remark">{remark}</span>}
    </>
  );
}

/** Payments of a charter that the server has not confirmed, and what can be done about them. */
export function UnsentPayments({ event_id }: { event_id: string }) {
  const entries = useValue(outbox.entries).filter((entry) => entry.event_id === event_id);
  if (entries.length === 0) return null;
  return (
    <ul class="unsent">
      {entries.map((entry) => (
        <li
          key={entry.payment_id}
          class={`strip strip-${entry.state === "refused" ? "bad" : "wait"}`}
        >
          <Unsent entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function Unsent({ entry }: { entry: OutboxEntry }) {
  const event = useValue(charters).get(entry.event_id);
  const loggedIn = useValue(session).state === "in";
  const sending = useValue(outbox.sending);
  const first = firstPayment(entry);
  if (entry.state === "waiting") {
    return (
      <>
        <p>
          <strong>{amountText(entry)}: not sent yet.</strong> Waiting {sinceText(entry)}.{" "}
          {loggedIn && (sending ? "Sending…" : (entry.problem?.message ?? "It sends itself."))}
          {!loggedIn && "Log in to send it."}
        </p>
        {entry.problem && (
          <button type="button" onClick={() => void outbox.flush()}>
            Send now
          </button>
        )}
      </>
    );
  }
  if (first) {
    return (
      <>
        <p>
          <strong>{amountText(entry)}: is it a second payment?</strong>{" "}
          {firstText(entry, first, event)} Yours has been waiting {sinceText(entry)}.
        </p>
        <DuplicateChoices entry={entry} />
      </>
    );
  }
  return <Refused entry={entry} />;
}

function Refused({ entry }: { entry: OutboxEntry }) {
  const [discarding, setDiscarding] = useState(false);
  return (
    <>
      <p>
        <strong>{amountText(entry)}: not accepted.</strong> Waiting {sinceText(entry)}.{" "}
        {entry.problem?.message}
      </p>
      <span class="buttons">
        <button type="button" onClick={() => openPaymentDialog(entry.event_id, entry)}>
          Correct
        </button>
        <button type="button" onClick={() => void outbox.retry(entry.payment_id)}>
          Try again
        </button>
        <button type="button" class="danger" onClick={() => setDiscarding(true)}>
          Discard…
        </button>
      </span>
      {discarding && <DiscardDialog entry={entry} onClose={() => setDiscarding(false)} />}
    </>
  );
}

function DiscardDialog({ entry, onClose }: { entry: OutboxEntry; onClose(): void }) {
  return (
    <Dialog title={`Discard ${amountText(entry)}?`} onClose={onClose}>
      <div class="dialog-body">
        <p>
          It was never recorded, and nothing of it stays. If the money has changed hands, correct it
          instead.
        </p>
      </div>
      <footer class="dialog-foot">
        <button type="button" data-first onClick={onClose}>
          Keep
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={() => void outbox.discard(entry.payment_id)}
        >
          Discard
        </button>
      </footer>
    </Dialog>
  );
}

/** On every page: what waits, since when, and where to look. */
export function OutboxStrip() {
  const entries = useValue(outbox.entries);
  const refused = entries.filter(({ state }) => state === "refused");
  const waiting = entries.filter(({ state }) => state === "waiting");
  return (
    <>
      {refused.length > 0 && (
        <OutboxList entries={refused} tone="bad" title={refusedText(refused)}>
          <button type="button" onClick={() => navigate(`/events/${refused[0]?.event_id}`)}>
            Open charter
          </button>
        </OutboxList>
      )}
      {waiting.length > 0 && (
        <OutboxList entries={waiting} tone="wait" title={`${waiting.length} not sent yet`}>
          <button type="button" onClick={() => void outbox.flush()}>
            Send now
          </button>
        </OutboxList>
      )}
    </>
  );
}

interface OutboxListProps {
  entries: readonly OutboxEntry[];
  tone: "bad" | "wait";
  title: string;
  children: ComponentChildren;
}

function OutboxList({ entries, tone, title, children }: OutboxListProps) {
  const known = useValue(charters);
  const text = (entry: OutboxEntry) => {
    const event = known.get(entry.event_id);
    return `${amountText(entry)}${event ? ` for ${event.title}` : ""}, ${sinceText(entry)}`;
  };
  const [oldest] = entries;
  return (
    <div class={`strip outbox-strip strip-${tone}`} role="status">
      {oldest && entries.length === 1 ? (
        <p>
          <strong>{title}:</strong> {text(oldest)}
        </p>
      ) : (
        <details>
          <summary>
            <strong>{title}</strong>
            {oldest && `, ${sinceText(oldest)}`}
          </summary>
          <ul>
            {entries.map((entry) => (
              <li key={entry.payment_id}>{text(entry)}</li>
            ))}
          </ul>
        </details>
      )}
      {children}
    </div>
  );
}

function refusedText(entries: readonly OutboxEntry[]): string {
  return entries.every(firstPayment)
    ? `${entries.length} may be logged already`
    : `${entries.length} not accepted`;
}

function sinceText({ created_at }: OutboxEntry): string {
  return `since ${formatRecent(created_at, browserTimezone)}`;
}

function dayText(event: CharterEvent, now_ms: number): string {
  const day = localDay(new Date(event.starts_at), event.timezone);
  const today = localDay(new Date(now_ms), event.timezone);
  if (day === today) return "Today";
  const tomorrow = localDay(new Date(now_ms + 86_400_000), event.timezone);
  if (day === tomorrow) return "Tomorrow";
  return formatDay(event.starts_at, event.timezone);
}

function stateText({ status, starts_at, ends_at }: CharterEvent, now_ms: number): string {
  if (status === "cancelled") return "Cancelled";
  if (status === "completed") return "Completed";
  if (new Date(starts_at).getTime() > now_ms) return `Departs ${formatAway(starts_at, now_ms)}`;
  return new Date(ends_at).getTime() > now_ms ? "Under way" : "Ended";
}
