import type { ComponentType } from "preact";
import { GuestPage } from "../guest/guest";
import { WaiverDetour } from "../guest/waiver-detour";
import { basePath, matchPath } from "../lib/browser/router";
import { lazy, NotLoaded } from "../ui/lazy";
import { NotFound } from "../ui/not-found";
import { Skeleton } from "../ui/page";
import type { CountProps } from "../ui/subnav";
import type { SectionName } from "./sections";

/** The ids that paths hold: a page gets those of its own path, the others are empty. */
interface Ids {
  event_id: string;
  waiver_id: string;
  /** What a guest link ends in: the charter's id until the link is renewed. */
  link: string;
}

interface Row {
  /** Without the slot's base. `:event_id` becomes the component's property of that name. */
  path: string;
  /** Names the page in the browser's tab, and heads it until it is loaded. */
  title: string;
  /** The entry of the main navigation, which leads to the first page of its section. */
  section?: SectionName;
  /** The page's name among the other pages of its section. */
  tab?: string;
  /** What stands behind that name. */
  Count?: ComponentType<CountProps>;
  /** For guests: shows without a login, and comes with the first load. */
  open?: true;
  /** The server answers here: links leave the app. */
  byServer?: true;
  load(): Promise<ComponentType<Ids>>;
}

const Unknown = () => <NotFound />;

/** Every page of the app. To add one, write its component and add its row here: nothing else. */
const rows: readonly Row[] = [
  { path: "/", title: "Board", section: "Board", load: async () => (await import("../charters/board")).Board },
  { path: "/week", title: "Week", section: "Week", load: async () => (await import("../week/week")).WeekPage },
  { path: "/events/:event_id", title: "Charter", load: async () => (await import("../charters/charter")).CharterPage },
  {
    path: "/events/:event_id/statement",
    title: "Statement",
    load: async () => (await import("../payments/statement/statement-page")).PrintedStatement,
  },
  {
    path: "/events/:event_id/manifest",
    title: "Manifest",
    load: async () => (await import("../manifest/manifest")).ManifestPage,
  },
  {
    path: "/events/:event_id/dock-card",
    title: "Dock card",
    load: async () => (await import("../share/dock-card")).DockCard,
  },
  {
    path: "/payments/owed",
    title: "Owed",
    section: "Money",
    tab: "Owed",
    load: async () => (await import("../payments/owed/owed-page")).OwedPage,
  },
  {
    path: "/payments",
    title: "Ledger",
    section: "Money",
    tab: "Ledger",
    load: async () => (await import("../payments/reports/ledger-page")).Ledger,
  },
  {
    path: "/payments/to-clear",
    title: "To clear",
    section: "Money",
    tab: "To clear",
    Count: lazy(
      async () => (await import("../payments/bank/waiting")).WaitingCount,
      () => null,
    ),
    load: async () => (await import("../payments/bank/to-clear")).ToClear,
  },
  {
    path: "/payments/reports",
    title: "Reports",
    section: "Money",
    tab: "Reports",
    load: async () => (await import("../payments/reports/reports")).Reports,
  },
  {
    path: "/payments/deposit",
    title: "Deposit slip",
    section: "Money",
    tab: "Deposit slip",
    load: async () => (await import("../payments/bank/deposit")).Deposit,
  },
  {
    path: "/payments/tips",
    title: "Tips",
    section: "Money",
    tab: "Tips",
    load: async () => (await import("../payments/tips/tips-page")).TipsPage,
  },
  {
    path: "/people",
    title: "People",
    section: "People & boats",
    tab: "People",
    load: async () => (await import("../register/people-page")).PeoplePage,
  },
  {
    path: "/boats",
    title: "Boats",
    section: "People & boats",
    tab: "Boats",
    load: async () => (await import("../register/boats-page")).BoatsPage,
  },
  { path: "/mail", title: "Mail", section: "Mail", load: async () => (await import("../mail/mail")).MailByState },
  {
    path: "/waiver",
    title: "Waiver",
    section: "Waivers",
    tab: "Text",
    load: async () => (await import("../waivers/waiver-versions")).WaiverVersionsPage,
  },
  {
    path: "/waivers",
    title: "Signed waivers",
    section: "Waivers",
    tab: "Signed",
    load: async () => (await import("../waivers/waiver-list")).WaiverList,
  },
  {
    path: "/events/:event_id/waivers/:waiver_id",
    title: "Waiver",
    section: "Waivers",
    load: async () => (await import("../waivers/waiver-record")).WaiverRecordPage,
  },
  {
    path: "/settings",
    title: "Settings",
    section: "Settings",
    load: async () => (await import("../register/settings-page")).SettingsPage,
  },
  // A link that lost its id.
  { path: "/g/waiver", title: "Not found", open: true, load: async () => Unknown },
  { path: "/g/:link", title: "Your charter", open: true, load: async () => GuestPage },
  { path: "/g/:link/waiver", title: "Waiver", open: true, byServer: true, load: async () => WaiverDetour },
];

export interface Page extends Row {
  Content: ComponentType<Ids>;
}

export const pages = rows.map(withContent);
const notFound = withContent({ path: "", title: "Not found", open: true, load: async () => Unknown });

function withContent(row: Row): Page {
  return {
    ...row,
    Content: lazy(row.load, ({ failed, onRetry }) => (
      <>
        <h1 tabIndex={-1}>{row.title}</h1>
        {failed ? <NotLoaded onRetry={onRetry} /> : <Skeleton rows={3} />}
      </>
    )),
  };
}

export function findPage(pathname: string): { page: Page; ids: Ids } {
  const none = { event_id: "", waiver_id: "", link: "" };
  const path = pathname.slice(basePath(pathname).length);
  for (const page of pages) {
    const ids = matchPath(page.path, path);
    if (ids) return { page, ids: { ...none, ...ids } };
  }
  return { page: notFound, ids: none };
}

export function isInApp(pathname: string): boolean {
  const { page } = findPage(pathname);
  return page !== notFound && !page.byServer;
}
