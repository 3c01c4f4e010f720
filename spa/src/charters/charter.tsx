import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { ApiError, readCharter } from "../data/api";
import { loaded } from "../data/board";
import { charters, edit, keepDetail, records, refresh, remembered } from "../data/charters";
import type { Charter } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { listBoats, listPeople } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { href } from "../lib/browser/router";
import { nowMs } from "../lib/clock";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { formatAway, useNow } from "../lib/time";
import { openPaymentDialog } from "../payments/payment-dialog";
import { Statement } from "../payments/statement/statement";
import { UnsentPayments } from "../payments/unsent";
import { GuestLink } from "../share/guest-link";
import { Button } from "../ui/button";
import { lazyDialog } from "../ui/dialog/lazy-dialog";
import { NotFound } from "../ui/not-found";
import { announce, announceFailure } from "../ui/notices";
import { AsOf, Failed, Skeleton, usePageTitle } from "../ui/page";
import { useTask } from "../ui/task";
import { Details, Facts } from "./charter-facts";
import { MissingGuests, Reopen, Warnings } from "./charter-waivers";
import { Conflicts } from "./conflicts";
import { CrewPanel } from "./crew/crew-panel";
import { type OpenPosition, PositionDialog } from "./crew/position-dialogs";
import { openCharterDialog } from "./form/open-charter";
import { HistoryOnDemand } from "./history/lazy-history";
import { CancelDialog } from "./notices/cancel-dialog";
import { phaseOf, phaseText } from "./phase";
import { ReadinessPanel } from "./readiness/readiness-panel";
import { SignedWaivers } from "./signed-waivers";
import "./charter.css";

const Repeat = lazyDialog<{ charter: Charter; onClose(): void }>(
  "Repeat weekly",
  async () => (await import("./form/repeat-dialog")).RepeatDialog,
);

/** One charter, with everything that belongs to it. */
export function CharterPage({ event_id }: { event_id: string }) {
  const charter = useValue(charters).get(event_id);
  const read_before_ms = useValue(records).get(event_id)?.read_at_ms ?? loaded.value?.at_ms;
  const [error, setError] = useState<unknown>(null);
  const read_at_ms = useRef(0);
  usePageTitle(charter?.title);

  const load = () => {
    setError(null);
    const asked_at_ms = performance.now();
    readCharter(event_id).then((detail) => {
      read_at_ms.current = nowMs();
      if (!keepDetail(detail, asked_at_ms)) void refresh(event_id);
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
  const [repeating, setRepeating] = useState(false);
  const [position, setPosition] = useState<OpenPosition | null>(null);
  // The charter does not tell how to reach the people who are asked, nor what kind of boat it is.
  const people = useAnswer(charter.positions.length > 0 ? listPeople : null, [charter.positions.length > 0]).answer;
  const boats = useAnswer(charter.boat_id ? listBoats : null, [charter.boat_id]).answer;
  const boat = boats?.find(({ boat_id }) => boat_id === charter.boat_id) ?? null;
  const problems = known?.mail_problems ?? [];
  const unsent = useValue(outbox.entries).filter(({ event_id }) => event_id === charter.event_id);
  const cancelled = charter.status === "cancelled";
  const phase = phaseOf(charter, now_ms);
  const state = phaseText(phase) || `Departs ${formatAway(charter.starts_at, now_ms)}`;
  return (
    <>
      <header class="charter-head">
        <h1 tabIndex={-1} class={cancelled ? "struck" : undefined}>
          {charter.title}
        </h1>
        {state && <span class={`charter-state${cancelled ? " badge badge-due" : ""}`}>{state}</span>}
        <p class="buttons">
          <StatusButtons charter={charter} />
          <Button disabled={partly} onClick={() => openCharterDialog(charter)}>
            Edit
          </Button>
          <span class="charter-bar no-print">
            <a class="button" href={href(`/events/${charter.event_id}/manifest`)}>
              Manifest
            </a>
            <Button class="primary" onClick={() => openPaymentDialog(charter.event_id)}>
              Log payment
            </Button>
          </span>
        </p>
      </header>
      {repeating && <Repeat charter={charter} onClose={() => setRepeating(false)} />}
      <Facts charter={charter} problems={problems} unsent={unsent} now_ms={now_ms} />
      <div class="stack">
        {!cancelled && charter.conflicts.length > 0 && <Conflicts charter={charter} />}
        <Warnings charter={charter} />
        {partly && failed && (
          <p class="hint">
            Contacts and notes are not kept on this device. They show, and can be edited, with a connection.
          </p>
        )}
        <UnsentPayments event_id={charter.event_id} />
      </div>
      {position && <PositionDialog charter={charter} {...position} onClose={() => setPosition(null)} />}
      <div class="columns">
        <div>
          <ReadinessPanel
            charter={charter}
            bareboat={boat?.kind === "bareboat"}
            now_ms={now_ms}
            onPay={() => openPaymentDialog(charter.event_id)}
            onEdit={() => openCharterDialog(charter)}
            onPosition={setPosition}
          />
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
          <CrewPanel charter={charter} people={people} boat={boat} problems={problems} onOpen={setPosition} />
          <Section title="Guest link">
            <GuestLink charter={charter} />
          </Section>
          <Section title="Details">
            <Details charter={charter} />
            <p class="buttons">
              <Button disabled={partly} onClick={() => openCharterDialog(null, charter)}>
                Duplicate…
              </Button>
              {!cancelled && (
                <Button disabled={partly} onClick={() => setRepeating(true)}>
                  Repeat weekly…
                </Button>
              )}
            </p>
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

  const setCompleted = (completed: boolean, version: number): Promise<void> =>
    run(async () => {
      const saved = await edit(charter.event_id, { version, status: completed ? "completed" : "scheduled" });
      const done = completed ? "Marked as completed." : "Scheduled again.";
      announce(done, "good", () => setCompleted(!completed, saved.version));
    });

  if (charter.status === "cancelled") return null;
  const over = charter.status === "completed";
  return (
    <>
      {(over || new Date(charter.starts_at).getTime() < nowMs()) && (
        <Button disabled={busy} onClick={() => void setCompleted(!over, charter.version)}>
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
