import { type LocalMoment, MomentInput, readMoment, writeMoment } from "../../ui/schedule/moment-input";
import type { CharterField } from "./field-kinds";

/** A moment, typed by the clocks of the charter's time zone. */
export function moment(label: string): CharterField<LocalMoment, string> {
  return {
    label,
    blank: { local: "", fold: "earlier" },
    write: (sent, { timezone }) => writeMoment(sent, timezone),
    read: (value, { timezone, refuse }) => readMoment(value, timezone, refuse),
    show: ({ local }) => local.replace("T", " "),
    Input: ({ name, value, errors, timezone, onChange }) => (
      <MomentInput label={label} value={value} timezone={timezone} error={errors[name]} onChange={onChange} />
    ),
  };
}
