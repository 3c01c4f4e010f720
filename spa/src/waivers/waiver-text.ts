import type { Charter, WaiverAudit, WaiverLanguage } from "../data/contract";

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

export function takesSignatures(event: Charter, now_ms: number): boolean {
  return event.status !== "cancelled" && (!isOver(event, now_ms) || isReopened(event, now_ms));
}

export function isOver({ ends_at }: Charter, now_ms: number): boolean {
  return new Date(ends_at).getTime() <= now_ms;
}

export function isReopened({ waivers_open_until }: Charter, now_ms: number): boolean {
  return new Date(waivers_open_until ?? 0).getTime() > now_ms;
}

export const languageNames: Record<WaiverLanguage, string> = { en: "English", es: "Spanish" };
export const languages = Object.keys(languageNames) as WaiverLanguage[];
