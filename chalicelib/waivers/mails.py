"""Mails about waivers: the signer's copy, requests to sign, the log's checkpoint and its alarm."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from chalicelib.charters import event_json
from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core import system, times
from chalicelib.core.audit import SYSTEM, audit_event
from chalicelib.core.dynamo import Item
from chalicelib.core.settings import settings
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, owners_address
from chalicelib.mail.store import MailData, MailOf, MailStatus
from chalicelib.operator.fields import SettingsDetails
from chalicelib.waivers import markdown, store, version_store
from chalicelib.waivers.evidence import checkpoint, merkle
from chalicelib.waivers.evidence.checkpoint import Checkpoint
from chalicelib.waivers.fields import WaiverVersion
from chalicelib.waivers.log_store import Tree
from chalicelib.waivers.sealing import leaf_hash
from chalicelib.waivers.store import SealedRecord

COPY_LASTS = timedelta(days=90)


class CopiedRecord(TypedDict):
    waiver_id: str
    signed_at: str
    waiver_version: str
    intent_statement: str
    leaf_hash: str


class CopyData(MailData):
    charter: CharterData
    record: CopiedRecord
    people: list[str]
    language: str
    title: str
    text: NotRequired[str]
    """Added with the two below when the mail leaves; none of them is kept."""
    text_html: NotRequired[str]
    copy_url: NotRequired[str]


class RequestData(MailData):
    charter: CharterData
    kind: str
    language: str
    url: str


class CheckpointData(MailData):
    day: str
    checkpoint: str
    size: int
    last_size: int
    last_root: str
    """Base64 of the head that was mailed before; for the first such mail that of a log without leaves."""
    proof: list[str]
    """RFC 9162: that the log has grown from that one to this one and nothing else, in base64."""


class AlarmData(MailData):
    day: str
    log: str
    """Of what."""
    problem: str
    checkpoint: str
    last_checkpoint: str


def copy_mail(
    charter: Charter, records: Sequence[SealedRecord], version: WaiverVersion, now: datetime
) -> MailOf[CopyData] | None:
    """The signer's copy of what one form signed; None without an address.

    The address was typed by a guest and may be anybody's, so the mail greets nobody by what was typed.
    """
    payload, row = records[0].payload, records[0].row
    if not row["signer_email"]:
        return None
    copied: CopiedRecord = {
        "waiver_id": row["waiver_id"],
        "signed_at": row["signed_at"],
        "waiver_version": row["waiver_version"],
        "intent_statement": payload["intent_statement"],
        "leaf_hash": leaf_hash(payload),
    }
    data: CopyData = {
        "charter": charter_data(charter),
        "record": copied,
        "people": [one.row["name"] for one in records],
        "language": row["language"],
        "title": version["title"],
        "name": "",
    }
    return new_mail("waiver_copy", copy_mail_id(row["waiver_id"]), row["signer_email"], data, now)


def copy_mail_id(waiver_id: str) -> str:
    """Of the mail with the copy of this record's form: named by the signer's own record."""
    return f"waiver-{store.signers_id(waiver_id)}"


def _complete_copy(mail: MailOf[CopyData], now: datetime) -> MailOf[CopyData]:
    """Adds the private link when the copy leaves: only the mail holds it, and the table its hash."""
    charter, record, secret = mail.data["charter"], mail.data["record"], system.random_token(16)
    store.put_copy(record["waiver_id"], hash_secret(secret), times.format_instant(now + COPY_LASTS))
    version = version_store.read_version(record["waiver_version"])
    link = f"{settings().base_url}/g/{charter['event_id']}/waiver?copy={record['waiver_id']}.{secret}"
    return with_text(mail._replace(data={**mail.data, "copy_url": link}), version["text"] if version else "")


def with_text(mail: MailOf[CopyData], text: str) -> MailOf[CopyData]:
    """The copy with the text that was signed."""
    return mail._replace(data={**mail.data, "text": text, "text_html": markdown.to_html(text)})


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _copy_writes(mail: MailOf[CopyData], status: MailStatus, now: datetime) -> Sequence[Item]:
    if status != "sent":
        return ()
    sent = audit_event("copy_sent", SYSTEM, times.format_instant(now))
    return [store.audit_write(mail.data["record"]["waiver_id"], sent)]


def request_mail(
    kind: str, mail_id: str, to: str, charter: Charter, names: list[str], language: str, now: datetime
) -> MailOf[RequestData]:
    """A reminder ("waiver_reminder") or the request to sign a changed text ("waiver_again")."""
    data: RequestData = {
        "charter": charter_data(charter),
        "kind": kind,
        "name": ", ".join(names) if kind == "waiver_reminder" else "",
        "language": language,
        "url": f"{event_json.guest_url(charter)}/waiver",
    }
    return new_mail(kind, mail_id, to, data, now)


def checkpoint_mail(
    day: str, head: Checkpoint, last: Tree, proof: Sequence[bytes], operator: SettingsDetails, now: datetime
) -> MailOf[CheckpointData]:
    """Where the log ends and that it continues what was mailed before: so the proof is also outside the system."""
    data: CheckpointData = {
        "day": day,
        "checkpoint": checkpoint.format(head),
        "size": head.size,
        "last_size": last.size,
        "last_root": merkle.encode_hash(last.root),
        "proof": [merkle.encode_hash(one) for one in proof],
        "name": operator["operator_name"],
    }
    return new_mail("checkpoint", f"checkpoint-{day}", operator["operator_email"], data, now)


def alarm_mail(
    day: str,
    problem: str,
    head: Checkpoint,
    last: Checkpoint,
    operator: SettingsDetails,
    now: datetime,
    *,
    log: str = "signed waivers",
) -> MailOf[AlarmData]:
    """That a log is not the one that was told of, grown: records may have been changed or taken away."""
    data: AlarmData = {
        "day": day,
        "log": log,
        "problem": problem,
        "checkpoint": checkpoint.format(head),
        "last_checkpoint": checkpoint.format(last),
        "name": operator["operator_name"],
    }
    mail_id = f"log-alarm-{day}-{log.replace(' ', '-')}"
    return new_mail("log_alarm", mail_id, operator["operator_email"], data, now)


MAIL_KINDS: MailKinds = {
    "waiver_copy": MailKind(complete=_complete_copy, status_writes=_copy_writes, is_repeatable=True),
    "waiver_reminder": MailKind(),
    "waiver_again": MailKind(),
    "checkpoint": MailKind(current_address=owners_address),
    "log_alarm": MailKind(current_address=owners_address),
}
