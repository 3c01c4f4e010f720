import type { Mail, MailProblem, MailStatus } from "../data/contract";
import { operatorTimezone } from "../lib/clock";
import { formatDay } from "../lib/time";

/** In the order of the page. */
export const mailNames: Record<MailStatus, string> = {
  queued: "Queued",
  failed: "Failed",
  uncertain: "Uncertain",
  sent: "Sent",
  cancelled: "Cancelled",
};

export const mailStatuses = Object.keys(mailNames) as MailStatus[];

/** What each state means for the desk. */
export const mailMeanings: Record<MailStatus, string> = {
  queued: "Still to go out. They are sent by themselves, and tried again when the mail server is down.",
  failed: "Given up after several tries. They did not arrive. Look at the reason, then try again.",
  uncertain:
    "These may or may not have arrived: the connection broke while they were handed over. Ask the patron, or send again.",
  sent: "The mail server has taken them.",
  cancelled: "Never sent: not needed any more, or held back by a limit. The reason stands with each.",
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
  batch_receipt: "Receipt for several payments",
  corrected: "Corrected payment",
  correction: "Correction",
  bounce: "Bounce notice",
  balance_reminder: "Balance reminder",
  statement: "Statement",
  option_expired: "Option ended",
  waiver_copy: "Copy of a waiver",
  waiver_reminder: "Waiver reminder",
  waiver_again: "Request to sign again",
  crew_asked: "Question to captain or crew",
  crew_reminder: "Reminder to answer",
  crew_assigned: "Assigned to a charter",
  crew_changed: "Change for captain or crew",
  crew_off: "Told that it is off",
  position_open: "Nobody left to ask",
  charter_changed: "News of a change",
  charter_cancelled: "Cancellation",
  checkpoint: "Daily proof of the waivers",
  ledger_checkpoint: "Daily proof of the ledger",
  log_alarm: "Alarm about the records",
  manifest: "Manifest",
};

/** A kind that is not in the table is shown by its own name. */
export function kindText(kind: string): string {
  const name = kind.replaceAll("_", " ");
  return kinds[kind] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

export function attemptsText(attempts: number): string {
  if (attempts === 0) return "not tried yet";
  return attempts === 1 ? "tried once" : `tried ${attempts} times`;
}

/** The time that matters about a mail, and what happened then. */
export function mailMoment({ status, created_at, due_at, finished_at }: Mail): { text: string; at: string } {
  if (status === "queued") {
    return due_at ? { text: "Next try", at: due_at } : { text: "Queued since", at: created_at };
  }
  const texts = { failed: "Given up", uncertain: "Last try", sent: "Sent", cancelled: "Cancelled" };
  return finished_at ? { text: texts[status], at: finished_at } : { text: "Queued since", at: created_at };
}

/** Of a mail about personal data that was erased no address is left. */
export function isErased({ to }: Mail): boolean {
  return to === "";
}

export function needsLook({ status }: Mail): boolean {
  return status === "failed" || status === "uncertain";
}

/** A guest may want the copy of a waiver again: the link in it is good for 90 days. */
export function mayRetry(mail: Mail): boolean {
  const again = mail.kind === "waiver_copy" && mail.status !== "queued";
  return !isErased(mail) && (needsLook(mail) || again);
}

/** How many mails need somebody to look; pages are counted as far as they were read. */
export function needText(count: number, more: boolean): string {
  if (count === 0) return "";
  if (more) return `More than ${count} mails need you`;
  return count === 1 ? "1 mail needs you" : `${count} mails need you`;
}

/** `Mail to ana@example.com bounced on Wed, Nov 25: mailbox full` */
export function problemText({ email, problem, at, detail }: MailProblem): string {
  const what = problem === "bounced" ? `Mail to ${email} bounced` : `The reader of ${email} marked our mail as spam`;
  const when = formatDay(at, operatorTimezone());
  return `${what} on ${when}${detail ? `: ${detail}` : ""}`;
}
