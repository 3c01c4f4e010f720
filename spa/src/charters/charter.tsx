import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, readCharter } from "../data/api";
import { loaded } from "../data/board";
import { charters, edit, keepDetail, records, refresh, remembered } from "../data/charters";
import type { Charter, Contact, MailProblem } from "../data/contract";
import { nowMs } from "../lib/clock";
import { isSameAddress } from "../lib/names";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { href } from "../lib/router";
import { formatLongDay, formatSpan, useNow, zoneIfForeign } from "../lib/time";
import { problemText } from "../mail/mail-text";
import { MoneyBadge } from "../payments/money-state";
import { openPaymentDialog } from "../payments/payment-dialog";
import { Statement } from "../payments/statement/statement";
import { UnsentPayments } from "../payments/unsent";
import { GuestLink } from "../share/guest-link";
import { Button } from "../ui/button";
import { Detail, PhoneLink } from "../ui/detail";
import { NotFound } from "../ui/not-found";
import { announce, announceFailure } from "../ui/notices";
import { AsOf, Failed, Skeleton, usePageTitle } from "../ui/page";
import { useTask } from "../ui/task";
import { statusNames, WaiverBadge } from "./card";
import { openCharterDialog } from "./form/open-charter";
import { HistoryOnDemand } from "./history/lazy-history";
import { MissingGuests, Reopen, Warnings } from "./missing-guests";
import { CancelDialog } from "./notices/cancel-dialog";
import { Reminders } from "./reminders";
import { SignedWaivers } from "./signed-waivers";
import "./charter.css";

