"""From a form to records: what is proved for ever, and beside it, field by field, what can be erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict, cast

from chalicelib.charters.store import Charter
from chalicelib.core import system, times
from chalicelib.core.settings import settings
from chalicelib.pages import templates
from chalicelib.waivers import log, store
from chalicelib.waivers.evidence import canonical, disclosures, merkle
from chalicelib.waivers.fields import (
    Disclosed,
    Payload,
    SetAsidePayload,
    SignedRecord,
    WaiverPayload,
    WaiverVersion,
)
from chalicelib.waivers.form import Signing
from chalicelib.waivers.log_store import EMPTY, Tree
from chalicelib.waivers.people import FoundRow
from chalicelib.waivers.store import SealedRecord, StoredRecord

ESIGN_STATEMENT = (
    "I agree to sign this document electronically, and that my electronic signature is as binding as one on paper."
)
INTENT_STATEMENT = (
    "I have read this document, I understand it, I am at least {years} years old, and I mean to sign it for myself "
    "and for every minor I name here."
)
AUTHORITY_STATEMENT = "I am the parent or legal guardian of each minor named here, or have their authority to sign."

# RFC 9901 recommends 128 bits.
_SALT_BYTES = 16
ERASED: Disclosed = {
    "charter": "",
    "signer_name": "",
    "signer_email": "",
    "signer_phone": "",
    "signer_birth_date": None,
    "signature_typed": "",
    "address": "",
    "user_agent": "",
    "participant_name": "",
    "participant_birth_date": None,
    "guardian_relationship": "",
}


class Visitor(NamedTuple):
    """What is known of a guest by the connection."""

    address: str
    user_agent: str


class Statements(TypedDict):
    """The sentences that are ticked, as they are shown and stored."""

    esign: str
    intent: str
    authority: str


def statements(language: str) -> Statements:
    translate = templates.translator(language)
    return {
        "esign": translate(ESIGN_STATEMENT),
        "intent": translate(INTENT_STATEMENT, years=settings().adult_years),
        "authority": translate(AUTHORITY_STATEMENT),
    }


def seal_form(
    charter: Charter, version: WaiverVersion, signing: Signing, visitor: Visitor, now: datetime, tree: Tree = EMPTY
) -> list[SealedRecord]:
    """The signer's own record and one for each minor."""
    form = signing.form
    own = _Participant(form.signer_name, form.signer_birth_date or None, signing.guest_id, is_minor=False)
    minors = [_Participant(one.name, one.birth_date, one.guest_id, is_minor=True) for one in signing.minors]
    return [
        _seal(charter, version, signing, visitor, now, tree, participant, number)
        for number, participant in enumerate((own, *minors))
    ]


class _Participant(NamedTuple):
    name: str
    birth_date: str | None
    guest_id: str | None
    is_minor: bool


def _seal(
    charter: Charter,
    version: WaiverVersion,
    signing: Signing,
    visitor: Visitor,
    now: datetime,
    tree: Tree,
    participant: _Participant,
    number: int,
) -> SealedRecord:
    form, shown, drawing = signing.form, statements(signing.form.language), store.to_drawing(signing.strokes)
    details = charter.details
    title, starts_at, timezone = details["title"], details["starts_at"], details["timezone"]
    waiver_id, signed_at = store.waiver_id(charter.event_id, form.submission_id, number), times.format_instant(now)
    payload = {
        "type": "waiver",
        "log": log.origin(tree),
        "waiver_id": waiver_id,
        "event_id": charter.event_id,
        "starts_at": starts_at,
        "timezone": timezone,
        "waiver_version": version["waiver_version"],
        "waiver_title": version["title"],
        "language": form.language,
        "submission_id": form.submission_id,
        "participant": number,
        "participants": 1 + len(signing.minors),
        "minor": participant.is_minor,
        "guest_id": participant.guest_id,
        "esign_statement": shown["esign"],
        "intent_statement": shown["intent"],
        "authority_statement": shown["authority"] if participant.is_minor else None,
        "opened_at": signing.opened_at,
        "signed_at": signed_at,
        "device_time": form.device_time,
        "drawing_sha256": canonical.text_hash(drawing) if drawing else None,
    }
    personal: Disclosed = {
        "charter": title,
        "signer_name": form.signer_name,
        "signer_email": form.signer_email,
        "signer_phone": form.signer_phone,
        "signer_birth_date": form.signer_birth_date or None,
        "signature_typed": form.signature_typed,
        "address": visitor.address,
        "user_agent": visitor.user_agent,
        "participant_name": participant.name,
        "participant_birth_date": participant.birth_date,
        "guardian_relationship": form.guardian_relationship if participant.is_minor else "",
    }
    row: FoundRow = {
        "event_id": charter.event_id,
        "charter": title,
        "starts_at": starts_at,
        "timezone": timezone,
        "waiver_id": waiver_id,
        "name": participant.name,
        "birth_date": participant.birth_date,
        "minor": participant.is_minor,
        "signer_name": form.signer_name,
        "signer_email": form.signer_email,
        "signed_at": signed_at,
        "waiver_version": version["waiver_version"],
        "language": form.language,
        "guest_id": participant.guest_id,
    }
    sealed, disclosed = _disclose(payload, personal)
    return SealedRecord(cast(WaiverPayload, sealed), disclosed, row)


def seal_act(
    record: StoredRecord, reason: str, by: str, at: str, tree: Tree = EMPTY
) -> tuple[SetAsidePayload, list[str]]:
    """That a record is set aside: a leaf of its own."""
    waiver_id, event_id = record.row["waiver_id"], record.row["event_id"]
    payload = {"type": "set_aside", "log": log.origin(tree), "waiver_id": waiver_id, "event_id": event_id, "at": at}
    sealed, disclosed = _disclose(payload, {"reason": reason, "by": by})
    return cast(SetAsidePayload, sealed), disclosed


def _disclose(payload: Mapping[str, object], personal: Mapping[str, Any]) -> tuple[Mapping[str, object], list[str]]:
    return disclosures.seal(dict(payload), personal, lambda: system.random_token(_SALT_BYTES))


def leaf_hash(payload: Payload) -> str:
    """What the log holds of a payload, in hexadecimal."""
    return merkle.hash_leaf(canonical.encode(payload)).hex()


def open_record(stored: StoredRecord, drawing: str = "") -> SignedRecord:
    """A record as it is shown; what was erased is empty."""
    payload = cast(WaiverPayload, stored.payload)
    known: Mapping[str, object] = disclosures.read(stored.disclosures)
    shown = {name: payload[name] for name in SignedRecord.__annotations__ if name in payload}  # type: ignore[literal-required]
    record = {
        **ERASED,
        **known,
        **shown,
        "signature_strokes": store.read_strokes(drawing),
        "leaf_hash": leaf_hash(payload),
        "leaf_index": stored.leaf_index,
        "set_aside": stored.set_aside,
        "erased": stored.erased,
    }
    return cast(SignedRecord, record)


def keep(stored: StoredRecord, names: Sequence[str]) -> list[str]:
    """The disclosures of these fields alone."""
    return [one for one in stored.disclosures if not set(disclosures.read([one])).isdisjoint(names)]
