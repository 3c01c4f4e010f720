import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { ApiError, createCharter, editCharter } from "../data/api";
import { charters, keepCharters } from "../data/charters";
import type { CharterEvent, Person } from "../data/contract";
import { Observable, useValue } from "../lib/observable";
import { navigate } from "../lib/router";
import { browserTimezone } from "../lib/time";
import { uuid7 } from "../lib/uuid";
import { Dialog } from "../ui/dialog";
import { Field, focusFirstError, sentences } from "../ui/field";
import { announce } from "../ui/notices";
import { sentence } from "../ui/page";
import {
  type CharterForm,
  changes,
  charterForm,
  fieldNames,
  foldNames,
  type Merge,
  merge,
  newCharterForm,
  nobody,
  readCharterForm,
  zonedTime,
} from "./charter-form";
import { isBlankGuest } from "./guest-list";
import { GuestListFields } from "./guest-list-fields";
import "./charter-dialog.css";

const opened = new Observable<{ event: CharterEvent | null } | null>(null);

/** What was typed and not saved; it lives in this page only, for it holds contact data. */
const drafts = new Map<string, CharterForm>();

/** Opens the dialog for a charter to edit, or for a new one. */
export function openCharterDialog(event: CharterEvent | null = null): void {
  opened.value = { event };
}

export function forgetDrafts(): void {
  drafts.clear();
  opened.value = null;
}

export function CharterDialogs() {
  const what = useValue(opened);
  if (!what) return null;
  return (
    <CharterDialog
      event={what.event}
      onClose={() => {
        opened.value = null;
      }}
    />
  );
}

type Set = (change: Partial<CharterForm>) => void;
type Errors = Readonly<Record<string, string>>;

interface PartProps {
  form: CharterForm;
  errors: Errors;
  set: Set;
}

