import type { Contact, CrewMember } from "../../data/contract";
import { isBlank, nameList } from "../../lib/names";
import { Button } from "../../ui/button";
import type { Errors } from "../../ui/form/field";
import { TextInput } from "../../ui/form/text-input";
import type { CharterField, Reading } from "./field-kinds";
import { isEmailOrEmpty } from "./guest-list";

const nobody: Contact = { name: "", email: "", phone: "" };

type Limits = Record<keyof Contact, { most: number }>;

const shared = {
  blank: nobody,
  show: ({ name, email, phone }: Contact) => [name, email, phone].filter(Boolean).join(", ") || "nobody",
};

/** One person who may be unknown: then all three are empty. */
export function person(label: string, limits: Limits): CharterField<Contact, Contact> {
  return {
    ...shared,
    label,
    write: (sent) => sent,
    read: readPerson,
    Input: ({ name, value, errors, list, onChange }) => (
      <PersonFields {...{ name, value, limits, errors, list, onChange }} />
    ),
  };
}

/** One person; nobody is sent as null. */
export function personOrNone(label: string, limits: Limits): CharterField<Contact, Contact | null> {
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
): CharterField<readonly Contact[], Contact[]> {
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
    Input: ({ name, value, errors, list, onChange }) => (
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
              list={list}
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

/** Whoever comes from the list of people stays that person. */
function readPerson(person: Contact, { refuse }: Reading): Contact {
  const { name, email, phone } = person;
  if (!isEmailOrEmpty(email)) refuse("This is not an email address.", "email");
  return { ...person, name: name.trim(), email: email.trim(), phone: phone.trim() };
}

function isNobody({ name, email, phone }: Contact): boolean {
  return [name, email, phone].every(isBlank);
}

/** Under another name it is somebody else. */
function typed(person: Contact | CrewMember, key: keyof Contact, text: string): Contact {
  const unlinked = key === "name" && "person_id" in person ? { person_id: null } : {};
  return { ...person, ...unlinked, [key]: text };
}

interface PersonFieldsProps {
  name: string;
  value: Contact;
  limits: Limits;
  errors: Errors;
  list: string | undefined;
  onChange(person: Contact): void;
}

function PersonFields({ name, value, limits, errors, list, onChange }: PersonFieldsProps) {
  const part = (key: keyof Contact, label: string, type: "text" | "email" | "tel") => (
    <TextInput
      label={label}
      type={type}
      most={limits[key].most}
      error={errors[`${name}.${key}`] ?? (key === "name" ? errors[name] : undefined)}
      {...(key === "name" && list ? { list } : {})}
      value={value[key]}
      onInput={(text) => onChange(typed(value, key, text))}
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
