"""Services that fail at the worst moment."""

import base64
import io
import json
import random
import re
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff

from chalicelib.mail import transport
from chalicelib.mail.transport import Outcome
from tests.support.dynamo import Dynamo, Refused


class Died(BaseException):
    """The function was stopped in the middle: nothing after this runs, no handler sees it."""


# What can happen to one call to the outside. Those of the SDK's tries that are left fare alike, but for "lost once".
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
# Longer than a sweep goes on, or a request sends mails.
SLOW_S = 6.0


class Faults:
    """DynamoDB, SES and an SMTP server in this process; one call of an act meets what it is told to meet."""

    def __init__(self, dynamo: Dynamo) -> None:
        self.dynamo = dynamo
        self.accepted: list[str] = []
        """The Message-ID of each mail that was taken."""
        self.mail_answer = ""
        """What the mail service answers instead of taking a mail: `busy`, `refuses`, or nothing where it is `lost`."""
        self.slept_s = 0.0
        self.begin()

    def begin(self, at: int | None = None, mode: str = "") -> None:
        """From here on calls are counted anew, and the one at this place meets the mode."""
        self.calls: list[str] = []
        self.at, self.mode = at, mode

    def clock(self) -> float:
        return self.slept_s

    def meet(self, call: str, attempt: int = 1) -> str:
        """What this call, or this try of it, meets."""
        if attempt == 1:
            self.calls.append(call)
        if len(self.calls) - 1 != self.at or self.mode not in self.modes_of(call):
            return ""
        return "" if attempt > 1 and self.mode in ("lost once", "conflict", "slow") else self.mode

    def modes_of(self, call: str) -> tuple[str, ...]:
        """Those that can happen to such a call."""
        out = set()
        if call != "TransactWriteItems":
            out.add("conflict")
        if call.startswith(("SMTP", "SendEmail")):
            out.add("lost once")
        if call in ("GetItem", "BatchGetItem", "Query"):
            # A read leaves nothing behind: whether it was made makes no difference afterwards.
            out |= {"lost once", "dies after"}
        return tuple(mode for mode in MODES if mode not in out)

    def suffer(self, mode: str, work: Callable[[], Any]) -> Any:
        """The call's work, slow or cut off by the function's own end."""
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
        call = _operation(request) or "SendEmail"
        attempt = int(re.findall(rb"attempt=(\d+)", _header(request, "amz-sdk-request"))[0])
        mode = self.meet(call, attempt)
        is_mail = call == "SendEmail"
        if mode == "unreachable":
            raise ConnectTimeoutError(endpoint_url=request.url)
        if mode == "error":
            return _failure(request, 500, "InternalFailure" if is_mail else "InternalServerError")
        if mode == "throttled":
            code = "TooManyRequestsException" if is_mail else "ProvisionedThroughputExceededException"
            return _failure(request, 429 if is_mail else 400, code)
        if mode == "conflict":
            reasons = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"]]
            reasons[0] = {"Code": "TransactionConflict"}
            return _failure(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
        answer = self.suffer(mode, lambda: self._take_mail(request) if is_mail else self._ask(request, call))
        if mode in ("unanswered", "lost once"):
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer  # type: ignore[no-any-return]

    def _ask(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        try:
            answer = self.dynamo.call(operation, json.loads(request.body))
        except Refused as refused:
            return _failure(request, 400, refused.code, **refused.more)
        return _response(request, 200, answer)

    def _take_mail(self, request: AWSPreparedRequest) -> AWSResponse:
        if code := self.accept(base64.b64decode(json.loads(request.body)["Content"]["Raw"]["Data"])):
            return _failure(request, 400 if code == "MessageRejected" else 503, code)
        return _response(request, 200, {"MessageId": "0100"})

    def accept(self, raw: bytes) -> str:
        """The error that SES answers, if any."""
        if self.mail_answer in ("", "lost"):
            self.accepted += re.findall(r"^Message-ID:\s+(\S+)", raw.decode(), re.MULTILINE)
        return {"busy": "ServiceUnavailable", "refuses": "MessageRejected"}.get(self.mail_answer, "")

    # --- SMTP ---------------------------------------------------------------------------------------

    def connect(self) -> "Line":
        line = Line(self)
        line.step("CONNECT", b"220 ready")
        return line


class Line:
    """A connection to the SMTP server, in place of a socket."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.answers: list[bytes] = []
        self.text: bytes | None = None

    def step(self, name: str, answer: bytes, work: Callable[[], Any] = lambda: None) -> None:
        mode = self.faults.meet(f"SMTP {name}")
        if mode == "unreachable":
            raise TimeoutError
        if mode in ("error", "throttled"):
            answer = b"451 try later" if mode == "error" else b"421 too many"
            work = lambda: None  # noqa: E731
        self.faults.suffer(mode, work)
        if mode != "unanswered":
            self.answers += [line + b"\r\n" for line in answer.split(b"\n")]

    def sendall(self, sent: bytes) -> None:
        if self.text is not None:
            text, self.text = self.text, None
            assert not text
            self.step("TEXT", b"250 taken", lambda: self.faults.accept(sent.removesuffix(b".\r\n")))
            return
        name = sent[:4].decode().upper().strip()
        answers = {"EHLO": b"250-here\n250 AUTH PLAIN", "AUTH": b"235 welcome", "DATA": b"354 go on"}
        self.step(name, answers.get(name, b"250 OK"))
        if name == "DATA":
            self.text = b""

    def makefile(self, _mode: str) -> "Line":
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
def faults(dynamo: Dynamo) -> Iterator[Faults]:
    """All that the product sends to AWS or by SMTP goes there."""
    found, send = Faults(dynamo), URLLib3Session.send

    def pass_through(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        return send(session, request) if request.url.startswith("http://127.0.0.1") else found.send(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", pass_through)
        patch.setattr(smtplib.SMTP_SSL, "_get_socket", lambda *_: found.connect())
        retry_at_once(patch)
        yield found


class Outbox:
    """The mail service of a test: it takes every message until told to do otherwise."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.accepted: list[EmailMessage] = []
        self.outcome = Outcome("sent", "test")
        self.then: Callable[[], None] = lambda: None
        """Runs after a message was accepted and before the sender hears of it."""
        self._lock = threading.Lock()
        patch.setattr(transport, "send", self._send)

    def _send(self, message: EmailMessage) -> Outcome:
        if self.outcome.status in ("sent", "uncertain"):
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
    return _header(request, "X-Amz-Target").decode().rpartition(".")[2]


def _header(request: AWSPreparedRequest, name: str) -> bytes:
    value: str | bytes = request.headers.get(name, b"")
    return value if isinstance(value, bytes) else value.encode()


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
    about = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code}
    return _response(request, status, {**about, **more}, {"x-amzn-ErrorType": code})


def _response(
    request: AWSPreparedRequest, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> AWSResponse:
    class Raw(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    kind = {"content-type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, HeadersDict(kind | (headers or {})), Raw(json.dumps(body).encode()))


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
