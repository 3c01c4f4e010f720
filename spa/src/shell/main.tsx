import "../ui/styles/base.css";
import "../ui/styles/controls.css";
import "../ui/styles/page.css";
import "../ui/styles/content.css";
import { render } from "preact";
import { followOtherTabs } from "../data/session";
import { href, isPreview, pathname, startRouter } from "../lib/browser/router";
import { App } from "./app";
import { findPage, isInApp } from "./pages";

startRouter(isInApp);
followOtherTabs();

const loadDesk = async () => (await import("./desk-start")).Desk;
const { page } = findPage(pathname.value);
// The first page is fetched beside the desk that it shows in, not after it.
void page.load().catch(() => {});

const root = document.getElementById("app");
if (root) render(<App loadDesk={loadDesk} />, root);

// Guests come once, and a preview ends: nothing is installed from there.
const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
// The same bytes serve both slots, so the page cannot name its own slot's manifest.
if (manifest && !page.open && !isPreview()) manifest.href = href("/manifest.webmanifest");
else manifest?.remove();
