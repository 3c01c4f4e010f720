import type { FoundWaiver } from "../data/contract";
import { href } from "../lib/browser/router";

interface Props {
  waiver: Omit<FoundWaiver, "charter" | "starts_at" | "timezone">;
  /** Signed after the charter was full. */
  overLimit?: boolean;
}

/** Who signed, as a link to the record, and what a list has to say of it. */
export function SignedName({ waiver, overLimit = false }: Props) {
  const { event_id, waiver_id, participant_name, minor, superseded, set_aside } = waiver;
  return (
    <>
      <a href={href(`/events/${event_id}/waivers/${waiver_id}`)} class={set_aside ? "struck" : undefined}>
        <bdi>{participant_name}</bdi>
      </a>
      {set_aside && <span class="badge badge-due">Set aside</span>}
      {minor && <span class="badge badge-calm">Minor</span>}
      {superseded && !set_aside && <span class="badge badge-part">Older text</span>}
      {overLimit && <span class="badge badge-due">Over the limit</span>}
    </>
  );
}

/** Who signed for a minor. */
export function SignedBy({ waiver: { minor, signer_name } }: Props) {
  return minor ? (
    <>
      signed by <bdi>{signer_name}</bdi>,{" "}
    </>
  ) : null;
}
