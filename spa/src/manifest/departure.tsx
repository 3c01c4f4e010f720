import { useState } from "preact/hooks";
import type { Manifest, Passenger, Snapshot } from "../data/contract";
import { depart, readManifest } from "../data/later-api";
import { nowMs } from "../lib/clock";
import { nameList } from "../lib/names";
import { useValue } from "../lib/observable";
import { formatAway, formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog-form";
import { announce } from "../ui/notices";
import { useTask } from "../ui/task";
import { aboard, headCount, overText, unticked } from "./manifest-text";
import { unsavedNames, unsavedTicks, waitingTicks } from "./unsaved-ticks";

/** So long before its time, a departure is likely a tap on the wrong charter. */
const EARLY_MS = 6 * 3_600_000;

/** The briefing that the captain gives before casting off. */
export function Briefing({ manifest, note }: { manifest: Snapshot; note: ((done: boolean) => Promise<void>) | null }) {
  const { safety_briefing_at, safety_briefing_by, timezone } = manifest;
  const { busy, failure, run } = useTask("Not saved.");
  const done = safety_briefing_at !== null;
  return (
    <section class="panel" aria-labelledby="briefing">
      <h2 id="briefing">Safety briefing</h2>
      {note && (
        <Button class="tick" aria-pressed={done !== busy} onClick={() => void run(() => note(!done))}>
          Safety briefing given
        </Button>
      )}
      <p role="status">
        {busy
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

export interface DepartureProps {
  manifest: Manifest;
  act(call: () => Promise<Manifest>): Promise<void>;
}

/** Freezes the list and mails it ashore. */
export function Departure({ manifest, act }: DepartureProps) {
  const [asking, setAsking] = useState(false);
  return (
    <section class="panel no-print" aria-labelledby="departure">
      <h2 id="departure">Departure</h2>
      <p>Freezes this list as it is, and mails it ashore.</p>
      <Button class="primary tick" onClick={() => setAsking(true)}>
        Depart…
      </Button>
      {asking && <DepartDialog manifest={manifest} act={act} onClose={() => setAsking(false)} />}
    </section>
  );
}

function DepartDialog({ manifest, act, onClose }: DepartureProps & { onClose(): void }) {
  const starts_in_ms = new Date(manifest.starts_at).getTime() - nowMs();
  const open = unticked(manifest);
  const unsaved = waitingTicks(useValue(unsavedTicks), manifest.event_id);
  const unsigned = aboard(manifest).filter(({ waiver }) => waiver === "missing");
  const names = (people: readonly Passenger[]) => nameList(people.map(({ name }) => name));

  const leave = async () => {
    await act(async () => {
      await depart(manifest.event_id);
      return readManifest(manifest.event_id);
    });
    announce("Departed. The list is frozen and goes ashore by mail.");
  };

  return (
    <ConfirmDialog
      title="Depart?"
      submit="Depart"
      back="Not yet"
      doing="Freezing…"
      failed="Not done."
      act={leave}
      onClose={onClose}
    >
      <p>
        <strong>{headCount(manifest)}.</strong> The list is frozen as it is and mailed ashore. This cannot be undone.
      </p>
      {starts_in_ms > EARLY_MS && (
        <p class="strip strip-bad">
          This charter departs {formatAway(manifest.starts_at, nowMs())}. Is it the right one?
        </p>
      )}
      {unsaved.length > 0 && <p class="strip strip-bad">Not saved yet: {unsavedNames(unsaved)}.</p>}
      {manifest.over_limit && <p class="strip strip-bad">{overText(manifest)}</p>}
      {unsigned.length > 0 && <p class="strip strip-bad">Aboard without a signed waiver: {names(unsigned)}.</p>}
      {open.length > 0 && <p class="strip strip-wait">Neither aboard nor a no-show: {names(open)}.</p>}
      {manifest.safety_briefing_at === null && <p class="strip strip-wait">The safety briefing is not ticked off.</p>}
    </ConfirmDialog>
  );
}
