"""Signing: from a guest's form to the records it becomes."""

import hashlib
import itertools
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import fields, templates, times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.errors import AlreadyExists, Conflict, DomainError, Throttled, TooManyTries, WriteConflict
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.core.throttle import client_network, count_try, throttle_write
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.waivers import evidence, mails, store
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import MAX_MINORS, SignedRecord, UnchainedRecord, WaiverVersion
from chalicelib.waivers.form import Signing, parse_signing
from chalicelib.waivers.store import SigningContext

log = logging.getLogger("scc.waivers")

ESIGN_STATEMENT = (
    "I agree to sign this document electronically, and that my electronic signature is as binding as one on paper."
)
INTENT_STATEMENT = (
    "I have read this document, I understand it, I am at least {years} years old, and I mean to sign it for myself "
    "and for every minor I name here."
)
AUTHORITY_STATEMENT = "I am the parent or legal guardian of each minor named here, or have their authority to sign."

# One address alone can never use up what a charter takes; a tablet that a whole boat signs on stays below both.
ADDRESS_WINDOW_S, TRIES_PER_ADDRESS = 15 * 60, 60
EVENT_WINDOW_S, SIGNATURES_PER_EVENT = 60 * 60, 300
# All guests of a boat may sign at the same moment, and each signature has to follow the one before.
# The function is stopped at 15 s, and the last try may take 3.
PATIENCE_S = 12.0
TURN_MS = 3000


class VersionConflict(Conflict):
    """409. The text was changed after the page was opened."""


class NotOpen(Conflict):
    """409. The charter takes no signatures."""


class AlreadySigned(Conflict):
    """409. The same form was signed before with other content; `token` leads to the page that confirms it."""

    def __init__(self, token: str) -> None:
        super().__init__("This form was signed before. What you have changed since is not part of that signature.")
        self.token = token


class FilledByMachine(DomainError):
    """400. The field that people do not see was filled in. Nothing is stored."""

    STATUS_CODE = 400

    def __init__(self) -> None:
        super().__init__(
            "If your browser filled in a hidden field of this form, that field is empty again. "
            "Nothing else you typed is lost; please press Sign once more."
        )


class Visitor(NamedTuple):
    """What is known of a guest by the connection."""

    address: str
    user_agent: str


# --- the page ---------------------------------------------------------------------------------------


def find_context(event_id: str) -> SigningContext:
    """The charter and what can be signed there, in one read."""
    context = store.read_signing_context(event_id) if fields.is_event_id(event_id) else None
    if context is None:
        raise charters.unknown_charter()
    return context


def why_closed(charter: Charter, now: datetime) -> str:
    """Why the charter takes no signatures, as a sentence; empty when it does."""
    if charter.status == "cancelled":
        return "This charter was cancelled, so there is nothing to sign."
    at = times.format_instant(now)
    if charter.details["ends_at"] <= at and charter.waivers_open_until <= at:
        return "This charter is over, so it takes no more signatures."
    return ""


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


# --- sign -------------------------------------------------------------------------------------------


def sign(event_id: str, form: Mapping[str, list[str]], *, visitor: Visitor, now: datetime) -> str:
    """Stores one record for each covered person; returns the token of the page that confirms it.

    The same submission again returns the same token and stores nothing. Raises BadInput,
    VersionConflict, NotOpen, AlreadySigned, FilledByMachine or TooManyTries.
    """
    attempts = itertools.count(1)

    def attempt() -> tuple[str, Mail | None]:
        return _try_to_sign(event_id, form, visitor, now, is_first_attempt=next(attempts) == 1)

    token, mail = retry_on_conflict(attempt, patience_s=PATIENCE_S, in_turns=True)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return token


def _try_to_sign(
    event_id: str, form: Mapping[str, list[str]], visitor: Visitor, now: datetime, *, is_first_attempt: bool
) -> tuple[str, Mail | None]:
    """The token and the mail with the copy. Raises WriteConflict when it has to be tried again."""
    context = find_context(event_id)
    signing = parse_signing(form, context.charter, now=now)
    token = waiver_id(event_id, signing.form.submission_id, 0)
    if signing.form.website:
        log.warning("waiver of charter %s: a form filled in by a machine was not stored", event_id[:8])
        raise FilledByMachine
    version = waiver_versions.choose(context.versions, signing.form.language)
    closed = why_closed(context.charter, now)
    if closed or signing.form.waiver_version != version["waiver_version"]:
        # What was signed once stays signed, whatever changed since.
        if store.read_waiver(event_id, token):
            _check_same(event_id, signing, token)
            return token, None
        if closed:
            raise NotOpen(closed)
        raise VersionConflict("The text has changed since you opened it. Please read the new one and sign it.")
    if not version["published_at"]:
        version = waiver_versions.publish_sample(version, Actor(signing.form.signer_name, visitor.address), now)
        context.versions[version["language"]] = version
    _take_turn(context, is_first_attempt=is_first_attempt)
    records = evidence.seal(to_records(context.charter, version, signing, visitor, now), *context.head)
    mail = mails.copy_mail(context.charter, records, version, now)
    throttles = [throttle_write(*limit) for limit in _limits(event_id, visitor.address, now)]
    try:
        new_people = _count_new_people(context, records)
        store.append_waivers(context, records, new_people, _audits(records, visitor), mail, throttles)
    except AlreadyExists:
        _check_same(event_id, signing, token)
        return token, None
    except Throttled as full:
        raise _too_many((ADDRESS_WINDOW_S, EVENT_WINDOW_S)[full.index], now) from None
    return token, mail


