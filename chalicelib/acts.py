"""Who did what and when, and what to do when two do it at once."""

import itertools
import random
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.errors import Busy

# The function is stopped at 15 s; the last try and the mail after it want the rest.
PATIENCE_S = 6.0
# A second tap within this is the same wish.
DOUBLE_TAP = timedelta(seconds=10)


class Actor(NamedTuple):
    """Who does it, and from which address."""

    name: str
    address: str


def audit(act: str, actor: Actor, at: str, **facts: Any) -> dict[str, Any]:
    """An audit event, ready to store."""
    return {"act": act, "by": actor.name, "address": actor.address, "at": at, "audit_id": secrets.token_hex(8), **facts}


def tries(
    sleep: Callable[[float], None] = time.sleep, *, patience_s: float = PATIENCE_S, queued: bool = False
) -> Iterator[int]:
    """Yields for each try of read, decide, write; waits between them; ends after so many seconds by raising Busy.

    The waits are spread at random ("full jitter") and grow to half a second, so that many who write the same record
    at once take turns. Then they shrink again: who has waited for long tries more often than who has just come, and
    nobody loses every race. Who is `queued` has turns by other means, and waits up to a second.
    """
    began_at = time.monotonic()
    for number in itertools.count():
        if time.monotonic() - began_at >= patience_s:
            break
        yield number
        waited_s = time.monotonic() - began_at
        grown_s = 0.02 * 2 ** min(number, 10)
        longest_s = min(1.0, grown_s) if queued else min(0.5, grown_s) / (1 + waited_s**2)
        sleep(random.uniform(0, longest_s))  # noqa: S311 - spreads load, guards nothing
    raise Busy("Many are changing this charter at once. Nothing was saved; please try again.")
