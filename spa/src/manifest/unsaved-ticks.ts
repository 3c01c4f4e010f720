import { ApiError } from "../data/api";
import type { Passenger } from "../data/contract";
import type { DockState } from "../data/later-api";
import { nameList } from "../lib/names";
import { Observable } from "../lib/observable";
import { sentence } from "../ui/page";
import { passengerKey } from "./manifest-text";

/** A tick that the server has not confirmed, and why not. */
export interface UnsavedTick {
  event_id: string;
  passenger: Passenger;
  state: DockState;
  problem: string;
  /** The server said no: sending it again would not help. */
  refused: boolean;
}

/** Kept as long as the app is open: the captain stands at the dock and can tap again. */
export const unsavedTicks = new Observable<readonly UnsavedTick[]>([]);

/** Sends a tick; what fails is remembered with its reason, what was saved is not. */
export async function saveTick(
  event_id: string,
  passenger: Passenger,
  state: DockState,
  send: () => Promise<unknown>,
): Promise<void> {
  let problem: unknown = null;
  try {
    await send();
  } catch (error) {
    problem = error;
  }
  const others = unsavedTicks.value.filter((tick) => !isOf(tick, event_id, passenger));
  const refused = problem instanceof ApiError && problem.failure === "refused" && problem.status !== 401;
  unsavedTicks.value = problem
    ? [...others, { event_id, passenger, state, problem: sentence(problem), refused }]
    : others;
}

export function isOf(tick: UnsavedTick, event_id: string, passenger: Passenger): boolean {
  return tick.event_id === event_id && passengerKey(tick.passenger) === passengerKey(passenger);
}

/** Those that can still be saved. */
export function waitingTicks(ticks: readonly UnsavedTick[], event_id: string): UnsavedTick[] {
  return ticks.filter((tick) => tick.event_id === event_id && !tick.refused);
}

export function unsavedNames(ticks: readonly UnsavedTick[]): string {
  return nameList(ticks.map(({ passenger }) => passenger.name));
}
