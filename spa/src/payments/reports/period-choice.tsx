import { monthOf, type Period, today, weekOf, yearOf } from "../../lib/periods";
import { Button } from "../../ui/button";
import { PeriodFields } from "./period-fields";

interface Props {
  period: Period;
  onChange(period: Period): void;
  withYear?: boolean;
}

/** The usual periods by one tap, any other by its days. */
export function PeriodChoice({ period, onChange, withYear }: Props) {
  const usual: [string, Period][] = [
    ["This week", weekOf(today())],
    ["This month", monthOf(today())],
    ["Last month", monthOf(today(), -1)],
    ...(withYear ? [["This year", yearOf(today())] as [string, Period]] : []),
  ];
  return (
    <>
      <p class="buttons">
        {usual.map(([name, period]) => (
          <Button key={name} onClick={() => onChange(period)}>
            {name}
          </Button>
        ))}
      </p>
      <PeriodFields period={period} onChange={onChange} />
    </>
  );
}
