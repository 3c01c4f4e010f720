import { exportLog, readCheckpoint } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { DownloadButton } from "../ui/download-button";
import { Loaded } from "../ui/loaded";
import { entriesText } from "./waiver-text";

/** The log of all signatures: its head, the whole as a file, and how to check it. */
export function LogPanel() {
  const asked = useAnswer(readCheckpoint, []);
  return (
    <details class="panel entry-actions">
      <summary>The log{asked.answer && `: ${entriesText(asked.answer)}`}</summary>
      <Loaded asked={asked} failed="The log’s head could not be loaded." rows={1} kind="line">
        {(checkpoint) => (
          <>
            <p>
              Each signature is an entry, and so is each act of setting aside. None can be changed or taken out without
              changing the log’s head. It goes to you by mail on every day on which the log has grown, and is now:
            </p>
            <pre class="checkpoint">{checkpoint}</pre>
          </>
        )}
      </Loaded>
      <p class="buttons">
        <DownloadButton file={exportLog} name="waivers.json" label="Download the log" />
      </p>
      <p class="hint">
        To check it, save those mails beside it. With Python and this product’s source, on any computer:{" "}
        <code>python -m tools.verify_waivers waivers.json --checkpoint *.eml</code>
      </p>
    </details>
  );
}
