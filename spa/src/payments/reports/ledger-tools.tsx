import { useState } from "preact/hooks";
import type { Payment } from "../../data/contract";
import { methods, type PaymentMethod, paymentMethods } from "../../data/limits";
import type { Period } from "../../lib/periods";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { TextInput } from "../../ui/text-input";
import { CsvButton, type OnlySome } from "../csv-button";
import { CharterFilters } from "./charter-filters";
import { newestFirst, type Order } from "./ledger-order";
import { stateNames } from "./ledger-text";
import type { OfCharters } from "./of-charters";
import { isUsual, UsualPeriods } from "./period-choice";
import { PeriodFields } from "./period-fields";
import "./ledger-tools.css";

/** Which payments of a period; what is empty is any. */
export type Only = OfCharters & { method: PaymentMethod | ""; status: Payment["status"] | "" };

interface Props {
  period: Period;
  onPeriod(period: Period): void;
  only: Only;
  onOnly(only: Only): void;
  search: string;
  onSearch(search: string): void;
  order: Order;
  onOrder(order: Order): void;
}

const methodNames = paymentMethods.map((name) => [name, methods[name].label] as const);
const states = Object.entries(stateNames) as [Payment["status"], string][];

/** On a phone, where the table has no heads to tap. */
const orders: readonly (readonly [name: string, order: Order])[] = [
  ["Newest first", newestFirst],
  ["Oldest first", { by: "date", down: false }],
  ["Largest first", { by: "amount", down: true }],
  ["By name", { by: "from", down: false }],
  ["By charter", { by: "charter", down: false }],
];

/** What chooses the payments of the ledger: one line. A phone keeps what is seldom used behind a button. */
export function LedgerTools(props: Props) {
  const { period, onPeriod, only, onOnly, search, onSearch, order, onOrder } = props;
  // What is chosen is in sight.
  const [open, setOpen] = useState(() => !isUsual(period) || Object.values(only).some(Boolean));
  return (
    <div class={`tools no-print${open ? " tools-open" : ""}`}>
      <UsualPeriods period={period} onChange={onPeriod} />
      <Button class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="only-desktop">Choose days</span>
        <span class="only-phone">Filters</span>
      </Button>
      <Choice
        label="Method"
        names={methodNames}
        value={only.method}
        onChoose={(method) => onOnly({ ...only, method })}
      />
      <div class="tools-search">
        <TextInput
          label="Find: name, amount, number"
          placeholder="Name, amount, number"
          value={search}
          onInput={onSearch}
        />
      </div>
      <div class="tools-seldom">
        <Choice label="State" names={states} value={only.status} onChoose={(status) => onOnly({ ...only, status })} />
        <CharterFilters period={period} of={only} onChange={(of) => onOnly({ ...only, ...of })} />
        <div class="only-phone">
          <OrderChoice order={order} onOrder={onOrder} />
        </div>
        <CsvButton period={period} only={asQuery(only)} />
      </div>
      {open && (
        <div class="tools-days">
          <PeriodFields period={period} onChange={onPeriod} />
        </div>
      )}
    </div>
  );
}

function OrderChoice({ order, onOrder }: Pick<Props, "order" | "onOrder">) {
  const chosen = orders.findIndex(([, { by, down }]) => by === order.by && down === order.down);
  return (
    <Field label="Order">
      {(props) => (
        <select
          {...props}
          value={chosen}
          onChange={(event) => onOrder(orders[Number(event.currentTarget.value)]?.[1] ?? newestFirst)}
        >
          {orders.map(([name], place) => (
            <option key={name} value={place}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** As the server is asked for them. */
export function asQuery({ method, status, ...of }: Only): OnlySome {
  return { ...of, ...(method ? { method } : {}), ...(status ? { status } : {}) };
}

interface ChoiceProps<Name extends string> {
  label: string;
  names: readonly (readonly [Name, string])[];
  value: Name | "";
  onChoose(name: Name | ""): void;
}

function Choice<Name extends string>({ label, names, value, onChoose }: ChoiceProps<Name>) {
  return (
    <Field label={label}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChoose(event.currentTarget.value as Name | "")}>
          <option value="">All {label.toLowerCase()}s</option>
          {names.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
