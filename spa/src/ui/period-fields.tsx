import { isDay, isPeriod, type Period } from "../lib/periods";
import { TextField } from "./field";

interface Props {
  period: Period;
  onChange(period: Period): void;
}

/** The first and the last day of a period. */
export function PeriodFields({ period, onChange }: Props) {
  const { from, to } = period;
  const noDay = (day: string) => (day === "" ? "Enter a day." : undefined);
  const reversed = isDay(from) && isDay(to) && !isPeriod(period);
  return (
    <>
      <TextField
        label="From"
        type="date"
        error={noDay(from)}
        value={from}
        onChange={(from) => onChange({ from, to })}
      />
      <TextField
        label="To"
        type="date"
        error={reversed ? "Before the start." : noDay(to)}
        value={to}
        onChange={(to) => onChange({ from, to })}
      />
    </>
  );
}
