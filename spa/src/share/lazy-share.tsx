import { useEffect, useState } from "preact/hooks";
import type { CharterEvent } from "../data/contract";
import "./share.css";

type Module = typeof import("./share");

let loaded: Module | null = null;

/** What draws the QR code comes after the first load; without it the link can still be copied. */
export function LazyShare({ event }: { event: CharterEvent }) {
  const [module, setModule] = useState(loaded);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (module) return;
    import("./share").then(
      (found) => {
        loaded = found;
        setModule(found);
      },
      () => setFailed(true),
    );
  }, []);
  if (module) return <module.Share event={event} />;
  return failed ? (
    <p class="hint">The QR code could not be loaded. Reload the page with a connection.</p>
  ) : (
    <div class="share-room" />
  );
}
