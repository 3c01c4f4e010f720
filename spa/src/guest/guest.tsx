import { useEffect } from "preact/hooks";
import { ApiError, readGuest } from "../data/api";
import type { GuestEvent } from "../data/contract";
import { session } from "../data/session";
import { useAnswer } from "../lib/answer";
import { useValue } from "../lib/observable";
import { href } from "../lib/router";
import { formatLongDay, formatSpan, useNow, zoneName } from "../lib/time";
import { Detail, PhoneLink } from "../ui/detail";
import { NotFound } from "../ui/not-found";
import { Failed, Skeleton, usePageTitle } from "../ui/page";
import { listWaiting } from "../waiver-page/waiting";
import { waiverPath } from "./waiver-detour";
import "./guest.css";

/**
 * What guests see behind their link. It asks for nothing that only admins may see. `link` is what the address ends in:
 * where the link was renewed, it is not the charter's id.
 */
export function GuestPage({ link }: { link: string }) {
  const { answer: event, error, again } = useAnswer(() => readGuest(link), [link]);
  usePageTitle(event?.title);

  // Coming back from the waiver, guests want to find their name.
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && again();
    window.addEventListener("pageshow", onShow);
    return () => window.removeEventListener("pageshow", onShow);
  }, [link]);

  if (error instanceof ApiError && error.status === 404) {
    return <NotFound what="This charter link is not known. It may have been cut off, or replaced by a newer one." />;
  }
  return (
    <>
      {!event && <h1 tabIndex={-1}>Your charter</h1>}
      {error !== null && (
        <Failed
          what={event ? "The newest state could not be loaded." : "Your charter could not be loaded."}
          error={error}
          onRetry={again}
        />
      )}
      {!event && error === null && <Skeleton rows={3} />}
      {event && <Guest event={event} link={link} />}
    </>
  );
}

function Guest({ event, link }: { event: GuestEvent; link: string }) {
  const admin = useValue(session).state === "in";
  const now_ms = useNow();
  const { operator } = event;
  const cancelled = event.status === "cancelled";
  const over = event.status === "completed" || new Date(event.ends_at).getTime() < now_ms;
  const past = over || event.status === "departed";
  const toSign = !cancelled && !past;
  const span = formatSpan(event.starts_at, event.ends_at, event.timezone);
  const zone = zoneName(event.starts_at, event.timezone);
  const signAt = waiverPath(link);
  const otherPort = event.return_port && event.return_port !== event.departure_port;
  return (
    <>
      <h1 tabIndex={-1} class={cancelled ? "struck" : undefined}>
        {event.title}
      </h1>
      {cancelled && (
        <p class="strip strip-bad">
          <strong>This charter is cancelled.</strong> Questions? Ask {operator.name || "us"}.
        </p>
      )}
      {!cancelled && past && (
        <p class="strip strip-wait">
          <span>{over ? "This charter is over. Thank you for sailing with us." : "This charter has departed."}</span>
          {/* It may still be open; the waiver's page knows. */}
          <a href={signAt}>Waiver</a>
        </p>
      )}
      {listWaiting(signAt).length > 0 && (
        <p class="strip strip-bad">
          <span>A signature is kept on this phone and not sent yet.</span>
          <a href={signAt}>Send it now</a>
        </p>
      )}
      <section class="panel" aria-label="When and where">
        <p class="guest-day">{formatLongDay(event.starts_at, event.timezone)}</p>
        <p class="guest-time">
          {span}
          {!span.endsWith(zone) && <small> {zone}</small>}
        </p>
        <dl class="stack">
          <Detail name="Vessel">{event.vessel}</Detail>
          <Detail name="Departs from">{event.departure_port}</Detail>
          <Detail name="Returns to">{otherPort ? event.return_port : ""}</Detail>
        </dl>
      </section>
      {toSign && (
        <p class="guest-sign">
          <a class="button primary" href={signAt}>
            Sign the waiver
          </a>
          <span>Everybody aboard needs one. It takes two minutes.</span>
        </p>
      )}
      {event.guest_notes && (
        <section class="panel">
          <h2>What to bring and know</h2>
          <p class="multiline">{event.guest_notes}</p>
        </section>
      )}
      <Signers waivers={event.waivers} takesMore={toSign} />
      {(operator.name || operator.phone || operator.email) && (
        <section class="panel">
          <h2>Questions?</h2>
          <p class="contact">
            {operator.name && <strong>{operator.name}</strong>}
            <PhoneLink phone={operator.phone} />
            {operator.email && <a href={`mailto:${operator.email}`}>{operator.email}</a>}
          </p>
        </section>
      )}
      {admin && (
        <p class="back no-print">
          <a href={href(`/events/${event.event_id}`)}>Open this charter at the desk</a>
        </p>
      )}
    </>
  );
}

/** Who has signed, as far as the server names them: the first of very many, and nobody once the charter has sailed. */
function Signers({ waivers, takesMore }: { waivers: GuestEvent["waivers"]; takesMore: boolean }) {
  const { signed, expected, signers } = waivers;
  const more = signed - signers.length;
  return (
    <section class="panel">
      <h2>
        Waivers signed: {signed} of {expected}
      </h2>
      {signers.length > 0 && (
        <ul class="signers">
          {signers.map((name, index) => (
            // Two guests may have the same short name.
            <li key={index}>
              <bdi>{name}</bdi>
            </li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
      )}
      {signed === 0 && takesMore && <p class="nothing">Nobody yet. Be the first.</p>}
    </section>
  );
}
