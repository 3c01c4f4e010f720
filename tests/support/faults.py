"""Services that fail at the worst moment."""

import io
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff

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
        if _operation(request) == operation:
            requests.append(request.body)
            if len(requests) <= count:
                raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", lose)
        yield requests


@contextmanager
def lost_requests(operation: str, count: int = 1) -> Iterator[None]:
    """The next requests of this DynamoDB operation never arrive."""
    send, left = URLLib3Session.send, [count]

    def lose(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        if _operation(request) == operation and left[0]:
            left[0] -= 1
            raise ConnectTimeoutError(endpoint_url=request.url)
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", lose)
        yield
    assert left == [0], "it never came to that"


def _operation(request: AWSPreparedRequest) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    return (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]


class Weather:
    """Faults of DynamoDB and of the way there, drawn for each request of a thread from that thread's own seed."""

    KINDS = ("throttled", "unreachable", "unanswered", "broken", "broken after", "conflict")

    def __init__(self, odds: float) -> None:
        self.odds = odds
        self.seen: dict[str, int] = dict.fromkeys(self.KINDS, 0)
        self._here = threading.local()
        self._lock = threading.Lock()
        self._tokens: set[str] = set()

    def begin(self, seed: str) -> None:
        """From here on for this thread; the others' stays as it is."""
        self._here.draw = random.Random(seed)  # noqa: S311 - draws faults
        self._here.spell = 0

    def end(self) -> None:
        self._here.draw = None

    def pass_through(self, send: Callable[[AWSPreparedRequest], Any], request: AWSPreparedRequest) -> Any:
        draw = getattr(self._here, "draw", None)
        if draw is None:
            return send(request)
        if draw.random() < self.odds:
            # Often one request, sometimes all that the SDK tries.
            self._here.spell = draw.choice((1, 1, 1, 4))
        kind = draw.choice(self.KINDS) if self._here.spell else ""
        self._here.spell = max(0, self._here.spell - 1)
        if not self._is_new_transaction(request) and kind == "conflict":
            kind = ""
        if kind:
            with self._lock:
                self.seen[kind] += 1
        if kind == "throttled":
            return _failure(request, 400, "ProvisionedThroughputExceededException")
        if kind == "unreachable":
            raise ConnectTimeoutError(endpoint_url=request.url)
        if kind == "broken":
            return _failure(request, 500, "InternalServerError")
        if kind == "conflict":
            reasons = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"]]
            reasons[draw.randrange(len(reasons))] = {"Code": draw.choice(("TransactionConflict", "ThrottlingError"))}
            return _failure(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
        answer = send(request)
        if kind == "unanswered":
            raise ReadTimeoutError(endpoint_url=request.url)
        return _failure(request, 500, "InternalServerError") if kind == "broken after" else answer

    def _is_new_transaction(self, request: AWSPreparedRequest) -> bool:
        """DynamoDB knows a transaction that it has done by its token, and cancels it no more."""
        if _operation(request) != "TransactWriteItems":
            return False
        token = json.loads(request.body)["ClientRequestToken"]
        with self._lock:
            new = token not in self._tokens
            self._tokens.add(token)
        return new


def _failure(request: AWSPreparedRequest, status: int, code: str, **more: Any) -> AWSResponse:
    class Raw(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}).encode()
    return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, Raw(body))


@contextmanager
def weather(odds: float) -> Iterator[Weather]:
    """So many of the requests go wrong, in threads that have begun; the SDK tries again at once."""
    found, send = Weather(odds), URLLib3Session.send

    def pass_through(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        return found.pass_through(lambda one: send(session, one), request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", pass_through)
        retry_at_once(patch)
        yield found


def retry_at_once(patch: pytest.MonkeyPatch) -> None:
    """The SDK makes its second and third try without a pause."""
    patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.001)


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
