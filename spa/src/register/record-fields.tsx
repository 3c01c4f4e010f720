import type { Errors } from "../ui/form/field";
import type { FormField } from "../ui/records/field-kinds";
import { FormParts, TheirChanges } from "../ui/records/form-parts";
import type { Fields, FieldTable, FormPart, Theirs } from "../ui/records/record-form";

interface Props {
  table: FieldTable;
  parts: readonly FormPart<string>[];
  record: {
    form: Fields;
    errors: Errors;
    theirs: readonly Theirs[];
    change(name: string, value: unknown): void;
    takeTheirs(field: string): void;
  };
}

/** The inputs of a record's form, and above them what somebody else changed meanwhile. */
export function RecordFields({ table, parts, record }: Props) {
  return (
    <>
      <TheirChanges table={table} theirs={record.theirs} onTake={record.takeTheirs} />
      <FormParts parts={parts}>
        {(name) => {
          const field = table[name] as FormField;
          return (
            <field.Input
              key={name}
              name={name}
              value={record.form[name]}
              errors={record.errors}
              onChange={(value) => record.change(name, value)}
            />
          );
        }}
      </FormParts>
    </>
  );
}
