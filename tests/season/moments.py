"""When a page may have been drawn: nobody can foresee it to the minute, and a day or a charter may end meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tests.season.conftest import Season

Shown = TypeVar("Shown")


def moments(told: Season) -> tuple[datetime, ...]:
    """Each minute since the season was told: a page draws itself again once a minute, and changes by whole minutes."""
    now = datetime.now(UTC)
    minutes = (now - told.now) // timedelta(minutes=1)
    return *(told.now + timedelta(minutes=minute) for minute in range(minutes + 2)), now


def fitting(told: Season, shown: Shown, expected: Callable[[datetime], Shown]) -> tuple[datetime, Shown]:
    """The moment whose page is the shown one, with that page; when none is, what should show now: the difference."""
    found = [(at, expected(at)) for at in moments(told)]
    return next((pair for pair in found if pair[1] == shown), found[-1])
