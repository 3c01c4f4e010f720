"""A clock that a test turns, and the one on the wall."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from time import sleep
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core import system

OPERATOR = ZoneInfo("America/Los_Angeles")


def turn_from(start: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the product's clock to `start`; what is returned turns it to so much after that, as `timedelta` takes it."""

    def turn(**later: float) -> None:
        monkeypatch.setattr(system, "utc_now", lambda: start + timedelta(**later))

    turn()
    return turn


def wait_out_midnight(spare: timedelta) -> datetime:
    """The present. Where less than `spare` is left of the operator's day, the next one is waited for.

    What begins now ends today: else the test, the server and the page would each mean another day by today.
    """
    now = datetime.now(UTC)
    here = now.astimezone(OPERATOR)
    midnight = datetime.combine(here.date() + timedelta(days=1), time.min, OPERATOR)
    # Clocks change in the night, and never in its last minutes before midnight.
    if midnight - here > spare:
        return now
    sleep((midnight.astimezone(UTC) - now).total_seconds() + 1)
    return datetime.now(UTC)


def waiting_for_a_processor() -> float:
    """How many, by the last minute, for each processor: on a busy machine all takes as many times as long."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
