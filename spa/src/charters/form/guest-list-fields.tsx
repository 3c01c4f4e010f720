import { useRef, useState } from "preact/hooks";
import type { ListedGuest } from "../../data/contract";
import { Button } from "../../ui/button";
import { TextInput } from "../../ui/text-input";
import type { CharterField, InputProps } from "./field-kinds";
import { addGuests, newGuest, parseGuests, readGuests } from "./guest-list";
import "./guest-list-fields.css";

interface Limits {
  most: number;
  name: { most: number };
  email: { most: number };
}

/** Who is expected aboard. */
export function guestList(label: string, limits: Limits): CharterField<readonly ListedGuest[], ListedGuest[]> {
  return {
    label,
    blank: [],
    write: (sent) => sent,
    read: (value, { refuse }) => readGuests(value, limits.most, refuse),
    show: (value) => value.map(({ name }) => name).join(", ") || "nobody",
    Input: (props) => <GuestListFields {...props} limits={limits} />,
  };
}

type Props = InputProps<readonly ListedGuest[]> & { limits: Limits };

function GuestListFields({ name, value: guests, limits, errors, onChange }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const change = (index: number, part: Partial<ListedGuest>) =>
    onChange(guests.map((guest, at) => (at === index ? { ...guest, ...part } : guest)));

  const add = () => {
    onChange([...guests, newGuest]);
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
              const pasted = parseGuests(event.clipboardData?.getData("text") ?? "");
              // One line is pasted into the field as ever.
              if (pasted.length < 2) return;
              event.preventDefault();
              onChange(addGuests(guests, pasted));
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
          <Button class="quiet" onClick={() => onChange(guests.filter((_, at) => at !== index))}>
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
      <Several onAdd={(more) => onChange(addGuests(guests, more))} />
    </div>
  );
}

function Several({ onAdd }: { onAdd(guests: ListedGuest[]): void }) {
  const [text, setText] = useState("");
  const pasted = parseGuests(text);
  return (
    <details class="entry-actions">
      <summary>Paste several</summary>
      <TextInput
        label="One guest a line"
        hint="Like “Ana Reyes, ana@example.com”, or just the name."
        rows={4}
        value={text}
        onInput={setText}
      />
      <p class="buttons">
        <Button
          disabled={pasted.length === 0}
          onClick={() => {
            onAdd(pasted);
            setText("");
          }}
        >
          {pasted.length === 1 ? "Add 1 guest" : `Add ${pasted.length || "these"} guests`}
        </Button>
      </p>
    </details>
  );
}
