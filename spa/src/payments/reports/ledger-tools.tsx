import { useState } from "preact/hooks";
import type { Payment } from "../../data/contract";
import type { PaymentMethod } from "../../data/limits";
import type { Period } from "../../lib/periods";
import { Button } from "../../ui/button";
import { type Option, optionsOf, Select } from "../../ui/form/select";
import { TextInput } from "../../ui/form/text-input";
import { CsvButton, type OnlySome } from "../csv-button";
import { methodNames } from "../payment-form";
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

const methodOptions: readonly Option<Only["method"]>[] = [["", "All methods"], ...optionsOf(methodNames)];
const stateOptions: readonly Option<Only["status"]>[] = [["", "All states"], ...optionsOf(stateNames)];

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
      <Select
        label="Method"
        options={methodOptions}
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
        <Select
          label="State"
          options={stateOptions}
          value={only.status}
          onChoose={(status) => onOnly({ ...only, status })}
        />
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
    <Select
      label="Order"
      options={orders.map(([name], place) => [String(place), name] as const)}
      value={String(chosen)}
      onChoose={(place) => onOrder(orders[Number(place)]?.[1] ?? newestFirst)}
    />
  );
}

/** As the server is asked for them. */
export function asQuery({ method, status, ...of }: Only): OnlySome {
  return { ...of, ...(method ? { method } : {}), ...(status ? { status } : {}) };
}
