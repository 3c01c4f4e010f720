import { exportLog, readCheckpoint } from "../data/api";
import { useAnswer } from "../lib/answer";
import { DownloadButton } from "../ui/download-button";
import { Loaded } from "../ui/loaded";
import { entriesText } from "./waiver-text";

/** The log of all signatures: its head, the whole as a file, and how to check it. */
export function LogPanel() {
  const asked = useAnswer(readCheckpoint, []);
  return (
    <section class="panel" aria-labelledby="log">
      <div class="page-head">
        <h2 id="log">The log</h2>
        <DownloadButton file={exportLog} name="waivers.json" label="Download the log" />
      </div>
      <Loaded asked={asked} failed="The log’s head could not be loaded." rows={1} kind="line">
        {(checkpoint) => (
          <>
            <p>
              It has {entriesText(checkpoint)}. None can be changed or taken out without changing its head, which stands
              below and goes to you by mail on every day on which the log has grown.
            </p>
            <pre class="checkpoint">{checkpoint}</pre>
          </>
        )}
      </Loaded>
      <p class="hint">
        To check it, download it and save those mails, then run, on any computer with this product’s source and Python:{" "}
        <code>python -m tools.verify_waivers waivers.json --checkpoint *.eml</code>
      </p>
    </section>
  );
}
