"""Mails about waivers: the signer's copy, requests to sign, the head of the chain."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core import system, times
from chalicelib.core.audit import Actor, audit_event, audit_item
from chalicelib.core.dynamo import Item, put_write
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail
from chalicelib.mail.store import MailData, MailOf, MailStatus
from chalicelib.waivers import markdown, store
from chalicelib.waivers.fields import SignedRecord, WaiverVersion


class CopiedRecord(TypedDict):
    waiver_id: str
    signer_name: str
    signed_at: str
    waiver_version: str
    intent_statement: str
    record_hash: str


class CopyData(MailData):
    charter: CharterData
    record: CopiedRecord
    waiver_ids: list[str]
    people: list[str]
    language: str
    title: str
    text: str
    text_html: NotRequired[str]
    """Added with `copy_url` when the mail leaves; neither is kept."""
    copy_url: NotRequired[str]


class RequestData(MailData):
    charter: CharterData
    kind: str
    language: str
    url: str


class ChainHeadData(MailData):
    day: str
    count: int
    head: str


def copy_mail(
    charter: Charter, records: Sequence[SignedRecord], version: WaiverVersion, now: datetime
) -> MailOf[CopyData] | None:
    """The signer's copy of what one form signed; None without an address."""
    record = records[0]
    if not record["signer_email"]:
        return None
    copied: CopiedRecord = {
        "waiver_id": record["waiver_id"],
        "signer_name": record["signer_name"],
        "signed_at": record["signed_at"],
        "waiver_version": record["waiver_version"],
        "intent_statement": record["intent_statement"],
        "record_hash": record["record_hash"],
    }
    data: CopyData = {
        "charter": charter_data(charter),
        "record": copied,
        "waiver_ids": [one["waiver_id"] for one in records],
        "people": [one["participant_name"] for one in records],
        "language": record["language"],
        "title": version["title"],
        "text": version["text"],
        "name": "",
    }
    return new_mail("waiver_copy", f"waiver-{record['waiver_id']}", record["signer_email"], data, now)


def _complete_copy(mail: MailOf[CopyData], now: datetime) -> MailOf[CopyData]:
    """Adds the private link when the copy leaves: only the mail holds it, and the table its hash."""
    event_id, secret = mail.data["charter"]["event_id"], system.random_token(16)
    store.put_copy(event_id, hash_secret(secret), mail.data["waiver_ids"], times.format_instant(now))
    link = f"{settings().base_url}/g/{event_id}/waiver?copy={secret}"
    return with_html(mail._replace(data={**mail.data, "copy_url": link}))


def with_html(mail: MailOf[CopyData]) -> MailOf[CopyData]:
    """The copy with its text as HTML, which is not kept."""
    return mail._replace(data={**mail.data, "text_html": markdown.to_html(mail.data["text"])})


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _copy_writes(mail: MailOf[CopyData], status: MailStatus, now: datetime) -> Sequence[Item]:
    if status != "sent":
        return ()
    at = times.format_instant(now)
    sent = audit_event("waiver_copy_sent", Actor("system", "", "system"), at, waiver_ids=mail.data["waiver_ids"])
    return [put_write(audit_item(mail.data["charter"]["event_id"], sent))]


def request_mail(
    kind: str, mail_id: str, to: str, charter: Charter, names: list[str], language: str, now: datetime
) -> MailOf[RequestData]:
    """A reminder ("waiver_reminder") or the request to sign a changed text ("waiver_again")."""
    link = f"{settings().base_url}/g/{charter.event_id}/waiver"
    data: RequestData = {
        "charter": charter_data(charter),
        "kind": kind,
        "name": ", ".join(names) if kind == "waiver_reminder" else "",
        "language": language,
        "url": link,
    }
    return new_mail(kind, mail_id, to, data, now)


def chain_head_mail(day: str, count: int, head: str, now: datetime) -> MailOf[ChainHeadData]:
    """Where the chain of waivers ends, so that the evidence is also outside the system."""
    operator = settings()
    data: ChainHeadData = {"day": day, "count": count, "head": head, "name": operator.operator_name}
    return new_mail("chain_head", f"chain-head-{day}", operator.operator_email, data, now)


MAIL_KINDS: MailKinds = {
    "waiver_copy": MailKind(complete=_complete_copy, status_writes=_copy_writes),
    "waiver_reminder": MailKind(),
    "waiver_again": MailKind(),
    "chain_head": MailKind(),
}
