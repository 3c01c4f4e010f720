"""The arithmetic of the ledger: pure, integer cents, no clock and no store.

Rows are never edited. A payment's state is the fold of its row and the acts on it; a charter's
sums are the fold of its payments. The sums kept on the event are a cache of `fold`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

KINDS = ("deposit", "balance", "tip", "refund")
STATUSES = ("received", "cleared", "bounced", "voided")


class Sums(NamedTuple):
    """What a charter's live payments add up to, and the latest of them."""

    received_cents: int = 0
    """Deposits and balances. Tips stand outside."""
    refunded_cents: int = 0
    """Refunds of deposits and balances; the refund of a tip lowers `tips_cents` instead."""
    tips_cents: int = 0
    uncleared_cents: int = 0
    """The part of money in (tips too) that an admin has not marked as cleared."""
    live_payments: int = 0
    """Money in, tips too, that is neither voided nor bounced."""
    rows: int = 0
    """Every payment ever logged, whatever became of it."""
    payment_timestamp: str | None = None
    payment_method: str | None = None
    cash_recorded_at: str = ""
    """When the last live cash deposit or balance was recorded: reminders of the balance stop at it."""
    latest: str = ""
    """The place of the latest of them in `order`, so that adding one by one and folding agree."""

    def balance(self, charged_cents: int) -> dict[str, int]:
        return {
            "charged_cents": charged_cents,
            "received_cents": self.received_cents,
            "refunded_cents": self.refunded_cents,
            "tips_cents": self.tips_cents,
            "uncleared_cents": self.uncleared_cents,
            "balance_due_cents": self.due_cents(charged_cents),
        }

    def due_cents(self, charged_cents: int) -> int:
        """What is left to pay; below zero, what was paid too much."""
        return charged_cents - self.received_cents + self.refunded_cents

    def settled(self, charged_cents: int) -> bool:
        """With a fee: nothing is due. Without one: something was paid."""
        if charged_cents > 0:
            return self.due_cents(charged_cents) <= 0
        return self.live_payments > 0

    def to_data(self) -> dict[str, Any]:
        return self._asdict()


def is_live(payment: Mapping[str, Any]) -> bool:
    return payment["status"] in ("received", "cleared")


def signed_cents(payment: Mapping[str, Any]) -> int:
    """Money in is positive, a refund negative."""
    amount_cents: int = payment["amount_cents"]
    return -amount_cents if payment["kind"] == "refund" else amount_cents


def add(sums: Sums, payment: Mapping[str, Any]) -> Sums:
    """The sums with one more payment, in any order of arrival."""
    sums = sums._replace(rows=sums.rows + 1)
    if not is_live(payment):
        return sums
    amount_cents, kind = payment["amount_cents"], payment["kind"]
    if kind == "refund":
        if payment["refunds_tip"]:
            return sums._replace(tips_cents=sums.tips_cents - amount_cents)
        return sums._replace(refunded_cents=sums.refunded_cents + amount_cents)
    place = order(payment)
    is_latest = place > sums.latest
    counts_as_cash = payment["method"] == "cash" and kind != "tip"
    return sums._replace(
        received_cents=sums.received_cents + (amount_cents if kind != "tip" else 0),
        tips_cents=sums.tips_cents + (amount_cents if kind == "tip" else 0),
        uncleared_cents=sums.uncleared_cents + (amount_cents if payment["status"] == "received" else 0),
        live_payments=sums.live_payments + 1,
        payment_timestamp=payment["received_at"] if is_latest else sums.payment_timestamp,
        payment_method=payment["method"] if is_latest else sums.payment_method,
        cash_recorded_at=max(sums.cash_recorded_at, payment["recorded_at"] if counts_as_cash else ""),
        latest=place if is_latest else sums.latest,
    )


def fold(payments: Iterable[Mapping[str, Any]]) -> Sums:
    """The sums of a charter from all its payments."""
    sums = Sums()
    for payment in payments:
        sums = add(sums, payment)
    return sums


def order(payment: Mapping[str, Any]) -> str:
    """Sorts payments as a statement shows them: received, then recorded, then by id."""
    return f"{payment['received_at']} {payment['recorded_at']} {payment['payment_id']}"


def refundable_cents(payment: Mapping[str, Any], payments: Iterable[Mapping[str, Any]]) -> int:
    """What may still be given back of a payment: its amount less its live refunds."""
    given_cents: int = sum(
        row["amount_cents"] for row in payments if row["refund_of"] == payment["payment_id"] and is_live(row)
    )
    amount_cents: int = payment["amount_cents"]
    return amount_cents - given_cents
