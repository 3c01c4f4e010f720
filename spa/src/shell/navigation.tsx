import { href } from "../lib/browser/router";
import "./navigation.css";

export interface Entry {
  name: string;
  path: string;
  /** The strokes of a drawing of 24 by 24. */
  icon: string;
}

/** So many tabs fit below the page of a phone. */
const MOST_TABS = 5;

/** The main navigation: above the page on a desktop; on a phone below it, with what has no room there under *More*. */
export function Navigation({ entries, current }: { entries: readonly Entry[]; current: string | undefined }) {
  const rest = entries.length > MOST_TABS ? entries.slice(MOST_TABS - 1) : [];
  const link = ({ name, path, icon }: Entry) => (
    <a key={path} href={href(path)} {...(name === current ? { "aria-current": "page" as const } : {})}>
      <Icon path={icon} />
      {name}
    </a>
  );
  return (
    <nav class={rest.length > 0 ? "main-nav main-nav-many" : "main-nav"} aria-label="Main">
      {entries.map(link)}
      {rest.length > 0 && (
        // Another page closes it.
        <span key={current} class="more-nav">
          <button
            type="button"
            popovertarget="more-nav"
            class={rest.some(({ name }) => name === current) ? "here" : ""}
          >
            <Icon path="M5 12h.1M12 12h.1M19 12h.1" />
            More
          </button>
          <span id="more-nav" popover>
            {rest.map(link)}
          </span>
        </span>
      )}
    </nav>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
