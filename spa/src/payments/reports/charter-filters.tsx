import { useRef } from "preact/hooks";
import type { Grouping } from "../../data/contract";
import { readSummary } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { isPeriod, type Period } from "../../lib/periods";
import { type Option, Select } from "../../ui/form/select";
import { useApart } from "../use-apart";
import { groupKey, groupName, type OfCharters } from "./of-charters";

interface Props {
  period: Period;
  of: OfCharters;
  onChange(of: OfCharters): void;
}

/** Only the payments of one boat, of one captain. Those of the period are offered, typed names too. */
export function CharterFilters({ period, of, onChange }: Props) {
  return (
    <>
      <GroupFilter by="boat" period={period} value={of.boat} onChange={(boat) => onChange({ ...of, boat })} />
      <GroupFilter
        by="captain"
        period={period}
        value={of.captain}
        onChange={(captain) => onChange({ ...of, captain })}
      />
    </>
  );
}

const labels: Record<Grouping, string> = { boat: "Boat", captain: "Captain" };

interface FilterProps {
  by: Grouping;
  period: Period;
  value: string;
  onChange(value: string): void;
}

function GroupFilter({ by, period, value, onChange }: FilterProps) {
  const asked = useAnswer(isPeriod(period) ? () => readSummary({ ...period, by }) : null, [period.from, period.to]);
  const groups = asked.answer?.groups ?? [];
  const apart = useApart(by, groups);
  const options = groups
    .filter(({ name }) => name !== "")
    .map((group): Option<string> => [groupKey(group), groupName(group, by, groups, apart)]);
  // What was chosen stays chosen in a period that has nothing of it.
  const names = useRef(new Map<string, string>());
  for (const [key, name] of options) names.current.set(key, name);
  if (value && !options.some(([key]) => key === value)) {
    options.push([value, names.current.get(value) ?? `The ${by} asked for`]);
  }
  return (
    <Select
      label={labels[by]}
      error={asked.error === null ? undefined : `The ${by}s could not be loaded.`}
      options={[["", `All ${by}s`], ...options]}
      value={value}
      onChoose={onChange}
    />
  );
}
