import type { Mail } from "../data/contract";
import { retryMail } from "../data/later-api";
import { announce } from "./notices";

/** Sends a mail once more and says what became of it; the mail as it is now. */
export async function sendAgain(mail_id: string): Promise<Mail> {
  const mail = await retryMail(mail_id);
  const { text, good } = retryText(mail);
  announce(text, good ? "good" : "bad");
  return mail;
}

export function retryText({ to, status, note }: Mail): { text: string; good: boolean } {
  if (status === "sent") return { text: `Sent to ${to}.`, good: true };
  if (status === "queued") return { text: `The mail to ${to} is on its way again.`, good: true };
  const why = note ? `: ${note}` : "";
  return status === "uncertain"
    ? { text: `Again it may or may not have arrived${why}`, good: false }
    : { text: `Not sent${why}`, good: false };
}
