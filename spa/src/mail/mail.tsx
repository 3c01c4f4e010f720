import { useState } from "preact/hooks";
import { charters } from "../data/charters";
import type { Mail, MailStatus } from "../data/contract";
import { listMail } from "../data/later-api";
import { useAnswer, usePages } from "../lib/answer";
import { href, query } from "../lib/browser/router";
import { operatorTimezone } from "../lib/clock";
import { useValue } from "../lib/observable";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog/dialog-form";
import { LoadButton } from "../ui/load-button";
import { Loaded } from "../ui/loaded";
import { announceFailure } from "../ui/notices";
import { keepFocus } from "../ui/page";
import { sendAgain } from "../ui/send-again";
import { SubNav } from "../ui/subnav";
import { useTask } from "../ui/task";
import {
  attemptsText,
  isErased,
  kindText,
  mailEmpty,
  mailMeanings,
  mailMoment,
  mailNames,
  mailStatuses,
  mayRetry,
  needsLook,
  needText,
} from "./mail-text";

const PAGE_SIZE = 50;

/** Which mails are queued, sent, failed or uncertain, and the way to send one again. */
export function MailByState() {
  const asked = new URLSearchParams(useValue(query)).get("status");
  const status = mailStatuses.find((name) => name === asked) ?? "queued";
  const [changes, setChanges] = useState(0);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Mail</h1>
        <NeedBadge changes={changes} />
      </div>
      <SubNav
        label="Mail by state"
        links={mailStatuses.map((name) => ({
          name: mailNames[name],
          path: `/mail?status=${name}`,
          current: name === status,
        }))}
      />
      <p>{mailMeanings[status]}</p>
      <Mails key={status} status={status} onChange={() => setChanges((count) => count + 1)} />
    </>
  );
}

function NeedBadge({ changes }: { changes: number }) {
  const { answer: pages } = useAnswer(
    () => Promise.all([listMail({ status: "failed" }), listMail({ status: "uncertain" })]),
    [changes],
  );
  if (!pages) return null;
  const count = pages.reduce((sum, { mails }) => sum + mails.length, 0);
  const more = pages.some(({ next_cursor }) => next_cursor);
  return <p class={`badge badge-${count > 0 ? "due" : "good"}`}>{needText(count, more) || "All well"}</p>;
}

function Mails({ status, onChange }: { status: MailStatus; onChange(): void }) {
  const asked = usePages(
    (cursor) => listMail({ status, limit: PAGE_SIZE, cursor }),
    (known, next) => ({ ...next, mails: [...known.mails, ...next.mails] }),
    [],
  );
  const [doubtful, setDoubtful] = useState<Mail | null>(null);

  const retry = async (mail: Mail) => {
    const tried = await sendAgain(mail.mail_id);
    asked.setAnswer((known) => ({
      ...known,
      mails: known.mails
        .map((other) => (other.mail_id === mail.mail_id ? tried : other))
        .filter((other) => other.status === status),
    }));
    keepFocus();
    onChange();
  };

  return (
    <>
      <Loaded asked={asked} failed="The mails could not be loaded." kind="line">
        {({ mails, next_cursor }) => (
          <section class="panel" aria-label={`${mailNames[status]} mails`}>
            {mails.length === 0 ? (
              <p class="nothing">{mailEmpty[status]}</p>
            ) : (
              <ul>
                {mails.map((mail) => (
                  <Row key={mail.mail_id} mail={mail} retry={retry} onAsk={() => setDoubtful(mail)} />
                ))}
              </ul>
            )}
            {next_cursor && <LoadButton label="Show more" load={asked.more} />}
          </section>
        )}
      </Loaded>
      {doubtful && (
        <ConfirmDialog
          title="Send again?"
          submit="Send again"
          back="Back"
          doing="Sending…"
          failed="Not sent."
          act={() => retry(doubtful)}
          onClose={() => setDoubtful(null)}
        >
          <p>
            <strong>{doubtful.subject}</strong>, to {doubtful.to}
          </p>
          <p>It may have arrived already. If it has, it arrives twice.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface RowProps {
  mail: Mail;
  retry(mail: Mail): Promise<void>;
  /** What may have arrived is not sent a second time without a question. */
  onAsk(): void;
}

function Row({ mail, retry, onAsk }: RowProps) {
  const timezone = useValue(charters).get(mail.event_id ?? "")?.timezone ?? operatorTimezone();
  const { busy, run } = useTask("Not sent.", announceFailure);
  const { text, at } = mailMoment(mail);
  const again = () => (mail.status === "uncertain" ? onAsk() : void run(() => retry(mail)));
  return (
    <li class="record">
      <p>
        <strong>{kindText(mail.kind)}</strong>
        {!isErased(mail) && ` to ${mail.to}`}
      </p>
      <p>{mail.subject}</p>
      <p class="entry-small">
        {at && `${text} ${formatMoment(at, timezone)}, `}
        {attemptsText(mail.attempts)}
      </p>
      {mail.note && !isErased(mail) && <p class={needsLook(mail) ? "error" : "entry-small"}>{mail.note}</p>}
      <p class="buttons record-actions">
        {mail.event_id && (
          <a class="button quiet" href={href(`/events/${mail.event_id}`)}>
            {mail.charter || "Open charter"}
          </a>
        )}
        {mayRetry(mail) && (
          <Button disabled={busy} onClick={again}>
            {busy ? "Sending…" : "Send again"}
            <span class="visually-hidden"> to {mail.to}</span>
          </Button>
        )}
      </p>
    </li>
  );
}
