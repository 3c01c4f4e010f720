import { render } from "preact";
import { App } from "./app";
import { forgetBoard } from "./board";
import { forgetDrafts } from "./charter-dialog";
import { forgetCharters, outbox } from "./charters";
import { closePaymentDialog } from "./payment-dialog";
import { startRouter } from "./router";
import { followOtherTabs, session } from "./session";

startRouter();
followOtherTabs();

session.subscribe(({ state }) => {
  if (state === "in") void outbox.flush();
  if (state === "out") {
    forgetBoard();
    forgetCharters();
    forgetDrafts();
    closePaymentDialog();
  }
});

const root = document.getElementById("app");
if (root) render(<App />, root);

void outbox.start();
