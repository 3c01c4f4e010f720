"""Callers that start at the same moment."""

import threading
from collections.abc import Callable
from typing import Any


def at_once(calls: int, call: Callable[[int], Any]) -> list[Any]:
    """What so many callers get who start at the same moment: a result or an exception."""
    results: list[Any] = [None] * calls
    barrier = threading.Barrier(calls)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = call(number)
        except Exception as problem:
            results[number] = problem

    threads = [threading.Thread(target=run, args=(number,)) for number in range(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
