import type { Charter } from "../data/contract";
import { nameList } from "../lib/names";
import { href } from "../lib/router";
import { formatAway, formatDay, formatSpan, localDay } from "../lib/time";
import { MoneyBadge } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { UnsentPayments } from "../payments/unsent";
import { Button } from "../ui/button";
import { Detail } from "../ui/detail";
import { MissingShort, WarningBadges } from "./missing-guests";
import "./card.css";

/** One charter on the board: what a captain wants to know from arm's length. */
export function Card({ charter, now_ms, large }: { charter: Charter; now_ms: number; large?: boolean }) {
  const cancelled = charter.status === "cancelled";
  const titleId = `title-${charter.event_id}`;
  const className = `card${large ? " card-large" : ""}${cancelled ? " card-cancelled" : ""}`;
  const crew = charter.crew.map(({ name }) => name).filter(Boolean);
  return (
    <article class={className} aria-labelledby={titleId}>
      <p class="card-when">
        <span class="card-day">{dayText(charter, now_ms)}</span>{" "}
        <span class="card-time">{formatSpan(charter.starts_at, charter.ends_at, charter.timezone)}</span>{" "}
        <span class="card-away">{stateText(charter, now_ms)}</span>
      </p>
      <h3 id={titleId}>
        <a href={href(`/events/${charter.event_id}`)}>{charter.title}</a>
      </h3>
      <dl class="card-details">
        <Detail name="Vessel">{charter.vessel}</Detail>
        <Detail name="Captain">{charter.captain?.name || <span class="missing">No captain yet</span>}</Detail>
        <Detail name="Crew">{nameList(crew)}</Detail>
        <Detail name="Patron">{charter.patron.name}</Detail>
        <Detail name="Party">{String(charter.party_size)}</Detail>
      </dl>
      <MissingShort charter={charter} now_ms={now_ms} />
      <div class="card-foot spread">
        <p class="badges">
          <WaiverBadge charter={charter} />
          <MoneyBadge charter={charter} />
          <WarningBadges charter={charter} />
        </p>
        <Button
          class={large ? "primary" : ""}
          onClick={() => openPaymentDialog(charter.event_id)}
          aria-label={`Log payment for ${charter.title}`}
        >
          Log payment
        </Button>
      </div>
      <UnsentPayments event_id={charter.event_id} />
    </article>
  );
}

export function WaiverBadge({ charter }: { charter: Charter }) {
  const { signed, expected } = charter.waivers;
  const tone = expected > 0 && signed >= expected ? "good" : signed > 0 ? "part" : "calm";
  return (
    <span class={`badge badge-${tone}`}>
      Waivers {signed}/{expected}
    </span>
  );
}

function dayText(charter: Charter, now_ms: number): string {
  const day = localDay(new Date(charter.starts_at), charter.timezone);
  const today = localDay(new Date(now_ms), charter.timezone);
  if (day === today) return "Today";
  const tomorrow = localDay(new Date(now_ms + 86_400_000), charter.timezone);
  if (day === tomorrow) return "Tomorrow";
  return formatDay(charter.starts_at, charter.timezone);
}

export const statusNames: Record<Charter["status"], string> = {
  scheduled: "Scheduled",
  departed: "Departed",
  completed: "Completed",
  cancelled: "Cancelled",
};

function stateText({ status, starts_at, ends_at }: Charter, now_ms: number): string {
  if (status !== "scheduled") return statusNames[status];
  if (new Date(starts_at).getTime() > now_ms) return `Departs ${formatAway(starts_at, now_ms)}`;
  return new Date(ends_at).getTime() > now_ms ? "Under way" : "Ended";
}
