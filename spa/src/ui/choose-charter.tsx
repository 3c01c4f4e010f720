import { useState } from "preact/hooks";
import { listCharters, searchCharters } from "../data/api";
import { keepListed } from "../data/charters";
import type { Charter } from "../data/contract";
import { useAnswer } from "../lib/answer";
import { formatMoney } from "../lib/money";
import { daysLater } from "../lib/periods";
import { formatDay } from "../lib/time";
import { Button } from "./button";
import { TextInput } from "./form/text-input";
import { Loaded } from "./loaded";
import "./choose-charter.css";

/** A deposit comes before its charter, a balance soon after. */
const DAYS_BACK = 14;

interface Props {
  /** When the money came: the charters from shortly before then are listed first. */
  day: string;
  /** A charter that is not offered. */
  except?: string;
  onChoose(charter: Charter): void;
}

/** Finds the charter that money is for: those around a day, or any by its name. */
export function ChooseCharter({ day, except = "", onChoose }: Props) {
  const [search, setSearch] = useState("");
  const asked = useAnswer(() => find(search.trim(), day), [search.trim()]);
  return (
    <>
      <TextInput label="Find the charter: patron, guest, boat or title" first value={search} onInput={setSearch} />
      <Loaded asked={asked} failed="The charters could not be loaded." rows={2}>
        {(found) => {
          const charters = found.filter(({ event_id }) => event_id !== except);
          return (
            <ul class="choose-charter">
              {charters.map((charter) => (
                <li key={charter.event_id}>
                  <Button onClick={() => onChoose(charter)}>
                    <span>{charter.title}</span>
                    <small>{charterText(charter)}</small>
                  </Button>
                </li>
              ))}
              {charters.length === 0 && <li>No charter was found.</li>}
            </ul>
          );
        }}
      </Loaded>
    </>
  );
}

async function find(search: string, day: string): Promise<Charter[]> {
  const asked_at_ms = performance.now();
  const { events } =
    search === "" ? await listCharters({ from: daysLater(day, -DAYS_BACK), limit: 50 }) : await searchCharters(search);
  keepListed(events, asked_at_ms);
  return events;
}

/** `Fri, Nov 27, Ana Ruiz, $480.00 due` */
export function charterText({ starts_at, timezone, patron, balance, currency }: Charter): string {
  const due_cents = balance.balance_due_cents;
  const due = due_cents > 0 ? `${formatMoney(due_cents, currency)} due` : "nothing due";
  return [formatDay(starts_at, timezone), patron.name, due].filter(Boolean).join(", ");
}
