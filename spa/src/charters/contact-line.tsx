import type { ComponentChildren } from "preact";
import type { Contact, MailProblem } from "../data/contract";
import { isSameAddress } from "../lib/names";
import { problemText } from "../mail/mail-text";
import { PhoneLink, TextLink } from "../ui/detail";

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
      <PhoneLink phone={phone} />
      {children ?? <TextLink phone={phone} name={name} />}
      {email && <a href={`mailto:${email}`}>{email}</a>}
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
