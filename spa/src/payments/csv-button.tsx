import { paymentsCsv } from "../data/later-api";
import type { Query } from "../data/request";
import { isPeriod, type Period } from "../lib/periods";
import { DownloadButton } from "../ui/download-button";

/** Which payments of a period. */
export type OnlySome = Pick<Query<"/api/payments.csv">, "method" | "status" | "boat" | "captain">;

interface Props {
  period: Period;
  /** Without it all. */
  only?: OnlySome;
}

/** The payments of a period as a file for the bookkeeper. The name says when it holds only some of them. */
export function CsvButton({ period, only = {} }: Props) {
  const part = Object.values(only).some(Boolean) ? "-part" : "";
  return (
    <DownloadButton
      file={() => paymentsCsv({ ...period, ...only })}
      name={`payments-${period.from}-to-${period.to}${part}.csv`}
      disabled={!isPeriod(period)}
    />
  );
}
