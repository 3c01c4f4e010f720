"""The ledger's rules. Rows and acts are appended, never edited; every call can be repeated."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import fields, times
from chalicelib.core.audit import Actor, audit_event, history_item
from chalicelib.core.dynamo import Item, put_write
from chalicelib.core.errors import AlreadyExists, BadInput, Conflict, NotFound, WriteConflict
from chalicelib.core.fields import Form, rules_of
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.money import amounts, ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments import mails, store
from chalicelib.payments.fields import (
    Act,
    ActName,
    Clearing,
    Ended,
    NewPayment,
    Payment,
    PaymentAndEvent,
    PaymentJson,
    PaymentRow,
    ReceiptAsked,
    Statement,
)

# Times up to a day ahead are taken, because phone clocks can be wrong; anything later is a typing error.
CLOCK_TOLERANCE = timedelta(hours=24)
# Two admins who log the same money do so while they stand on the same dock.
TWIN_WITHIN = timedelta(minutes=30)


class PaymentConflict(Conflict):
    """409. The id is taken by another payment, or the payment's state does not allow the act."""


class PossibleDuplicate(Conflict):
    """409. Somebody has just logged such a payment; `duplicate` is that one. Nothing was written."""


class UnusualAmount(Conflict):
    """409. Much more than what is due; `due_cents` is that. Nothing was written."""


class DeviceClock(Conflict):
    """409. The device's clock, which `received_at` was taken from, is off; `server_time` is the true one.

    Nothing was written.
    """


# --- log ------------------------------------------------------------------------------------------


def parse_payment(payment_id: str, body: Mapping[str, Any], *, now: datetime) -> NewPayment:
    """The payment to log, checked as far as that goes without its charter. Raises BadInput."""
    form = Form(body)
    if not fields.is_uuid(payment_id):
        form.refuse("payment_id", "must be a UUID")
    new = NewPayment(payment_id=payment_id.lower(), **form.read_all(rules_of(NewPayment)))
    if new.kind == "refund" and new.refund_of is None:
        form.refuse("refund_of", "is required: which payment is given back")
    if new.kind != "refund" and new.refund_of is not None:
        form.refuse("refund_of", "goes with kind refund only")
    if new.duplicate_of == new.payment_id:
        form.refuse("duplicate_of", "must be another payment")
    if not _clock_off(new, now):
        _check_past(form, "received_at", new.received_at, now)
    form.finish()
    return new


def _clock_off(new: NewPayment, now: datetime) -> timedelta:
    """How far the device's clock is ahead; zero when that is little, or plays no part."""
    ahead = times.parse_instant(new.device_time) - now if new.device_time else timedelta()
    return ahead if abs(ahead) > times.CLOCK_OFF else timedelta()


def _check_past(form: Form, name: str, instant: str, now: datetime) -> None:
    if instant > times.format_instant(now + CLOCK_TOLERANCE):
        form.refuse(name, "must not be in the future")


def request_fingerprint(new: NewPayment) -> str:
    """Equal for equal requests, whatever became of the charter meanwhile."""
    content = new._replace(ask_if_duplicate=False, ask_if_unusual=False, unusual_ok=False, device_time="")
    return fields.fingerprint(NewPayment, content._asdict())


def log_payment(event_id: str, new: NewPayment, *, actor: Actor, now: datetime) -> tuple[str, bool]:
    """The answer as JSON text, and whether it is new. A replay gets the very text that answered first.

    Raises PaymentConflict if the id stands for another payment, DeviceClock, PossibleDuplicate or UnusualAmount if the
    request asks for that, BadInput if the charter does not allow it.
    """

    def attempt() -> tuple[str, Mail | None, bool]:
        if new.kind == "refund" or new.duplicate_of or new.ask_if_duplicate or new.ask_if_unusual or new.device_time:
            whole = charters.find_whole_charter(event_id)
            charter, earlier = whole.charter, fold(whole.payment_items)
        else:
            charter, earlier = charters.find_charter(event_id), []
        if any(row["payment_id"] == new.payment_id for row in earlier):
            stored = store.read_payment_item(event_id, new.payment_id)
            return _replay(new, stored or {}), None, False
        _check_clock(new, now)
        _check_currency(charter, new)
        _check_duplicate(new, earlier, now)
        _check_unusual(charter, new)
        refunds_tip = new.kind == "refund" and _find_refunded(new, earlier)["kind"] == "tip"
        row = _new_row(charter, new, refunds_tip, actor, now)
        sums = ledger.add(charter.sums, row)
        after = _after(charter, sums, row["recorded_at"])
        notify = new.notify and bool(charter.details["patron"]["email"])
        payment: Payment = {**row, "receipt": "pending" if notify else "off"}
        mail = mails.receipt_mail(after, payment_json(payment), now) if notify else None
        answer_json: PaymentAndEvent = {"payment": payment_json(payment), "event": charters.show(after, now)}
        payment["answer_sha256"] = fingerprint_answer(answer_json)
        answer = json.dumps(answer_json, separators=(",", ":"))
        try:
            store.append_payment(charter, payment, sums, request_fingerprint(new), answer, mail)
        except AlreadyExists as found:
            return _replay(new, found.item), None, False
        return answer, mail, True

    answer, mail, is_new = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return answer, is_new


