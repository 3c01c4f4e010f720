import { useState } from "preact/hooks";
import { listCharters, searchCharters } from "../../../data/api";
import { keepListed } from "../../../data/charters";
import type { Charter } from "../../../data/contract";
import { useAnswer } from "../../../lib/answer";
import { nowMs, operatorTimezone } from "../../../lib/clock";
import { formatMoney, plainAmount } from "../../../lib/money";
import { daysLater } from "../../../lib/periods";
import { formatDay, localDay } from "../../../lib/time";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Loaded } from "../../../ui/loaded";
import { TextInput } from "../../../ui/text-input";
import { openPaymentDialog } from "../../payment-dialog";
import type { PaymentForm } from "../../payment-form";
import type { SourceRow } from "./review";
import { rowName, rowText } from "./row-text";

/** A deposit comes before its charter, a balance soon after. */
const DAYS_BACK = 14;

/** For which charter a row of the bank is logged; then Log payment opens with what the row says. */
export function LogAsDialog({ row, onClose }: { row: SourceRow; onClose(): void }) {
  const [search, setSearch] = useState("");
  const asked = useAnswer(() => find(search.trim(), row), [search.trim()]);
  const log = (charter: Charter) => {
    onClose();
    openPaymentDialog(charter.event_id, { filled: fieldsOf(row) });
  };
  return (
    <Dialog title="Log as a payment of…" onClose={onClose}>
      <div class="dialog-body">
        <p>{rowText(row)}</p>
        <TextInput label="Find the charter: patron, guest, boat or title" first value={search} onInput={setSearch} />
        <Loaded asked={asked} failed="The charters could not be loaded." rows={2}>
          {(charters) => (
            <ul class="bank-charters">
              {charters.map((charter) => (
                <li key={charter.event_id}>
                  <Button onClick={() => log(charter)}>
                    <span>{charter.title}</span>
                    <small>{charterText(charter)}</small>
                  </Button>
                </li>
              ))}
              {charters.length === 0 && <li>No charter was found.</li>}
            </ul>
          )}
        </Loaded>
      </div>
    </Dialog>
  );
}

async function find(search: string, { date }: SourceRow): Promise<Charter[]> {
  const asked_at_ms = performance.now();
  const from = daysLater(date ?? localDay(new Date(nowMs()), operatorTimezone()), -DAYS_BACK);
  const { events } = search === "" ? await listCharters({ from, limit: 50 }) : await searchCharters(search);
  keepListed(events, asked_at_ms);
  return events;
}

function charterText({ starts_at, timezone, patron, balance, currency }: Charter): string {
  const due = balance.balance_due_cents;
  return [formatDay(starts_at, timezone), patron.name, due > 0 ? `${formatMoney(due, currency)} due` : "nothing due"]
    .filter(Boolean)
    .join(", ");
}

/** Noon stands for the bank's day, of which the hour is not known. */
function fieldsOf(row: SourceRow): Partial<PaymentForm> {
  const today = localDay(new Date(nowMs()), operatorTimezone());
  const isPast = row.date !== null && row.date < today;
  return {
    ...(row.amount_cents === null ? {} : { amount: plainAmount(row.amount_cents, row.currency) }),
    method: row.method,
    ...(row.counterparty ? { payer: rowName(row) } : {}),
    ...(isPast ? { received: `${row.date}T12:00` } : {}),
  };
}
