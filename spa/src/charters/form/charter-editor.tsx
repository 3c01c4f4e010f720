import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, createCharter, editCharter, previewEdit } from "../../data/api";
import { charters, keepCharters } from "../../data/charters";
import type { Charter, CharterEdit } from "../../data/contract";
import { operatorTimezone } from "../../lib/clock";
import { navigate } from "../../lib/router";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { DialogForm } from "../../ui/dialog-form";
import { type Errors, focusFirstError, sentences, unplaced } from "../../ui/field";
import { announce } from "../../ui/notices";
import { sentence } from "../../ui/page";
import { type PreviewedMail, TellDialog } from "../notices/tell-dialog";
import { CharterFields } from "./charter-fields";
import { changes, charterForm, type Merge, merge, newCharterForm, readCharterForm } from "./charter-form";
import { type CharterForm, charterTable, type FieldName } from "./charter-table";
import { settleGuests } from "./guest-list";

/** People are asked to be told when one of these becomes another. */
const toldFields = [
  "starts_at",
  "ends_at",
  "timezone",
  "boat_id",
  "vessel",
  "departure_port",
  "return_port",
] as const satisfies readonly (keyof CharterEdit)[];

interface Props {
  charter: Charter | null;
  /** By charter; a new one's is "new". */
  drafts: Map<string, CharterForm>;
  onClose(): void;
}

/** What an admin edits of a charter, or of a new one; what was typed is kept until it is saved. */
export function CharterEditor({ charter, drafts, onClose }: Props) {
  const draftKey = charter?.event_id ?? "new";
  const pristine = () => (charter ? charterForm(charter) : emptyForm());
  const [base, setBase] = useState(charter);
  const [form, setForm] = useState(() => drafts.get(draftKey) ?? pristine());
  const [drafted, setDrafted] = useState(drafts.has(draftKey));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [theirs, setTheirs] = useState<Merge["theirs"]>([]);
  const [saving, setSaving] = useState(false);
  const [question, setQuestion] = useState<{ mails: readonly PreviewedMail[]; body: CharterEdit } | null>(null);
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
        const edited = { version: base.version, ...changed };
        const mails = toldFields.some((name) => name in changed)
          ? (await previewEdit(base.event_id, edited)).mails
          : [];
        if (mails.length > 0) setQuestion({ mails, body: edited });
        else await save(base.event_id, edited);
      } else {
        const text = JSON.stringify(body);
        // The same content sent again is the same charter; other content is another one.
        if (attempt.current.body !== text) attempt.current = { key: uuid7(), body: text };
        const saved = await createCharter(attempt.current.key, body);
        done(saved, `Created: ${saved.title}.`);
      }
    } catch (error) {
      failed(error);
    }
    setSaving(false);
  };

  const save = async (event_id: string, body: CharterEdit) => {
    const saved = await editCharter(event_id, body);
    done(saved, body.notify ? `Saved: ${saved.title}. The mails are on their way.` : `Saved: ${saved.title}.`);
  };

  const answer = async (event_id: string, body: CharterEdit) => {
    setQuestion(null);
    setSaving(true);
    try {
      await save(event_id, body);
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
    <>
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
      {question && base && (
        <TellDialog
          mails={question.mails}
          verb="Save"
          act={(notify) => answer(base.event_id, { ...question.body, notify })}
          onClose={() => setQuestion(null)}
        />
      )}
    </>
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
