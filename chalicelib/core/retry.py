"""What to do when two change the same record at once."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from chalicelib.core import system
from chalicelib.core.errors import Busy, WriteConflict

Result = TypeVar("Result")

# The function is stopped at 15 s; the last attempt and the mail after it need the rest.
PATIENCE_S = 6.0
# A second tap within this time means the first one.
DOUBLE_TAP = timedelta(seconds=10)


def retry_on_conflict(attempt: Callable[[], Result], *, patience_s: float = PATIENCE_S) -> Result:
    """Calls `attempt` (read, decide, write) until it raises no WriteConflict. Raises Busy after `patience_s`."""
    began_at = system.monotonic_s()
    for number in itertools.count():
        waited_s = system.monotonic_s() - began_at
        if waited_s >= patience_s:
            break
        try:
            return attempt()
        except WriteConflict:
            waited_s = system.monotonic_s() - began_at
            system.sleep(system.random_between(0, longest_wait_s(number, waited_s)))
    raise Busy("Many are changing this charter at once. Nothing was saved; please try again.")


def longest_wait_s(number: int, waited_s: float) -> float:
    """How long to wait at most after the attempt of this number, from 0; the wait is random ("full jitter").

    It grows to half a second, so that many who write the same record take turns. Then it shrinks again: those who have
    waited longest try most often, so that none of them loses every race.
    """
    grown_s: float = 0.02 * 2 ** min(number, 10)
    return min(0.5, grown_s) / (1 + waited_s**2)
