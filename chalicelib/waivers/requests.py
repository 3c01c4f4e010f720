"""Mails that ask for a signature: of a guest who has not signed, of a signer whose text has changed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.store import EventRecord
from chalicelib.core import system, times
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.waivers import mails, signing, store
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import ASKED_AGAIN, REMINDED

# Once per person; whoever lists three guests under one address gets one mail that names them all.
AGAIN_AFTER = timedelta(hours=6)
# What is not sent by then is left to the schedule: the function may run for 15 s.
SEND_S = 5.0
MAX_COMING = 500


def remind_guests(event_id: str, body: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Mails the listed guests who have not signed, or those of them who are named."""
    form = Form(body)
    wanted = form.read_one("guest_ids", REMINDED["guest_ids"])
    form.finish()
    event = _find_open(event_id, now)
    guests = {guest["guest_id"]: guest for guest in event.details["guests"]}
    _refuse_unknown(form, "guest_ids", wanted, guests)
    missing = {guest["guest_id"]: guest for guest in charters.missing_guests(event)}
    asked, skipped = _ask(
        "waiver_reminder",
        event,
        {guest_id: (missing[guest_id]["name"], missing[guest_id]["email"], "en") for guest_id in missing},
        wanted if wanted is not None else list(missing),
        {"gone": "signed", "recent": "reminded_recently"},
        now,
    )
    return {"reminded": asked, "skipped": [{"guest_id": one, "why": why} for one, why in skipped]}


def ask_again(event_id: str, body: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Mails the signers of an older text, or those of them who are named, to sign the current one."""
    form = Form(body)
    wanted = form.read_one("waiver_ids", ASKED_AGAIN["waiver_ids"])
    form.finish()
    event = _find_open(event_id, now)
    records = charters.find_charter(event_id, with_waivers=True).waivers
    _refuse_unknown(form, "waiver_ids", wanted, {record["waiver_id"] for record in records})
    outdated = {record["waiver_id"]: record for record in _outdated(records, waiver_versions.read_current())}
    asked, skipped = _ask(
        "waiver_again",
        event,
        {
            waiver_id: (record["signer_name"], record["signer_email"], record.get("language", "en"))
            for waiver_id, record in outdated.items()
        },
        wanted if wanted is not None else list(outdated),
        {"gone": "signed_current_text", "recent": "asked_recently"},
        now,
    )
    return {"asked": asked, "skipped": [{"waiver_id": one, "why": why} for one, why in skipped]}


def _refuse_unknown(form: Form, name: str, wanted: Sequence[str] | None, known: Collection[str]) -> None:
    if not set(wanted or ()) <= set(known):
        form.refuse(name, "must name only those of this charter")
    form.finish()


def list_superseded(*, now: datetime) -> dict[str, Any]:
    """Who of those on coming charters has signed an older text."""
    current = waiver_versions.read_current()
    coming, _ = charter_store.list_events(times.format_instant(now), "9", "scheduled", MAX_COMING)
    found = []
    for event in coming:
        if not event.signed_count:
            continue
        outdated = _outdated(charters.find_charter(event.event_id, with_waivers=True).waivers, current)
        signers = [
            {
                "waiver_id": record["waiver_id"],
                "participant_name": record["participant_name"],
                "signer_name": record["signer_name"],
                "can_be_asked": bool(record["signer_email"]),
            }
            for record in outdated
        ]
        if signers:
            names = ("title", "starts_at", "timezone")
            about = {"event_id": event.event_id, **{name: event.details[name] for name in names}}
            found.append({**about, "signers": signers})
    return {"events": found}


def _outdated(records: Sequence[dict[str, Any]], current: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What was signed under an older text and not signed anew."""
    people = waiver_records.people(records, current)
    return [person for person in people if waiver_versions.is_superseded(person, current)]


def _find_open(event_id: str, now: datetime) -> EventRecord:
    event = charters.find_event(event_id)
    if closed := signing.why_closed(event, now):
        raise Conflict(closed)
    return event


def _ask(
    kind: str,
    event: EventRecord,
    people: Mapping[str, tuple[str, str, str]],
    wanted: Sequence[str],
    why: Mapping[str, str],
    now: datetime,
) -> tuple[list[str], list[tuple[str, str]]]:
    """Who was asked, and who was not and why; `people` are those who can be, with name, address and language."""
    skipped = [(one, why["gone"]) for one in wanted if one not in people]
    by_email: dict[str, list[str]] = {}
    for one in wanted:
        if one in people and not people[one][1]:
            skipped.append((one, "no_email"))
        elif one in people:
            by_email.setdefault(people[one][1].lower(), []).append(one)
    asked: list[str] = []
    queued: list[Mail] = []
    for email, ids in by_email.items():
        names = list(dict.fromkeys(people[one][0] for one in ids))
        mail = _queue_request(kind, event, email, people[ids[0]][1], names, people[ids[0]][2], now)
        if mail:
            asked += ids
            queued.append(mail)
        else:
            skipped += [(one, why["recent"]) for one in ids]
    ends_at = system.monotonic_s() + SEND_S
    for mail in queued:
        if system.monotonic_s() < ends_at:
            outbox.deliver(mail, mails.MAIL_KINDS, now)
    return asked, skipped


def _queue_request(
    kind: str, event: EventRecord, person: str, to: str, names: list[str], language: str, now: datetime
) -> Mail | None:
    """The mail, or None if this person had one lately."""
    key = f"{kind}#{event.event_id}#{hashlib.sha256(person.encode()).hexdigest()[:32]}"
    now_s = int(now.timestamp())
    mail_id = f"{kind.replace('_', '-')}-{hashlib.sha256(f'{key} {now_s}'.encode()).hexdigest()[:32]}"
    mail = mails.request_mail(kind, mail_id, to, event, names, language, now)
    again_s = now_s + int(AGAIN_AFTER.total_seconds())
    return mail if retry_on_conflict(lambda: store.queue_once(mail, key, now_s, again_s)) else None
