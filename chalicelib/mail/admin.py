"""The page Mail: what is queued, sent, failed, uncertain or cancelled; and sending one again."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypedDict, get_args

from chalicelib.core import paging, times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import Conflict, NotFound, trace
from chalicelib.core.fields import Choice, Form
from chalicelib.core.retry import DOUBLE_TAP, retry_on_conflict
from chalicelib.core.schemas import Count, EventId, InstantText, UuidText
from chalicelib.mail import outbox, store
from chalicelib.mail.store import Mail, MailStatus, Retry
from chalicelib.operator import service as operator_service
from chalicelib.operator.fields import SettingsDetails

STATUSES: tuple[MailStatus, ...] = get_args(MailStatus)
_MAIL_ID = r"[A-Za-z0-9_-]{1,120}"


PAGE_QUERY = {"status": Choice(STATUSES, "queued", doc={"default": "queued"}), **paging.page_rules("mail")}


class MailJson(TypedDict):
    """The contract's Mail."""

    mail_id: str
    kind: str
    to: str
    subject: str
    event_id: EventId | None
    charter: str | None
    payment_id: UuidText | None
    status: MailStatus
    attempts: Count
    created_at: InstantText
    due_at: InstantText | None
    finished_at: InstantText | None
    note: str


class MailPageJson(TypedDict):
    mails: list[MailJson]
    next_cursor: str | None


class MailConflict(Conflict):
    """409. The mail's state does not allow it to be sent again."""


class MailPage(NamedTuple):
    status: MailStatus
    limit: int
    after: str


def parse_page(query: Mapping[str, str]) -> MailPage:
    """By default what is queued."""
    form = Form(query)
    status = form.read_one("status", PAGE_QUERY["status"])
    limit, cursor = form.read_all(paging.page_rules(f"mail-{status}")).values()
    form.finish()
    return MailPage(status, limit, cursor)


def list_mails(page: MailPage) -> MailPageJson:
    """One page; queued ones next due first, all others newest first."""
    # Without the cursor's last sign: that would skip a mail of the same moment whose id begins like this one's.
    found, more = store.list_mail(page.status, page.after.removesuffix("~"), page.limit)
    operator = operator_service.get_settings()
    return {
        "mails": [mail_json(mail, operator) for mail in found],
        "next_cursor": paging.make_cursor(f"mail-{page.status}", store.sort_key(found[-1])) if more else None,
    }


class _Charter(TypedDict):
    event_id: str
    title: str


class _Payment(TypedDict):
    payment_id: str


class _About(TypedDict, total=False):
    """What the page shows of a mail's data; some kinds have neither."""

    charter: _Charter
    payment: _Payment


def mail_json(mail: Mail, operator: SettingsDetails) -> MailJson:
    about: _About = mail.data
    charter, payment, queued = about.get("charter"), about.get("payment"), mail.status == "queued"
    return {
        "mail_id": mail.mail_id,
        "kind": mail.kind,
        "to": mail.to,
        "subject": _subject(mail, operator),
        "event_id": charter["event_id"] if charter else None,
        "charter": charter["title"] if charter else None,
        "payment_id": payment["payment_id"] if payment else None,
        "status": mail.status,
        "attempts": mail.attempts,
        "created_at": mail.created_at,
        "due_at": mail.due_at if queued else None,
        "finished_at": None if queued else mail.due_at,
        "note": mail.note,
    }


def _subject(mail: Mail, operator: SettingsDetails) -> str:
    if "erased" in mail.data:
        return "Erased"
    try:
        return outbox.subject(mail, operator)
    except Exception as problem:
        # Such a mail cannot go out either, but the list has to show it.
        outbox.log.error("mail %s cannot be written\n%s", mail.mail_id, trace(problem))
        return ""


def send_again(mail_id: str, *, kinds: outbox.MailKinds, actor: Actor, now: datetime) -> MailJson:
    """Queues a failed or uncertain mail, or one whose kind can be repeated, once more and tries it at once; how it
    ended before stays noted.

    Raises MailConflict in any other status. A double tap is one retry.
    """
    again = retry_on_conflict(lambda: _queue_again(mail_id, kinds, actor, now))
    if again:
        outbox.deliver_again(again, kinds, now)
    return mail_json(_find(mail_id), operator_service.get_settings())


def _queue_again(mail_id: str, kinds: outbox.MailKinds, actor: Actor, now: datetime) -> Mail | None:
    """The mail as it is queued now; None for a double tap."""
    seen = _find(mail_id)
    if "erased" in seen.data:
        raise MailConflict("What this mail was about is erased.")
    can_go_again = ("failed", "uncertain", *(("sent", "cancelled") if kinds[seen.kind].is_repeatable else ()))
    if seen.status not in can_go_again:
        raise MailConflict(_WHY_NOT[seen.status])
    if seen.retries and seen.retries[-1]["at"] > times.format_instant(now - DOUBLE_TAP):
        return None
    before: Retry = {
        "at": times.format_instant(now),
        "by": actor.name,
        "address": actor.address,
        "status": seen.status,
        "note": seen.note,
        "attempts": seen.attempts,
        "finished_at": seen.due_at,
        "to": seen.to,
    }
    again = seen._replace(
        to=kinds[seen.kind].current_address(seen),
        status="queued",
        # Held by this request, as a new mail is by the one that queues it.
        due_at=times.format_instant(now + outbox.LEASE),
        attempts=1,
        note=f"{actor.name} sends it again; it was {seen.status} ({seen.note})",
        retries=(*seen.retries, before),
    )
    store.change_mail(again, seen, kinds[seen.kind].status_writes(again, "queued", now))
    return again


_WHY_NOT = {
    "queued": "This mail is on its way, or will be tried again by itself.",
    "sent": "This mail was sent.",
    "cancelled": "This mail was cancelled: what it tells of no longer holds.",
}


def _find(mail_id: str) -> Mail:
    mail = store.read_mail(mail_id) if re.fullmatch(_MAIL_ID, mail_id) else None
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail
