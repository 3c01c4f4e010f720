import { useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { keepCharters } from "../data/charters";
import type { Check, Manifest, NotReady, Passenger, Readiness } from "../data/contract";
import { depart, readManifest } from "../data/later-api";
import { reasonLimits } from "../data/later-limits";
import { nowMs } from "../lib/clock";
import { isBlank, nameList } from "../lib/names";
import { useValue } from "../lib/observable";
import { formatAway } from "../lib/time";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { TextInput } from "../ui/form/text-input";
import { useForm } from "../ui/form/use-form";
import { announce } from "../ui/notices";
import { checkNames, sortedChecks } from "../ui/readiness/ready-text";
import { aboard, headCount, overText, unticked } from "./manifest-text";
import { unsavedNames, unsavedTicks, waitingTicks } from "./unsaved-ticks";

export interface DepartureProps {
  manifest: Manifest;
  act(call: () => Promise<Manifest>): Promise<void>;
}

/** So long before its time, a departure is likely a tap on the wrong charter. */
const EARLY_MS = 6 * 3_600_000;

/** Asks before the list is frozen; where something blocks, for a reason to sail all the same. */
export function DepartDialog({ manifest, act, onClose }: DepartureProps & { onClose(): void }) {
  const { form, errors, failure, doing, attempt } = useForm();
  const [blocks, setBlocks] = useState<readonly Check[]>([]);
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});

  const leave = async () => {
    const waive = Object.fromEntries(blocks.map(({ code }) => [code, (reasons[code] ?? "").trim()]));
    try {
      await act(async () => {
        keepCharters([await depart(manifest.event_id, waive)]);
        return readManifest(manifest.event_id);
      });
    } catch (error) {
      if (error instanceof ApiError && error.code === "NotReady")
        setBlocks(blocking((error.answer as unknown as NotReady).readiness));
      throw error;
    }
    announce("Departed. The list is frozen and goes ashore by mail.");
    onClose();
  };
  const submit = () => {
    const missing = blocks.filter(({ code }) => isBlank(reasons[code] ?? ""));
    const wrong = Object.fromEntries(missing.map(({ code }) => [`waive.${code}`, "Say why it sails all the same."]));
    return attempt({ doing: "Freezing…", failed: "Not departed.", wrong }, leave);
  };

  return (
    <Dialog title="Depart?" onClose={onClose}>
      <DialogForm
        form={form}
        submit={blocks.length > 0 ? "Sail anyway" : "Depart"}
        onSubmit={submit}
        back="Not yet"
        onClose={onClose}
        doing={doing}
        failure={failure}
        danger={blocks.length > 0}
        backFirst
      >
        <p>
          <strong>{headCount(manifest)}.</strong> The list is frozen as it is and mailed ashore. This cannot be undone.
        </p>
        <Doubts manifest={manifest} />
        {blocks.length > 0 && (
          <section class="strip strip-bad waives" aria-label="What blocks the departure" role="alert">
            <p>
              It is not ready to sail. Put it right, or say for each why it sails anyway; the reasons stay with the
              charter.
            </p>
            {blocks.map(({ code, message }) => (
              <TextInput
                key={code}
                label={`${checkNames[code]}: ${message}`}
                most={reasonLimits.reason.most}
                error={errors[`waive.${code}`]}
                value={reasons[code] ?? ""}
                onInput={(reason) => setReasons({ ...reasons, [code]: reason })}
              />
            ))}
          </section>
        )}
      </DialogForm>
    </Dialog>
  );
}

function blocking(readiness: Readiness): Check[] {
  return sortedChecks(readiness).filter(({ state }) => state === "blocks");
}

/** What is likely a mistake, though it holds nothing up. */
function Doubts({ manifest }: Pick<DepartureProps, "manifest">) {
  const starts_in_ms = new Date(manifest.starts_at).getTime() - nowMs();
  const open = unticked(manifest);
  const unsaved = waitingTicks(useValue(unsavedTicks), manifest.event_id);
  const unsigned = aboard(manifest).filter(({ waiver }) => waiver === "missing");
  const names = (people: readonly Passenger[]) => nameList(people.map(({ name }) => name));
  return (
    <>
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
    </>
  );
}
