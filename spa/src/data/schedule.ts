import type { HoldEdit, NewHold } from "./contract";
import { call, type Query } from "./request";

/** The boats and what is planned with them. */
export const readSchedule = (query: Query<"/api/schedule">) => call("get", "/api/schedule", { query });

/** What the schedule does not tell of its holds: kind, expiry, repetition. */
export const listHolds = (query: Query<"/api/holds">) => call("get", "/api/holds", { query });

/** Holds a boat; with the same key again it answers the same hold. */
export const createHold = (key: string, body: NewHold) =>
  call("post", "/api/holds", { body, headers: { "Idempotency-Key": key } });

const HOLD = "/api/holds/{hold_id}";

export const editHold = (hold_id: string, body: HoldEdit) => call("patch", HOLD, { path: { hold_id }, body });

/** Frees the boat; of a hold that repeats all times. */
export const releaseHold = (hold_id: string) => call("post", `${HOLD}/release`, { path: { hold_id }, body: {} });
