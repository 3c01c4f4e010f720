import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, cancelCharter, readCharter } from "../data/api";
import { loaded } from "../data/board";
import { charters, edit, keepCharters, keepDetail, records, remembered } from "../data/charters";
import type { CharterEvent, MailProblem, Person, WaiverSummary } from "../data/contract";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { href } from "../lib/router";
import { formatLongDay, formatMoment, formatSpan, useNow, zoneIfForeign } from "../lib/time";
import { problemText, sameAddress } from "../mail/mail-text";
import { MoneyBadge } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { Statement } from "../payments/statement/statement";
import { UnsentPayments } from "../payments/unsent";
import { LazyShare } from "../share/lazy-share";
import { Detail, PhoneLink } from "../ui/detail";
import { NotFound } from "../ui/not-found";
import { announce, announceFailure } from "../ui/notices";
import { AsOf, Failed, Skeleton, usePageTitle } from "../ui/page";
import { ReasonDialog } from "../ui/reason-dialog";
import { useTask } from "../ui/task";
import { WaiverBadge } from "./card";
import { openCharterDialog } from "./charter-dialog";
import { MissingGuests, Reopen, Warnings } from "./missing-guests";
import { Reminders } from "./reminders";
import "./charter.css";

/** One charter, with everything that belongs to it. */
export function CharterPage({ event_id }: { event_id: string }) {
  const event = useValue(charters).get(event_id);
  const read_before_ms = useValue(records).get(event_id)?.read_at_ms ?? loaded.value?.at_ms;
  const [error, setError] = useState<unknown>(null);
  const read_at_ms = useRef(0);
  usePageTitle(event?.title);

  const load = () => {
    setError(null);
    readCharter(event_id).then((detail) => {
      read_at_ms.current = Date.now();
      keepDetail(detail);
    }, setError);
  };

  useReload(load, () => read_at_ms.current, [event_id]);

  if (error instanceof ApiError && error.status === 404) {
    return <NotFound what="There is no such charter." />;
  }
  return (
    <>
      {error !== null && !event && (
        <Failed what="The charter could not be loaded." error={error} onRetry={load} />
      )}
      {error !== null && event && (
        <AsOf at_ms={read_before_ms ?? Date.now()} error={error} onRetry={load} />
      )}
      {event ? (
        <Charter event={event} failed={error !== null} />
      ) : (
        error === null && (
          <>
            <h1 tabIndex={-1}>Charter</h1>
            <Skeleton rows={3} />
          </>
        )
      )}
    </>
  );
}

function Charter({ event, failed }: { event: CharterEvent; failed: boolean }) {
  const partly = useValue(remembered).has(event.event_id);
  const known = useValue(records).get(event.event_id);
  const now_ms = useNow();
  const cancelled = event.status === "cancelled";
  return (
    <>
      <header class="charter-head">
        <p class="charter-when">
          {formatLongDay(event.starts_at, event.timezone)}
          <strong>{formatSpan(event.starts_at, event.ends_at, event.timezone)}</strong>
        </p>
        <h1 tabIndex={-1} class={cancelled ? "struck" : undefined}>
          {event.title}
        </h1>
        <p class="badges">
          {event.status !== "scheduled" && (
            <span class={`badge badge-${cancelled ? "due" : "calm"}`}>
              {cancelled ? "Cancelled" : "Completed"}
            </span>
          )}
          <WaiverBadge event={event} />
          <MoneyBadge event={event} />
        </p>
        <p class="buttons">
          <button type="button" class="primary" onClick={() => openPaymentDialog(event.event_id)}>
            Log payment
          </button>
          <button type="button" disabled={partly} onClick={() => openCharterDialog(event)}>
            Edit
          </button>
          <a class="button" href={href(`/events/${event.event_id}/manifest`)}>
            Manifest
          </a>
          <StatusButtons event={event} />
        </p>
        <Warnings event={event} />
        {partly && failed && (
          <p class="hint">
            Contacts and notes are not kept on this device. They show, and can be edited, with a
            connection.
          </p>
        )}
        <UnsentPayments event_id={event.event_id} />
      </header>
      <div class="columns">
        <div>
          <Section title="Payments">
            {known ? (
              <Statement event={event} payments={known.payments} />
            ) : failed ? (
              <p class="nothing">The payments show with a connection.</p>
            ) : (
              <Skeleton rows={3} kind="line" />
            )}
          </Section>
          <Section title={`Waivers: ${event.waivers.signed} of ${event.waivers.expected} signed`}>
            <Reopen event={event} now_ms={now_ms} />
            <MissingGuests event={event} now_ms={now_ms} />
            {known ? (
              <Waivers event={event} waivers={known.waiver_records} />
            ) : failed ? (
              <p class="nothing">The signed waivers show with a connection.</p>
            ) : (
              <Skeleton rows={2} kind="line" />
            )}
          </Section>
        </div>
        <div>
          <Section title="Guest link">
            <GuestLink event={event} />
          </Section>
          <Section title="Details">
            <Details event={event} problems={known?.mail_problems ?? []} />
          </Section>
        </div>
      </div>
    </>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function StatusButtons({ event }: { event: CharterEvent }) {
  const [cancelling, setCancelling] = useState(false);
  const { busy, run } = useTask("Not done.", announceFailure);

  const setStatus = (status: "scheduled" | "completed", done: string) =>
    run(async () => {
      await edit(event.event_id, { version: event.version, status });
      announce(done);
    });

  if (event.status === "cancelled") return null;
  const over = event.status === "completed";
  return (
    <>
      {(over || new Date(event.starts_at).getTime() < Date.now()) && (
        <button
          type="button"
          disabled={busy}
          onClick={() =>
            void (over
              ? setStatus("scheduled", "Scheduled again.")
              : setStatus("completed", "Marked as completed."))
          }
        >
          {over ? "Not completed" : "Mark completed"}
        </button>
      )}
      {event.status === "scheduled" && (
        <button type="button" class="danger" onClick={() => setCancelling(true)}>
          Cancel charter
        </button>
      )}
      {cancelling && (
        <ReasonDialog
          title="Cancel charter"
          explanation="The charter stays on the board, struck through. Guests see on their link that it is cancelled. This cannot be undone."
          button="Cancel charter"
          onClose={() => setCancelling(false)}
          act={async (reason) => {
            keepCharters([await cancelCharter(event.event_id, reason)]);
            announce("The charter is cancelled.");
          }}
        />
      )}
    </>
  );
}

function GuestLink({ event }: { event: CharterEvent }) {
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(event.guest_url);
      announce("Guest link copied.");
    } catch {
      input.current?.select();
      announce("Copying is not allowed here. The link is selected: copy it by hand.", "bad");
    }
  };
  const share = async () => {
    try {
      await navigator.share({ title: event.title, url: event.guest_url });
    } catch {
      // Closing the share sheet is no failure.
    }
  };
  return (
    <>
      <p>Guests need no login. They see when and where, and sign the waiver.</p>
      <label class="visually-hidden" for="guest-link">
        Guest link
      </label>
      <input ref={input} id="guest-link" class="link-text" readOnly value={event.guest_url} />
      <p class="buttons">
        <button type="button" onClick={() => void copy()}>
          Copy link
        </button>
        {typeof navigator.share === "function" && (
          <button type="button" onClick={() => void share()}>
            Share…
          </button>
        )}
        <a class="button" href={href(`/g/${event.event_id}`)}>
          Open guest page
        </a>
      </p>
      <LazyShare event={event} />
    </>
  );
}

