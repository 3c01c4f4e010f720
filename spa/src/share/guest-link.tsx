import { useRef, useState } from "preact/hooks";
import { keepCharters } from "../data/charters";
import type { Charter } from "../data/contract";
import { renewGuestLink } from "../data/later-api";
import { href } from "../lib/browser/router";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog/dialog";
import { ConfirmDialog } from "../ui/dialog/dialog-form";
import { announce } from "../ui/notices";
import { LazyShare } from "./lazy-share";
import { guestPath } from "./share-text";

/** The link that guests need, the ways to pass it on, and a new one when it is in wrong hands. */
export function GuestLink({ charter }: { charter: Charter }) {
  const input = useRef<HTMLInputElement>(null);
  const [asking, setAsking] = useState(false);
  const [sharing, setSharing] = useState(false);

  const copy = async (link: string, copied: string) => {
    try {
      await navigator.clipboard.writeText(link);
      announce(copied);
    } catch {
      input.current?.select();
      announce("Copying is not allowed here. The link is selected: copy it by hand.", "bad");
    }
  };
  const share = async () => {
    try {
      await navigator.share({ title: charter.title, url: charter.guest_url });
    } catch {
      // Closing the share sheet is no failure.
    }
  };
  const renew = async () => {
    const renewed = await renewGuestLink(charter.event_id);
    keepCharters([renewed]);
    await copy(renewed.guest_url, "The old link leads nowhere now. The new one is copied.");
  };

  return (
    <>
      <label class="visually-hidden" for="guest-link">
        Guest link
      </label>
      <p class="link-row">
        <input ref={input} id="guest-link" class="link-text" readOnly value={charter.guest_url} />
        <Button onClick={() => void copy(charter.guest_url, "Guest link copied.")}>Copy link</Button>
      </p>
      <p class="buttons">
        <Button onClick={() => setSharing(true)}>QR code…</Button>
        {typeof navigator.share === "function" && <Button onClick={() => void share()}>Share…</Button>}
        <a class="button" href={href(guestPath(charter))}>
          Open guest page
        </a>
        <Button onClick={() => setAsking(true)}>New guest link…</Button>
      </p>
      {sharing && (
        <Dialog title="Share the guest link" onClose={() => setSharing(false)}>
          <div class="dialog-body">
            <LazyShare event={charter} />
          </div>
        </Dialog>
      )}
      {asking && (
        <ConfirmDialog
          title="New guest link?"
          submit="Make a new link"
          back="Keep this one"
          doing="Making it…"
          failed="Not done."
          danger
          act={renew}
          onClose={() => setAsking(false)}
        >
          <p>
            For a link that is in wrong hands. <strong>The old link stops working at once,</strong> and so do QR codes
            and dock cards with it; links in mails that were sent before lead nowhere.
          </p>
          <p>Who has signed stays signed, and their own copies still open. Send the new link to the patron.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
