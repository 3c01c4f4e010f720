import type { ComponentChildren } from "preact";
import type { Contact, MailProblem } from "../data/contract";
import { isSameAddress } from "../lib/names";
import { problemText } from "../mail/mail-text";
import { CallLink, MailLink, TextLink } from "../ui/contact-link";

interface Props {
  person: Contact;
  problems: readonly MailProblem[];
  /** Stands instead of the link to the device's empty messages. */
  children?: ComponentChildren;
}

/** A person and the ways to reach them, with what went wrong with their mail. */
export function ContactLine({ person: { name, email, phone }, problems, children }: Props) {
  return (
    <span class="contact">
      {name && <strong>{name}</strong>}
      <CallLink phone={phone} />
      {children ?? <TextLink phone={phone} name={name} />}
      <MailLink email={email} />
      {problems
        .filter((problem) => isSameAddress(problem.email, email))
        .map((problem) => (
          <strong key={problem.at + problem.problem} class="error contact-problem">
            {problemText(problem)}
          </strong>
        ))}
    </span>
  );
}
