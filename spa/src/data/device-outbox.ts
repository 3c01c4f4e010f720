import { Observable } from "../lib/observable";
import { putBatch, putPayment } from "./api";
import { charters, keepAnswer, refresh } from "./charters";
import { indexedDbStorage, Outbox } from "./outbox";
import { type SentAnswer, sentBatch, sentPayments, sentRequest } from "./outbox-entry";
import { session } from "./session";

/** What the server has last confirmed. */
export const lastSaved = new Observable<SentAnswer | null>(null);

/** The payments that this device has logged and the server has not confirmed. */
export const outbox = new Outbox({
  storage: indexedDbStorage(),
  send: (entry): Promise<SentAnswer> =>
    entry.rest
      ? putBatch(entry.event_id, entry.payment_id, sentBatch(entry))
      : putPayment(entry.event_id, entry.payment_id, sentRequest(entry)),
  maySend: () => session.value.state === "in",
  onSent: async (answer) => {
    for (const payment of sentPayments(answer)) keepAnswer({ payment, event: answer.event });
    lastSaved.value = answer;
    // A replay carries the charter as it was then.
    if (answer.replayed) await refresh(answer.event.event_id);
  },
  onSentElsewhere: (event_id) => {
    if (charters.value.has(event_id)) void refresh(event_id);
  },
});
