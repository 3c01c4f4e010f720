"""Mails about a payment: receipt, correction, bounce."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.charters import store as charter_store
from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core.dynamo import Item
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail
from chalicelib.mail.store import MailData, MailOf, MailStatus
from chalicelib.money.ledger import Balance
from chalicelib.payments import store
from chalicelib.payments.fields import PaymentJson, Receipt


class PaymentData(MailData):
    charter: CharterData
    payment: PaymentJson
    balance: Balance


PaymentMail = MailOf[PaymentData]


def receipt_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("receipt", "", charter, payment, now)


def second_receipt_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    # A double tap is one mail; asked again a little later it is a second one.
    return _mail_to_patron("receipt", f"-{int(now.timestamp()) // 10}", charter, payment, now)


def correction_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("correction", "-void", charter, payment, now)


def bounce_mail(charter: Charter, payment: PaymentJson, now: datetime) -> PaymentMail | None:
    return _mail_to_patron("bounce", "-bounce", charter, payment, now)


def _mail_to_patron(
    kind: str, suffix: str, charter: Charter, payment: PaymentJson, now: datetime
) -> PaymentMail | None:
    """None where the patron has no address."""
    patron = charter.details["patron"]
    if not patron["email"]:
        return None
    data: PaymentData = {
        "charter": charter_data(charter),
        "payment": payment,
        "balance": charter.balance,
        "name": patron["name"],
    }
    mail_id = receipt_mail_id(charter.event_id, payment["payment_id"])
    return new_mail(kind, f"{mail_id}{suffix}", patron["email"], data, now)


def receipt_mail_id(event_id: str, payment_id: str) -> str:
    """Of the first receipt of a payment.

    Another charter may have a payment of the same id. Not the whole id of the charter: it opens the guest page.
    """
    return f"{payment_id}-{event_id[:8]}"


def _renew_receipt(mail: PaymentMail, _: datetime) -> PaymentMail | str:
    payment = mail.data["payment"]
    if any(store.has_act(payment["event_id"], payment["payment_id"], act) for act in ("VOID", "BOUNCE")):
        # Another mail says that to the patron; this one must not come after it.
        return "the payment was voided or bounced"
    return mail


def _receipt_writes(mail: PaymentMail, status: MailStatus, _: datetime) -> Sequence[Item]:
    """The payment's `receipt` follows its mail."""
    return [store.receipt_write(mail.data["payment"], receipt_of(status))]


def receipt_of(status: MailStatus) -> Receipt:
    """What a payment says of its receipt when the mail has this status."""
    known: Mapping[MailStatus, Receipt] = {"queued": "pending", "sent": "sent", "cancelled": "off"}
    return known.get(status, "failed")


def _current_address(mail: PaymentMail) -> str:
    """The patron's address now: it may have been corrected, which is why an admin sends the mail again."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"])
    return (charter.details["patron"]["email"] if charter else "") or mail.to


MAIL_KINDS: MailKinds = {
    "receipt": MailKind(renew=_renew_receipt, status_writes=_receipt_writes, current_address=_current_address),
    "correction": MailKind(current_address=_current_address),
    "bounce": MailKind(current_address=_current_address),
}
