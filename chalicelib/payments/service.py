"""The ledger's rules. Rows and acts are appended, never edited; every call can be repeated."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters.store import EventRecord
from chalicelib.core import fields, times
from chalicelib.core.audit import Actor, audit_event, audit_item
from chalicelib.core.dynamo import Item, put_write
from chalicelib.core.errors import AlreadyExists, BadInput, Conflict, NotFound, WriteConflict
from chalicelib.core.fields import Fields
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.money import amounts, ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments import mails, store

MAX_AMOUNT_CENTS = 100_000_000
# A phone's clock may be off; money from tomorrow is a typing error.
CLOCK_TOLERANCE = timedelta(hours=24)
# Two admins who log the same money do so while they stand on the same dock.
TWIN_WITHIN = timedelta(minutes=30)

PUBLIC = (
    "payment_id event_id kind refund_of method amount_cents currency payer reference note received_at recorded_at "
    "recorded_by cleared_at status void bounce receipt duplicate_of"
).split()


class PaymentConflict(Conflict):
    """409. The id is taken by another payment, or the payment's state does not allow the act."""


class PossibleDuplicate(Conflict):
    """409. Somebody has just logged such a payment; `duplicate` is that one. Nothing was written."""


class NewPayment(NamedTuple):
    payment_id: str
    kind: str
    refund_of: str | None
    method: str
    amount_cents: int
    currency: str
    payer: str
    reference: str
    note: str
    received_at: str
    notify: bool
    duplicate_of: str | None
    """The payment that looks the same and is another one: the admin was asked and said so."""
    ask_if_duplicate: bool

    @property
    def fingerprint(self) -> str:
        """Equal for equal requests, whatever became of the charter meanwhile."""
        content = {name: value for name, value in self._asdict().items() if name != "ask_if_duplicate"}
        if content["duplicate_of"] is None:
            # As before there was that field: what an older release has recorded stays the same request.
            del content["duplicate_of"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# --- log ------------------------------------------------------------------------------------------


def parse_payment(payment_id: str, body: Mapping[str, Any], *, now: datetime) -> NewPayment:
    """Empty `currency`, `payer` and `received_at` stand for the charter's, the patron and now."""
    form = Fields(body)
    if not fields.is_uuid(payment_id):
        form.refuse("payment_id", "must be a UUID")
    kind = form.choice("kind", ledger.KINDS, default="balance")
    refund_of = form.uuid("refund_of", default=None)
    if kind == "refund" and refund_of is None:
        form.refuse("refund_of", "is required: which payment is given back")
    if kind != "refund" and refund_of is not None:
        form.refuse("refund_of", "goes with kind refund only")
    command = NewPayment(
        payment_id=payment_id.lower(),
        kind=kind,
        refund_of=refund_of,
        method=form.choice("method", METHODS),
        amount_cents=form.whole(
            "amount_cents",
            least=1,
            most=MAX_AMOUNT_CENTS,
            rule=f"must be a positive whole number of cents, at most {MAX_AMOUNT_CENTS}",
        ),
        currency=form.currency("currency", default=""),
        payer=form.text("payer", max_chars=100, default=""),
        reference=form.text("reference", max_chars=100, default=""),
        note=form.text("note", max_chars=1000, default="", lines=True),
        received_at=_take_past(form, "received_at", now) or "",
        notify=form.flag("notify", default=True),
        duplicate_of=form.uuid("duplicate_of", default=None),
        ask_if_duplicate=form.flag("ask_if_duplicate", default=False),
    )
    if command.duplicate_of == command.payment_id:
        form.refuse("duplicate_of", "must be another payment")
    form.finish()
    return command


def _take_past(form: Fields, name: str, now: datetime) -> str | None:
    instant = form.instant(name, default=None)
    if instant and instant > now + CLOCK_TOLERANCE:
        form.refuse(name, "must not be in the future")
    return times.format_instant(instant) if instant else None


def log_payment(event_id: str, command: NewPayment, *, actor: Actor, now: datetime) -> tuple[str, bool]:
    """The answer as JSON text, and whether it is new. A replay gets the very text that answered first.

    Raises PaymentConflict if the id stands for another payment, PossibleDuplicate if the command asks for that,
    BadInput if the charter does not allow it.
    """

    def attempt() -> tuple[str, Mail | None, bool]:
        if command.kind == "refund" or command.ask_if_duplicate or command.duplicate_of:
            charter = charters.find_charter(event_id)
            event, earlier = charter.event, fold(charter.payment_items)
        else:
            event, earlier = charters.find_event(event_id), []
        if any(row["payment_id"] == command.payment_id for row in earlier):
            stored = store.read_payment_item(event_id, command.payment_id)
            return _replay(command, stored or {}), None, False
        _check_currency(event, command)
        _check_duplicate(command, earlier, now)
        refunds_tip = command.kind == "refund" and _find_refunded(command, earlier)["kind"] == "tip"
        payment = _new_row(event, command, refunds_tip, actor, now)
        sums = ledger.add(event.sums, payment)
        balance = sums.balance(event.details["charter_fee_cents"])
        mail = mails.receipt_mail(event, payment_json(payment, "pending"), balance, now) if command.notify else None
        receipt = "pending" if mail else "off"
        after = _after(event, sums, payment["recorded_at"])
        answer = json.dumps(
            {"payment": payment_json(payment, receipt), "event": charters.event_json(after)}, separators=(",", ":")
        )
        try:
            store.append_payment(event, payment, sums, receipt, command.fingerprint, answer, mail)
        except AlreadyExists as found:
            return _replay(command, found.item), None, False
        return answer, mail, True

    answer, mail, new = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return answer, new


def _replay(command: NewPayment, stored: Item) -> str:
    fingerprint, answer = store.stored_answer(stored)
    if fingerprint != command.fingerprint:
        raise PaymentConflict("This payment_id already stands for another payment. Nothing was changed.")
    return answer


def _new_row(event: EventRecord, command: NewPayment, refunds_tip: bool, actor: Actor, now: datetime) -> dict[str, Any]:
    recorded_at = times.format_instant(now)
    received_at = command.received_at or recorded_at
    cleared = METHODS[command.method].cleared_on_receipt
    return {
        "payment_id": command.payment_id,
        "event_id": event.event_id,
        "kind": command.kind,
        "refund_of": command.refund_of,
        "duplicate_of": command.duplicate_of,
        "method": command.method,
        "amount_cents": command.amount_cents,
        "currency": event.details["currency"],
        "payer": command.payer or event.details["patron"]["name"],
        "reference": command.reference,
        "note": command.note,
        "received_at": received_at,
        "recorded_at": recorded_at,
        "recorded_by": actor.name,
        "cleared_at": received_at if cleared else None,
        "status": "cleared" if cleared else "received",
        "void": None,
        "bounce": None,
        "refunds_tip": refunds_tip,
        "charter": event.details["title"],
        "address": actor.address,
    }


def _check_currency(event: EventRecord, command: NewPayment) -> None:
    if command.currency not in ("", event.details["currency"]):
        raise BadInput({"currency": f"must be the charter's, {event.details['currency']}"})


def _find_refunded(command: NewPayment, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    paid = next((row for row in earlier if row["payment_id"] == command.refund_of), None)
    if paid is None or paid["kind"] == "refund" or not ledger.is_live(paid):
        raise BadInput({"refund_of": "must be a payment of this charter that is neither refund, voided nor bounced"})
    left_cents = ledger.refundable_cents(paid, earlier)
    if command.amount_cents > left_cents:
        left = amounts.spell(left_cents, paid["currency"])
        raise BadInput({"amount_cents": f"must be at most {left}: no more of that payment is left to refund"})
    return paid


def _check_duplicate(command: NewPayment, earlier: list[dict[str, Any]], now: datetime) -> None:
    if command.duplicate_of:
        if all(row["payment_id"] != command.duplicate_of for row in earlier):
            raise BadInput({"duplicate_of": "must be a payment of this charter"})
    elif command.ask_if_duplicate:
        twins = [row for row in earlier if _is_twin(row, command, now)]
        if twins:
            twin = max(twins, key=lambda row: str(row["recorded_at"]))
            amount = amounts.spell(twin["amount_cents"], twin["currency"])
            how, ago = METHODS[twin["method"]].name, times.spell_ago(twin["recorded_at"], now)
            raise PossibleDuplicate(
                f"{twin['recorded_by']} logged {amount} {how} for this charter {ago}. Nothing was saved.",
                duplicate=payment_json(twin),
            )


def _is_twin(row: Mapping[str, Any], command: NewPayment, now: datetime) -> bool:
    """The same money again, it seems: logged by now or received then, within the half hour."""
    same = (row["method"], row["amount_cents"]) == (command.method, command.amount_cents)
    if not same or not ledger.is_live(row) or (row["kind"] == "refund") != (command.kind == "refund"):
        return False
    received_at = times.parse_instant(command.received_at) if command.received_at else now
    return (
        abs(now - times.parse_instant(row["recorded_at"])) <= TWIN_WITHIN
        or abs(received_at - times.parse_instant(row["received_at"])) <= TWIN_WITHIN
    )


# --- acts -----------------------------------------------------------------------------------------


def void_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The entry should never have existed; no money moved. Again: unchanged."""
    return _act("void", event_id, payment_id, {"reason": _parse_reason(body)}, actor, now)


def clear_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The money has arrived for good. Again: unchanged."""
    form = Fields(body)
    cleared_at = _take_past(form, "cleared_at", now) or times.format_instant(now)
    form.finish()
    return _act("clear", event_id, payment_id, {"cleared_at": cleared_at}, actor, now)


def bounce_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The bank took it back. Again: unchanged."""
    return _act("bounce", event_id, payment_id, {"reason": _parse_reason(body)}, actor, now)


def _parse_reason(body: Mapping[str, Any]) -> str:
    form = Fields(body)
    reason = form.text("reason", max_chars=charters.REASON_CHARS)
    form.finish()
    return reason


# The act's result, and the states it may start from.
_ACTS = {
    "void": ("voided", ("received", "cleared")),
    "clear": ("cleared", ("received",)),
    "bounce": ("bounced", ("received", "cleared")),
}


def _act(
    name: str, event_id: str, payment_id: str, facts: dict[str, Any], actor: Actor, now: datetime
) -> dict[str, Any]:
    result, allowed = _ACTS[name]
    at = times.format_instant(now)

    def attempt() -> tuple[dict[str, Any], EventRecord, Mail | None]:
        charter = charters.find_charter(event_id)
        event, rows = charter.event, fold(charter.payment_items)
        payment = _find(rows, payment_id)
        if payment["status"] == result:
            return payment, event, None
        _check_act(name, payment, rows, allowed)
        act = {"act": name, "at": at, "by": actor.name, "address": actor.address, **facts}
        changed = _apply(payment, act)
        sums = ledger.fold(changed if row is payment else row for row in rows)
        balance = sums.balance(event.details["charter_fee_cents"])
        mail = None
        if name == "void" and payment["receipt"] != "off":
            mail = mails.correction_mail(event, payment_json(changed), balance, now)
        elif name == "bounce" and payment["kind"] != "refund":
            mail = mails.bounce_mail(event, payment_json(changed), balance, now)
        try:
            store.append_act(event, payment, act, sums, mail)
        except AlreadyExists:
            # This very act has just been done: read again.
            raise WriteConflict from None
        return changed, _after(event, sums, at), mail

    payment, event, mail = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"payment": payment_json(payment), "event": charters.event_json(event)}


def _check_act(name: str, payment: dict[str, Any], rows: list[dict[str, Any]], allowed: tuple[str, ...]) -> None:
    if payment["status"] not in allowed:
        raise PaymentConflict(f"A {payment['status']} payment cannot be {_ACTS[name][0]}.")
    if name == "bounce" and not METHODS[payment["method"]].can_bounce:
        raise PaymentConflict("Cash does not bounce. Void the entry, or log a refund.")
    if name == "void" and ledger.refundable_cents(payment, rows) < payment["amount_cents"]:
        raise PaymentConflict("Part of this payment was refunded. Void the refund first.")


def send_receipt_again(event_id: str, payment_id: str, *, actor: Actor, now: datetime) -> dict[str, str]:
    charter = charters.find_charter(event_id)
    payment = _find(fold(charter.payment_items), payment_id)
    if not ledger.is_live(payment):
        raise PaymentConflict(f"This payment is {payment['status']}; there is nothing to confirm.")
    balance = charter.event.sums.balance(charter.event.details["charter_fee_cents"])
    mail = mails.second_receipt_mail(charter.event, payment_json(payment), balance, now)
    if mail is None:
        raise PaymentConflict("The patron of this charter has no email address.")
    asked = audit_event("receipt_asked", actor, times.format_instant(now), mail_id=mail.mail_id)
    try:
        retry_on_conflict(lambda: mail_store.put_mail(mail, [put_write(audit_item(event_id, asked))]))
    except AlreadyExists:
        # A double tap: the first one sends it.
        return {"receipt": "pending"}
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"receipt": "pending"}


def _find(rows: list[dict[str, Any]], payment_id: str) -> dict[str, Any]:
    for row in rows:
        if row["payment_id"] == payment_id.lower():
            return row
    raise NotFound("There is no such payment.")


def fold(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Payments with the acts on them applied, in the order of a statement."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    taken: list[tuple[tuple[str, str], dict[str, Any]]] = []
    for item in items:
        which, act, facts, receipt = store.payment_parts(item)
        if act:
            taken.append((which, facts))
        else:
            rows[which] = {**facts, "receipt": receipt}
    # Not by time: clocks differ, and nothing can be cleared once it was voided or bounced.
    for which, facts in sorted(taken, key=lambda one: one[1]["act"] != "clear"):
        if which in rows:
            rows[which] = _apply(rows[which], facts)
    return sorted(rows.values(), key=ledger.order)


def _apply(payment: dict[str, Any], act: dict[str, Any]) -> dict[str, Any]:
    by = {name: act[name] for name in ("reason", "at", "by") if name in act}
    changes: dict[str, dict[str, Any]] = {
        "void": {"status": "voided", "void": by},
        "clear": {"status": "cleared", "cleared_at": act.get("cleared_at")},
        "bounce": {"status": "bounced", "bounce": by},
    }
    return {**payment, **changes[act["act"]]}


def payment_json(payment: Mapping[str, Any], receipt: str = "") -> dict[str, Any]:
    """The contract's Payment."""
    return {name: payment.get(name) for name in PUBLIC if name != "receipt"} | {
        "receipt": receipt or payment["receipt"]
    }


def statement(event_id: str) -> dict[str, Any]:
    charter = charters.find_charter(event_id)
    fee_cents = charter.event.details["charter_fee_cents"]
    return {
        "payments": [payment_json(row) for row in fold(charter.payment_items)],
        "balance": charter.event.sums.balance(fee_cents),
    }


def _after(event: EventRecord, sums: ledger.Sums, at: str) -> EventRecord:
    return event._replace(sums=sums, ledger_seq=event.ledger_seq + 1, updated_at=at)