function Waivers({ event, waivers }: { event: CharterEvent; waivers: readonly WaiverSummary[] }) {
  if (waivers.length === 0) {
    return <p class="nothing">Nobody has signed yet. Send the guest link to the patron.</p>;
  }
  return (
    <ul class="waivers">
      {waivers.map((waiver) => (
        <li key={waiver.waiver_id}>
          <a href={href(`/events/${event.event_id}/waivers/${waiver.waiver_id}`)}>
            {waiver.participant_name}
          </a>
          {waiver.minor && <span class="badge badge-calm">Minor</span>}
          {waiver.superseded && <span class="badge badge-part">Older text</span>}
          <span class="entry-small">
            {waiver.minor && `signed by ${waiver.signer_name}, `}
            {formatMoment(waiver.signed_at, event.timezone)}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface DetailsProps {
  event: CharterEvent;
  problems: readonly MailProblem[];
}

function Details({ event, problems }: DetailsProps) {
  const zone = zoneIfForeign(event.starts_at, event.timezone);
  const otherPort = event.return_port && event.return_port !== event.departure_port;
  return (
    <dl class="details">
      <Detail name="Vessel">{event.vessel}</Detail>
      <Detail name="From">{event.departure_port}</Detail>
      <Detail name="Back to">{otherPort ? event.return_port : ""}</Detail>
      <Detail name="Party">
        {event.party_size}
        {event.passenger_limit !== null && ` (limit ${event.passenger_limit})`}
      </Detail>
      <Detail name="Captain">
        {event.captain ? (
          <Contact person={event.captain} problems={problems} />
        ) : (
          <span class="missing">Nobody yet</span>
        )}
      </Detail>
      <Detail name="Crew">
        {event.crew.length > 0 &&
          event.crew.map((person) => (
            <Contact
              key={`${person.name} ${person.email} ${person.phone}`}
              person={person}
              problems={problems}
            />
          ))}
      </Detail>
      <Detail name="Patron">
        {Object.values(event.patron).some(Boolean) && (
          <Contact person={event.patron} problems={problems} />
        )}
      </Detail>
      <Detail name="Balance reminders">
        <Reminders event={event} />
      </Detail>
      <Detail name="Time zone">{zone && `${event.timezone} (${zone})`}</Detail>
      <Detail name="Guests should know">
        {event.guest_notes && <span class="multiline">{event.guest_notes}</span>}
      </Detail>
      <Detail name="Notes (admins only)">
        {event.notes && <span class="multiline">{event.notes}</span>}
      </Detail>
    </dl>
  );
}

interface ContactProps {
  person: Person;
  problems: readonly MailProblem[];
}

function Contact({ person: { name, email, phone }, problems }: ContactProps) {
  return (
    <span class="contact">
      {name && <span>{name}</span>}
      <PhoneLink phone={phone} />
      {email && <a href={`mailto:${email}`}>{email}</a>}
      {problems
        .filter((problem) => sameAddress(problem.email, email))
        .map((problem) => (
          <strong key={problem.at + problem.problem} class="error contact-problem">
            {problemText(problem)}
          </strong>
        ))}
    </span>
  );
}
