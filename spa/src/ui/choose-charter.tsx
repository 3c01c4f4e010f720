import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, listCharters, searchCharters } from "../data/api";
import { charters, keepListed } from "../data/charters";
import type { Charter } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { formatMoney } from "../lib/money";
import { fold, hasWords } from "../lib/names";
import { formatDay, formatTime, toRfc3339 } from "../lib/time";
import { Button } from "./button";
import { TextInput } from "./form/text-input";
import { Loaded } from "./loaded";
import "./choose-charter.css";

const DAY_MS = 24 * 3_600_000;
/** A deposit comes before its charter, a balance soon after. */
const DAYS_BACK = 7;
/** Who stands at the dock with a bad signal chooses from what the device knows after this time. */
const PATIENCE_MS = 2_000;
/** The server takes no longer search. */
const MOST_LETTERS = 100;
/** A charter on which nothing is due is as likely as one that is so much further away and not paid: it may be a tip. */
const PAID_AWAY_MS = 2 * DAY_MS;

const NONE = "There is no charter around this day. Find one by its name, or create it on the board.";

interface Props {
  /** When the money came: the charters that it is most likely for are listed first. */
  at_ms: number;
  /** The charter that the money is logged on now: it is not offered, and others of its patron come first. */
  from?: Charter;
  onChoose(charter: Charter): void;
}

/** Finds the charter that money is for: those around a moment, or any by its name. */
export function ChooseCharter({ at_ms, from, onChoose }: Props) {
  const [search, setSearch] = useState("");
  const asked = useAnswer(() => find(search.trim(), at_ms), [search.trim()]);
  // A phone's keyboard would cover the list, in which the likely one stands.
  const first = window.matchMedia("(hover: hover)").matches;
  return (
    <>
      <TextInput
        label="Find the charter: patron, guest, boat or title"
        most={MOST_LETTERS}
        first={first}
        value={search}
        onInput={setSearch}
      />
      <Loaded asked={asked} failed="The charters could not be loaded." rows={2}>
        {(found) => {
          const offered = likelyFirst(found, at_ms, from);
          return (
            <ul class="choose-charter">
              {offered.map((charter) => (
                <li key={charter.event_id}>
                  <Button onClick={() => onChoose(charter)}>
                    <span>{charter.title}</span>
                    {charter.balance.balance_due_cents > 0 ? <b>{dueText(charter)}</b> : <i>{dueText(charter)}</i>}
                    <small>{whenText(charter)}</small>
                  </Button>
                </li>
              ))}
              {offered.length === 0 && <li>{search.trim() ? "No charter was found." : NONE}</li>}
            </ul>
          );
        }}
      </Loaded>
    </>
  );
}

/** What is said of the chosen charter. The button that was tapped is gone, so the focus goes here. */
export function Chosen({ children }: { children: ComponentChildren }) {
  const text = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => text.current?.focus(), []);
  return (
    <p ref={text} tabIndex={-1}>
      {children}
    </p>
  );
}

async function find(search: string, at_ms: number): Promise<readonly Charter[]> {
  const known = [...charters.value.values()].filter((charter) => hasWords(textOf(charter), search));
  const asked = ask(search, at_ms).catch((error: unknown) => {
    const away = error instanceof ApiError && ["network", "timeout"].includes(error.failure);
    if (away && known.length > 0) return known;
    throw error;
  });
  if (known.length === 0) return asked;
  return Promise.race([asked, new Promise<Charter[]>((resolve) => setTimeout(() => resolve(known), PATIENCE_MS))]);
}

async function ask(search: string, at_ms: number): Promise<Charter[]> {
  const asked_at_ms = performance.now();
  const from = toRfc3339(new Date(at_ms - DAYS_BACK * DAY_MS));
  const { events } = search === "" ? await listCharters({ from, limit: 100 }) : await searchCharters(search);
  keepListed(events, asked_at_ms);
  return events;
}

function textOf({ title, vessel, patron, guests }: Charter): string {
  return [title, vessel, patron.name, ...guests.map(({ name }) => name)].join(" ");
}

/**
 * Those around the moment first, those with something due before those that are paid; cancelled and paid ones last. Of
 * money that leaves a charter, those of the same patron before all others.
 */
export function likelyFirst(found: readonly Charter[], at_ms: number, from?: Charter): Charter[] {
  const others = found.filter(({ event_id }) => event_id !== from?.event_id);
  const isOfPatron = ({ patron }: Charter) => patron.name !== "" && fold(patron.name) === fold(from?.patron.name ?? "");
  return others
    .map((charter) => ({ charter, other: Number(!isOfPatron(charter)), away_ms: awayMs(charter, at_ms) }))
    .sort((a, b) => a.other - b.other || a.away_ms - b.away_ms)
    .map(({ charter }) => charter);
}

function awayMs({ starts_at, ends_at, status, balance }: Charter, at_ms: number): number {
  const away_ms = Math.max(Date.parse(starts_at) - at_ms, at_ms - Date.parse(ends_at), 0);
  if (balance.balance_due_cents > 0) return away_ms;
  return status === "cancelled" ? Number.MAX_SAFE_INTEGER : away_ms + PAID_AWAY_MS;
}

/** `Fri, Nov 27, 3:00 PM, Meridian, Ana Ruiz, $480.00 due` */
export function charterText(charter: Charter): string {
  return `${whenText(charter)}, ${dueText(charter)}`;
}

function whenText({ starts_at, timezone, vessel, patron }: Charter): string {
  const when = `${formatDay(starts_at, timezone)}, ${formatTime(starts_at, timezone)}`;
  return [when, vessel, patron.name].filter(Boolean).join(", ");
}

function dueText({ balance, currency }: Charter): string {
  const due_cents = balance.balance_due_cents;
  return due_cents > 0 ? `${formatMoney(due_cents, currency)} due` : "nothing due";
}
