"""The calendar feeds: their addresses. A boat's feed says only when it is busy."""

from datetime import datetime
from typing import Literal, TypedDict

from chalicelib.boats import service as boats
from chalicelib.boats.service import Boat
from chalicelib.core import times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.schemas import RecordId, Url
from chalicelib.operator import links
from chalicelib.operator import service as operator
from chalicelib.operator import store as operator_store
from chalicelib.register import editing
from chalicelib.register.store import BOAT

DESK = "desk"


class Calendar(TypedDict):
    kind: Literal["desk", "boat"]
    boat_id: RecordId | None
    name: str
    url: Url


class CalendarList(TypedDict):
    calendars: list[Calendar]
    """The desk's first, then the boats' by name."""


def list_calendars() -> CalendarList:
    desk = _desk_calendar(operator_store.read_desk_link())
    return {"calendars": [desk, *map(_boat_calendar, boats.read_boats())]}


def renew_link(calendar_id: str, *, actor: Actor, now: datetime) -> Calendar:
    """Gives the feed of the desk, or of the boat of this id, a new address; the one before is dead at once."""
    if calendar_id != DESK:
        return _boat_calendar(editing.renew_link(BOAT, calendar_id, actor=actor, now=now))

    def attempt() -> int:
        link_number = operator_store.read_desk_link() + 1
        renewed = audit_event("link_renewed", actor, times.format_instant(now))
        operator_store.put_desk_link(link_number, renewed)
        return link_number

    return _desk_calendar(retry_on_conflict(attempt))


def _desk_calendar(link_number: int) -> Calendar:
    name = operator.get_settings()["operator_name"]
    return {"kind": "desk", "boat_id": None, "name": name, "url": links.feed_url("desk", "", link_number)}


def _boat_calendar(boat: Boat) -> Calendar:
    url = links.feed_url("boat", boat.record_id, boat.link_number)
    return {"kind": "boat", "boat_id": boat.record_id, "name": boat.details["name"], "url": url}
