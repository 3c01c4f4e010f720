from collections.abc import Iterator

import pytest

from tests.support.faults import Outbox
from tests.support.stores import fresh_store


@pytest.fixture
def outbox(dynamodb_local: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outbox]:
    """A fresh ledger, and a mail service that does what a test tells it to."""
    with fresh_store(dynamodb_local):
        yield Outbox(monkeypatch)
