import { useEffect } from "preact/hooks";
import { markStarted } from "../lib/browser/started";
import { useValue } from "../lib/observable";
import { Button } from "../ui/button";
import { followReleases, newRelease, showNewRelease } from "./release";

/** Offers the new release, wherever the app is open. */
export function ReleaseStrip() {
  useEffect(() => {
    markStarted();
    void followReleases().catch(() => {});
  }, []);
  if (!useValue(newRelease)) return null;
  return (
    <div class="strip strip-calm" role="status">
      <p>A new version is ready.</p>
      <Button onClick={showNewRelease}>Reload</Button>
    </div>
  );
}
