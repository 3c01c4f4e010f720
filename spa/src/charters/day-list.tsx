import { useState } from "preact/hooks";
import type { Charter } from "../data/contract";
import type { OutboxEntry } from "../data/outbox-entry";
import { dayName } from "../lib/periods";
import { localDay } from "../lib/time";
import { LoadButton } from "../ui/load-button";
import { byDay, type Day } from "./board-sections";
import { phaseOf } from "./phase";
import { Row } from "./row";

/** So many rows show at first, and come with each *Show more*. */
const STEP = 25;
/** More rows than these make a phone slow to answer: those at the top go, and come back by a button there. */
const MOST = 100;
const NOTHING_UNSENT: readonly OutboxEntry[] = [];

const BEGINNING = { from: 0, to: STEP };

export type Unsent = ReadonlyMap<string, readonly OutboxEntry[]>;

interface Props {
  events: readonly Charter[];
  now_ms: number;
  unsent: Unsent;
  /** Counts down to the first of them. */
  countdown?: boolean;
  /** Another search starts again at the top of the list. */
  search: string;
  label?: string;
  /** Loads the charters behind these; left out when all are known. */
  loadMore?: (() => Promise<void>) | undefined;
}

/** Charters one a row, those of a day together. */
export function DayList(props: Props) {
  const { events, search, label = "Show more", loadMore } = props;
  const [shown, setShown] = useState(BEGINNING);
  const [searched, setSearched] = useState(search);
  if (searched !== search) {
    setSearched(search);
    setShown(BEGINNING);
  }
  const { from, to } = shown;
  const showMore = async () => {
    if (events.length <= to) await loadMore?.();
    // What was loaded has its place as long as the step is not full.
    if (events.length >= to) setShown({ from: Math.max(from, to + STEP - MOST), to: to + STEP });
  };
  const showBefore = async () => setShown({ from: from - STEP, to: to - STEP });
  return (
    <>
      {from > 0 && <LoadButton label="Show those before" load={showBefore} />}
      {byDay(events, from, to).map((day) => (
        <DayRows key={day.charters[0]?.event_id} day={day} {...props} />
      ))}
      {(events.length > to || loadMore) && <LoadButton label={label} load={showMore} />}
    </>
  );
}

function DayRows({ day: { date, count, charters }, now_ms, unsent, countdown }: Props & { day: Day }) {
  const timezone = charters[0]?.timezone ?? "UTC";
  return (
    <div class="day" style={{ "--rows": charters.length }}>
      <h3>
        <DayName date={date} now_ms={now_ms} timezone={timezone} />
        {count > 1 && <span class="day-more">{count} charters</span>}
      </h3>
      <div class="day-rows">
        {charters.map((charter) => (
          <Row
            key={charter.event_id}
            charter={charter}
            phase={phaseOf(charter, now_ms)}
            unsent={unsent.get(charter.event_id) ?? NOTHING_UNSENT}
            now_ms={countdown ? now_ms : undefined}
          />
        ))}
      </div>
    </div>
  );
}

function DayName({ date, now_ms, timezone }: { date: string; now_ms: number; timezone: string }) {
  const near = { [localDay(new Date(now_ms), timezone)]: "Today", [tomorrow(now_ms, timezone)]: "Tomorrow" }[date];
  const name = dayName(date);
  return (
    <>
      {near ?? name} {near && <span class="day-more">{name}</span>}
    </>
  );
}

const tomorrow = (now_ms: number, timezone: string) => localDay(new Date(now_ms + 86_400_000), timezone);
