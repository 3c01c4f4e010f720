"""Mails about a payment: receipt, correction, bounce."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.charters import store as charter_store
from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core.dynamo import Item
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail
from chalicelib.mail.store import MailData, MailOf, MailStatus
from chalicelib.money.ledger import Balance
from chalicelib.payments import store
from chalicelib.payments.fields import PaymentJson


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
    # Another charter may have a payment of the same id. Not the whole id of the charter: it opens the guest page.
    mail_id = f"{payment['payment_id']}-{charter.event_id[:8]}{suffix}"
    return new_mail(kind, mail_id, patron["email"], data, now)


def _renew_receipt(mail: PaymentMail, _: datetime) -> PaymentMail | str:
    payment = mail.data["payment"]
    if any(store.has_act(payment["event_id"], payment["payment_id"], act) for act in ("VOID", "BOUNCE")):
        # Another mail says that to the patron; this one must not come after it.
        return "the payment was voided or bounced"
    return mail


def _receipt_writes(mail: PaymentMail, status: MailStatus, _: datetime) -> Sequence[Item]:
    """The payment's `receipt` follows its mail."""
    receipt = {"queued": "pending", "sent": "sent", "cancelled": "off"}.get(status, "failed")
    return [store.receipt_write(mail.data["payment"], receipt)]


def _current_address(mail: PaymentMail) -> str:
    """The patron's address now: it may have been corrected, which is why an admin sends the mail again."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"])
    return (charter.details["patron"]["email"] if charter else "") or mail.to


MAIL_KINDS: MailKinds = {
    "receipt": MailKind(renew=_renew_receipt, status_writes=_receipt_writes, current_address=_current_address),
    "correction": MailKind(current_address=_current_address),
    "bounce": MailKind(current_address=_current_address),
}
