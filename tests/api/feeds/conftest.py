"""A desk whose clock the tests turn."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.support.clock import turn_from

NOW = datetime(2030, 5, 20, 19, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Turns the clock to so much after NOW. In San Francisco that is noon of May 20, 2030."""
    return turn_from(NOW, monkeypatch)
