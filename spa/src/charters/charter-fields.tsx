import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Person } from "../data/contract";
import { Field } from "../ui/field";
import { type CharterForm, foldNames, nobody, zonedTime } from "./charter-form";
import { GuestListFields } from "./guest-list-fields";
import "./charter-fields.css";

export type Errors = Readonly<Record<string, string>>;

interface PartProps {
  form: CharterForm;
  errors: Errors;
  set(change: Partial<CharterForm>): void;
}

/** Every field of a charter, in parts. */
export function CharterFields(props: PartProps) {
  return (
    <>
      <Trip {...props} />
      <Party {...props} />
      <Guests {...props} />
      <Crew {...props} />
      <Money {...props} />
      <Words {...props} />
    </>
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

function hoursLater(local: string, hours: number): string {
  const moment = new Date(`${local.slice(0, 16)}Z`);
  if (Number.isNaN(moment.getTime())) return "";
  return new Date(moment.getTime() + hours * 3_600_000).toISOString().slice(0, 16);
}

function timezones(): string[] {
  return Intl.supportedValuesOf?.("timeZone") ?? [];
}

const shownFields =
  /^(title|starts_at|ends_at|timezone|vessel|passenger_limit|departure_port|return_port|party_size|charter_fee_cents|currency|notes|guest_notes|guests|(captain|patron|crew\.\d+|guests\.\d+)(\.(name|email|phone))?)$/;

/** What is wrong with fields that are not shown, in one text. */
export function unplaced(errors: Errors): string {
  return Object.entries(errors)
    .filter(([name]) => !shownFields.test(name))
    .map(([name, message]) => `${name}: ${message}`)
    .join(" ");
}
