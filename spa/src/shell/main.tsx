import "../ui/base.css";
import "../ui/controls.css";
import "../ui/page.css";
import "../ui/content.css";
import { render } from "preact";
import { followOtherTabs } from "../data/session";
import { href, isDesk, pathname, startRouter } from "../lib/router";
import { App } from "./app";

startRouter();
followOtherTabs();

const root = document.getElementById("app");
if (root) render(<App loadDesk={() => import("./desk-start")} />, root);

// Guests come once: nothing is installed on their phones.
const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
// The same bytes serve both slots, so the page cannot name its own slot's manifest.
if (isDesk(pathname.value) && manifest) manifest.href = href("/manifest.webmanifest");
else manifest?.remove();
