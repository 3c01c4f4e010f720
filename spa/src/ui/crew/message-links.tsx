import type { Person } from "../../data/contract";
import { smsLink, whatsAppLink } from "../../lib/message-links";
import { ContactLink } from "../contact-link";

interface Props {
  text: string;
  person: Pick<Person, "name" | "phone">;
  /** Shows as buttons with words. */
  buttons?: boolean;
}

/** Opens the device's messages or WhatsApp with a text typed in that holds the link to somebody's own page. */
export function MessageLinks({ text, person: { name, phone }, buttons = false }: Props) {
  return (
    <>
      <ContactLink way="text" href={smsLink(text, phone)} text="Text the link" to={`to ${name}`} button={buttons} />
      <ContactLink way="chat" href={whatsAppLink(text, phone)} text="WhatsApp" to={`to ${name}`} button={buttons} />
    </>
  );
}