export function CharterDialog({ event, onClose }: { event: CharterEvent | null; onClose(): void }) {
  const draftKey = event?.event_id ?? "new";
  const pristine = () => (event ? charterForm(event) : emptyForm());
  const [base, setBase] = useState(event);
  const [form, setForm] = useState(() => drafts.get(draftKey) ?? pristine());
  const [drafted, setDrafted] = useState(drafts.has(draftKey));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [theirs, setTheirs] = useState<Merge["theirs"]>([]);
  const [saving, setSaving] = useState(false);
  const attempt = useRef({ key: "", body: "" });
  const element = useRef<HTMLFormElement>(null);

  const set: Set = (change) => {
    setForm((form) => {
      const next = { ...form, ...change };
      drafts.set(draftKey, next);
      return next;
    });
  };

  const done = (saved: CharterEvent, said: string) => {
    drafts.delete(draftKey);
    keepCharters([saved]);
    announce(said);
    onClose();
    if (!event) navigate(`/events/${saved.event_id}`);
  };

  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    if (saving) return;
    // Rows that nobody filled in would shift what the server says about the rows after them.
    const guests = form.guests.filter((guest) => !isBlankGuest(guest));
    if (guests.length < form.guests.length) set({ guests });
    const { body, errors } = readCharterForm({ ...form, guests });
    setErrors(errors ?? {});
    setFailure("");
    if (!body) {
      setFailure("Not saved. Correct what is marked.");
      focusFirstError(element.current);
      return;
    }
    setSaving(true);
    try {
      if (base) {
        const changed = changes(body, base);
        if (Object.keys(changed).length === 0) {
          done(base, "Nothing was changed.");
          return;
        }
        const saved = await editCharter(base.event_id, { version: base.version, ...changed });
        done(saved, `Saved: ${saved.title}.`);
      } else {
        const text = JSON.stringify(body);
        // The same content sent again is the same charter; other content is another one.
        if (attempt.current.body !== text) attempt.current = { key: uuid7(), body: text };
        const saved = await createCharter(attempt.current.key, body);
        done(saved, `Created: ${saved.title}.`);
      }
      return;
    } catch (error) {
      failed(error);
    }
    setSaving(false);
  };

  const failed = (error: unknown) => {
    if (error instanceof ApiError && error.status === 409 && isCharter(error.current) && base) {
      const merged = merge(form, base, error.current);
      keepCharters([error.current]);
      setBase(error.current);
      setForm(merged.form);
      setTheirs(merged.theirs);
      setFailure(`Not saved yet. ${error.message} Look at it, then save again.`);
      return;
    }
    const fields = error instanceof ApiError ? error.fields : {};
    setErrors(sentences(fields));
    const marked = Object.keys(fields).length > 0;
    setFailure(`Not saved. ${marked ? "Correct what is marked." : sentence(error)}`);
    focusFirstError(element.current);
  };

  const useTheirs = (field: keyof CharterForm) => {
    if (base) set({ [field]: charterForm(base)[field] });
    setTheirs((theirs) => theirs.filter((other) => other.field !== field));
  };

  return (
    <Dialog title={event ? "Edit charter" : "New charter"} onClose={onClose} wide tall>
      <form ref={element} onSubmit={submit} noValidate>
        <div class="dialog-body">
          {drafted && (
            <p class="strip strip-wait">
              What you typed before is back.{" "}
              <button
                type="button"
                onClick={() => {
                  drafts.delete(draftKey);
                  setForm(pristine());
                  setDrafted(false);
                }}
              >
                Start afresh
              </button>
            </p>
          )}
          {theirs.length > 0 && <Theirs theirs={theirs} onTake={useTheirs} />}
          <Trip form={form} errors={errors} set={set} />
          <Party form={form} errors={errors} set={set} />
          <Guests form={form} errors={errors} set={set} />
          <Crew form={form} errors={errors} set={set} />
          <Money form={form} errors={errors} set={set} />
          <Words form={form} errors={errors} set={set} />
        </div>
        <footer class="dialog-foot">
          <div class="dialog-said">
            <p role="status">{saving ? "Saving…" : ""}</p>
            <p role="alert" class="error">
              {[failure, unplaced(errors)].filter(Boolean).join(" ")}
            </p>
          </div>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={saving}>
            {saving ? "Saving…" : event ? "Save changes" : "Create charter"}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function Theirs({
  theirs,
  onTake,
}: {
  theirs: Merge["theirs"];
  onTake(field: keyof CharterForm): void;
}) {
  return (
    <div class="strip strip-wait" role="status">
      <p>
        <strong>Changed by somebody else meanwhile:</strong>
      </p>
      <ul class="theirs">
        {theirs.map(({ field, value, mine }) => (
          <li key={field}>
            {fieldNames[field]}: {value}{" "}
            {mine ? (
              <>
                (yours is kept){" "}
                <button type="button" onClick={() => onTake(field)}>
                  Take theirs
                </button>
              </>
            ) : (
              "(taken over)"
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Trip({ form, errors, set }: PartProps) {
  const zonesId = useId();
  return (
    <Part title="Trip">
      <Text
        label="Title"
        error={errors.title}
        max={120}
        value={form.title}
        first
        required
        onInput={(title) => set({ title })}
      />
      <div class="pair">
        <When
          label="Departs"
          error={errors.starts_at}
          local={form.starts}
          fold={form.starts_fold}
          timezone={form.timezone}
          onChange={(starts, starts_fold) =>
            set({
              starts,
              starts_fold,
              // Most charters return on the day they depart.
              ...(form.ends === "" && starts ? { ends: hoursLater(starts, 4) } : {}),
            })
          }
        />
        <When
          label="Returns"
          error={errors.ends_at}
          local={form.ends}
          fold={form.ends_fold}
          timezone={form.timezone}
          onChange={(ends, ends_fold) => set({ ends, ends_fold })}
        />
      </div>
      <Field label="Time zone of the charter" error={errors.timezone}>
        {(props) => (
          <>
            <input
              {...props}
              list={zonesId}
              autocomplete="off"
              value={form.timezone}
              onInput={(event) => set({ timezone: event.currentTarget.value.trim() })}
            />
            <datalist id={zonesId}>
              {timezones().map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div class="pair">
        <Text
          label="Vessel"
          error={errors.vessel}
          value={form.vessel}
          onInput={(vessel) => set({ vessel })}
        />
        <Text
          label="Passenger limit"
          error={errors.passenger_limit}
          value={form.passenger_limit}
          numeric
          hint="Empty: no limit."
          onInput={(passenger_limit) => set({ passenger_limit })}
        />
      </div>
      <div class="pair">
        <Text
          label="Departure port"
          error={errors.departure_port}
          value={form.departure_port}
          onInput={(departure_port) => set({ departure_port })}
        />
        <Text
          label="Return port"
          error={errors.return_port}
          value={form.return_port}
          onInput={(return_port) => set({ return_port })}
        />
      </div>
    </Part>
  );
}

function Party({ form, errors, set }: PartProps) {
  return (
    <Part title="Patron and party">
      <PersonFields
        name="patron"
        person={form.patron}
        errors={errors}
        onChange={(patron) => set({ patron })}
      />
      <Text
        label="Party size"
        error={errors.party_size}
        value={form.party_size}
        numeric
        onInput={(party_size) => set({ party_size })}
      />
    </Part>
  );
}

function Guests({ form, errors, set }: PartProps) {
  return (
    <Part title="Expected guests">
      <GuestListFields
        guests={form.guests}
        errors={errors}
        onChange={(guests) => set({ guests })}
      />
    </Part>
  );
}

function Crew({ form, errors, set }: PartProps) {
  const change = (index: number, person: Person) =>
    set({ crew: form.crew.map((other, at) => (at === index ? person : other)) });
  return (
    <>
      <Part title="Captain">
        <PersonFields
          name="captain"
          person={form.captain}
          errors={errors}
          onChange={(captain) => set({ captain })}
        />
      </Part>
      <Part title="Crew">
        {form.crew.map((person, index) => (
          // Rows have no identity of their own.
          <fieldset key={index} class="person">
            <legend>Crew member {index + 1}</legend>
            <PersonFields
              name={`crew.${index}`}
              person={person}
              errors={errors}
              onChange={(person) => change(index, person)}
            />
            <button
              type="button"
              class="quiet"
              onClick={() => set({ crew: form.crew.filter((_, at) => at !== index) })}
            >
              Remove crew member {index + 1}
            </button>
          </fieldset>
        ))}
        {form.crew.length < 20 && (
          <p>
            <button type="button" onClick={() => set({ crew: [...form.crew, { ...nobody }] })}>
              Add crew member
            </button>
          </p>
        )}
      </Part>
    </>
  );
}

function Money({ form, errors, set }: PartProps) {
  return (
    <Part title="Fee">
      <div class="pair">
        <Text
          label="Charter fee"
          error={errors.charter_fee_cents}
          value={form.charter_fee}
          decimal
          onInput={(charter_fee) => set({ charter_fee })}
        />
        <Text
          label="Currency"
          error={errors.currency}
          value={form.currency}
          max={3}
          hint="Empty: your usual one."
          onInput={(currency) => set({ currency })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={form.balance_reminders}
          onChange={(event) => set({ balance_reminders: event.currentTarget.checked })}
        />
        <span>
          Remind the patron of the balance 7 and 2 days before
          <small>By email. It stops when nothing is due, or cash was logged.</small>
        </span>
      </label>
    </Part>
  );
}

function Words({ form, errors, set }: PartProps) {
  return (
    <Part title="Notes">
      <Area
        label="What guests should know"
        error={errors.guest_notes}
        value={form.guest_notes}
        hint="What to bring, where to park. Everybody with the guest link reads it."
        onInput={(guest_notes) => set({ guest_notes })}
      />
      <Area
        label="Notes"
        error={errors.notes}
        value={form.notes}
        hint="Only admins read these."
        onInput={(notes) => set({ notes })}
      />
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="part" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

interface TextProps {
  label: string;
  value: string;
  error: string | undefined;
  onInput(value: string): void;
  hint?: string;
  max?: number;
  type?: "text" | "email" | "tel";
  numeric?: boolean;
  decimal?: boolean;
  first?: boolean;
  required?: boolean;
}

function Text({ label, value, error, onInput, hint, max = 100, type = "text", ...is }: TextProps) {
  return (
    <Field label={label} error={error} hint={hint}>
      {(props) => (
        <input
          {...props}
          // The type checker wants to know a single type for each input.
          type={type as "text"}
          inputMode={is.numeric ? "numeric" : is.decimal ? "decimal" : undefined}
          required={is.required}
          maxLength={max}
          autocomplete="off"
          {...(is.first ? { "data-first": true } : {})}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function Area({ label, value, error, hint, onInput }: TextProps) {
  return (
    <Field label={label} error={error} hint={hint}>
      {(props) => (
        <textarea
          {...props}
          rows={3}
          maxLength={4000}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function PersonFields({
  name,
  person,
  errors,
  onChange,
}: {
  name: string;
  person: Person;
  errors: Errors;
  onChange(person: Person): void;
}) {
  return (
    <div class="triple">
      <Text
        label="Name"
        error={errors[`${name}.name`] ?? errors[name]}
        value={person.name}
        onInput={(value) => onChange({ ...person, name: value })}
      />
      <Text
        label="Email"
        type="email"
        error={errors[`${name}.email`]}
        value={person.email}
        max={254}
        onInput={(value) => onChange({ ...person, email: value })}
      />
      <Text
        label="Phone"
        type="tel"
        error={errors[`${name}.phone`]}
        value={person.phone}
        max={40}
        onInput={(value) => onChange({ ...person, phone: value })}
      />
    </div>
  );
}

interface WhenProps {
  label: string;
  error: string | undefined;
  local: string;
  fold: "earlier" | "later";
  timezone: string;
  onChange(local: string, fold: "earlier" | "later"): void;
}

/** A local date and time; asks which one is meant when clocks make it come twice. */
function When({ label, error, local, fold, timezone, onChange }: WhenProps) {
  const zoned = zonedTime(local, timezone);
  const names = zoned?.kind === "twice" ? foldNames(zoned, timezone) : null;
  const skipped =
    zoned?.kind === "never" ? "Clocks go forward then: this time does not exist." : undefined;
  return (
    <div>
      <Field label={label} error={error ?? skipped}>
        {(props) => (
          <input
            {...props}
            type="datetime-local"
            required
            value={local}
            onInput={(event) => onChange(event.currentTarget.value, fold)}
          />
        )}
      </Field>
      {names && (
        <Field label={`${label}: this time comes twice that night`}>
          {(props) => (
            <select
              {...props}
              value={fold}
              onChange={(event) =>
                onChange(local, event.currentTarget.value === "later" ? "later" : "earlier")
              }
            >
              <option value="earlier">{names.earlier}</option>
              <option value="later">{names.later}</option>
            </select>
          )}
        </Field>
      )}
    </div>
  );
}

/** The desk's usual zone and currency, as far as the charters that were seen tell. */
function emptyForm(): CharterForm {
  const latest = [...charters.value.values()].at(-1);
  return newCharterForm(latest?.timezone ?? browserTimezone, latest?.currency ?? "");
}

function hoursLater(local: string, hours: number): string {
  const moment = new Date(`${local.slice(0, 16)}Z`);
  if (Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() + hours * 3_600_000).toISOString().slice(0, 16);
}

function timezones(): string[] {
  return Intl.supportedValuesOf?.("timeZone") ?? [];
}

function isCharter(value: unknown): value is CharterEvent {
  return typeof value === "object" && value !== null && "event_id" in value && "version" in value;
}

const shownFields =
  /^(title|starts_at|ends_at|timezone|vessel|passenger_limit|departure_port|return_port|party_size|charter_fee_cents|currency|notes|guest_notes|guests|(captain|patron|crew\.\d+|guests\.\d+)(\.(name|email|phone))?)$/;

function unplaced(errors: Errors): string {
  return Object.entries(errors)
    .filter(([name]) => !shownFields.test(name))
    .map(([name, message]) => `${name}: ${message}`)
    .join(" ");
}
