"""Mails that ask for a signature: of a guest who has not signed, of a signer whose text has changed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.charters import event_json
from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.store import Charter
from chalicelib.core import names, system, times
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.waivers import fields, mails, people, signing, store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.versions import CurrentVersions

AGAIN_AFTER = timedelta(hours=6)
# Mails that are not sent by then are left to the schedule: the function may run for 15 s.
SEND_S = 5.0
MAX_COMING = 500


def remind_guests(event_id: str, body: Mapping[str, Any], *, now: datetime) -> fields.RemindersSent:
    """Mails the listed guests who have not signed, or those of them who are named."""
    form = Form(body)
    wanted = form.read_one("guest_ids", fields.REMINDED["guest_ids"])
    form.finish()
    charter = charters.find_charter(event_id)
    _refuse_closed(charter, now)
    _refuse_unknown(form, "guest_ids", wanted, {guest["guest_id"] for guest in charter.details["guests"]})
    missing = {
        guest["guest_id"]: Recipient(guest["name"], guest["email"], "en")
        for guest in event_json.missing_guests(charter)
    }
    outcome = _ask("waiver_reminder", charter, missing, wanted, now)
    skipped: list[fields.SkippedGuest] = [{"guest_id": one, "why": "signed"} for one in outcome.done]
    skipped += [{"guest_id": one, "why": "no_email"} for one in outcome.no_email]
    skipped += [{"guest_id": one, "why": "reminded_recently"} for one in outcome.recent]
    return {"reminded": outcome.asked, "skipped": skipped}


def ask_again(event_id: str, body: Mapping[str, Any], *, now: datetime) -> fields.AskedAgain:
    """Mails the signers of an older text, or those of them who are named, to sign the current one."""
    form = Form(body)
    wanted = form.read_one("waiver_ids", fields.ASKED_AGAIN["waiver_ids"])
    form.finish()
    charter, _, items = charters.find_whole_charter(event_id, with_signed=True)
    rows = people.load_rows(items)
    _refuse_closed(charter, now)
    _refuse_unknown(form, "waiver_ids", wanted, {row["waiver_id"] for row in rows})
    outdated = {
        one["waiver_id"]: Recipient("", one["signer_email"], one["language"])
        for one in _outdated(rows, waiver_versions.read_current())
    }
    outcome = _ask("waiver_again", charter, outdated, wanted, now)
    skipped: list[fields.SkippedSigner] = [{"waiver_id": one, "why": "signed_current_text"} for one in outcome.done]
    skipped += [{"waiver_id": one, "why": "no_email"} for one in outcome.no_email]
    skipped += [{"waiver_id": one, "why": "asked_recently"} for one in outcome.recent]
    return {"asked": outcome.asked, "skipped": skipped}


def list_superseded(*, now: datetime) -> fields.OutdatedCharters:
    """The signers on coming charters who have signed an older text."""
    current = waiver_versions.read_current()
    coming, _ = charter_store.list_charters(times.format_instant(now), "9", "scheduled", MAX_COMING)
    found: list[fields.OutdatedCharter] = []
    for charter in coming:
        if not charter.signed_count:
            continue
        whole = charters.find_whole_charter(charter.event_id, with_signed=True)
        outdated = _outdated(people.load_rows(whole.signed_items), current)
        signers: list[fields.OutdatedSigner] = [
            {
                "waiver_id": one["waiver_id"],
                "participant_name": people.shown_name(one),
                "signer_name": one["signer_name"],
                "can_be_asked": bool(one["signer_email"]),
            }
            for one in outdated
        ]
        if signers:
            found.append(
                {
                    "event_id": charter.event_id,
                    "title": charter.details["title"],
                    "starts_at": charter.details["starts_at"],
                    "timezone": charter.details["timezone"],
                    "signers": signers,
                }
            )
    return {"events": found}


def _refuse_closed(charter: Charter, now: datetime) -> None:
    if closed := signing.why_closed(charter, now):
        raise Conflict(closed)


def _refuse_unknown(form: Form, name: str, wanted: Sequence[str] | None, known: Collection[str]) -> None:
    if not set(wanted or ()) <= set(known):
        form.refuse(name, "must name only those of this charter")
    form.finish()


def _outdated(rows: Sequence[people.SignedRow], current: CurrentVersions) -> list[people.Person]:
    """Those who signed an older text and have not signed again."""
    return [one for one in people.people(rows) if waiver_versions.is_superseded(one["waiver_version"], current)]


class Recipient(NamedTuple):
    name: str
    """How the desk calls them; empty for a signer, whose name and address were typed by a guest."""
    email: str
    language: fields.Language


class Outcome(NamedTuple):
    """What became of each id that was to be asked."""

    asked: list[str]
    done: list[str]
    """There is nothing to ask for any more."""
    no_email: list[str]
    recent: list[str]
    """Asked within the last hours."""


def _ask(
    kind: str, charter: Charter, recipients: Mapping[str, Recipient], wanted: Sequence[str] | None, now: datetime
) -> Outcome:
    """Mails the wanted recipients, or all: one mail an address, with all the names that share it."""
    ids = list(recipients) if wanted is None else wanted
    open_ids = [one for one in ids if one in recipients]
    by_email: dict[str, list[str]] = {}
    for one in open_ids:
        by_email.setdefault(names.email_key(recipients[one].email), []).append(one)
    no_email = by_email.pop("", [])
    outcome = Outcome([], [one for one in ids if one not in recipients], no_email, [])
    queued: list[Mail] = []
    for same_email in by_email.values():
        mail = _queue_request(kind, charter, {one: recipients[one] for one in same_email}, now)
        if mail:
            queued.append(mail)
        (outcome.asked if mail else outcome.recent).extend(same_email)
    ends_at = system.monotonic_s() + SEND_S
    for mail in queued:
        if system.monotonic_s() < ends_at:
            outbox.deliver(mail, mails.MAIL_KINDS, now)
    return outcome


def _queue_request(kind: str, charter: Charter, recipients: Mapping[str, Recipient], now: datetime) -> Mail | None:
    """The mail to recipients of one address, by id; None if it had one lately."""
    _, email, language = next(iter(recipients.values()))
    greeted = list(dict.fromkeys(one.name for one in recipients.values() if one.name))
    key = f"{kind}#{charter.event_id}#{hashlib.sha256(names.email_key(email).encode()).hexdigest()[:32]}"
    now_s = int(now.timestamp())
    mail_id = f"{kind.replace('_', '-')}-{hashlib.sha256(f'{key} {now_s}'.encode()).hexdigest()[:32]}"
    mail = mails.request_mail(kind, mail_id, email, charter, greeted, language, now)
    again_s = now_s + int(AGAIN_AFTER.total_seconds())
    return mail if retry_on_conflict(lambda: store.queue_once(mail, key, list(recipients), now_s, again_s)) else None
