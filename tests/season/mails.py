"""The mails about the season's money, as they should read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import format_currency

from tests.season.books import Entry, charged, due, entries, total
from tests.season.expected import METHODS, payer
from tools.local.samples import SampleCharter, SampleStatement

Facts = list[tuple[str, str]]
"""What a mail's text says behind each name, from above."""


class MoneyMail(NamedTuple):
    to: str
    subject: str
    facts: Facts
    balance: str
    """The line about it; empty where there is none."""


def mail_money(amount: Decimal) -> str:
    return format_currency(amount, "USD", locale="en_US")


def money_mails(charter: SampleCharter) -> Iterator[MoneyMail]:
    """Receipts and statements that were asked for; of a void whose receipt went out, and of each bounce, without being
    asked. What moved had a receipt at both charters, which are two patrons'.
    """
    left = charged(charter._replace(cancelled=""))
    rows = sorted(entries([charter]), key=lambda row: (row.payment.moved_here, row.place))
    for _, group in groupby(rows, key=lambda row: (row.payment.batch, row.payment.batch or row.place)):
        logged = list(group)
        after = left - total(row.gain for row in logged if not row.is_about_tip)
        if logged[0].payment.notify and charter.patron.email:
            yield batch_receipt(logged, after) if logged[0].payment.batch else receipt(logged[0], after)
        for row in logged:
            yield from ending_mails(row, left)
            if row.is_live and not row.is_about_tip:
                left -= row.gain
    for row in rows:
        if row.payment.corrected and row.payment.corrected.charter:
            yield taken_back(row, row.payment.corrected.why, left)
    yield from (statement_mail(charter, one) for one in charter.statements)


def receipt(row: Entry, left: Decimal) -> MoneyMail:
    charter, amount = row.charter, mail_money(row.amount)
    old = charter.corrected_by(row.place)
    correction = charter.payments[old].corrected if old is not None else None
    if correction:
        subject, facts = f"Corrected: the {word(row)} of {amount} for {charter.title}", [("Reason", correction.why)]
    else:
        facts = []
        subject = {
            "refund": f"Your refund of {amount} for {charter.title}",
            "tip": f"Thank you for your tip of {amount}",
        }.get(row.payment.kind, f"We received your {word(row)} of {amount} for {charter.title}")
    # Where the charter is off, the money goes back after that was said, and nothing is asked for.
    balance = "" if charter.cancelled and row.is_refund else mail_balance(charter, left)
    return MoneyMail(charter.patron.email, subject, [*mail_facts(row), *facts], balance)


def batch_receipt(rows: list[Entry], left: Decimal) -> MoneyMail:
    charter, facts = rows[0].charter, list[tuple[str, str]]()
    for row in rows:
        name = {"tip": "Tip", "deposit": "Deposit"}.get(row.payment.kind, "Payment")
        facts.append((name, f"{mail_money(row.amount)} by {mail_method(row)}"))
        facts.append(("Received", f"{long_day(row.payment.received_at)}, from {payer(row)}"))
    amount = mail_money(total(row.amount for row in rows))
    subject = f"We received your payments of {amount} for {charter.title}"
    return MoneyMail(charter.patron.email, subject, [*mail_charter(charter), *facts], mail_balance(charter, left))


def ending_mails(row: Entry, left: Decimal) -> Iterator[MoneyMail]:
    payment = row.payment
    if payment.voided and payment.notify:
        yield taken_back(row, payment.voided, left)
    if payment.bounced and row.charter.patron.email:
        subject = f"Your {word(row)} of {mail_money(row.amount)} did not go through"
        facts = [*mail_facts(row), ("Reason", payment.bounced)]
        yield MoneyMail(row.charter.patron.email, subject, facts, mail_balance(row.charter, left))


def taken_back(row: Entry, why: str, left: Decimal) -> MoneyMail:
    subject = f"Correction: the {word(row)} of {mail_money(row.amount)} for {row.charter.title}"
    facts = [*mail_facts(row), ("Reason", why)]
    return MoneyMail(row.charter.patron.email, subject, facts, mail_balance(row.charter, left))


def statement_mail(charter: SampleCharter, asked: SampleStatement) -> MoneyMail:
    """Of a charter of which something is due; `NUMBER` stands for its number."""
    rows = [row for row in entries([charter]) if row.is_live and not row.is_about_tip]
    amount, due_date = mail_money(due(charter)), asked.due_date
    if not due_date and not charter.completed:
        due_date = charter.starts_at.date()
    facts = [
        ("Statement", "NUMBER"),
        ("For", charter.patron.name),
        *mail_charter(charter),
        ("From", charter.boat.port),
        ("Fee", mail_money(charged(charter))),
        *(
            ("Paid", f"{mail_money(row.amount)} by {mail_method(row)}, {long_day(row.payment.received_at)}")
            for row in rows
        ),
        ("Due", amount),
        ("Due by", long_day(due_date) if due_date else "receipt of this statement"),
    ]
    subject = f"Statement NUMBER: {amount} due for {charter.title}"
    return MoneyMail(asked.to or charter.patron.email, subject, facts, "")


def word(row: Entry) -> str:
    return "payment" if row.payment.kind == "balance" else row.payment.kind


def mail_charter(charter: SampleCharter) -> Facts:
    start = charter.starts_at
    return [
        ("Charter", f"{charter.title}, {charter.boat.name}"),
        ("When", f"{long_day(start)}, {start:%I:%M %p} {start.tzname()}".replace(", 0", ", ")),
    ]


def mail_method(row: Entry) -> str:
    reference = f" ({row.payment.reference})" if row.payment.reference else ""
    return METHODS[row.payment.method][1] + reference


def mail_facts(row: Entry) -> Facts:
    return [
        *mail_charter(row.charter),
        ("Amount", mail_money(row.amount)),
        ("Method", mail_method(row)),
        ("Refunded" if row.is_refund else "Received", long_day(row.payment.received_at)),
        ("To" if row.is_refund else "From", payer(row)),
    ]


def long_day(then: date) -> str:
    return format_date(then, "full", locale="en_US")


def mail_balance(charter: SampleCharter, left: Decimal) -> str:
    if not charter.charter_fee_cents:
        return ""
    if left < 0:
        return f"Paid in full, with {mail_money(-left)} to your credit."
    return f"Balance due: {mail_money(left)}" if left else f"Paid in full. Balance due: {mail_money(left)}"
