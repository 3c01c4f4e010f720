// The crew's pages work without this. With it: they open without a network as they were seen last, and what a captain
// ticks off is kept on the device, with its own time, until it is sent.
import { onReturn } from "../lib/browser/on-return.ts";
import { type Answered, postOnce, postUntilAnswered, sendNow } from "../lib/browser/post-form.ts";
import { keep } from "./kept.ts";
import { showTicks, showTimes, type Tell } from "./show.ts";
import { bodyOf, dropTick, keepTick, listTicks, makeTick, type Tick } from "./ticks.ts";

const never = new AbortController().signal;
const tell: Tell = { trouble: "" };
let sending: Promise<void> | null = null;

const troubles = { offline: "They send themselves once there is a signal.", trouble: "The desk does not answer yet." };

async function show(): Promise<void> {
  showTicks(await listTicks(), tell);
}

/** Sends what waits, one after the other; what the server refuses stays, with the reason. */
function send(): Promise<void> {
  sending ??= sendAll().finally(() => {
    sending = null;
  });
  return sending;
}

async function sendAll(): Promise<void> {
  for (;;) {
    const tick = (await listTicks()).find(({ problem }) => !problem);
    if (!tick) break;
    const answered = await postUntilAnswered(
      tick.path,
      () => bodyOf(tick),
      never,
      (trouble) => {
        tell.trouble = troubles[trouble];
        void show();
      },
    );
    if (!answered) return;
    tell.trouble = "";
    if (answered.taken === null) await keepTick({ ...tick, problem: reasonOf(answered) });
    else await dropTick(tick);
    if (tick.path === location.pathname) await showAnswer(answered);
    else await show();
  }
}

function reasonOf({ page }: Answered): string {
  const reason = page.querySelector("#problem b") ?? page.querySelector("main p") ?? page.querySelector("h1");
  return reason?.textContent?.trim() || "The server did not take it.";
}

/** Shows what the server answered, as the browser would; the address stays. */
async function showAnswer({ page }: Answered): Promise<void> {
  const main = page.querySelector("main[data-crew]");
  if (main) {
    document.querySelector("main")?.replaceWith(document.adoptNode(main));
    document.title = page.title;
  }
  showTimes();
  await show();
}

/** Keeps this page and those that it leads to: the manifest then opens at a dock without a signal. */
async function keepPages(): Promise<void> {
  const own = document.querySelector<HTMLElement>("main")?.dataset.crew ?? location.pathname;
  const links = document.querySelectorAll<HTMLAnchorElement>(`a[href^="${own}"]:not([href$=".ics"])`);
  const paths = new Set([location.pathname, ...Array.from(links, ({ pathname }) => pathname)]);
  for (const path of paths) await keep(path, await fetch(path));
}

document.addEventListener("submit", (submitted) => {
  const form = submitted.target as HTMLFormElement;
  const button = submitted.submitter as HTMLButtonElement | null;
  submitted.preventDefault();
  if (form.dataset.tick) void tick(form, button);
  else void answer(form);
});

async function tick(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  await keepTick(makeTick(form, button));
  await show();
  await send();
  await keepPages().catch(() => {});
}

/** An answer is given now or not at all: what it agrees to may change meanwhile. */
async function answer(form: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answered = await postOnce(form.action, body, never);
  if (!("wait" in answered)) {
    await showAnswer(answered);
    document.querySelector("h1")?.scrollIntoView();
    return keepPages().catch(() => {});
  }
  const strip = document.querySelector("#unsent");
  if (strip) strip.textContent = "No signal. Your answer is not sent: please try again when you have one.";
  strip?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", ({ target }) => {
  const { again, drop } = (target as HTMLElement).dataset ?? {};
  if (again || drop) void decide(again ?? "", drop ?? "");
});

/** What was refused is sent again with the time that it had, or given up. */
async function decide(again: string, drop: string): Promise<void> {
  const ticks = await listTicks();
  const find = (id: string) => ticks.find(({ submission_id }) => submission_id === id);
  const dropped: Tick | undefined = find(drop);
  const sent = find(again);
  if (dropped) await dropTick(dropped);
  if (sent) await keepTick({ ...sent, problem: "" });
  await show();
  await send();
}

showTimes();
void show().then(send);
onReturn(() => {
  showTimes();
  sendNow();
  void send();
});
void navigator.serviceWorker
  ?.register("/c/worker.js", { scope: "/c/" })
  .then(keepPages)
  .catch(() => {});
