import { uuid7 } from "../uuid.ts";

interface Sent {
  id: string;
  print: string;
}

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
 * What went out from this page before goes out under the same id, also after Back or a reload: it is
 * one signature. Other words are another form, for the server drops what comes under an old id.
 */
export async function takeSubmission(form: HTMLFormElement): Promise<URLSearchParams> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  // Without HTTPS a browser cannot hash: then the id is the server's.
  if (!crypto.subtle) return body;
  const print = await fingerprint(body);
  const id = chooseId(body.get("submission_id") ?? "", print, readSent());
  body.set("submission_id", id);
  // The history entry lives as long as the page can be gone back to, and no other page has it.
  history.replaceState({ ...history.state, sent: { id, print } satisfies Sent }, "");
  return body;
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
