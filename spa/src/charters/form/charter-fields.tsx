import type { Errors } from "../../ui/field";
import { FormParts } from "../../ui/form-parts";
import { withField } from "./charter-form";
import { type CharterForm, charterParts, charterTable, type FieldName } from "./charter-table";
import type { CharterField } from "./field-kinds";

interface Props {
  form: CharterForm;
  errors: Errors;
  onChange(change: (form: CharterForm) => CharterForm): void;
}

export function CharterFields(props: Props) {
  return <FormParts parts={charterParts}>{(name) => <Input key={name} name={name} {...props} />}</FormParts>;
}

function Input({ name, form, errors, onChange }: Props & { name: FieldName }) {
  const field = charterTable[name] as CharterField;
  return (
    <field.Input
      name={name}
      value={form[name]}
      errors={errors}
      timezone={form.timezone}
      onChange={(value) => onChange((form) => withField(form, name, value as CharterForm[FieldName]))}
    />
  );
}
