import { useState } from "preact/hooks";
import { ApiError, editCharter } from "../data/api";
import { keepCharters, records, refresh } from "../data/charters";
import type { CharterEvent, Payment } from "../data/contract";
import { useValue } from "../lib/observable";
import { formatDay } from "../lib/time";
import { announce } from "../ui/notices";
import { sentence } from "../ui/page";

/** Whether the patron is reminded of the balance, why not, and the switch. */
export function Reminders({ event }: { event: CharterEvent }) {
  const payments = useValue(records).get(event.event_id)?.payments ?? [];
  const [busy, setBusy] = useState(false);
  const state = event.balance_reminders_state ?? "off";
  const open = event.status === "scheduled";

  const turn = async (on: boolean) => {
    setBusy(true);
    try {
      let { version } = event;
      if (on && event.balance_reminders) {
        // Switched off and on again, they start afresh.
        const off = await editCharter(event.event_id, { version, balance_reminders: false });
        keepCharters([off]);
        ({ version } = off);
      }
      const saved = await editCharter(event.event_id, { version, balance_reminders: on });
      keepCharters([saved]);
      const done = saved.balance_reminders_state === (on ? "on" : "off");
      announce(
        done ? `Balance reminders are ${on ? "on" : "off"}.` : remindersWords(saved, payments),
      );
    } catch (error) {
      announce(`Not done. ${sentence(error)}`, "bad");
      if (error instanceof ApiError && error.status === 409) await refresh(event.event_id);
    }
    setBusy(false);
  };

  return (
    <>
      <span>{remindersWords(event, payments)}</span>
      {open && (state === "off" || state === "stopped_cash") && (
        <span class="buttons">
          <button type="button" disabled={busy} onClick={() => void turn(true)}>
            {state === "off" ? "Switch on" : "Switch on again"}
          </button>
        </span>
      )}
      {open && state === "on" && (
        <span class="buttons">
          <button type="button" disabled={busy} onClick={() => void turn(false)}>
            Switch off
          </button>
        </span>
      )}
    </>
  );
}

export function remindersWords(
  { balance_reminders_state: state, timezone }: CharterEvent,
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
      return (
        method === "cash" && (kind === "deposit" || kind === "balance") && status === "cleared"
      );
    })
    .sort((a, b) => a.recorded_at.localeCompare(b.recorded_at))
    .at(-1);
}
