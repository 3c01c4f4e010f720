"""The calendar behind a private link: of the desk, of a boat, or of a person.

A boat's is for others, so it says when the boat is busy and nothing else. A person's says neither money nor how to
reach the patron. Shown is from 30 days back to a year ahead, by days of the operator, so that a text that nobody
changed is another one from midnight on at the earliest.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from chalice.app import Request, Response

from chalicelib.boats import service as boats
from chalicelib.boats.service import Boat
from chalicelib.charters import store as charters
from chalicelib.charters.positions import waiting
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.lazy import lazy_imports
from chalicelib.core.settings import settings
from chalicelib.operator import links
from chalicelib.operator import service as operator
from chalicelib.operator import store as operator_store
from chalicelib.people.service import Person
from chalicelib.register.store import KINDS, read_record
from chalicelib.schedule import holds, ical
from chalicelib.schedule import store as schedule
from chalicelib.schedule.ical import CalendarEvent, State
from chalicelib.schedule.store import Hold

with lazy_imports():
    from chalicelib.waivers import page as waiver_page

ENDING = ".ics"
# Lambda answers with 6 MB at most.
MOST_EVENTS = 8000
BUSY = "Busy"


class Period(NamedTuple):
    first: str
    last: str
    now: str


class Feed(NamedTuple):
    name: str
    events: Iterable[CalendarEvent]


def show(token: str, request: Request, *, now: datetime) -> Response:
    """The feed, 304 where the caller has it already, or the one page of all links that open nothing."""
    feed = find_feed(token, now)
    if feed is None:
        return waiver_page.lead_nowhere(request)
    events = sorted(feed.events, key=lambda event: (event.starts_at, event.uid))
    text = ical.to_ical(feed.name, events[:MOST_EVENTS])
    tag = hashlib.sha256(text.encode()).hexdigest()[:32]
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "Cache-Control": "no-cache",
        "ETag": f'"{tag}"',
        "X-Robots-Tag": "noindex",
    }
    # Also as one of several, or as W/"…" where the feed was compressed on its way.
    is_known = tag in request.headers.get("if-none-match", "")
    return Response("" if is_known else text, status_code=304 if is_known else 200, headers=headers)


def find_feed(token: str, now: datetime) -> Feed | None:
    """None for a link that opens nothing: it was renewed, or there never was one like it."""
    if not token.endswith(ENDING):
        return None
    token = token.removesuffix(ENDING)
    named = links.parse_token(token)
    if named is None:
        return None
    kind, record_id = named
    if kind == "desk":
        is_open = links.opens(token, kind, record_id, operator_store.read_desk_link())
        return _desks_feed(_period(now)) if is_open else None
    record = read_record(KINDS[kind], record_id)
    # A record that there is none of takes as long as a link that was renewed.
    is_open = links.opens(token, kind, record_id, record.link_number if record else 0)
    if record is None or not is_open:
        return None
    return (_boats_feed if kind == "boat" else _persons_feed)(record, _period(now))


def _period(now: datetime) -> Period:
    zone = settings().timezone
    today = times.day_of(now, zone)
    first, last = (
        times.start_of_day(today + timedelta(days=days), zone) for days in (-links.DAYS_BACK, links.DAYS_AHEAD)
    )
    return Period(times.format_instant(first), times.format_instant(last), times.format_instant(now))


def _desks_feed(period: Period) -> Feed:
    held = schedule.list_holds()
    # Read after the holds, so that each hold's boat is among them.
    names = {boat.record_id: boat.details["name"] for boat in boats.read_boats()}

    def events() -> Iterator[CalendarEvent]:
        for charter in _read_charters(period):
            yield _to_event(
                "desk",
                charter,
                description=[f"Boat: {charter.details['vessel'] or 'none yet'}", *_sailors(charter), _heads(charter)],
                url=f"{settings().base_url}/events/{charter.event_id}",
            )
        for hold in held:
            for event in _hold_events("desk", hold, period):
                yield event._replace(title=f"{names[hold.details['boat_id']]}: {event.title}")

    return Feed(operator.get_settings()["operator_name"], events())


def _boats_feed(boat: Boat, period: Period) -> Feed:
    def events() -> Iterator[CalendarEvent]:
        for charter in _read_charters(period):
            if charter.details["boat_id"] == boat.record_id:
                yield _to_event("boat", charter)._replace(title=BUSY, place="")
        for hold in schedule.list_holds():
            if hold.details["boat_id"] == boat.record_id:
                for event in _hold_events("boat", hold, period):
                    yield event._replace(title=BUSY)

    return Feed(boat.details["name"], events())


def _persons_feed(person: Person, period: Period) -> Feed:
    def events() -> Iterator[CalendarEvent]:
        for charter in _read_charters(period):
            captain, crew = charter.details["captain"], charter.details["crew"]
            is_captain = captain is not None and captain["person_id"] == person.record_id
            is_crew = any(one["person_id"] == person.record_id for one in crew)
            asked_as = _asked_as(charter, person)
            if is_captain or is_crew or asked_as:
                role = "You are the captain." if is_captain else "You are crew." if is_crew else asked_as
                boat = f"Boat: {charter.details['vessel'] or 'none yet'}"
                event = _to_event("person", charter, description=[role, boat, *_sailors(charter), _heads(charter)])
                yield event if is_captain or is_crew else event._replace(state="TENTATIVE")

    return Feed(f"{operator.get_settings()['operator_name']}: {person.details['name']}", events())


def _asked_as(charter: Charter, person: Person) -> str:
    """What somebody is asked who has not answered yet; nothing once the charter is off or over."""
    waits = (one for one in charter.positions if (asked := waiting(one)) and asked["person_id"] == person.record_id)
    position = next(waits, None) if charter.status == "scheduled" else None
    return f"You are asked to sail as {position['role']}." if position else ""


def _read_charters(period: Period) -> Iterator[Charter]:
    """Those that take some of the period; a cancelled one for 30 days. Two Queries.

    The board has them by their start, cancelled ones too. What began before and goes on is found in the schedule.
    """
    begun = charters.list_between(period.first, period.last)
    going_on = [
        entry.entry_id
        for entry in schedule.read_entries(period.first, period.first)
        if entry.kind == "charter" and entry.starts_at < period.first
    ]
    for charter in (*charters.read_charters(going_on), *begun):
        if charter.status != "cancelled" or charter.edited_at >= period.first:
            yield charter


def _to_event(feed: str, charter: Charter, description: Iterable[str] = (), url: str = "") -> CalendarEvent:
    details, is_off = charter.details, charter.status == "cancelled"
    return CalendarEvent(
        # Its own in each feed: they tell different things of one charter.
        uid=ical.make_uid(feed, charter.event_id),
        version=charter.version,
        edited_at=charter.edited_at,
        starts_at=details["starts_at"],
        ends_at=details["ends_at"],
        # Not every program shows that an event is cancelled.
        title=f"Cancelled: {details['title']}" if is_off else details["title"],
        state="CANCELLED" if is_off else "CONFIRMED",
        place=details["departure_port"],
        description="\n".join(description),
        url=url,
    )


def _hold_events(feed: str, hold: Hold, period: Period) -> Iterator[CalendarEvent]:
    """Each of its times; none of a hold that has expired or was released."""
    if holds.status_of(hold, period.now) != "held":
        return
    details = hold.details
    state: State = "TENTATIVE" if details["kind"] == "option" else "CONFIRMED"
    for entry in holds.entries_between(hold, period.first, period.last):
        day = str(times.local(entry.starts_at, details["timezone"]).date()) if details["weekly_until"] else ""
        yield CalendarEvent(
            uid=ical.make_uid(feed, hold.hold_id, day),
            version=hold.version,
            edited_at=hold.updated_at,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            title=entry.title,
            state=state,
        )


def _sailors(charter: Charter) -> Iterator[str]:
    captain, crew = charter.details["captain"], charter.details["crew"]
    yield f"Captain: {captain['name'] if captain else 'none yet'}"
    if crew:
        yield f"Crew: {', '.join(one['name'] for one in crew)}"


def _heads(charter: Charter) -> str:
    count = charter.details["party_size"]
    return f"{count} guest{'' if count == 1 else 's'}"
