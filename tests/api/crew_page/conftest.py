"""A desk whose clock the tests turn, its crew, and their pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.clock import turn_from
from tests.support.planning import make_boat, make_person

# In San Francisco that is noon of June 1, 2030: five hours before the charters of `planning.charter(hours=(24, 27))`.
NOW = datetime(2030, 6, 1, 19, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Turns the clock to so much after NOW."""
    return turn_from(NOW, monkeypatch)


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api, papers=[{"kind": "insurance", "valid_until": "2031-01-01"}])


@pytest.fixture
def ana(api: Api) -> dict[str, Any]:
    """A captain whose papers are in order."""
    papers = [{"kind": kind, "valid_until": "2032-06-01"} for kind in ("mmc", "medical")]
    return make_person(api, phone="+1 415 555 0101", email="ana.reyes@example.com", papers=papers)


@pytest.fixture
def bo(api: Api) -> dict[str, Any]:
    return make_person(api, "Bo Lee", phone="+1 415 555 0102", email="bo.lee@example.com", roles=["deckhand"])
