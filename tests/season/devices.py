"""What a device shows of amounts and times, by Babel and not by the product: the words are English, the zone is told
where its clocks differ from the operator's.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_currency

OPERATOR = ZoneInfo("America/Los_Angeles")


def money(amount: Decimal) -> str:
    """On a page; its minus sign is a typesetter's."""
    return ("−" if amount < 0 else "") + format_currency(abs(amount), "USD", locale="en_US")  # noqa: RUF001


def short(amount: Decimal) -> str:
    return money(amount).removesuffix(".00")


def plain(text: str) -> str:
    """With blanks of one kind, one at a time."""
    return " ".join(text.split())


def words(*parts: str) -> str:
    return " ".join(filter(None, parts))


class Device(NamedTuple):
    language: str
    timezone: str
    now: datetime

    @property
    def locale(self) -> str:
        return self.language.replace("-", "_")

    def day(self, then: datetime | date) -> str:
        """`Sat, Nov 28`, with its year unless that is this one."""
        this_year = then.year == self.now.astimezone(OPERATOR).year
        zone = None if isinstance(then, datetime) else OPERATOR
        when = then if zone is None else datetime(then.year, then.month, then.day, 12, tzinfo=zone)
        return plain(self._format(when, "MMMEd" if this_year else "yMMMEd"))

    def long_day(self, then: datetime | date) -> str:
        return plain(format_date(then, "full", locale=self.locale))

    def month(self, day: date) -> str:
        return plain(self._format(datetime(day.year, day.month, 1, 12, tzinfo=OPERATOR), "yMMMM"))

    def clock(self, then: datetime) -> str:
        return plain(self._format(then, "hm"))

    def moment(self, then: datetime) -> str:
        return f"{self.day(then)}, {self.clock(then)}{self.zone(then)}"

    def span(self, start: datetime, end: datetime) -> str:
        if start.date() == end.date():
            both = plain(format_interval(start, end, "hm", tzinfo=OPERATOR, locale=self.locale))
        else:
            both = f"{self.clock(start)} – {self.day(end)}, {self.clock(end)}"  # noqa: RUF001
        return both + self.zone(start)

    def end(self, start: datetime, end: datetime) -> str:
        """The weekday alone says which day is meant while it does not come again."""
        near = end.timestamp() - start.timestamp() < 6 * 24 * 60 * 60
        name = plain(self._format(end, "E")) if near else self.day(end)
        day = "" if start.date() == end.date() else f"{name}, "
        return f"to {day}{self.clock(end)}{self.zone(start)}"

    def zone(self, then: datetime) -> str:
        """Where clocks differ: Americans know the letters, for others it is an offset."""
        here, there = then.astimezone(ZoneInfo(self.timezone)).utcoffset(), then.utcoffset()
        assert there
        if here == there:
            return ""
        return f" {then.tzname()}" if self.language == "en-US" else f" GMT{there.total_seconds() / 3600:+.0f}"

    def _format(self, then: datetime, skeleton: str) -> str:
        return str(format_skeleton(skeleton, then, tzinfo=OPERATOR, locale=self.locale))
