import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { NotLoaded } from "../ui/lazy";
import { Skeleton, usePageTitle } from "../ui/page";
import { SubNav } from "../ui/subnav";
import type { LazyRoute } from "./lazy-pages";

type Name = LazyRoute["page"];

const titles: Record<Name, string> = {
  payments: "Ledger",
  to_clear: "To clear",
  reports: "Reports",
  deposit: "Deposit",
  mail: "Mail",
  statement: "Statement",
  manifest: "Manifest",
  dock_card: "Dock card",
  waiver_versions: "Waiver",
  waivers: "Signed waivers",
  waiver_record: "Waiver",
};

const paymentPages: Partial<Record<Name, { path: string; name: string }>> = {
  payments: { path: "/payments", name: titles.payments },
  to_clear: { path: "/payments/to-clear", name: titles.to_clear },
  reports: { path: "/payments/reports", name: titles.reports },
  deposit: { path: "/payments/deposit", name: titles.deposit },
};

const waiverPages: typeof paymentPages = {
  waiver_versions: { path: "/waiver", name: "Text" },
  waivers: { path: "/waivers", name: "Signed" },
};

function links(pages: typeof paymentPages, { page }: LazyRoute) {
  return Object.entries(pages).map(([key, link]) => ({ ...link, current: key === page }));
}

/** Whether a page belongs to the payments' part of the desk. */
export function isPayments(page: string): boolean {
  return Object.hasOwn(paymentPages, page);
}

let loaded: typeof import("./lazy-pages") | null = null;

/** Whether a page belongs to the waivers' part of the desk. */
export function isWaivers(page: string): boolean {
  return Object.hasOwn(waiverPages, page) || page === "waiver_record";
}

/** The pages that the first load does without: they come when one of them is first opened. */
export function LazyPage({ route }: { route: LazyRoute }) {
  const [pages, setPages] = useState(loaded);
  const [failed, setFailed] = useState(false);
  const refocus = useRef(false);
  usePageTitle(titles[route.page]);

  const load = () => {
    setFailed(false);
    import("./lazy-pages").then(
      (module) => {
        loaded = module;
        // The heading that reading goes on at is about to be replaced.
        refocus.current = document.activeElement?.tagName === "H1";
        setPages(module);
      },
      () => setFailed(true),
    );
  };
  useEffect(() => {
    if (!pages) load();
  }, []);
  useLayoutEffect(() => {
    if (refocus.current) document.querySelector("h1")?.focus({ preventScroll: true });
    refocus.current = false;
  }, [pages]);

  return (
    <main id="main" class="page">
      {isPayments(route.page) && <SubNav label="Payments" links={links(paymentPages, route)} />}
      {Object.hasOwn(waiverPages, route.page) && (
        <SubNav label="Waivers" links={links(waiverPages, route)} />
      )}
      {pages ? (
        <pages.LazyContent route={route} />
      ) : (
        <>
          <h1 tabIndex={-1}>{titles[route.page]}</h1>
          {failed ? <NotLoaded onRetry={load} /> : <Skeleton rows={3} />}
        </>
      )}
    </main>
  );
}
