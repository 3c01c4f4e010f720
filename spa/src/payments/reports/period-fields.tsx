import { isDay, isPeriod, type Period } from "../../lib/periods";
import { TextInput } from "../../ui/form/text-input";

export function PeriodFields({ period, onChange }: { period: Period; onChange(period: Period): void }) {
  const { from, to } = period;
  const noDay = (day: string) => (day === "" ? "Enter a day." : undefined);
  const reversed = isDay(from) && isDay(to) && !isPeriod(period);
  return (
    <>
      <TextInput label="From" type="date" error={noDay(from)} value={from} onInput={(from) => onChange({ from, to })} />
      <TextInput
        label="To"
        type="date"
        error={reversed ? "Before the start." : noDay(to)}
        value={to}
        onInput={(to) => onChange({ from, to })}
      />
    </>
  );
}
