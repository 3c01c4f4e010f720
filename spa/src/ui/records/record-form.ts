import type { FormField } from "./field-kinds";

// A form that is drawn, read and compared by a table of its fields.

/** A part of a form: its title, and its fields in rows; those of one row stand beside each other where there is room. */
export interface FormPart<Name> {
  title: string;
  rows: readonly Name[][];
}

export type FieldTable = Readonly<Record<string, FormField>>;

/** What stands in a form, or what is sent of it, by field. */
export type Fields = Record<string, unknown>;

export function blankForm(table: FieldTable): Fields {
  return Object.fromEntries(Object.entries(table).map(([name, { blank }]) => [name, blank]));
}

export function writeForm(table: FieldTable, record: object): Fields {
  const sent = record as Fields;
  return Object.fromEntries(Object.entries(table).map(([name, field]) => [name, field.write(sent[name])]));
}

/** What is sent, and what is wrong, by field; nothing is sent while anything is. */
export function readForm(table: FieldTable, form: Fields): { body: Fields; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = Object.entries(table).map(([name, field]) => {
    const refuse = (message: string, path?: string) => {
      errors[path ? `${name}.${path}` : name] = message;
    };
    return [name, field.read(form[name], { refuse })] as const;
  });
  return { body: Object.fromEntries(read.filter(([, sent]) => sent !== undefined)), errors };
}

/** The fields that differ from the record as it was: what an edit sends. */
export function changedFields(table: FieldTable, body: Fields, record: object): Fields {
  const before = readForm(table, writeForm(table, record)).body;
  return Object.fromEntries(Object.entries(body).filter(([name, sent]) => !same(sent, before[name])));
}

/** A field that somebody else changed; `mine`: what was typed here is kept. */
export interface Theirs<Name extends string = string> {
  field: Name;
  value: string;
  mine: boolean;
}

interface Compared {
  typed: Fields;
  before: Fields;
  after: Fields;
}

/** Brings somebody else's edit under what was typed here: typing wins, the rest follows. */
export function mergeForms(
  fields: readonly [string, Pick<FormField, "show">][],
  { typed, before, after }: Compared,
): { form: Fields; theirs: Theirs[] } {
  const taken: Fields = {};
  const theirs: Theirs[] = [];
  for (const [name, field] of fields) {
    if (same(before[name], after[name])) continue;
    const mine = !same(typed[name], before[name]);
    if (!mine) taken[name] = after[name];
    if (same(typed[name], after[name])) continue;
    theirs.push({ field: name, value: field.show(after[name]), mine });
  }
  return { form: { ...typed, ...taken }, theirs };
}

export function mergeRecord(table: FieldTable, typed: Fields, base: object, current: object) {
  const compared = { typed, before: writeForm(table, base), after: writeForm(table, current) };
  return mergeForms(Object.entries(table), compared);
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
