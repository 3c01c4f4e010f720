import { keepCharters } from "../data/charters";
import type { Charter } from "../data/contract";
import { reopenWaivers } from "../data/later-api";
import { fold } from "../lib/names";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { announce, announceFailure } from "../ui/notices";
import { useTask } from "../ui/task";
import { isOver, isReopened, takesSignatures } from "../waivers/waiver-text";
import { canReach, RemindButton } from "./missing-guests";

/** All of the listed guests who have not signed, and whether a mail can reach them. */
export function MissingGuests({ charter, now_ms }: { charter: Charter; now_ms: number }) {
  const { missing = [], missing_guest_ids: ids = [] } = charter.waivers;
  if (missing.length === 0) return null;
  const open = takesSignatures(charter, now_ms);
  return (
    <>
      <h3>Not signed yet</h3>
      <ul class="missing-list">
        {missing.map((name, index) => (
          // Two guests may bear one name.
          <li key={ids[index] ?? index}>
            <p>
              <strong class="missing">{name}</strong>{" "}
              <span class="entry-small">{emailOfNamesake(charter, ids[index])}</span>
            </p>
            {canReach(charter, ids.slice(index, index + 1)) ? (
              open && ids[index] && <RemindButton charter={charter} guest={{ id: ids[index], name }} />
            ) : (
              <span class="entry-small">no email</span>
            )}
          </li>
        ))}
      </ul>
      {open && (
        <p class="buttons">
          <RemindButton charter={charter} label="Remind all" />
        </p>
      )}
    </>
  );
}

/** Of a listed guest whose name another one bears, what tells them apart. */
function emailOfNamesake({ guests }: Charter, id: string | undefined): string | undefined {
  const guest = guests.find(({ guest_id }) => guest_id === id);
  return guest && guests.some((other) => other !== guest && fold(other.name) === fold(guest.name)) ? guest.email : "";
}

/** What the admin should know before the charter sails, in full. */
export function Warnings({ charter }: { charter: Charter }) {
  if (charter.status === "cancelled") return null;
  return (
    <>
      {charter.warnings.map(({ code, message }) => (
        <p key={code} class="strip strip-bad">
          {message}
        </p>
      ))}
    </>
  );
}

/** A charter that is over takes no signatures, until an admin opens it once more for a day. */
export function Reopen({ charter, now_ms }: { charter: Charter; now_ms: number }) {
  const { busy, run } = useTask("Not opened.", announceFailure);
  if (charter.status === "cancelled" || !isOver(charter, now_ms)) return null;
  const { timezone, waivers_open_until } = charter;

  const reopen = async () => {
    keepCharters([await reopenWaivers(charter.event_id)]);
    announce("Guests can sign for 24 hours.");
  };

  return isReopened(charter, now_ms) && waivers_open_until ? (
    <p>The charter is over; guests can still sign until {formatMoment(waivers_open_until, timezone)}.</p>
  ) : (
    <>
      <p>The charter is over, so guests can no longer sign.</p>
      <p class="buttons">
        <Button disabled={busy} onClick={() => void run(reopen)}>
          {busy ? "Opening…" : "Take signatures for 24 hours"}
        </Button>
      </p>
    </>
  );
}
