import { useState } from "preact/hooks";
import { keepAnswer } from "../../../data/charters";
import type { ListedPayment, Payment } from "../../../data/contract";
import { bouncePayment, clearPayment } from "../../../data/later-api";
import { ApiError } from "../../../data/request";
import { nowMs, operatorTimezone } from "../../../lib/clock";
import { formatMoney } from "../../../lib/money";
import { dayName } from "../../../lib/periods";
import { localDay } from "../../../lib/time";
import { ReasonDialog } from "../../../ui/dialog/reason-dialog";
import { announce } from "../../../ui/notices";
import { keepFocus } from "../../../ui/page";
import { clearedAt, eachOf } from "../clearing";
import { reason } from "../reason";
import { ChooseDialog } from "./choose-dialog";
import { LogAsDialog } from "./log-as-dialog";
import { OpenFiles } from "./open-files";
import { evidenceOf } from "./remembered";
import type { Choice, SourceRow } from "./review";
import type { Acts } from "./review-rows";
import { ReviewTable } from "./review-table";
import { useReview } from "./use-review";

const AT_ONCE = 3;

interface Props {
  currency: string;
  /** Called for each payment that waits no more. */
  onGone(payment: ListedPayment): void;
}

/** Bank files beside what waits to clear. They are read here and stay here; nothing clears without a tap. */
export function BankFiles({ currency, onGone }: Props) {
  const bank = useReview();
  const [busy, setBusy] = useState("");
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map());
  const [bouncing, setBouncing] = useState<Choice | null>(null);
  const [choosing, setChoosing] = useState<readonly Choice[]>([]);
  const [logging, setLogging] = useState<SourceRow | null>(null);

  const settled = (payment: Payment) => {
    const listed = bank.settle(payment);
    if (listed) onGone(listed);
  };

  const clear = async (choices: readonly Choice[]) => {
    const failed = new Map<string, string>();
    let stale = false;
    setFailures(failed);
    setBusy(choices.length === 1 ? "Marking as cleared…" : `Marking ${choices.length} as cleared…`);
    await eachOf(choices, AT_ONCE, async ({ row, payments }) => {
      for (const payment of payments) {
        try {
          settled(await clearOne(row, payment));
        } catch (error) {
          stale ||= error instanceof ApiError && error.status === 409;
          failed.set(row.key, reason(error));
        }
      }
      if (!failed.has(row.key)) await bank.finish([row]);
    });
    // Somebody else was faster: what waits now is asked again.
    if (stale) await bank.reload();
    setFailures(failed);
    setBusy("");
    keepFocus();
    const cleared = choices.length - failed.size;
    if (failed.size === 0) announce(`Cleared: ${sumText(choices)}.`);
    else announce(`${cleared} cleared, ${failed.size} not: see the table.`, "bad");
  };

  const bounced = async ({ row, deposits = [] }: Choice, payment: Payment) => {
    settled(payment);
    await bank.finish([row, ...deposits]);
  };

  const acts: Acts = {
    clear: (choices) => void clear(choices),
    bounce: setBouncing,
    reject: ({ row, payments }) => bank.reject(row, payments),
    choose: setChoosing,
    logAs: setLogging,
    notOurs: (row) => {
      void bank.finish([row]);
      keepFocus();
      announce("This row is not asked about again on this device.", "good", () => bank.takeBack(row));
    },
  };

  return (
    <section class="panel" aria-labelledby="bank-files">
      <h2 id="bank-files">At the bank</h2>
      <OpenFiles bank={bank} currency={currency} />
      <p role="status" class="bank-status">
        {busy || bank.doing}
      </p>
      {bank.failure && (
        <p class="error" role="alert">
          {bank.failure}
        </p>
      )}
      {bank.review && (
        <ReviewTable
          review={bank.review}
          payments={bank.payments}
          failures={failures}
          busy={busy !== "" || bank.doing !== ""}
          acts={acts}
        />
      )}
      {bouncing && <BounceDialog choice={bouncing} onClose={() => setBouncing(null)} onBounced={bounced} />}
      {choosing.length > 0 && (
        <ChooseDialog
          choices={choosing}
          onClose={() => setChoosing([])}
          onChoose={(choice) => {
            setChoosing([]);
            void clear([choice]);
          }}
        />
      )}
      {logging && <LogAsDialog row={logging} onClose={() => setLogging(null)} />}
    </section>
  );
}

async function clearOne(row: SourceRow, payment: ListedPayment): Promise<Payment> {
  const timezone = operatorTimezone();
  const now = new Date(nowMs());
  const received = localDay(new Date(payment.received_at), timezone);
  const today = localDay(now, timezone);
  // The bank's day may be the one before the receipt, or, in a zone east of here, one that has not begun.
  const day = row.date !== null && row.date > received ? row.date : received;
  const isToCome = day > today;
  const at = clearedAt(isToCome ? today : day, payment, now, timezone);
  const answer = await clearPayment(payment, at, await evidenceOf(row));
  keepAnswer(answer);
  return answer.payment;
}

interface BounceProps {
  choice: Choice;
  onClose(): void;
  onBounced(choice: Choice, payment: Payment): Promise<void>;
}

function BounceDialog({ choice, onClose, onBounced }: BounceProps) {
  const { row, payments } = choice;
  const [payment] = payments;
  if (!payment) return null;
  const amount = formatMoney(payment.amount_cents, payment.currency);
  return (
    <ReasonDialog
      title="Payment bounced"
      explanation={`The bank took ${amount} of ${payment.payer} back. It counts no more, and the patron is told.`}
      button="Mark as bounced"
      likely={`Returned by the bank on ${dayName(row.date ?? "")}`}
      onClose={onClose}
      act={async (reason) => {
        const answer = await bouncePayment(payment, reason);
        keepAnswer(answer);
        await onBounced(choice, answer.payment);
        announce(`Marked as bounced: ${amount}.`);
      }}
    />
  );
}

function sumText(choices: readonly Choice[]): string {
  const payments = choices.flatMap(({ payments }) => payments);
  const [first] = payments;
  if (payments.length === 1 && first) return `${formatMoney(first.amount_cents, first.currency)} of ${first.payer}`;
  return `${payments.length} payments`;
}
