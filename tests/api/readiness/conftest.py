"""A charter in an hour: with all that it needs but a signature and the briefing, or ready."""

from typing import Any

import pytest

from tests.support.api import Api, new_event
from tests.support.departing import soon
from tests.support.planning import make_boat, make_person
from tests.support.signed import sign, url

LAST_YEAR, NEXT_YEAR = "2025-01-31", "2199-01-31"
VALID = [{"kind": kind, "valid_until": NEXT_YEAR} for kind in ("mmc", "medical")]
INSURED = [{"kind": "insurance", "valid_until": NEXT_YEAR}]


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api, papers=INSURED)


@pytest.fixture
def dana(api: Api) -> dict[str, Any]:
    return make_person(api, "Dana Ortiz", papers=VALID)


@pytest.fixture
def wanted(boat: dict[str, Any], dana: dict[str, Any]) -> dict[str, Any]:
    """A charter in an hour, with all that it needs but a signature and the briefing."""
    named = {"boat_id": boat["boat_id"], "captain": {"person_id": dana["person_id"]}, "crew": []}
    wanted = new_event(**named, **soon(), party_size=1)
    for name in ("vessel", "passenger_limit", "departure_port"):
        wanted.pop(name)
    return wanted


@pytest.fixture
def ready(api: Api, guest: Api, wanted: dict[str, Any]) -> dict[str, Any]:
    """A charter that may sail."""
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    assert api.post(f"{url(made)}/safety-briefing", {"done": True}).status == 200
    found: dict[str, Any] = api.get(url(made)).json
    assert found["readiness"]["state"] == "ready", found["readiness"]
    return found
