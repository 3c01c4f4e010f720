import type { CharterEvent } from "../data/contract";
import { href } from "../lib/router";
import { formatAway, formatDay, formatSpan, localDay } from "../lib/time";
import { MoneyBadge } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { UnsentPayments } from "../payments/unsent";
import { MissingShort, WarningBadges } from "./missing-guests";
import "./card.css";

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
