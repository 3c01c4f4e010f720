import { forgetBoard } from "./board";
import { forgetDrafts } from "./charter-dialog";
import { forgetCharters, outbox } from "./charters";
import { closePaymentDialog } from "./payment-dialog";
import { followReleases } from "./release";
import { session } from "./session";
import { forgetSnapshot, keepSnapshots, recallSnapshot } from "./snapshot";

export { Desk } from "./desk";

session.subscribe(({ state }) => {
  if (state === "in") void outbox.flush();
  if (state === "out") {
    forgetBoard();
    forgetCharters();
    forgetDrafts();
    closePaymentDialog();
    void forgetSnapshot().catch(() => {});
  }
});

// Where the browser refuses its database, a payment lives only as long as this page.
window.addEventListener("beforeunload", (leaving) => {
  if (outbox.entries.value.some(({ payment_id }) => !outbox.isDurable(payment_id))) {
    leaving.preventDefault();
  }
});

void outbox.start();
keepSnapshots();
void recallSnapshot().catch(() => {});
void followReleases().catch(() => {});
