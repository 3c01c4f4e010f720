import { useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import type { ComingCharter } from "../data/contract";
import { uuid7 } from "../lib/uuid";
import { type Errors, focusFirstError, sentences, unplaced } from "../ui/form/field";
import { sentence } from "../ui/page";
import {
  blankForm,
  changedFields,
  type Fields,
  type FieldTable,
  mergeRecord,
  readForm,
  type Theirs,
  writeForm,
} from "../ui/records/record-form";

interface Options<R> {
  table: FieldTable;
  /** Null makes a new one. */
  record: R | null;
  /** The same `key` stands for the same new record, however often it is sent. */
  create(key: string, body: Fields): Promise<R>;
  /** `changed`: what differs from `base`; `body`: the whole. */
  edit(base: R, changed: Fields, body: Fields): Promise<R>;
  onSaved(saved: R): void;
}

/** The form of a record with a version: what is typed, what is wrong with it, and what somebody else changed meanwhile. */
export function useRecordForm<R extends { version: number }>({ table, record, create, edit, onSaved }: Options<R>) {
  const element = useRef<HTMLFormElement>(null);
  const attempt = useRef({ key: "", body: "" });
  const [base, setBase] = useState(record);
  const [form, setForm] = useState(() => (record ? writeForm(table, record) : blankForm(table)));
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [saving, setSaving] = useState(false);
  const [theirs, setTheirs] = useState<readonly Theirs[]>([]);
  const [inUse, setInUse] = useState<readonly ComingCharter[]>([]);

  const change = (name: string, value: unknown) => setForm((form) => ({ ...form, [name]: value }));

  const submit = async () => {
    const { body, errors } = readForm(table, form);
    setErrors(errors);
    setFailure("");
    setInUse([]);
    if (Object.keys(errors).length > 0) {
      setFailure("Not saved. Correct what is marked.");
      focusFirstError(element.current);
      return;
    }
    setSaving(true);
    try {
      const saved = base ? await edit(base, changedFields(table, body, base), body) : await create(keyOf(body), body);
      setBase(saved);
      setForm(writeForm(table, saved));
      setTheirs([]);
      onSaved(saved);
    } catch (error) {
      failed(error);
    }
    setSaving(false);
  };

  const keyOf = (body: Fields) => {
    const text = JSON.stringify(body);
    if (attempt.current.body !== text) attempt.current = { key: uuid7(), body: text };
    return attempt.current.key;
  };

  const failed = (error: unknown) => {
    if (!(error instanceof ApiError)) {
      setFailure(`Not saved. ${sentence(error)}`);
      return;
    }
    if (base && isRecord<R>(error.current)) {
      const merged = mergeRecord(table, form, base, error.current);
      setBase(error.current);
      setForm(merged.form);
      setTheirs(merged.theirs);
      setFailure(`Not saved yet. ${error.message} Look at it, then save again.`);
      return;
    }
    setErrors(sentences(error.fields));
    setInUse((error.code === "InUse" && (error.answer.events as ComingCharter[])) || []);
    const marked = Object.keys(error.fields).length > 0;
    setFailure(`Not saved. ${marked ? "Correct what is marked." : error.message}`);
    focusFirstError(element.current);
  };

  const takeTheirs = (field: string) => {
    if (base) change(field, writeForm(table, base)[field]);
    setTheirs((theirs) => theirs.filter((other) => other.field !== field));
  };

  return {
    element,
    form,
    errors,
    change,
    submit,
    saving,
    failure: [failure, unplaced(errors, Object.keys(table))].filter(Boolean).join(" "),
    theirs,
    takeTheirs,
    inUse,
  };
}

function isRecord<R extends { version: number }>(value: unknown): value is R {
  return typeof value === "object" && value !== null && "version" in value;
}
