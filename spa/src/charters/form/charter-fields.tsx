import { useId } from "preact/hooks";
import type { Boat, Person } from "../../data/contract";
import type { Errors } from "../../ui/form/field";
import { FormParts } from "../../ui/records/form-parts";
import { withField } from "./charter-form";
import { type CharterForm, charterParts, charterTable, type FieldName } from "./charter-table";
import type { CharterField } from "./field-kinds";
import { BoatNote, PeopleNotes } from "./make-record";
import { complete, type Known, type Suggestion, suggestBoats, suggestPatrons, suggestPeople } from "./suggestions";

interface Props {
  form: CharterForm;
  errors: Errors;
  /** Null until the lists have been read, or when they could not be. */
  known: Known | null;
  onChange(change: (form: CharterForm) => CharterForm): void;
  onMade(made: { boat?: Boat; person?: Person }): void;
}

const NOTHING_KNOWN: Known = { boats: [], people: [], patrons: [] };

export function CharterFields(props: Props) {
  const { known } = props;
  const id = useId();
  const lists: Partial<Record<FieldName, string>> = known
    ? { vessel: `${id}-boats`, captain: `${id}-captains`, crew: `${id}-people`, patron: `${id}-patrons` }
    : {};
  const captains = known?.people.filter(({ roles }) => roles.includes("captain")) ?? [];
  return (
    <>
      <FormParts parts={charterParts}>
        {(name) => <Input key={name} name={name} list={lists[name]} {...props} />}
      </FormParts>
      {known && (
        <>
          <Suggestions id={lists.vessel} of={suggestBoats(known.boats)} />
          <Suggestions id={lists.captain} of={suggestPeople(captains)} />
          <Suggestions id={lists.crew} of={suggestPeople(known.people)} />
          <Suggestions id={lists.patron} of={suggestPatrons(known.patrons)} />
        </>
      )}
    </>
  );
}

function Suggestions({ id, of }: { id: string | undefined; of: readonly Suggestion<unknown>[] }) {
  return (
    <datalist id={id}>
      {of.map(({ value }) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}

function Input({ name, list, ...props }: Props & { name: FieldName; list: string | undefined }) {
  const { form, errors, known, onChange } = props;
  const field = charterTable[name] as CharterField;
  const type = (value: unknown) =>
    onChange((form) =>
      complete(form, withField(form, name, value as CharterForm[FieldName]), name, known ?? NOTHING_KNOWN),
    );
  return (
    <div>
      <field.Input
        name={name}
        value={form[name]}
        errors={errors}
        timezone={form.timezone}
        list={list}
        onChange={type}
      />
      {known && name === "vessel" && <BoatNote {...props} known={known} />}
      {known && (name === "captain" || name === "crew") && <PeopleNotes field={name} {...props} known={known} />}
    </div>
  );
}
