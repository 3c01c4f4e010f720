"""Faults of DynamoDB and of the way there, drawn at random for each request."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.support.doubles.faults import failure, operation_of, retry_at_once


class RandomFaults:
    """For each request of a thread, whether it fails and how is drawn from the thread's own seed."""

    KINDS = ("throttled", "unreachable", "unanswered", "broken", "broken after", "conflict")

    def __init__(self, odds: float) -> None:
        self.odds = odds
        self.seen: dict[str, int] = dict.fromkeys(self.KINDS, 0)
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._tokens: set[str] = set()

    def begin(self, seed: str) -> None:
        """From now on requests of this thread fail."""
        self._thread.draw = random.Random(seed)  # noqa: S311 - draws faults
        self._thread.failing = 0

    def end(self) -> None:
        self._thread.draw = None

    def carry_out(self, send: Callable[[AWSPreparedRequest], Any], request: AWSPreparedRequest) -> Any:
        draw = getattr(self._thread, "draw", None)
        if draw is None:
            return send(request)
        if draw.random() < self.odds:
            # Often one request, sometimes all of the SDK's tries.
            self._thread.failing = draw.choice((1, 1, 1, 4))
        # One request in five is a transaction: every other one of these that fails meets a conflict, so that some do.
        others = [kind for kind in self.KINDS if kind != "conflict"]
        kinds = ["conflict"] * len(others) + others if self._is_new_transaction(request) else others
        kind = draw.choice(kinds) if self._thread.failing else ""
        self._thread.failing = max(0, self._thread.failing - 1)
        if kind:
            with self._lock:
                self.seen[kind] += 1
        if kind == "throttled":
            return failure(request, 400, "ProvisionedThroughputExceededException")
        if kind == "unreachable":
            raise ConnectTimeoutError(endpoint_url=request.url)
        if kind == "broken":
            return failure(request, 500, "InternalServerError")
        if kind == "conflict":
            reasons = [{"Code": "None"} for _ in json.loads(request.body)["TransactItems"]]
            reasons[draw.randrange(len(reasons))] = {"Code": draw.choice(("TransactionConflict", "ThrottlingError"))}
            return failure(request, 400, "TransactionCanceledException", CancellationReasons=reasons)
        answer = send(request)
        if kind == "unanswered":
            raise ReadTimeoutError(endpoint_url=request.url)
        return failure(request, 500, "InternalServerError") if kind == "broken after" else answer

    def _is_new_transaction(self, request: AWSPreparedRequest) -> bool:
        """DynamoDB knows a transaction that it has done by its token, and does not cancel it any more."""
        if operation_of(request) != "TransactWriteItems":
            return False
        token = json.loads(request.body)["ClientRequestToken"]
        with self._lock:
            new = token not in self._tokens
            self._tokens.add(token)
        return new


@contextmanager
def random_faults(odds: float) -> Iterator[RandomFaults]:
    """This share of the requests fails, in threads that called `begin`; the SDK tries again at once."""
    found, send = RandomFaults(odds), URLLib3Session.send

    def pass_through(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        return found.carry_out(lambda one: send(session, one), request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", pass_through)
        retry_at_once(patch)
        yield found