def _check_same(event_id: str, signing: Signing, token: str) -> None:
    """Raises AlreadySigned if other content was signed under the form's id."""
    form = signing.form
    ids = [waiver_id(event_id, form.submission_id, number) for number in range(MAX_MINORS + 1)]
    own, *minors = store.read_waivers(event_id, ids)
    # Not the signature itself: two drawings are never alike.
    is_same = (
        own["waiver_version"] == form.waiver_version
        and own["signer_name"] == form.signer_name
        and own["signer_email"] == form.signer_email
        and own["signer_phone"] == form.signer_phone
        and (own["signer_birth_date"] or "") == form.signer_birth_date
        and [(one["participant_name"], one["participant_birth_date"], one["guardian_relationship"]) for one in minors]
        == [(minor.name, minor.birth_date, form.guardian_relationship) for minor in signing.minors]
    )
    if not is_same:
        raise AlreadySigned(token)


def _take_turn(context: SigningContext, *, is_first_attempt: bool) -> None:
    """Those who lost a race, or meet one, write one after the other: each transaction that fails holds up the others.

    Raises WriteConflict if it is somebody else's turn.
    """
    now_ms = time.time_ns() // 1_000_000
    is_crowded = not is_first_attempt or context.turn_until_ms > now_ms
    if is_crowded and not store.take_turn(context.head.seq, now_ms, now_ms + TURN_MS):
        raise WriteConflict


def to_records(
    charter: Charter, version: WaiverVersion, signing: Signing, visitor: Visitor, now: datetime
) -> list[UnchainedRecord]:
    """The signer's own record and one for each minor."""
    form, shown = signing.form, statements(signing.form.language)
    own: UnchainedRecord = {
        "waiver_id": waiver_id(charter.event_id, form.submission_id, 0),
        "event_id": charter.event_id,
        "charter": charter.details["title"],
        "starts_at": charter.details["starts_at"],
        "waiver_version": version["waiver_version"],
        "waiver_title": version["title"],
        "language": form.language,
        "submission_id": form.submission_id,
        "signer_name": form.signer_name,
        "signer_email": form.signer_email,
        "signer_phone": form.signer_phone,
        "signer_birth_date": form.signer_birth_date or None,
        "esign_statement": shown["esign"],
        "intent_statement": shown["intent"],
        "signature_typed": form.signature_typed,
        "signature_strokes": signing.strokes,
        "opened_at": signing.opened_at,
        "signed_at": times.format_instant(now),
        "device_time": form.device_time,
        "address": visitor.address,
        "user_agent": visitor.user_agent,
        "participant_name": form.signer_name,
        "minor": False,
        "participant_birth_date": form.signer_birth_date or None,
        "guest_id": signing.guest_id,
    }
    minors: list[UnchainedRecord] = [
        {
            **own,
            "waiver_id": waiver_id(charter.event_id, form.submission_id, number),
            "participant_name": minor.name,
            "minor": True,
            "participant_birth_date": minor.birth_date,
            "guest_id": minor.guest_id,
            "guardian_relationship": form.guardian_relationship,
            "authority_statement": shown["authority"],
        }
        for number, minor in enumerate(signing.minors, 1)
    ]
    return [own, *minors]


def waiver_id(event_id: str, submission_id: str, number: int) -> str:
    """Made from the form's own random id, so that a double submit meets the record of the first."""
    return hashlib.sha256(f"{event_id} {submission_id} {number}".encode()).hexdigest()[:32]


def _count_new_people(context: SigningContext, records: Sequence[SignedRecord]) -> int:
    """How many more people have signed with these records. Someone who signs again counts once."""
    charter, current = context.charter, waiver_versions.choose_all(context.versions)
    current_hashes = {version["waiver_version"] for version in current.values()}
    has_old_texts = not charter.signed_versions <= current_hashes
    if not has_old_texts and charter.signed_guest_ids.isdisjoint(record["guest_id"] for record in records):
        return len(records)
    before = charters.find_whole_charter(charter.event_id, with_waivers=True).waivers
    people_after = waiver_records.people([*before, *records], current)
    return len(people_after) - len(waiver_records.people(before, current))


def _audits(records: Sequence[SignedRecord], visitor: Visitor) -> list[AuditEvent]:
    """What led to these records: the page was opened, then signed."""
    first = records[0]
    actor, ids = Actor(first["signer_name"], visitor.address), [record["waiver_id"] for record in records]
    acts_at = [("waiver_opened", first["opened_at"]), ("waiver_signed", first["signed_at"])]
    return [audit_event(act, actor, at, waiver_ids=ids) for act, at in acts_at if at]


# --- throttles --------------------------------------------------------------------------------------


def count_refused(event_id: str, address: str, now: datetime) -> None:
    """A form with mistakes counts as a try of its address. Raises TooManyTries."""
    (throttle, most, ttl_s), _ = _limits(event_id, address, now)
    if count_try(throttle, +1, ttl_s) > most:
        raise _too_many(ADDRESS_WINDOW_S, now)


def _limits(event_id: str, address: str, now: datetime) -> list[tuple[str, int, int]]:
    """Of the address and of the charter: the name of the throttle, what it lets through, when it may be forgotten."""
    now_s, network = int(now.timestamp()), client_network(address)
    by_address, by_charter = now_s // ADDRESS_WINDOW_S, now_s // EVENT_WINDOW_S
    return [
        (f"sign#{event_id}#{network}#{by_address}", TRIES_PER_ADDRESS, now_s + 2 * ADDRESS_WINDOW_S),
        (f"sign#{event_id}#{by_charter}", SIGNATURES_PER_EVENT, now_s + 2 * EVENT_WINDOW_S),
    ]


def _too_many(window_s: int, now: datetime) -> TooManyTries:
    message = (
        "Too many forms came in a short time. Nothing you typed is lost; please wait a few minutes and sign again."
    )
    return TooManyTries(message, window_s - int(now.timestamp()) % window_s)
