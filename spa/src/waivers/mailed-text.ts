import type { AskedAgain, ListedGuest, OutdatedSigner, RemindersSent } from "../data/contract";
import { nameList } from "../lib/names";

/** The result of reminding guests who have not signed. */
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

/** Who got a mail and who did not, by the reason. */
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

/** `Ana R., Bo S. +2`: the first ones by name, the others counted. */
export function shortList(names: readonly string[], most = 2): string {
  const shown = nameList(names.slice(0, most).map(shortName));
  return names.length > most ? `${shown} +${names.length - most}` : shown;
}

/** `Ana R.`, as guests see each other's names too. */
export function shortName(name: string): string {
  const [first = "", ...rest] = name.trim().split(/\s+/);
  const last = [...(rest.at(-1) ?? "")][0];
  return last ? `${first} ${last}.` : first;
}
