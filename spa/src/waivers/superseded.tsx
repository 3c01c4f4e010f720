import { useState } from "preact/hooks";
import type { OutdatedCharter } from "../data/contract";
import { askAgain } from "../data/later-api";
import { href } from "../lib/browser/router";
import { isolate } from "../lib/names";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { useTask } from "../ui/task";
import { askedText } from "./mailed-text";

/** The signers of an older text on coming charters, and the way to ask them for the new one. */
export function Superseded({ events }: { events: readonly OutdatedCharter[] }) {
  if (events.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="superseded">
      <h2 id="superseded">Signed an older text</h2>
      <p>
        They stay signed under the text that they read. If the new one should hold for these charters, ask them to sign
        it too.
      </p>
      <ul>
        {events.map((event) => (
          <Row key={event.event_id} event={event} />
        ))}
      </ul>
    </section>
  );
}

function Row({ event }: { event: OutdatedCharter }) {
  const { busy, failure, run } = useTask("Nobody was asked.");
  const [result, setResult] = useState("");
  const mayAsk = event.signers.some(({ can_be_asked }) => can_be_asked);
  const ask = () =>
    run(async () => {
      setResult("");
      setResult(askedText(await askAgain(event.event_id), event.signers));
    });
  return (
    <li class="record">
      <p class="passenger-who">
        <a href={href(`/events/${event.event_id}`)}>{event.title}</a>
        <span class="entry-small">{formatMoment(event.starts_at, event.timezone)}</span>
      </p>
      <p>
        {event.signers
          .map(({ participant_name, can_be_asked }) => isolate(participant_name) + (can_be_asked ? "" : " (no email)"))
          .join(", ")}
      </p>
      <p class="buttons">
        <Button disabled={busy || !mayAsk} onClick={() => void ask()}>
          {busy ? "Asking…" : "Ask them again"}
          <span class="visually-hidden"> on {event.title}</span>
        </Button>
      </p>
      <p role="status">{result}</p>
      <p role="alert" class="error">
        {failure}
      </p>
    </li>
  );
}
