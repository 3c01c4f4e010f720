"""Signing: what a guest's form must hold, and the records it becomes."""

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.store import EventRecord
from chalicelib.core import dynamo, fields, templates, times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.errors import AlreadyExists, Busy, Conflict, Throttled, TooManyTries, WriteConflict
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.core.throttle import client_network, count_try, throttle_write
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.waivers import evidence, mails, store
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import LANGUAGES, MAX_MINORS
from chalicelib.waivers.form import Signing, parse_signing
from chalicelib.waivers.store import Desk

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
# Everybody on a dock may sign at the same moment, and each signature has to follow the one before.
# The function is stopped at 15 s, and the last try may take 3.
PATIENCE_S = 12.0
TURN_MS = 3000


class VersionConflict(Conflict):
    """409. The text was changed after the page was opened."""


class NotOpen(Conflict):
    """409. The charter takes no signatures."""


class AlreadySigned(Conflict):
    """409. The same form was signed before with other words; `token` leads to the page that confirms it."""

    def __init__(self, token: str) -> None:
        super().__init__("This form was signed before. What you have changed since is not part of that signature.")
        self.token = token


class Visitor(NamedTuple):
    """What the connection tells of a guest."""

    address: str
    user_agent: str


def statements(language: str) -> dict[str, str]:
    """The sentences that are ticked, as they are shown and kept."""
    say = templates.translator(language)
    return {
        "esign": say(ESIGN_STATEMENT),
        "intent": say(INTENT_STATEMENT, years=settings().adult_years),
        "authority": say(AUTHORITY_STATEMENT),
    }


# --- the page -------------------------------------------------------------------------------------


def open_desk(event_id: str, languages: Sequence[str], *, with_head: bool = False) -> tuple[Desk, EventRecord]:
    """The charter and what can be signed there, in one read."""
    try:
        desk = store.read_desk(event_id, languages, with_head=with_head) if fields.is_event_id(event_id) else None
    except WriteConflict:
        raise Busy("Many are signing at once. Please try again in a moment.") from None
    if desk is None or desk.event is None:
        raise charters.unknown_event()
    return desk, desk.event


def why_closed(event: EventRecord, now: datetime) -> str:
    """Why the charter takes no signatures, as a sentence; empty when it does."""
    if event.status == "cancelled":
        return "This charter was cancelled, so there is nothing to sign."
    at = times.format_instant(now)
    if event.details["ends_at"] <= at and event.waivers_open_until <= at:
        return "This charter is over, so it takes no more signatures."
    return ""


# --- sign -----------------------------------------------------------------------------------------


def sign(event_id: str, form: Mapping[str, list[str]], *, visitor: Visitor, now: datetime) -> str:
    """Stores one record for each covered person; returns the token of the page that confirms it.

    The same submission again returns the same token and stores nothing. Raises BadInput,
    VersionConflict, NotOpen, AlreadySigned or TooManyTries.
    """
    attempts = 0

    def attempt() -> tuple[str, Mail | None]:
        nonlocal attempts
        attempts += 1
        desk, event = open_desk(event_id, LANGUAGES, with_head=True)
        signing = parse_signing(form, event, now=now)
        token = waiver_id(event_id, signing.submission_id, 0)
        if signing.trapped:
            log.warning("waiver of charter %s: a form filled in by a machine was passed over", event_id[:8])
            return token, None
        version = waiver_versions.choose(desk.versions, signing.language)
        closed = why_closed(event, now)
        if closed or signing.waiver_version != version["waiver_version"]:
            # What was signed once stays signed, whatever changed since.
            if store.read_waiver(event_id, token):
                return _confirm(event_id, signing, token), None
            if closed:
                raise NotOpen(closed)
            raise VersionConflict("The text has changed since you opened it. Please read the new one and sign it.")
        if not version["published_at"]:
            waiver_versions.keep_sample(version, Actor(signing.signer_name, visitor.address), now)
            desk.versions[version["language"]] = version
        # Whoever lost a race or meets one takes turns: each transaction that fails would hold up the others.
        now_ms = time.time_ns() // 1_000_000
        crowded = attempts > 1 or desk.turn_until_ms > now_ms
        if crowded and not store.take_turn(desk.seq, now_ms, now_ms + TURN_MS):
            raise WriteConflict
        records = evidence.seal(_records(event, version, signing, visitor, now), desk.seq, desk.head)
        mail = mails.copy_mail(event, records, version, now)
        people, texts = _new_people(event, records, desk)
        try:
            store.append_waivers(
                event_id,
                records,
                desk.seq,
                _audits(records, visitor),
                mail,
                people=people,
                texts=texts,
                current={one: desk.versions.get(one, {}).get("waiver_version") for one in LANGUAGES},
                throttles=_throttles(event_id, visitor.address, now),
            )
        except AlreadyExists:
            return _confirm(event_id, signing, token), None
        except Throttled as full:
            raise _too_many(full.index, now) from None
        return token, mail

    token, mail = retry_on_conflict(attempt, patience_s=PATIENCE_S, in_turns=True)
    outbox.deliver(mail, mails.MAIL_KINDS, now)
    return token


