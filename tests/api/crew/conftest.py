"""Captains and deckhands, and the time that the product sees: days before their charter begins."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from chalicelib.core import system
from tests.support.api import Api
from tests.support.crewing import hire

NOW = datetime(2030, 5, 20, 12, 0, tzinfo=UTC)
"""Days before the charter begins."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that the product sees."""
    here = [NOW]
    monkeypatch.setattr(system, "utc_now", lambda: here[0])
    return here


@pytest.fixture
def crew(api: Api, mailbox: list[EmailMessage]) -> dict[str, str]:
    """Captains and deckhands by rank."""
    return {
        "Ana": hire(api, "Ana Reyes", "captain", rank=1),
        "Ben": hire(api, "Ben Ott", "captain", "mate", rank=2),
        "Cy": hire(api, "Cy Young", "captain", rank=3, email=""),
        "Dot": hire(api, "Dot Lee", "deckhand", rank=1),
        "Eve": hire(api, "Eve Ito", "deckhand", rank=2),
    }
