import { Button } from "./button";
import type { Theirs } from "./record-form";

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
