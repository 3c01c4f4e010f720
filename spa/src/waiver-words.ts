import type { CharterEvent, Guest, RemindersAnswer, Warning } from "./contract";

/** `Ana R.`, as guests see each other's names too. */
export function shortName(name: string): string {
  const [first = "", ...rest] = name.trim().split(/\s+/);
  const last = [...(rest.at(-1) ?? "")][0];
  return last ? `${first} ${last}.` : first;
}

/** `Ana R., Bo S. +2`: the first ones by name, the others counted. */
export function shortList(names: readonly string[], most = 2): string {
  const shown = names.slice(0, most).map(shortName).join(", ");
  return names.length > most ? `${shown} +${names.length - most}` : shown;
}

/** Whether a charter takes signatures at this moment. */
export function takesSignatures(event: CharterEvent, now_ms: number): boolean {
  return event.status !== "cancelled" && (!isOver(event, now_ms) || isReopened(event, now_ms));
}

export function isOver({ ends_at }: CharterEvent, now_ms: number): boolean {
  return new Date(ends_at).getTime() <= now_ms;
}

export function isReopened({ waivers_open_until }: CharterEvent, now_ms: number): boolean {
  return new Date(waivers_open_until ?? 0).getTime() > now_ms;
}

/** What came of reminding the guests who have not signed. */
export function remindedWords(
  { reminded, skipped }: RemindersAnswer,
  guests: readonly Guest[],
): { words: string; good: boolean } {
  const names = (ids: readonly string[]) =>
    shortList(
      ids.map((id) => guests.find(({ guest_id }) => guest_id === id)?.name ?? "somebody"),
      3,
    );
  const because = (why: string) =>
    skipped.filter((one) => one.why === why).map(({ guest_id }) => guest_id);
  const parts = [
    { what: "Reminded", ids: reminded },
    { what: "Reminded less than six hours ago", ids: because("reminded_recently") },
    { what: "No email", ids: because("no_email") },
    { what: "Has signed meanwhile", ids: because("signed") },
  ].filter(({ ids }) => ids.length > 0);
  if (parts.length === 0) return { words: "Nobody is missing.", good: true };
  const words = parts
    .map(({ what, ids }) => `${what}: ${names(ids)}`.replace(/\.?$/, "."))
    .join(" ");
  return { words, good: reminded.length > 0 };
}

const shortWarnings: Record<string, string> = {
  return_port_differs: "Ends in another port",
  over_passenger_limit: "Over the passenger limit",
};

/** A warning in a few words; one that this release does not know is told in full. */
export function shortWarning({ code, message }: Warning): string {
  return shortWarnings[code] ?? message;
}
