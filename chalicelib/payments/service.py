"""Payments are logged, one by one. Rows are appended, never edited; every call can be repeated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.core.audit import Actor
from chalicelib.core.errors import AlreadyExists
from chalicelib.core.fields import Form, rules_of
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.text import is_uuid
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.payments import answers, checks, corrections, mails, store
from chalicelib.payments.fields import Correction, NewPayment, Payment, PaymentAndEvent, Statement
from chalicelib.payments.rows import fold, new_row, payment_json
from chalicelib.payments.store import Posted


def parse_payment(payment_id: str, body: Mapping[str, Any], *, now: datetime) -> NewPayment | Correction:
    """What is to be logged, checked as far as that goes without its charter. Raises BadInput."""
    # Null stands for leaving it out.
    is_correction = body.get("corrects") is not None
    form = Form({name: value for name, value in body.items() if is_correction or name != "corrects"})
    if not is_uuid(payment_id):
        form.refuse("payment_id", "must be a UUID")
    new: NewPayment | Correction
    if is_correction:
        new = Correction(payment_id=payment_id.lower(), **form.read_all(rules_of(Correction)))
    else:
        new = NewPayment(payment_id=payment_id.lower(), **form.read_all(rules_of(NewPayment)))
        if problem := checks.problem_with_refund_of(new.kind, new.refund_of):
            form.refuse("refund_of", problem)
    if new.duplicate_of == new.payment_id:
        form.refuse("duplicate_of", "must be another payment")
    checks.check_past(form, "received_at", new.received_at, now, new.device_time)
    form.finish()
    return new


def log_payment(
    event_id: str, payment_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> tuple[str, bool]:
    """The answer as JSON text, and whether it is new. A replay gets the very text that answered first.

    Raises PaymentConflict if the id stands for another payment, DeviceClock, PossibleDuplicate or UnusualAmount if the
    request asks for that, BadInput if the charter does not allow it.
    """
    new = parse_payment(payment_id, body, now=now)
    if isinstance(new, Correction):
        return corrections.correct_payment(event_id, new, actor=actor, now=now)
    fingerprint = answers.fingerprint_request(new)
    needs_ledger = new.kind == "refund" or new.duplicate_of or new.ask_if_duplicate or new.ask_if_unusual

    def attempt() -> tuple[str, Mail | None, bool]:
        if needs_ledger or new.device_time:
            whole = charters.find_whole_charter(event_id)
            charter, earlier = whole.charter, fold(whole.payment_items)
        else:
            charter, earlier = charters.find_charter(event_id), []
        if any(row["payment_id"] == new.payment_id for row in earlier):
            stored = store.read_payment_item(event_id, new.payment_id)
            return answers.replay(stored, fingerprint, "payment"), None, False
        checks.check_clock(new.device_time, now)
        paid = checks.check_payment(charter, new, earlier, now)
        row = new_row(charter, new, actor, now, paid)
        after = store.after(charter, ledger.add(charter.sums, row), row["recorded_at"])
        notify = new.notify and bool(charter.details["patron"]["email"])
        payment: Payment = {**row, "receipt": "pending" if notify else "off"}
        mail = mails.receipt_mail(after, payment_json(payment), now) if notify else None
        answered: PaymentAndEvent = {"payment": payment_json(payment), "event": charters.show(after, now)}
        answer = answers.seal([payment], answered)
        try:
            store.append_payment(Posted(charter, after), payment, fingerprint, answer, mail)
        except AlreadyExists as found:
            return answers.replay(found.item, fingerprint, "payment"), None, False
        return answer, mail, True

    answer, mail, is_new = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return answer, is_new


def list_for_charter(event_id: str) -> Statement:
    """All that was ever logged for a charter, by the time of receipt, and what it adds up to."""
    whole = charters.find_whole_charter(event_id)
    return {
        "payments": [payment_json(row) for row in fold(whole.payment_items)],
        "balance": whole.charter.balance,
    }
