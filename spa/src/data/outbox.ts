import { onReturn } from "../lib/browser/on-return";
import { nowMs } from "../lib/clock";
import { Observable } from "../lib/observable";
import type { Payment } from "./contract";
import { type KeptEntries, keptEntries } from "./kept-entries";
import {
  besideFirst,
  type FirstPayment,
  firstPayment,
  type OutboxEntry,
  type Problem,
  questionOf,
  type SentAnswer,
  trueTime,
} from "./outbox-entry";
import { ApiError } from "./request";

/** On this device, in IndexedDB. */
export function indexedDbStorage(name = "scc.outbox"): KeptEntries<OutboxEntry> {
  const kept = keptEntries<OutboxEntry>(name, "payments", "payment_id");
  return { ...kept, all: async () => (await kept.all()).map(fromStored), put: (entry) => kept.put(toStored(entry)) };
}

/**
 * An older release knows nothing of batches: it would send the first payment alone. It leaves alone what is in a state
 * that it does not know.
 */
const BATCH = "batch ";

function toStored(entry: OutboxEntry): OutboxEntry {
  return entry.rest ? { ...entry, state: (BATCH + entry.state) as OutboxEntry["state"] } : entry;
}

function fromStored(stored: OutboxEntry): OutboxEntry {
  return stored.rest ? { ...stored, state: stored.state.replace(BATCH, "") as OutboxEntry["state"] } : stored;
}

type NewEntry = Omit<OutboxEntry, "created_at" | "attempts" | "state" | "problem">;

interface Dependencies {
  storage: KeptEntries<OutboxEntry>;
  send(entry: OutboxEntry): Promise<SentAnswer>;
  maySend(): boolean;
  /** Called with what the server answered, before the entry is dropped from the screen. */
  onSent(answer: SentAnswer): void | Promise<void>;
  /** Another tab or another admin has logged a payment of this charter. */
  onSentElsewhere?(event_id: string): void;
  now?(): Date;
}

interface Change {
  sent?: string;
}

/** How long another tab may be sending. */
const TURN_MS = 30_000;

