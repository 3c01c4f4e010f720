import { useRef } from "preact/hooks";
import type { ListedGuest } from "../../data/contract";
import { nameList } from "../../lib/names";
import { Button } from "../../ui/button";
import { TextInput } from "../../ui/form/text-input";
import type { CharterField, InputProps } from "./field-kinds";
import { addGuests, type GuestRows, newGuest, parseGuests, readGuests, settleGuests } from "./guest-list";
import "./guest-list-fields.css";

interface Limits {
  most: number;
  name: { most: number };
  email: { most: number };
}

/** Who is expected aboard. */
export function guestList(label: string, limits: Limits): CharterField<GuestRows, ListedGuest[]> {
  return {
    label,
    blank: { rows: [], pasted: "" },
    write: (sent) => ({ rows: sent, pasted: "" }),
    read: ({ rows }, { refuse }) => readGuests(rows, limits.most, refuse),
    show: ({ rows }) => nameList(rows.map(({ name }) => name)) || "nobody",
    Input: (props) => <GuestListFields {...props} limits={limits} />,
  };
}

type Props = InputProps<GuestRows> & { limits: Limits };

function GuestListFields({ name, value, limits, errors, onChange }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const { rows: guests, pasted } = value;
  const setRows = (rows: readonly ListedGuest[]) => onChange({ rows, pasted });
  const change = (index: number, part: Partial<ListedGuest>) =>
    setRows(guests.map((guest, at) => (at === index ? { ...guest, ...part } : guest)));

  const add = () => {
    setRows([...guests, newGuest]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("fieldset:last-of-type input")?.focus());
  };

  return (
    <div ref={list} class="guest-list stack">
      <p class="hint">
        Guests pick their name from this list when they sign, and you see who is missing. With an email they can be
        reminded.
      </p>
      {guests.map((guest, index) => (
        // Rows have no identity of their own.
        <fieldset key={index} class="guest-row">
          <legend>Guest {index + 1}</legend>
          <TextInput
            label="Name"
            most={limits.name.most}
            error={errors[`${name}.${index}.name`] ?? errors[`${name}.${index}`]}
            value={guest.name}
            onInput={(name) => change(index, { name })}
            onPaste={(event) => {
              const more = parseGuests(event.clipboardData?.getData("text") ?? "");
              // A name alone is pasted into the field as ever.
              if (more.length < 2 && !more[0]?.email) return;
              event.preventDefault();
              setRows(addGuests(guests, more));
            }}
          />
          <TextInput
            label="Email (optional)"
            type="email"
            most={limits.email.most}
            error={errors[`${name}.${index}.email`]}
            value={guest.email}
            onInput={(email) => change(index, { email })}
          />
          <Button class="quiet" onClick={() => setRows(guests.filter((_, at) => at !== index))}>
            Remove<span class="visually-hidden"> guest {index + 1}</span>
          </Button>
        </fieldset>
      ))}
      {errors[name] && <p class="error">{errors[name]}</p>}
      {guests.length < limits.most && (
        <p>
          <Button onClick={add}>Add guest</Button>
        </p>
      )}
      <Several
        text={pasted}
        onInput={(pasted) => onChange({ rows: guests, pasted })}
        onAdd={() => onChange(settleGuests(value))}
      />
    </div>
  );
}

/** What is not added by the button is added when the charter is saved. */
function Several({ text, onInput, onAdd }: { text: string; onInput(text: string): void; onAdd(): void }) {
  const pasted = parseGuests(text);
  return (
    <details class="entry-actions">
      <summary>Paste several</summary>
      <TextInput
        label="One guest a line"
        hint="Like “Ana Reyes, ana@example.com”, or just the name."
        rows={4}
        value={text}
        onInput={onInput}
      />
      <p class="buttons">
        <Button disabled={pasted.length === 0} onClick={onAdd}>
          {pasted.length === 1 ? "Add 1 guest" : `Add ${pasted.length || "these"} guests`}
        </Button>
      </p>
    </details>
  );
}
