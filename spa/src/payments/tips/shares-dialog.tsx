import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { CharterTips } from "../../data/contract";
import { type AskedShare, listPeople, shareTips } from "../../data/later-api";
import { tipsLimits } from "../../data/later-limits";
import { useAnswer } from "../../lib/answer";
import { formatMoney } from "../../lib/money";
import { formatDay } from "../../lib/time";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { DialogForm } from "../../ui/dialog-form";
import { type Errors, Field, unplaced } from "../../ui/field";
import { useForm } from "../../ui/form";
import { announce } from "../../ui/notices";
import { addShare, candidates, MOST_SHARES, readShares, type Share, sharedCents, startShares } from "./shares";
import "../split/split.css";
import "./tips.css";

interface Props {
  /** As it was read last. */
  charter: CharterTips;
  /** The tips are to be read again: they were shared out, or others came in meanwhile. */
  onChange(): void;
  onClose(): void;
}

/** Shares the tips of a charter out by hand, to the cent. */
export function SharesDialog({ charter, onChange, onClose }: Props) {
  const [shares, setShares] = useState(() => startShares(charter));
  /** The row that was added last: its first input gets the cursor. */
  const [added, setAdded] = useState(-1);
  const { form, errors, failure, doing, attempt } = useForm();
  const { event_id, title, starts_at, timezone, currency, tips_cents, division } = charter;
  const read = readShares(shares, charter);

  // Before the next key is typed.
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLInputElement>(`[data-share="${added}"] input`)?.focus();
  }, [added]);

  const save = (asked: AskedShare[], wrong: Errors, done: string) =>
    attempt({ doing: "Saving…", failed: "Not saved.", wrong }, async () => {
      try {
        await shareTips(event_id, asked);
      } finally {
        onChange();
      }
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
        {shares.map((share, place) => (
          <ShareFields
            key={share.key}
            share={share}
            currency={currency}
            errors={errorsOf(errors, place)}
            onChange={(to) => change(share.key, to)}
            onRemove={() => setShares((shares) => shares.filter(({ key }) => key !== share.key))}
          />
        ))}
        {shares.length < MOST_SHARES && (
          <AddPerson
            shares={shares}
            onAdd={(more) => {
              setShares(more);
              setAdded(more.at(-1)?.key ?? -1);
            }}
          />
        )}
        <dl class="split-sum">
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
  currency: string;
  errors: readonly string[];
  onChange(change: Partial<Share>): void;
  onRemove(): void;
}

function ShareFields({ share, currency, errors, onChange, onRemove }: ShareProps) {
  const { key, name, isTyped, amount } = share;
  const wrong = errors.length > 0 && { "aria-invalid": true as const, "aria-describedby": `share-${key}-error` };
  return (
    <div class={wrong ? "share field-wrong" : "share"} data-share={key}>
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
        <span class="share-name">{name}</span>
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
      <Button class="icon-button" aria-label={`Remove ${name || "somebody else"}`} onClick={onRemove}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6 6l12 12M18 6L6 18" />
        </svg>
      </Button>
      {wrong && (
        <p class="error" id={`share-${key}-error`}>
          {errors.join(" ")}
        </p>
      )}
    </div>
  );
}

function AddPerson({ shares, onAdd }: { shares: readonly Share[]; onAdd(shares: Share[]): void }) {
  const people = useAnswer(listPeople, []);
  const select = useRef<HTMLSelectElement>(null);
  const found = candidates(people.answer ?? [], shares);
  const add = () => {
    const chosen = found.find(({ person }) => person.person_id === select.current?.value);
    onAdd(addShare(shares, chosen?.person ?? null));
  };
  return (
    <div class="share-more">
      <Field
        label="Give a share to"
        error={people.error === null ? undefined : "The list of people could not be loaded."}
      >
        {(props) => (
          <select {...props} ref={select}>
            {found.map(({ person, label }) => (
              <option key={person.person_id} value={person.person_id}>
                {label}
              </option>
            ))}
            <option value="">Somebody else</option>
          </select>
        )}
      </Field>
      <Button onClick={add}>Add</Button>
    </div>
  );
}
