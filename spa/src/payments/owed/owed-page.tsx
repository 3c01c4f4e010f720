import { useEffect, useRef, useState } from "preact/hooks";
import { loadReceivables } from "../../data/board";
import type { ReceivableJson, Receivables } from "../../data/contract";
import { lastSaved } from "../../data/device-outbox";
import { sendStatement } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { href } from "../../lib/browser/router";
import { nowMs } from "../../lib/clock";
import { dialled } from "../../lib/message-links";
import { formatMoneyShort } from "../../lib/money";
import { formatDay } from "../../lib/time";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/loaded";
import { announce, announceFailure } from "../../ui/notices";
import { useTask } from "../../ui/task";
import { TableHead } from "../table-head";
import { UnsentPayments } from "../unsent";
import { logPaymentOf } from "./earlier";
import { ageText, type Group, groups, isUrgent, remindedText, sums, whenText } from "./owed";
import { StatementDialog } from "./statement-dialog";
import "../lines.css";
import "./owed.css";

/** Who owes, how much and for how long; remind, mail the statement, log the payment. */
export function OwedPage() {
  const asked = useAnswer(loadReceivables, []);
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
            <Owed receivables={receivables} onReminded={() => void asked.again()} />
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

interface OwedProps {
  receivables: Receivables;
  onReminded(): void;
}

function Owed({ receivables, onReminded }: OwedProps) {
  const [mailing, setMailing] = useState<ReceivableJson | null>(null);
  return (
    <>
      {sums(receivables).map(({ currency, amount, parts }) => (
        <dl key={currency} class="panel sums owed-sums">
          <div class="sums-lead">
            <dt>Owed</dt>
            <dd>{amount}</dd>
          </div>
          {parts.map(({ name, more, amount, late }) => (
            <div key={name}>
              <dt>
                {name}
                {more && <span class="only-desktop"> {more}</span>}
              </dt>
              <dd class={late ? "sums-late" : undefined}>{amount}</dd>
            </div>
          ))}
        </dl>
      ))}
      <section class="panel owed-panel" aria-label="Who owes">
        <table class="lines owed">
          <TableHead
            names={[
              "Patron",
              "Charter",
              "Sails",
              { name: "Fee", class: "num lines-wide" },
              { name: "Paid", class: "num lines-wide" },
              { name: "To clear", class: "num lines-wide" },
              { name: "Owed", class: "num" },
              "Reminded",
              { name: "Do", hidden: true },
            ]}
          />
          {groups(receivables.charters).map((group) => (
            <Rows key={group.name} group={group} onMail={setMailing} onReminded={onReminded} />
          ))}
        </table>
      </section>
      {mailing && <StatementDialog of={mailing} onSent={onReminded} onClose={() => setMailing(null)} />}
    </>
  );
}

interface RowsProps {
  group: Group;
  onMail(charter: ReceivableJson): void;
  onReminded(): void;
}

function Rows({ group, onMail, onReminded }: RowsProps) {
  return (
    <tbody>
      <tr class="lines-group">
        <th colSpan={9} scope="rowgroup">
          {group.name} <small>{group.order}</small>
        </th>
      </tr>
      {group.charters.map((charter) => (
        <Row key={charter.event_id} charter={charter} onMail={() => onMail(charter)} onReminded={onReminded} />
      ))}
    </tbody>
  );
}

interface RowProps {
  charter: ReceivableJson;
  onMail(): void;
  onReminded(): void;
}

function Row({ charter, onMail, onReminded }: RowProps) {
  const { event_id, title, patron, currency, charged_cents, uncleared_cents, due_cents } = charter;
  const { busy, run } = useTask("Not done.", announceFailure);
  const [open, setOpen] = useState(false);
  const age = ageText(charter);
  const reminded = remindedText(charter, nowMs());
  const paid_cents = charged_cents - due_cents;
  const money = (cents: number) => formatMoneyShort(cents, currency);
  const whose = <span class="visually-hidden"> of {title}</span>;
  const remind = () =>
    run(async () => {
      const { number, to } = await sendStatement(event_id, {});
      announce(`Reminded: statement ${number} goes to ${to}.`);
      onReminded();
    });
  return (
    <tr class={open ? "owed-open" : undefined}>
      <td class="lines-who">{patron.name || "Not named"}</td>
      <td class="lines-what">
        <a href={href(`/events/${event_id}`)}>{title}</a>
        {charter.status === "cancelled" && " (cancelled)"}
        <UnsentPayments event_id={event_id} />
      </td>
      <td class="owed-when">
        {age ? formatDay(charter.starts_at, charter.timezone) : whenText(charter, nowMs())}
        {age && <span class={charter.bucket === "0-30" ? undefined : "sums-late"}>, {age}</span>}
      </td>
      <td class="num lines-wide">{money(charged_cents)}</td>
      <td class="num lines-wide">{paid_cents > 0 && money(paid_cents)}</td>
      <td class="num lines-wide tone-part">{uncleared_cents > 0 && money(uncleared_cents)}</td>
      <td class={`num owed-due${isUrgent(charter, nowMs()) ? " sums-late" : ""}`}>{money(due_cents)}</td>
      <td class="owed-reminded">
        {reminded && <span class="owed-reminded-word">reminded </span>}
        {reminded || (patron.email ? "" : "no email")}
      </td>
      <td class="lines-acts">
        <span class="buttons">
          <Button class="quiet only-phone" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span aria-hidden="true">…</span>
            <span class="visually-hidden">Remind, statement</span>
            {whose}
          </Button>
          {patron.email ? (
            <Button class="quiet owed-more" disabled={busy} onClick={() => void remind()}>
              Remind<span class="visually-hidden"> the patron</span>
              {whose}
            </Button>
          ) : (
            patron.phone && (
              <a class="button quiet owed-more" href={`sms:${dialled(patron.phone)}`}>
                Text<span class="visually-hidden"> the patron</span>
                {whose}
              </a>
            )
          )}
          <Button class="quiet owed-more" onClick={onMail}>
            Statement…{whose}
          </Button>
          <Button class="owed-log" disabled={busy} onClick={() => void run(() => logPaymentOf(charter))}>
            Log payment{whose}
          </Button>
        </span>
      </td>
    </tr>
  );
}
