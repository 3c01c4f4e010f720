import { useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import type { Boat, Conflict, Hold } from "../data/contract";
import { createHold, editHold, releaseHold } from "../data/later-api";
import { holdLimits } from "../data/later-limits";
import { operatorTimezone } from "../lib/clock";
import { type Day, dayName, isDay } from "../lib/periods";
import { uuid7 } from "../lib/uuid";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog/dialog";
import { ConfirmDialog, DialogForm } from "../ui/dialog/dialog-form";
import { Select } from "../ui/form/select";
import { TextInput } from "../ui/form/text-input";
import { useForm } from "../ui/form/use-form";
import { announce } from "../ui/notices";
import { ConflictQuestion, conflictsOf, wrongReason } from "../ui/schedule/conflict-question";
import { MomentInput, withStart } from "../ui/schedule/moment-input";
import { boatOptions } from "./boat-options";
import { changedHold, type HoldForm, holdForm, holdKinds, readHold, without } from "./hold-form";
import { rebase } from "./rebase";

const kinds = (Object.keys(holdKinds) as Hold["kind"][]).map((kind) => [kind, holdKinds[kind].label] as const);

interface Props {
  boats: readonly Boat[];
  /** Null: a new one. */
  hold: Hold | null;
  /** What the form begins with. */
  first: HoldForm;
  /** The day of the time that was opened, of a hold that repeats. */
  day: Day | null;
  onSaved(): void;
  onClose(): void;
}

export function HoldDialog(props: Props) {
  const [releasing, setReleasing] = useState(false);
  const { hold, onSaved, onClose } = props;
  if (releasing && hold) {
    const release = async () => {
      await releaseHold(hold.hold_id);
      announce(`Released: ${hold.title || holdKinds[hold.kind].label}.`);
      onSaved();
    };
    return (
      <ConfirmDialog
        title="Release the boat?"
        submit="Release"
        back="Keep the hold"
        doing="Releasing…"
        failed="Not released."
        act={release}
        onClose={onClose}
      >
        <p>
          <strong>{hold.title || holdKinds[hold.kind].label}</strong>
        </p>
        <p>
          {hold.weekly_until ? "All its times are free again, past ones stay as they were." : "The boat is free again."}
        </p>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={hold ? "Edit hold" : "Hold a boat"} onClose={onClose} wide>
      <HoldFields {...props} onRelease={() => setReleasing(true)} />
    </Dialog>
  );
}

function HoldFields({ boats, hold, first, day, onSaved, onClose, onRelease }: Props & { onRelease(): void }) {
  const [base, setBase] = useState(hold);
  const [form, setForm] = useState(first);
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [reason, setReason] = useState("");
  const sent = useRef({ key: "", body: "" });
  const { form: element, errors, failure, doing, attempt } = useForm();
  const timezone = base?.timezone ?? operatorTimezone();

  const change = (part: Partial<HoldForm>) => {
    setForm((form) => ({ ...form, ...part }));
    // Another time or boat may be free.
    setConflicts([]);
  };

  const submit = () => {
    const { body, errors: wrongFields } = readHold(form, timezone);
    const wrong = { ...wrongFields, ...wrongReason(conflicts, reason) };
    return attempt({ doing: "Saving…", failed: "Not saved.", wrong }, async () => {
      const override = conflicts.length > 0 ? { override_reason: reason.trim() } : {};
      try {
        if (base) await editHold(base.hold_id, { version: base.version, ...changedHold(body, base), ...override });
        else {
          const booked = { ...body, ...override };
          const text = JSON.stringify(booked);
          // The same content sent again is the same hold.
          if (sent.current.body !== text) sent.current = { key: uuid7(), body: text };
          await createHold(sent.current.key, booked);
        }
      } catch (error) {
        if (error instanceof ApiError) {
          setConflicts(conflictsOf(error));
          const { current } = error;
          if (base && isHold(current)) {
            setForm((form) => rebase(form, holdForm(base), holdForm(current)));
            setBase(current);
          }
        }
        throw error;
      }
      announce(base ? "Saved." : `Held: ${boats.find(({ boat_id }) => boat_id === body.boat_id)?.name ?? ""}.`);
      onSaved();
      onClose();
    });
  };

  return (
    <DialogForm
      form={element}
      submit={conflicts.length > 0 ? "Book anyway" : hold ? "Save changes" : "Hold the boat"}
      onSubmit={submit}
      onClose={onClose}
      doing={doing}
      failure={failure}
    >
      <div class="pair">
        <Select
          label="Boat"
          options={boatOptions(boats, base?.boat_id ?? null, form.boat_id === "" ? "Choose…" : null)}
          value={form.boat_id}
          error={errors.boat_id}
          onChoose={(boat_id) => change({ boat_id })}
        />
        <Select
          label="Kind"
          hint={holdKinds[form.kind].hint}
          options={kinds}
          value={form.kind}
          onChoose={(kind) => change({ kind })}
        />
      </div>
      <TextInput
        label={form.kind === "option" ? "For whom" : "What for"}
        most={holdLimits.title.most}
        first
        error={errors.title}
        value={form.title}
        onInput={(title) => change({ title })}
      />
      <div class="pair">
        <MomentInput
          label="From"
          value={form.starts_at}
          timezone={timezone}
          error={errors.starts_at}
          onChange={(starts_at) => change(withStart(form, starts_at))}
        />
        <MomentInput
          label="Until"
          value={form.ends_at}
          timezone={timezone}
          error={errors.ends_at}
          onChange={(ends_at) => change({ ends_at })}
        />
      </div>
      {form.kind === "option" && (
        <MomentInput
          label="Frees itself"
          hint="If nobody has decided by then, the boat is free and you get a mail."
          value={form.expires_at}
          timezone={timezone}
          error={errors.expires_at}
          onChange={(expires_at) => change({ expires_at })}
        />
      )}
      <TextInput
        label="Every week until"
        type="date"
        hint="That day included. Empty: once."
        error={errors.weekly_until}
        value={form.weekly_until}
        onInput={(weekly_until) => change({ weekly_until })}
      />
      {form.weekly_until !== "" && <Exceptions form={form} day={day} onChange={change} error={errors.except} />}
      <TextInput
        label="Note"
        rows={2}
        most={holdLimits.note.most}
        error={errors.note}
        value={form.note}
        onInput={(note) => change({ note })}
      />
      {conflicts.length > 0 && (
        <ConflictQuestion
          conflicts={conflicts}
          timezone={timezone}
          reason={reason}
          error={errors.override_reason}
          onReason={setReason}
        />
      )}
      {hold && (
        <p class="buttons">
          <Button class="danger" onClick={onRelease}>
            Release…
          </Button>
        </p>
      )}
    </DialogForm>
  );
}

interface ExceptionsProps extends Pick<Props, "day"> {
  form: HoldForm;
  error: string | undefined;
  onChange(part: Partial<HoldForm>): void;
}

/** The days on which a hold that repeats is left out. */
function Exceptions({ form, day, error, onChange }: ExceptionsProps) {
  const [typed, setTyped] = useState("");
  const leaveOut = (day: Day) => {
    onChange({ except: without(form, day).except });
    setTyped("");
  };
  return (
    <fieldset class="stack">
      <legend>Left out</legend>
      {form.except.length > 0 && (
        <ul class="rows">
          {form.except.map((left) => (
            <li key={left} class="spread">
              {dayName(left)}
              <Button class="quiet" onClick={() => onChange({ except: form.except.filter((other) => other !== left) })}>
                Take back in<span class="visually-hidden">: {dayName(left)}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {day && !form.except.includes(day) && (
        <p class="buttons">
          <Button onClick={() => leaveOut(day)}>Leave out {dayName(day)}</Button>
        </p>
      )}
      <div class="pair">
        <TextInput label="Another day" type="date" value={typed} error={error} onInput={setTyped} />
        <Button disabled={!isDay(typed)} onClick={() => leaveOut(typed)}>
          Leave it out
        </Button>
      </div>
    </fieldset>
  );
}

function isHold(value: unknown): value is Hold {
  return typeof value === "object" && value !== null && "hold_id" in value && "version" in value;
}
