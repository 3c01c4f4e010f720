import { useState } from "preact/hooks";
import { listMail, retryMail } from "../data/api";
import { charters } from "../data/charters";
import type { Mail, MailPage } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { useValue } from "../lib/observable";
import { href, query } from "../lib/router";
import { browserTimezone, formatMoment } from "../lib/time";
import { Dialog } from "../ui/dialog";
import { LoadButton } from "../ui/load-button";
import { announce } from "../ui/notices";
import { Failed, keepFocus, Skeleton, sentence } from "../ui/page";
import { SubNav } from "../ui/subnav";
import {
  attemptsWord,
  kindWord,
  type MailStatus,
  mailEmpty,
  mailMeanings,
  mailMoment,
  mailNames,
  mailStatuses,
  mayRetry,
  needWords,
  retriedWords,
} from "./mail-text";
import "./mail.css";

const PAGE = 50;

/** Which mails are queued, sent, failed or in doubt, and the way to send one again. */
export function MailByState() {
  const status = askedStatus(useValue(query));
  const [changes, setChanges] = useState(0);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Mail</h1>
        <Need changes={changes} />
      </div>
      <SubNav
        label="Mail by state"
        many
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

/** `?status=failed`; without it what is queued. */
function askedStatus(search: string): MailStatus {
  const asked = new URLSearchParams(search).get("status");
  return mailStatuses.find((status) => status === asked) ?? "queued";
}

/** How many mails wait for somebody to look at them. */
function Need({ changes }: { changes: number }) {
  const { answer } = useAnswer(
    () => Promise.all([listMail({ status: "failed" }), listMail({ status: "uncertain" })]),
    [changes],
  );
  if (!answer) return null;
  const count = answer.reduce((sum, { mails }) => sum + mails.length, 0);
  const words = needWords(
    count,
    answer.some(({ next_cursor }) => next_cursor),
  );
  return words ? <p class="badge badge-due">{words}</p> : <p class="badge badge-good">All well</p>;
}

function Mails({ status, onChange }: { status: MailStatus; onChange(): void }) {
  const {
    answer: page,
    error,
    again,
    setAnswer,
  } = useAnswer<MailPage>(() => listMail({ status, limit: PAGE }), []);
  const [asking, setAsking] = useState<Mail | null>(null);

  const more = async () => {
    if (!page?.next_cursor) return;
    const next = await listMail({ status, limit: PAGE, cursor: page.next_cursor });
    setAnswer((known) => ({ ...next, mails: [...known.mails, ...next.mails] }));
  };

  const retry = async (mail: Mail) => {
    const tried = await retryMail(mail.mail_id);
    setAnswer((known) => ({
      ...known,
      mails: known.mails
        .map((other) => (other.mail_id === mail.mail_id ? tried : other))
        .filter((other) => other.status === status),
    }));
    const { words, good } = retriedWords(tried);
    announce(words, good ? "good" : "bad");
    keepFocus();
    onChange();
  };

  return (
    <>
      {error !== null && (
        <Failed what="The mails could not be loaded." error={error} onRetry={again} />
      )}
      {page === null && error === null && <Skeleton rows={3} kind="line" />}
      {page && (
        <section class="panel" aria-label={`${mailNames[status]} mails`}>
          {page.mails.length === 0 ? (
            <p class="nothing">{mailEmpty[status]}</p>
          ) : (
            <ul class="mails">
              {page.mails.map((mail) => (
                <Row key={mail.mail_id} mail={mail} retry={retry} onAsk={() => setAsking(mail)} />
              ))}
            </ul>
          )}
          {page.next_cursor && <LoadButton label="Show more" load={more} />}
        </section>
      )}
      {asking && <AskDialog mail={asking} retry={retry} onClose={() => setAsking(null)} />}
    </>
  );
}

interface RowProps {
  mail: Mail;
  retry(mail: Mail): Promise<void>;
  onAsk(): void;
}

function Row({ mail, retry, onAsk }: RowProps) {
  const timezone = useValue(charters).get(mail.event_id ?? "")?.timezone ?? browserTimezone;
  const [busy, setBusy] = useState(false);
  const { words, at } = mailMoment(mail);
  const again = async () => {
    // What may have arrived is not sent a second time without a question.
    if (mail.status === "uncertain") {
      onAsk();
      return;
    }
    setBusy(true);
    try {
      await retry(mail);
    } catch (error) {
      announce(`Not sent. ${sentence(error)}`, "bad");
    }
    setBusy(false);
  };
  return (
    <li class="mail">
      <p>
        <strong>{kindWord(mail.kind)}</strong> to {mail.to}
      </p>
      <p>{mail.subject}</p>
      <p class="entry-small">
        {at && `${words} ${formatMoment(at, timezone)}, `}
        {attemptsWord(mail.attempts)}
      </p>
      {mail.note && <p class={mayRetry(mail) ? "error" : "entry-small"}>{mail.note}</p>}
      <p class="buttons">
        {mail.event_id && (
          <a class="button quiet" href={href(`/events/${mail.event_id}`)}>
            {mail.charter || "Open charter"}
          </a>
        )}
        {mayRetry(mail) && (
          <button type="button" disabled={busy} onClick={() => void again()}>
            {busy ? "Sending…" : "Send again"}
            <span class="visually-hidden"> to {mail.to}</span>
          </button>
        )}
      </p>
    </li>
  );
}

interface AskProps {
  mail: Mail;
  retry(mail: Mail): Promise<void>;
  onClose(): void;
}

function AskDialog({ mail, retry, onClose }: AskProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const send = async () => {
    setBusy(true);
    try {
      await retry(mail);
      onClose();
    } catch (error) {
      setFailure(`Not sent. ${sentence(error)}`);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Send again?" onClose={onClose}>
      <div class="dialog-body">
        <p>
          <strong>{mail.subject}</strong>, to {mail.to}
        </p>
        <p>It may have arrived already. If it has, it arrives twice.</p>
      </div>
      <footer class="dialog-foot">
        <div class="dialog-said">
          <p role="status">{busy ? "Sending…" : ""}</p>
          <p role="alert" class="error">
            {failure}
          </p>
        </div>
        <button type="button" data-first onClick={onClose}>
          Back
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void send()}>
          Send again
        </button>
      </footer>
    </Dialog>
  );
}
