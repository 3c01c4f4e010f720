import type { ComponentType } from "preact";
import { lazy, NotLoaded } from "../lazy";
import { Dialog } from "./dialog";

/** A dialog that is fetched when it is first opened; where that fails, it says so and offers to try again. */
export function lazyDialog<Props extends { onClose(): void }>(
  title: string,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  return lazy<Props>(load, ({ failed, onRetry, onClose }) =>
    failed ? (
      <Dialog title={title} onClose={onClose}>
        <div class="dialog-body">
          <NotLoaded onRetry={onRetry} />
        </div>
      </Dialog>
    ) : null,
  );
}
