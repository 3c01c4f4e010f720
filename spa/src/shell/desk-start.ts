import { forgetDrafts } from "../charters/form/open-charter";
import { forgetBoard } from "../data/board";
import { forgetCharters } from "../data/charters";
import { outbox } from "../data/device-outbox";
import { afterEachSuccess } from "../data/request";
import { session } from "../data/session";
import { forgetSnapshot, keepSnapshots, recallSnapshot } from "../data/snapshot";
import { onReturn } from "../lib/browser/on-return";
import { closePaymentDialog } from "../payments/payment-dialog";

export { Desk } from "./desk";
export { ReleaseStrip } from "./release-strip";

/** Ticks of a manifest that this device has kept, and no page of a manifest is open to send. */
function sendTicks(): void {
  if (session.value.state !== "in") return;
  void import("../manifest/unsaved-ticks").then((kept) => kept.sendTicks()).catch(() => {});
}

session.subscribe(({ state }) => {
  if (state === "in") {
    void outbox.flush();
    sendTicks();
  }
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
sendTicks();
onReturn(sendTicks);
keepSnapshots();
void recallSnapshot().catch(() => {});
