import { Button } from "./button";
/** Hands the page to the browser's own print dialog; the print style leaves the desk's controls out. */
export function PrintButton({ label = "Print" }: { label?: string }) {
  return <Button onClick={() => window.print()}>{label}</Button>;
}
