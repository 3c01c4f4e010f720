import type { Charter } from "../../data/contract";
import { Observable, useValue } from "../../lib/observable";
import { Dialog } from "../../ui/dialog/dialog";
import { lazy, NotLoaded } from "../../ui/lazy";
import { Skeleton } from "../../ui/page";
import type { Plan } from "./charter-form";
import type { CharterForm } from "./charter-table";

interface Opened {
  charter: Charter | null;
  like?: Charter | undefined;
  plan?: Plan | undefined;
}

const opened = new Observable<Opened | null>(null);

/** What was typed and not saved; it lives in this page only, for it holds contact data. */
const drafts = new Map<string, CharterForm>();

/** Without a charter for a new one, which may begin as a copy or at a place in the week. */
export function openCharterDialog(charter: Charter | null = null, like?: Charter, plan?: Plan): void {
  opened.value = { charter, like, plan };
}

function closeCharterDialog(): void {
  opened.value = null;
}

export function forgetDrafts(): void {
  drafts.clear();
  closeCharterDialog();
}

const Editor = lazy(
  async () => (await import("./charter-editor")).CharterEditor,
  ({ failed, onRetry }) => (
    <div class="dialog-body">{failed ? <NotLoaded onRetry={onRetry} /> : <Skeleton rows={5} kind="line" />}</div>
  ),
);

export function CharterDialogs() {
  const what = useValue(opened);
  if (!what) return null;
  return (
    <Dialog title={what.charter ? "Edit charter" : "New charter"} onClose={closeCharterDialog} wide>
      <Editor {...what} drafts={drafts} onClose={closeCharterDialog} />
    </Dialog>
  );
}
