"""Signing: from a guest's form to its records, without waiting for anybody else."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.errors import AlreadyExists, Conflict, DomainError, TooManyTries, WriteConflict
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.tags import tag
from chalicelib.core.text import is_event_id, is_uuid
from chalicelib.core.throttle import address_limits, count_in_window
from chalicelib.mail import outbox, typed_addresses
from chalicelib.mail.store import Mail
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import mails, sealing, store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.form import Signing, parse_signing
from chalicelib.waivers.sealing import Visitor
from chalicelib.waivers.store import SigningContext, StoredRecord

log = logging.getLogger("scc.waivers")

# A whole boat may sign on one tablet or one Wi-Fi, with mistakes.
FORMS_WINDOW_S, FORMS_PER_GUEST, FEWEST_FORMS = 15 * 60, 3, 60


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
    """400. The field that people do not see was filled in; nothing was stored, and nothing typed is lost."""

    STATUS_CODE = 400

    def __init__(self) -> None:
        super().__init__(
            "If your browser filled in a hidden field of this form, that field is empty again. "
            "Nothing else you typed is lost; please press Sign once more."
        )


# --- the page ---------------------------------------------------------------------------------------


def find_context(link: str, form: Mapping[str, list[str]] | None = None, *, token: str = "") -> SigningContext:
    """The charter behind a guest link and what can be signed there: one read, two where the link was renewed.

    With what this form, or the one of this token, has signed before.
    """
    (submission_id, *_) = (form or {}).get("submission_id", [""])
    known_id = submission_id.lower() if is_uuid(submission_id) else ""
    context = store.read_signing_context(link, known_id, token) if is_event_id(link) else None
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


# --- sign -------------------------------------------------------------------------------------------


def sign(link: str, context: SigningContext, form: Mapping[str, list[str]], *, visitor: Visitor, now: datetime) -> str:
    """Stores one record for each covered person; returns the token of the page that confirms it.

    The same submission again returns the same token and stores nothing. Raises BadInput, FilledByMachine,
    VersionConflict, NotOpen, AlreadySigned or TooManyTries.
    """
    _count_form(context.charter, visitor.address, now)
    try:
        signed = _sign_once(context, form, visitor, now)
    except WriteConflict:
        # Only the same form, sent twice at one moment, conflicts with itself: it is found signed in a moment.
        signed = retry_on_conflict(lambda: _sign_once(find_context(link, form), form, visitor, now))
    if signed.is_new:
        waiver_log.append_after_signing()
    if signed.mail and signed.mail.status == "queued":
        outbox.deliver(signed.mail, mails.MAIL_KINDS, now)
    return signed.token


class _Signed(NamedTuple):
    token: str
    is_new: bool = False
    """False for a form that was signed before."""
    mail: Mail | None = None
    """With the copy of what is new."""


def _sign_once(context: SigningContext, form: Mapping[str, list[str]], visitor: Visitor, now: datetime) -> _Signed:
    """Raises WriteConflict when the same form is being stored now."""
    charter = context.charter
    signing = parse_signing(form, charter, now=now, is_signed=context.record is not None)
    if signing.form.website:
        log.warning("waiver of charter %s: a form filled in by a machine was not stored", charter.event_id[:8])
        raise FilledByMachine
    token = store.waiver_id(charter.event_id, signing.form.submission_id, 0)
    if context.record:
        # What was signed once stays signed, whatever changed since.
        _check_same(context.record, signing, token)
        return _Signed(token)
    if closed := why_closed(charter, now):
        raise NotOpen(closed)
    version = waiver_versions.choose(waiver_versions.choose_all(context.versions), signing.form.language)
    if signing.form.waiver_version != version["waiver_version"]:
        raise VersionConflict("The text has changed since you opened it. Please read the new one and sign it.")
    if not version["published_at"]:
        version = waiver_versions.publish_sample(version, now=now)
    records = sealing.seal_form(charter, version, signing, visitor, now, context.tree)
    copy = mails.copy_mail(charter, records, version, now)
    mail = typed_addresses.limit(copy, now) if copy else None
    try:
        store.put_form(records, store.to_drawing(signing.strokes), _audits(signing, visitor, now), mail)
    except AlreadyExists as earlier:
        _check_same(store.to_stored(earlier.item), signing, token)
        return _Signed(token)
    return _Signed(token, is_new=True, mail=mail)


def _check_same(record: StoredRecord, signing: Signing, token: str) -> None:
    """Raises AlreadySigned if other content was signed under the form's id."""
    if record.erased:
        return
    form, signed = signing.form, sealing.open_record(record)
    stored = store.read_form(token).records[1:] if record.participants > 1 else []
    # What was erased cannot be compared any more.
    minors = [None if one.erased else sealing.open_record(one) for one in stored]
    # Not the signature itself: two drawings are never alike.
    is_same = (
        signed["waiver_version"] == form.waiver_version
        and signed["signer_name"] == form.signer_name
        and signed["signer_email"] == form.signer_email
        and signed["signer_phone"] == form.signer_phone
        and (signed["signer_birth_date"] or "") == form.signer_birth_date
        and len(minors) == len(signing.minors)
        and all(
            one is None
            or (one["participant_name"], one["participant_birth_date"], one["guardian_relationship"])
            == (minor.name, minor.birth_date, form.guardian_relationship)
            for one, minor in zip(minors, signing.minors, strict=True)
        )
    )
    if not is_same:
        raise AlreadySigned(token)


def _audits(signing: Signing, visitor: Visitor, now: datetime) -> list[AuditEvent]:
    """What led to these records: the page was opened, then signed."""
    actor = Actor(signing.form.signer_name, visitor.address, "signer")
    acts_at = [("opened", signing.opened_at), ("signed", times.format_instant(now))]
    return [audit_event(act, actor, at) for act, at in acts_at if at]


# --- throttles --------------------------------------------------------------------------------------


def _count_form(charter: Charter, address: str, now: datetime) -> None:
    """Counts a form, whatever becomes of it: signed, repeated or with mistakes. Raises TooManyTries."""
    expected = max(charter.details["party_size"], len(charter.details["guests"]))
    most = max(FEWEST_FORMS, FORMS_PER_GUEST * expected)
    # Nothing counts all addresses together: a limit for the charter would let anybody close it for the others.
    for network, limit in address_limits(address, most).items():
        # Not the address itself: who signed is to be erased everywhere.
        if count_in_window(f"sign#{charter.event_id}#{tag(network)}", FORMS_WINDOW_S, now) > limit:
            raise TooManyTries(
                "Too many forms came in a short time. Nothing you typed is lost; please wait a few minutes and "
                "sign again.",
                FORMS_WINDOW_S - int(now.timestamp()) % FORMS_WINDOW_S,
            )
