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
