import type { Charter } from "../data/contract";
import { href } from "../lib/browser/router";
import { smsLink, whatsAppLink } from "../lib/message-links";
import { Qr } from "./qr";
import { kioskPath, shareText } from "./share-text";

/** Other ways to share the guest link: a QR code, a message, a printed card, a tablet at the dock. */
export function Share({ event }: { event: Charter }) {
  const text = shareText(event);
  return (
    <>
      <div class="share">
        <Qr text={event.guest_url} label="QR code of the guest link" />
        <p class="buttons">
          <a class="button" href={smsLink(text)}>
            Text message
          </a>
          <a class="button" href={whatsAppLink(text)} target="_blank" rel="noopener noreferrer">
            WhatsApp
          </a>
          <a class="button" href={href(`/events/${event.event_id}/dock-card`)}>
            Dock card to print
          </a>
          <a class="button" href={kioskPath(event)}>
            Kiosk on this device
          </a>
        </p>
      </div>
      <p class="hint">
        The kiosk is the waiver for a tablet at the dock: after each signature a fresh form. Log out here first if
        guests will hold this device.
      </p>
    </>
  );
}
