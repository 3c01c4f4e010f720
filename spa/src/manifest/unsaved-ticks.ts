import { ApiError } from "../data/api";
import type { Passenger } from "../data/contract";
import { keptEntries } from "../data/kept-entries";
import { checkIn, type DockState } from "../data/later-api";
import { nameList } from "../lib/names";
import { Observable } from "../lib/observable";
import { uuid7 } from "../lib/uuid";
import { sentence } from "../ui/page";
import { passengerKey } from "./manifest-text";

/** A tick that the server has not confirmed, and why not. */
interface UnsavedTick extends Pick<Passenger, "waiver_id" | "guest_id" | "name"> {
  /** Sending it again is the same tick. */
  submission_id: string;
  event_id: string;
  state: DockState;
  /** When it was ticked, by the clock of this device. */
  at_ms: number;
  /** Empty where the page was closed before there was an answer. */
  problem: string;
  /** The server said no: sending it again would not help. */
  refused: boolean;
}

/** After this time it is dropped, and the name leaves this device. */
const LONGEST_MS = 7 * 24 * 3_600_000;

const storage = keptEntries<UnsavedTick>("scc.ticks", "ticks", "submission_id");

/** Sent for the first time: on the screen they are being saved, and not yet unsaved. */
const saving = new Set<string>();

/** The time in the id of the tick before: two within one millisecond keep their order by it. */
let last_ms = 0;

/** In the order of time. */
export const unsavedTicks = new Observable<readonly UnsavedTick[]>([]);

/** Makes the call that saves a tick. */
type Send = (call: () => ReturnType<typeof checkIn>) => Promise<unknown>;

/** Reads what an earlier page or another tab left; what is too old is dropped. */
export async function readTicks(now_ms = Date.now()): Promise<void> {
  const found = await storage.all();
  const old = found.filter(({ at_ms }) => now_ms - at_ms > LONGEST_MS);
  for (const { submission_id } of old) await storage.remove(submission_id);
  unsavedTicks.value = found
    .filter((tick) => !old.includes(tick) && !saving.has(tick.submission_id))
    .sort((one, other) => one.submission_id.localeCompare(other.submission_id));
}

/** Writes a tick down in place of earlier ones of the same passenger, then sends it. */
export async function saveTick(event_id: string, passenger: Passenger, state: DockState, send: Send): Promise<void> {
  const { waiver_id, guest_id, name } = passenger;
  const at_ms = Date.now();
  last_ms = Math.max(at_ms, last_ms + 1);
  const submission_id = uuid7(last_ms);
  const tick = { submission_id, event_id, waiver_id, guest_id, name, state, at_ms, problem: "", refused: false };
  saving.add(submission_id);
  await storage.put(tick);
  for (const earlier of await storage.all()) {
    if (isOf(earlier, event_id, passenger) && earlier.submission_id < submission_id)
      await storage.remove(earlier.submission_id);
  }
  await sendTick(tick, send);
  saving.delete(submission_id);
  await readTicks();
}

/** What fails stays with its reason, what was saved does not. */
async function sendTick(tick: UnsavedTick, send: Send): Promise<void> {
  try {
    await send(() => checkIn(tick.event_id, requestOf(tick)));
    await storage.remove(tick.submission_id);
  } catch (problem) {
    // A later tick of the same passenger may have taken its place meanwhile.
    const isKept = (await storage.all()).some(({ submission_id }) => submission_id === tick.submission_id);
    if (isKept) await storage.put({ ...tick, problem: sentence(problem), refused: isRefusal(problem) });
  }
}

/** Sends what waits: of one charter, or of all. */
export async function sendTicks(event_id = "", send: Send = (call) => call()): Promise<void> {
  await readTicks();
  for (const tick of unsavedTicks.value) {
    if (!tick.refused && (!event_id || tick.event_id === event_id)) await sendTick(tick, send);
  }
  await readTicks();
}

export async function dropTick({ submission_id }: UnsavedTick): Promise<void> {
  await storage.remove(submission_id);
  await readTicks();
}

/** Whether this device could not write it down. */
export function isLostWithThePage({ submission_id }: UnsavedTick): boolean {
  return !storage.isDurable(submission_id);
}

function requestOf({ submission_id, waiver_id, guest_id, state, at_ms }: UnsavedTick) {
  const who = waiver_id ? { waiver_id } : { guest_id };
  return { ...who, state, submission_id, device_time: isoTime(at_ms), device_now: isoTime(Date.now()) };
}

const isoTime = (at_ms: number) => new Date(at_ms).toISOString();

function isRefusal(problem: unknown): boolean {
  return problem instanceof ApiError && problem.failure === "refused" && ![401, 408, 425, 429].includes(problem.status);
}

export function isOf(tick: UnsavedTick, event_id: string, passenger: Passenger): boolean {
  return tick.event_id === event_id && passengerKey(tick) === passengerKey(passenger);
}

/** Those of a charter that can still be saved. */
export function waitingTicks(ticks: readonly UnsavedTick[], event_id: string): UnsavedTick[] {
  return ticks.filter((tick) => tick.event_id === event_id && !tick.refused);
}

/** Those of a charter that the server has refused. */
export function refusedTicks(ticks: readonly UnsavedTick[], event_id: string): UnsavedTick[] {
  return ticks.filter((tick) => tick.event_id === event_id && tick.refused);
}

export function unsavedNames(ticks: readonly UnsavedTick[]): string {
  return nameList(ticks.map(({ name }) => name));
}
