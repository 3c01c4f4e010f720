"""How long something has been due: days of the operator's calendar, held against a calendar that is counted by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.charters.receivables import age
from chalicelib.core import times

# Zones with summer time in both hemispheres, of half and quarter hours, at both ends of the day.
ZONES = (
    "America/Los_Angeles", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Kiritimati", "Pacific/Marquesas", "America/Santiago", "UTC",
)  # fmt: skip
# Days on which clocks were changed, in one zone or another, and ordinary ones.
ENDS = [
    datetime(2026, month, day, hour, minute, tzinfo=UTC)
    for month, day in ((3, 7), (3, 8), (3, 28), (4, 4), (6, 21), (9, 5), (10, 24), (10, 31), (11, 1), (12, 31))
    for hour, minute in ((0, 0), (6, 59), (7, 0), (8, 0), (13, 45), (23, 59))
]
LATER = [timedelta(minutes=minutes) for minutes in (0, 1, 719, 1440)] + [
    timedelta(days=days, hours=hours)
    for days in (1, 29, 30, 31, 59, 60, 61, 62, 89, 90, 91, 92, 200, 400)
    for hours in (-1, 0, 1, 23)
]


def counted_days(ended: datetime, now: datetime, zone: str) -> int:
    """How often the date on a wall calendar changes, asked each quarter of an hour at first, then each day at noon."""
    here = ZoneInfo(zone)
    first, last = (moment.astimezone(here).strftime("%Y-%j") for moment in (ended, now))
    days, day = 0, first
    noon = ended.astimezone(here).replace(hour=12, minute=0, tzinfo=None)
    while day != last:
        days += 1
        day = (noon + timedelta(days=days)).strftime("%Y-%j")
    return days


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_counted_as_a_wall_calendar_there_does(zone: str) -> None:
    for ended in ENDS:
        for later in LATER:
            now = ended + later
            days, bucket = age(times.format_instant(ended), now, zone)
            assert days == counted_days(ended, now, zone), (ended, now)
            bounds = {"0-30": range(31), "31-60": range(31, 61), "61-90": range(61, 91), "over-90": range(91, 10**4)}
            assert days in bounds[bucket], (days, bucket)


@pytest.mark.parametrize("zone", ZONES)
def test_a_charter_that_has_not_ended_is_coming_whatever_the_day(zone: str) -> None:
    for ends_at in ENDS:
        for sooner in (timedelta(seconds=1), timedelta(hours=5), timedelta(days=300)):
            assert age(times.format_instant(ends_at), ends_at - sooner, zone) == (0, "coming")
