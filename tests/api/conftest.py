"""The API on DynamoDB Local: a table, an operator and a mailbox for each test."""

import itertools
import os
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import aws
from chalicelib.mail import transport
from tests.support.api import ORIGIN_SECRET, Api, new_event, new_payment
from tests.support.doubles.mail_service import ScriptedMailService
from tests.support.operator import PASSWORD
from tests.support.stores import fresh_store

_counter = itertools.count(1)


@pytest.fixture
def environment(dynamodb_local: str) -> Iterator[Mapping[str, str]]:
    """An operator with a table of their own, behind an edge whose secret is being rotated."""
    with fresh_store(dynamodb_local, SCC_ORIGIN_SECRETS=f"old-secret, {ORIGIN_SECRET}"):
        yield dict(os.environ)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Every message handed to the mail service, oldest first."""
    sent: list[EmailMessage] = []

    def send(message: EmailMessage) -> transport.Outcome:
        sent.append(message)
        return transport.Outcome("sent", "test")

    monkeypatch.setattr(transport, "send", send)
    return sent


@pytest.fixture
def guest(environment: Mapping[str, str], mailbox: list[EmailMessage]) -> Api:
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


@pytest.fixture
def calls(environment: dict[str, str]) -> Iterator[list[str]]:
    """The operations asked of DynamoDB, in order."""
    made: list[str] = []
    client = aws.client("dynamodb")

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    client.meta.events.register("before-call.dynamodb", note, unique_id="count-calls")
    yield made
    client.meta.events.unregister("before-call.dynamodb", unique_id="count-calls")


@pytest.fixture
def service(api: Api, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> ScriptedMailService:
    return ScriptedMailService(mailbox, monkeypatch)
