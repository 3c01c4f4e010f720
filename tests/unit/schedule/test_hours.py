"""A captain's hours, against a count of minutes: across midnight, changed clocks and charters that overlap."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.times import format_instant
from chalicelib.schedule.entries import Assigned, Entry
from chalicelib.schedule.hours import longest_work

BAY = ZoneInfo("America/Los_Angeles")
MIDNIGHT = datetime(2030, 6, 1, tzinfo=UTC)
DAY = 24 * 60
STEP = 10


def entry(starts_at: datetime, ends_at: datetime, name: str = "A") -> Entry:
    people = (Assigned("C" * 22, "captain", "Dana"),)
    return Entry(
        "charter", name * 22, "B" * 22, people, name, format_instant(starts_at), format_instant(ends_at), "scheduled"
    )


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BAY)


def minutes_worked(charter: tuple[int, int], others: list[tuple[int, int]]) -> int:
    """The most in any 24 hours in which at least one minute of the charter lies: minute by minute."""
    shift, length = 3 * DAY, 8 * DAY
    works = [False] * length
    for begins, ends in (charter, *others):
        works[begins + shift : ends + shift] = [True] * (ends - begins)
    first, last = charter[0] + shift - DAY, charter[1] + shift
    now = sum(works[first : first + DAY])
    most = now
    for start in range(first, last):
        now += works[start + DAY] - works[start]
        most = max(most, now)
    return most


spans = st.tuples(st.integers(-2 * DAY // STEP, 2 * DAY // STEP), st.integers(1, 20 * 60 // STEP)).map(
    lambda span: (span[0] * STEP, (span[0] + span[1]) * STEP)
)


@settings(max_examples=400, deadline=None)
@given(spans, st.lists(spans, max_size=4))
def test_the_most_of_any_24_hours_is_what_a_count_of_minutes_finds(
    charter: tuple[int, int], others: list[tuple[int, int]]
) -> None:
    def at(minutes: int) -> datetime:
        return MIDNIGHT + timedelta(minutes=minutes)

    found = longest_work(entry(*map(at, charter)), [entry(*map(at, one), name="B") for one in others])
    assert found == timedelta(minutes=minutes_worked(charter, others))


@pytest.mark.parametrize(
    ("charter", "others", "hours"),
    [
        # Twelve hours to the minute, and one more.
        ((local(20, 8), local(20, 20)), [], 12),
        ((local(20, 8), local(20, 20, 1)), [], 12 + 1 / 60),
        # An evening and the next morning are within 24 hours.
        ((local(20, 17), local(20, 23)), [(local(21, 7), local(21, 14))], 13),
        ((local(20, 22), local(21, 4)), [(local(20, 8), local(20, 14))], 12),
        # The same hours of every day: as soon as one ends, 24 hours before it the other one has begun.
        ((local(20, 8), local(20, 20)), [(local(21, 8), local(21, 20)), (local(19, 8), local(19, 20))], 12),
        # What overlaps is counted once.
        ((local(20, 8), local(20, 14)), [(local(20, 12), local(20, 18))], 10),
        # Far away.
        ((local(20, 8), local(20, 14)), [(local(22, 8), local(22, 18))], 6),
        # A day at sea is all of it.
        ((local(20, 8), local(23, 8)), [], 24),
        # The night of 25 hours, and that of 23: from 6 PM to 6 AM by the clocks.
        ((local(31, 18, month=10), local(1, 6, month=11)), [], 13),
        ((local(7, 18, month=3), local(8, 6, month=3)), [], 11),
    ],
)
def test_hours_across_midnight_and_changed_clocks(
    charter: tuple[datetime, datetime], others: list[tuple[datetime, datetime]], hours: float
) -> None:
    found = longest_work(entry(*charter), [entry(*one, name="B") for one in others])
    assert found == timedelta(hours=hours)
