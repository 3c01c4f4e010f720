"""The schedule as it is shown: a week or so of all boats; and what is planned with one boat or person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from chalicelib.boats.service import boat_json
from chalicelib.core import names, times
from chalicelib.core.fields import Form
from chalicelib.core.settings import settings
from chalicelib.register.fields import ComingCharter
from chalicelib.schedule import store
from chalicelib.schedule.conflicts import Schedule, rules_of
from chalicelib.schedule.entries import Entry
from chalicelib.schedule.fields import SCHEDULE_QUERY, Conflict, ScheduleEntry, Week

MOST_DAYS = 62
DEFAULT_DAYS = 7


def parse_period(query: Mapping[str, str], *, now: datetime) -> tuple[str, str]:
    """From the start of a day up to the end of another in the operator's time zone, or between instants.

    By default a week, from today.
    """
    form = Form(query)
    bounds = form.read_all(SCHEDULE_QUERY)
    timezone = times.zone(settings().timezone)
    first = bounds["from"] or times.start_of_day(times.day_of(now, timezone.key), timezone.key)
    # Days of the wall clock: one of them may have 23 or 25 hours.
    here = first.astimezone(timezone)
    last = bounds["to"] or here + timedelta(days=DEFAULT_DAYS)
    if not here < last <= here + timedelta(days=MOST_DAYS):
        form.refuse("to", f"must be after from, by {MOST_DAYS} days at most")
    form.finish()
    return times.format_instant(first), times.format_instant(last)


def get_schedule(period: tuple[str, str], *, now: datetime) -> Week:
    """All boats, and what is planned in a period: two Queries, however many entries there are."""
    first, last = period
    at = times.format_instant(now)
    found = store.list_boats()
    rules = rules_of(boat for boat, _ in found)
    turnaround = max((rule.turnaround_minutes for rule in rules.values()), default=0)
    # What ends shortly before the period may be in the way of what begins with it.
    wide = times.add_minutes(first, -turnaround), times.add_minutes(last, turnaround)
    booked = store.read_entries(*wide)
    repeated = (entry for _, weekly in found for hold in weekly for entry in hold.occurrences(*wide))
    entries = [entry for entry in (*booked, *repeated) if entry.counts(at)]
    schedule = Schedule(entries, rules, at)
    shown = [entry for entry in entries if entry.ends_at > first and entry.starts_at < last]
    shown.sort(key=lambda entry: (entry.starts_at, entry.boat_id or "~", entry.entry_id))
    boats = sorted((boat for boat, _ in found), key=lambda boat: (names.fold(boat.details["name"]), boat.record_id))
    return {
        "boats": [boat_json(boat) for boat in boats],
        "entries": [_entry_json(entry, schedule.conflicts(entry, at)) for entry in shown],
    }


def _entry_json(entry: Entry, conflicts: list[Conflict]) -> ScheduleEntry:
    shown = {
        "kind": entry.kind,
        "event_id" if entry.kind == "charter" else "hold_id": entry.entry_id,
        "boat_id": entry.boat_id,
        "title": entry.title,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "status": entry.status,
        "conflicts": conflicts,
    }
    return cast(ScheduleEntry, shown)


def coming_charters(record_id: str, now: datetime) -> list[ComingCharter]:
    """The charters that name a boat or a person and have not ended, by start: one Query."""
    coming: list[ComingCharter] = [
        {
            "event_id": entry.entry_id,
            "title": entry.title,
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
        }
        for entry in store.read_entries(times.format_instant(now), "9")
        if entry.kind == "charter" and entry.status in ("scheduled", "departed") and entry.names(record_id)
    ]
    return sorted(coming, key=lambda charter: (charter["starts_at"], charter["event_id"]))
