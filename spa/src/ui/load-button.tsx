import { useState } from "preact/hooks";
import { sentence } from "./page";

/** Loads more on a tap, and says what went wrong. */
export function LoadButton({ label, load }: { label: string; load(): Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const click = async () => {
    setBusy(true);
    setFailure("");
    try {
      await load();
    } catch (error) {
      setFailure(sentence(error));
    }
    setBusy(false);
  };
  return (
    <p class="load">
      <button type="button" onClick={click} disabled={busy}>
        {busy ? "Loading…" : label}
      </button>
      <span role="alert" class="error">
        {failure}
      </span>
    </p>
  );
}
