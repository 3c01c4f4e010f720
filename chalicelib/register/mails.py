"""Mails about boats and people: that a paper ends soon."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypedDict

from chalicelib.core import times
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, MailKinds, owners_address
from chalicelib.mail.store import MailData, MailOf
from chalicelib.operator import service as operator_service
from chalicelib.operator.fields import SettingsDetails
from chalicelib.register import papers, store
from chalicelib.register.papers import Notice
from chalicelib.register.store import KINDS, Kind, RegisteredRecord


class Owner(TypedDict):
    """Whose paper it is."""

    kind: str
    record_id: str
    name: str


class PaperData(MailData):
    owner: Owner
    label: str
    number_last4: str
    valid_until: str
    note: str
    days_left: int


def find_paper_mails(now: datetime) -> Iterator[MailOf[PaperData]]:
    """One mail for each paper that ends soon, of all active boats and people: two Queries."""
    operator = operator_service.get_settings()
    for kind in KINDS.values():
        for record in store.list_records(kind):
            yield from mails_of(kind, record, operator, now)


def mails_of(
    kind: Kind, record: RegisteredRecord, operator: SettingsDetails, now: datetime
) -> Iterator[MailOf[PaperData]]:
    """Those of one boat or person."""
    if record.details["active"]:
        for notice in papers.find_notices(record.details, times.day_of(now, settings().timezone)):
            yield _paper_mail(kind, record, notice, operator, now)


def _paper_mail(
    kind: Kind, record: RegisteredRecord, notice: Notice, operator: SettingsDetails, now: datetime
) -> MailOf[PaperData]:
    """Due at once, and the same mail however often it is queued: so the mail itself records that it was told."""
    at, paper = times.format_instant(now), notice.paper
    data: PaperData = {
        "owner": {"kind": kind.noun, "record_id": record.record_id, "name": record.details["name"]},
        "label": papers.LABELS[paper["kind"]],
        "number_last4": paper["number_last4"],
        "valid_until": paper["valid_until"] or "",
        "note": paper["note"],
        "days_left": notice.days_left,
        "name": operator["operator_name"],
    }
    mail_id = f"paper-{record.record_id[:8]}-{notice.key}"
    return MailOf(mail_id, "paper_ends", operator["operator_email"], data, due_at=at, created_at=at)


def _renew(mail: MailOf[PaperData], now: datetime) -> MailOf[PaperData] | str:
    """With what holds now, unless the paper was renewed meanwhile, or another notice is due."""
    owner, kind = mail.data["owner"], KINDS[mail.data["owner"]["kind"]]
    record = store.read_record(kind, owner["record_id"])
    fresh = mails_of(kind, record, operator_service.get_settings(), now) if record else iter(())
    for one in fresh:
        if one.mail_id == mail.mail_id:
            return mail._replace(data=one.data)
    return "the paper was changed, or has ended"


MAIL_KINDS: MailKinds = {"paper_ends": MailKind(renew=_renew, current_address=owners_address)}
