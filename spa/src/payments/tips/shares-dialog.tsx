import { useLayoutEffect, useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import type { CharterTips, Person } from "../../data/contract";
import { type AskedShare, listPeople, shareTips } from "../../data/later-api";
import { tipsLimits } from "../../data/later-limits";
import { useAnswer } from "../../lib/answer";
import { formatMoney } from "../../lib/money";
import { formatDay } from "../../lib/time";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { type Errors, unplaced } from "../../ui/form/field";
import { Select } from "../../ui/form/select";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";
import { RemoveButton } from "../parts/remove-button";
import {
  addShare,
  candidates,
  MOST_SHARES,
  readShares,
  type Share,
  sharedCents,
  sharerName,
  startShares,
} from "./shares";
import "../parts/parts.css";
import "./tips.css";

interface Props {
  /** As it was read last. */
  charter: CharterTips;
  /** The tips are to be read again: they were shared out, or others came in since. */
  onChange(): void;
  onClose(): void;
}

/** Shares the tips of a charter out by hand, to the cent. */
export function SharesDialog({ charter, onChange, onClose }: Props) {
  const [shares, setShares] = useState(() => startShares(charter));
  const asked = useAnswer(listPeople, []);
  const people = asked.answer ?? [];
  /** How often a row was added. */
  const [added, setAdded] = useState(0);
  const { form, errors, failure, doing, attempt } = useForm();
  const { event_id, title, starts_at, timezone, currency, tips_cents, division } = charter;
  const read = readShares(shares, charter);

  // The new row gets the cursor before the next key is typed.
  useLayoutEffect(() => {
    if (added > 0) form.current?.querySelector<HTMLInputElement>(".tip-share:last-child input")?.focus();
  }, [added]);

  const save = (asked: AskedShare[], wrong: Errors, done: string) =>
    attempt({ doing: "Saving…", failed: "Not saved.", wrong }, async () => {
      try {
        await shareTips(event_id, asked);
      } catch (error) {
        // Other tips may have come in since.
        if (error instanceof ApiError && error.fields.shares) onChange();
        throw error;
      }
      onChange();
      announce(done);
      onClose();
    });
  const change = (key: number, to: Partial<Share>) =>
    setShares((shares) => shares.map((share) => (share.key === key ? { ...share, ...to } : share)));
  const left_cents = tips_cents - sharedCents(shares, currency);
  return (
    <Dialog title="Share out tips" onClose={onClose}>
      <DialogForm
        form={form}
        submit="Save shares"
        onSubmit={() => save(read.asked ?? [], read.errors ?? {}, `Shares of ${title} are saved.`)}
        beside={
          division === "by_hand" && (
            <Button disabled={doing !== ""} onClick={() => void save([], {}, `${title} is shared equally.`)}>
              Share equally
            </Button>
          )
        }
        onClose={onClose}
        doing={doing}
        failure={[errors.shares, failure, unplaced(errors, ["shares"])].filter(Boolean).join(" ")}
      >
        <p class="dialog-about">
          <strong>{title}</strong>
          <span>
            {formatDay(starts_at, timezone)}, {formatMoney(tips_cents, currency)} of tips
          </span>
        </p>
        <div class="rows">
          {shares.map((share, place) => (
            <ShareFields
              key={share.key}
              share={share}
              name={share.isTyped ? share.name : sharerName(share, people, shares)}
              currency={currency}
              errors={errorsOf(errors, place)}
              onChange={(to) => change(share.key, to)}
              onRemove={() => setShares((shares) => shares.filter(({ key }) => key !== share.key))}
            />
          ))}
        </div>
        {shares.length < MOST_SHARES && (
          <AddPerson
            people={people}
            failed={asked.error !== null}
            shares={shares}
            onAdd={(person) => {
              setShares((shares) => addShare(shares, person));
              setAdded((added) => added + 1);
            }}
          />
        )}
        <dl class="part-sum tip-share-sum">
          <dt>Tips</dt>
          <dd>{formatMoney(tips_cents, currency)}</dd>
          <dt>Shares</dt>
          <dd>{formatMoney(tips_cents - left_cents, currency)}</dd>
          <dt>{left_cents < 0 ? "Too much" : "Left to share"}</dt>
          <dd class={left_cents === 0 ? undefined : "tone-due"}>{formatMoney(Math.abs(left_cents), currency)}</dd>
        </dl>
      </DialogForm>
    </Dialog>
  );
}

/** What is wrong with one row. */
function errorsOf(errors: Errors, place: number): string[] {
  return Object.entries(errors)
    .filter(([name]) => name === `shares.${place}` || name.startsWith(`shares.${place}.`))
    .map(([, message]) => message);
}

interface ShareProps {
  share: Share;
  /** What it stands under. */
  name: string;
  currency: string;
  errors: readonly string[];
  onChange(change: Partial<Share>): void;
  onRemove(): void;
}

function ShareFields({ share, name, currency, errors, onChange, onRemove }: ShareProps) {
  const { key, isTyped, amount } = share;
  const wrong = errors.length > 0 && { "aria-invalid": true as const, "aria-describedby": `tip-share-${key}-error` };
  return (
    <div class={`part-row tip-share${wrong ? " field-wrong" : ""}`}>
      {isTyped ? (
        <input
          aria-label="Name"
          {...wrong}
          autocomplete="off"
          maxLength={tipsLimits.shares.name.most}
          placeholder="Name"
          value={name}
          onInput={(event) => onChange({ name: event.currentTarget.value })}
        />
      ) : (
        <span class="tip-share-name">{name}</span>
      )}
      <input
        class="part-amount"
        aria-label={`Share of ${name || "somebody else"} (${currency})`}
        {...wrong}
        inputMode="decimal"
        autocomplete="off"
        value={amount}
        onInput={(event) => onChange({ amount: event.currentTarget.value })}
      />
      <RemoveButton label={`Remove ${name || "somebody else"}`} onClick={onRemove} />
      {wrong && (
        <p class="error" id={`tip-share-${key}-error`}>
          {errors.join(" ")}
        </p>
      )}
    </div>
  );
}

interface AddProps {
  people: readonly Person[];
  /** Whether they could not be read. */
  failed: boolean;
  shares: readonly Share[];
  /** Null is somebody whose name is typed. */
  onAdd(person: Person | null): void;
}

function AddPerson({ people, failed, shares, onAdd }: AddProps) {
  /** Null until somebody is chosen: then the first who is free is offered. */
  const [chosen, setChosen] = useState<string | null>(null);
  const found = candidates(people, shares);
  const offered = chosen ?? found[0]?.person_id ?? "";
  const add = () => {
    onAdd(found.find(({ person_id }) => person_id === offered) ?? null);
    setChosen(null);
  };
  return (
    <div class="tip-share-more">
      <Select
        label="Give a share to"
        error={failed ? "The list of people could not be loaded." : undefined}
        options={[
          ...found.map((person) => [person.person_id, sharerName(person, people, shares)] as const),
          ["", "Somebody else"],
        ]}
        value={offered}
        onChoose={setChosen}
      />
      <Button onClick={add}>Add</Button>
    </div>
  );
}
