"""To whom the season's tips are owed: dealt out a second time, cent by cent."""

from collections import Counter
from collections.abc import Iterable
from itertools import cycle
from typing import NamedTuple

from tests.season.books import add_up, entries
from tools.local.fleet import PEOPLE, Person
from tools.local.samples import SampleCharter

OWNERS = {sailor.person.name for sailor in PEOPLE if sailor.is_owner}


class Tipped(NamedTuple):
    title: str
    cents: int
    by_hand: bool
    shares: dict[str, int]
    """Cents by name, who sails the boat first."""


def tipped(charters: Iterable[SampleCharter]) -> list[Tipped]:
    """The charters with tips, by start."""
    found = []
    for charter in sorted(charters, key=lambda one: one.starts_at.timestamp()):
        cents = int(add_up(entries([charter])).tips * 100)
        if cents:
            by_hand = {person.name: share for person, share in charter.tip_shares.items()}
            found.append(Tipped(charter.title, cents, bool(by_hand), by_hand or dealt(cents, sailors(charter))))
    return found


def sailors(charter: SampleCharter) -> list[str]:
    """Captain and crew; the owner takes no share."""
    aboard: list[Person | None] = [charter.captain, *charter.crew]
    return [person.name for person in aboard if person and person.name not in OWNERS]


def dealt(cents: int, names: list[str]) -> dict[str, int]:
    """One cent after the other."""
    if not names:
        return {}
    shares = dict.fromkeys(names, 0)
    for _, name in zip(range(cents), cycle(names), strict=False):
        shares[name] += 1
    return shares


def owed_to(charters: Iterable[SampleCharter]) -> dict[str, tuple[int, int]]:
    """Of each who is owed tips: of how many charters, and how many cents."""
    cents, counts = Counter[str](), Counter[str]()
    for one in tipped(charters):
        cents.update(one.shares)
        counts.update(one.shares.keys())
    return {name: (counts[name], cents[name]) for name in cents}
