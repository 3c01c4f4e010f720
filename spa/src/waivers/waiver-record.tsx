import type { ComponentChildren } from "preact";
import { ApiError, readWaiver } from "../data/api";
import { charters } from "../data/charters";
import type { RecordDetail } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { useValue } from "../lib/observable";
import { browserTimezone, formatLongDay, formatMoment, zoneName } from "../lib/time";
import { Failed, Skeleton, usePageTitle } from "../ui/page";
import { PrintButton } from "../ui/print";
import { signaturePath } from "./signature-path";
import { WaiverText } from "./text-blocks";
import { languageNames } from "./waiver-text";
import "./waiver-record.css";

interface Props {
  event_id: string;
  waiver_id: string;
}

/** One signature with all that is known about it, on the screen and on paper. */
export function WaiverRecordPage({ event_id, waiver_id }: Props) {
  const {
    answer: record,
    error,
    again,
  } = useAnswer(() => readWaiver(event_id, waiver_id), [event_id, waiver_id]);
  usePageTitle(record ? `Waiver of ${record.participant_name}` : undefined);
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <>
      {!record && <h1 tabIndex={-1}>Waiver</h1>}
      {error !== null && (
        <Failed
          what={unknown ? "There is no such waiver." : "The waiver could not be loaded."}
          error={error}
          onRetry={again}
        />
      )}
      {!record && error === null && <Skeleton rows={3} />}
      {record && <Paper record={record} />}
    </>
  );
}

function Paper({ record }: { record: RecordDetail }) {
  // The record itself keeps UTC; here it is told by the charter's clocks where they are known.
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
      <dl class="details">
        <Fact name="Charter">
          {record.charter}, {formatLongDay(record.starts_at, timezone)}
        </Fact>
        <Fact name="Birth date">{record.participant_birth_date}</Fact>
        <Fact name="Signer">
          {[record.signer_name, record.signer_email, record.signer_phone]
            .filter(Boolean)
            .join(", ")}
        </Fact>
        {record.minor && (
          <Fact name="Relationship">{record.guardian_relationship?.replace("_", " ")}</Fact>
        )}
      </dl>
      <h2>Signature</h2>
      <Signature record={record} />
      <ul class="ticked">
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
      <dl class="details hashes">
        <Fact name="Place in the chain">{record.seq}</Fact>
        <Fact name="SHA-256 of this record">{record.record_hash}</Fact>
        <Fact name="SHA-256 of the record before">
          {record.prev_hash || "none: this is the first"}
        </Fact>
        <Fact name="SHA-256 of the text">{record.waiver_version}</Fact>
        <Fact name="Signed at (UTC)">{record.signed_at}</Fact>
        <Fact name="The device’s clock said">{record.device_time}</Fact>
        <Fact name="Internet address">{record.address}</Fact>
        <Fact name="Browser">{record.user_agent}</Fact>
      </dl>
      <h2>What happened to it</h2>
      <ol class="audit">
        {record.audit.map(({ act, at, by, address }) => (
          <li key={`${act} ${at} ${by}`}>
            <strong>{acts[act] ?? act}</strong> {moment(at)}
            {by && ` by ${by}`}
            {address && <span class="entry-small"> from {address}</span>}
          </li>
        ))}
      </ol>
    </article>
  );
}

const acts: Record<string, string> = {
  opened: "Page opened",
  signed: "Signed",
  copy_sent: "Copy sent",
  viewed: "Read",
};

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** As it was given: typed, drawn, or both. */
function Signature({ record }: { record: RecordDetail }) {
  const drawn = signaturePath(record.signature_strokes);
  return (
    <>
      {drawn && (
        <svg
          class="drawn"
          viewBox={drawn.viewBox}
          role="img"
          aria-label={`Signature drawn by ${record.signer_name}`}
        >
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
