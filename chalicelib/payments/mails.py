"""Mails about payments: receipts, corrections, bounces."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.charters import store as charter_store
from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core import names
from chalicelib.core.dynamo import Item
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, tap_number
from chalicelib.mail.store import Data, MailData, MailOf, MailStatus
from chalicelib.money.ledger import Balance
from chalicelib.payments import store
from chalicelib.payments.fields import PaymentJson, Receipt


class PaymentData(MailData):
    charter: CharterData
    payment: PaymentJson
    balance: Balance


class CorrectedData(PaymentData):
    """A payment as it is now, and as it was entered before."""

    corrected: PaymentJson
    corrected_charter: str
    """The title of the charter that it was entered for."""


class BatchData(MailData):
    """Payments that were logged together."""

    charter: CharterData
    payments: list[PaymentJson]
    balance: Balance
    left_out: list[str]
    """Those that were voided or bounced before the mail went out: other mails say so."""


PaymentMail = MailOf[PaymentData]


def receipt_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("receipt", "", charter, payment, now)


def second_receipt_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("receipt", f"-{tap_number(now)}", charter, payment, now)


def correction_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("correction", "-void", charter, payment, now)


def bounce_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("bounce", "-bounce", charter, payment, now)


def _mail_to_patron(
    kind: str, suffix: str, charter: Charter, payment: PaymentJson, now: datetime
) -> PaymentMail | None:
    """None where the patron has no address."""
    mail_id = f"{receipt_mail_id(charter.event_id, payment['payment_id'])}{suffix}"
    return _mail(kind, mail_id, charter, _payment_data(charter, payment), now)


def _payment_data(charter: Charter, payment: PaymentJson) -> PaymentData:
    patron = charter.details["patron"]
    return {
        "charter": charter_data(charter),
        "payment": payment,
        "balance": charter.balance,
        "name": patron["name"],
    }


def _mail(kind: str, mail_id: str, charter: Charter, data: Data, now: datetime) -> MailOf[Data] | None:
    email = charter.details["patron"]["email"]
    return new_mail(kind, mail_id, email, data, now) if email else None


def is_same_patron(one: Charter, other: Charter) -> bool:
    """Whether what is told of both charters goes to one address."""
    first, second = (names.email_key(charter.details["patron"]["email"]) for charter in (one, other))
    return first == second


def corrected_mail(
    charter: Charter, payment: PaymentJson, source: Charter, corrected: PaymentJson, now: datetime
) -> MailOf[CorrectedData] | None:
    """Of a payment of this charter that was entered otherwise, perhaps for another charter, the `source`."""
    data: CorrectedData = {
        **_payment_data(charter, payment),
        "corrected": corrected,
        "corrected_charter": source.details["title"],
    }
    return _mail("corrected", receipt_mail_id(charter.event_id, payment["payment_id"]), charter, data, now)


def batch_mail(
    charter: Charter, batch_id: str, payments: Sequence[PaymentJson], now: datetime
) -> MailOf[BatchData] | None:
    data: BatchData = {
        "charter": charter_data(charter),
        "payments": list(payments),
        "balance": charter.balance,
        "left_out": [],
        "name": charter.details["patron"]["name"],
    }
    return _mail("batch_receipt", batch_mail_id(charter.event_id, batch_id), charter, data, now)


def batch_mail_id(event_id: str, batch_id: str) -> str:
    return f"{receipt_mail_id(event_id, batch_id)}-batch"


def receipt_mail_id(event_id: str, payment_id: str) -> str:
    """Of the first receipt of a payment.

    Another charter may have a payment of the same id. Not the whole id of the charter: it opens the guest page.
    """
    return f"{payment_id}-{event_id[:8]}"


def _renew_receipt(mail: PaymentMail, _: datetime) -> PaymentMail | str:
    payment = mail.data["payment"]
    if store.list_ended(payment["event_id"], [payment["payment_id"]]):
        # Another mail says that to the patron; this one must not come after it.
        return "the payment was voided or bounced"
    return mail


def _renew_batch(mail: MailOf[BatchData], _: datetime) -> MailOf[BatchData] | str:
    event_id, ids = mail.data["charter"]["event_id"], [one["payment_id"] for one in mail.data["payments"]]
    ended = store.list_ended(event_id, ids)
    charter = charter_store.read_charter(event_id) if ended else None
    if charter is None:
        return mail
    if ended >= set(ids):
        return "the payments were voided or bounced"
    # What is due depends on whether the charter was cancelled meanwhile, so the mail says that too.
    now: BatchData = {**mail.data, "charter": charter_data(charter), "balance": charter.balance}
    return mail._replace(data={**now, "left_out": sorted(ended)})


def _receipt_writes(mail: PaymentMail, status: MailStatus, _: datetime) -> Sequence[Item]:
    """The payment's `receipt` follows its mail."""
    return [store.receipt_write(mail.data["payment"], receipt_of(status))]


def _batch_writes(mail: MailOf[BatchData], status: MailStatus, _: datetime) -> Sequence[Item]:
    """The same for those that it tells of; the others have none."""
    return [
        store.receipt_write(one, "off" if one["payment_id"] in mail.data["left_out"] else receipt_of(status))
        for one in mail.data["payments"]
    ]


def receipt_of(status: MailStatus) -> Receipt:
    """What a payment says of its receipt when the mail has this status."""
    known: Mapping[MailStatus, Receipt] = {"queued": "pending", "sent": "sent", "cancelled": "off"}
    return known.get(status, "failed")


def _current_address(mail: MailOf[PaymentData] | MailOf[BatchData]) -> str:
    """The patron's address now: it may have been corrected, which is why an admin sends the mail again."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"])
    return (charter.details["patron"]["email"] if charter else "") or mail.to


MAIL_KINDS: MailKinds = {
    "receipt": MailKind(renew=_renew_receipt, status_writes=_receipt_writes, current_address=_current_address),
    "corrected": MailKind(renew=_renew_receipt, status_writes=_receipt_writes, current_address=_current_address),
    "batch_receipt": MailKind(renew=_renew_batch, status_writes=_batch_writes, current_address=_current_address),
    "correction": MailKind(current_address=_current_address),
    "bounce": MailKind(current_address=_current_address),
}
