import { Deposit } from "./deposit";
import { DockCard } from "./dock-card";
import type { LazyRoute } from "./lazy-page";
import { MailContent } from "./mail";
import { ManifestPage } from "./manifest";
import { useValue } from "./observable";
import { Ledger } from "./payments";
import { Reports } from "./reports";
import { query } from "./router";
import { PrintedStatement } from "./statement-page";
import { ToClear } from "./to-clear";
import { WaiverList } from "./waiver-list";
import { WaiverRecordPage } from "./waiver-record";
import { WaiverVersionsPage } from "./waiver-versions";

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
