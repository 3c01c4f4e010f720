import type { GuestEvent } from "../data/contract";
import { methods } from "../data/limits";
import { saveFile } from "../lib/browser/save-file";
import { nowMs } from "../lib/clock";
import { dialled } from "../lib/message-links";
import { Button } from "../ui/button";
import { Detail } from "../ui/detail";
import { useTask } from "../ui/task";
import type { Words } from "./words";

interface Props {
  event: GuestEvent;
  words: Words;
}

/** What a guest reads after when it is and where to sign. */
export function Details({ event, words }: Props) {
  const cancelled = event.status === "cancelled";
  return (
    <>
      <Where event={event} words={words} />
      {(event.captain_first_name || event.vessel) && (
        <section class="panel">
          <h2>{words.whoSails}</h2>
          <dl class="guest-pairs">
            <Detail name={words.captain}>{event.captain_first_name}</Detail>
            <Detail name={words.boat}>{event.vessel}</Detail>
          </dl>
        </section>
      )}
      {event.guest_notes && (
        <section class="panel">
          <h2>{words.bring}</h2>
          <p class="multiline">{event.guest_notes}</p>
        </section>
      )}
      {!cancelled && event.pay_to.length > 0 && <HowToPay pay_to={event.pay_to} words={words} />}
      <Contact operator={event.operator} words={words} />
    </>
  );
}

function Where({ event, words }: Props) {
  const { departure_port, return_port, guest_place_url, status } = event;
  const ahead = status === "scheduled" && new Date(event.ends_at).getTime() > nowMs();
  const showMap = guest_place_url && status !== "cancelled";
  if (!departure_port && !return_port && !showMap && !ahead) return null;
  return (
    <section class="panel">
      <h2>{words.where}</h2>
      <dl class="guest-pairs">
        <Detail name={words.departs}>{departure_port}</Detail>
        <Detail name={words.returns}>{return_port === departure_port ? "" : return_port}</Detail>
      </dl>
      <p class="guest-buttons no-print">
        {showMap && (
          <a class="button" href={guest_place_url} target="_blank" rel="noreferrer">
            {words.map}
          </a>
        )}
        {ahead && <AddToCalendar event={event} words={words} />}
      </p>
      {ahead && <p class="hint no-print">{words.calendarHint}</p>}
    </section>
  );
}

function AddToCalendar({ event, words }: Props) {
  const { busy, failure, run } = useTask(words.calendarFailed, undefined);
  const save = () =>
    run(async () => {
      const { charterCalendar } = await import("./charter-calendar");
      const page_url = window.location.origin + window.location.pathname;
      saveFile(
        new Blob([charterCalendar(event, page_url, new Date(nowMs()))], { type: "text/calendar" }),
        "charter.ics",
      );
    });
  return (
    <>
      <Button onClick={() => void save()} disabled={busy}>
        {words.addToCalendar}
      </Button>
      {failure && (
        <span class="error" role="alert">
          {words.calendarFailed}
        </span>
      )}
    </>
  );
}

function HowToPay({ pay_to, words }: { pay_to: GuestEvent["pay_to"]; words: Words }) {
  return (
    <section class="panel">
      <h2>{words.pay}</h2>
      <p class="hint">{words.payHint}</p>
      <dl class="guest-pairs">
        {pay_to.map(({ method, text }, index) => (
          // Two ways may be of one method.
          <Detail key={index} name={words.methods?.[method] ?? methods[method].label}>
            <span class="multiline">{text}</span>
          </Detail>
        ))}
      </dl>
    </section>
  );
}

function Contact({ operator, words }: { operator: GuestEvent["operator"]; words: Words }) {
  const { name, phone, email } = operator;
  if (!name && !phone && !email) return null;
  return (
    <section class="panel">
      <h2>{words.questions}</h2>
      <p class="contact">
        {name && <strong>{name}</strong>}
        {phone && <span>{phone}</span>}
        {email && <a href={`mailto:${email}`}>{email}</a>}
      </p>
      {phone && (
        <p class="guest-buttons no-print">
          <a class="button" href={`tel:${dialled(phone)}`}>
            {words.call}
          </a>
          <a class="button" href={`sms:${dialled(phone)}`}>
            {words.text}
          </a>
        </p>
      )}
    </section>
  );
}
