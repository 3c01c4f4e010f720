"""Who did what and when, and what to do when two do it at once."""

import itertools
import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.errors import Busy

TRIES = 12
# A second tap within this is the same wish.
DOUBLE_TAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Actor:
    """Who does it, and from which address."""

    name: str
    address: str


def audit(act: str, actor: Actor, at: str, **facts: Any) -> dict[str, Any]:
    """An audit event, ready to store."""
    return {"act": act, "by": actor.name, "address": actor.address, "at": at, "audit_id": secrets.token_hex(8), **facts}


def tries(sleep: Callable[[float], None] = time.sleep, *, patience_s: float | None = None) -> Iterator[int]:
    """Yields for each try of read, decide, write; waits between them; ends by raising Busy.

    The waits grow to half a second and are spread at random ("full jitter"), so that many who
    write the same record at once take turns. It ends after twelve tries or, where a `patience_s`
    is given, after that many seconds; the patient wait up to a second.
    """
    ends_at = time.monotonic() + (patience_s or 0)
    for number in itertools.count():
        if number >= TRIES if patience_s is None else time.monotonic() >= ends_at:
            break
        yield number
        longest_s = min(0.5 if patience_s is None else 1.0, 0.02 * 2 ** min(number, TRIES))
        sleep(random.uniform(0, longest_s))  # noqa: S311 - spreads load, guards nothing
    raise Busy("Many are changing this charter at once. Nothing was saved; please try again.")
