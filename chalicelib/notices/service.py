"""Changes of a charter that people are told of: shown before, then written, then mailed.

The transaction that changes the charter also writes down that the change is to be told. Who is told, and how, is made
of the charter afterwards, and each mail is named by change and address: so what breaks off is done by the schedule, and
nobody is told twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from chalicelib.charters import service as charters
from chalicelib.charters.fields import CharterJson, PlannedCancellation
from chalicelib.charters.service import Followed
from chalicelib.charters.store import Charter
from chalicelib.core import system, times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import BadInput
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.crew import mails as crew_mails
from chalicelib.crew import service as crew
from chalicelib.mail import outbox, typed_addresses
from chalicelib.mail.store import Mail
from chalicelib.notices import store
from chalicelib.notices.mails import MAIL_KINDS, Change, Notice, find_change, make_notices
from chalicelib.operator import service as operator_service
from chalicelib.waivers import people

# Mails that are not sent by then are left to the schedule: the function may run for 15 s.
SEND_S = 5.0


class PreviewedMail(TypedDict):
    to: str
    name: str
    """How the mail calls them; empty where a guest typed the address."""
    subject: str
    text: str


class NoticePreview(TypedDict):
    mails: list[PreviewedMail]
    """One for each person who would be told; none where the change tells nobody anything."""


def edit_charter(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """The same as of `charters`; with `notify`, people are mailed what is another time, boat or port."""
    announcement = Announcement(now)
    edited = charters.edit_charter(event_id, body, follow=announcement, actor=actor, now=now)
    announcement.send()
    return edited


def cancel_charter(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """The same as of `charters`; with `notify`, people are mailed that it is off."""
    announcement = Announcement(now)
    cancelled = charters.cancel_charter(event_id, body, follow=announcement, actor=actor, now=now)
    announcement.send()
    return cancelled


def preview_edit(event_id: str, body: Mapping[str, Any], *, now: datetime) -> NoticePreview:
    """The mails of an edit that is asked for in the same words. Nothing is changed, and nothing is counted."""
    seen = charters.find_charter(event_id)
    return _preview(seen, charters.plan_edit(seen, body, now=now).charter, now)


def preview_cancel(event_id: str, body: Mapping[str, Any], *, now: datetime) -> NoticePreview:
    """The same of a cancellation with this fee, once that much of what was paid is moved to another charter."""
    form = Form(body)
    terms = form.read(PlannedCancellation)
    form.finish()
    seen = charters.find_charter(event_id)
    left_cents = seen.sums.received_cents - terms["moved_cents"]
    if left_cents < seen.sums.refunded_cents:
        raise BadInput({"moved_cents": "must be at most what was paid"})
    seen = seen._replace(sums=seen.sums._replace(received_cents=left_cents))
    return _preview(seen, charters.call_off(seen, terms), now)


def _preview(before: Charter, after: Charter, now: datetime) -> NoticePreview:
    operator, mails = operator_service.get_settings(), list[PreviewedMail]()
    settled = crew.settle_edit(before, after, now)
    change = find_change(before, after, settled.mails)
    for told in settled.mails:
        if told.kind in crew_mails.NEWS:
            subject, text = outbox.read(told, operator)
            mails.append({"to": told.to, "name": told.data["name"], "subject": subject, "text": text})
    for mail, recipient in _make(change, after, now) if change else ():
        if not (recipient.is_typed and typed_addresses.is_spent(mail.to, now)):
            subject, text = outbox.read(mail, operator)
            mails.append({"to": mail.to, "name": mail.data["name"], "subject": subject, "text": text})
    return {"mails": mails}


class Announcement:
    """What follows from an edit or a cancellation: captain and crew are told always, others if they are to be told.

    What others are told is first written down, then mailed.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._change: Change | None = None
        self._crew_mails: Sequence[Mail] = ()

    def __call__(self, before: Charter, after: Charter, notify: bool) -> Followed:
        """The charter with whom it asks next, and what has people told of it in the transaction that makes it."""
        settled = crew.settle_edit(before, after, self._now)
        self._crew_mails = settled.mails
        self._change = find_change(before, after, settled.mails) if notify else None
        due_at = times.format_instant(self._now + outbox.LEASE)
        told = [store.change_write(self._change, due_at)] if self._change else []
        return Followed(settled.charter, [*settled.writes, *told])

    def send(self) -> None:
        crew.send(self._crew_mails, self._now)
        if self._change:
            send(self._change, self._now)


def send(change: Change, now: datetime) -> None:
    """Queues the mails of a change that are not queued yet, and tries them for a few seconds."""
    notices = _make(change, charters.find_charter(change.event_id), now)
    known = store.find_queued([mail.mail_id for mail, _ in notices])
    queued: list[Mail] = []
    for notice in notices:
        if notice.mail.mail_id in known:
            continue
        mail = typed_addresses.limit(notice.mail, now) if notice.recipient.is_typed else notice.mail
        if retry_on_conflict(partial(store.queue, mail, notice.recipient.about)) and mail.status == "queued":
            queued.append(mail)
    store.close(change)
    ends_at = system.monotonic_s() + SEND_S
    for mail in queued:
        if system.monotonic_s() < ends_at:
            outbox.deliver(mail, MAIL_KINDS, now)


def sweep(now: datetime) -> None:
    """Goes on with the changes whose telling broke off."""
    for change in store.list_due(times.format_instant(now)):
        send(change, now)


def _make(change: Change, charter: Charter, now: datetime) -> list[Notice]:
    whole = charters.find_whole_charter(charter.event_id, with_signed=True)
    return make_notices(change, charter, people.load_rows(whole.signed_items), now)
