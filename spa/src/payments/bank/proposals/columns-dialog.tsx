import { useState } from "preact/hooks";
import { formatMoney } from "../../../lib/money";
import { dayName } from "../../../lib/periods";
import { Dialog } from "../../../ui/dialog/dialog";
import { DialogForm } from "../../../ui/dialog/dialog-form";
import { type Option, optionsOf, Select } from "../../../ui/form/select";
import { type Columns, readColumns, type Sheet } from "../statement-file/columns";
import { ordersOf } from "../statement-file/days";
import type { DraftRow } from "../statement-file/rows";

type Role = Exclude<keyof Columns, "order" | "notation">;

const roles: Record<Role, string> = {
  date: "Date",
  amount: "Amount",
  debit: "Money out, where it stands apart",
  credit: "Money in, where it stands apart",
  side: "In or out, where it stands beside the amount",
  name: "Name",
  purpose: "What for",
  currency: "Currency",
  balance: "Balance",
};
const orders: Record<Columns["order"], string> = {
  mdy: "Month, day, year: 12/31/2026",
  dmy: "Day, month, year: 31.12.2026",
  ymd: "Year, month, day: 2026-12-31",
};
const notations: Record<NonNullable<Columns["notation"]>, string> = { point: "1,234.56", comma: "1.234,56" };
const SHOWN_ROWS = 4;
const YEAR_FIRST = /^\d{4}/;

interface Props {
  name: string;
  currency: string;
  sheet: Sheet;
  columns: Columns;
  onClose(): void;
  onChoose(sheet: Sheet, columns: Columns): void;
}

/** Which column is what, asked once for each form of file. */
export function ColumnsDialog({ name, currency, sheet, columns: guessed, onClose, onChoose }: Props) {
  const [columns, setColumns] = useState(guessed);
  const [failure, setFailure] = useState("");
  const { rows } = readColumns(sheet, columns, currency);
  const unreadable = rows.filter(({ date, amount_cents }) => date === null || amount_cents === null).length;

  const known = sheet.names.map((_, index): Option<string> => [String(index), columnText(sheet.names, index)]);

  const submit = async () => {
    const apart = columns.debit !== null && columns.credit !== null;
    if (columns.amount === null && !apart) setFailure("Choose the amount, or both money out and money in.");
    else if (columns.notation === null) setFailure("Choose how the amounts are written.");
    else onChoose(sheet, columns);
  };
  const choose = (role: Role, text: string) => {
    const index = text === "" ? null : Number(text);
    if (role !== "date" || index !== null) setColumns({ ...columns, [role]: index });
  };

  return (
    <Dialog title="Which column is what?" wide onClose={onClose}>
      <DialogForm submit="Read the file" onSubmit={submit} onClose={onClose} doing="" failure={failure}>
        <p>
          <strong>{name}</strong> is of no bank that is known here. What you choose is remembered on this device for
          files with the same columns.
        </p>
        <div class="bank-columns">
          {(Object.keys(roles) as Role[]).map((role) => (
            <Select
              key={role}
              label={roles[role]}
              options={role === "date" ? known : [["", "None"], ...known]}
              value={String(columns[role] ?? "")}
              onChoose={(column) => choose(role, column)}
            />
          ))}
          <Select
            label="Dates"
            options={optionsOf(orders)}
            value={columns.order}
            onChoose={(order) => setColumns({ ...columns, order })}
          />
          <Select
            label="Amounts"
            error={columns.notation === null && failure !== "" ? "These can be read in two ways." : undefined}
            options={columns.notation === null ? [["", "Choose"], ...optionsOf(notations)] : optionsOf(notations)}
            value={columns.notation ?? ""}
            onChoose={(notation) => setColumns({ ...columns, notation: notation || null })}
          />
        </div>
        <h3>So it reads</h3>
        {hasTwoOrders(sheet, columns) && <p>The days can be read in two ways: see that these are right.</p>}
        {unreadable > 0 && (
          <p class="tone-due">
            {unreadable} of {rows.length} rows cannot be read this way.
          </p>
        )}
        <ul class="bank-preview">
          {rows.slice(0, SHOWN_ROWS).map((row, index) => (
            <li key={index}>{previewText(row)}</li>
          ))}
        </ul>
      </DialogForm>
    </Dialog>
  );
}

function hasTwoOrders({ rows }: Sheet, { date }: Columns): boolean {
  return (
    ordersOf(rows.map((row) => row[date] ?? "")).length > 1 && !rows.some((row) => YEAR_FIRST.test(row[date] ?? ""))
  );
}

/** Of several columns of one name which one it is. */
function columnText(names: readonly string[], index: number): string {
  const name = names[index] ?? "";
  const before = names.slice(0, index).filter((other) => other === name).length;
  return before === 0 ? name : `${name}, no. ${before + 1}`;
}

function previewText({ date, amount_cents, currency, counterparty, reference }: DraftRow): string {
  const day = date === null ? "no date" : dayName(date);
  const amount = amount_cents === null ? "no amount" : formatMoney(amount_cents, currency);
  return [day, amount, counterparty, reference].filter(Boolean).join(", ");
}
