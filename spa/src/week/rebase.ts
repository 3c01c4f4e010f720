import { same } from "../ui/records/record-form";

/** What is typed, over what somebody else has saved meanwhile: their fields are taken over where nothing else is typed. */
export function rebase<Form extends object>(typed: Form, before: Form, after: Form): Form {
  const taken = Object.keys(typed).filter((name) => same(fieldOf(typed, name), fieldOf(before, name)));
  return { ...typed, ...Object.fromEntries(taken.map((name) => [name, fieldOf(after, name)])) };
}

/** The fields that differ from those before. */
export function changed<Fields extends object>(now: Fields, before: Fields): Partial<Fields> {
  const entries = Object.entries(now).filter(([name, value]) => !same(value, fieldOf(before, name)));
  return Object.fromEntries(entries) as Partial<Fields>;
}

const fieldOf = (fields: object, name: string) => fields[name as keyof typeof fields] as unknown;
