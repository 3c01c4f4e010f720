"""What of the season's plan overlaps, reckoned a second time and without the product's code."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import NamedTuple

from tools.local.fleet import BOATS, PEOPLE, Boat, SampleHold
from tools.local.samples import SampleCharter

NAMED = {sailor.person.name for sailor in PEOPLE}
Clash = tuple[str, str, str]
"""What is taken (`boat`, or the person's role), its name, and the title of what takes it."""


class Taken(NamedTuple):
    title: str
    starts_at: float
    ends_at: float
    boat: Boat | None
    """None without a record."""
    roles: dict[str, str]
    """Those of the people with a record, by name."""
    between_s: float
    """What must lie between it and another charter of its boat."""


def clashes(charters: Iterable[SampleCharter], holds: Iterable[SampleHold]) -> dict[str, list[Clash]]:
    """Of each charter or hold that overlaps something, by title; cancelled charters take their time like others."""
    taken = [*map(of_charter, charters), *(one for hold in holds for one in of_hold(hold))]
    found = defaultdict[str, list[Clash]](list)
    for one, other in combinations(taken, 2):
        for mine, theirs in ((one, other), (other, one)):
            found[mine.title] += [(what, name, theirs.title) for what, name in shared(mine, theirs)]
    return {title: several for title, several in found.items() if several}


def of_charter(charter: SampleCharter) -> Taken:
    crew = {mate.name: "crew" for mate in charter.crew}
    captain = {charter.captain.name: "captain"} if charter.captain else {}
    roles = {name: role for name, role in {**crew, **captain}.items() if name in NAMED}
    boat = charter.boat if charter.boat in BOATS else None
    start, end = charter.starts_at.timestamp(), charter.ends_at.timestamp()
    return Taken(charter.title, start, end, boat, roles, charter.boat.turnaround_minutes * 60)


def of_hold(hold: SampleHold) -> Iterator[Taken]:
    for starts_at, ends_at in occurrences(hold):
        yield Taken(hold.title, starts_at.timestamp(), ends_at.timestamp(), hold.boat, {}, 0)


def occurrences(hold: SampleHold) -> Iterator[tuple[datetime, datetime]]:
    """Each week at the same time by the wall clock."""
    last = hold.weekly_until or hold.starts_at.date()
    for week in range((last - hold.starts_at.date()).days // 7 + 1):
        later = timedelta(weeks=week)
        if (hold.starts_at + later).date() not in hold.except_days:
            yield hold.starts_at + later, hold.ends_at + later


def shared(one: Taken, other: Taken) -> Iterator[tuple[str, str]]:
    gap_s = max(one.starts_at, other.starts_at) - min(one.ends_at, other.ends_at)
    if one.boat and one.boat == other.boat and (gap_s < 0 or gap_s < min(one.between_s, other.between_s)):
        yield "boat", one.boat.name
    for name in one.roles.keys() & other.roles.keys() if gap_s < 0 else ():
        yield one.roles[name], name
