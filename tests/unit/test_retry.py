"""Many who write the same record at once take turns, and give up in time."""

import heapq
import random

import pytest

from chalicelib.core import system
from chalicelib.core.errors import Busy, WriteConflict
from chalicelib.core.retry import longest_wait_s, retry_on_conflict

READ_S, WRITE_S = 0.006, 0.02


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def read(self) -> float:
        return self.now_s

    def sleep(self, wait_s: float) -> None:
        self.now_s += wait_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(system, "monotonic_s", found.read)
    monkeypatch.setattr(system, "sleep", found.sleep)
    random.seed(5)
    return found


def test_an_attempt_that_always_conflicts_ends_as_busy_within_the_patience(clock: Clock) -> None:
    def lose() -> None:
        clock.now_s += READ_S + WRITE_S
        raise WriteConflict

    with pytest.raises(Busy):
        retry_on_conflict(lose, patience_s=3.0)
    assert 3.0 <= clock.now_s < 4.1


def test_a_successful_attempt_gives_its_result_and_other_errors_are_not_retried(clock: Clock) -> None:
    outcomes = iter([WriteConflict(), WriteConflict(), "won"])

    def attempt() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert retry_on_conflict(attempt) == "won"
    assert 0 < clock.now_s < 1
    with pytest.raises(ZeroDivisionError):
        retry_on_conflict(lambda: 1 / 0)


@pytest.mark.parametrize("writers", [2, 8, 32])
def test_each_of_many_writers_gets_through(writers: int) -> None:
    """A minute of them on one record: a write counts if nobody else's came in since its writer has read."""
    random.seed(5)
    version, done, longest_s = 0, 0, 0.0
    began_at, attempts = [0.0] * writers, [0] * writers
    happenings: list[tuple[float, int, int | None]] = [(READ_S, writer, None) for writer in range(writers)]
    while happenings[0][0] < 60:
        now_s, writer, seen = heapq.heappop(happenings)
        if seen is None:
            heapq.heappush(happenings, (now_s + WRITE_S, writer, version))
            continue
        waited_s = now_s - began_at[writer]
        wait_s = system.random_between(0, longest_wait_s(attempts[writer], waited_s))
        attempts[writer] += 1
        if seen == version:
            version, done, longest_s = version + 1, done + 1, max(longest_s, waited_s)
            began_at[writer], attempts[writer], wait_s = now_s, 0, 0.0
        heapq.heappush(happenings, (now_s + wait_s + READ_S, writer, None))
    assert done > 1000
    assert longest_s < 6.0
