"""One thing that can be asked of the product, and what its answer may be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.api import Answer
from tests.support.in_process import FAILED, NOW, SIGNED, InProcessProduct

Act = Callable[[InProcessProduct], Answer | None]


@dataclass(frozen=True)
class Operation:
    covers: str
    """A route, or a function that Lambda runs by itself."""
    act: Act
    statuses: tuple[int, ...] = (200,)
    """The answer's status is one of these."""
    again: tuple[int, ...] = (200,)
    """The same once more, when it was done before; empty for what is done each time that it is asked."""
    now: datetime = NOW
    start: str = "busy"
    """What has happened before: some of everything, nothing (`fresh`), or also a mail is queued (`waiting`), and some
    records are not in the log (`unlogged`).
    """
    in_parts: bool = False
    """Several records, each of which is written whole."""
    shows_when_broken_off: bool = False
    """The audit tells what is done of it by halves, until it is done again."""
    tells_later: bool = False
    """What broke off of its mails is queued by the schedule, whatever the same request again answers."""
    mail_answer: str = ""


def asking(method: str, path: str, body: Any = None, **more: Any) -> Act:
    """A call by the admin; ids in the path are filled in."""

    def act(product: InProcessProduct) -> Answer:
        url = path.format(
            event_id=product.event_id,
            waiver_id=product.waiver_id(SIGNED),
            mail_id=product.mail_id(FAILED),
            boat_id=product.boat_id,
            person_id=product.person_id,
            hold_id=product.hold_id,
            crewed_id=product.crewed_id,
            position_id=product.position_id,
        )
        return product.ask(method, url, body(product) if callable(body) else body, **more)

    return act


def reading(path: str, query: str = "") -> Operation:
    return Operation(f"GET {path}", asking("GET", path + query))
