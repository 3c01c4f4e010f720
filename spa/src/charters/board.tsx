import { useMemo, useState } from "preact/hooks";
import { loaded, loadFirst, loadMore, loadPast } from "../data/board";
import { charters } from "../data/charters";
import type { Charter } from "../data/contract";
import { useValue } from "../lib/observable";
import { useReload } from "../lib/reload";
import { formatDay, localDay, useNow } from "../lib/time";
import { Button } from "../ui/button";
import { LoadButton } from "../ui/load-button";
import { AsOf, Failed, Skeleton } from "../ui/page";
import { matches, sections } from "./board-sections";
import { Card } from "./card";
import { CardList } from "./card-list";
import { openCharterDialog } from "./form/open-charter";
import "./board.css";

const DAY_MS = 24 * 3_600_000;
/** After this long without an answer the board says that what shows is old. */
const SLOW_MS = 1_500;

export function Board() {
  const known = useValue(loaded);
  const events = useValue(charters);
  const now_ms = useNow();
  const [query, setQuery] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [slow, setSlow] = useState(false);

  const load = () => {
    setError(null);
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    loadFirst()
      .catch(setError)
      .finally(() => {
        clearTimeout(timer);
        setSlow(false);
      });
  };

  useReload(load, () => loaded.value?.at_ms ?? 0);

  const all = useMemo(() => {
    const visible = [...events.values()].filter(({ starts_at }) => !known?.until || starts_at <= known.until);
    return sections(visible, new Date(now_ms));
  }, [events, known, now_ms]);

  const search = query.trim();
  const searching = search !== "";
  const found = (charter: Charter) => matches(charter, search);
  const next = all.next && found(all.next) ? all.next : null;
  const today = all.today.filter(found);
  const coming = all.coming.filter(found);
  const past = all.past.filter(found);
  const pastOpen = (known?.past_days ?? 0) > 0;
  const count = (next ? 1 : 0) + today.length + coming.length + (pastOpen ? past.length : 0);

  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Board</h1>
        <Button class="primary" onClick={() => openCharterDialog()}>
          New charter
        </Button>
      </div>
      <search class="search">
        <label for="search">Search charters</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          placeholder="Title, vessel, port or person"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <p class="hint" role="status">
          {searching && known ? foundText(count, known.next_cursor !== null, pastOpen) : ""}
        </p>
      </search>
      {error !== null && known === null && (
        <Failed what="The board could not be loaded." error={error} onRetry={load} />
      )}
      {known !== null && (error !== null || (slow && known.recalled)) && (
        <AsOf at_ms={known.at_ms} error={error} onRetry={load} />
      )}
      {known === null && error === null && <Skeleton rows={3} />}
      {known !== null && (
        <>
          {next && (
            <section aria-labelledby="next">
              <h2 id="next">Next departure</h2>
              <Card charter={next} now_ms={now_ms} large />
            </section>
          )}
          {(!searching || today.length > 0) && (
            <section aria-labelledby="today">
              <h2 id="today">Today</h2>
              {today.length === 0 && (
                <p class="nothing">{next && isToday(next, now_ms) ? "Nothing else today." : "No charter today."}</p>
              )}
              <CardList events={today} now_ms={now_ms} search={search} />
            </section>
          )}
          {(!searching || coming.length > 0 || known.next_cursor) && (
            <section aria-labelledby="coming">
              <h2 id="coming">Coming</h2>
              {coming.length === 0 && !next && !searching && (
                <div class="empty">
                  <p class="empty-title">No charter is planned.</p>
                  <p>Create one, then send its guest link to the patron.</p>
                  <Button onClick={() => openCharterDialog()}>Create a charter</Button>
                </div>
              )}
              {coming.length === 0 && next && !searching && <p class="nothing">Nothing after that yet.</p>}
              <CardList
                events={coming}
                now_ms={now_ms}
                search={search}
                loadMore={known.next_cursor ? loadMore : undefined}
              />
            </section>
          )}
          <section aria-labelledby="past">
            <h2 id="past">Past</h2>
            {pastOpen && past.length === 0 && (
              <p class="nothing">
                {searching ? "No past charter found" : "No charter"} since{" "}
                {formatDay(new Date(now_ms - known.past_days * DAY_MS).toISOString(), "UTC")}.
              </p>
            )}
            {pastOpen ? (
              <CardList events={past} now_ms={now_ms} search={search} label="Show earlier" loadMore={loadPast} />
            ) : (
              <LoadButton label="Show past charters" load={loadPast} />
            )}
          </section>
        </>
      )}
    </>
  );
}

/** `more`: later ones have not been loaded; `past`: past ones have. */
function foundText(count: number, more: boolean, past: boolean): string {
  const found = count === 1 ? "1 charter found." : `${count || "No"} charters found.`;
  const later = more ? " Later ones are searched after “Show more”." : "";
  return found + later + (past ? "" : " Past ones are searched after “Show past charters”.");
}

function isToday({ starts_at, timezone }: Charter, now_ms: number): boolean {
  return localDay(new Date(starts_at), timezone) === localDay(new Date(now_ms), timezone);
}
