import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { href } from "../lib/browser/router";
import { setPageTitle } from "../ui/page";
import { SubNav } from "../ui/subnav";
import { findPage, pages } from "./pages";

/** The page of a path, below the links to the other pages of its section and the way back; `pay` is a button of Money. */
export function PageView({ path, pay }: { path: string; pay?: ComponentChildren }) {
  const { page, ids } = findPage(path);
  // Before the effects of the page itself, which may know a better title.
  useLayoutEffect(() => setPageTitle(page.title), [page]);
  const tabs = pages.filter(({ section, tab }) => tab && section === page.section);
  return (
    <main id="main" class={page.open ? "page narrow" : "page"}>
      {page.tab && page.section && (
        <SubNav
          label={page.section}
          heads
          links={tabs.map(({ tab = "", path, Count }) => ({ name: tab, path, current: path === page.path, Count }))}
        >
          {page.section === "Money" && pay}
        </SubNav>
      )}
      {page.path.startsWith("/events/") && <Back page={page.path} event_id={ids.event_id} />}
      <page.Content key={path} {...ids} />
    </main>
  );
}

function Back({ page, event_id }: { page: string; event_id: string }) {
  const isCharter = page === "/events/:event_id";
  return (
    <p class="back no-print">
      <a href={href(isCharter ? "/" : `/events/${event_id}`)}>← {isCharter ? "Board" : "Charter"}</a>
    </p>
  );
}
