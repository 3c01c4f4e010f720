import type { ComponentChildren } from "preact";

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
  return phone ? <a href={`tel:${digits(phone)}`}>{phone}</a> : null;
}

/** Opens the device's messages. */
export function TextLink({ phone, name }: { phone: string; name: string }) {
  if (!phone) return null;
  return (
    <a href={`sms:${digits(phone)}`}>
      Text<span class="visually-hidden"> {name}</span>
    </a>
  );
}

const digits = (phone: string) => phone.replace(/[^+\d]/g, "");
