import type { PayTo } from "../data/contract";
import { settingsLimits as limits } from "../data/later-limits";
import { methods, paymentMethods } from "../data/limits";
import { Button } from "../ui/button";
import { Select } from "../ui/form/select";
import { TextInput } from "../ui/form/text-input";
import { choice, type FormField, flag, type InputProps, text, whole } from "../ui/records/field-kinds";
import type { FormPart } from "../ui/records/record-form";

const methodOptions = paymentMethods.map((method) => [method, methods[method].label] as const);

/** What an admin edits of the operator, by the API's names. */
export const settingsTable = {
  operator_name: text("Name", {
    most: limits.operator_name.most,
    required: "Give the operator's name.",
    hint: "Guests read it on their page and in mails.",
  }),
  operator_phone: text("Phone", { most: limits.operator_phone.most, hint: "Guests and crew call it." }),
  operator_email: text("Email", {
    most: limits.operator_email.most,
    required: "Give an email address.",
    hint: "Guests write to it, and what you should know is mailed to it.",
  }),
  guest_place_url: text("Map of where guests board", {
    most: limits.guest_place_url.most,
    hint: "A web address that begins with https://. Guests find it on their page.",
  }),
  pay_to: payTo("How to pay"),
  deposit_percent: whole("Deposit, percent of the fee", limits.deposit_percent, "50"),
  money_before_departure: choice(
    "Before a charter departs",
    { none: "No money needs to be there", deposit: "The deposit has to be there", full: "All has to be paid" },
    "none",
  ),
  crew_before_departure: flag(
    "Crew before departure",
    "A charter departs only with its crew",
    "Else an open position of the crew is shown, and holds nothing up. A captain is always needed.",
  ),
  captain_first: flag(
    "Captain first",
    "Ask crew only when a captain has accepted",
    "So the captain sails with whom they know. Without it both are asked at once.",
    true,
  ),
};

export const settingsParts: readonly FormPart<keyof typeof settingsTable>[] = [
  { title: "Who you are", rows: [["operator_name"], ["operator_phone", "operator_email"], ["guest_place_url"]] },
  { title: "How guests pay", rows: [["pay_to"]] },
  { title: "Before departure", rows: [["deposit_percent", "money_before_departure"], ["crew_before_departure"]] },
  { title: "Asking captain and crew", rows: [["captain_first"]] },
];

function payTo(label: string): FormField<readonly PayTo[], readonly PayTo[]> {
  return {
    label,
    blank: [],
    write: (sent) => sent,
    read: (value, { refuse }) =>
      value.map(({ method, text }, index) => {
        if (text.trim() === "") refuse("Say how, or remove it.", `${index}.text`);
        return { method, text: text.trim() };
      }),
    show: (value) => value.map(({ method, text }) => `${methods[method].label}: ${text}`).join("; ") || "nothing",
    Input: PayToFields,
  };
}

function PayToFields({ name, value, errors, onChange }: InputProps<readonly PayTo[]>) {
  const change = (index: number, part: Partial<PayTo>) =>
    onChange(value.map((way, at) => (at === index ? { ...way, ...part } : way)));
  const [next = "other"] = paymentMethods.filter((method) => value.every((way) => way.method !== method));
  return (
    <div class="stack">
      <p class="hint">Guests find these on their page, and patrons in what is mailed about money.</p>
      {value.map(({ method, text }, index) => (
        // Rows have no identity of their own.
        <fieldset key={index} class="person">
          <legend>Way to pay {index + 1}</legend>
          <Select
            label="By"
            options={methodOptions}
            value={method}
            error={errors[`${name}.${index}.method`]}
            onChoose={(method) => change(index, { method })}
          />
          <TextInput
            label="To whom, and how"
            rows={2}
            most={limits.pay_to.text.most}
            error={errors[`${name}.${index}.text`]}
            value={text}
            onInput={(text) => change(index, { text })}
          />
          <Button class="quiet" onClick={() => onChange(value.filter((_, at) => at !== index))}>
            Remove way to pay {index + 1}
          </Button>
        </fieldset>
      ))}
      {errors[name] && <p class="error">{errors[name]}</p>}
      {value.length < limits.pay_to.most && (
        <p>
          <Button onClick={() => onChange([...value, { method: next, text: "" }])}>Add a way to pay</Button>
        </p>
      )}
    </div>
  );
}
