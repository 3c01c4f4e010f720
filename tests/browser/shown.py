"""What the views show: charters of every kind, and words that do not break."""

from dataclasses import dataclass
from typing import Any

UNBROKEN = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass(frozen=True)
class Charters:
    """The charters that the views show: plain, with long words everywhere, called off, over, and as said below."""

    plain: dict[str, Any]
    long: dict[str, Any]
    cancelled: dict[str, Any]
    over: dict[str, Any]
    booked: dict[str, Any]
    """On a boat of the list, with a captain of the list."""
    crewed: dict[str, Any]
    """Somebody of the list is asked to be captain."""
    soon: dict[str, Any]
    """Casts off within the hour, with much that is open."""
