import { useEffect } from "preact/hooks";
import { ApiError } from "../data/request";
import { operatorTimezone } from "../lib/clock";
import { Observable } from "../lib/observable";
import { formatRecent } from "../lib/time";
import { Button } from "./button";

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
      <path class="logo-main" d="M33 6v34H12C16 28 24 14 33 6z" />
      <path class="logo-jib" d="M37 15c8 5 13 14 15 25H37z" />
      <path class="logo-hull" d="M6 45h52c-2 8-7 13-14 13H20C13 58 8 53 6 45z" />
    </svg>
  );
}

/** Whose name heads the page and ends its title: ours at the desk; for guests the operator's, once it is known. */
export const pageOwner = new Observable("");
let pageTitle = "";

export function setPageOwner(name: string): void {
  pageOwner.value = name;
  setPageTitle(pageTitle);
}

/** Names the page in the tab and in the history. */
export function setPageTitle(title: string): void {
  pageTitle = title;
  document.title = [title, pageOwner.value].filter(Boolean).join(" · ");
}

/** For a page that has a better title than its row in the table of pages, once it knows it. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) setPageTitle(title);
  }, [title]);
}

/** A load that failed: what, why, and the way to try again. */
export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry(): void }) {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{what}</p>
      <p>{sentence(error)}</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}

/** Says that an older state shows: from when it is, and why. */
export function AsOf({ at_ms, error, onRetry }: { at_ms: number; error: unknown; onRetry(): void }) {
  const since = formatRecent(new Date(at_ms).toISOString(), operatorTimezone());
  const cut = error instanceof ApiError && ["network", "timeout"].includes(error.failure);
  return (
    <div class={`strip strip-${error === null || cut ? "wait" : "bad"}`} role="status">
      {error === null && <p>As of {since}. Loading what is new…</p>}
      {error !== null && <p>{cut ? `As of ${since}, no connection.` : `As of ${since}. ${sentence(error)}`}</p>}
      {error !== null && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** What went wrong, as a sentence for the screen. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong on this page.";
}

/** Focuses the heading where the element that had the focus is removed by what was just done. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  });
}

/** Room for what is not known yet, so that nothing jumps when it comes. */
export function Skeleton({ rows, kind = "card" }: { rows: number; kind?: "card" | "line" }) {
  return (
    <div class="skeletons" aria-busy="true">
      <p class="visually-hidden">Loading…</p>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class={`skeleton skeleton-${kind}`} />
      ))}
    </div>
  );
}
