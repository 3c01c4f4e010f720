import { useId } from "preact/hooks";

interface Props<Name extends string> {
  legend: string;
  /** What each choice is called, in the order of the page. */
  names: Readonly<Record<Name, string>>;
  value: Name | null;
  onChoose(name: Name): void;
  small?: boolean;
  /** Whether the focus starts here. */
  first?: boolean;
  error?: string | undefined;
}

/** One of a few, all in sight. */
export function Choices<Name extends string>(props: Props<Name>) {
  const { legend, names, value, onChoose, small, first, error } = props;
  const id = useId();
  return (
    <fieldset class={error ? "field field-wrong" : "field"} aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{legend}</legend>
      <div class={small ? "choices choices-small" : "choices"}>
        {(Object.keys(names) as Name[]).map((name, index) => (
          <label key={name} class="choice">
            <input
              type="radio"
              name={id}
              value={name}
              checked={name === value}
              data-first={(first && index === 0) || undefined}
              onChange={() => onChoose(name)}
            />
            <span>{names[name]}</span>
          </label>
        ))}
      </div>
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
