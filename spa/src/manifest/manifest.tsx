import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import type { Check, Contact, Manifest, Snapshot } from "../data/contract";
import { type DockState, manifestCsv, noteBriefing, readManifest } from "../data/later-api";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { formatLongDay, formatMoment, formatSpan } from "../lib/time";
import { Button, PrintButton } from "../ui/button";
import { Detail, PhoneLink } from "../ui/detail";
import { DownloadButton } from "../ui/download-button";
import { Failed, Skeleton, usePageTitle } from "../ui/page";
import { checkNames } from "../ui/readiness/ready-text";
import type { DepartureProps } from "./depart-dialog";
import { Briefing, Departure } from "./departure";
import { Passengers, type Tick } from "./passengers";
import {
  dropTick,
  isLostWithThePage,
  refusedTicks,
  saveTick,
  sendTicks,
  unsavedNames,
  unsavedTicks,
  waitingTicks,
} from "./unsaved-ticks";
import "./manifest.css";

/** Who is aboard: ticked off at the dock, frozen when the vessel leaves. */
export function ManifestPage({ event_id }: { event_id: string }) {
  const [manifest, setManifest] = useState<Manifest | null>(null);
  const [error, setError] = useState<unknown>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  usePageTitle(manifest ? `Manifest: ${manifest.title}` : undefined);

  /** One call after the other: each answer is the whole manifest, and an older one must not win. */
  const act = (call: () => Promise<Manifest>): Promise<void> => {
    const done = queue.current.then(call).then((answer) => setManifest(answer));
    queue.current = done.catch(() => {});
    return done;
  };
  const load = () => {
    act(() => readManifest(event_id)).then(() => setError(null), setError);
  };
  const tick: Tick = (passenger, state) => saveTick(event_id, passenger, state, act);
  const saveTicks = () => void sendTicks(event_id, act);
  const saveAndLoad = () => {
    saveTicks();
    load();
  };
  useReload(saveAndLoad, () => 0);

  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Manifest</h1>
        {manifest && (
          <p class="buttons">
            <DownloadButton file={() => manifestCsv(event_id)} name="manifest.csv" />
            <PrintButton />
          </p>
        )}
      </div>
      {error !== null && (
        <Failed
          what={
            unknown
              ? "There is no such charter."
              : manifest
                ? "The manifest may have changed since it was loaded."
                : "The manifest could not be loaded."
          }
          error={error}
          onRetry={load}
        />
      )}
      {!manifest && error === null && <Skeleton rows={3} />}
      <UnsavedTicks event_id={event_id} save={saveTicks} />
      {manifest && <Content manifest={manifest} act={act} tick={tick} />}
    </>
  );
}

/** What the server has not confirmed or not taken; a warning before the page is left with what only it holds. */
function UnsavedTicks({ event_id, save }: { event_id: string; save(): void }) {
  const unsaved = useValue(unsavedTicks);
  const waiting = waitingTicks(unsaved, event_id);
  const refused = refusedTicks(unsaved, event_id);
  const isFleeting = waiting.some(isLostWithThePage);
  useEffect(() => {
    if (!isFleeting) return;
    const warn = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isFleeting]);
  return (
    <>
      {waiting.length > 0 && (
        <div class="strip strip-bad">
          <p>
            Not saved yet: {unsavedNames(waiting)}.{" "}
            {isFleeting ? "Please keep this page open." : "This device keeps it until there is a connection."}
          </p>
          <Button onClick={save}>Save now</Button>
        </div>
      )}
      {refused.map((tick) => (
        <div key={tick.submission_id} class="strip strip-bad">
          <p>
            Not taken: {tick.name}, {tickTexts[tick.state]}. {tick.problem}
          </p>
          <Button onClick={() => void dropTick(tick)}>Drop it</Button>
        </div>
      ))}
    </>
  );
}

const tickTexts: Readonly<Record<DockState, string>> = { aboard: "aboard", no_show: "no-show", clear: "taken back" };

function Content({ manifest, act, tick }: DepartureProps & { tick: Tick }) {
  const [now, setNow] = useState(false);
  const { frozen, snapshot } = manifest;
  const shown: Snapshot = snapshot && !now ? snapshot : manifest;
  return (
    <>
      {frozen && (
        <section class="panel" aria-labelledby="departed">
          <h2 id="departed">Departed {formatMoment(frozen.at, manifest.timezone)}</h2>
          <p>
            {now ? "This is the list as of now." : `This is the list as it was frozen by ${frozen.by} and sent ashore.`}
          </p>
          <SailedAnyway checks={snapshot?.checks ?? []} />
          <p class="entry-small">
            SHA-256 of the frozen list: <code>{frozen.sha256}</code>
          </p>
          <p class="buttons">
            <Button onClick={() => setNow(!now)}>{now ? "Show it as it departed" : "Show it as of now"}</Button>
          </p>
        </section>
      )}
      <Trip manifest={shown} />
      <Passengers
        manifest={shown}
        tick={frozen ? null : tick}
        onSetAside={shown === manifest ? () => act(() => readManifest(manifest.event_id)) : null}
      />
      <Briefing manifest={shown} note={frozen ? null : (done) => act(() => noteBriefing(manifest.event_id, done))} />
      {!frozen && <Departure manifest={manifest} act={act} />}
    </>
  );
}

/** What was not in order, and why it sailed all the same. */
function SailedAnyway({ checks }: { checks: readonly Check[] }) {
  return (
    <ul class="rows">
      {checks.map(
        ({ code, message, waived }) =>
          waived && (
            <li key={code} class="strip strip-wait">
              <p>
                <strong>{checkNames[code]}:</strong> {message}. Sailed anyway: {waived.reason} ({waived.by})
              </p>
            </li>
          ),
      )}
    </ul>
  );
}

function Trip({ manifest }: { manifest: Snapshot }) {
  const { captain, crew, emergency } = manifest;
  const ports = [manifest.departure_port, manifest.return_port].filter(Boolean);
  return (
    <section class="panel" aria-labelledby="trip">
      <h2 id="trip">{manifest.title}</h2>
      <p>
        {formatLongDay(manifest.starts_at, manifest.timezone)},{" "}
        {formatSpan(manifest.starts_at, manifest.ends_at, manifest.timezone)}
      </p>
      <dl class="manifest-details">
        <Detail name="Boat">{manifest.vessel}</Detail>
        <Detail name="Ports">{[...new Set(ports)].join(" to ")}</Detail>
        <Detail name="Captain">{captain ? <ContactLine person={captain} /> : "Nobody yet"}</Detail>
        <Detail name="Crew">
          {crew.length > 0 &&
            crew.map((person) => <ContactLine key={`${person.name} ${person.phone}`} person={person} />)}
        </Detail>
      </dl>
      <p class="manifest-emergency">
        <strong>Emergency:</strong> {emergency.note}
        {emergency.operator.name && (
          <>
            . Ashore: <ContactLine person={emergency.operator} />
          </>
        )}
      </p>
    </section>
  );
}

function ContactLine({ person: { name, phone } }: { person: Pick<Contact, "name" | "phone"> }) {
  return (
    <span class="contact">
      {name && <span>{name}</span>}
      <PhoneLink phone={phone} />
    </span>
  );
}
