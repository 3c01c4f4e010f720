"""The days around now by the operator's clocks, for sample data that is true whenever it is made."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BAY = ZoneInfo("America/Los_Angeles")


class Calendar:
    """Days and times by the operator's clocks, counted from today."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(BAY).replace(second=0, microsecond=0)
        self.today = self.now.date()

    def day(self, days: int) -> date:
        """So many days after today."""
        return self.today + timedelta(days=days)

    def at(self, days: int, clock: str) -> datetime:
        """`clock` (`17:00`) of the day so many days after today."""
        return on(self.day(days), clock)

    def last_quarter(self) -> datetime:
        """When the last quarter of an hour began."""
        return self.now.replace(minute=self.now.minute // 15 * 15)

    def minutes_ago(self, minutes: int) -> datetime:
        return (self.now.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(BAY)

    def new_years_eve(self) -> date:
        return self._latest(lambda day: (day.month, day.day) == (12, 31))

    def spring_forward(self) -> date:
        return self._latest(lambda day: _length(day) < timedelta(days=1))

    def fall_back(self) -> date:
        return self._latest(lambda day: _length(day) > timedelta(days=1))

    def _latest(self, fits: Callable[[date], bool]) -> date:
        """The last such day, long enough ago for the night after it to be over."""
        return next(day for back in range(2, 400) if fits(day := self.today - timedelta(days=back)))

    def last_of_month(self) -> date:
        """Of the month before this one."""
        return self.today.replace(day=1) - timedelta(days=1)


def on(day: date, clock: str, fold: int = 0) -> datetime:
    """With `fold` 1 the second of two equal times of the night in which clocks go back."""
    return datetime.combine(day, time.fromisoformat(clock), BAY).replace(fold=fold)


def _length(day: date) -> timedelta:
    midnights = [on(day + timedelta(days=more), "00:00") for more in (0, 1)]
    return midnights[1].astimezone(UTC) - midnights[0].astimezone(UTC)
