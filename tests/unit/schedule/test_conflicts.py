"""Conflicts held against an independent count, minute by minute, over random schedules."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import times
from chalicelib.schedule.conflicts import BoatRules, Schedule
from chalicelib.schedule.entries import Assigned, Entry, WeeklyHold

ZONES = ("America/Los_Angeles", "Europe/Lisbon", "Australia/Lord_Howe", "Asia/Tokyo", "America/Havana")
BOATS, PEOPLE = ("petrel", "heron", "otter"), ("ana", "ben", "cy", "dee")
# Clocks change in many zones within these weeks.
BEGINS = datetime(2026, 10, 1, tzinfo=UTC)
GRID = timedelta(minutes=15)
NOW = "2026-10-15T00:00:00Z"


def text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cells(starts_at: str, ends_at: str, minutes_more: int = 0) -> set[int]:
    """Each quarter of an hour of a time, numbered."""
    start, end = (datetime.fromisoformat(one) for one in (starts_at, ends_at))
    last = end + timedelta(minutes=minutes_more)
    return set(range(int((start - BEGINS) / GRID), int((last - BEGINS) / GRID)))


def draw_time(draw: random.Random) -> tuple[str, str]:
    starts_at = BEGINS + draw.randrange(0, 60 * 24 * 4) * GRID
    length = draw.choice([draw.randrange(1, 30), draw.randrange(30, 400), draw.randrange(1400, 3000)])
    return text(starts_at), text(starts_at + length * GRID)


def draw_entry(draw: random.Random, number: int) -> Entry:
    starts_at, ends_at = draw_time(draw)
    if draw.random() < 0.3:
        expires_at = draw.choice(["", "", NOW, "2026-10-14T23:59:59Z", "2026-10-15T00:00:01Z"])
        status = draw.choice(["held", "held", "held", "released", "expired"])
        return Entry("hold", f"hold {number}", draw.choice(BOATS), (), "H", starts_at, ends_at, status, expires_at)
    people = draw.sample(PEOPLE, draw.randrange(3))
    assigned = tuple(
        Assigned(person, "crew" if place else "captain", person.title()) for place, person in enumerate(people)
    )
    status = draw.choice(["scheduled", "scheduled", "departed", "completed", "cancelled"])
    boat = draw.choice([*BOATS, None])
    return Entry("charter", f"charter {number}", boat, assigned, "C", starts_at, ends_at, status)


def expected(one: Entry, others: list[Entry], turnarounds: dict[str, int]) -> list[tuple[str, str, str, str]]:
    """What overlaps it, by kind, name, id and start; worked out from nothing but the cells."""
    found = []
    for other in others:
        if other.entry_id == one.entry_id or not all(map(keeps_away, (one, other))):
            continue
        both_charters = one.kind == other.kind == "charter"
        more = turnarounds.get(one.boat_id or "", 0) if both_charters and one.boat_id == other.boat_id else 0
        mine, theirs = (cells(entry.starts_at, entry.ends_at) for entry in (one, other))
        wide_mine, wide_theirs = (cells(entry.starts_at, entry.ends_at, more) for entry in (one, other))
        if one.boat_id and one.boat_id == other.boat_id and (wide_mine & theirs or mine & wide_theirs):
            found.append(("boat", one.boat_id.title(), other.entry_id, other.starts_at))
        shared = {person.person_id for person in other.people} if mine & theirs else set()
        found += [
            (person.role, person.name, other.entry_id, other.starts_at)
            for person in one.people
            if person.person_id in shared
        ]
    return sorted(found)


def keeps_away(entry: Entry) -> bool:
    has_ended = entry.expires_at != "" and entry.expires_at <= NOW
    return entry.status in ("scheduled", "departed", "completed", "held") and not has_ended


def told(entry: Entry, schedule: Schedule) -> list[tuple[str, str, str, str]]:
    found = schedule.conflicts(entry, NOW)
    return sorted((one["kind"], one["name"], one.get("event_id") or one["hold_id"], one["starts_at"]) for one in found)


@pytest.mark.parametrize("seed", range(30))
def test_conflicts_are_those_that_a_count_of_quarters_of_an_hour_finds(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - draws what to try
    turnarounds = {boat: draw.choice([0, 15, 90, 24 * 60]) for boat in BOATS}
    rules = {boat: BoatRules(boat.title(), minutes) for boat, minutes in turnarounds.items()}
    entries = [draw_entry(draw, number) for number in range(40)]
    schedule = Schedule(entries, rules, NOW)
    for entry in entries:
        assert told(entry, schedule) == expected(entry, entries, turnarounds)


def test_a_conflict_shows_on_both_sides() -> None:
    draw = random.Random(7)  # noqa: S311 - draws what to try
    entries = [draw_entry(draw, number) for number in range(80)]
    schedule = Schedule(entries, {boat: BoatRules(boat, 60) for boat in BOATS}, NOW)
    pairs = {(entry.entry_id, other) for entry in entries for _, _, other, _ in told(entry, schedule)}
    assert pairs
    assert pairs == {(other, one) for one, other in pairs}


# --- holds that repeat --------------------------------------------------------------------------------


def draw_weekly(draw: random.Random) -> WeeklyHold:
    zone = draw.choice(ZONES)
    first_day = date(2026, 10, 1) + timedelta(days=draw.randrange(14))
    hour, minute = draw.randrange(24), draw.choice([0, 15, 30, 45])
    starts_at = datetime(first_day.year, first_day.month, first_day.day, hour, minute, tzinfo=ZoneInfo(zone))
    ends_at = starts_at.astimezone(UTC) + draw.choice([1, 2, 8, 40, 4 * 24, 6 * 24 * 4]) * GRID
    until = first_day + timedelta(days=draw.randrange(0, 200))
    weeks = [first_day + timedelta(days=7 * week) for week in range((until - first_day).days // 7 + 1)]
    except_days = [str(day) for day in weeks if draw.random() < 0.2] + ["2026-12-24"]
    return WeeklyHold("weekly", "petrel", "W", text(starts_at), text(ends_at), zone, str(until), except_days)


def each_day(hold: WeeklyHold) -> Iterator[tuple[str, str]]:
    """Looks at every day in turn."""
    zone = ZoneInfo(hold.timezone)
    first, end = (datetime.fromisoformat(one).astimezone(zone) for one in (hold.starts_at, hold.ends_at))
    day = first.date()
    while str(day) <= hold.weekly_until:
        if day.weekday() == first.weekday() and str(day) not in hold.except_days:
            later = (day - first.date()).days
            begins = datetime.combine(day, first.time(), zone)
            ends = datetime.combine(end.date() + timedelta(days=later), end.time(), zone)
            if not later:
                begins, ends = first, end
            if text(ends) <= text(begins):
                ends = begins.astimezone(UTC) + (end.astimezone(UTC) - first.astimezone(UTC))
            yield text(begins), text(ends)
        day += timedelta(days=1)


@pytest.mark.parametrize("seed", range(60))
def test_a_weekly_hold_repeats_by_its_wall_clock_up_to_its_last_day(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - draws what to try
    hold = draw_weekly(draw)
    for _ in range(10):
        first = BEGINS + timedelta(hours=draw.randrange(-200, 24 * 250))
        last = first + timedelta(hours=draw.randrange(1, 24 * 70))
        found = [(one.starts_at, one.ends_at) for one in hold.occurrences(text(first), text(last))]
        assert found == [each for each in each_day(hold) if each[1] > text(first) and each[0] < text(last)]


def test_nothing_of_a_weekly_hold_is_shorter_than_nothing_when_the_clocks_change() -> None:
    """From the second half past one to a quarter past: the doubled hour comes once a year."""
    hold = WeeklyHold(
        "h", "petrel", "W", "2026-11-01T08:45:00Z", "2026-11-01T09:15:00Z", "America/Los_Angeles", "2026-11-15", ()
    )
    found = [(one.starts_at, one.ends_at) for one in hold.occurrences("2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    assert found == [
        ("2026-11-01T08:45:00Z", "2026-11-01T09:15:00Z"),
        ("2026-11-08T09:45:00Z", "2026-11-08T10:15:00Z"),
        ("2026-11-15T09:45:00Z", "2026-11-15T10:15:00Z"),
    ]


@pytest.mark.parametrize(
    ("minutes", "kind", "conflicts"),
    [(30, "charter", 0), (29, "charter", 1), (0, "charter", 1), (0, "hold", 0), (-1, "hold", 1)],
)
def test_turnaround_lies_between_two_charters_and_not_beside_a_hold(minutes: int, kind: Any, conflicts: int) -> None:
    begins = times.add_minutes("2026-10-10T12:00:00Z", minutes)
    first = Entry("charter", "first", "petrel", (), "A", "2026-10-10T10:00:00Z", "2026-10-10T12:00:00Z", "scheduled")
    second = Entry(kind, "second", "petrel", (), "B", begins, "2026-10-10T14:00:00Z", "scheduled")
    schedule = Schedule([first, second], {"petrel": BoatRules("Petrel", 30)}, NOW)
    for entry in (first, second):
        assert len(schedule.conflicts(entry, NOW)) == conflicts
