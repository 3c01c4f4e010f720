import type {
  AskedAgain,
  Charter,
  CharterWarning,
  ListedGuest,
  OutdatedSigner,
  RemindersSent,
  WaiverAudit,
  WaiverLanguage,
} from "../data/contract";
import { nameList } from "../lib/names";

/** `Ana R.`, as guests see each other's names too. */
export function shortName(name: string): string {
  const [first = "", ...rest] = name.trim().split(/\s+/);
  const last = [...(rest.at(-1) ?? "")][0];
  return last ? `${first} ${last}.` : first;
}

const acts: Record<WaiverAudit["act"], string> = {
  opened: "Page opened",
  signed: "Signed",
  copy_sent: "Copy sent",
  viewed: "Read",
  // Not "read", and by nobody: mail scanners follow links, too.
  link_opened: "Link of the copy opened",
  set_aside: "Set aside",
  erased: "Personal data erased",
};

/** What was done to a record and by whom. A guest may be called "admin", so the name alone does not say it. */
export function auditText({ act, by, actor_type }: Pick<WaiverAudit, "act" | "by" | "actor_type">): {
  what: string;
  by: string;
} {
  const actors = { admin: `by ${by}`, signer: by ? `by the signer, ${by}` : "by the signer", link: "", system: "" };
  return { what: acts[act], by: actors[actor_type] };
}

/** How many entries the log has, by its checkpoint's second line. */
export function entriesText(checkpoint: string): string {
  const size = Number(checkpoint.split("\n")[1]);
  return size === 1 ? "1 entry" : `${size.toLocaleString("en-US")} entries`;
}

/** `Ana R., Bo S. +2`: the first ones by name, the others counted. */
export function shortList(names: readonly string[], most = 2): string {
  const shown = nameList(names.slice(0, most).map(shortName));
  return names.length > most ? `${shown} +${names.length - most}` : shown;
}

export function takesSignatures(event: Charter, now_ms: number): boolean {
  return event.status !== "cancelled" && (!isOver(event, now_ms) || isReopened(event, now_ms));
}

export function isOver({ ends_at }: Charter, now_ms: number): boolean {
  return new Date(ends_at).getTime() <= now_ms;
}

export function isReopened({ waivers_open_until }: Charter, now_ms: number): boolean {
  return new Date(waivers_open_until ?? 0).getTime() > now_ms;
}

export function remindedText(
  { reminded, skipped }: RemindersSent,
  guests: readonly ListedGuest[],
): { text: string; good: boolean } {
  const name = (id: string) => guests.find(({ guest_id }) => guest_id === id)?.name;
  const because = (why: string) => skipped.filter((one) => one.why === why).map(({ guest_id }) => guest_id);
  const text = outcome(
    [
      ["Reminded", reminded],
      ["Reminded less than six hours ago", because("reminded_recently")],
      ["No email", because("no_email")],
      ["Has signed meanwhile", because("signed")],
    ],
    name,
  );
  return { text: text || "Nobody is missing.", good: reminded.length > 0 || !text };
}

/** The result of asking the signers of an older text for the new one. */
export function askedText({ asked, skipped }: AskedAgain, signers: readonly OutdatedSigner[]): string {
  const name = (id: string) => signers.find(({ waiver_id }) => waiver_id === id)?.participant_name;
  const because = (why: string) => skipped.filter((one) => one.why === why).map(({ waiver_id }) => waiver_id);
  const text = outcome(
    [
      ["Asked", asked],
      ["Asked less than six hours ago", because("asked_recently")],
      ["No email", because("no_email")],
      ["Has signed the new text meanwhile", because("signed_current_text")],
    ],
    name,
  );
  return text || "Everybody has signed the new text.";
}

function outcome(
  parts: readonly (readonly [what: string, ids: readonly string[]])[],
  name: (id: string) => string | undefined,
): string {
  return parts
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => {
      const names = ids.map((id) => name(id) ?? "somebody");
      return `${what}: ${shortList(names, 3)}`.replace(/\.?$/, ".");
    })
    .join(" ");
}

export const languageNames: Record<WaiverLanguage, string> = { en: "English", es: "Spanish" };
export const languages = Object.keys(languageNames) as WaiverLanguage[];

const shortWarnings: Record<string, string> = {
  return_port_differs: "Ends in another port",
  captain_hours: "Captain over 12 hours",
};

/** A warning in a few words; one that is not in the table is shown in full. */
export function shortWarning({ code, message }: CharterWarning): string {
  return shortWarnings[code] ?? message;
}
