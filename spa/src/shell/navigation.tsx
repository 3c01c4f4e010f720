import { href } from "../lib/browser/router";
import "./navigation.css";

export interface Entry {
  name: string;
  path: string;
  /** The strokes of a drawing of 24 by 24. */
  icon: string;
}

interface Props {
  entries: readonly Entry[];
  current: string | undefined;
  onPay(): void;
}

/** So many entries fit below the page of a phone, with *Log payment* between them; the others are under *More*. */
const MOST_ENTRIES = 3;

/**
 * The main navigation: above the page on a desktop, in one line; on a phone below it, with what has no room there under
 * *More*. What is done most at the dock, *Log payment*, is a tab there.
 */
export function Navigation({ entries, current, onPay }: Props) {
  const rest = entries.slice(MOST_ENTRIES);
  const link = ({ name, path, icon }: Entry) => (
    <a key={path} href={href(path)} {...(name === current ? { "aria-current": "page" as const } : {})}>
      <Icon path={icon} />
      {name}
    </a>
  );
  return (
    <nav class="main-nav" aria-label="Main">
      {entries.slice(0, 2).map(link)}
      <button type="button" class="pay-tab" onClick={onPay}>
        <Icon path="M12 5v14M5 12h14" />
        Log payment
      </button>
      {entries.slice(2, MOST_ENTRIES).map(link)}
      {/* Another page closes it. */}
      <span key={current} class="more-nav">
        <button type="button" popovertarget="more-nav" class={rest.some(({ name }) => name === current) ? "here" : ""}>
          <Icon path="M5 12h.1M12 12h.1M19 12h.1" />
          More
        </button>
        <span id="more-nav" popover>
          {rest.map(link)}
        </span>
      </span>
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
