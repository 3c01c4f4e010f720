import { isDay, isPeriod, type Period } from "../lib/periods";
import { Field } from "./field";

const noDay = "Enter a day.";

/** The first and the last day of a period, as they are typed. */
export function PeriodFields({
  period,
  onChange,
}: {
  period: Period;
  onChange(period: Period): void;
}) {
  const { from, to } = period;
  const reversed = isDay(from) && isDay(to) && !isPeriod(period);
  return (
    <>
      <Field label="From" error={from === "" ? noDay : undefined}>
        {(props) => (
          <input
            {...props}
            type="date"
            value={from}
            onInput={(event) => onChange({ from: event.currentTarget.value, to })}
          />
        )}
      </Field>
      <Field label="To" error={to === "" ? noDay : reversed ? "Before the start." : undefined}>
        {(props) => (
          <input
            {...props}
            type="date"
            value={to}
            onInput={(event) => onChange({ from, to: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
