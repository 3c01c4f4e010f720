import { useRef } from "preact/hooks";
import type { FoundWaiver } from "../data/contract";
import { listWaivers } from "../data/later-api";
import { usePages } from "../lib/answer";
import { navigate, query } from "../lib/browser/router";
import { useValue } from "../lib/observable";
import { formatDay, formatMoment } from "../lib/time";
import { LoadButton } from "../ui/load-button";
import { Loaded } from "../ui/loaded";
import { LogPanel } from "./log-panel";
import { SignedBy, SignedName } from "./signed-name";
import "./waiver-list.css";

const PAGE_SIZE = 50;

/** Every signature, the newest first, found by the name of a person or a charter. */
export function WaiverList() {
  const asked = new URLSearchParams(useValue(query)).get("query") ?? "";
  const input = useRef<HTMLInputElement>(null);
  const search = (event: Event) => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? "";
    navigate(text ? `/waivers?query=${encodeURIComponent(text)}` : "/waivers");
  };
  return (
    <>
      <h1 tabIndex={-1}>Signed waivers</h1>
      <search>
        <form class="search-line" onSubmit={search}>
          <label for="waiver-search">Name of a guest, a signer or a charter</label>
          <input
            ref={input}
            key={asked}
            id="waiver-search"
            type="search"
            maxLength={100}
            autocomplete="off"
            defaultValue={asked}
          />
          <button type="submit">Search</button>
        </form>
      </search>
      <LogPanel />
      <Found key={asked} text={asked} />
    </>
  );
}

function Found({ text }: { text: string }) {
  const asked = usePages(
    (cursor) => listWaivers({ query: text, limit: PAGE_SIZE, cursor }),
    (known, next) => ({ ...next, waivers: [...known.waivers, ...next.waivers] }),
    [],
  );
  return (
    <Loaded asked={asked} failed="The waivers could not be loaded." kind="line">
      {({ waivers, next_cursor }) => (
        <section class="panel" aria-label="Waivers">
          <p class="entry-small" role="status">
            {foundText(waivers.length, next_cursor !== null, text)}
          </p>
          <ul>
            {waivers.map((waiver) => (
              <Row key={waiver.waiver_id} waiver={waiver} />
            ))}
          </ul>
          {next_cursor && <LoadButton label={text ? "Search further back" : "Show more"} load={asked.more} />}
        </section>
      )}
    </Loaded>
  );
}

/** A page may hold fewer than its limit although there are more behind it. */
function foundText(count: number, more: boolean, text: string): string {
  if (!text) return count === 0 ? "Nobody has signed yet." : "";
  if (count === 0) return more ? `No “${text}” among the newest.` : `No “${text}” at all.`;
  return `${count} found${more ? " so far" : ""}.`;
}

function Row({ waiver }: { waiver: FoundWaiver }) {
  const { timezone } = waiver;
  return (
    <li class="record waiver-row">
      <p class="passenger-who">
        <SignedName waiver={waiver} />
      </p>
      <p class="entry-small">
        <SignedBy waiver={waiver} />
        {formatMoment(waiver.signed_at, timezone)}, for {waiver.charter} on {formatDay(waiver.starts_at, timezone)}
      </p>
    </li>
  );
}
