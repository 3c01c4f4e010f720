import { paymentsCsv } from "../data/later-api";
import { isPeriod, type Period } from "../lib/periods";
import { DownloadButton } from "../ui/download-button";

/** The payments of a period as a file for the bookkeeper. */
export function CsvButton({ period }: { period: Period }) {
  return (
    <DownloadButton
      file={() => paymentsCsv(period)}
      name={`payments-${period.from}-to-${period.to}.csv`}
      disabled={!isPeriod(period)}
    />
  );
}
