import { useValue } from "../lib/observable";
import { type DeskRoute, query } from "../lib/router";
import { MailContent } from "../mail/mail";
import { ManifestPage } from "../manifest/manifest";
import { Deposit } from "../payments/bank/deposit";
import { ToClear } from "../payments/bank/to-clear";
import { Ledger } from "../payments/reports/ledger-page";
import { Reports } from "../payments/reports/reports";
import { PrintedStatement } from "../payments/statement/statement-page";
import { DockCard } from "../share/dock-card";
import { WaiverList } from "../waivers/waiver-list";
import { WaiverRecordPage } from "../waivers/waiver-record";
import { WaiverVersionsPage } from "../waivers/waiver-versions";

/** Pages that the first load does without. */
export type LazyRoute = Exclude<DeskRoute, { page: "board" | "charter" }>;

/** What stands in the page of a route. */
export function LazyContent({ route }: { route: LazyRoute }) {
  const asked = useValue(query);
  switch (route.page) {
    case "payments":
      // Asked for another period, it starts afresh.
      return <Ledger key={asked} />;
    case "to_clear":
      return <ToClear />;
    case "reports":
      return <Reports />;
    case "deposit":
      return <Deposit />;
    case "mail":
      return <MailContent />;
    case "statement":
      return <PrintedStatement key={route.event_id} event_id={route.event_id} />;
    case "waiver_versions":
      return <WaiverVersionsPage />;
    case "waivers":
      return <WaiverList />;
    case "waiver_record":
      return <WaiverRecordPage key={route.waiver_id} {...route} />;
    case "dock_card":
      return <DockCard key={route.event_id} event_id={route.event_id} />;
    case "manifest":
      return <ManifestPage key={route.event_id} event_id={route.event_id} />;
  }
}
