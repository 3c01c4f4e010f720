import { dialled } from "../lib/message-links";
import "./contact-link.css";

/** The strokes of drawings of 24 by 24. */
const icons = {
  call: "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
  text: "M4 5h16v11h-9l-4 4v-4H4z",
  chat: "M4 20l1.2-4A8 8 0 1 1 8 18.8zM9 9q0 6 6 6",
  mail: "M3 6h18v12H3zM3 7l9 6 9-6",
};

interface Props {
  way: keyof typeof icons;
  href: string;
  text: string;
  /** Whom it reaches, for those who do not see the name beside it. */
  to?: string;
  /** Shows as a button with its word. */
  button?: boolean;
}

/** One way to reach somebody: an icon where fingers tap, a number or an address where there is room to read it. */
export function ContactLink({ way, href, text, to, button = false }: Props) {
  const outside = way === "chat" ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return (
    <a class={button ? "button" : `contact-link contact-${way}`} href={href} title={text} {...outside}>
      {!button && (
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={icons[way]} />
        </svg>
      )}
      <span class={!button && isIcon(way) ? "visually-hidden" : undefined}>
        {text}
        {to && <span class="visually-hidden"> {to}</span>}
      </span>
    </a>
  );
}

/** Numbers and addresses are read where there is room; the other ways always show as an icon. */
const isIcon = (way: Props["way"]) => way === "text" || way === "chat";

export function CallLink({ phone }: { phone: string }) {
  return phone ? <ContactLink way="call" href={`tel:${dialled(phone)}`} text={phone} /> : null;
}

export function MailLink({ email }: { email: string }) {
  return email ? <ContactLink way="mail" href={`mailto:${email}`} text={email} /> : null;
}

/** Opens the device's messages. */
export function TextLink({ phone, name }: { phone: string; name: string }) {
  return phone ? <ContactLink way="text" href={`sms:${dialled(phone)}`} text="Text" to={name} /> : null;
}
