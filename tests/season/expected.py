"""What pages, files and mails should say of the season's money, in the words of the product and the figures of
`books.py`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from babel.dates import format_date
from babel.numbers import format_currency

from tests.season.books import Entry, add_up, charged, due, entries, total
from tests.season.devices import OPERATOR, Device, money
from tools.local.season import SampleCharter

METHODS = {
    "cash": ("Cash", "cash"),
    "check": ("Check", "check"),
    "card": ("Card", "card"),
    "venmo": ("Venmo", "Venmo"),
    "zelle": ("Zelle", "Zelle"),
    "bank_transfer": ("Bank transfer", "bank transfer"),
    "other": ("Other", "other means"),
}
KINDS = {"deposit": "Deposit", "balance": "Balance", "tip": "Tip", "refund": "Refund"}


def paid_how(entry: Entry) -> str:
    return f"{METHODS[entry.payment.method][1]} {entry.payment.reference}".strip()


def payer(entry: Entry) -> str:
    return entry.payment.payer or entry.charter.patron.name


def when_and_who(entry: Entry, device: Device) -> str:
    return f"{device.moment(entry.payment.received_at)}, {'to' if entry.is_refund else 'from'} {payer(entry)}"


def signed_amount(entry: Entry) -> str:
    """With the sign of what it does to the balance due; tips and what counts no more do nothing."""
    if not entry.is_live or entry.is_about_tip:
        return money(entry.amount)
    return f"{'+' if entry.is_refund else '−'}{money(entry.amount)}"  # noqa: RUF001


def given_back(entry: Entry, device: Device) -> list[str]:
    if not entry.is_refund:
        return []
    paid = next(row for row in entries([entry.charter]) if row.place == entry.payment.gives_back)
    kind, amount = paid.payment.kind, money(paid.amount)
    return [f"Gives back the {kind} of {amount} {paid_how(paid)}, {device.moment(paid.payment.received_at)}"]


def clearing(entry: Entry, device: Device) -> str:
    if entry.status == "received":
        return "Not cleared yet"
    at = entry.payment.cleared_at
    return f"Cleared {device.moment(at)}" if at else "Cleared"


def confirmation(entry: Entry) -> str:
    mailed = entry.payment.notify and entry.charter.patron.email
    return "confirmation sent" if mailed else "no confirmation sent"


def fate(entry: Entry, device: Device) -> tuple[str, str]:
    """What became of a payment that counts no more: how its line begins and ends."""
    voided = entry.payment.voided
    word, why = ("Voided", voided) if voided else ("Bounced", entry.payment.bounced)
    return f"{word} {device.day(device.now.astimezone(OPERATOR))}, ", f" by admin: {why}"


def balance_line(charter: SampleCharter) -> tuple[str, str]:
    left = due(charter)
    if left < 0:
        return ("To refund" if charter.cancelled else "Overpaid"), money(-left)
    return ("Nothing due" if charter.cancelled and not left else "Balance due"), money(left)


def charge_name(charter: SampleCharter) -> str:
    if not charter.cancelled:
        return "Charter fee"
    return "Cancellation fee" if charged(charter) else "Charter fee, not charged: cancelled"


def paid_by(charter: SampleCharter) -> dict[str, Decimal]:
    """What each payer has paid towards the fee; a refund is taken off who had paid."""
    rows = [row for row in entries([charter]) if row.is_live and not row.is_about_tip]
    sums: dict[str, Decimal] = {}
    for row in rows:
        who = row.given_back.payer or charter.patron.name if row.is_refund else payer(row)
        sums[who] = sums.get(who, Decimal(0)) + row.gain
    return sums if len(sums) > 1 else {}


def check_entry(found: dict[str, Any], entry: Entry, balance: Decimal, device: Device) -> None:
    kind, note = KINDS[entry.payment.kind], " ".join(entry.payment.note.split())
    assert found["what"] == f"{kind} {paid_how(entry)}"
    first, second, *rest = found["small"]
    assert first == when_and_who(entry, device)
    if entry.is_live:
        assert second == f"{clearing(entry, device)}, {confirmation(entry)}"
    else:
        begins, ends = fate(entry, device)
        assert second.startswith(begins)
        assert second.endswith(ends)
    assert rest == [*given_back(entry, device), *([note] if note else [])]
    assert found["amount"] == signed_amount(entry)
    assert found["balance"] == money(balance)


# --- sums of many -----------------------------------------------------------------------------------


def in_days(rows: Iterable[Entry], first: date, last: date) -> list[Entry]:
    """Those received from the first to the last day, by the operator's clocks."""
    return [row for row in rows if first <= row.payment.received_at.date() <= last]


