import type { Asked, Charter, Person, Position } from "../../data/contract";
import { formatDay, formatRecent, formatSpan } from "../../lib/time";
import { roleNames } from "../../ui/crew/roles";

/** What is sent by hand to somebody who holds a position or is asked to take it; the link opens their own page. */
export function messageText(
  charter: Charter,
  { role, state }: Position,
  { name, page_url }: Pick<Person, "name" | "page_url">,
): string {
  const [first = name] = name.trim().split(/\s+/);
  const { title, starts_at, ends_at, timezone, vessel, departure_port } = charter;
  const trip = [
    title,
    `${formatDay(starts_at, timezone)}, ${formatSpan(starts_at, ends_at, timezone)}`,
    vessel,
    departure_port && `from ${departure_port}`,
  ];
  const what = `${trip.filter(Boolean).join(", ")}.`;
  if (state === "asked")
    return `Hi ${first}, can you sail as ${roleNames[role].toLowerCase()}? ${what} Please answer here: ${page_url}`;
  if (state === "unconfirmed")
    return `Hi ${first}, this charter has changed: ${what} Please answer again here: ${page_url}`;
  return `Hi ${first}, you sail as ${roleNames[role].toLowerCase()}: ${what} All about it is here: ${page_url}`;
}

const answers: Record<NonNullable<Asked["answer"]>, string> = {
  accepted: "accepted",
  declined: "declined",
  late: "did not answer in time",
  bounced: "was not reached: the mail came back",
  withdrawn: "was told that it is off",
};

/** Who was asked, when, and what they said: latest first. */
export function askedTexts({ asked }: Position, timezone: string): string[] {
  return asked.map((one) => askedText(one, timezone)).reverse();
}

function askedText({ name, at, answer, reason }: Asked, timezone: string): string {
  const when = `asked ${formatRecent(at, timezone)}`;
  if (answer === null) return `${name} ${when}, no answer yet`;
  return `${name} ${when}, ${answers[answer]}${reason ? `: ${reason}` : ""}`;
}

/** Until when somebody may answer before the next one is asked; empty while no one is asked. */
export function answerByText({ state, answer_by }: Position, timezone: string): string {
  return state === "asked" && answer_by ? `The next is asked at ${formatRecent(answer_by, timezone)}` : "";
}

/** Whom a position means now: who holds it, or who is asked. */
export function personOf({ person, state, asked }: Position): { person_id: string; name: string } | null {
  return person ?? (state === "asked" ? (asked.at(-1) ?? null) : null);
}
