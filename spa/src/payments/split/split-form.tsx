import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Charter } from "../../data/contract";
import { batchLimits } from "../../data/later-limits";
import { methods, type PaymentMethod, paymentLimits, paymentMethods } from "../../data/limits";
import { type OutboxEntry, questionOf } from "../../data/outbox-entry";
import { formatMoney, formatMoneyShort } from "../../lib/money";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { type Errors, unplaced } from "../../ui/form/field";
import { RemoveButton } from "../parts/remove-button";
import { EmailField } from "../payment-fields";
import { methodNames, type PaymentForm, type SharedRequest } from "../payment-form";
import {
  addPart,
  afterText,
  changePart,
  nextKey,
  type Part,
  partsOf,
  type ReadParts,
  readParts,
  removePart,
  startParts,
  sumCents,
} from "./split";
import "../parts/parts.css";
import "./split.css";

export interface SplitProps {
  charter: Charter;
  /** What the payments are for. */
  about: ComponentChildren;
  /** The entry that was refused, or what is typed so far and whether a tip comes beside it. */
  start: { entry?: OutboxEntry; withTip?: boolean };
  form: PaymentForm;
  hasEmail: boolean;
  errors: Errors;
  failure: string;
  saving: boolean;
  set(change: Partial<PaymentForm>): void;
  /** Given what all parts share, `read` says what is to be sent. */
  onSubmit(read: (shared: SharedRequest) => ReadParts): Promise<unknown>;
  onClose(): void;
}

/** One entry for what happened: several methods, several payers, tips. */
export function SplitForm(props: SplitProps) {
  const { charter, form, hasEmail, errors, failure, saving, set, onSubmit, onClose } = props;
  const [parts, setParts] = useState(() => begin(props));
  // Made once, as that of the first part is: however often they are sent, they are these payments.
  const [ids] = useState(() => idsOf(props.start.entry));
  /** The part whose amount gets the cursor. */
  const [focused, setFocused] = useState(parts.at(-1)?.key ?? -1);
  const element = useRef<HTMLFormElement>(null);
  const { currency } = charter;
  const add = (kind: Part["kind"]) => {
    setParts((parts) => addPart(parts, kind, charter));
    setFocused(nextKey(parts));
  };

  // Before the next key is typed.
  useLayoutEffect(() => {
    const input = element.current?.querySelector<HTMLInputElement>(`#part-${focused}`);
    input?.focus();
    input?.select();
  }, [focused]);

  const line = (part: Part, index: number) => (
    <PartFields
      key={part.key}
      part={part}
      charter={charter}
      errors={errors}
      index={index}
      removable={parts.length > 1}
      onChange={(to) => setParts((parts) => changePart(parts, part.key, to, charter))}
      onRemove={() => setParts((parts) => removePart(parts, part.key, charter))}
    />
  );
  const settling = parts.filter(({ kind }) => kind !== "tip");
  const tips = parts.filter(({ kind }) => kind === "tip");
  const total_cents = sumCents(parts, currency);
  const inParts = parts.length > 1 ? ` in ${parts.length} parts` : "";
  return (
    <DialogForm
      form={element}
      submit={total_cents > 0 ? `Log ${formatMoneyShort(total_cents, currency)}${inParts}` : "Log payment"}
      onSubmit={() => onSubmit((shared) => readParts(parts, charter, shared, ids))}
      onClose={onClose}
      doing={saving ? "Saving…" : ""}
      failure={[failure, unplaced(errors, ["payments", "email"])].filter(Boolean).join(" ")}
    >
      {props.about}
      {settling.length > 0 && (
        <fieldset class="field">
          <legend>Paid with</legend>
          {settling.map((part) => line(part, parts.indexOf(part)))}
        </fieldset>
      )}
      {tips.length > 0 && (
        <fieldset class="field">
          <legend>Tip for the crew</legend>
          {tips.map((part) => line(part, parts.indexOf(part)))}
        </fieldset>
      )}
      {parts.length < batchLimits.payments.most && (
        <p class="adds">
          <Button onClick={() => add("balance")}>Another method</Button>
          <Button onClick={() => add("tip")}>{tips.length > 0 ? "Another tip" : "Add a tip"}</Button>
        </p>
      )}
      <dl class="part-sum split-sum">
        <dt>Balance</dt>
        <dd>{formatMoney(sumCents(settling, currency), currency)}</dd>
        <dt>{tips.length > 1 ? "Tips" : "Tip"}</dt>
        <dd>{formatMoney(sumCents(tips, currency), currency)}</dd>
        <dt>Received</dt>
        <dd>{formatMoney(total_cents, currency)}</dd>
        <dd>{afterText(parts, charter)}</dd>
      </dl>
      {!hasEmail && <EmailField charter={charter} form={form} errors={errors} set={set} />}
    </DialogForm>
  );
}

function begin({ charter, form, start }: SplitProps): Part[] {
  return start.entry ? partsOf(start.entry) : startParts(charter, form, start.withTip ?? false);
}

/** Of the parts after the first. Those of an entry that was never recorded stay. */
function idsOf(entry: OutboxEntry | undefined): string[] {
  const known = entry?.problem?.status === 409 && !questionOf(entry) ? [] : (entry?.rest ?? []);
  return Array.from({ length: batchLimits.payments.most }, (_, index) => known[index]?.payment_id ?? uuid7());
}

interface PartProps {
  part: Part;
  charter: Charter;
  errors: Errors;
  index: number;
  removable: boolean;
  onChange(change: Partial<Part>): void;
  onRemove(): void;
}

function PartFields({ part, charter, errors, index, removable, onChange, onRemove }: PartProps) {
  const { key, kind, method, amount, reference, payer } = part;
  const number = index + 1;
  const what = kind === "tip" ? "Tip" : "Amount";
  const error = Object.entries(errors).find(([name]) => name.startsWith(`payments.${index}.`))?.[1];
  return (
    <div class={`part-row split-part${error ? " field-wrong" : ""}`}>
      <select
        aria-label={`Method ${number}`}
        value={method}
        onChange={(event) => onChange({ method: event.currentTarget.value as PaymentMethod })}
      >
        {paymentMethods.map((name) => (
          <option key={name} value={name}>
            {methodNames[name]}
          </option>
        ))}
      </select>
      <input
        id={`part-${key}`}
        class="part-amount"
        aria-label={`${what} ${number} (${charter.currency})`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `part-${key}-error` : undefined}
        inputMode="decimal"
        autocomplete="off"
        value={amount}
        onInput={(event) => onChange({ amount: event.currentTarget.value })}
      />
      <RemoveButton label={`Remove ${methods[method].name} ${number}`} disabled={!removable} onClick={onRemove} />
      <input
        class="part-payer"
        aria-label={`Payer ${number}`}
        autocomplete="off"
        maxLength={paymentLimits.payer.most}
        placeholder={charter.patron.name || "Payer"}
        value={payer}
        onInput={(event) => onChange({ payer: event.currentTarget.value })}
      />
      {method !== "cash" && (
        <input
          class="part-reference"
          aria-label={`${methods[method].reference} ${number}`}
          autocomplete="off"
          maxLength={paymentLimits.reference.most}
          placeholder={methods[method].reference}
          inputMode={method === "check" ? "numeric" : "text"}
          value={reference}
          onInput={(event) => onChange({ reference: event.currentTarget.value })}
        />
      )}
      {error && (
        <p class="error" id={`part-${key}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
