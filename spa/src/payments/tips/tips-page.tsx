import { useState } from "preact/hooks";
import type { CharterTips, Tips } from "../../data/contract";
import { listTips } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { href } from "../../lib/browser/router";
import { formatMoney } from "../../lib/money";
import { isolate } from "../../lib/names";
import { isPeriod, monthOf, type Period, spanName, today } from "../../lib/periods";
import { formatDay } from "../../lib/time";
import { Button, PrintButton } from "../../ui/button";
import { Loaded } from "../../ui/loaded";
import { type Named, nameAmong } from "../named";
import { chartersText } from "../reports/of-charters";
import { PeriodChoice } from "../reports/period-choice";
import { TableHead } from "../table-head";
import { useApart } from "../use-apart";
import { SharesDialog } from "./shares-dialog";
import { asNamed, canShare, leftText, owedRows, sharersOf, type TipSums, tipSums } from "./tips";
import "../lines.css";
import "../reports/filters.css";
import "./tips.css";

/** The tips of the charters of a period, and to whom they are owed. A record: nothing is paid out here. */
export function TipsPage() {
  const [period, setPeriod] = useState<Period>(() => monthOf(today()));
  const valid = isPeriod(period);
  const asked = useAnswer(valid ? () => listTips({ ...period }) : null, [period.from, period.to]);
  return (
    <>
      <div class="page-head page-papers">
        <h1 tabIndex={-1}>Tips</h1>
        <PrintButton />
      </div>
      <div class="filters no-print">
        <PeriodChoice period={period} onChange={setPeriod} />
      </div>
      {valid && (
        <Loaded asked={asked} failed="The tips could not be loaded.">
          {(tips) =>
            tips.charters.length > 0 ? (
              <TipsOfPeriod tips={tips} period={period} onChange={() => void asked.again()} />
            ) : (
              <div class="empty">
                <p class="empty-title">No tips in this period.</p>
                <p>Tips are logged as payments of a charter, and stand here on the day on which it began.</p>
              </div>
            )
          }
        </Loaded>
      )}
    </>
  );
}

interface Props {
  tips: Tips;
  period: Period;
  onChange(): void;
}

function TipsOfPeriod({ tips, period, onChange }: Props) {
  const [sharing, setSharing] = useState("");
  const sums = tipSums(tips);
  const all = sharersOf(tips);
  const apart = useApart("captain", all);
  const nameOf = (one: Named) => nameAmong(one, all, apart);
  const shared = tips.charters.find(({ event_id }) => event_id === sharing);
  return (
    <>
      {sums.map((one) => (
        <Sums key={one.currency} sums={one} />
      ))}
      <section class="panel" aria-labelledby="owed-to">
        <h2 id="owed-to">Owed to</h2>
        <p>{spanName(period)}</p>
        {tips.people.length > 0 ? (
          <People people={owedRows(tips.people, nameOf)} />
        ) : (
          <p class="nothing">Nobody aboard takes a share of these tips.</p>
        )}
        <p class="hint">
          Captain and crew share equally unless you share by hand. The owner takes no share. This is a record: it pays
          nothing out.
        </p>
      </section>
      <section class="panel" aria-labelledby="tipped">
        <h2 id="tipped">Charters with tips</h2>
        <Charters charters={tips.charters} nameOf={nameOf} onShare={setSharing} />
      </section>
      {shared && <SharesDialog charter={shared} onChange={onChange} onClose={() => setSharing("")} />}
    </>
  );
}

function Sums({ sums }: { sums: TipSums }) {
  const money = (cents: number) => formatMoney(cents, sums.currency);
  return (
    <dl class="panel sums">
      <div class="sums-lead">
        <dt>Tips received</dt>
        <dd>{money(sums.received_cents)}</dd>
      </div>
      <div>
        <dt>Owed to captain and crew</dt>
        <dd>{money(sums.owed_cents)}</dd>
      </div>
      {sums.left_cents > 0 && (
        <div>
          <dt>Not shared out</dt>
          <dd class="sums-late">{money(sums.left_cents)}</dd>
        </div>
      )}
      {sums.over_cents > 0 && (
        <div>
          <dt>Shared out too much</dt>
          <dd class="sums-late">{money(sums.over_cents)}</dd>
        </div>
      )}
    </dl>
  );
}

function People({ people }: { people: ReturnType<typeof owedRows> }) {
  return (
    <table class="lines tips-people">
      <TableHead names={["Name", "Charters", { name: "Owed", class: "num" }]} />
      <tbody>
        {people.map(({ key, name, charters, amount_cents, currency }) => (
          <tr key={key}>
            <th scope="row" class="tips-name">
              {name}
            </th>
            <td class="tips-of">{chartersText(charters)}</td>
            <td class="num tips-amount">{formatMoney(amount_cents, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ChartersProps {
  charters: readonly CharterTips[];
  nameOf(one: Named): string;
  onShare(event_id: string): void;
}

function Charters({ charters, nameOf, onShare }: ChartersProps) {
  return (
    <table class="lines tips-charters">
      <TableHead names={["Day", "Charter", { name: "Tips", class: "num" }, "Shares", { name: "Do", hidden: true }]} />
      <tbody>
        {charters.map((charter) => (
          <Row key={charter.event_id} charter={charter} nameOf={nameOf} onShare={() => onShare(charter.event_id)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ charter, nameOf, onShare }: Pick<ChartersProps, "nameOf"> & { charter: CharterTips; onShare(): void }) {
  const { event_id, title, starts_at, timezone, currency, tips_cents, division, shares } = charter;
  const left = leftText(charter);
  return (
    <tr>
      <td class="tips-day">{formatDay(starts_at, timezone)}</td>
      <td class="lines-what">
        <a href={href(`/events/${event_id}`)}>{title}</a>
      </td>
      <td class="num tips-amount">{formatMoney(tips_cents, currency)}</td>
      <td class="tips-shares">
        {shares.length > 0 && <span class="tips-division">{division === "by_hand" ? "By hand: " : "Equally: "}</span>}
        {shares.map((share, place) => (
          <span key={share.person_id ?? share.name}>
            {place > 0 && ", "}
            {isolate(nameOf(asNamed(share)))}{" "}
            <span class="tips-cents">{formatMoney(share.amount_cents, currency)}</span>
          </span>
        ))}
        {left && <strong class="tips-left">{left}</strong>}
      </td>
      <td class="lines-acts">
        {canShare(charter) && (
          <span class="buttons">
            <Button onClick={onShare}>
              Share out…<span class="visually-hidden"> tips of {title}</span>
            </Button>
          </span>
        )}
      </td>
    </tr>
  );
}
