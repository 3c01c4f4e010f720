"""What the schedule holds: charters and holds with their times, and holds that repeat each week. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from chalicelib.core import times

EntryKind = Literal["charter", "hold"]
EntryStatus = Literal["scheduled", "departed", "completed", "cancelled", "held", "expired", "released"]
"""Of a charter, or of a hold."""
Role = Literal["captain", "crew"]
"""What a person does on a charter."""

# What is longer is cut, so that a search need not begin earlier than this before the time that it asks for.
LONGEST_PIECE = timedelta(days=14)
LONGEST_ENTRY = timedelta(days=366)
WEEK = timedelta(days=7)


class Assigned(NamedTuple):
    """A person who sails on a charter."""

    person_id: str
    role: Role
    name: str


class Entry(NamedTuple):
    """A charter or a single hold, or one day of a hold that repeats. Times are instants, as text."""

    kind: EntryKind
    entry_id: str
    boat_id: str | None
    """None for a boat that is typed as text."""
    people: Sequence[Assigned]
    title: str
    starts_at: str
    ends_at: str
    status: EntryStatus
    expires_at: str = ""
    """Of an option: when it frees itself."""
    asked: Sequence[str] = ()
    """The ids of people who are asked, or may still answer. This books no one."""

    def counts(self, now: str) -> bool:
        """Whether it keeps others away. An option ends by its time, not by who notes it."""
        is_expired = self.expires_at and self.expires_at <= now
        return not is_expired and self.status not in ("cancelled", "expired", "released")

    def names(self, record_id: str) -> bool:
        """Whether this boat or person takes part, or is asked to."""
        people = (*(person.person_id for person in self.people), *self.asked)
        return record_id == self.boat_id or record_id in people

    def pieces(self) -> Iterator[str]:
        """Where each of its pieces begins."""
        starts_at, ends_at = times.parse_instant(self.starts_at), times.parse_instant(self.ends_at)
        while starts_at < ends_at:
            yield times.format_instant(starts_at)
            starts_at += LONGEST_PIECE


class WeeklyHold(NamedTuple):
    """A hold that repeats each week by the wall clock of its time zone. Kept with its boat."""

    hold_id: str
    boat_id: str
    title: str
    starts_at: str
    """Of the first one."""
    ends_at: str
    timezone: str
    weekly_until: str
    """The last day on which one may begin."""
    except_days: Sequence[str]
    """The days on which none begins."""
    expires_at: str = ""

    def occurrences(self, first: str, last: str) -> Iterator[Entry]:
        """Those that overlap the time from `first` up to before `last`."""
        starts_at, ends_at = (times.local(instant, self.timezone) for instant in (self.starts_at, self.ends_at))
        until = times.parse_day(self.weekly_until)
        # One week earlier than it could begin: clocks change by an hour or so.
        weeks = (times.parse_instant(first) - ends_at) // WEEK - 1
        for week in range(max(0, weeks), (until - starts_at.date()).days // 7 + 1):
            begins, ends = repeat_weekly(starts_at, ends_at, week)
            if begins >= last:
                return
            if ends > first and str(starts_at.date() + week * WEEK) not in self.except_days:
                yield Entry("hold", self.hold_id, self.boat_id, (), self.title, begins, ends, "held", self.expires_at)


def repeat_weekly(starts_at: datetime, ends_at: datetime, weeks: int) -> tuple[str, str]:
    """The same time so many weeks later, by the wall clock. `starts_at` and `ends_at` are local.

    An hour that the clocks skip or repeat is taken as Python does: by the offset before the change. Where that leaves
    no time between start and end, the length is kept.
    """
    if not weeks:
        return times.format_instant(starts_at), times.format_instant(ends_at)
    begins, ends = (times.format_instant((one + weeks * WEEK).replace(fold=0)) for one in (starts_at, ends_at))
    if ends <= begins:
        length = ends_at.astimezone(UTC) - starts_at.astimezone(UTC)
        ends = times.format_instant(times.parse_instant(begins) + length)
    return begins, ends
