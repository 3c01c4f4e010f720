"""What is done to a payment that was logged: it is cleared, it bounces, it is voided, its receipt is sent again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import Actor, audit_event, history_item
from chalicelib.core.dynamo import put_write
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.money.ledger import PaymentStatus
from chalicelib.money.methods import METHODS
from chalicelib.payments import mails, store
from chalicelib.payments.answers import PaymentConflict
from chalicelib.payments.checks import check_past
from chalicelib.payments.fields import Act, ActName, Clearing, Payment, PaymentAndEvent, ReceiptAsked
from chalicelib.payments.rows import apply_act, find, fold, payment_json
from chalicelib.payments.store import Posted


class _Change(NamedTuple):
    """What an act makes of a payment, and from which states."""

    result: PaymentStatus
    allowed: tuple[PaymentStatus, ...]


_CHANGES: Mapping[ActName, _Change] = {
    "void": _Change("voided", ("received", "cleared")),
    "clear": _Change("cleared", ("received",)),
    "bounce": _Change("bounced", ("received", "cleared")),
}


def void_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The entry should never have existed; no money moved. Again: unchanged."""
    return _act("void", event_id, payment_id, {"reason": charters.parse_reason(body)}, actor, now)


def clear_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The money has arrived for good; `evidence` is what showed it. Again: unchanged."""
    form = Form(body)
    clearing = form.read(Clearing)
    cleared_at = clearing["cleared_at"] or times.format_instant(now)
    check_past(form, "cleared_at", cleared_at, now)
    form.finish()
    return _act("clear", event_id, payment_id, {**clearing, "cleared_at": cleared_at}, actor, now)


def bounce_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> PaymentAndEvent:
    """The bank took it back. Again: unchanged."""
    return _act("bounce", event_id, payment_id, {"reason": charters.parse_reason(body)}, actor, now)


def _act(
    name: ActName, event_id: str, payment_id: str, more: Mapping[str, object], actor: Actor, now: datetime
) -> PaymentAndEvent:
    at = times.format_instant(now)

    def attempt() -> tuple[Payment, Charter, Mail | None]:
        whole = charters.find_whole_charter(event_id)
        charter, rows = whole.charter, fold(whole.payment_items)
        payment = find(rows, payment_id)
        if payment["status"] == _CHANGES[name].result:
            return payment, charter, None
        check_act(name, payment, rows, _CHANGES[name].result)
        act = new_act(charter, name, more, actor, at)
        changed = apply_act(payment, act)
        after = store.after(charter, ledger.fold(changed if row is payment else row for row in rows), at)
        mail = None
        if name == "void" and payment["receipt"] != "off":
            mail = mails.correction_mail(after, payment_json(changed), now)
        elif name == "bounce" and payment["kind"] != "refund":
            mail = mails.bounce_mail(after, payment_json(changed), now)
        act["mail_id"] = mail.mail_id if mail else ""
        try:
            store.append_act(Posted(charter, after), payment, act, mail)
        except AlreadyExists:
            # This very act has just been done: read again.
            raise WriteConflict from None
        return changed, after, mail

    payment, charter, mail = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"payment": payment_json(payment), "event": charters.show(charter, now)}


def check_act(name: ActName, payment: Payment, rows: list[Payment], result: str) -> None:
    """Raises PaymentConflict if the payment's state does not allow the act. `result` is what the payment would be."""
    if payment["status"] not in _CHANGES[name].allowed:
        raise PaymentConflict(f"A {payment['status']} payment cannot be {result}.")
    if name == "bounce" and not METHODS[payment["method"]].can_bounce:
        raise PaymentConflict("Cash does not bounce. Void the entry, or log a refund.")
    if name == "void" and ledger.refundable_cents(payment, rows) < payment["amount_cents"]:
        raise PaymentConflict("Part of this payment was refunded. Void the refund first.")


def new_act(charter: Charter, name: ActName, more: Mapping[str, object], actor: Actor, at: str) -> Act:
    """The next act in a charter's ledger, as the charter is before it; no mail tells of it yet."""
    done = {"act": name, "at": at, "by": actor.name, "address": actor.address, **more}
    return {**done, "ledger_seq": charter.ledger_seq + 1, "mail_id": ""}  # type: ignore[typeddict-item]


def send_receipt_again(event_id: str, payment_id: str, *, actor: Actor, now: datetime) -> ReceiptAsked:
    whole = charters.find_whole_charter(event_id)
    payment = find(fold(whole.payment_items), payment_id)
    if not ledger.is_live(payment):
        raise PaymentConflict(f"This payment is {payment['status']}; there is nothing to confirm.")
    mail = mails.second_receipt_mail(whole.charter, payment_json(payment), now)
    if mail is None:
        raise PaymentConflict("The patron of this charter has no email address.")
    asked = audit_event("receipt_asked", actor, times.format_instant(now), mail_id=mail.mail_id)
    noted = [put_write(history_item(event_id, asked))]
    if retry_on_conflict(lambda: outbox.queue_tapped(mail, now, noted)):
        outbox.deliver(mail, mails.MAIL_KINDS, now)
    return {"receipt": "pending"}
