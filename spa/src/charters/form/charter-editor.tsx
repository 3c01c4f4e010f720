import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, createCharter, editCharter } from "../../data/api";
import { charters, keepCharters } from "../../data/charters";
import type { Charter } from "../../data/contract";
import { operatorTimezone } from "../../lib/clock";
import { navigate } from "../../lib/router";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { DialogForm } from "../../ui/dialog-form";
import { type Errors, focusFirstError, sentences, unplaced } from "../../ui/field";
import { announce } from "../../ui/notices";
import { sentence } from "../../ui/page";
import { CharterFields } from "./charter-fields";
import {
  boatOf,
  changes,
  charterForm,
  type Merge,
  merge,
  newCharterForm,
  type Plan,
  plannedForm,
  readCharterForm,
} from "./charter-form";
import { type CharterForm, charterTable, type FieldName } from "./charter-table";
import { settleGuests } from "./guest-list";

interface Props {
  charter: Charter | null;
  /** What a new one begins with. */
  plan: Plan | null;
  /** By charter; of new ones by what they began with. */
  drafts: Map<string, CharterForm>;
  onClose(): void;
}

/** What an admin edits of a charter, or of a new one; what was typed is kept until it is saved. */
export function CharterEditor({ charter, plan, drafts, onClose }: Props) {
  const draftKey = charter?.event_id ?? `new ${plan?.boat?.boat_id ?? ""} ${plan?.starts_at ?? ""}`;
  const pristine = () =>
    charter ? charterForm(charter) : plan ? plannedForm(plan, emptyForm(), operatorTimezone()) : emptyForm();
  const [base, setBase] = useState(charter);
  const [form, setForm] = useState(() => drafts.get(draftKey) ?? pristine());
  const [drafted, setDrafted] = useState(drafts.has(draftKey));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [theirs, setTheirs] = useState<Merge["theirs"]>([]);
  const [saving, setSaving] = useState(false);
  const attempt = useRef({ key: "", body: "" });
  const element = useRef<HTMLFormElement>(null);

  // It may have been fetched after the dialog opened.
  useLayoutEffect(() => element.current?.querySelector<HTMLElement>("[data-first]")?.focus(), []);

  const edit = (change: (form: CharterForm) => CharterForm) => {
    setForm((form) => {
      const next = change(form);
      drafts.set(draftKey, next);
      return next;
    });
  };

  const done = (saved: Charter, text: string) => {
    drafts.delete(draftKey);
    keepCharters([saved]);
    announce(text);
    onClose();
    if (!charter) navigate(`/events/${saved.event_id}`);
  };

  const submit = async () => {
    // Rows that were not filled in would shift what the server says about the rows after them.
    const guests = settleGuests(form.guests);
    edit((form) => ({ ...form, guests }));
    const { body, errors } = readCharterForm({ ...form, guests });
    setErrors(errors ?? {});
    setFailure("");
    if (!body) {
      setFailure("Not saved. Correct what is marked.");
      focusFirstError(element.current);
      return;
    }
    setSaving(true);
    try {
      if (base) {
        const changed = changes(body, base);
        if (Object.keys(changed).length === 0) {
          done(base, "Nothing was changed.");
          return;
        }
        const saved = await editCharter(base.event_id, { version: base.version, ...changed });
        done(saved, `Saved: ${saved.title}.`);
      } else {
        const planned = { ...body, ...boatOf(plan, body) };
        const text = JSON.stringify(planned);
        // The same content sent again is the same charter; other content is another one.
        if (attempt.current.body !== text) attempt.current = { key: uuid7(), body: text };
        const saved = await createCharter(attempt.current.key, planned);
        done(saved, `Created: ${saved.title}.`);
      }
      return;
    } catch (error) {
      failed(error);
    }
    setSaving(false);
  };

  const failed = (error: unknown) => {
    if (error instanceof ApiError && error.status === 409 && isCharter(error.current) && base) {
      const merged = merge(form, base, error.current);
      keepCharters([error.current]);
      setBase(error.current);
      setForm(merged.form);
      setTheirs(merged.theirs);
      setFailure(`Not saved yet. ${error.message} Look at it, then save again.`);
      return;
    }
    const fields = error instanceof ApiError ? error.fields : {};
    setErrors(sentences(fields));
    const marked = Object.keys(fields).length > 0;
    setFailure(`Not saved. ${marked ? "Correct what is marked." : sentence(error)}`);
    focusFirstError(element.current);
  };

  const takeTheirs = (field: FieldName) => {
    if (base) edit((form) => ({ ...form, [field]: charterForm(base)[field] }));
    setTheirs((theirs) => theirs.filter((other) => other.field !== field));
  };

  return (
    <DialogForm
      form={element}
      submit={charter ? "Save changes" : "Create charter"}
      onSubmit={submit}
      onClose={onClose}
      doing={saving ? "Saving…" : ""}
      failure={[failure, unplaced(errors, Object.keys(charterTable))].filter(Boolean).join(" ")}
    >
      {drafted && (
        <p class="strip strip-wait">
          What you typed before is back.{" "}
          <Button
            onClick={() => {
              drafts.delete(draftKey);
              setForm(pristine());
              setDrafted(false);
            }}
          >
            Start afresh
          </Button>
        </p>
      )}
      {theirs.length > 0 && <Theirs theirs={theirs} onTake={takeTheirs} />}
      <CharterFields form={form} errors={errors} onChange={edit} />
    </DialogForm>
  );
}

function Theirs({ theirs, onTake }: { theirs: Merge["theirs"]; onTake(field: FieldName): void }) {
  return (
    <div class="strip strip-wait" role="status">
      <p>
        <strong>Changed by somebody else meanwhile:</strong>
      </p>
      <ul class="theirs">
        {theirs.map(({ field, value, mine }) => (
          <li key={field}>
            {charterTable[field].label}: {value}{" "}
            {mine ? (
              <>
                (yours is kept) <Button onClick={() => onTake(field)}>Take theirs</Button>
              </>
            ) : (
              "(taken over)"
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** With the zone and currency of the charter that was read last. */
function emptyForm(): CharterForm {
  const latest = [...charters.value.values()].at(-1);
  return newCharterForm(latest?.timezone ?? operatorTimezone(), latest?.currency ?? "");
}

function isCharter(value: unknown): value is Charter {
  return typeof value === "object" && value !== null && "event_id" in value && "version" in value;
}
