import { useState } from "preact/hooks";
import type { Passenger, Snapshot } from "../data/contract";
import type { DockState } from "../data/later-api";
import { useValue } from "../lib/observable";
import { formatMoment, formatRecent } from "../lib/time";
import { Button } from "../ui/button";
import { Folded } from "../ui/load-button";
import { SetAsideButton } from "../ui/set-aside";
import { headCount, missingText, overText, passengerKey, waiverStates } from "./manifest-text";
import { isOf, unsavedTicks } from "./unsaved-ticks";

/** Ticks a passenger off as aboard or as not coming. */
export type Tick = (passenger: Passenger, state: DockState) => Promise<void>;

interface Props {
  manifest: Snapshot;
  /** Null for a list that is frozen. */
  tick: Tick | null;
  /** After a signature was set aside; null for a list as it departed. */
  onSetAside: (() => Promise<void>) | null;
}

/** Who sails, one row each, with the ticks while the list is open. */
export function Passengers({ manifest, tick, onSetAside }: Props) {
  // Not beside the ticks all the time, where a thumb in a hurry would find it.
  const [striking, setStriking] = useState(false);
  const unnamed = manifest.missing - manifest.missing_names.length;
  return (
    <section class="panel" aria-labelledby="passengers">
      <div class="page-head">
        <h2 id="passengers">Passengers</h2>
        <p class={`badge badge-${manifest.over_limit ? "due" : "calm"}`}>{headCount(manifest)}</p>
      </div>
      {manifest.over_limit && <p class="strip strip-bad">{overText(manifest)} Children count, crew do not.</p>}
      {manifest.missing > 0 && <p class="missing">{missingText(manifest)}</p>}
      {manifest.passengers.length === 0 && <p class="nothing">Nobody has signed, and no guests are listed.</p>}
      <Folded count={manifest.passengers.length}>
        <ol>
          {manifest.passengers.map((passenger) => (
            <Row
              key={passengerKey(passenger)}
              manifest={manifest}
              passenger={passenger}
              tick={tick}
              onSetAside={striking ? onSetAside : null}
            />
          ))}
          {unnamed > 0 && (
            <li class="passenger nothing">
              {unnamed === 1 ? "1 more is expected" : `${unnamed} more are expected`}; each shows here once they sign.
            </li>
          )}
        </ol>
      </Folded>
      {manifest.unlisted > 0 && (
        <p class="strip strip-bad">
          {manifest.unlisted} more have signed than this list can hold. The page of the signed waivers has them all.
        </p>
      )}
      {onSetAside && manifest.passengers.some(({ waiver_id }) => waiver_id) && (
        <Button class="quiet no-print" aria-pressed={striking} onClick={() => setStriking(!striking)}>
          {striking ? "Set nothing aside" : "A signature is false or double"}
        </Button>
      )}
    </section>
  );
}

function Row({ manifest, passenger, tick, onSetAside }: Props & { passenger: Passenger }) {
  const { event_id, timezone, over_limit } = manifest;
  const { name, minor, guardian, waiver, waiver_id, checked_in_at, no_show } = passenger;
  const unsaved = useValue(unsavedTicks).find((one) => isOf(one, event_id, passenger));
  const { text, tone } = waiverStates[waiver];
  return (
    <li class="passenger">
      <p class="passenger-who">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {minor && <span class="badge badge-calm">Minor</span>}
        <span class={`badge badge-${tone}`}>{text}</span>
        {over_limit && passenger.over_limit && <span class="badge badge-due">Over the limit</span>}
        {guardian && (
          <span class="entry-small">
            signed by <bdi>{guardian}</bdi>
          </span>
        )}
        {onSetAside && waiver_id && (
          <SetAsideButton event_id={event_id} waiver_id={waiver_id} name={name} onDone={onSetAside} />
        )}
      </p>
      {tick ? (
        <Ticks
          name={name}
          on={checked_in_at ? "aboard" : no_show ? "no_show" : "clear"}
          since={checked_in_at ? `Aboard since ${formatRecent(checked_in_at, timezone)}` : ""}
          problem={unsaved ? `Not saved. ${unsaved.problem}`.trim() : ""}
          tick={(state) => tick(passenger, state)}
        />
      ) : (
        <p class="passenger-state">{stateText(passenger, timezone)}</p>
      )}
    </li>
  );
}

function stateText({ checked_in_at, no_show }: Passenger, timezone: string): string {
  if (checked_in_at) return `Aboard since ${formatMoment(checked_in_at, timezone)}`;
  return no_show ? "Did not come" : "Not ticked off";
}

interface TicksProps {
  name: string;
  on: DockState;
  since: string;
  problem: string;
  tick(state: DockState): Promise<void>;
}

/** Two big buttons; a tap on the one that is on clears it. */
function Ticks({ name, on, since, problem, tick }: TicksProps) {
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
      <div class="ticks no-print">
        <Button
          class="tick"
          aria-label={`Aboard: ${name}`}
          aria-pressed={shown === "aboard"}
          onClick={() => void set("aboard")}
        >
          Aboard
        </Button>
        <Button
          class="tick tick-away"
          aria-label={`No-show: ${name}`}
          aria-pressed={shown === "no_show"}
          onClick={() => void set("no_show")}
        >
          No-show
        </Button>
      </div>
      <p class="passenger-state" role="status">
        {saving ? "Saving…" : on === "no_show" ? "Did not come" : since}
      </p>
      <p class="passenger-state error" role="alert">
        {saving ? "" : problem}
      </p>
    </>
  );
}
