"""Payments as they are logged, and as the acts on them leave them."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import Actor
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import NotFound
from chalicelib.money import ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments import store
from chalicelib.payments.fields import Act, BatchRow, Ended, NewPayment, Payment, PaymentJson, PaymentRow


def new_row(
    charter: Charter, new: NewPayment | BatchRow, actor: Actor, now: datetime, paid: Payment | None = None
) -> PaymentRow:
    """The next row of a charter's ledger, as the charter is before it. Of a refund, `paid` is what it gives back."""
    recorded_at = times.format_instant(now)
    received_at = new.received_at or recorded_at
    cleared = METHODS[new.method].cleared_on_receipt
    return {
        "payment_id": new.payment_id,
        "event_id": charter.event_id,
        "kind": new.kind,
        "refund_of": paid["payment_id"] if paid else None,
        "duplicate_of": new.duplicate_of,
        "corrects": None,
        "corrected_by": None,
        "method": new.method,
        "amount_cents": new.amount_cents,
        "currency": charter.details["currency"],
        "payer": new.payer or charter.details["patron"]["name"],
        "reference": new.reference,
        "note": new.note,
        "received_at": received_at,
        "recorded_at": recorded_at,
        "recorded_by": actor.name,
        "cleared_at": received_at if cleared else None,
        "clearance": None,
        "status": "cleared" if cleared else "received",
        "void": None,
        "bounce": None,
        "refunds_tip": paid is not None and paid["kind"] == "tip",
        "first_logged_at": recorded_at,
        "taken": [],
        "batch_id": "",
        "charter": charter.details["title"],
        "address": actor.address,
        "ledger_seq": charter.ledger_seq + 1,
        # Known with the answer.
        "answer_sha256": "",
    }


def fold(items: Iterable[Item]) -> list[Payment]:
    """Payments with the acts on them applied, in the order of a statement."""
    rows: dict[tuple[str, str], Payment] = {}
    acts: list[tuple[tuple[str, str], Act]] = []
    for item in items:
        if store.is_act(item):
            acts.append(store.to_act(item))
        else:
            key, payment = store.to_payment(item)
            rows[key] = payment
    for key, act in sorted(acts, key=lambda one: act_order(one[1])):
        if key in rows:
            rows[key] = apply_act(rows[key], act)
    return sorted(rows.values(), key=ledger.sort_key)


def act_order(act: Act) -> bool:
    """Sorts acts as they count.

    Not by time: clocks differ, and nothing can be cleared once it was voided or bounced.
    """
    return act["act"] != "clear"


def apply_act(payment: Payment, act: Act) -> Payment:
    if act["act"] == "clear":
        shown = {"at": act["at"], "by": act["by"], "evidence": act.get("evidence")}
        return {**payment, "status": "cleared", "cleared_at": act["cleared_at"], "clearance": shown}  # type: ignore[typeddict-item]
    ended: Ended = {"reason": act["reason"], "at": act["at"], "by": act["by"]}
    if act["act"] == "void":
        return {**payment, "status": "voided", "void": ended, "corrected_by": act.get("corrected_by")}
    return {**payment, "status": "bounced", "bounce": ended}


def find(rows: Iterable[Payment], payment_id: str) -> Payment:
    for row in rows:
        if row["payment_id"] == payment_id.lower():
            return row
    raise NotFound("There is no such payment.")


def payment_json(payment: Payment) -> PaymentJson:
    return {name: payment[name] for name in PaymentJson.__annotations__}  # type: ignore[return-value,literal-required]
