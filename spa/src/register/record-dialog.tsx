import type { ComponentChildren } from "preact";
import type { ComingCharter } from "../data/contract";
import { href } from "../lib/browser/router";
import { operatorTimezone } from "../lib/clock";
import { formatMoment } from "../lib/time";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { announce } from "../ui/notices";
import type { Fields, FieldTable, FormPart } from "../ui/records/record-form";
import { RecordFields } from "./record-fields";
import { useRecordForm } from "./use-record-form";

interface Props<R> {
  title: string;
  table: FieldTable;
  parts: readonly FormPart<string>[];
  /** Null makes a new one. */
  record: R | null;
  create(key: string, body: Fields): Promise<R>;
  edit(base: R, changed: Fields): Promise<R>;
  onSaved(saved: R): void;
  onClose(): void;
  /** What stands above the form; it may ask in a dialog of its own, whose form must not lie in this one. */
  children?: ComponentChildren;
}

/** Makes or edits a boat or a person. */
export function RecordDialog<R extends { name: string; version: number }>(props: Props<R>) {
  const { title, table, parts, record, create, edit, onSaved, onClose, children } = props;
  const form = useRecordForm<R>({
    table,
    record,
    create,
    edit: (base, changed) => (Object.keys(changed).length === 0 ? Promise.resolve(base) : edit(base, changed)),
    onSaved: (saved) => {
      onSaved(saved);
      announce(`Saved: ${saved.name}.`);
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose} wide>
      {children}
      <DialogForm
        form={form.element}
        submit={record ? "Save changes" : "Save"}
        onSubmit={form.submit}
        onClose={onClose}
        doing={form.saving ? "Saving…" : ""}
        failure={form.failure}
      >
        {form.inUse.length > 0 && <InUse charters={form.inUse} />}
        <RecordFields table={table} parts={parts} record={form} />
      </DialogForm>
    </Dialog>
  );
}

/** What has to be planned otherwise before a boat or a person can be set inactive. */
function InUse({ charters }: { charters: readonly ComingCharter[] }) {
  return (
    <div class="strip strip-bad">
      <ul class="rows">
        {charters.map(({ event_id, title, starts_at }) => (
          <li key={event_id}>
            <a href={href(`/events/${event_id}`)}>{title}</a>, {formatMoment(starts_at, operatorTimezone())}
          </li>
        ))}
      </ul>
    </div>
  );
}
