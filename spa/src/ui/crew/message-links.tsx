import type { Person } from "../../data/contract";
import { smsLink, whatsAppLink } from "../../lib/message-links";

interface Props {
  text: string;
  person: Pick<Person, "name" | "phone">;
  class?: string;
}

/** Opens the device's messages or WhatsApp with a text typed in that holds the link to somebody's own page. */
export function MessageLinks({ text, person: { name, phone }, class: className }: Props) {
  return (
    <>
      <a class={className} href={smsLink(text, phone)}>
        Text the link<span class="visually-hidden"> to {name}</span>
      </a>
      <a class={className} href={whatsAppLink(text, phone)} target="_blank" rel="noopener noreferrer">
        WhatsApp<span class="visually-hidden"> to {name}</span>
      </a>
    </>
  );
}
