import { refresh } from "../data/charters";
import type { Charter, ChartersWaiver } from "../data/contract";
import { formatMoment } from "../lib/time";
import { Folded } from "../ui/load-button";
import { SetAsideButton } from "../ui/set-aside";
import { SignedBy, SignedName } from "../waivers/signed-name";
import "./signed-waivers.css";

/** All signatures of a charter, in the order in which they came; those that are set aside are struck through. */
export function SignedWaivers({ charter, waivers }: { charter: Charter; waivers: readonly ChartersWaiver[] }) {
  if (waivers.length === 0) {
    return <p class="nothing">Nobody has signed yet. Send the guest link to the patron.</p>;
  }
  return (
    <>
      <h3>Signed</h3>
      <Folded count={waivers.length}>
        <ul class="signed-list">
          {waivers.map((waiver) => (
            <li key={waiver.waiver_id}>
              <p class="passenger-who">
                <SignedName waiver={waiver} overLimit={waiver.over_limit} />
              </p>
              <p class="entry-small">
                <SignedBy waiver={waiver} />
                {formatMoment(waiver.signed_at, charter.timezone)}
              </p>
              {!waiver.set_aside && (
                <SetAsideButton
                  event_id={charter.event_id}
                  waiver_id={waiver.waiver_id}
                  name={waiver.participant_name}
                  onDone={() => refresh(charter.event_id)}
                />
              )}
            </li>
          ))}
        </ul>
      </Folded>
    </>
  );
}
