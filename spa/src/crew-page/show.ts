import type { Tick } from "./ticks.ts";

const words: Record<string, string> = {
  aboard: "aboard",
  no_show: "no-show",
  clear: "taken back",
  done: "Given",
  not_done: "Taken back",
  departed: "Departed",
};

/** Puts what waits on this device over what the server has said. */
export function showTicks(ticks: readonly Tick[], tell: Tell): void {
  const here = ticks.filter(({ path }) => path === location.pathname);
  const waiting = here.filter(({ problem }) => !problem);
  for (const { subject, state, at_ms } of waiting) {
    const row = document.querySelector<HTMLElement>(`[data-subject="${CSS.escape(subject)}"]`);
    const shown = row?.querySelector("[data-shown]");
    if (!row || !shown) continue;
    row.dataset.state = state;
    shown.textContent = `${words[state]} ${clock(at_ms)}, not sent yet`;
  }
  count("#aboard", "aboard");
  count("#no-shows", "no_show");
  const leaves = waiting.some(({ state }) => state === "departed");
  for (const button of document.querySelectorAll<HTMLButtonElement>("form[data-tick] button")) button.disabled = leaves;
  showWaiting(ticks.filter(({ problem }) => !problem).length, tell);
  showRefused(here.filter(({ problem }) => problem));
}

export interface Tell {
  /** Empty while all is well. */
  trouble: string;
}

function count(place: string, state: string): void {
  const shown = document.querySelector(place);
  if (shown) shown.textContent = String(document.querySelectorAll(`.guest[data-state="${state}"]`).length);
}

function showWaiting(count: number, { trouble }: Tell): void {
  const strip = document.querySelector("#unsent");
  if (!strip) return;
  const text = `${count} ${count === 1 ? "tick is" : "ticks are"} kept on this device and not sent yet. ${trouble}`;
  strip.textContent = count > 0 ? text.trim() : "";
}

function showRefused(ticks: readonly Tick[]): void {
  const list = document.querySelector<HTMLElement>("#refused");
  if (!list) return;
  list.hidden = ticks.length === 0;
  list.replaceChildren(...ticks.map(refused));
}

function refused({ submission_id, label, state, at_ms, problem }: Tick): HTMLLIElement {
  const row = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = `${label}, ${words[state]?.toLowerCase()} ${clock(at_ms)}: ${problem}`;
  row.append(text, act("again", "Send again", submission_id), act("drop", "Drop it", submission_id));
  return row;
}

function act(what: string, label: string, submission_id: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = label;
  button.dataset[what] = submission_id;
  return button;
}

/** Says when a page was seen that the device had kept, and which of its days is today. */
export function showTimes(now = new Date()): void {
  const kept = document.querySelector("#kept");
  const kept_ms = Number(document.querySelector<HTMLElement>("main")?.dataset.keptAt ?? 0);
  if (kept) kept.textContent = kept_ms ? `No connection. This is the page as of ${moment(kept_ms)}.` : "";
  for (const near of document.querySelectorAll<HTMLElement>(".near")) {
    near.textContent = nearDay(near.dataset.day ?? "", near.dataset.zone ?? "UTC", now);
  }
}

/** `day` as 2026-11-28. */
export function nearDay(day: string, timeZone: string, now: Date): string {
  const spell = (moment: Date) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(moment);
  if (day === spell(now)) return "Today";
  return day === nextDay(spell(now)) ? "Tomorrow" : "";
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 24 * 3_600_000).toISOString().slice(0, 10);
}

function moment(at_ms: number): string {
  return new Date(at_ms).toLocaleString("en-US", {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  });
}

function clock(at_ms: number): string {
  return new Date(at_ms).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
}
