"""What pages, files and mails should say of the season's money, in the words of the product and the figures of
`books.py`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.season.books import Books, Entry, add_up, charged, due, entries, total
from tests.season.devices import OPERATOR, Device, money
from tools.local.samples import SampleCharter

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


def relations(entry: Entry, device: Device) -> list[str]:
    """What a row has to do with others of its charter, or of another one."""
    payment, corrected = entry.payment, entry.payment.corrected
    old = entry.charter.corrected_by(entry.place)
    found = [f"Gives back {named(entry, payment.gives_back, device)}"] if entry.is_refund else []
    if old is not None:
        found.append(f"Corrects {named(entry, old, device)}")
    if payment.moved_here:
        found.append("Moved here from another charter")
    if corrected and corrected.charter:
        found.append("It counts for another charter")
    elif corrected:
        found.append(f"In its place: {named(entry, corrected.place, device)}")
    return found


def named(entry: Entry, place: int, device: Device) -> str:
    """The row at this place of the same charter."""
    other = next(row for row in entries([entry.charter]) if row.place == place)
    what = f"the {other.payment.kind} of {money(other.amount)} {paid_how(other)}"
    return f"{what}, {device.moment(other.payment.received_at)}"


def clearing(entry: Entry, device: Device) -> str:
    if entry.status == "received":
        return "To clear"
    at = entry.payment.cleared_at
    return f"Cleared {device.moment(at)}" if at else "Cleared"


def receipt(entry: Entry) -> str:
    mailed = entry.payment.notify and entry.charter.patron.email
    return "receipt sent" if mailed else "no receipt sent"


def fate(entry: Entry, device: Device) -> tuple[str, str]:
    """What became of a payment that counts no more: how its line begins and ends."""
    payment = entry.payment
    why = payment.voided or payment.bounced or (payment.corrected.why if payment.corrected else "")
    return f"{state_name(entry)} {device.day(device.now.astimezone(OPERATOR))}, ", f" by admin: {why}"


def state_name(entry: Entry) -> str:
    if corrected := entry.payment.corrected:
        return "Moved" if corrected.charter else "Corrected"
    return {"received": "To clear", "cleared": "Cleared", "bounced": "Bounced", "voided": "Voided"}[entry.status]


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
        assert second == f"{clearing(entry, device)}, {receipt(entry)}"
    else:
        begins, ends = fate(entry, device)
        assert second.startswith(begins)
        assert second.endswith(ends)
    assert rest == [*relations(entry, device), *([note] if note else [])]
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
    return sums_of(books)


def sums_of(books: Books) -> dict[str, Decimal]:
    """What some payments come to, under the words of the ledger and the reports."""
    return {
        "Received": books.received,
        "Given back": books.refunded,
        "Kept": books.net,
        "Tips besides": books.tips,
        "To clear": books.uncleared,
    }


def totals_panel(rows: list[Entry]) -> list[dict[str, str]]:
    """The ledger's lists: the sums, then by method, then by kind as logged. Zero is left out of the last two."""
    books = add_up(rows)
    by_method = {METHODS[method][0]: money(amount) for method, amount in books.by_method.items() if amount}
    by_kind = {f"{KINDS[kind]}s": money(amount) for kind, amount in books.by_kind.items() if amount}
    return [
        {name: money(amount) for name, amount in sums_of(books).items()} | {"Entries": str(books.count)},
        by_method,
        by_kind,
    ]
