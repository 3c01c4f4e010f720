"""The page Mail: what is owed, sent, failed, ambiguous or withdrawn; and sending one again."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import acts, lists, notifications, store, times
from chalicelib.acts import Actor
from chalicelib.errors import Conflict, NotFound, trace
from chalicelib.fields import Fields
from chalicelib.store import Mail

STATUSES = ("owed", "sent", "failed", "ambiguous", "withdrawn")
_MAIL_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")


class MailConflict(Conflict):
    """409. The mail's state does not allow it to be sent again."""


class MailPage(NamedTuple):
    status: str
    limit: int
    behind: str


def parse_page(query: Mapping[str, str]) -> MailPage:
    """By default what is owed."""
    form = Fields(query)
    status = form.choice("status", STATUSES, default="owed")
    page = MailPage(status, lists.take_limit(form), lists.take_cursor(form, f"mail-{status}"))
    form.finish()
    return page


def list_mails(page: MailPage) -> dict[str, Any]:
    """One page; owed ones next due first, all others newest first."""
    # The mark at the end of a cursor lies behind its key, where a list runs upwards.
    behind = page.behind if page.status == "owed" else page.behind.removesuffix("~")
    found, more = store.list_mail(page.status, behind, page.limit)
    return {
        "mails": [mail_json(mail) for mail in found],
        "next_cursor": lists.make_cursor(f"mail-{page.status}", store.mail_place(found[-1])) if more else None,
    }


def mail_json(mail: Mail) -> dict[str, Any]:
    """The contract's Mail."""
    event, owed = mail.facts.get("event", {}), mail.status == "owed"
    return {
        "mail_id": mail.mail_id,
        "kind": mail.kind,
        "to": mail.to,
        "subject": _subject(mail),
        "event_id": event.get("event_id"),
        "charter": event.get("title"),
        "payment_id": mail.facts.get("payment", {}).get("payment_id"),
        "status": mail.status,
        "attempts": mail.attempts,
        "created_at": mail.created_at,
        "due_at": mail.due_at if owed else None,
        "finished_at": None if owed else mail.due_at,
        "note": mail.note,
    }


def _subject(mail: Mail) -> str:
    try:
        return notifications.subject(mail)
    except Exception as problem:
        # Such a mail cannot go out either; the list has to show it all the same.
        notifications.log.error("mail %s cannot be written\n%s", mail.mail_id, trace(problem))
        return ""


def retry(mail_id: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Owes a failed or ambiguous mail once more and tries it at once; what became of it before stays noted.

    Raises MailConflict from any other state. A double tap is one retry.
    """
    at = times.format_instant(now)
    for _ in acts.tries():
        seen = _find(mail_id)
        if seen.status not in ("failed", "ambiguous"):
            raise MailConflict(_WHY_NOT[seen.status])
        if seen.retries and seen.retries[-1]["at"] > times.format_instant(now - acts.DOUBLE_TAP):
            break
        before = {
            "at": at,
            "by": actor.name,
            "address": actor.address,
            "status": seen.status,
            "note": seen.note,
            "attempts": seen.attempts,
            "finished_at": seen.due_at,
            "to": seen.to,
        }
        until = times.format_instant(now + notifications.LEASE)
        note = f"{actor.name} sends it again; it was {seen.status} ({seen.note})"
        # Held by this request, as a new mail is by the one that makes it owed.
        retries = (*seen.retries, before)
        again = seen._replace(
            to=_present_address(seen), status="owed", due_at=until, attempts=1, note=note, retries=retries
        )
        try:
            store.change_mail(again, seen, "pending" if seen.kind == "receipt" else None)
        except (store.Moved, store.Exists):
            continue
        notifications.deliver_again(again, now)
        break
    return mail_json(_find(mail_id))


def _present_address(mail: Mail) -> str:
    """A patron's address may have been mended since; that is why an admin sends it again."""
    if mail.kind not in _TO_PATRON:
        return mail.to
    event = store.read_event(mail.facts["event"]["event_id"])
    return (event.details["patron"]["email"] if event else "") or mail.to


# A reminder looks for the address at each try; a signer's copy goes where the signer wanted it.
_TO_PATRON = ("receipt", "correction", "bounce")
_WHY_NOT = {
    "owed": "This mail is on its way, or will be tried again by itself.",
    "sent": "This mail was sent.",
    "withdrawn": "This mail was withdrawn: what it tells of no longer holds.",
}


def _find(mail_id: str) -> Mail:
    mail = store.read_mail(mail_id) if _MAIL_ID.fullmatch(mail_id) else None
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail
