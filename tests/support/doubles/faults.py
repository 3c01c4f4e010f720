"""DynamoDB, SES and an SMTP server in this process, of whose calls one fails in a chosen way."""

import base64
import io
import json
import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff

from tests.support.doubles.dynamo import DynamoError, FakeDynamoDB


class Died(BaseException):
    """The function was stopped in the middle: nothing after this runs, no handler sees it."""


# How one call to the outside can fail. The SDK's further tries of it fail in the same way, but for "lost once",
# "conflict" and "slow".
MODES = (
    "error",
    "throttled",
    "unreachable",
    "unanswered",
    "lost once",
    "conflict",
    "slow",
    "dies before",
    "dies after",
)
# Longer than a sweep may last, or a request may spend on mails.
SLOW_S = 6.0


class FaultyServices:
    """DynamoDB, SES and an SMTP server; the call that `begin` names fails."""

    def __init__(self, dynamo: FakeDynamoDB) -> None:
        self.dynamo = dynamo
        self.accepted: list[str] = []
        """The Message-ID of each mail that was accepted."""
        self.mail_answer = ""
        """What the mail service does instead: `busy`, `refuses`, or `lost`: it accepts, and its answer is lost."""
        self.slept_s = 0.0
        self.begin()

    def begin(self, failing: int | None = None, mode: str = "") -> None:
        """Counts the calls anew; the one of this index fails in this mode."""
        self.calls: list[str] = []
        self.failing, self.mode = failing, mode
        self.is_dead = False

    def monotonic_s(self) -> float:
        return self.slept_s

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    def fault_of(self, call: str, attempt: int = 1) -> str:
        """How this call, or this attempt of it, fails; empty if it does not."""
        if self.is_dead:
            # What Python still does on its way out, a function that was stopped does not.
            raise Died
        if attempt == 1:
            self.calls.append(call)
        if len(self.calls) - 1 != self.failing or self.mode not in self.possible_modes(call):
            return ""
        return "" if attempt > 1 and self.mode in ("lost once", "conflict", "slow") else self.mode

    def possible_modes(self, call: str) -> tuple[str, ...]:
        """The ways in which such a call can fail."""
        impossible = set()
        if call != "TransactWriteItems":
            impossible.add("conflict")
        if call.startswith(("SMTP", "SendEmail")):
            impossible.add("lost once")
        if call in ("GetItem", "BatchGetItem", "Query"):
            # A read changes nothing: afterwards it makes no difference whether it was done.
            impossible |= {"lost once", "dies after"}
        return tuple(mode for mode in MODES if mode not in impossible)

    def carry_out(self, mode: str, work: Callable[[], Any]) -> Any:
        """Does the call's work, slowly, or ends the function before or after it."""
        self.is_dead = mode in ("dies before", "dies after")
        if mode == "dies before":
            raise Died
        if mode == "slow":
            self.slept_s += SLOW_S
        answer = work()
        if mode == "dies after":
            raise Died
        return answer

    # --- HTTP ---------------------------------------------------------------------------------------

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        call = operation_of(request) or "SendEmail"
        attempt = int(re.findall(rb"attempt=(\d+)", _header(request, "amz-sdk-request"))[0])
        mode = self.fault_of(call, attempt)
        is_mail = call == "SendEmail"
        if mode == "unreachable":
            raise ConnectTimeoutError(endpoint_url=request.url)
        if mode == "error":
            return failure(request, 500, "InternalFailure" if is_mail else "InternalServerError")
        if mode == "throttled":
            code = "TooManyRequestsException" if is_mail else "ProvisionedThroughputExceededException"
            return failure(request, 429 if is_mail else 400, code)
        if mode == "conflict":
            reasons = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"]]
            reasons[0] = {"Code": "TransactionConflict"}
            return failure(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
        answer = self.carry_out(mode, lambda: self._accept_mail(request) if is_mail else self._answer(request, call))
        if mode in ("unanswered", "lost once"):
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer  # type: ignore[no-any-return]

    def _answer(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        try:
            answer = self.dynamo.call(operation, json.loads(request.body))
        except DynamoError as error:
            return failure(request, 400, error.code, **error.more)
        return aws_response(request, 200, answer)

    def _accept_mail(self, request: AWSPreparedRequest) -> AWSResponse:
        if code := self.accept(base64.b64decode(json.loads(request.body)["Content"]["Raw"]["Data"])):
            return failure(request, 400 if code == "MessageRejected" else 503, code)
        return aws_response(request, 200, {"MessageId": "0100"})

    def accept(self, raw: bytes) -> str:
        """Takes a mail, or returns the error that SES answers."""
        if self.mail_answer in ("", "lost"):
            self.accepted += re.findall(r"^Message-ID:\s+(\S+)", raw.decode(), re.MULTILINE)
        return {"busy": "ServiceUnavailable", "refuses": "MessageRejected"}.get(self.mail_answer, "")

    # --- SMTP ---------------------------------------------------------------------------------------

    def connect(self) -> "SmtpConnection":
        connection = SmtpConnection(self)
        connection.step("CONNECT", b"220 ready")
        return connection


class SmtpConnection:
    """In place of a socket."""

    def __init__(self, services: FaultyServices) -> None:
        self.services = services
        self.answers: list[bytes] = []
        self.text: bytes | None = None

    def step(self, name: str, answer: bytes, work: Callable[[], Any] = lambda: None) -> None:
        mode = self.services.fault_of(f"SMTP {name}")
        if mode == "unreachable":
            raise TimeoutError
        if mode in ("error", "throttled"):
            answer = b"451 try later" if mode == "error" else b"421 too many"
            work = lambda: None  # noqa: E731
        self.services.carry_out(mode, work)
        if mode != "unanswered":
            self.answers += [line + b"\r\n" for line in answer.split(b"\n")]

    def sendall(self, sent: bytes) -> None:
        if self.text is not None:
            text, self.text = self.text, None
            assert not text
            self.step("TEXT", b"250 taken", lambda: self.services.accept(sent.removesuffix(b".\r\n")))
            return
        name = sent[:4].decode().upper().strip()
        answers = {"EHLO": b"250-here\n250 AUTH PLAIN", "AUTH": b"235 welcome", "DATA": b"354 go on"}
        self.step(name, answers.get(name, b"250 OK"))
        if name == "DATA":
            self.text = b""

    def makefile(self, _mode: str) -> "SmtpConnection":
        return self

    def readline(self, _limit: int) -> bytes:
        if not self.answers:
            raise TimeoutError
        return self.answers.pop(0)

    def settimeout(self, _seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def faulty_services(dynamo: FakeDynamoDB) -> Iterator[FaultyServices]:
    """All that the product sends to AWS or by SMTP goes to these services."""
    services, send = FaultyServices(dynamo), URLLib3Session.send

    def redirect(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        return send(session, request) if request.url.startswith("http://127.0.0.1") else services.send(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", redirect)
        patch.setattr(smtplib.SMTP_SSL, "_get_socket", lambda *_: services.connect())
        retry_at_once(patch)
        yield services


@contextmanager
def lost_answers(operation: str, count: int = 1) -> Iterator[list[bytes]]:
    """The next answers of this DynamoDB operation never arrive, though the work is done; yields the requests sent."""
    requests: list[bytes] = []
    send = URLLib3Session.send

    def lose(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        answer = send(session, request)
        if operation_of(request) == operation:
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
        if operation_of(request) == operation and left[0]:
            left[0] -= 1
            raise ConnectTimeoutError(endpoint_url=request.url)
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", lose)
        yield
    assert left == [0], "there was no such request"


def operation_of(request: AWSPreparedRequest) -> str:
    return _header(request, "X-Amz-Target").decode().rpartition(".")[2]


def _header(request: AWSPreparedRequest, name: str) -> bytes:
    value: str | bytes = request.headers.get(name, b"")
    return value if isinstance(value, bytes) else value.encode()


def failure(request: AWSPreparedRequest, status: int, code: str, **more: Any) -> AWSResponse:
    about = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}
    return aws_response(request, status, {**about, **more}, {"x-amzn-ErrorType": code})


def aws_response(
    request: AWSPreparedRequest,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
    end: int | None = None,
) -> AWSResponse:
    """What botocore gets from the network; `end` cuts the body off."""

    class Raw(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    kind = {"content-type": "application/x-amz-json-1.0"}
    raw = Raw(json.dumps(body).encode()[:end])
    return AWSResponse(request.url, status, HeadersDict(kind | (headers or {})), raw)


def retry_at_once(patch: pytest.MonkeyPatch) -> None:
    """The SDK makes its second and third try without a pause."""
    patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.001)


@contextmanager
def conflicts(client: Any, count: int, when: Callable[[dict[str, Any]], bool]) -> Iterator[None]:
    """DynamoDB cancels so many matching transactions, as it does when another works on one of their items."""
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
    assert left == [0], "there was no such request"
