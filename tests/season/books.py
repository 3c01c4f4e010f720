"""The sample season added up a second time, in exact decimals and without the product's code."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from tools.local.demo import payment_id
from tools.local.samples import SampleCharter, SamplePayment

AT_ONCE = ("cash", "card")
"""Methods whose money is there for good on receipt."""


class Entry(NamedTuple):
    """A payment with the charter it belongs to."""

    charter: SampleCharter
    place: int
    payment: SamplePayment

    @property
    def payment_id(self) -> str:
        return payment_id(self.charter, self.place)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.payment.amount_cents).scaleb(-2)

    @property
    def is_live(self) -> bool:
        return not (self.payment.bounced or self.payment.voided or self.payment.corrected)

    @property
    def is_refund(self) -> bool:
        return self.payment.kind == "refund"

    @property
    def is_cleared(self) -> bool:
        return self.is_live and (self.payment.method in AT_ONCE or self.payment.cleared_at is not None)

    @property
    def given_back(self) -> SamplePayment:
        """What a refund gives back."""
        return self.charter.payments[self.payment.gives_back]

    @property
    def is_about_tip(self) -> bool:
        return "tip" in (self.payment.kind, self.given_back.kind if self.is_refund else "")

    @property
    def gain(self) -> Decimal:
        """What it adds to the money of the operator."""
        return -self.amount if self.is_refund else self.amount

    @property
    def status(self) -> str:
        if self.payment.voided or self.payment.corrected:
            return "voided"
        if self.payment.bounced:
            return "bounced"
        return "cleared" if self.is_cleared else "received"


def entries(charters: Iterable[SampleCharter]) -> list[Entry]:
    """All payments, by the time of receipt."""
    found = [Entry(charter, *numbered) for charter in charters for numbered in enumerate(charter.payments)]
    return sorted(found, key=lambda entry: (entry.payment.received_at.timestamp(), entry.payment_id))


class Books(NamedTuple):
    """Sums of payments; of refunds and tips as the contract has them."""

    received: Decimal
    refunded: Decimal
    tips: Decimal
    uncleared: Decimal
    by_method: dict[str, Decimal]
    by_kind: dict[str, Decimal]
    count: int

    @property
    def net(self) -> Decimal:
        return self.received - self.refunded


def add_up(rows: Iterable[Entry]) -> Books:
    rows = list(rows)
    live = [row for row in rows if row.is_live]
    money_in = [row for row in live if not row.is_refund]
    by_method: defaultdict[str, Decimal] = defaultdict(Decimal)
    by_kind: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in live:
        by_method[row.payment.method] += row.gain
        by_kind[row.payment.kind] += row.amount
    return Books(
        received=total(row.amount for row in money_in if not row.is_about_tip),
        refunded=total(row.amount for row in live if row.is_refund and not row.is_about_tip),
        tips=total(row.gain for row in live if row.is_about_tip),
        uncleared=total(row.amount for row in money_in if not row.is_cleared),
        by_method=dict(by_method),
        by_kind=dict(by_kind),
        count=len(rows),
    )


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def charged(charter: SampleCharter) -> Decimal:
    """A cancelled charter is charged its cancellation fee."""
    return Decimal(charter.cancellation_fee_cents if charter.cancelled else charter.charter_fee_cents).scaleb(-2)


def statement(charter: SampleCharter) -> Iterator[tuple[Entry, Decimal]]:
    """Each payment by the time of receipt, with what was due after it."""
    due = charged(charter)
    for row in entries([charter]):
        if row.is_live and not row.is_about_tip:
            due -= row.gain
        yield row, due


def due(charter: SampleCharter) -> Decimal:
    books = add_up(entries([charter]))
    return charged(charter) - books.net


def account_balances(charters: Iterable[SampleCharter]) -> dict[str, Decimal]:
    """What double-entry books show at the end of the season, as Beancount signs it; accounts of zero are left out.

    A fee is income and receivable; money towards it lowers what is receivable; a tip is owed to the crew. Money lies in
    Assets:Cash, and what came otherwise in Assets:Uncleared:<Method> until it has cleared, then in
    Assets:Bank:<Method>. Methods are spelled as accounts are: `BankTransfer`.
    """
    balances: defaultdict[str, Decimal] = defaultdict(Decimal)
    for charter in charters:
        balances["Income:Charter"] -= charged(charter)
        balances["Assets:Receivable"] += charged(charter)
        for row in filter(lambda row: row.is_live, entries([charter])):
            balances[_account(row)] += row.gain
            other_side = "Liabilities:Tips" if row.is_about_tip else "Assets:Receivable"
            balances[other_side] -= row.gain
    return {name: amount for name, amount in sorted(balances.items()) if amount}


def _account(row: Entry) -> str:
    if row.payment.method == "cash":
        return "Assets:Cash"
    method = row.payment.method.title().replace("_", "")
    return f"Assets:{'Bank' if row.is_cleared else 'Uncleared'}:{method}"
