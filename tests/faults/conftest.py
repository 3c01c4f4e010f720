from collections.abc import Iterator

import pytest

from tests.support.doubles.mail_service import FakeMailService
from tests.support.stores import fresh_store


@pytest.fixture
def mail_service(dynamodb_local: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailService]:
    """A fresh ledger, and a mail service that does what a test tells it to."""
    with fresh_store(dynamodb_local):
        yield FakeMailService(monkeypatch)
