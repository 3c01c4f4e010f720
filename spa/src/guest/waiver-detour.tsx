import { useEffect, useState } from "preact/hooks";
import { tabStorage } from "../lib/browser/storage";

const TRIED = "scc.waiver-detour";
const RECENT_MS = 15_000;

/**
 * The waiver's address belongs to the server. A visitor who lands in the app instead is sent there
 * by a full navigation, once: when that leads back here, the site's routing is wrong.
 */
export function WaiverDetour({ link }: { link: string }) {
  const [stuck] = useState(() => triedJustNow(link));

  useEffect(() => {
    // Where nothing can be stored the visitor decides, so that the page does not reload for ever.
    if (!stuck && tabStorage.set(TRIED, `${link} ${Date.now()}`)) {
      window.location.replace(waiverPath(link));
    }
  }, [link, stuck]);

  return (
    <>
      <h1 tabIndex={-1}>{stuck ? "The waiver did not open" : "Taking you to the waiver…"}</h1>
      <p class="lead">
        {stuck
          ? "The waiver page cannot be reached right now. Try again, or tell your captain."
          : "The waiver is a page of its own. If it does not open, use this link."}
      </p>
      <p>
        <a class="button primary" href={waiverPath(link)}>
          {stuck ? "Try again" : "Open the waiver"}
        </a>
      </p>
    </>
  );
}

/** The server's own page, outside of the app and the same for both slots. */
export function waiverPath(link: string): string {
  return `/g/${link}/waiver`;
}

function triedJustNow(link: string): boolean {
  const [tried, at_ms] = (tabStorage.get(TRIED) ?? "").split(" ");
  return tried === link && Date.now() - Number(at_ms) < RECENT_MS;
}
