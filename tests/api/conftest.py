"""The API on DynamoDB Local: a table, an operator and a mailbox for each test."""

import itertools
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import auth, aws, mailer, settings
from tests.support.api import ORIGIN_SECRET, PASSWORD, Api, new_event, new_payment
from tests.support.table import create_table

_counter = itertools.count(1)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """As `tools.password` makes it, at a fraction of the cost."""
    cost, auth.LOG2_N = auth.LOG2_N, 8
    try:
        return auth.hash_password(PASSWORD)
    finally:
        auth.LOG2_N = cost


@pytest.fixture
def environment(dynamodb_local: str, password_hash: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    values = {
        "ADMIN_PASS_HASH": password_hash,
        "SCC_TABLE": create_table(aws.client("dynamodb")),
        "SCC_BASE_URL": "https://sail.example.com",
        "SCC_TIMEZONE": "America/Los_Angeles",
        "SCC_CURRENCY": "USD",
        "SCC_OPERATOR_NAME": "Bay Sail",
        "SCC_OPERATOR_EMAIL": "ops@sail.example.com",
        "SCC_OPERATOR_PHONE": "+1 415 555 0123",
        "SCC_MAIL_TRANSPORT": "ses",
        "SCC_MAIL_FROM": "captain@sail.example.com",
        "SCC_ORIGIN_SECRETS": f"old-secret, {ORIGIN_SECRET}",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.forget()
    yield values
    settings.forget()


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Every message handed to the mail service, oldest first."""
    sent: list[EmailMessage] = []

    def send(message: EmailMessage) -> mailer.Outcome:
        sent.append(message)
        return mailer.Outcome("sent", "test")

    monkeypatch.setattr(mailer, "send", send)
    return sent


@pytest.fixture
def guest(environment: dict[str, str], mailbox: list[EmailMessage]) -> Api:
    return Api()


@pytest.fixture
def api(guest: Api) -> Api:
    """Signed in."""
    answer = guest.post("/api/login", {"password": PASSWORD})
    assert answer.status == 200
    return guest.with_token(answer.json["token"])


@pytest.fixture
def event(api: Api) -> dict[str, Any]:
    answer = api.post("/api/events", new_event())
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


@pytest.fixture
def log(api: Api, event: dict[str, Any]) -> Any:
    """Logs a payment for the event and returns the answer's body."""

    def log(**changes: Any) -> dict[str, Any]:
        payment_id = changes.pop("payment_id", f"00000000-0000-7000-8000-{next(_counter):012d}")
        answer = api.put(f"/api/events/{event['event_id']}/payments/{payment_id}", new_payment(**changes))
        assert answer.status in (200, 201), answer.text
        return answer.json  # type: ignore[no-any-return]

    return log
