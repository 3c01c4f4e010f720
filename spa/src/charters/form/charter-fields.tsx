import { useId } from "preact/hooks";
import type { Errors } from "../../ui/field";
import { withField } from "./charter-form";
import { type CharterForm, charterParts, charterTable, type FieldName } from "./charter-table";
import type { CharterField } from "./field-kinds";
import "./charter-fields.css";

interface Props {
  form: CharterForm;
  errors: Errors;
  onChange(change: (form: CharterForm) => CharterForm): void;
}

export function CharterFields(props: Props) {
  const id = useId();
  return (
    <>
      {charterParts.map(({ title, rows }, index) => (
        <section key={title} class="part stack" aria-labelledby={`${id}-${index}`}>
          <h3 id={`${id}-${index}`}>{title}</h3>
          {rows.map((names) => {
            const inputs = names.map((name) => <Input key={name} name={name} {...props} />);
            return names.length > 1 ? (
              <div key={names[0]} class="pair">
                {inputs}
              </div>
            ) : (
              inputs
            );
          })}
        </section>
      ))}
    </>
  );
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
