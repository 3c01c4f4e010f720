import { edit, records } from "../data/charters";
import type { Charter, Payment } from "../data/contract";
import { settles } from "../data/ledger";
import { useValue } from "../lib/observable";
import { formatDay } from "../lib/time";
import { Button } from "../ui/button";
import { announce, announceFailure } from "../ui/notices";
import { useTask } from "../ui/task";

/** Whether the patron is reminded of the balance, why not, and the switch. */
export function Reminders({ charter }: { charter: Charter }) {
  const payments = useValue(records).get(charter.event_id)?.payments ?? [];
  const { busy, run } = useTask("Not done.", announceFailure);
  const { event_id, balance_reminders_state: state } = charter;

  const turn = async (on: boolean) => {
    let { version } = charter;
    // Switched off and on again, they start afresh.
    if (on && charter.balance_reminders) {
      ({ version } = await edit(event_id, { version, balance_reminders: false }));
    }
    const saved = await edit(event_id, { version, balance_reminders: on });
    const done = saved.balance_reminders_state === (on ? "on" : "off");
    announce(done ? `Balance reminders are ${on ? "on" : "off"}.` : remindersText(saved, payments));
  };

  return (
    <>
      <span>{remindersText(charter, payments)}</span>
      {charter.status === "scheduled" && ["on", "off", "stopped_cash"].includes(state) && (
        <span class="buttons">
          <Button disabled={busy} onClick={() => void run(() => turn(state !== "on"))}>
            {state === "on" ? "Switch off" : state === "off" ? "Switch on" : "Switch on again"}
          </Button>
        </span>
      )}
    </>
  );
}

export function remindersText(
  { balance_reminders_state: state, timezone }: Charter,
  payments: readonly Payment[],
): string {
  switch (state) {
    case "on":
      return "On: the patron gets a mail 7 and 2 days before, while something is due.";
    case "stopped_paid":
      return "Stopped: nothing is due.";
    case "stopped_cash": {
      const cash = lastCash(payments);
      const when = cash ? ` on ${formatDay(cash.recorded_at, timezone)}` : "";
      return `Stopped: cash was logged${when}.`;
    }
    case "stopped_cancelled":
      return "Stopped: the charter is cancelled.";
    case "no_email":
      return "On, but the patron has no email address.";
    default:
      return "Off.";
  }
}

function lastCash(payments: readonly Payment[]): Payment | undefined {
  return payments
    .filter(({ method, kind, status }) => {
      return method === "cash" && settles(kind) && status === "cleared";
    })
    .sort((a, b) => a.recorded_at.localeCompare(b.recorded_at))
    .at(-1);
}
