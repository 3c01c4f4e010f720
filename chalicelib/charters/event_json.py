"""A charter as the API shows it: the contract's Event, with its guest link, warnings and readiness."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.charters import readiness, reminders
from chalicelib.charters.context import Context
from chalicelib.charters.fields import (
    CharterJson,
    CharterWarning,
    ListedGuest,
    Position,
    Readiness,
    WaiverCounts,
)
from chalicelib.charters.positions import StoredPosition
from chalicelib.charters.readiness import Heads
from chalicelib.charters.store import Charter
from chalicelib.core import names, times
from chalicelib.core.settings import settings
from chalicelib.schedule.hours import MOST_HOURS


def charter_json(charter: Charter, around: Context) -> CharterJson:
    """The contract's Event."""
    has_fee = charter.details["charter_fee_cents"] > 0
    return {
        "event_id": charter.event_id,
        **charter.details,
        "status": charter.status,
        "version": charter.version,
        "created_at": charter.created_at,
        "updated_at": charter.updated_at,
        "guest_url": guest_url(charter),
        "payment_cleared": charter.sums.settled(charter.charged_cents, has_fee=has_fee),
        "payment_timestamp": charter.sums.payment_timestamp,
        "payment_method": charter.sums.payment_method,
        "balance": charter.balance,
        "waivers": _waiver_counts(charter),
        "waivers_open_until": charter.waivers_open_until or None,
        "warnings": list(_warnings(charter, around.captain_hours.get(charter.event_id))),
        "balance_reminders_state": reminders.state(charter),
        "conflicts": around.conflicts_of(charter),
        "schedule_override": charter.schedule_override,
        "positions": [position_json(position) for position in charter.positions],
        "readiness": assess(charter, around),
    }


def assess(charter: Charter, around: Context, heads: Heads | None = None) -> Readiness:
    """Whether it may sail; `heads` where they are known better than by the charter's own item."""
    return readiness.assess(
        charter,
        boat=around.boat_of(charter),
        people=around.people,
        conflicts=around.conflicts_of(charter),
        settings=around.settings,
        now=around.now,
        heads=heads,
    )


def position_json(position: StoredPosition) -> Position:
    """The contract's position."""
    return {
        "position_id": position["position_id"],
        "role": position["role"],
        "required": position["required"],
        "state": position["state"],
        "person": position["person"],
        "asked": position["asked"],
        "answer_by": position["answer_by"],
    }


def guest_link(charter: Charter) -> str:
    """What stands behind /g/ in the address of the guest page."""
    return charter.guest_link or charter.event_id


def guest_url(charter: Charter) -> str:
    return f"{settings().base_url}/g/{guest_link(charter)}"


def missing_guests(charter: Charter) -> list[ListedGuest]:
    """The listed guests who have not signed."""
    return [guest for guest in charter.details["guests"] if guest["guest_id"] not in charter.signed_guest_ids]


def _waiver_counts(charter: Charter) -> WaiverCounts:
    counts: WaiverCounts = {"signed": charter.signed_count, "expected": charter.details["party_size"]}
    if charter.details["guests"]:
        missing = missing_guests(charter)
        counts["missing"] = [guest["name"] for guest in missing]
        counts["missing_guest_ids"] = [guest["guest_id"] for guest in missing]
    return counts


def _warnings(charter: Charter, captain_works: timedelta | None) -> Iterator[CharterWarning]:
    details = charter.details
    departure, back = details["departure_port"], details["return_port"]
    if departure and back and not names.is_same(departure, back):
        yield {
            "code": "return_port_differs",
            "message": f"This charter begins at {departure} and ends at {back}. A vessel that carries passengers "
            "between ports cannot limit its liability for negligence by a waiver (46 USC 30527). Please ask counsel.",
        }
    people, limit = max(charter.signed_count, details["party_size"]), details["passenger_limit"]
    if limit is not None and people > limit:
        yield {
            "code": "over_passenger_limit",
            "message": f"{people} passengers are expected or have signed; this charter may carry {limit}. "
            "Children count, crew do not.",
        }
    if captain_works and captain_works > MOST_HOURS and details["captain"]:
        yield {
            "code": "captain_hours",
            "message": f"{details['captain']['name']} would be captain for {times.spell_hours(captain_works)} within "
            "24 hours. On boats that are not inspected at most 12 are allowed (46 USC 8104).",
        }
