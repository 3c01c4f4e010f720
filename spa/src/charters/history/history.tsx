import { records } from "../../data/charters";
import type { Charter } from "../../data/contract";
import { readHistory } from "../../data/later-api";
import { usePages } from "../../lib/answer";
import { operatorTimezone } from "../../lib/clock";
import { useValue } from "../../lib/observable";
import { formatMoment } from "../../lib/time";
import { LoadButton } from "../../ui/load-button";
import { Loaded } from "../../ui/loaded";
import { type ActText, historyTexts } from "./history-text";
import "./history.css";

/** Who has changed what of a charter, newest first, at the operator's time. */
export function History({ charter }: { charter: Charter }) {
  const { event_id, version } = charter;
  const signed = useValue(records).get(event_id)?.waiver_records ?? [];
  const asked = usePages(
    (cursor) => readHistory(event_id, { cursor }),
    (known, next) => ({ ...next, events: [...known.events, ...next.events] }),
    [event_id, version],
  );
  const nameOf = (id: string) =>
    charter.guests.find(({ guest_id }) => guest_id === id)?.name ??
    signed.find(({ waiver_id }) => waiver_id === id)?.participant_name;
  return (
    <Loaded asked={asked} failed="The history could not be loaded." kind="line">
      {({ events, next_cursor }) => (
        <>
          <ol class="history">
            {historyTexts(events, charter, nameOf).map((act) => (
              <Act key={act.id} act={act} />
            ))}
          </ol>
          {next_cursor && <LoadButton label="Show more" load={asked.more} />}
        </>
      )}
    </Loaded>
  );
}

function Act({ act: { at, what, by, reason, changes } }: { act: ActText }) {
  return (
    <li class="record">
      <p>
        <strong>{what}</strong> {by}
      </p>
      <p class="entry-small">{formatMoment(at, operatorTimezone())}</p>
      {reason && <p class="multiline">{reason}</p>}
      {changes.length > 0 && (
        <dl class="history-changes">
          {changes.map(({ label, before, after }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {before && (
                  <>
                    <del class="multiline">{before}</del> <span aria-hidden="true">→</span>{" "}
                  </>
                )}
                <ins class="multiline">{after}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
