import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Act, RecordDetail } from "../data/contract";
import { readWaiver, waiverBundle } from "../data/later-api";
import { type Asked, useAnswer } from "../lib/answer";
import { formatDay, formatLongDay, formatTime, zoneName } from "../lib/time";
import { Button, PrintButton } from "../ui/button";
import { Detail } from "../ui/detail";
import { DownloadButton } from "../ui/download-button";
import { Loaded } from "../ui/loaded";
import { announce, announceFailure } from "../ui/notices";
import { usePageTitle } from "../ui/page";
import { sendAgain } from "../ui/send-again";
import { SetAsideButton } from "../ui/set-aside";
import { useTask } from "../ui/task";
import { EraseDialog } from "./erase-dialog";
import { signaturePath } from "./signature-path";
import { WaiverText } from "./text-blocks";
import { auditText, languageNames } from "./waiver-text";
import "./waiver-record.css";

/** One signature with all that is known about it, on the screen and on paper. */
export function WaiverRecordPage({ event_id, waiver_id }: { event_id: string; waiver_id: string }) {
  const asked = useAnswer(() => readWaiver(event_id, waiver_id), [event_id, waiver_id]);
  const record = asked.answer;
  usePageTitle(record ? `Waiver of ${nameOf(record)}` : undefined);
  return (
    <>
      {!record && <h1 tabIndex={-1}>Waiver</h1>}
      <Loaded asked={asked} failed="The waiver could not be loaded." missing="There is no such waiver.">
        {(record) => <Paper record={record} acts={<Acts record={record} asked={asked} />} />}
      </Loaded>
    </>
  );
}

/** Of an erased record nobody knows whose it was. */
function nameOf({ participant_name }: RecordDetail): string {
  return participant_name || "Erased guest";
}

/** What can be done with a record. */
function Acts({ record, asked }: { record: RecordDetail; asked: Asked<RecordDetail> }) {
  const { event_id, waiver_id, copy_mail_id } = record;
  const [erasing, setErasing] = useState(false);
  const show = async (changed: RecordDetail) => asked.setAnswer(() => changed);
  return (
    <p class="buttons no-print">
      <PrintButton />
      <DownloadButton
        file={() => waiverBundle(event_id, waiver_id)}
        name={`waiver-${waiver_id}.json`}
        label="Download the proof"
      />
      {copy_mail_id && <CopyButton mail_id={copy_mail_id} onSent={asked.again} />}
      {!record.set_aside && (
        <SetAsideButton event_id={event_id} waiver_id={waiver_id} name={nameOf(record)} class="danger" onDone={show} />
      )}
      {!record.erased && (
        <Button class="danger" onClick={() => setErasing(true)}>
          Erase personal data…
        </Button>
      )}
      {erasing && (
        <EraseDialog
          record={record}
          onClose={() => setErasing(false)}
          onErased={(changed) => {
            void show(changed);
            announce("The personal data is erased.");
          }}
        />
      )}
    </p>
  );
}

/** Sends the signer a new copy, with a new link: one is good for 90 days. */
function CopyButton({ mail_id, onSent }: { mail_id: string; onSent(): void }) {
  const { busy, run } = useTask("Not sent.", announceFailure);
  const send = async () => {
    await sendAgain(mail_id);
    onSent();
  };
  return (
    <Button disabled={busy} onClick={() => void run(send)}>
      {busy ? "Sending…" : "Send the copy again"}
    </Button>
  );
}

