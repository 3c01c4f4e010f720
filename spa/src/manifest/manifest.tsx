import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  ApiError,
  checkIn,
  type DockState,
  depart,
  manifestCsv,
  noteBriefing,
  readManifest,
} from "../data/api";
import type { Manifest, ManifestFacts, Passenger, Person } from "../data/contract";
import { useValue } from "../lib/observable";
import { href } from "../lib/router";
import { formatAway, formatLongDay, formatMoment, formatRecent, formatSpan } from "../lib/time";
import { Dialog } from "../ui/dialog";
import { DownloadButton } from "../ui/download-button";
import { announce } from "../ui/notices";
import { Failed, Skeleton, sentence, usePageTitle } from "../ui/page";
import { PrintButton } from "../ui/print";
import {
  aboard,
  headCount,
  missingWords,
  overWords,
  passengerKey,
  unticked,
  waiverStates,
} from "./manifest-text";
import { isOf, saveTick, type UnsavedTick, unsavedTicks, waitingTicks } from "./unsaved-ticks";
import "./manifest.css";

/** So long before its time, a departure is likely a tap on the wrong charter. */
const EARLY_MS = 6 * 3_600_000;

/** Who is aboard: ticked off at the dock, frozen when the vessel leaves. */
export function ManifestPage({ event_id }: { event_id: string }) {
  const [manifest, setManifest] = useState<Manifest | null>(null);
  const [error, setError] = useState<unknown>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  usePageTitle(manifest ? `Manifest: ${manifest.title}` : "Manifest");

  /** One call after the other: each answer is the whole manifest, and an older one must not win. */
  const act = (call: () => Promise<Manifest>): Promise<void> => {
    const done = queue.current.then(call).then((answer) => setManifest(answer));
    queue.current = done.catch(() => {});
    return done;
  };
  const load = () => {
    act(() => readManifest(event_id)).then(() => setError(null), setError);
  };
  const tick: Tick = (passenger, state) =>
    saveTick(event_id, passenger, state, () => act(() => checkIn(event_id, passenger, state)));
  const saveTicks = () => {
    for (const { passenger, state } of waitingTicks(unsavedTicks.value, event_id)) {
      void tick(passenger, state);
    }
  };
  useEffect(() => {
    const onOnline = () => {
      saveTicks();
      load();
    };
    onOnline();
    const onVisible = () => document.visibilityState === "visible" && load();
    document.addEventListener("visibilitychange", onVisible);
    window.addEventListener("online", onOnline);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      window.removeEventListener("online", onOnline);
    };
  }, []);

  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <>
      <p class="back">
        <a href={href(`/events/${event_id}`)}>← Charter</a>
      </p>
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

