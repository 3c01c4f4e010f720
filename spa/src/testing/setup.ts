import { BroadcastChannel } from "node:worker_threads";
import "fake-indexeddb/auto";
import { afterAll, afterEach, beforeEach, vi } from "vitest";

// A window of its own does not get it from Node.
vi.stubGlobal("BroadcastChannel", BroadcastChannel);

function forget(): void {
  sessionStorage.clear();
  localStorage.clear();
}

// What an earlier file of the thread has kept, modules would read when they load.
forget();
beforeEach(forget);

afterEach(() => {
  document.body.replaceChildren();
});

// Files run one after the other in a thread and share its timers: what is late here would call the next one's `fetch`,
// and a clock that stands still here would stop the next one's database.
const pending = new Set<ReturnType<typeof setTimeout>>();
const start = globalThis.setTimeout;

globalThis.setTimeout = Object.assign((...given: Parameters<typeof start>) => {
  const timer = start(...given);
  pending.add(timer);
  return timer;
}, start);

afterAll(() => {
  vi.useRealTimers();
  globalThis.setTimeout = start;
  for (const timer of pending) clearTimeout(timer);
});
