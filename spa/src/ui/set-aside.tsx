import { useState } from "preact/hooks";
import type { RecordDetail } from "../data/contract";
import { setWaiverAside } from "../data/later-api";
import { Button } from "./button";
import { ReasonDialog } from "./dialog/reason-dialog";
import { announce } from "./notices";

interface Props {
  event_id: string;
  waiver_id: string;
  /** Of the covered person. */
  name: string;
  class?: string;
  /** Shows what has changed. */
  onDone(record: RecordDetail): Promise<unknown>;
}

/** Strikes a false or double signature, for a reason. */
export function SetAsideButton({ event_id, waiver_id, name, class: className = "quiet no-print", onDone }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button class={className} onClick={() => setAsking(true)}>
        Set aside…<span class="visually-hidden"> the signature of {name}</span>
      </Button>
      {asking && (
        <ReasonDialog
          title="Set aside"
          explanation={`For a false or double signature. This one of ${name} will count nowhere; it stays in the log, struck through, with your reason. This cannot be undone, but a guest can sign again.`}
          button="Set aside"
          onClose={() => setAsking(false)}
          act={async (reason) => {
            await onDone(await setWaiverAside(event_id, waiver_id, reason));
            announce(`The signature of ${name} is set aside.`);
          }}
        />
      )}
    </>
  );
}
