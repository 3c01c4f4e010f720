import { render } from "preact";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { forgetDrafts } from "../charters/form/open-charter";
import { forgetBoard } from "../data/board";
import { forgetCharters } from "../data/charters";
import * as session from "../data/session";
import { pathname, query } from "../lib/browser/router";
import { closePaymentDialog } from "../payments/payment-dialog";
import { App } from "../shell/app";
import { Desk } from "../shell/desk";
import { sampleCharter } from "./samples";

/** What the page is waited for: a machine that does other things too is slow. */
const PATIENCE_MS = 4_000;

type Handler = (path: string, init: RequestInit) => Response | Promise<Response>;

export const soon = new Date(Date.now() + 3 * 3_600_000).toISOString();
export const later = new Date(Date.now() + 7 * 3_600_000).toISOString();
export const charter = sampleCharter({ starts_at: soon, ends_at: later });

/** The whole app for each test of a file, and what a visitor does and sees; `handle` is its server. */
export function setUpApp() {
  const app = {
    root: document.createElement("div"),
    handle: (() => json(404, {})) as Handler,
    loadDesk: async () => Desk,
    calls: [] as { method: string; path: string; init: RequestInit }[],
    open,
    text,
    says,
    button,
    dialog,
    submit,
    type,
  };

  beforeEach(() => {
    app.root = document.createElement("div");
    document.body.append(app.root);
    app.calls.length = 0;
    app.loadDesk = async () => Desk;
    app.handle = () => json(404, { Code: "NotFound", Message: "Unknown." });
    vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
      app.calls.push({ method: init.method ?? "GET", path, init });
      return app.handle(path, init);
    });
  });

  afterEach(async () => {
    render(null, app.root);
    closePaymentDialog();
    forgetDrafts();
    forgetBoard();
    forgetCharters();
    session.leave();
    // Preact runs the effects' cleanups after the next frame. Until then a page that is gone still listens and calls.
    await settled();
  });

  function open(path: string): void {
    window.history.replaceState(null, "", path);
    const { pathname: there, search } = window.location;
    query.value = search;
    pathname.value = there;
    render(<App loadDesk={app.loadDesk} />, app.root);
  }

  function text(): string {
    return (app.root.textContent ?? "").replace(/\s+/g, " ");
  }

  async function says(expected: string | RegExp): Promise<void> {
    // What was just pressed may ask for a part of the app. Here it is compiled first, which a busy machine takes long for.
    await new Promise((resolve) => setTimeout(resolve));
    await vi.dynamicImportSettled();
    await vi.waitFor(() => expect(text()).toMatch(expected), { timeout: PATIENCE_MS });
  }

  function button(name: string, within: HTMLElement = app.root): HTMLElement {
    const found = [...within.querySelectorAll<HTMLElement>("button, label, a")].find(
      (element) => (element.getAttribute("aria-label") ?? element.textContent ?? "").trim() === name,
    );
    if (!found) throw new Error(`no ${name} in: ${text()}`);
    return found;
  }

  function dialog(): HTMLElement {
    return app.root.querySelector("dialog") as HTMLElement;
  }

  /** Waits first, as a person would, for what was typed to be on the page. */
  async function submit(): Promise<void> {
    await settled();
    app.root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
  }

  function type(selector: string, value: string): void {
    const input = app.root.querySelector<HTMLInputElement>(selector);
    if (!input) throw new Error(`no ${selector}`);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  return app;
}

export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}
