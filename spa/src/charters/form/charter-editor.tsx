import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, editCharter, operator } from "../../data/api";
import { keepCharters } from "../../data/charters";
import type { Boat, Charter, CharterDetails, CharterEdit, Conflict, Person } from "../../data/contract";
import { createCharter, listBoats, listPatrons, listPeople, previewEdit } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { navigate } from "../../lib/browser/router";
import { nowMs, operatorTimezone } from "../../lib/clock";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { type Errors, focusFirstError, sentences, unplaced } from "../../ui/form/field";
import { announce } from "../../ui/notices";
import { sentence } from "../../ui/page";
import { TheirChanges } from "../../ui/records/form-parts";
import { type PreviewedMail, TellDialog } from "../notices/tell-dialog";
import { CharterFields } from "./charter-fields";
import {
  changes,
  charterForm,
  duplicateForm,
  type Merge,
  merge,
  newCharterForm,
  type Plan,
  plannedForm,
  readCharterForm,
} from "./charter-form";
import { type CharterForm, charterTable, type FieldName } from "./charter-table";
import { settleGuests } from "./guest-list";
import { type Refused, ScheduleConflict } from "./schedule-conflict";
import { completeAll, type Known, takeBoat, takePerson } from "./suggestions";

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

/** Whether people are to be told of an edit. */
interface Question {
  mails: readonly PreviewedMail[];
  body: CharterEdit;
  /** The whole of it. */
  details: CharterDetails;
}

interface Props {
  charter: Charter | null;
  /** A new charter begins as a copy of this one. */
  like?: Charter | undefined;
  /** Or at a place in the week. */
  plan?: Plan | undefined;
  /** By charter; those of new ones by what they begin with. */
  drafts: Map<string, CharterForm>;
  onClose(): void;
}

/** What an admin edits of a charter, or of a new one; what was typed is kept until it is saved. */
export function CharterEditor({ charter, like, plan, drafts, onClose }: Props) {
  const draftKey = charter?.event_id ?? newKey(like, plan);
  const pristine = () => (charter ? charterForm(charter) : newForm(like, plan));
  const lists = useAnswer(readKnown, []);
  const [base, setBase] = useState(charter);
  const [form, setForm] = useState(() => drafts.get(draftKey) ?? pristine());
  const [drafted, setDrafted] = useState(drafts.has(draftKey));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [theirs, setTheirs] = useState<Merge["theirs"]>([]);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [saving, setSaving] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
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

  /** With a reason it is booked whatever else is booked then. */
  const submit = async (override_reason?: string) => {
    // Rows that were not filled in would shift what the server says about the rows after them.
    const guests = settleGuests(form.guests);
    edit((form) => ({ ...form, guests }));
    const { body: details, errors } = readCharterForm({ ...form, guests });
    const body = details && { ...details, ...(override_reason ? { override_reason } : {}) };
    setErrors(errors ?? {});
    setFailure("");
    setRefused(null);
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
        if (mails.length > 0) setQuestion({ mails, body: edited, details: body });
        else await save(base.event_id, edited);
      } else {
        const text = JSON.stringify(body);
        // The same content sent again is the same charter; other content is another one.
        if (attempt.current.body !== text) attempt.current = { key: uuid7(), body: text };
        const saved = await createCharter(attempt.current.key, body);
        done(saved, `Created: ${saved.title}.`);
      }
    } catch (error) {
      failed(error, body);
    }
    setSaving(false);
  };

  const save = async (event_id: string, body: CharterEdit) => {
    const saved = await editCharter(event_id, body);
    done(saved, body.notify ? `Saved: ${saved.title}. The mails are on their way.` : `Saved: ${saved.title}.`);
  };

  const answer = async (event_id: string, body: CharterEdit, details: CharterDetails) => {
    setQuestion(null);
    setSaving(true);
    try {
      await save(event_id, body);
    } catch (error) {
      failed(error, details);
    }
    setSaving(false);
  };

  const failed = (error: unknown, body: CharterDetails) => {
    if (error instanceof ApiError && error.code === "ScheduleConflict") {
      const { starts_at, ends_at } = body;
      const conflicts = (error.answer.conflicts ?? []) as Conflict[];
      setRefused({ conflicts, starts_at, ends_at, timezone: form.timezone, event_id: base?.event_id ?? null });
      setFailure("Not saved: it is booked already. Look below the fields.");
      return;
    }
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

  const known = lists.answer && active(lists.answer);
  // Who types fast has typed a name before the lists are there.
  useEffect(() => {
    if (known && !charter && !like) setForm((form) => completeAll(form, emptyForm(), known));
  }, [known !== null]);

  const keepMade = ({ boat, person }: { boat?: Boat; person?: Person }) =>
    lists.setAnswer(({ boats, people, patrons }) => ({
      boats: boat ? [...boats, boat] : boats,
      people: person ? [...people, person] : people,
      patrons,
    }));

  const takeTheirs = (field: FieldName) => {
    if (base) {
      const { [field]: theirs, boat_id } = charterForm(base);
      edit((form) => ({ ...form, [field]: theirs, ...(field === "vessel" ? { boat_id } : {}) }));
    }
    setTheirs((theirs) => theirs.filter((other) => other.field !== field));
  };

  return (
    <>
      <DialogForm
        form={element}
        submit={charter ? "Save changes" : "Create charter"}
        onSubmit={() => submit()}
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
        <TheirChanges table={charterTable} theirs={theirs} onTake={takeTheirs} />
        <CharterFields form={form} errors={errors} known={known} onChange={edit} onMade={keepMade} />
        {refused && (
          <ScheduleConflict
            refused={refused}
            known={known}
            onBoat={(boat) => edit((form) => takeBoat(form, form, boat, known?.boats ?? []))}
            onCaptain={(person) => edit((form) => ({ ...form, captain: takePerson(person) }))}
            onOverride={(reason) => void submit(reason)}
          />
        )}
      </DialogForm>
      {question && base && (
        <TellDialog
          mails={question.mails}
          verb="Save"
          act={(notify) => answer(base.event_id, { ...question.body, notify }, question.details)}
          onClose={() => setQuestion(null)}
        />
      )}
    </>
  );
}

async function readKnown(): Promise<Known> {
  const [boats, people, patrons] = await Promise.all([listBoats(), listPeople(), listPatrons()]);
  return { boats, people, patrons };
}

function active({ boats, people, patrons }: Known): Known {
  return { boats: boats.filter(({ active }) => active), people: people.filter(({ active }) => active), patrons };
}

function newKey(like: Charter | undefined, plan: Plan | undefined): string {
  if (like) return `new like ${like.event_id}`;
  return plan ? `new ${plan.boat?.boat_id} ${plan.starts_at}` : "new";
}

function newForm(like: Charter | undefined, plan: Plan | undefined): CharterForm {
  if (like) return duplicateForm(like, nowMs());
  return plan ? plannedForm(plan, emptyForm()) : emptyForm();
}

/** In the operator's zone and currency, whatever other charters are in. */
function emptyForm(): CharterForm {
  return newCharterForm(operatorTimezone(), operator.currency);
}

function isCharter(value: unknown): value is Charter {
  return typeof value === "object" && value !== null && "event_id" in value && "version" in value;
}
