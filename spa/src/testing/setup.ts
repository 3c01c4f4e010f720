import { BroadcastChannel } from "node:worker_threads";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, vi } from "vitest";

// A window of its own does not get it from Node.
vi.stubGlobal("BroadcastChannel", BroadcastChannel);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

afterEach(() => {
  document.body.replaceChildren();
});
