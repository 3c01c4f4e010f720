"""The arithmetic of the ledger: pure, integer cents, no clock and no store.

Rows are never edited. A payment's state is the fold of its row and the acts on it; a charter's
sums are the fold of its payments. The sums kept on the event are a cache of `fold`.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypedDict, get_args

from chalicelib.core.schemas import Cents

Kind = Literal["deposit", "balance", "tip", "refund"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PaymentStatus = Literal["received", "cleared", "bounced", "voided"]
STATUSES: tuple[PaymentStatus, ...] = get_args(PaymentStatus)


class Row(TypedDict):
    """What the arithmetic reads of a payment."""

    payment_id: str
    kind: Kind
    refund_of: str | None
    refunds_tip: bool
    method: str
    amount_cents: int
    status: PaymentStatus
    received_at: str
    recorded_at: str
    first_logged_at: str


class Balance(TypedDict):
    charged_cents: Cents
    received_cents: Cents
    deposits_cents: Cents
    """The part of `received_cents` that was logged as deposits."""
    refunded_cents: Cents
    tips_cents: Cents
    uncleared_cents: Cents
    balance_due_cents: Cents
    to_refund_cents: Cents
    """What was received above what is charged; never below zero."""


class Sums(NamedTuple):
    """What a charter's live payments add up to, and the latest of them."""

    received_cents: int = 0
    """Deposits and balances, without tips."""
    deposits_cents: int = 0
    refunded_cents: int = 0
    """Refunds of deposits and balances; the refund of a tip lowers `tips_cents` instead."""
    tips_cents: int = 0
    uncleared_cents: int = 0
    """The part of money in (tips too) that an admin has not marked as cleared."""
    live_payments: int = 0
    """Money in, tips too, that is neither voided nor bounced."""
    rows: int = 0
    """All payments that were ever logged, voided and bounced ones too."""
    payment_timestamp: str | None = None
    payment_method: str | None = None
    cash_recorded_at: str = ""
    """When the last live cash deposit or balance was first logged: reminders of the balance stop at it."""
    latest: str = ""
    """The sort key of the latest of them, so that adding one by one and folding agree."""

    @property
    def paid_cents(self) -> int:
        """What was received towards the charge and not given back."""
        return self.received_cents - self.refunded_cents

    def balance(self, charged_cents: int) -> Balance:
        return {
            "charged_cents": charged_cents,
            "received_cents": self.received_cents,
            "deposits_cents": self.deposits_cents,
            "refunded_cents": self.refunded_cents,
            "tips_cents": self.tips_cents,
            "uncleared_cents": self.uncleared_cents,
            "balance_due_cents": self.due_cents(charged_cents),
            "to_refund_cents": max(-self.due_cents(charged_cents), 0),
        }

    def due_cents(self, charged_cents: int) -> int:
        """What is left to pay; below zero, what was paid too much."""
        return charged_cents - self.paid_cents

    def settled(self, charged_cents: int, *, has_fee: bool) -> bool:
        """With a fee: nothing is due. Without one: something was paid."""
        return self.due_cents(charged_cents) <= 0 if has_fee else self.live_payments > 0


def is_live(payment: Row) -> bool:
    return payment["status"] in ("received", "cleared")


def signed_cents(payment: Row) -> int:
    """Money in is positive, a refund negative."""
    return -payment["amount_cents"] if payment["kind"] == "refund" else payment["amount_cents"]


def add(sums: Sums, payment: Row) -> Sums:
    """The sums with one more payment, in any order of arrival."""
    sums = sums._replace(rows=sums.rows + 1)
    if not is_live(payment):
        return sums
    amount_cents, kind = payment["amount_cents"], payment["kind"]
    if kind == "refund":
        if payment["refunds_tip"]:
            return sums._replace(tips_cents=sums.tips_cents - amount_cents)
        return sums._replace(refunded_cents=sums.refunded_cents + amount_cents)
    key = sort_key(payment)
    is_latest = key > sums.latest
    counts_as_cash = payment["method"] == "cash" and kind != "tip"
    return sums._replace(
        received_cents=sums.received_cents + (amount_cents if kind != "tip" else 0),
        deposits_cents=sums.deposits_cents + (amount_cents if kind == "deposit" else 0),
        tips_cents=sums.tips_cents + (amount_cents if kind == "tip" else 0),
        uncleared_cents=sums.uncleared_cents + (amount_cents if payment["status"] == "received" else 0),
        live_payments=sums.live_payments + 1,
        payment_timestamp=payment["received_at"] if is_latest else sums.payment_timestamp,
        payment_method=payment["method"] if is_latest else sums.payment_method,
        cash_recorded_at=max(sums.cash_recorded_at, payment["first_logged_at"] if counts_as_cash else ""),
        latest=key if is_latest else sums.latest,
    )


def fold(payments: Iterable[Row]) -> Sums:
    """The sums of a charter from all its payments."""
    sums = Sums()
    for payment in payments:
        sums = add(sums, payment)
    return sums


def sort_key(payment: Row) -> str:
    """Sorts payments as a statement shows them: received, then recorded, then by id."""
    return f"{payment['received_at']} {payment['recorded_at']} {payment['payment_id']}"


def refundable_cents(payment: Row, payments: Iterable[Row]) -> int:
    """What may still be given back of a payment: its amount less its live refunds."""
    refunds = (row for row in payments if row["refund_of"] == payment["payment_id"] and is_live(row))
    return payment["amount_cents"] - sum(row["amount_cents"] for row in refunds)
