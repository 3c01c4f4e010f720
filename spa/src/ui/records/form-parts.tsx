import type { ComponentChild } from "preact";
import { useId } from "preact/hooks";
import { Button } from "../button";
import type { FormPart, Theirs } from "./record-form";
import "./form-parts.css";

interface PartsProps<Name> {
  parts: readonly FormPart<Name>[];
  /** The input of a field. */
  children(name: Name): ComponentChild;
}

/** The inputs of a record's form, part by part. */
export function FormParts<Name extends string>({ parts, children }: PartsProps<Name>) {
  const id = useId();
  return (
    <>
      {parts.map(({ title, rows }, index) => (
        <section key={title} class="part stack" aria-labelledby={`${id}-${index}`}>
          <h3 id={`${id}-${index}`}>{title}</h3>
          {rows.map((names) => (
            <div key={names[0]} class={names.length > 1 ? "pair" : undefined}>
              {names.map(children)}
            </div>
          ))}
        </section>
      ))}
    </>
  );
}

interface Props<Name extends string> {
  table: Readonly<Record<Name, { label: string }>>;
  theirs: readonly Theirs<Name>[];
  onTake(field: Name): void;
}

/** What somebody else changed while this form was open, and the way to take it instead of what was typed. */
export function TheirChanges<Name extends string>({ table, theirs, onTake }: Props<Name>) {
  if (theirs.length === 0) return null;
  return (
    <div class="strip strip-wait" role="status">
      <p>
        <strong>Changed by somebody else meanwhile:</strong>
      </p>
      <ul class="theirs">
        {theirs.map(({ field, value, mine }) => (
          <li key={field}>
            {table[field].label}: {value}{" "}
            {mine ? (
              <>
                (yours is kept) <Button onClick={() => onTake(field)}>Take theirs</Button>
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
