"""Several payments that are logged as one: half Venmo, half cash and two tips. All or none, with one receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core.audit import Actor
from chalicelib.core.errors import AlreadyExists
from chalicelib.core.fields import Form, rules_of
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.text import is_uuid
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.payments import answers, checks, mails, store
from chalicelib.payments.answers import PaymentConflict
from chalicelib.payments.fields import NewBatch, Payment, PaymentRow, PaymentsAndEvent
from chalicelib.payments.rows import fold, new_row, payment_json
from chalicelib.payments.store import Posted


def parse_batch(batch_id: str, body: Mapping[str, Any], *, now: datetime) -> NewBatch:
    """The payments to log, checked as far as that goes without their charter. Raises BadInput."""
    form = Form(body)
    if not is_uuid(batch_id):
        form.refuse("batch_id", "must be a UUID")
    batch = NewBatch(batch_id=batch_id.lower(), **form.read_all(rules_of(NewBatch)))
    ids = [row.payment_id for row in batch.payments]
    for index, row in enumerate(batch.payments):
        checks.check_past(form, f"payments[{index}].received_at", row.received_at, now, batch.device_time)
        if row.payment_id and row.payment_id in ids[:index]:
            form.refuse(f"payments[{index}].payment_id", "must be another than those before it")
        if row.duplicate_of and row.duplicate_of in ids:
            form.refuse(f"payments[{index}].duplicate_of", "must be a payment that was logged before")
    form.finish()
    return batch


def log_batch(
    event_id: str, batch_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> tuple[str, bool]:
    """The answer as JSON text, and whether it is new. A replay gets the very text that answered first.

    Raises PaymentConflict if the batch's id or that of a payment in it is taken; and what logging a payment raises.
    """
    batch = parse_batch(batch_id, body, now=now)
    fingerprint = answers.fingerprint_batch(batch)

    def attempt() -> tuple[str, Mail | None, bool]:
        whole = charters.find_whole_charter(event_id)
        charter, earlier = whole.charter, fold(whole.payment_items)
        if any(row["batch_id"] == batch.batch_id for row in earlier):
            stored = store.read_batch_item(event_id, batch.batch_id)
            return answers.replay(stored, fingerprint, "batch"), None, False
        taken = {row["payment_id"] for row in earlier}
        if any(new.payment_id in taken for new in batch.payments):
            raise PaymentConflict("One of these payments is logged already. Nothing was changed.")
        _check(batch, charter, earlier, now)
        after, rows = _add_rows(charter, batch, actor, now)
        notify = batch.notify and bool(charter.details["patron"]["email"])
        payments: list[Payment] = [{**row, "receipt": "pending" if notify else "off"} for row in rows]
        shown = [payment_json(payment) for payment in payments]
        mail = mails.batch_mail(after, batch.batch_id, shown, now) if notify else None
        answered: PaymentsAndEvent = {"payments": shown, "event": charters.show(after, now)}
        answer = answers.seal(payments, answered)
        try:
            store.append_batch(Posted(charter, after), batch.batch_id, payments, fingerprint, answer, mail)
        except AlreadyExists as found:
            return answers.replay(found.item, fingerprint, "batch"), None, False
        return answer, mail, True

    answer, mail, is_new = retry_on_conflict(attempt)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return answer, is_new


def _check(batch: NewBatch, charter: Charter, earlier: list[Payment], now: datetime) -> None:
    checks.check_clock(batch.device_time, now)
    for index, new in enumerate(batch.payments):
        checks.check_currency(charter, new.currency, f"payments[{index}].currency")
        checks.check_duplicate_of(new.duplicate_of, earlier, f"payments[{index}].duplicate_of")
    if batch.ask_if_duplicate:
        for new in batch.payments:
            checks.ask_about_twin(new, earlier, now)
    if batch.ask_if_unusual and not batch.unusual_ok:
        checks.ask_about_amount(charter, batch.payments)


def _add_rows(charter: Charter, batch: NewBatch, actor: Actor, now: datetime) -> tuple[Charter, list[PaymentRow]]:
    """The charter after them, and the rows in the order of the request."""
    rows: list[PaymentRow] = []
    for new in batch.payments:
        row = new_row(charter, new, actor, now)
        row["batch_id"] = batch.batch_id
        rows.append(row)
        charter = store.after(charter, ledger.add(charter.sums, row), row["recorded_at"])
    return charter, rows
