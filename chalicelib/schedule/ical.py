"""A calendar as iCalendar text (RFC 5545, with the properties of RFC 7986). Pure."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, NamedTuple

from icalendar import Calendar, Event, vDuration

from chalicelib.core import times

PRODUCT = "-//Ship Captain Crew//EN"
REFRESHED_EVERY = timedelta(hours=1)
# Chosen once, at random: the ids of events stay the same for ever.
_IDS = uuid.UUID("7a0b5c0e-3f52-4a27-9b1c-5d0c2f6f8e11")

State = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


class CalendarEvent(NamedTuple):
    uid: str
    version: int
    """Of the record: a higher one replaces what a calendar has."""
    edited_at: str
    """When that version was made. No other time is told, so that the text stays the same while nothing changes."""
    starts_at: str
    ends_at: str
    title: str
    state: State
    place: str = ""
    description: str = ""
    url: str = ""


def make_uid(*parts: str) -> str:
    """The same for the same parts; nobody can tell the parts from it, as one of them is a random id."""
    return str(uuid.uuid5(_IDS, "|".join(parts)))


def to_ical(name: str, events: Iterable[CalendarEvent]) -> str:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    # What RFC 7986 calls NAME and REFRESH-INTERVAL, most programs still call otherwise.
    for key in ("name", "x-wr-calname"):
        calendar.add(key, name)
    calendar.add("refresh-interval", vDuration(REFRESHED_EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED_EVERY))
    for event in events:
        calendar.add_component(_to_component(event))
    return str(calendar.to_ical().decode())


def _to_component(event: CalendarEvent) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.version)
    component.add("dtstamp", times.parse_instant(event.edited_at))
    # In UTC: an instant needs no rules of a time zone, and each calendar shows it by its own clock.
    component.add("dtstart", times.parse_instant(event.starts_at))
    component.add("dtend", times.parse_instant(event.ends_at))
    component.add("summary", event.title)
    component.add("status", event.state)
    component.add("transp", "TRANSPARENT" if event.state == "CANCELLED" else "OPAQUE")
    texts = {"location": event.place, "description": event.description, "url": event.url}
    for key, text in texts.items():
        if text:
            component.add(key, text)
    return component
