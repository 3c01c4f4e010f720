import type { JSX } from "preact";

/** A button that acts on this page and sends no form. */
export function Button(props: JSX.IntrinsicElements["button"]) {
  return <button type="button" {...props} />;
}

/** Hands the page to the browser's own print dialog; the print style leaves the desk's controls out. */
export function PrintButton({ label = "Print" }: { label?: string }) {
  return <Button onClick={() => window.print()}>{label}</Button>;
}
