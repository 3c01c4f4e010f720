import { useRef } from "preact/hooks";
import { exportChain, listWaivers } from "../data/api";
import { charters } from "../data/charters";
import type { FoundWaiver } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { useValue } from "../lib/observable";
import { href, navigate, query } from "../lib/router";
import { browserTimezone, formatDay, formatMoment } from "../lib/time";
import { DownloadButton } from "../ui/download-button";
import { LoadButton } from "../ui/load-button";
import { Failed, Skeleton } from "../ui/page";
import "./records.css";

const PAGE = 50;

/** Every signature, the newest first, found by the name of a person or a charter. */
export function WaiverList() {
  const asked = new URLSearchParams(useValue(query)).get("query") ?? "";
  const input = useRef<HTMLInputElement>(null);
  const search = (event: Event) => {
    event.preventDefault();
    const words = input.current?.value.trim() ?? "";
    navigate(words ? `/waivers?query=${encodeURIComponent(words)}` : "/waivers");
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Signed waivers</h1>
        <DownloadButton file={exportChain} name="waivers.json" label="Download the chain" />
      </div>
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
      <Found key={asked} words={asked} />
    </>
  );
}

function Found({ words }: { words: string }) {
  const asking = { query: words, limit: PAGE };
  const { answer: page, error, again, setAnswer } = useAnswer(() => listWaivers(asking), []);

  const more = async () => {
    if (!page?.next_cursor) return;
    const next = await listWaivers({ ...asking, cursor: page.next_cursor });
    setAnswer((known) => ({ ...next, waivers: [...known.waivers, ...next.waivers] }));
  };

  return (
    <>
      {error !== null && (
        <Failed what="The waivers could not be loaded." error={error} onRetry={again} />
      )}
      {page === null && error === null && <Skeleton rows={3} kind="line" />}
      {page && (
        <section class="panel" aria-label="Waivers">
          <p class="entry-small" role="status">
            {foundWords(page.waivers.length, page.next_cursor !== null, words)}
          </p>
          <ul class="records">
            {page.waivers.map((waiver) => (
              <Row key={waiver.waiver_id} waiver={waiver} />
            ))}
          </ul>
          {page.next_cursor && (
            <LoadButton label={words ? "Search further back" : "Show more"} load={more} />
          )}
        </section>
      )}
    </>
  );
}

/** A page may come short although there is more behind it. */
function foundWords(count: number, more: boolean, words: string): string {
  if (!words) return count === 0 ? "Nobody has signed yet." : "";
  if (count === 0) return more ? `No “${words}” among the newest.` : `No “${words}” at all.`;
  return `${count} found${more ? " so far" : ""}.`;
}

function Row({ waiver }: { waiver: FoundWaiver }) {
  const timezone = useValue(charters).get(waiver.event_id)?.timezone ?? browserTimezone;
  return (
    <li class="record">
      <p class="passenger-who">
        <a href={href(`/events/${waiver.event_id}/waivers/${waiver.waiver_id}`)}>
          {waiver.participant_name}
        </a>
        {waiver.minor && <span class="badge badge-calm">Minor</span>}
        {waiver.superseded && <span class="badge badge-part">Older text</span>}
      </p>
      <p class="entry-small">
        {waiver.minor && `signed by ${waiver.signer_name}, `}
        {formatMoment(waiver.signed_at, timezone)}, for {waiver.charter} on{" "}
        {formatDay(waiver.starts_at, timezone)}
      </p>
    </li>
  );
}