/** One charter, with everything that belongs to it. */
export function CharterPage({ event_id }: { event_id: string }) {
  const charter = useValue(charters).get(event_id);
  const read_before_ms = useValue(records).get(event_id)?.read_at_ms ?? loaded.value?.at_ms;
  const [error, setError] = useState<unknown>(null);
  const read_at_ms = useRef(0);
  usePageTitle(charter?.title);

  const load = () => {
    setError(null);
    readCharter(event_id).then((detail) => {
      read_at_ms.current = nowMs();
      if (!keepDetail(detail)) void refresh(event_id);
    }, setError);
  };

  useReload(load, () => read_at_ms.current, [event_id]);

  if (error instanceof ApiError && error.status === 404) {
    return <NotFound what="There is no such charter." />;
  }
  return (
    <>
      {error !== null && !charter && <Failed what="The charter could not be loaded." error={error} onRetry={load} />}
      {error !== null && charter && <AsOf at_ms={read_before_ms ?? nowMs()} error={error} onRetry={load} />}
      {charter ? (
        <CharterView charter={charter} failed={error !== null} />
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

function CharterView({ charter, failed }: { charter: Charter; failed: boolean }) {
  const partly = useValue(remembered).has(charter.event_id);
  const known = useValue(records).get(charter.event_id);
  const now_ms = useNow();
  const cancelled = charter.status === "cancelled";
  return (
    <>
      <header class="stack">
        <p class="charter-when">
          {formatLongDay(charter.starts_at, charter.timezone)}
          <strong>{formatSpan(charter.starts_at, charter.ends_at, charter.timezone)}</strong>
        </p>
        <h1 tabIndex={-1} class={cancelled ? "struck" : undefined}>
          {charter.title}
        </h1>
        <p class="badges">
          {charter.status !== "scheduled" && (
            <span class={`badge badge-${cancelled ? "due" : "calm"}`}>{statusNames[charter.status]}</span>
          )}
          <WaiverBadge charter={charter} />
          <MoneyBadge charter={charter} />
        </p>
        <p class="buttons">
          <Button class="primary" onClick={() => openPaymentDialog(charter.event_id)}>
            Log payment
          </Button>
          <Button disabled={partly} onClick={() => openCharterDialog(charter)}>
            Edit
          </Button>
          <a class="button" href={href(`/events/${charter.event_id}/manifest`)}>
            Manifest
          </a>
          <StatusButtons charter={charter} />
        </p>
        <Warnings charter={charter} />
        {partly && failed && (
          <p class="hint">
            Contacts and notes are not kept on this device. They show, and can be edited, with a connection.
          </p>
        )}
        <UnsentPayments event_id={charter.event_id} />
      </header>
      <div class="columns">
        <div>
          <Section title="Payments">
            {known ? (
              <Statement charter={charter} payments={known.payments} />
            ) : (
              <Missing what="payments" failed={failed} />
            )}
          </Section>
          <Section title={`Waivers: ${charter.waivers.signed} of ${charter.waivers.expected} signed`}>
            <Reopen charter={charter} now_ms={now_ms} />
            <MissingGuests charter={charter} now_ms={now_ms} />
            {known ? (
              <SignedWaivers charter={charter} waivers={known.waiver_records} />
            ) : (
              <Missing what="signed waivers" failed={failed} />
            )}
          </Section>
        </div>
        <div>
          <Section title="Guest link">
            <GuestLink charter={charter} />
          </Section>
          <Section title="Details">
            <Details charter={charter} problems={known?.mail_problems ?? []} />
          </Section>
          <Section title="History">
            <HistoryOnDemand charter={charter} />
          </Section>
        </div>
      </div>
    </>
  );
}

function Missing({ what, failed }: { what: string; failed: boolean }) {
  if (!failed) return <Skeleton rows={3} kind="line" />;
  return <p class="nothing">The {what} show with a connection.</p>;
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function StatusButtons({ charter }: { charter: Charter }) {
  const [cancelling, setCancelling] = useState(false);
  const { busy, run } = useTask("Not done.", announceFailure);

  const setStatus = (status: "scheduled" | "completed", done: string) =>
    run(async () => {
      await edit(charter.event_id, { version: charter.version, status });
      announce(done);
    });

  if (charter.status === "cancelled") return null;
  const over = charter.status === "completed";
  return (
    <>
      {(over || new Date(charter.starts_at).getTime() < nowMs()) && (
        <Button
          disabled={busy}
          onClick={() =>
            void (over ? setStatus("scheduled", "Scheduled again.") : setStatus("completed", "Marked as completed."))
          }
        >
          {over ? "Not completed" : "Mark completed"}
        </Button>
      )}
      {charter.status === "scheduled" && (
        <Button class="danger" onClick={() => setCancelling(true)}>
          Cancel charter
        </Button>
      )}
      {cancelling && <CancelDialog charter={charter} onClose={() => setCancelling(false)} />}
    </>
  );
}

function Details({ charter, problems }: { charter: Charter; problems: readonly MailProblem[] }) {
  const zone = zoneIfForeign(charter.starts_at, charter.timezone);
  const otherPort = charter.return_port && charter.return_port !== charter.departure_port;
  return (
    <dl class="stack">
      <Detail name="Vessel">{charter.vessel}</Detail>
      <Detail name="From">{charter.departure_port}</Detail>
      <Detail name="Back to">{otherPort ? charter.return_port : ""}</Detail>
      <Detail name="Party">
        {charter.party_size}
        {charter.passenger_limit !== null && ` (limit ${charter.passenger_limit})`}
      </Detail>
      <Detail name="Captain">
        {charter.captain ? (
          <ContactLine person={charter.captain} problems={problems} />
        ) : (
          <span class="missing">Nobody yet</span>
        )}
      </Detail>
      <Detail name="Crew">
        {charter.crew.length > 0 &&
          charter.crew.map((person) => (
            <ContactLine key={`${person.name} ${person.email} ${person.phone}`} person={person} problems={problems} />
          ))}
      </Detail>
      <Detail name="Patron">
        {Object.values(charter.patron).some(Boolean) && <ContactLine person={charter.patron} problems={problems} />}
      </Detail>
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

function ContactLine({
  person: { name, email, phone },
  problems,
}: {
  person: Contact;
  problems: readonly MailProblem[];
}) {
  return (
    <span class="contact">
      {name && <span>{name}</span>}
      <PhoneLink phone={phone} />
      {email && <a href={`mailto:${email}`}>{email}</a>}
      {problems
        .filter((problem) => isSameAddress(problem.email, email))
        .map((problem) => (
          <strong key={problem.at + problem.problem} class="error contact-problem">
            {problemText(problem)}
          </strong>
        ))}
    </span>
  );
}
