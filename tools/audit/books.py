"""The ledger as double-entry bookkeeping: each charge, payment and act as a transaction that adds up to nothing.

The accounts: Assets:Cash; Assets:Uncleared:METHOD till the money has arrived, then Assets:Bank:METHOD;
Assets:Receivable, for each charter what is due; Income:Charter; Liabilities:Tips, which are the crew's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.money import ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments import store as payment_store
from chalicelib.payments.fields import Payment
from chalicelib.payments.rows import act_order, fold
from tools.audit.records import Entry, Records
from tools.audit.replay import replay_history

CASH, RECEIVABLE, INCOME, TIPS = "Assets:Cash", "Assets:Receivable", "Income:Charter", "Liabilities:Tips"
CLEARED, UNCLEARED = "Assets:Bank", "Assets:Uncleared"


@dataclass(frozen=True, order=True)
class Transaction:
    """An amount that is moved to one account from another; transactions sort by time."""

    date: str
    """The operator's day."""
    at: str
    charter: str
    payment: str
    """Empty for a charge."""
    what: str
    """Such as `charge`, `deposit`, `clear`; `correction` is the void of what was recorded anew."""
    payee: str
    text: str
    currency: str
    amount_cents: int
    """Never below zero."""
    to: str
    source: str


def transactions(records: Records, timezone: str) -> list[Transaction]:
    """All that happened to money, in order of time. Days are those of the operator's time zone."""
    found: list[Transaction] = []
    for charter in records.events.values():
        found += _charges(records, charter, timezone)
    for entries in records.ledgers.values():
        whole = [entry for entry in entries if entry.is_whole]
        for row in fold(entry.item for entry in whole if not entry.act):
            acts = [entry for entry in whole if entry.act and entry.payment_id == row["payment_id"]]
            found += _of_payment(row, acts, timezone)
    return sorted(found)


def _charges(records: Records, charter: Charter, timezone: str) -> Iterator[Transaction]:
    """What the patron is asked to pay, from each change of it on."""
    events = records.histories.get(charter.event_id, [])
    history = replay_history(events)
    moments = {event["version"]: str(event["at"]) for event in events if "version" in event}
    charged: dict[str, int] = {}
    for version in sorted(history.versions):
        state = history.at(version, charter, charter.sums)
        if state is None:
            continue
        details, at = state.details, moments[version]
        now = {details["currency"]: state.charged_cents}
        for currency in sorted({*charged, *now}):
            more_cents = now.get(currency, 0) - charged.get(currency, 0)
            if more_cents:
                to, source = (RECEIVABLE, INCOME) if more_cents > 0 else (INCOME, RECEIVABLE)
                yield Transaction(
                    date=_day(at, timezone),
                    at=at,
                    charter=charter.event_id,
                    payment="",
                    what="charge",
                    payee=details["patron"]["name"],
                    text=details["title"],
                    currency=currency,
                    amount_cents=abs(more_cents),
                    to=to,
                    source=source,
                )
        charged = now


def _of_payment(row: Payment, entries: list[Entry], timezone: str) -> Iterator[Transaction]:
    """The payment itself and the acts on it, in the order in which they count."""
    counter = TIPS if row["kind"] == "tip" or row["refunds_tip"] else RECEIVABLE
    place = asset_account(row["method"], is_cleared=row["status"] == "cleared")
    yield _move(row, row["kind"], row["received_at"], row["reference"], place, counter, timezone)
    acts = [payment_store.to_act(entry.item)[1] for entry in entries]
    for act in sorted(acts, key=act_order):
        if act["act"] == "clear":
            cleared = asset_account(row["method"], is_cleared=True)
            yield _move(row, "clear", act["cleared_at"], "", cleared, place, timezone)
            place = cleared
        else:
            what = "correction" if act.get("corrected_by") else act["act"]
            yield _move(row, what, act["at"], act["reason"], counter, place, timezone)


def asset_account(method: str, *, is_cleared: bool) -> str:
    if method == "cash":
        return CASH
    name = "".join(word.capitalize() for word in method.split("_"))
    return f"{CLEARED if is_cleared else UNCLEARED}:{name}"


def _move(row: Payment, what: str, at: str, more: str, to: str, source: str, timezone: str) -> Transaction:
    """A refund moves the other way."""
    if ledger.signed_cents(row) < 0:
        to, source = source, to
    method = METHODS[row["method"]].label
    return Transaction(
        date=_day(at, timezone),
        at=at,
        charter=row["event_id"],
        payment=row["payment_id"],
        what=what,
        payee=row["payer"],
        text=", ".join(filter(None, (row["charter"], method, more))),
        currency=row["currency"],
        amount_cents=row["amount_cents"],
        to=to,
        source=source,
    )


def _day(at: str, timezone: str) -> str:
    return times.local(at, timezone).date().isoformat()
