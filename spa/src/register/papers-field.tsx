import { Button } from "../ui/button";
import { optionsOf, Select } from "../ui/form/select";
import { TextInput } from "../ui/form/text-input";
import type { FormField, InputProps } from "../ui/records/field-kinds";
import type { Paper } from "./paper-state";

interface Limits {
  most: number;
  number_last4: { most: number };
  note: { most: number };
}

interface Kinds {
  /** What each kind of paper is called. */
  names: Readonly<Record<string, string>>;
  limits: Limits;
}

/** Certificates, licences and policies, each with its last day. */
export function papers<P extends Paper>(label: string, kinds: Kinds): FormField<readonly P[], readonly P[]> {
  return {
    label,
    blank: [],
    write: (sent) => sent,
    read: (value) =>
      value.map((paper) => ({ ...paper, number_last4: paper.number_last4.trim(), note: paper.note.trim() })),
    show: (value) =>
      value.map(({ kind, valid_until }) => `${kinds.names[kind]} ${valid_until ?? "(date unknown)"}`).join(", ") ||
      "none",
    Input: (props) => <PaperFields {...props} {...kinds} />,
  };
}

function PaperFields<P extends Paper>(props: InputProps<readonly P[]> & Kinds) {
  const { name, value, errors, names, limits, onChange } = props;
  const change = (index: number, part: Partial<Paper>) =>
    onChange(value.map((paper, at) => (at === index ? { ...paper, ...part } : paper)));
  const [first = "other"] = Object.keys(names).filter((kind) => value.every((paper) => paper.kind !== kind));
  const blank = { kind: first, number_last4: "", valid_until: null, note: "" } as P;
  return (
    <div class="stack">
      {value.map((paper, index) => (
        // Rows have no identity of their own.
        <fieldset key={index} class="person">
          <legend>Paper {index + 1}</legend>
          <div class="pair">
            <Select
              label="Kind"
              options={optionsOf(names)}
              value={paper.kind}
              error={errors[`${name}.${index}.kind`]}
              onChoose={(kind) => change(index, { kind })}
            />
            <TextInput
              label="Last day"
              hint="Empty: unknown."
              type="date"
              error={errors[`${name}.${index}.valid_until`]}
              value={paper.valid_until ?? ""}
              onInput={(day) => change(index, { valid_until: day || null })}
            />
            <TextInput
              label="Last 4 of its number"
              most={limits.number_last4.most}
              error={errors[`${name}.${index}.number_last4`]}
              value={paper.number_last4}
              onInput={(number_last4) => change(index, { number_last4 })}
            />
            <TextInput
              label="Note"
              most={limits.note.most}
              error={errors[`${name}.${index}.note`]}
              value={paper.note}
              onInput={(note) => change(index, { note })}
            />
          </div>
          <Button class="quiet" onClick={() => onChange(value.filter((_, at) => at !== index))}>
            Remove paper {index + 1}
          </Button>
        </fieldset>
      ))}
      {errors[name] && <p class="error">{errors[name]}</p>}
      {value.length < limits.most && (
        <p>
          <Button onClick={() => onChange([...value, blank])}>Add paper</Button>
        </p>
      )}
    </div>
  );
}
