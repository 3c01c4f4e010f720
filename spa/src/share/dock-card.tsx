import { readCharter } from "../data/api";
import type { Charter } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { formatLongDay, formatSpan } from "../lib/time";
import { PrintButton } from "../ui/button";
import { Loaded } from "../ui/loaded";
import { usePageTitle } from "../ui/page";
import { Qr } from "./qr";
import "./dock-card.css";

/** A card for the dock: guests point their camera at it and sign. */
export function DockCard({ event_id }: { event_id: string }) {
  const asked = useAnswer(() => readCharter(event_id), [event_id]);
  const event = asked.answer;
  usePageTitle(event ? `Dock card: ${event.title}` : undefined);
  return (
    <>
      {!event && <h1 tabIndex={-1}>Dock card</h1>}
      <Loaded asked={asked} failed="The dock card could not be loaded." missing="There is no such charter." rows={2}>
        {(event) => (
          <>
            <p class="buttons">
              <PrintButton label="Print card" />
            </p>
            <Card event={event} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Card({ event }: { event: Charter }) {
  return (
    <article class="panel dock-card">
      <h1 tabIndex={-1}>{event.title}</h1>
      <p class="dock-card-when">
        {formatLongDay(event.starts_at, event.timezone)}
        <br />
        {formatSpan(event.starts_at, event.ends_at, event.timezone)}
      </p>
      {event.vessel && <p>{event.vessel}</p>}
      <p class="dock-card-call">Sign your waiver before boarding</p>
      <Qr text={event.guest_url} label="QR code of the guest link" />
      <p>Point your phone’s camera here, or open</p>
      <p class="dock-card-link">{event.guest_url}</p>
    </article>
  );
}
