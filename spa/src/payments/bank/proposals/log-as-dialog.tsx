import type { Charter } from "../../../data/contract";
import { plainAmount } from "../../../lib/money";
import { today } from "../../../lib/periods";
import { ChooseCharter } from "../../../ui/choose-charter";
import { Dialog } from "../../../ui/dialog/dialog";
import { openPaymentDialog } from "../../payment-dialog";
import type { PaymentForm } from "../../payment-form";
import type { SourceRow } from "./review";
import { rowName, rowText } from "./row-text";

/** For which charter a row of the bank is logged; then Log payment opens with what the row says. */
export function LogAsDialog({ row, onClose }: { row: SourceRow; onClose(): void }) {
  const log = (charter: Charter) => {
    onClose();
    openPaymentDialog(charter.event_id, { filled: fieldsOf(row) });
  };
  return (
    <Dialog title="Log as a payment of…" onClose={onClose}>
      <div class="dialog-body">
        <p>{rowText(row)}</p>
        <ChooseCharter at_ms={Date.parse(`${row.date ?? today()}T12:00Z`)} onChoose={log} />
      </div>
    </Dialog>
  );
}

/** Noon stands for the bank's day, of which the hour is not known. */
function fieldsOf(row: SourceRow): Partial<PaymentForm> {
  const isPast = row.date !== null && row.date < today();
  return {
    ...(row.amount_cents === null ? {} : { amount: plainAmount(row.amount_cents, row.currency) }),
    method: row.method,
    ...(row.counterparty ? { payer: rowName(row) } : {}),
    ...(isPast ? { received: `${row.date}T12:00` } : {}),
  };
}
