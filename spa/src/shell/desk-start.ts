import { forgetDrafts } from "../charters/form/open-charter";
import { forgetBoard } from "../data/board";
import { forgetCharters } from "../data/charters";
import { outbox } from "../data/device-outbox";
import { afterEachSuccess } from "../data/request";
import { session } from "../data/session";
import { forgetSnapshot, keepSnapshots, recallSnapshot } from "../data/snapshot";
import { closePaymentDialog } from "../payments/payment-dialog";
import { followReleases } from "./release";

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

afterEachSuccess(() => outbox.nudge());
void outbox.start();
keepSnapshots();
void recallSnapshot().catch(() => {});
void followReleases().catch(() => {});
