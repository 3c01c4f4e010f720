import { useState } from "preact/hooks";
import type { Snapshot } from "../data/contract";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { useTask } from "../ui/task";
import { DepartDialog, type DepartureProps } from "./depart-dialog";

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
