"""Many who write the same record at once take turns, and give up in time."""

import heapq
import random
from collections.abc import Iterator

import pytest

from chalicelib import acts
from chalicelib.errors import Busy

READ_S, WRITE_S = 0.006, 0.02


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, wait_s: float) -> None:
        self.now_s += wait_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(acts, "time", found)
    random.seed(5)
    return found


@pytest.mark.parametrize("queued", [True, False])
def test_who_never_wins_is_told_so_within_the_patience(clock: Clock, queued: bool) -> None:
    tries = acts.tries(clock.sleep, patience_s=3.0, queued=queued)

    def lose_each_time() -> None:
        for _ in tries:
            clock.now_s += READ_S + WRITE_S

    with pytest.raises(Busy):
        lose_each_time()
    assert 3.0 <= clock.now_s < 4.1


@pytest.mark.parametrize("writers", [2, 8, 32])
def test_each_of_many_writers_gets_through(clock: Clock, writers: int) -> None:
    """A minute of them on one record: a write counts if nobody else's came in since its writer has read."""
    version, done, going_on = 0, 0, [acts.tries(clock.sleep) for _ in range(writers)]
    happenings: list[tuple[float, int, int | None]] = []

    def read_next(writer: int, tries: Iterator[int]) -> None:
        next(tries)
        heapq.heappush(happenings, (clock.now_s + READ_S, writer, None))

    for writer, tries in enumerate(going_on):
        read_next(writer, tries)
    while happenings[0][0] < 60:
        clock.now_s, writer, seen = heapq.heappop(happenings)
        if seen is None:
            heapq.heappush(happenings, (clock.now_s + WRITE_S, writer, version))
            continue
        if seen == version:
            version, done, going_on[writer] = version + 1, done + 1, acts.tries(clock.sleep)
        read_next(writer, going_on[writer])
    assert done > 1000
