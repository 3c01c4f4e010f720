"""Callers that start at the same moment, and ask again until they are answered."""

import threading
from collections.abc import Callable
from typing import Any

from chalicelib.core.errors import Busy, DomainError

TRIES = 40


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


def until_answered(ask: Callable[[], Any]) -> Any:
    """As a client does: the same request again until there is an answer, or a refusal."""
    for _ in range(TRIES):
        try:
            return ask()
        except Busy:
            continue
        except DomainError as refusal:
            return refusal
        except Exception:  # noqa: S112 - the network failed
            continue
    raise AssertionError(f"no answer in {TRIES} tries")