/** Keeps payments until the server has confirmed them, and sends them as often as that takes. */
export class Outbox {
  readonly entries = new Observable<readonly OutboxEntry[]>([]);
  readonly sending = new Observable(false);
  #deps: Dependencies;
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #channel: BroadcastChannel | null = null;
  #stopFollowing = () => {};

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** Reads what an earlier page left, listens to other tabs, and sends when a moment is good. */
  async start(): Promise<void> {
    this.#channel = new BroadcastChannel("scc.outbox");
    this.#channel.onmessage = ({ data }: MessageEvent<Change>) => {
      void this.#reload();
      if (data.sent) this.#deps.onSentElsewhere?.(data.sent);
    };
    this.#stopFollowing = onReturn(this.#flushSoon);
    await this.flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#stopFollowing();
  }

  get(payment_id: string): OutboxEntry | undefined {
    return this.entries.value.find((entry) => entry.payment_id === payment_id);
  }

  /** Whether this device keeps nothing, so that a payment that is not sent is lost with the page. */
  get keepsNothing(): Observable<boolean> {
    return this.#deps.storage.fails;
  }

  isDurable(payment_id: string): boolean {
    return this.#deps.storage.isDurable(payment_id);
  }

  /** Writes the payment down; it is safe from here on. `replaces` is a refused entry it corrects. */
  add(entry: NewEntry, replaces?: string): Promise<void> {
    return this.#keep({ ...entry, state: "waiting", problem: null }, replaces);
  }

  /** The same of one that is not sent before `retry`: first something else has to be done. `why` says that to the admin. */
  hold(entry: NewEntry, why: string): Promise<void> {
    return this.#keep({ ...entry, state: "refused", problem: { status: 0, message: why, fields: {} } });
  }

  async #keep(entry: Omit<OutboxEntry, "created_at" | "attempts">, replaces?: string): Promise<void> {
    // The browser may otherwise clear what it holds when the device runs out of space.
    if (this.entries.value.length === 0) void navigator.storage?.persist?.();
    const kept: OutboxEntry = {
      ...entry,
      created_at: (this.#deps.now?.() ?? new Date(nowMs())).toISOString(),
      attempts: 0,
    };
    const writing = this.#deps.storage.put(kept);
    // Shown while it is written: closing the page is asked about from here on.
    this.entries.value = [...this.entries.value.filter(({ payment_id }) => payment_id !== kept.payment_id), kept];
    await writing;
    if (replaces && replaces !== kept.payment_id) await this.#deps.storage.remove(replaces);
    await this.#changed();
  }

  /** Tries a refused payment once more as it is. */
  async retry(payment_id: string): Promise<void> {
    const entry = this.get(payment_id);
    if (entry?.state === "refused") await this.#sendAgain(entry);
  }

  /** Sends a payment that the server has asked about, as the admin has answered. */
  async confirm(payment_id: string): Promise<void> {
    const entry = this.get(payment_id);
    const asked = entry && questionOf(entry);
    if (!asked) return;
    const first = firstPayment(entry);
    const { clock_ahead_ms, ...rest } = entry;
    if (asked === "clock") {
      await this.#sendAgain({ ...rest, request: { ...entry.request, received_at: trueTime(entry) } });
    } else if (first) {
      await this.#sendAgain(besideFirst(entry, first));
    } else {
      await this.#sendAgain({ ...entry, request: { ...entry.request, unusual_ok: true } });
    }
  }

  async #sendAgain(entry: OutboxEntry): Promise<void> {
    await this.#deps.storage.put({ ...entry, state: "waiting", problem: null });
    await this.#changed();
    await this.flush();
  }

  /** Forgets a refused payment for good. One that may have arrived cannot be discarded. */
  async discard(payment_id: string): Promise<void> {
    if (this.get(payment_id)?.state !== "refused") return;
    await this.#deps.storage.remove(payment_id);
    await this.#changed();
  }

  /** The server has just answered something else, so this is a good moment. */
  nudge(): void {
    if (!this.#running && this.entries.value.some(({ state }) => state === "waiting")) {
      void this.flush();
    }
  }

  /** Sends what waits. Calls that come while it runs are one more round, not a second sender. */
  flush(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#timer);
    this.sending.value = true;
    this.#running = this.#rounds().finally(() => {
      this.#running = null;
      this.sending.value = false;
    });
    return this.#running;
  }

  async #rounds(): Promise<void> {
    let passed = true;
    do {
      this.#again = false;
      passed = await this.#takeTurn();
      // A call that came meanwhile may mean that the network is back.
    } while (this.#again);
    this.#failures = passed ? 0 : this.#failures + 1;
    if (!passed) this.#timer = setTimeout(this.#flushSoon, backoff_ms(this.#failures));
  }

  /** One tab sends at a time. Where two do, the server takes the second payment as a replay. */
  async #takeTurn(): Promise<boolean> {
    let started = false;
    const send = () => {
      started = true;
      return this.#sendAll();
    };
    if (!navigator.locks) return send();
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), TURN_MS);
    try {
      return await navigator.locks.request("scc.outbox", { signal: waiting.signal }, send);
    } catch (error) {
      // The tab whose turn it is may never end it.
      if (started) throw error;
      return send();
    } finally {
      clearTimeout(timer);
    }
  }

  /** False when something still waits for better times. */
  async #sendAll(): Promise<boolean> {
    await this.#reload();
    let passed = true;
    for (const entry of this.entries.value) {
      if (entry.state !== "waiting") continue;
      if (!this.#deps.maySend()) return true;
      const outcome = await this.#sendOne(entry);
      if (outcome === "later") passed = false;
      if (outcome === "stop") return false;
      if (outcome === "login") return true;
    }
    return passed;
  }

  async #sendOne(entry: OutboxEntry): Promise<"done" | "later" | "stop" | "login"> {
    let answer: SentAnswer;
    try {
      answer = await this.#deps.send(entry);
      if (answer.payment?.payment_id !== entry.payment_id) {
        throw new ApiError("masked", "The server answered about something else.");
      }
    } catch (error) {
      return this.#failed(entry, error);
    }
    await this.#deps.storage.remove(entry.payment_id);
    await this.#deps.onSent(answer);
    await this.#changed({ sent: entry.event_id });
    return "done";
  }

  async #failed(entry: OutboxEntry, error: unknown): Promise<"done" | "later" | "stop" | "login"> {
    const known = error instanceof ApiError;
    const problem: Problem = {
      status: known ? error.status : 0,
      message: known ? error.message : "Sending failed.",
      fields: known ? error.fields : {},
      code: known ? error.code : "",
      duplicate: known && error.duplicate ? named(error.duplicate) : null,
    };
    const final = known && error.failure === "refused" && ![401, 408, 425, 429].includes(error.status);
    await this.#deps.storage.put({
      ...entry,
      attempts: entry.attempts + 1,
      state: final ? "refused" : "waiting",
      problem,
    });
    await this.#changed();
    if (problem.duplicate) this.#deps.onSentElsewhere?.(entry.event_id);
    if (final) return "done";
    if (problem.status === 401) return "login";
    const unreachable = !known || ["network", "timeout"].includes(error.failure);
    return unreachable || problem.status === 429 ? "stop" : "later";
  }

  #flushSoon = (): void => {
    if (document.visibilityState === "hidden") return;
    void this.flush();
  };

  async #changed(change: Change = {}): Promise<void> {
    await this.#reload();
    this.#channel?.postMessage(change);
  }

  async #reload(): Promise<void> {
    const entries = await this.#deps.storage.all();
    this.entries.value = entries.sort((a, b) => a.created_at.localeCompare(b.created_at));
  }
}

/** How long to wait after so many failures in a row: 2 s, 4 s, … 2 min, scattered. */
export function backoff_ms(failures: number): number {
  const longest_ms = Math.min(2_000 * 2 ** Math.max(failures - 1, 0), 120_000);
  return longest_ms * (0.75 + Math.random() / 4);
}

/** All that the question and its answer need. */
function named({ payment_id, recorded_by, recorded_at, method, amount_cents }: Payment): FirstPayment {
  return { payment_id, recorded_by, recorded_at, method, amount_cents };
}
