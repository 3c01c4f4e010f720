import { outbox } from "./charters";
import type { CharterEvent } from "./contract";
import { formatMoney } from "./money";
import { moneyState } from "./money-state";
import { useValue } from "./observable";
import { openPaymentDialog } from "./payment-dialog";
import { methodWord } from "./payment-form";
import { href, navigate } from "./router";
import { session } from "./session";
import { formatAway, formatDay, formatSpan, localDay } from "./time";

interface CardProps {
  event: CharterEvent;
  now_ms: number;
  large?: boolean;
}

/** One charter on the board: what a captain wants to know from arm's length. */
export function Card({ event, now_ms, large }: CardProps) {
  const cancelled = event.status === "cancelled";
  const titleId = `title-${event.event_id}`;
  const crew = event.crew.map(({ name }) => name).filter(Boolean);
  return (
    <article
      class={`card${large ? " card-large" : ""}${cancelled ? " card-cancelled" : ""}`}
      aria-labelledby={titleId}
    >
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
      <div class="card-foot">
        <p class="badges">
          <WaiverBadge event={event} />
          <MoneyBadge event={event} />
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
  const loggedIn = useValue(session).state === "in";
  if (entries.length === 0) return null;
  return (
    <ul class="unsent">
      {entries.map((entry) => {
        const amount = formatMoney(entry.request.amount_cents, entry.currency);
        const what = `${amount} ${methodWord(entry.request.method)}`;
        return (
          <li
            key={entry.payment_id}
            class={`strip strip-${entry.state === "refused" ? "bad" : "wait"}`}
          >
            {entry.state === "waiting" ? (
              <>
                <p>
                  <strong>{what}: not sent yet.</strong>{" "}
                  {loggedIn ? (entry.problem?.message ?? "Sending…") : "Log in to send it."}
                </p>
                {entry.problem && (
                  <button type="button" onClick={() => void outbox.flush()}>
                    Send now
                  </button>
                )}
              </>
            ) : (
              <>
                <p>
                  <strong>{what}: not accepted.</strong> {entry.problem?.message}
                </p>
                <span class="buttons">
                  <button type="button" onClick={() => openPaymentDialog(event_id, entry)}>
                    Correct
                  </button>
                  <button type="button" onClick={() => void outbox.retry(entry.payment_id)}>
                    Try again
                  </button>
                  <button
                    type="button"
                    class="danger"
                    onClick={() => void outbox.discard(entry.payment_id)}
                  >
                    Discard
                  </button>
                </span>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** On every page: that something still waits, and where. */
export function OutboxStrip() {
  const entries = useValue(outbox.entries);
  const refused = entries.filter(({ state }) => state === "refused");
  const [first] = refused;
  if (first) {
    return (
      <div class="strip outbox-strip strip-bad" role="status">
        <p>{counted(refused.length, "was", "were")} not accepted. See the reason and correct it.</p>
        <button type="button" onClick={() => navigate(`/events/${first.event_id}`)}>
          Open charter
        </button>
      </div>
    );
  }
  if (entries.length === 0) return null;
  return (
    <div class="strip outbox-strip strip-wait" role="status">
      <p>{counted(entries.length, "is", "are")} not sent yet.</p>
      <button type="button" onClick={() => void outbox.flush()}>
        Send now
      </button>
    </div>
  );
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 payment ${one}` : `${count} payments ${many}`;
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
