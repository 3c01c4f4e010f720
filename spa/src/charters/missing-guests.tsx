import { remindGuests, reopenWaivers } from "../data/api";
import { keepCharters, remembered } from "../data/charters";
import type { Charter } from "../data/contract";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { announce, announceFailure } from "../ui/notices";
import { useTask } from "../ui/task";
import { isOver, isReopened, remindedText, shortList, shortWarning, takesSignatures } from "../waivers/waiver-text";
import "./missing-guests.css";

/** On the board: who of the listed guests of a charter that takes signatures has not signed. */
export function MissingShort({ charter }: { charter: Charter }) {
  const missing = charter.waivers.missing ?? [];
  if (missing.length === 0) return null;
  return (
    <div class="missing-guests">
      <p title={missing.join(", ")}>
        <span class="missing">Missing:</span> {shortList(missing)}
      </p>
      <RemindButton charter={charter} />
    </div>
  );
}

/** On the charter's page: all of them, and whether a mail can reach them. */
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
            <strong class="missing">{name}</strong>
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

/** Whether a mail can go to one of these guests. Of a charter that is only remembered no address is known. */
function canReach({ event_id, guests }: Charter, ids: readonly string[]): boolean {
  return remembered.value.has(event_id) || guests.some(({ guest_id, email }) => email && ids.includes(guest_id));
}

interface RemindProps {
  charter: Charter;
  /** Left out, all of them. */
  guest?: { id: string; name: string };
  label?: string;
}

/** One tap; the server sends nobody two within six hours. */
function RemindButton({ charter, guest, label = "Remind" }: RemindProps) {
  const { busy, run } = useTask("Nobody was reminded.", announceFailure);
  const reachable = canReach(charter, guest ? [guest.id] : (charter.waivers.missing_guest_ids ?? []));
  const remind = async () => {
    const answer = await remindGuests(charter.event_id, guest && [guest.id]);
    const { text, good } = remindedText(answer, charter.guests);
    announce(text, good ? "good" : "bad");
  };
  return (
    <Button disabled={busy || !reachable} onClick={() => void run(remind)}>
      {busy ? "Reminding…" : reachable ? label : `${label}: no email`}
      <span class="visually-hidden"> {guest ? guest.name : `who has not signed for ${charter.title}`}</span>
    </Button>
  );
}

/** On the board: what the admin should know before the charter sails, in a few words. */
export function WarningBadges({ charter }: { charter: Charter }) {
  if (charter.status !== "scheduled" || charter.warnings.length === 0) return null;
  return (
    <p class="row-warnings">
      {charter.warnings.map((warning) => (
        <span key={warning.code} class="badge badge-due">
          {shortWarning(warning)}
        </span>
      ))}
    </p>
  );
}

/** On the charter's page: the same in full. */
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
