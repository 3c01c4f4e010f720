import { useRef, useState } from "preact/hooks";
import { keepCharters } from "../../data/charters";
import type { Charter, PlannedCharter } from "../../data/contract";
import { repeatCharter } from "../../data/later-api";
import { reasonLimits } from "../../data/later-limits";
import { isBlank } from "../../lib/names";
import { formatDay, formatSpan, localDay } from "../../lib/time";
import { uuid7 } from "../../lib/uuid";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { TextInput } from "../../ui/form/text-input";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";
import { conflictText } from "../../ui/schedule/conflict-text";

interface Props {
  charter: Charter;
  onClose(): void;
}

/** Repeats a charter each week: first shows each one with what is in its way, then makes those that are chosen. */
export function RepeatDialog({ charter, onClose }: Props) {
  const { form, errors, setErrors, failure, doing, attempt } = useForm();
  const [until, setUntil] = useState("");
  const [planned, setPlanned] = useState<readonly PlannedCharter[] | null>(null);
  const [left_out, setLeftOut] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const request = useRef({ request_id: "", choice: "" });
  const dayOf = ({ starts_at }: PlannedCharter) => localDay(new Date(starts_at), charter.timezone);
  const chosen = planned?.filter((one) => !left_out.includes(dayOf(one))) ?? [];
  const isBooked = chosen.some(({ conflicts }) => conflicts.length > 0);

  const preview = () => {
    const wrong = until === "" ? { until: "Choose the last day." } : {};
    return attempt({ doing: "Looking…", failed: "Nothing was made.", wrong }, async () => {
      const body = { request_id: uuid7(), until, preview: true };
      const { events } = (await repeatCharter(charter.event_id, body)) as { events: PlannedCharter[] };
      setPlanned(events);
      setLeftOut(events.filter(({ conflicts }) => conflicts.length > 0).map(dayOf));
    });
  };

  const make = () => {
    const except = planned?.map(dayOf).filter((day) => left_out.includes(day)) ?? [];
    const override = isBooked ? { override_reason: reason.trim() } : {};
    const wrong = isBooked && isBlank(reason) ? { override_reason: "Say why, in a few words." } : {};
    if (chosen.length === 0)
      return attempt({ doing: "", failed: "", wrong: { until: "Choose one at least." } }, nothing);
    return attempt({ doing: "Making them…", failed: "Not all were made.", wrong }, async () => {
      const choice = JSON.stringify({ until, except });
      // The same choice sent again makes nothing twice.
      if (request.current.choice !== choice) request.current = { request_id: uuid7(), choice };
      const body = { request_id: request.current.request_id, until, except, ...override };
      const { events } = (await repeatCharter(charter.event_id, body)) as { events: Charter[] };
      keepCharters(events);
      announce(made(events.length, chosen.length));
      onClose();
    });
  };

  return (
    <Dialog title="Repeat weekly" onClose={onClose}>
      <DialogForm
        form={form}
        submit={planned ? count(chosen.length, "Create") : "Preview"}
        onSubmit={planned ? make : preview}
        onClose={onClose}
        doing={doing}
        failure={failure}
      >
        <p>
          {charter.title}: each week at the same time, with the same boat, captain, crew, patron and guest list.
          Payments and waivers stay with this one.
        </p>
        <TextInput
          label="Last day"
          type="date"
          first
          error={errors.until ?? errors.except}
          value={until}
          onInput={(day) => {
            setUntil(day);
            setPlanned(null);
            setErrors({});
          }}
        />
        {planned && (
          <fieldset>
            <legend>What is made</legend>
            <ul class="rows">
              {planned.map((one) => {
                const day = dayOf(one);
                return (
                  <li key={day}>
                    <label class="check">
                      <input
                        type="checkbox"
                        checked={!left_out.includes(day)}
                        onChange={({ currentTarget: { checked } }) =>
                          setLeftOut(checked ? left_out.filter((other) => other !== day) : [...left_out, day])
                        }
                      />
                      <span>
                        {formatDay(one.starts_at, charter.timezone)},{" "}
                        {formatSpan(one.starts_at, one.ends_at, charter.timezone)}
                        {one.conflicts.map((conflict) => {
                          const text = conflictText(conflict, charter.timezone);
                          return (
                            <strong key={text} class="error contact-problem">
                              Booked already: {text}
                            </strong>
                          );
                        })}
                      </span>
                    </label>
                  </li>
                );
              })}
            </ul>
          </fieldset>
        )}
        {isBooked && (
          <TextInput
            label="Reason to book it anyway"
            most={reasonLimits.reason.most}
            error={errors.override_reason}
            value={reason}
            onInput={setReason}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

async function nothing(): Promise<void> {}

function count(number: number, verb: string): string {
  return `${verb} ${number} ${number === 1 ? "charter" : "charters"}`;
}

/** Some may have been booked by others meanwhile. */
function made(number: number, wanted: number): string {
  const left = wanted - number;
  return `${count(number, "Created")}.${left > 0 ? ` ${left} could not be booked any more.` : ""}`;
}
