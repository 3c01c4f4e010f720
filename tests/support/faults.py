"""Services that fail at the worst moment."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from chalicelib import mailer
from chalicelib.mailer import Outcome


class Died(BaseException):
    """The function was stopped in the middle: nothing after this runs, no handler sees it."""


class Outbox:
    """The mail service of a test: it takes every message until told to do otherwise."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.accepted: list[EmailMessage] = []
        self.outcome = Outcome("sent", "test")
        self.then: Callable[[], None] = lambda: None
        """Runs after a message was accepted and before the sender hears of it."""
        self._lock = threading.Lock()
        patch.setattr(mailer, "send", self._send)

    def _send(self, message: EmailMessage) -> Outcome:
        if self.outcome.status in ("sent", "ambiguous"):
            with self._lock:
                self.accepted.append(message)
        self.then()
        return self.outcome

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.accepted]

    def fails(self, note: str = "SES: ServiceUnavailable") -> None:
        self.outcome = Outcome("retry", note)

    def works(self) -> None:
        self.outcome, self.then = Outcome("sent", "test"), lambda: None

    def kills_after_acceptance(self) -> None:
        def die() -> None:
            raise Died

        self.then = die


@contextmanager
def lost_answers(operation: str, count: int = 1) -> Iterator[list[bytes]]:
    """The next answers of this DynamoDB operation never arrive, though the work is done; yields the requests sent."""
    requests: list[bytes] = []
    send = URLLib3Session.send

    def lose(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        answer = send(session, request)
        target = request.headers.get("X-Amz-Target", b"")
        if (target.decode() if isinstance(target, bytes) else target).endswith(f".{operation}"):
            requests.append(request.body)
            if len(requests) <= count:
                raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", lose)
        yield requests


@contextmanager
def conflicts(client: Any, count: int, when: Callable[[dict[str, Any]], bool]) -> Iterator[None]:
    """DynamoDB cancels so many matching transactions, as it does when another works on one of their items."""
    from botocore.exceptions import ClientError

    left = [count]

    def cancel(params: dict[str, Any], **_: Any) -> None:
        if left[0] and when(params):
            left[0] -= 1
            reasons = [{"Code": "TransactionConflict"}] + [{"Code": "None"}] * (len(params["TransactItems"]) - 1)
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, "TransactWriteItems")

    event = "provide-client-params.dynamodb.TransactWriteItems"
    client.meta.events.register(event, cancel)
    try:
        yield
    finally:
        client.meta.events.unregister(event, cancel)
    assert left == [0], "it never came to that"
