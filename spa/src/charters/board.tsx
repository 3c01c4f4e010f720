import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { loaded, loadFirst, loadMore, loadPast } from "../data/board";
import { charters } from "../data/charters";
import type { Charter } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { formatDay, localDay, useNow } from "../lib/time";
import { EarlierUnpaid, OwedLink } from "../payments/owed/earlier";
import { Button } from "../ui/button";
import { LoadButton } from "../ui/load-button";
import { AsOf, Failed, Skeleton } from "../ui/page";
import { type Found, LIST_PAUSE_MS, useServerSearch, useSettled } from "./board-search";
import { matches, sections } from "./board-sections";
import { DayList, type Unsent } from "./day-list";
import { openCharterDialog } from "./form/open-charter";
import "./board.css";

const DAY_MS = 24 * 3_600_000;
/** After this long without an answer the board says that what shows is old. */
const SLOW_MS = 1_500;

export function Board() {
  const known = useValue(loaded);
  const events = useValue(charters);
  const unsent = unsentByCharter(useValue(outbox.entries));
  const now_ms = useNow();
  const [query, setQuery] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [slow, setSlow] = useState(false);
  const [pastOpen, setPastOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const load = () => {
    setError(null);
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    loadFirst()
      .catch(setError)
      .finally(() => {
        clearTimeout(timer);
        setSlow(false);
      })
      // What sailed lately can be logged for without a network, too.
      .then(() => (loaded.value?.past_days === 0 ? loadPast() : undefined))
      .catch(() => {});
  };

  useReload(load, () => loaded.value?.at_ms ?? 0);
  useEffect(() => {
    document.addEventListener("keydown", stepThroughRows);
    return () => document.removeEventListener("keydown", stepThroughRows);
  }, []);
  // A link from another page leads to the search.
  useEffect(() => {
    if (window.location.hash === "#search") input.current?.focus();
  }, []);

  const search = useSettled(query.trim(), LIST_PAUSE_MS);
  const searching = search !== "";
  const server = useServerSearch(search);
  const all = useMemo(() => {
    const visible = [...events.values()].filter(
      ({ event_id, starts_at }) => !known?.until || starts_at <= known.until || server.ids?.has(event_id),
    );
    const all = sections(visible, new Date(now_ms));
    if (!searching) return all;
    // What is next stays what it is: a row that went to another section while somebody types would lose the focus.
    const isFound = (charter: Charter) => matches(charter, search) || (server.ids?.has(charter.event_id) ?? false);
    return {
      next: all.next && isFound(all.next) ? all.next : null,
      today: all.today.filter(isFound),
      coming: all.coming.filter(isFound),
      past: all.past.filter(isFound),
    };
  }, [events, known, now_ms, search, server.ids]);

  const { next, today, coming, past } = all;
  const pastShows = searching || pastOpen;
  const count = (next ? 1 : 0) + today.length + coming.length + (pastShows ? past.length : 0);
  const list = { now_ms, unsent, search };

  return (
    <div class="board">
      <div class="board-head">
        <h1 tabIndex={-1}>Board</h1>
        <OwedLink />
        <search class="search">
          <label class="visually-hidden" for="search">
            Search charters
          </label>
          <input
            ref={input}
            id="search"
            type="search"
            autocomplete="off"
            placeholder="Title, boat, port, person"
            aria-keyshortcuts="/"
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </search>
        <Button class="primary" aria-keyshortcuts="n" onClick={() => openCharterDialog()}>
          New charter
        </Button>
      </div>
      <p class="hint" role="status">
        {searching && known ? foundText(count, server) : ""}
      </p>
      {error !== null && known === null && (
        <Failed what="The board could not be loaded." error={error} onRetry={load} />
      )}
      {known !== null && (error !== null || (slow && known.recalled)) && (
        <AsOf at_ms={known.at_ms} error={error} onRetry={load} />
      )}
      {known === null && error === null && <Skeleton rows={10} kind="line" />}
      {known !== null && (
        <>
          {!searching && <EarlierUnpaid now_ms={now_ms} />}
          <p class="board-columns" aria-hidden="true">
            <span>Time</span>
            <span>Charter</span>
            <span>Captain, crew</span>
            <span>Guests</span>
            <span>Money</span>
            <span>Ready to sail</span>
          </p>
          {next && (
            <section aria-labelledby="next">
              <h2 id="next">Next departure</h2>
              <DayList events={[next]} countdown {...list} />
            </section>
          )}
          {(!searching || today.length > 0) && (
            <section aria-labelledby="today" class={today.length === 0 ? "section-empty" : undefined}>
              <h2 id="today">Today</h2>
              {today.length === 0 && (
                <p class="nothing">{next && isToday(next, now_ms) ? "Nothing else." : "No charter."}</p>
              )}
              <DayList events={today} {...list} />
            </section>
          )}
          {(!searching || coming.length > 0 || known.next_cursor) && (
            <section aria-labelledby="coming" class={coming.length === 0 && next ? "section-empty" : undefined}>
              <h2 id="coming">Coming</h2>
              {coming.length === 0 && !next && !searching && (
                <div class="empty">
                  <p class="empty-title">No charter is planned.</p>
                  <p>Create one, then send its guest link to the patron.</p>
                  <Button onClick={() => openCharterDialog()}>Create a charter</Button>
                </div>
              )}
              {coming.length === 0 && next && !searching && <p class="nothing">Nothing after that yet.</p>}
              <DayList events={coming} loadMore={known.next_cursor && !server.ids ? loadMore : undefined} {...list} />
            </section>
          )}
          {(!searching || past.length > 0) && (
            <section aria-labelledby="past">
              <h2 id="past">Past</h2>
              {pastShows && past.length === 0 && (
                <p class="nothing">
                  No charter since {formatDay(new Date(now_ms - known.past_days * DAY_MS).toISOString(), "UTC")}.
                </p>
              )}
              {pastShows ? (
                <DayList events={past} label="Show earlier" loadMore={searching ? undefined : loadPast} {...list} />
              ) : (
                <LoadButton
                  label="Show past charters"
                  load={async () => {
                    if (known.past_days === 0) await loadPast();
                    setPastOpen(true);
                  }}
                />
              )}
            </section>
          )}
        </>
      )}
    </div>
  );
}

function isToday({ starts_at, timezone }: Charter, now_ms: number): boolean {
  return localDay(new Date(starts_at), timezone) === localDay(new Date(now_ms), timezone);
}

function unsentByCharter(entries: typeof outbox.entries.value): Unsent {
  const found = new Map<string, typeof entries>();
  for (const { event_id } of entries) {
    if (!found.has(event_id))
      found.set(
        event_id,
        entries.filter((entry) => entry.event_id === event_id),
      );
  }
  return found;
}

function foundText(count: number, { asking, failed, more }: Found): string {
  const found = count === 1 ? "1 charter found." : `${count || "No"} charters found.`;
  if (asking) return `${found} Looking through all others…`;
  if (failed) return `${found} Those that were not shown before could not be searched.`;
  return more ? `${found} There are more: type another word.` : found;
}

/** The arrow keys go from row to row, and from the search to the first one. */
function stepThroughRows(press: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[press.key];
  if (!step || press.altKey || press.ctrlKey || press.metaKey || press.shiftKey) return;
  const focused = document.activeElement;
  const row = focused?.closest(".row");
  if (!row && (focused?.id !== "search" || step < 0)) return;
  const rows = [...document.querySelectorAll(".row")];
  const link = rows[row ? rows.indexOf(row) + step : 0]?.querySelector("a");
  if (!link) return;
  press.preventDefault();
  link.focus();
}