def months_from(first: date, last: date) -> list[tuple[date, date]]:
    """First and last day of each month, the last one cut."""
    found = []
    while first <= last:
        following = (first + timedelta(days=31)).replace(day=1)
        found.append((first, min(following - timedelta(days=1), last)))
        first = following
    return found


def report_columns(view: str, rows: list[Entry]) -> dict[str, Decimal]:
    """Of one row of a report, all columns; those without any money in the whole report are left out by the page."""
    books = add_up(rows)
    if view == "Methods":
        by_label = {label: books.by_method.get(method, Decimal(0)) for method, (label, _) in METHODS.items()}
        return {**by_label, "Together": total(by_label.values())}
    if view == "Kinds":
        return {f"{label}s": books.by_kind.get(kind, Decimal(0)) for kind, label in KINDS.items()}
    return {
        "Received": books.received,
        "Refunded": books.refunded,
        "Net": books.net,
        "Tips": books.tips,
        "Not cleared": books.uncleared,
    }


def totals_panel(rows: list[Entry]) -> list[dict[str, str]]:
    """The panel's lists: the sums, then by method, then by kind as logged. Zero is left out of the last two."""
    books = add_up(rows)
    sums = {
        "Received": books.received,
        "Refunded": books.refunded,
        "Net": books.net,
        "Tips": books.tips,
        "Not cleared yet": books.uncleared,
    }
    by_method = {METHODS[method][0]: money(amount) for method, amount in books.by_method.items() if amount}
    by_kind = {f"{KINDS[kind]}s": money(amount) for kind, amount in books.by_kind.items() if amount}
    return [
        {name: money(amount) for name, amount in sums.items()} | {"Entries": str(books.count)},
        by_method,
        by_kind,
    ]


# --- mails ------------------------------------------------------------------------------------------


class MoneyMail(NamedTuple):
    to: str
    subject: str
    facts: dict[str, str]
    """What the text says behind each name."""
    balance: str
    """The line about it; empty where there is none."""


def mail_money(amount: Decimal) -> str:
    return format_currency(amount, "USD", locale="en_US")


def money_mails(charter: SampleCharter) -> Iterator[MoneyMail]:
    """Receipts that were asked for; of a void whose receipt went out, and of each bounce, without being asked."""
    if not charter.patron.email:
        return
    left = charged(charter._replace(cancelled=""))
    for row in entries([charter]):
        counted = Decimal(0) if row.is_about_tip else row.gain
        amount, kind = mail_money(row.amount), row.payment.kind
        word = "payment" if kind == "balance" else kind
        if row.payment.notify:
            subject = {
                "refund": f"Your refund of {amount} for {charter.title}",
                "tip": f"Thank you for your tip of {amount}",
            }.get(kind, f"We received your {word} of {amount} for {charter.title}")
            # Where the charter is off, the money goes back after that was said, and nothing is asked for.
            balance = "" if charter.cancelled and row.is_refund else mail_balance(charter, left - counted)
            yield MoneyMail(charter.patron.email, subject, mail_facts(row), balance)
        if row.payment.voided and row.payment.notify:
            subject = f"Correction: the {word} of {amount} for {charter.title}"
            facts = mail_facts(row) | {"Reason": row.payment.voided}
            yield MoneyMail(charter.patron.email, subject, facts, mail_balance(charter, left))
        if row.payment.bounced:
            subject = f"Your {word} of {amount} did not go through"
            facts = mail_facts(row) | {"Reason": row.payment.bounced}
            yield MoneyMail(charter.patron.email, subject, facts, mail_balance(charter, left))
        if row.is_live:
            left -= counted


def mail_facts(row: Entry) -> dict[str, str]:
    charter, start = row.charter, row.charter.starts_at
    reference = f" ({row.payment.reference})" if row.payment.reference else ""
    return {
        "Charter": f"{charter.title}, {charter.boat.name}",
        "When": f"{long_day(start)}, {start:%I:%M %p} {start.tzname()}".replace(", 0", ", "),
        "Amount": mail_money(row.amount),
        "Method": METHODS[row.payment.method][1] + reference,
        "Refunded" if row.is_refund else "Received": long_day(row.payment.received_at),
        "To" if row.is_refund else "From": payer(row),
    }


def long_day(then: datetime) -> str:
    return format_date(then, "full", locale="en_US")


def mail_balance(charter: SampleCharter, left: Decimal) -> str:
    if not charter.charter_fee_cents:
        return ""
    if left < 0:
        return f"Paid in full, with {mail_money(-left)} to your credit."
    return f"Balance due: {mail_money(left)}" if left else f"Paid in full. Balance due: {mail_money(left)}"
