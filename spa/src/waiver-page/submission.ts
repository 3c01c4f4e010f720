import { uuid7 } from "../lib/uuid.ts";
import { listWaiting, type Waiting } from "./waiting.ts";

type Sent = Pick<Waiting, "id" | "print">;
export type Submission = Omit<Waiting, "at_ms">;

/**
 * No part of what is said: the form's own marks, the place on the list (a name that was signed for
 * has left it), and the signature, which nobody draws twice alike.
 */
const MARKS = [
  "submission_id",
  "opened",
  "guest_id",
  "device_time",
  "signature_strokes",
  "signature_typed",
];

/**
 * The form as it is sent, under the id that makes sending it again harmless.
 *
 * What went out from this phone before goes out under the same id, also after Back or a reload: it is
 * one signature. Other words are another form, for the server refuses what comes under an old id.
 */
export async function takeSubmission(form: HTMLFormElement): Promise<Submission> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const own = body.get("submission_id") ?? "";
  // Without HTTPS a browser cannot hash: then the id is the server's.
  if (!crypto.subtle) return { id: own, print: "", body: String(body) };
  const print = await fingerprint(body);
  const waiting = listWaiting(new URL(form.action).pathname).find((one) => one.print === print);
  const id = waiting?.id ?? chooseId(own, print, readSent());
  body.set("submission_id", id);
  // The history entry lives as long as the page can be gone back to, and no other page has it.
  history.replaceState({ ...history.state, sent: { id, print } satisfies Sent }, "");
  return { id, print, body: String(body) };
}

export function chooseId(own: string, print: string, sent: Sent | null): string {
  if (sent?.print === print) return sent.id;
  return sent?.id === own ? uuid7() : own;
}

function readSent(): Sent | null {
  return history.state?.sent ?? null;
}

/** The hash, so that nothing which was typed stays behind. */
async function fingerprint(body: URLSearchParams): Promise<string> {
  const words = [...body].filter(([name]) => !MARKS.includes(name));
  const bytes = new TextEncoder().encode(JSON.stringify(words));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
