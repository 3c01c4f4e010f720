import { uuid7 } from "../lib/uuid.ts";
import { listWaiting, type Waiting } from "./waiting.ts";

type Sent = Pick<Waiting, "id" | "fingerprint">;
export type Submission = Omit<Waiting, "at_ms">;

/**
 * Not part of the fingerprint: what the form itself adds, the guest's entry on the list (a name that
 * was signed for has left it), and the signature, which is never drawn twice alike.
 */
const LEFT_OUT = ["submission_id", "opened", "guest_id", "device_time", "signature_strokes", "signature_typed"];

/**
 * The form as it is sent, under the id that makes sending it again harmless.
 *
 * What this phone has sent before keeps its id, also after Back or a reload: it is one signature. A
 * form with other content gets another id, because the server refuses it under an old one.
 */
export async function readSubmission(form: HTMLFormElement): Promise<Submission> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const own = body.get("submission_id") ?? "";
  // Without HTTPS a browser cannot hash: then the id is the server's.
  if (!crypto.subtle) return { id: own, fingerprint: "", body: String(body) };
  const fingerprint = await hash(body);
  const waiting = listWaiting(new URL(form.action).pathname).find((one) => one.fingerprint === fingerprint);
  const id = waiting?.id ?? chooseId(own, fingerprint, history.state?.sent ?? null);
  body.set("submission_id", id);
  // The history entry lives as long as the page can be gone back to, and no other page has it.
  const sent: Sent = { id, fingerprint };
  history.replaceState({ ...history.state, sent }, "");
  return { id, fingerprint, body: String(body) };
}

export function chooseId(own: string, fingerprint: string, sent: Sent | null): string {
  if (sent?.fingerprint === fingerprint) return sent.id;
  return sent?.id === own ? uuid7() : own;
}

/** The hash, so that nothing which was typed stays behind. */
async function hash(body: URLSearchParams): Promise<string> {
  const content = [...body].filter(([name]) => !LEFT_OUT.includes(name));
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