def _replay(new: NewPayment, stored: Item) -> str:
    fingerprint, answer = store.stored_answer(stored)
    if fingerprint != request_fingerprint(new):
        raise PaymentConflict("This payment_id already stands for another payment. Nothing was changed.")
    return answer


def fingerprint_answer(answer: PaymentAndEvent) -> str:
    """Of all that was answered but guests' names and addresses, which may be erased later."""
    event = answer["event"]
    guests = [guest["guest_id"] for guest in event["guests"]]
    waivers = {name: value for name, value in event["waivers"].items() if name != "missing"}
    kept = {"payment": answer["payment"], "event": {**event, "guests": guests, "waivers": waivers}}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _new_row(charter: Charter, new: NewPayment, refunds_tip: bool, actor: Actor, now: datetime) -> PaymentRow:
    recorded_at = times.format_instant(now)
    received_at = new.received_at or recorded_at
    cleared = METHODS[new.method].cleared_on_receipt
    return {
        "payment_id": new.payment_id,
        "event_id": charter.event_id,
        "kind": new.kind,
        "refund_of": new.refund_of,
        "duplicate_of": new.duplicate_of,
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
        "status": "cleared" if cleared else "received",
        "void": None,
        "bounce": None,
        "refunds_tip": refunds_tip,
        "charter": charter.details["title"],
        "address": actor.address,
        "ledger_seq": charter.ledger_seq + 1,
        # Known with the answer.
        "answer_sha256": "",
    }


def _check_clock(new: NewPayment, now: datetime) -> None:
    if ahead := _clock_off(new, now):
        off = f"{times.spell_span(abs(ahead))} {'fast' if ahead > timedelta() else 'slow'}"
        raise DeviceClock(
            f"The clock of this device is {off}. Nothing was saved.", server_time=times.format_instant(now)
        )


def _check_currency(charter: Charter, new: NewPayment) -> None:
    if new.currency not in ("", charter.details["currency"]):
        raise BadInput({"currency": f"must be the charter's, {charter.details['currency']}"})


def _find_refunded(new: NewPayment, earlier: list[Payment]) -> Payment:
    paid = next((row for row in earlier if row["payment_id"] == new.refund_of), None)
    if paid is None or paid["kind"] == "refund" or not ledger.is_live(paid):
        raise BadInput({"refund_of": "must be a payment of this charter that is neither refund, voided nor bounced"})
    left_cents = ledger.refundable_cents(paid, earlier)
    if new.amount_cents > left_cents:
        left = amounts.spell(left_cents, paid["currency"])
        raise BadInput({"amount_cents": f"must be at most {left}: no more of that payment is left to refund"})
    return paid


def _check_duplicate(new: NewPayment, earlier: list[Payment], now: datetime) -> None:
    if new.duplicate_of:
        if all(row["payment_id"] != new.duplicate_of for row in earlier):
            raise BadInput({"duplicate_of": "must be a payment of this charter"})
    elif new.ask_if_duplicate:
        twins = [row for row in earlier if _is_twin(row, new, now)]
        if twins:
            twin = max(twins, key=lambda row: row["recorded_at"])
            amount = amounts.spell(twin["amount_cents"], twin["currency"])
            how, ago = METHODS[twin["method"]].name, times.spell_ago(twin["recorded_at"], now)
            raise PossibleDuplicate(
                f"{twin['recorded_by']} logged {amount} {how} for this charter {ago}. Nothing was saved.",
                duplicate=payment_json(twin),
            )


def _check_unusual(charter: Charter, new: NewPayment) -> None:
    """A deposit or balance of more than twice what is due; any of one that has a fee and owes nothing."""
    due_cents = max(charter.due_cents, 0)
    if (
        new.ask_if_unusual
        and not new.unusual_ok
        and new.kind in ("deposit", "balance")
        and charter.details["charter_fee_cents"] > 0
        and new.amount_cents > 2 * due_cents
    ):
        amount, due = (amounts.spell(cents, charter.details["currency"]) for cents in (new.amount_cents, due_cents))
        owed = f"{due} is due for this charter" if due_cents else "nothing is due for this charter"
        raise UnusualAmount(f"{amount} was typed, but {owed}. Nothing was saved.", due_cents=due_cents)


def _is_twin(row: Payment, new: NewPayment, now: datetime) -> bool:
    """Same method and amount, and logged within TWIN_WITHIN of now or received within it of the other."""
    same = (row["method"], row["amount_cents"]) == (new.method, new.amount_cents)
    if not same or not ledger.is_live(row) or (row["kind"] == "refund") != (new.kind == "refund"):
        return False
    received_at = times.parse_instant(new.received_at) if new.received_at else now
    return (
        abs(now - times.parse_instant(row["recorded_at"])) <= TWIN_WITHIN
        or abs(received_at - times.parse_instant(row["received_at"])) <= TWIN_WITHIN
    )


