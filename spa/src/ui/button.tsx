import type { JSX } from "preact";

/** A button that acts on this page and sends no form. */
export function Button(props: JSX.IntrinsicElements["button"]) {
  return <button type="button" {...props} />;
}
