import type { Charter } from "../data/contract";
import { lazy } from "../ui/lazy";
import "./share.css";

/** What draws the QR code comes after the first load; without it the link can still be copied. */
export const LazyShare = lazy<{ event: Charter }>(
  async () => (await import("./share")).Share,
  ({ failed }) =>
    failed ? (
      <p class="hint">The QR code could not be loaded. Reload the page with a connection.</p>
    ) : (
      <div class="share-room" />
    ),
);