# --- acts -----------------------------------------------------------------------------------------


def void_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The entry should never have existed; no money moved. Again: unchanged."""
    return _act("void", event_id, payment_id, {"reason": charters.parse_reason(body)}, actor, now)


def clear_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The money has arrived for good. Again: unchanged."""
    form = Form(body)
    cleared_at = form.read(Clearing)["cleared_at"] or times.format_instant(now)
    _check_past(form, "cleared_at", cleared_at, now)
    form.finish()
    return _act("clear", event_id, payment_id, {"cleared_at": cleared_at}, actor, now)


def bounce_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The bank took it back. Again: unchanged."""
    return _act("bounce", event_id, payment_id, {"reason": charters.parse_reason(body)}, actor, now)


# The act's result, and the states it may start from.
_ACTS = {
    "void": ("voided", ("received", "cleared")),
    "clear": ("cleared", ("received",)),
    "bounce": ("bounced", ("received", "cleared")),
}


def _act(
    name: ActName, event_id: str, payment_id: str, more: dict[str, str], actor: Actor, now: datetime
) -> PaymentAndEvent:
    result, allowed = _ACTS[name]
    at = times.format_instant(now)

    def attempt() -> tuple[Payment, Charter, Mail | None]:
        whole = charters.find_whole_charter(event_id)
        charter, rows = whole.charter, fold(whole.payment_items)
        payment = _find(rows, payment_id)
        if payment["status"] == result:
            return payment, charter, None
        _check_act(name, payment, rows, allowed)
        done = {"act": name, "at": at, "by": actor.name, "address": actor.address, **more}
        act: Act = {**done, "ledger_seq": charter.ledger_seq + 1, "mail_id": ""}  # type: ignore[typeddict-item]
        changed = apply_act(payment, act)
        sums = ledger.fold(changed if row is payment else row for row in rows)
        after = _after(charter, sums, at)
        mail = None
        if name == "void" and payment["receipt"] != "off":
            mail = mails.correction_mail(after, payment_json(changed), now)
        elif name == "bounce" and payment["kind"] != "refund":
            mail = mails.bounce_mail(after, payment_json(changed), now)
        act["mail_id"] = mail.mail_id if mail else ""
        try:
            store.append_act(charter, payment, act, sums, mail)
        except AlreadyExists:
            # This very act has just been done: read again.
            raise WriteConflict from None
        return changed, after, mail

    payment, charter, mail = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"payment": payment_json(payment), "event": charters.show(charter, now)}


def _check_act(name: ActName, payment: Payment, rows: list[Payment], allowed: tuple[str, ...]) -> None:
    if payment["status"] not in allowed:
        raise PaymentConflict(f"A {payment['status']} payment cannot be {_ACTS[name][0]}.")
    if name == "bounce" and not METHODS[payment["method"]].can_bounce:
        raise PaymentConflict("Cash does not bounce. Void the entry, or log a refund.")
    if name == "void" and ledger.refundable_cents(payment, rows) < payment["amount_cents"]:
        raise PaymentConflict("Part of this payment was refunded. Void the refund first.")


def send_receipt_again(event_id: str, payment_id: str, *, actor: Actor, now: datetime) -> ReceiptAsked:
    whole = charters.find_whole_charter(event_id)
    payment = _find(fold(whole.payment_items), payment_id)
    if not ledger.is_live(payment):
        raise PaymentConflict(f"This payment is {payment['status']}; there is nothing to confirm.")
    mail = mails.second_receipt_mail(whole.charter, payment_json(payment), now)
    if mail is None:
        raise PaymentConflict("The patron of this charter has no email address.")
    asked = audit_event("receipt_asked", actor, times.format_instant(now), mail_id=mail.mail_id)
    try:
        retry_on_conflict(lambda: mail_store.put_mail(mail, [put_write(history_item(event_id, asked))]))
    except AlreadyExists:
        # A double tap: the first one sends it.
        return {"receipt": "pending"}
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"receipt": "pending"}


def _find(rows: list[Payment], payment_id: str) -> Payment:
    for row in rows:
        if row["payment_id"] == payment_id.lower():
            return row
    raise NotFound("There is no such payment.")


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
        return {**payment, "status": "cleared", "cleared_at": act["cleared_at"]}
    ended: Ended = {"reason": act["reason"], "at": act["at"], "by": act["by"]}
    if act["act"] == "void":
        return {**payment, "status": "voided", "void": ended}
    return {**payment, "status": "bounced", "bounce": ended}


def payment_json(payment: Payment) -> PaymentJson:
    return {name: payment[name] for name in PaymentJson.__annotations__}  # type: ignore[return-value,literal-required]


def statement(event_id: str) -> Statement:
    whole = charters.find_whole_charter(event_id)
    return {
        "payments": [payment_json(row) for row in fold(whole.payment_items)],
        "balance": whole.charter.balance,
    }


def _after(charter: Charter, sums: ledger.Sums, at: str) -> Charter:
    return charter._replace(sums=sums, ledger_seq=charter.ledger_seq + 1, updated_at=max(at, charter.updated_at))
