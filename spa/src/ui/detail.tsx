import type { ComponentChildren } from "preact";
import { dialled } from "../lib/message-links";

/** One row of a `<dl>`; nothing when there is nothing to say. */
export function Detail({ name, children }: { name: string; children: ComponentChildren }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function PhoneLink({ phone }: { phone: string }) {
  return phone ? <a href={`tel:${dialled(phone)}`}>{phone}</a> : null;
}

/** Opens the device's messages. */
export function TextLink({ phone, name }: { phone: string; name: string }) {
  if (!phone) return null;
  return (
    <a href={`sms:${dialled(phone)}`}>
      Text<span class="visually-hidden"> {name}</span>
    </a>
  );
}