/** Whatever the dock's signal does, the captain learns what is not saved. */
function UnsavedTicks({ event_id, save }: { event_id: string; save(): void }) {
  const waiting = waitingTicks(useValue(unsavedTicks), event_id);
  useEffect(() => {
    if (waiting.length === 0) return;
    const warn = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [waiting.length]);
  if (waiting.length === 0) return null;
  return (
    <div class="strip strip-bad">
      <p>Not saved yet: {unsavedNames(waiting)}. Please keep this page open.</p>
      <button type="button" onClick={save}>
        Save now
      </button>
    </div>
  );
}

function unsavedNames(ticks: readonly UnsavedTick[]): string {
  return ticks.map(({ passenger }) => passenger.name).join(", ");
}

interface ContentProps {
  manifest: Manifest;
  act(call: () => Promise<Manifest>): Promise<void>;
}

function Content({ manifest, act, tick }: ContentProps & { tick: Tick }) {
  const [now, setNow] = useState(false);
  const { frozen, snapshot } = manifest;
  const shown: ManifestFacts = snapshot && !now ? snapshot : manifest;
  return (
    <>
      {frozen && (
        <section class="panel" aria-labelledby="departed">
          <h2 id="departed">Departed {formatMoment(frozen.at, manifest.timezone)}</h2>
          <p>
            {now
              ? "This is the list as of now."
              : `This is the list as it was frozen by ${frozen.by} and sent ashore.`}
          </p>
          <p class="entry-small">
            SHA-256 of the frozen list: <code>{frozen.sha256}</code>
          </p>
          <p class="buttons">
            <button type="button" onClick={() => setNow(!now)}>
              {now ? "Show it as it departed" : "Show it as of now"}
            </button>
          </p>
        </section>
      )}
      <Trip manifest={shown} />
      <Passengers manifest={shown} tick={frozen ? null : tick} />
      <Briefing
        manifest={shown}
        note={frozen ? null : (done) => act(() => noteBriefing(manifest.event_id, done))}
      />
      {!frozen && <Departure manifest={manifest} act={act} />}
    </>
  );
}

function Trip({ manifest }: { manifest: ManifestFacts }) {
  const { captain, crew, emergency } = manifest;
  const ports = [manifest.departure_port, manifest.return_port].filter(Boolean);
  return (
    <section class="panel" aria-labelledby="trip">
      <h2 id="trip">{manifest.title}</h2>
      <p>
        {formatLongDay(manifest.starts_at, manifest.timezone)},{" "}
        {formatSpan(manifest.starts_at, manifest.ends_at, manifest.timezone)}
      </p>
      <dl class="manifest-facts">
        {manifest.vessel && <Fact name="Vessel">{manifest.vessel}</Fact>}
        {ports.length > 0 && <Fact name="Ports">{[...new Set(ports)].join(" to ")}</Fact>}
        <Fact name="Captain">{captain ? <Contact person={captain} /> : "Nobody yet"}</Fact>
        {crew.length > 0 && (
          <Fact name="Crew">
            {crew.map((person) => (
              <Contact key={`${person.name} ${person.phone}`} person={person} />
            ))}
          </Fact>
        )}
      </dl>
      <p class="manifest-emergency">
        <strong>Emergency:</strong> {emergency.note}
        {emergency.operator.name && (
          <>
            . Ashore: <Contact person={emergency.operator} />
          </>
        )}
      </p>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Contact({ person: { name, phone } }: { person: Pick<Person, "name" | "phone"> }) {
  return (
    <span class="contact">
      {name && <span>{name}</span>}
      {phone && <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a>}
    </span>
  );
}

type Tick = (passenger: Passenger, state: DockState) => Promise<void>;

function Passengers({ manifest, tick }: { manifest: ManifestFacts; tick: Tick | null }) {
  const unnamed = manifest.missing - manifest.missing_names.length;
  return (
    <section class="panel" aria-labelledby="passengers">
      <div class="page-head">
        <h2 id="passengers">Passengers</h2>
        <p class={`badge badge-${manifest.over_limit ? "due" : "calm"}`}>{headCount(manifest)}</p>
      </div>
      {manifest.over_limit && (
        <p class="strip strip-bad">{overWords(manifest)} Children count, crew do not.</p>
      )}
      {manifest.missing > 0 && <p class="missing">{missingWords(manifest)}</p>}
      {manifest.passengers.length === 0 && (
        <p class="nothing">Nobody has signed, and no guests are listed.</p>
      )}
      <ol class="passengers">
        {manifest.passengers.map((passenger) => (
          <Row
            key={passengerKey(passenger)}
            manifest={manifest}
            passenger={passenger}
            tick={tick}
          />
        ))}
        {unnamed > 0 && (
          <li class="passenger nothing">
            {unnamed === 1 ? "1 more is expected" : `${unnamed} more are expected`}; each shows here
            once they sign.
          </li>
        )}
      </ol>
    </section>
  );
}

interface RowProps {
  manifest: ManifestFacts;
  passenger: Passenger;
  tick: Tick | null;
}

function Row({ manifest: { event_id, timezone }, passenger, tick }: RowProps) {
  const { name, minor, guardian, waiver, checked_in_at, no_show } = passenger;
  const unsaved = useValue(unsavedTicks).find((one) => isOf(one, event_id, passenger));
  const { words, tone } = waiverStates[waiver];
  return (
    <li class="passenger">
      <p class="passenger-who">
        <strong>{name}</strong>
        {minor && <span class="badge badge-calm">Minor</span>}
        <span class={`badge badge-${tone}`}>{words}</span>
        {guardian && <span class="entry-small">signed by {guardian}</span>}
      </p>
      {tick ? (
        <Ticks
          name={name}
          on={checked_in_at ? "aboard" : no_show ? "no_show" : "clear"}
          said={checked_in_at ? `Aboard since ${formatRecent(checked_in_at, timezone)}` : ""}
          problem={unsaved ? `Not saved. ${unsaved.problem}` : ""}
          tick={(state) => tick(passenger, state)}
        />
      ) : (
        <p class="passenger-state">{stateWords(passenger, timezone)}</p>
      )}
    </li>
  );
}

function stateWords({ checked_in_at, no_show }: Passenger, timezone: string): string {
  if (checked_in_at) return `Aboard since ${formatMoment(checked_in_at, timezone)}`;
  return no_show ? "Did not come" : "Not ticked off";
}

interface TicksProps {
  name: string;
  on: DockState;
  said: string;
  problem: string;
  tick(state: DockState): Promise<void>;
}

/** Two big buttons; the one that is on takes itself back. */
function Ticks({ name, on, said, problem, tick }: TicksProps) {
  const [saving, setSaving] = useState<DockState | null>(null);
  const set = async (state: "aboard" | "no_show") => {
    if (saving) return;
    const wanted = on === state ? "clear" : state;
    setSaving(wanted);
    await tick(wanted);
    setSaving(null);
  };
  const shown = saving ?? on;
  return (
    <>
      <div class="ticks">
        <button
          type="button"
          class="tick tick-aboard"
          aria-label={`Aboard: ${name}`}
          aria-pressed={shown === "aboard"}
          onClick={() => void set("aboard")}
        >
          Aboard
        </button>
        <button
          type="button"
          class="tick tick-away"
          aria-label={`No-show: ${name}`}
          aria-pressed={shown === "no_show"}
          onClick={() => void set("no_show")}
        >
          No-show
        </button>
      </div>
      <p class="passenger-state" role="status">
        {saving ? "Saving…" : on === "no_show" ? "Did not come" : said}
      </p>
      <p class="passenger-state error" role="alert">
        {saving ? "" : problem}
      </p>
    </>
  );
}

interface BriefingProps {
  manifest: ManifestFacts;
  note: ((done: boolean) => Promise<void>) | null;
}

function Briefing({ manifest, note }: BriefingProps) {
  const { safety_briefing_at, safety_briefing_by, timezone } = manifest;
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState("");
  const done = safety_briefing_at !== null;
  const toggle = async () => {
    if (!note || saving) return;
    setSaving(true);
    setFailure("");
    try {
      await note(!done);
    } catch (error) {
      setFailure(`Not saved. ${sentence(error)}`);
    }
    setSaving(false);
  };
  return (
    <section class="panel" aria-labelledby="briefing">
      <h2 id="briefing">Safety briefing</h2>
      {note && (
        <button
          type="button"
          class="tick tick-aboard"
          aria-pressed={done !== saving}
          onClick={() => void toggle()}
        >
          Safety briefing given
        </button>
      )}
      <p role="status">
        {saving
          ? "Saving…"
          : safety_briefing_at
            ? `Given ${formatMoment(safety_briefing_at, timezone)} by ${safety_briefing_by}.`
            : "Not given yet."}
      </p>
      <p class="error" role="alert">
        {failure}
      </p>
    </section>
  );
}

function Departure({ manifest, act }: ContentProps) {
  const [asking, setAsking] = useState(false);
  return (
    <section class="panel no-print" aria-labelledby="departure">
      <h2 id="departure">Departure</h2>
      <p>Freezes this list as it is, and mails it ashore.</p>
      <button type="button" class="primary tick" onClick={() => setAsking(true)}>
        Depart…
      </button>
      {asking && <DepartDialog manifest={manifest} act={act} onClose={() => setAsking(false)} />}
    </section>
  );
}

function DepartDialog({ manifest, act, onClose }: ContentProps & { onClose(): void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const starts_in_ms = new Date(manifest.starts_at).getTime() - Date.now();
  const open = unticked(manifest);
  const unsaved = waitingTicks(useValue(unsavedTicks), manifest.event_id);
  const unsigned = aboard(manifest).filter(({ waiver }) => waiver === "missing");
  const names = (people: readonly Passenger[]) => people.map(({ name }) => name).join(", ");

  const leave = async () => {
    setBusy(true);
    setFailure("");
    try {
      await act(() => depart(manifest.event_id));
      announce("Departed. The list is frozen and goes ashore by mail.");
      onClose();
    } catch (error) {
      setFailure(`Not done. ${sentence(error)}`);
      setBusy(false);
    }
  };

  return (
    <Dialog title="Depart?" onClose={onClose}>
      <div class="dialog-body">
        <p>
          <strong>{headCount(manifest)}.</strong> The list is frozen as it is and mailed ashore.
          This cannot be undone.
        </p>
        {starts_in_ms > EARLY_MS && (
          <p class="strip strip-bad">
            This charter departs {formatAway(manifest.starts_at, Date.now())}. Is it the right one?
          </p>
        )}
        {unsaved.length > 0 && (
          <p class="strip strip-bad">Not saved yet: {unsavedNames(unsaved)}.</p>
        )}
        {manifest.over_limit && <p class="strip strip-bad">{overWords(manifest)}</p>}
        {unsigned.length > 0 && (
          <p class="strip strip-bad">Aboard without a signed waiver: {names(unsigned)}.</p>
        )}
        {open.length > 0 && (
          <p class="strip strip-wait">Neither aboard nor a no-show: {names(open)}.</p>
        )}
        {manifest.safety_briefing_at === null && (
          <p class="strip strip-wait">The safety briefing is not ticked off.</p>
        )}
      </div>
      <footer class="dialog-foot">
        <div class="dialog-said">
          <p role="status">{busy ? "Freezing…" : ""}</p>
          <p role="alert" class="error">
            {failure}
          </p>
        </div>
        <button type="button" data-first onClick={onClose}>
          Not yet
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void leave()}>
          Depart
        </button>
      </footer>
    </Dialog>
  );
}
