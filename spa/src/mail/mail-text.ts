import type { Mail, MailProblem } from "../data/contract";
import { browserTimezone, formatDay } from "../lib/time";

export type MailStatus = Mail["status"];

/** In the order of the page. */
export const mailNames: Record<MailStatus, string> = {
  queued: "Queued",
  failed: "Failed",
  uncertain: "Uncertain",
  sent: "Sent",
  cancelled: "Cancelled",
};

export const mailStatuses = Object.keys(mailNames) as MailStatus[];

/** What each state means to whoever runs the desk. */
export const mailMeanings: Record<MailStatus, string> = {
  queued:
    "Still to go out. They are sent by themselves, and tried again when the mail server is down.",
  failed: "Given up after several tries. They did not arrive. Look at the reason, then try again.",
  uncertain:
    "These may or may not have arrived: the connection broke while they were handed over. Ask the patron, or send again.",
  sent: "The mail server has taken them.",
  cancelled: "Not needed any more, so they were never sent.",
};

export const mailEmpty: Record<MailStatus, string> = {
  queued: "Nothing is waiting to go out.",
  failed: "No mail has failed.",
  uncertain: "No mail is in doubt.",
  sent: "No mail has been sent yet. Patrons get one for each payment that is logged.",
  cancelled: "No mail was cancelled.",
};

const kinds: Record<string, string> = {
  receipt: "Receipt",
  correction: "Correction",
  bounce: "Bounce notice",
  balance_reminder: "Balance reminder",
  waiver_copy: "Copy of a waiver",
  waiver_reminder: "Waiver reminder",
  waiver_again: "Request to sign again",
  chain_head: "Daily proof of the waivers",
  manifest: "Manifest",
};

/** A kind that this release does not know yet still reads as words. */
export function kindWord(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return kinds[kind] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function attemptsWord(attempts: number): string {
  if (attempts === 0) return "not tried yet";
  return attempts === 1 ? "tried once" : `tried ${attempts} times`;
}

/** Which moment of a mail matters, and what happened then. */
export function mailMoment({ status, created_at, due_at, finished_at }: Mail): {
  words: string;
  at: string;
} {
  if (status === "queued") {
    return due_at ? { words: "Next try", at: due_at } : { words: "Queued since", at: created_at };
  }
  const words = { failed: "Given up", uncertain: "Last try", sent: "Sent", cancelled: "Cancelled" };
  return finished_at
    ? { words: words[status], at: finished_at }
    : { words: "Queued since", at: created_at };
}

export function mayRetry({ status }: Mail): boolean {
  return status === "failed" || status === "uncertain";
}

/** What became of sending a mail again, as the server's answer says. */
export function retriedWords({ to, status, note }: Mail): { words: string; good: boolean } {
  if (status === "sent") return { words: `Sent to ${to}.`, good: true };
  if (status === "queued") return { words: `The mail to ${to} is on its way again.`, good: true };
  const why = note ? `: ${note}` : "";
  return status === "uncertain"
    ? { words: `Again it may or may not have arrived${why}`, good: false }
    : { words: `Not sent${why}`, good: false };
}

/** How many mails need somebody to look; pages are counted as far as they were read. */
export function needWords(count: number, more: boolean): string {
  if (count === 0) return "";
  if (more) return `More than ${count} mails need you`;
  return count === 1 ? "1 mail needs you" : `${count} mails need you`;
}

/** `Mail to ana@example.com bounced on Wed, Nov 25: mailbox full` */
export function problemWords({ email, problem, at, detail }: MailProblem): string {
  const what =
    problem === "bounced"
      ? `Mail to ${email} bounced`
      : `Whoever reads ${email} marked our mail as spam`;
  const when = formatDay(at, browserTimezone);
  return `${what} on ${when}${detail ? `: ${detail}` : ""}`;
}

/** Mail servers take addresses as the same in any letter case. */
export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
