import { database } from "../lib/browser/database.ts";
import { uuid7 } from "../lib/uuid.ts";

/** What a captain ticked off, kept on the device until the server has taken it. */
export interface Tick {
  /** In the order of time. Sending it again is the same tick. */
  submission_id: string;
  /** The page of the charter. */
  path: string;
  /** A guest by id, BRIEFING or DEPARTURE. */
  subject: string;
  label: string;
  /** What it makes of the subject: aboard, no_show, clear, done, not_done, departed. */
  state: string;
  /** The form as it was ticked. */
  body: string;
  at_ms: number;
  /** Why the server did not take it; empty while it waits. */
  problem: string;
}

const transact = database("scc.dock", "ticks", { keyPath: "submission_id" });
/** After this time it is dropped. */
const LONGEST_MS = 7 * 24 * 3_600_000;

export function makeTick(form: HTMLFormElement, button: HTMLButtonElement | null, now_ms = Date.now()): Tick {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  if (button?.name) body.set(button.name, button.value);
  const submission_id = uuid7(now_ms);
  body.set("submission_id", submission_id);
  body.set("device_time", new Date(now_ms).toISOString());
  const states: Record<string, string> = { yes: "done", no: "not_done" };
  return {
    submission_id,
    path: new URL(form.action).pathname,
    subject: form.closest<HTMLElement>("[data-subject]")?.dataset.subject ?? "",
    label: form.dataset.tick ?? "",
    state: body.get("state") ?? states[body.get("done") ?? ""] ?? "departed",
    body: String(body),
    at_ms: now_ms,
    problem: "",
  };
}

export async function keepTick(tick: Tick): Promise<void> {
  await transact("readwrite", (store) => store.put(tick));
}

export async function dropTick({ submission_id }: Tick): Promise<void> {
  await transact("readwrite", (store) => store.delete(submission_id));
}

/** In the order of time; those that are too old are dropped. */
export async function listTicks(now_ms = Date.now()): Promise<Tick[]> {
  const found = await transact<Tick[]>("readonly", (store) => store.getAll());
  const old = found.filter(({ at_ms }) => now_ms - at_ms > LONGEST_MS);
  for (const tick of old) await dropTick(tick);
  return found.filter((tick) => !old.includes(tick));
}

/** What is sent: with what the device's clock says now, so that the server sees by how much it is wrong. */
export function bodyOf({ body }: Tick, now_ms = Date.now()): URLSearchParams {
  const form = new URLSearchParams(body);
  form.set("device_now", new Date(now_ms).toISOString());
  return form;
}
