import { render } from "preact";
import { App } from "./app";
import { forgetBoard } from "./board";
import { forgetDrafts } from "./charter-dialog";
import { forgetCharters, outbox } from "./charters";
import { closePaymentDialog } from "./payment-dialog";
import { followReleases } from "./release";
import { href, isDesk, pathname, startRouter } from "./router";
import { followOtherTabs, session } from "./session";
import { forgetSnapshot, keepSnapshots, recallSnapshot } from "./snapshot";

startRouter();
followOtherTabs();

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

const root = document.getElementById("app");
if (root) render(<App />, root);

void outbox.start();

// Guests come once: nothing is installed on their phones.
const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
if (isDesk(pathname.value)) {
  // The same bytes serve both slots, so the page cannot name its own slot's manifest.
  if (manifest) manifest.href = href("/manifest.webmanifest");
  keepSnapshots();
  void recallSnapshot().catch(() => {});
  void followReleases().catch(() => {});
} else {
  manifest?.remove();
}
