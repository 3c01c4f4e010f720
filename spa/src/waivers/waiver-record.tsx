import { readWaiver } from "../data/api";
import { charters } from "../data/charters";
import type { RecordDetail } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { useValue } from "../lib/observable";
import { browserTimezone, formatLongDay, formatMoment, zoneName } from "../lib/time";
import { PrintButton } from "../ui/button";
import { Detail } from "../ui/detail";
import { Loaded } from "../ui/loaded";
import { usePageTitle } from "../ui/page";
import { signaturePath } from "./signature-path";
import { WaiverText } from "./text-blocks";
import { auditText, languageNames } from "./waiver-text";
import "./waiver-record.css";

/** One signature with all that is known about it, on the screen and on paper. */
export function WaiverRecordPage({ event_id, waiver_id }: { event_id: string; waiver_id: string }) {
  const asked = useAnswer(() => readWaiver(event_id, waiver_id), [event_id, waiver_id]);
  const record = asked.answer;
  usePageTitle(record ? `Waiver of ${record.participant_name}` : undefined);
  return (
    <>
      {!record && <h1 tabIndex={-1}>Waiver</h1>}
      <Loaded asked={asked} failed="The waiver could not be loaded." missing="There is no such waiver.">
        {(record) => <Paper record={record} />}
      </Loaded>
    </>
  );
}

function Paper({ record }: { record: RecordDetail }) {
  // The record itself keeps UTC; here times are the charter's where its time zone is known.
  const timezone = useValue(charters).get(record.event_id)?.timezone ?? browserTimezone;
  const moment = (at: string) => `${formatMoment(at, timezone)} ${zoneName(at, timezone)}`;
  return (
    <article class="panel paper">
      <div class="page-head">
        <h1 tabIndex={-1}>{record.participant_name}</h1>
        <PrintButton />
      </div>
      <p>
        {record.minor ? `Signed for this minor by ${record.signer_name}` : "Signed as an adult"},{" "}
        {moment(record.signed_at)}
      </p>
      <dl class="stack">
        <Detail name="Charter">
          {record.charter}, {formatLongDay(record.starts_at, timezone)}
        </Detail>
        <Detail name="Birth date">{record.participant_birth_date}</Detail>
        <Detail name="Signer">
          {[record.signer_name, record.signer_email, record.signer_phone].filter(Boolean).join(", ")}
        </Detail>
        {record.minor && <Detail name="Relationship">{record.guardian_relationship?.replace("_", " ")}</Detail>}
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
        <Detail name="Place in the chain">{record.seq}</Detail>
        <Detail name="SHA-256 of this record">{record.record_hash}</Detail>
        <Detail name="SHA-256 of the record before">{record.prev_hash || "none: this is the first"}</Detail>
        <Detail name="SHA-256 of the text">{record.waiver_version}</Detail>
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
              <strong>{what}</strong> {moment(entry.at)} {by}
              {entry.address && <span class="entry-small"> from {entry.address}</span>}
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
          Typed as signature: <strong>{record.signature_typed}</strong>
        </p>
      )}
    </>
  );
}
