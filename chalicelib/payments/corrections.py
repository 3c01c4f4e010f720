"""A payment is corrected, or moved to another charter: the old row is voided and a new one recorded, in one write."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import AlreadyExists, BadInput, NotFound
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.money import ledger
from chalicelib.payments import acts, answers, checks, mails, store
from chalicelib.payments.fields import Act, Correction, NewPayment, Payment, PaymentAndEvent, PaymentRow
from chalicelib.payments.rows import apply_act, find, fold, new_row, payment_json
from chalicelib.payments.store import Posted

# What the new row takes from the old one where the request leaves it out.
KEPT = ("method", "amount_cents", "kind", "currency", "payer", "reference", "note", "received_at")


class Ledger(NamedTuple):
    """A charter with its payments."""

    charter: Charter
    rows: list[Payment]


def correct_payment(event_id: str, asked: Correction, *, actor: Actor, now: datetime) -> tuple[str, bool]:
    """The answer as JSON text, and whether it is new. A replay gets the very text that answered first.

    Raises BadInput if there is no such payment to correct, PaymentConflict if that one could not be voided; and what
    logging a payment raises.
    """
    fingerprint, at = answers.fingerprint_request(asked), times.format_instant(now)

    def attempt() -> tuple[str, Sequence[Mail], bool]:
        own = _read(event_id)
        if any(row["payment_id"] == asked.payment_id for row in own.rows):
            stored = store.read_payment_item(event_id, asked.payment_id)
            return answers.replay(stored, fingerprint, "payment"), (), False
        checks.check_clock(asked.device_time, now)
        source = _find_source(own, asked)
        old = _find_corrected(source, asked)
        acts.check_act("void", old, source.rows, "corrected")
        act = _new_void(source.charter, event_id, asked, actor, at)
        voided = apply_act(old, act)
        left = _replace(source, old, voided, at)
        # Where the new row goes, without the old one.
        before = left if source is own else own
        row = _new_row(before, asked, old, actor, now)
        after = store.after(before.charter, ledger.add(before.charter.sums, row), at)
        told = asked.notify and bool(after.details["patron"]["email"])
        payment: Payment = {**row, "receipt": "pending" if told else "off"}
        of_new, of_old = _mails(left.charter, voided, after, payment, now) if asked.notify else (None, None)
        act["mail_id"] = of_old.mail_id if of_old else ""
        queued = tuple({mail.mail_id: mail for mail in (of_new, of_old) if mail}.values())
        answered: PaymentAndEvent = {"payment": payment_json(payment), "event": charters.show(after, now)}
        answer = answers.seal([payment], answered)
        posted = [Posted(own.charter, after)]
        if source is not own:
            posted.append(Posted(source.charter, left.charter))
        try:
            store.append_correction(posted, payment, fingerprint, answer, old, act, queued)
        except AlreadyExists as found:
            return answers.replay(found.item, fingerprint, "payment"), (), False
        return answer, queued, True

    answer, queued, is_new = retry_on_conflict(attempt)
    for mail in queued:
        outbox.deliver(mail, mails.MAIL_KINDS, now)
    return answer, is_new


def _read(event_id: str) -> Ledger:
    whole = charters.find_whole_charter(event_id)
    return Ledger(whole.charter, fold(whole.payment_items))


def _find_source(own: Ledger, asked: Correction) -> Ledger:
    """The charter that the corrected payment stands at."""
    event_id = asked.corrects["event_id"]
    if event_id in (None, own.charter.event_id):
        return own
    try:
        return _read(event_id)
    except NotFound:
        raise BadInput({"corrects.event_id": "must be a charter"}) from None


def _find_corrected(source: Ledger, asked: Correction) -> Payment:
    try:
        return find(source.rows, asked.corrects["payment_id"])
    except NotFound:
        raise BadInput({"corrects.payment_id": "must be a payment of that charter"}) from None


def _new_void(charter: Charter, event_id: str, asked: Correction, actor: Actor, at: str) -> Act:
    """Of the old row: it names the new one."""
    key = {"event_id": event_id, "payment_id": asked.payment_id}
    return acts.new_act(charter, "void", {"reason": asked.corrects["reason"], "corrected_by": key}, actor, at)


def _replace(source: Ledger, old: Payment, voided: Payment, at: str) -> Ledger:
    rows = [voided if row is old else row for row in source.rows]
    return Ledger(store.after(source.charter, ledger.fold(rows), at), rows)


def _new_row(before: Ledger, asked: Correction, old: Payment, actor: Actor, now: datetime) -> PaymentRow:
    charter, earlier = before
    new = _fill(asked, old, is_move=charter.event_id != old["event_id"])
    # Dollars that were received do not become euros, whatever the request calls them.
    checks.check_currency(charter, old["currency"])
    if problem := checks.problem_with_refund_of(new.kind, new.refund_of):
        raise BadInput({"refund_of": problem})
    paid = checks.check_payment(charter, new, earlier, now)
    row = new_row(charter, new, actor, now, paid)
    reason = asked.corrects["reason"]
    row["corrects"] = {"event_id": old["event_id"], "payment_id": old["payment_id"], "reason": reason}
    row["taken"] = [name for name in KEPT if getattr(asked, name) is None]
    if (row["event_id"], row["method"]) == (old["event_id"], old["method"]):
        row["first_logged_at"] = old["first_logged_at"]
    if stays_cleared(row, old):
        row |= {"status": "cleared", "cleared_at": old["cleared_at"], "clearance": old["clearance"]}
    return row


def _fill(asked: Correction, old: Payment, *, is_move: bool) -> NewPayment:
    """With what the request leaves out as it was. What a payment was logged beside is at its own charter only."""
    given = {name: value for name, value in asked._asdict().items() if value is not None and name != "corrects"}
    kept = {name: old[name] for name in KEPT}  # type: ignore[literal-required]
    is_refund = given.get("kind", old["kind"]) == "refund"
    refund_of, duplicate_of = (old["refund_of"] if is_refund else None), (None if is_move else old["duplicate_of"])
    return NewPayment(**{**kept, "refund_of": refund_of, "duplicate_of": duplicate_of, **given})


def stays_cleared(row: PaymentRow, old: PaymentRow) -> bool:
    """The bank has shown this very money: it is cleared as it was."""
    same = (row["method"], row["amount_cents"]) == (old["method"], old["amount_cents"])
    return same and row["status"] == "received" and old["status"] == "cleared"


def _mails(
    source: Charter, voided: Payment, after: Charter, payment: Payment, now: datetime
) -> tuple[Mail | None, Mail | None]:
    """What tells of the new row, and of the old one: the same mail for one patron, one each for two."""
    if mails.is_same_patron(source, after):
        mail = mails.corrected_mail(after, payment_json(payment), source, payment_json(voided), now)
        return mail, mail
    of_new = mails.receipt_mail(after, payment_json(payment), now)
    return of_new, mails.correction_mail(source, payment_json(voided), now)
