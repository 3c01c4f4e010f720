import type { Charter } from "../../data/contract";
import { Observable, useValue } from "../../lib/observable";
import { Dialog } from "../../ui/dialog";
import { lazy, NotLoaded } from "../../ui/lazy";
import { drafts } from "./drafts";

const opened = new Observable<{ charter: Charter | null } | null>(null);

/** Opens the form for a charter, or for a new one. */
export function openCharterDialog(charter: Charter | null = null): void {
  opened.value = { charter };
}

function closeCharterDialog(): void {
  opened.value = null;
}

export function forgetDrafts(): void {
  drafts.clear();
  closeCharterDialog();
}

/** The form is large, and the board shows without it: it is fetched when it is first opened. */
const CharterDialog = lazy(
  async () => (await import("./charter-dialog")).CharterDialog,
  ({ failed, onRetry }) =>
    failed ? (
      <Dialog title="Charter" onClose={closeCharterDialog}>
        <div class="dialog-body">
          <NotLoaded onRetry={onRetry} />
        </div>
      </Dialog>
    ) : null,
);

export function CharterDialogs() {
  const what = useValue(opened);
  if (!what) return null;
  return <CharterDialog charter={what.charter} onClose={closeCharterDialog} />;
}
