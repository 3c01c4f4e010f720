import { useEffect, useRef, useState } from "preact/hooks";
import { charters, refresh } from "../../data/charters";
import type { ReceivableJson, Receivables } from "../../data/contract";
import { lastSaved } from "../../data/device-outbox";
import { listReceivables, sendStatement } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { formatMoneyShort } from "../../lib/money";
import { href } from "../../lib/router";
import { formatDay } from "../../lib/time";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/loaded";
import { announce, announceFailure } from "../../ui/notices";
import { useTask } from "../../ui/task";
import { openPaymentDialog } from "../payment-dialog";
import { ageText, type Group, groups, sums } from "./owed";
import { StatementDialog } from "./statement-dialog";
import "../lines.css";
import "./owed.css";

/** Who owes, how much and for how long; remind, mail the statement, log the payment. */
export function OwedPage() {
  const asked = useAnswer(listReceivables, []);
  const again = useRef(asked.again);
  again.current = asked.again;
  // What was logged from here is owed no more.
  useEffect(() => lastSaved.subscribe((saved) => saved && void again.current()), []);
  return (
    <>
      <h1 tabIndex={-1}>Owed</h1>
      <Loaded asked={asked} failed="What is owed could not be loaded." rows={6}>
        {(receivables) =>
          receivables.charters.length > 0 ? (
            <Owed receivables={receivables} />
          ) : (
            <div class="empty">
              <p class="empty-title">Nothing is owed.</p>
              <p>A charter stands here from when it has a fee until that is paid.</p>
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Owed({ receivables }: { receivables: Receivables }) {
  const [mailing, setMailing] = useState<ReceivableJson | null>(null);
  return (
    <>
      {sums(receivables).map(({ currency, amount, parts }) => (
        <dl key={currency} class="panel sums">
          <div class="sums-lead">
            <dt>Owed</dt>
            <dd>{amount}</dd>
          </div>
          {parts.map(({ name, amount, late }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class={late ? "sums-late" : undefined}>{amount}</dd>
            </div>
          ))}
        </dl>
      ))}
      <section class="panel" aria-label="Who owes">
        <table class="lines owed">
          <thead>
            <tr>
              <th scope="col">Patron</th>
              <th scope="col">Charter</th>
              <th scope="col">Sails</th>
              <th scope="col" class="num lines-wide">
                Fee
              </th>
              <th scope="col" class="num lines-wide">
                To clear
              </th>
              <th scope="col" class="num">
                Owed
              </th>
              <th scope="col">
                <span class="visually-hidden">Do</span>
              </th>
            </tr>
          </thead>
          {groups(receivables.charters).map((group) => (
            <Rows key={group.name} group={group} onMail={setMailing} />
          ))}
        </table>
      </section>
      {mailing && <StatementDialog of={mailing} onClose={() => setMailing(null)} />}
    </>
  );
}

function Rows({ group, onMail }: { group: Group; onMail(charter: ReceivableJson): void }) {
  return (
    <tbody>
      <tr class="lines-group">
        <th colSpan={7} scope="rowgroup">
          {group.name} <small>{group.order}</small>
        </th>
      </tr>
      {group.charters.map((charter) => (
        <Row key={charter.event_id} charter={charter} onMail={() => onMail(charter)} />
      ))}
    </tbody>
  );
}

function Row({ charter, onMail }: { charter: ReceivableJson; onMail(): void }) {
  const { event_id, title, patron, starts_at, timezone, currency, charged_cents, uncleared_cents, due_cents } = charter;
  const { busy, run } = useTask("Not done.", announceFailure);
  const age = ageText(charter);
  const money = (cents: number) => formatMoneyShort(cents, currency);
  const whose = <span class="visually-hidden"> of {title}</span>;
  const remind = () =>
    run(async () => {
      const { number, to } = await sendStatement(event_id, {});
      announce(`Reminded: statement ${number} goes to ${to}.`);
    });
  const log = () =>
    run(async () => {
      if (!charters.value.has(event_id)) await refresh(event_id);
      openPaymentDialog(event_id);
    });
  return (
    <tr>
      <td class="lines-who">{patron.name || "Not named"}</td>
      <td class="lines-what">
        <a href={href(`/events/${event_id}`)}>{title}</a>
        {charter.status === "cancelled" && " (cancelled)"}
      </td>
      <td class="owed-when">
        {formatDay(starts_at, timezone)}
        {age && <span class={charter.bucket === "0-30" ? undefined : "sums-late"}>, {age}</span>}
      </td>
      <td class="num lines-wide">{money(charged_cents)}</td>
      <td class="num lines-wide">{uncleared_cents > 0 && money(uncleared_cents)}</td>
      <td class={`num owed-due${age ? " sums-late" : ""}`}>{money(due_cents)}</td>
      <td class="lines-acts">
        <span class="buttons">
          {patron.email && (
            <Button class="quiet" disabled={busy} onClick={() => void remind()}>
              Remind<span class="visually-hidden"> the patron</span>
              {whose}
            </Button>
          )}
          <Button class="quiet" onClick={onMail}>
            Statement…{whose}
          </Button>
          <Button disabled={busy} onClick={() => void log()}>
            Log payment{whose}
          </Button>
        </span>
      </td>
    </tr>
  );
}