def _confirm(event_id: str, signing: Signing, token: str) -> str:
    """The token of what this form became. Raises AlreadySigned if other words came under its id."""
    ids = [waiver_id(event_id, signing.submission_id, place) for place in range(MAX_MINORS + 1)]
    first, *minors = store.read_waivers(event_id, ids)
    # Neither the marks of the form nor the signature itself, which nobody draws twice alike.
    names = ("waiver_version", "signer_name", "signer_email", "signer_phone", "signer_birth_date")
    same = all(first[name] == getattr(signing, name) for name in names)
    signed_for = [(one["participant_name"], one["participant_birth_date"]) for one in minors]
    same &= signed_for == [(minor.name, minor.birth_date) for minor in signing.minors]
    same &= all(one["guardian_relationship"] == signing.guardian_relationship for one in minors)
    if not same:
        raise AlreadySigned(token)
    return token


def _new_people(event: EventRecord, records: Sequence[dict[str, Any]], desk: Desk) -> tuple[int, set[str]]:
    """How many people more have signed, and the texts signed here. Who signs again under a newer text counts once."""
    current = {language: waiver_versions.choose(desk.versions, language) for language in LANGUAGES}
    in_use = {version["waiver_version"] for version in current.values()}
    is_first = not event.signed_count or (event.signed_versions and event.signed_versions <= in_use)
    if is_first and event.signed_guest_ids.isdisjoint({record["guest_id"] for record in records}):
        return len(records), {records[0]["waiver_version"]}
    charter = charter_store.read_charter(event.event_id)
    before = charter.waivers if charter else []
    after = [*before, *records]
    people = len(waiver_records.people(after, current)) - len(waiver_records.people(before, current))
    return people, {record["waiver_version"] for record in after}


def waiver_id(event_id: str, submission_id: str, place: int) -> str:
    """Made from the form's own random id, so that a double submit meets the record of the first."""
    return hashlib.sha256(f"{event_id} {submission_id} {place}".encode()).hexdigest()[:32]


def _records(
    event: EventRecord, version: Mapping[str, Any], signing: Signing, visitor: Visitor, now: datetime
) -> list[dict[str, Any]]:
    shown = statements(signing.language)
    common = {
        "event_id": event.event_id,
        "charter": event.details["title"],
        "starts_at": event.details["starts_at"],
        "waiver_version": version["waiver_version"],
        "waiver_title": version["title"],
        "language": signing.language,
        "submission_id": signing.submission_id,
        "signer_name": signing.signer_name,
        "signer_email": signing.signer_email,
        "signer_phone": signing.signer_phone,
        "signer_birth_date": signing.signer_birth_date,
        "esign_statement": shown["esign"],
        "intent_statement": shown["intent"],
        "signature_typed": signing.signature_typed,
        "signature_strokes": signing.signature_strokes,
        "opened_at": signing.opened_at,
        "signed_at": times.format_instant(now),
        "device_time": signing.device_time,
        "address": visitor.address,
        "user_agent": visitor.user_agent,
    }
    own = {
        "participant_name": signing.signer_name,
        "minor": False,
        "participant_birth_date": signing.signer_birth_date,
        "guest_id": signing.guest_id,
    }
    people = [own] + [
        {
            "participant_name": minor.name,
            "minor": True,
            "participant_birth_date": minor.birth_date,
            "guest_id": minor.guest_id,
            "guardian_relationship": signing.guardian_relationship,
            "authority_statement": shown["authority"],
        }
        for minor in signing.minors
    ]
    return [
        {"waiver_id": waiver_id(event.event_id, signing.submission_id, place), **common, **person}
        for place, person in enumerate(people)
    ]


def _audits(records: Sequence[Mapping[str, Any]], visitor: Visitor) -> list[AuditEvent]:
    """What led to these records: the page was opened, then signed."""
    first = records[0]
    actor, ids = Actor(first["signer_name"], visitor.address), [record["waiver_id"] for record in records]
    acts_at = [("waiver_opened", first["opened_at"]), ("waiver_signed", first["signed_at"])]
    return [audit_event(act, actor, at, waiver_ids=ids) for act, at in acts_at if at]


# --- throttle -------------------------------------------------------------------------------------


def count_refused(event_id: str, address: str, now: datetime) -> None:
    """A form with mistakes counts as a try of its address. Raises TooManyTries."""
    (name, most, ttl_s), _ = _limits(event_id, address, now)
    if count_try(name, +1, ttl_s) > most:
        raise _too_many(0, now)


def _throttles(event_id: str, address: str, now: datetime) -> list[dynamo.Item]:
    return [throttle_write(*limit) for limit in _limits(event_id, address, now)]


def _limits(event_id: str, address: str, now: datetime) -> list[tuple[str, int, int]]:
    """Each throttle's name, what it lets through, and the second it may be forgotten."""
    at = int(now.timestamp())
    quarter, hour = at // ADDRESS_WINDOW_S, at // EVENT_WINDOW_S
    neighbourhood = client_network(address)
    return [
        (f"sign#{event_id}#{neighbourhood}#{quarter}", TRIES_PER_ADDRESS, (quarter + 2) * ADDRESS_WINDOW_S),
        (f"sign#{event_id}#{hour}", SIGNATURES_PER_EVENT, (hour + 2) * EVENT_WINDOW_S),
    ]


def _too_many(place: int, now: datetime) -> TooManyTries:
    window_s = (ADDRESS_WINDOW_S, EVENT_WINDOW_S)[place]
    message = (
        "Too many forms came in a short time. Nothing you typed is lost; please wait a few minutes and sign again."
    )
    return TooManyTries(message, window_s - int(now.timestamp()) % window_s)
