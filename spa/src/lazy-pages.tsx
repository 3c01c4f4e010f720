import { Deposit } from "./deposit";
import type { LazyRoute } from "./lazy-page";
import { MailContent } from "./mail";
import { ManifestPage } from "./manifest";
import { useValue } from "./observable";
import { Ledger } from "./payments";
import { Reports } from "./reports";
import { query } from "./router";
import { PrintedStatement } from "./statement-page";
import { ToClear } from "./to-clear";

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
    case "manifest":
      return <ManifestPage key={route.event_id} event_id={route.event_id} />;
  }
}
