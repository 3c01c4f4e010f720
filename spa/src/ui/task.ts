import { useState } from "preact/hooks";
import { sentence } from "./page";

/**
 * Does one thing at a time. `failed` begins the sentence about a failure, which is kept as `failure`
 * or handed to `onFailure`.
 */
export function useTask(failed: string, onFailure?: (failure: string) => void) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async (work: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setFailure("");
    try {
      await work();
    } catch (error) {
      (onFailure ?? setFailure)(`${failed} ${sentence(error)}`);
    }
    setBusy(false);
  };
  return { busy, failure, run };
}
