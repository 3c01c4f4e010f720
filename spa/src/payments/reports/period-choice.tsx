import { monthOf, type Period, today, weekOf, yearOf } from "../../lib/periods";
import { Button } from "../../ui/button";
import { PeriodFields } from "./period-fields";
import "./filters.css";

interface Props {
  period: Period;
  onChange(period: Period): void;
}

/** The usual periods by one tap, any other by its days. */
export function PeriodChoice({ period, onChange }: Props) {
  return (
    <>
      <UsualPeriods period={period} onChange={onChange} withYear />
      <PeriodFields period={period} onChange={onChange} />
    </>
  );
}

/** The usual periods, in one line. */
export function UsualPeriods({ period, onChange, withYear }: Props & { withYear?: boolean }) {
  return (
    <p class="periods">
      {usualPeriods(withYear).map(([name, usual]) => (
        <Button key={name} class="quiet" aria-pressed={isSame(usual, period)} onClick={() => onChange(usual)}>
          {name}
        </Button>
      ))}
    </p>
  );
}

/** Whether one tap chooses it where the year is not offered. */
export function isUsual(period: Period): boolean {
  return usualPeriods().some(([, usual]) => isSame(usual, period));
}

function usualPeriods(withYear = false): [string, Period][] {
  const day = today();
  return [
    ["This week", weekOf(day)],
    ["This month", monthOf(day)],
    ["Last month", monthOf(day, -1)],
    ...(withYear ? [["This year", yearOf(day)] satisfies [string, Period]] : []),
  ];
}

const isSame = (one: Period, other: Period) => one.from === other.from && one.to === other.to;