function Paper({ record, acts }: { record: RecordDetail; acts: ComponentChildren }) {
  const { timezone } = record;
  const moment = (at: string) => `${formatDay(at, timezone)}, ${formatTime(at, timezone)} ${zoneName(at, timezone)}`;
  const because = ({ at, by, reason }: Act) => `${moment(at)} by ${by}${reason && `: ${reason}`}`;
  return (
    <article class="panel paper">
      <h1 tabIndex={-1} class={record.set_aside ? "struck" : undefined}>
        <bdi>{nameOf(record)}</bdi>
      </h1>
      {record.set_aside && (
        <p class="strip strip-bad">
          <span>
            <strong>Set aside</strong> {because(record.set_aside)}. It counts nowhere, and stays in the log.
          </span>
        </p>
      )}
      {record.erased && (
        <p class="strip strip-wait">
          <span>
            <strong>Personal data erased</strong> {because(record.erased)}. What is left proves that somebody signed.
          </span>
        </p>
      )}
      <p>
        {record.minor ? "Signed for this minor" : "Signed as an adult"}
        {record.minor && record.signer_name && (
          <>
            {" "}
            by <bdi>{record.signer_name}</bdi>
          </>
        )}
        , {moment(record.signed_at)}
      </p>
      {acts}
      <dl class="stack">
        <Detail name="Charter">
          {[record.charter, formatLongDay(record.starts_at, timezone)].filter(Boolean).join(", ")}
        </Detail>
        <Detail name="Birth date">{record.participant_birth_date}</Detail>
        <Detail name="Signer">{record.signer_name && <bdi>{record.signer_name}</bdi>}</Detail>
        <Detail name="Email">{record.signer_email}</Detail>
        <Detail name="Phone">{record.signer_phone}</Detail>
        <Detail name="Relationship">{record.guardian_relationship.replace("_", " ")}</Detail>
      </dl>
      <h2>Signature</h2>
      <Signature record={record} />
      <ul class="rows ticked">
        {[record.esign_statement, record.intent_statement, record.authority_statement]
          .filter(Boolean)
          .map((statement) => (
            <li key={statement}>{statement}</li>
          ))}
      </ul>
      <h2>{record.waiver_title}</h2>
      <p class="entry-small">The text that was signed, in {languageNames[record.language]}.</p>
      {record.version ? (
        <WaiverText text={record.version.text} />
      ) : (
        <p class="error">The text could not be found under its hash.</p>
      )}
      <h2>Proof</h2>
      <dl class="stack hashes">
        <Detail name="Place in the log">
          {record.leaf_index === null ? "on its way into the log" : record.leaf_index + 1}
        </Detail>
        <Detail name="Hash of this record in the log">{record.leaf_hash}</Detail>
        <Detail name="SHA-256 of the text">{record.waiver_version}</Detail>
        <Detail name="SHA-256 of the drawing">{record.drawing_sha256}</Detail>
        <Detail name="Signed at (UTC)">{record.signed_at}</Detail>
        <Detail name="Time on the device">{record.device_time}</Detail>
        <Detail name="Internet address">{record.address}</Detail>
        <Detail name="Browser">{record.user_agent}</Detail>
      </dl>
      <h2>What happened to it</h2>
      <ol class="rows">
        {record.audit.map((entry) => {
          const { what, by } = auditText(entry);
          return (
            <li key={entry.audit_id}>
              <strong>{what}</strong> {moment(entry.at)} <bdi>{by}</bdi>
              {entry.reason && `: ${entry.reason}`}
              {entry.address && <span class="entry-small"> from {entry.address}</span>}
              {entry.user_agent && <span class="entry-small">, {entry.user_agent}</span>}
            </li>
          );
        })}
      </ol>
    </article>
  );
}

/** Typed, drawn, or both. */
function Signature({ record }: { record: RecordDetail }) {
  const drawn = signaturePath(record.signature_strokes);
  return (
    <>
      {drawn && (
        <svg class="drawn" viewBox={drawn.viewBox} role="img" aria-label={`Signature drawn by ${record.signer_name}`}>
          <path d={drawn.path} />
        </svg>
      )}
      {record.signature_typed && (
        <p>
          Typed as signature:{" "}
          <strong>
            <bdi>{record.signature_typed}</bdi>
          </strong>
        </p>
      )}
      {!drawn && !record.signature_typed && <p class="nothing">Erased.</p>}
    </>
  );
}
