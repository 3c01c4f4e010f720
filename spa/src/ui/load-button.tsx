import { Button } from "./button";
import { useTask } from "./task";

/** Loads more on a tap, and says what went wrong. */
export function LoadButton({ label, load }: { label: string; load(): Promise<void> }) {
  const { busy, failure, run } = useTask("");
  return (
    <p class="load">
      <Button onClick={() => void run(load)} disabled={busy}>
        {busy ? "Loading…" : label}
      </Button>
      <span role="alert" class="error">
        {failure}
      </span>
    </p>
  );
}
