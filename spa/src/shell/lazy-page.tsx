import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { href, type Route } from "../lib/router";
import { NotLoaded } from "../ui/lazy";
import { Skeleton, usePageTitle } from "../ui/ui";

type Name =
  | "payments"
  | "to_clear"
  | "reports"
  | "deposit"
  | "mail"
  | "statement"
  | "manifest"
  | "dock_card"
  | "waiver_versions"
  | "waivers"
  | "waiver_record";

export type LazyRoute = Extract<Route, { page: Name }>;

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

const addresses = {
  payments: "/payments",
  to_clear: "/payments/to-clear",
  reports: "/payments/reports",
  deposit: "/payments/deposit",
} as const;

export type PaymentsPageName = keyof typeof addresses;

const waiverPages = {
  waiver_versions: { address: "/waiver", name: "Text" },
  waivers: { address: "/waivers", name: "Signed" },
} as const;

export function isPayments(page: string): page is PaymentsPageName {
  return Object.hasOwn(addresses, page);
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
      {isPayments(route.page) && <PaymentsNav page={route.page} />}
      {Object.hasOwn(waiverPages, route.page) && <WaiversNav page={route.page} />}
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

function PaymentsNav({ page }: { page: PaymentsPageName }) {
  return (
    <nav class="subnav" aria-label="Payments">
      {(Object.keys(addresses) as PaymentsPageName[]).map((name) => (
        <a
          key={name}
          href={href(addresses[name])}
          {...(name === page ? { "aria-current": "page" as const } : {})}
        >
          {titles[name]}
        </a>
      ))}
    </nav>
  );
}

function WaiversNav({ page }: { page: Name }) {
  return (
    <nav class="subnav" aria-label="Waivers">
      {Object.entries(waiverPages).map(([key, { address, name }]) => (
        <a
          key={key}
          href={href(address)}
          {...(key === page ? { "aria-current": "page" as const } : {})}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}
