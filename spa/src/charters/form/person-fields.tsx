import type { Person } from "../../data/contract";
import { isBlank, nameList } from "../../lib/names";
import { Button } from "../../ui/button";
import type { Errors } from "../../ui/field";
import { TextInput } from "../../ui/text-input";
import type { CharterField, Reading } from "./field-kinds";
import { isEmailOrEmpty } from "./guest-list";

const nobody: Person = { name: "", email: "", phone: "" };

type Limits = Record<keyof Person, { most: number }>;

const shared = { blank: nobody, show: (value: Person) => Object.values(value).filter(Boolean).join(", ") || "nobody" };

/** One person who may be unknown: then all three are empty. */
export function person(label: string, limits: Limits): CharterField<Person, Person> {
  return {
    ...shared,
    label,
    write: (sent) => sent,
    read: readPerson,
    Input: ({ name, value, errors, onChange }) => <PersonFields {...{ name, value, limits, errors, onChange }} />,
  };
}

/** One person; nobody is sent as null. */
export function personOrNone(label: string, limits: Limits): CharterField<Person, Person | null> {
  return {
    ...person(label, limits),
    write: (sent) => sent ?? nobody,
    read: (value, reading) => {
      const read = readPerson(value, reading);
      return isNobody(read) ? null : read;
    },
  };
}

/** Several people; `noun` is what each is called. */
export function people(
  label: string,
  noun: string,
  limits: Limits & { most: number },
): CharterField<readonly Person[], Person[]> {
  return {
    label,
    blank: [],
    write: (sent) => sent,
    read: (value, { refuse, ...reading }) =>
      value
        .map((person, index) =>
          readPerson(person, { ...reading, refuse: (message, part = "name") => refuse(message, `${index}.${part}`) }),
        )
        .filter((person) => !isNobody(person)),
    show: (value) => nameList(value.map(({ name }) => name)) || "nobody",
    Input: ({ name, value, errors, onChange }) => (
      <>
        {value.map((person, index) => (
          // Rows have no identity of their own.
          <fieldset key={index} class="person">
            <legend>
              {noun} {index + 1}
            </legend>
            <PersonFields
              name={`${name}.${index}`}
              value={person}
              limits={limits}
              errors={errors}
              onChange={(person) => onChange(value.map((other, at) => (at === index ? person : other)))}
            />
            <Button class="quiet" onClick={() => onChange(value.filter((_, at) => at !== index))}>
              Remove {noun.toLowerCase()} {index + 1}
            </Button>
          </fieldset>
        ))}
        {errors[name] && <p class="error">{errors[name]}</p>}
        {value.length < limits.most && (
          <p>
            <Button onClick={() => onChange([...value, nobody])}>Add {noun.toLowerCase()}</Button>
          </p>
        )}
      </>
    ),
  };
}

function readPerson({ name, email, phone }: Person, { refuse }: Reading): Person {
  if (!isEmailOrEmpty(email)) refuse("This is not an email address.", "email");
  return { name: name.trim(), email: email.trim(), phone: phone.trim() };
}

function isNobody({ name, email, phone }: Person): boolean {
  return [name, email, phone].every(isBlank);
}

interface PersonFieldsProps {
  name: string;
  value: Person;
  limits: Limits;
  errors: Errors;
  onChange(person: Person): void;
}

function PersonFields({ name, value, limits, errors, onChange }: PersonFieldsProps) {
  const part = (key: keyof Person, label: string, type: "text" | "email" | "tel") => (
    <TextInput
      label={label}
      type={type}
      most={limits[key].most}
      error={errors[`${name}.${key}`] ?? (key === "name" ? errors[name] : undefined)}
      value={value[key]}
      onInput={(text) => onChange({ ...value, [key]: text })}
    />
  );
  return (
    <div class="pair">
      {part("name", "Name", "text")}
      {part("email", "Email", "email")}
      {part("phone", "Phone", "tel")}
    </div>
  );
}
