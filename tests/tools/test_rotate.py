"""tools.rotate: a new secret for the edge, while requests keep coming and wherever a run breaks off."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.support import operator
from tests.support.answering import answering, reply
from tests.support.functions import create_functions
from tools import rotate
from tools.common import stacks
from tools.common.cloud import APP, Cloud
from tools.common.console import Refused
from tools.edge.routing import SECRET_HEADER
from tools.local.embedded import EmbeddedAws
from tools.rotate import Edge, Stored, pair

OLD = "o" * 43
READ_AGAIN_S = 0.4


class Running:
    """The edge and an API whose functions read the Parameter Store again now and then, on loopback."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.name = cloud, cloud.parameter_name("SCC_ORIGIN_SECRETS")
        cloud.client("ssm").put_parameter(Name=self.name, Value=OLD, Type="SecureString")
        create_functions(cloud, operator.environment(SCC_ORIGIN_SECRETS=f"ssm:{self.name}"))
        self.read_at, self.read = 0.0, ""
        self.refused: list[str] = []
        self.lock = threading.Lock()

    def known(self) -> list[str]:
        with self.lock:
            if time.monotonic() - self.read_at > READ_AGAIN_S:
                # As old as the question: on a busy machine the answer takes its time.
                self.read_at = time.monotonic()
                self.read = self.cloud.read_parameter(self.name)
            return self.read.split(",")

    def sent(self) -> str:
        return rotate.read_edge(self.cloud, "").sent

    def answer_as_api(self, handler: BaseHTTPRequestHandler) -> None:
        taken = handler.headers.get(SECRET_HEADER) in self.known()
        reply(200 if taken and handler.path == "/prod/api/health" else 403)(handler)

    def answer_as_edge(self, handler: BaseHTTPRequestHandler) -> None:
        """What the viewer sees: the API's answer to the secret that the distribution sends."""
        sent = self.sent()
        taken = sent in self.known()
        if not taken:
            self.refused.append(sent)
        reply(200 if taken else 403)(handler)

    def wait_until_read_by_all(self) -> None:
        while rotate.read_stored(self.cloud, self.name).age.total_seconds() < rotate.READ_BY_ALL_S:
            time.sleep(0.1)

    def deploy_edge(self, api_port: str) -> None:
        apply, name = stacks.apply_stack, f"{APP}-{self.cloud.stage}"
        cloudformation = self.cloud.client("cloudformation")
        made = apply(
            cloudformation, f"{name}-resources", stacks.template("resources"), {"Stage": self.cloud.stage}, poll_s=0.05
        )
        api = {"ApiDomain": "localhost", "ApiPath": "/prod", "ApiProtocol": "http-only", "ApiHttpPort": api_port}
        parameters = stacks.edge_parameters(self.cloud.stage, made, OLD) | api
        apply(cloudformation, f"{name}-edge", stacks.template("edge"), parameters, poll_s=0.05)


@pytest.fixture
def running(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Running, Callable[[], None]]]:
    """All of it, with a function that rotates; a viewer asks for a page all the time."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.1)))
    # AWS's clock shows whole seconds.
    monkeypatch.setattr(rotate, "READ_BY_ALL_S", 3)
    monkeypatch.setattr(rotate, "PROBES", 3)
    made = Running(Cloud(f"t{uuid.uuid4().hex[:8]}", embedded_aws.endpoint))
    over = threading.Event()
    with answering(made.answer_as_api) as (api, _), answering(made.answer_as_edge) as (viewer, _):
        made.deploy_edge(api.rpartition(":")[2])

        def watch() -> None:
            site = rotate.Website(viewer)
            while not over.wait(0.03):
                site.ask("/api/health")

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield made, lambda: rotate.rotate(made.cloud, yes=True, viewer=viewer)
        finally:
            over.set()
            watching.join()


def test_no_request_is_refused_while_the_secret_is_rotated(
    running: tuple[Running, Callable[[], None]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made, run = running
    rotate.put(made.cloud, made.name, OLD)
    with monkeypatch.context() as patch:
        patch.setattr(rotate, "READ_BY_ALL_S", 300)
        with pytest.raises(Refused, match="was set a moment ago"):
            run()
    made.wait_until_read_by_all()
    run()
    (new,) = made.known()
    assert new == made.sent() != OLD
    assert len(new) == 43
    assert made.refused == []
    shown = capsys.readouterr().out
    assert "step 1 of 3" in shown
    assert "the old secret is worth nothing" in shown
    assert OLD not in shown
    assert new not in shown


BROKEN_OFF = [("put", "after"), ("send", "before"), ("send", "after"), ("wait_until_sent_everywhere", "after")]


@pytest.mark.parametrize(("step", "when"), BROKEN_OFF)
def test_a_rotation_that_broke_off_is_finished_by_the_next_run(
    running: tuple[Running, Callable[[], None]], monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    made, run = running
    made.wait_until_read_by_all()
    real = getattr(rotate, step)

    def break_off(*arguments: Any) -> None:
        monkeypatch.setattr(rotate, step, real)
        if when == "after":
            real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(rotate, step, break_off)
    with pytest.raises(KeyboardInterrupt):
        run()
    run()
    (new,) = made.known()
    assert new == made.sent() != OLD
    assert made.refused == []


LONG_AGO, NOW = timedelta(days=1), timedelta(seconds=3)


@pytest.mark.parametrize(
    ("known", "age", "sent", "found"),
    [
        (("a",), LONG_AGO, "a", ("a", "")),
        (("a", "b"), NOW, "a", ("a", "b")),
        (("a", "b"), NOW, "b", ("a", "b")),
        (("a",), NOW, "a", "was set a moment ago"),
        (("a",), LONG_AGO, "b", "is not among them"),
        (("a", "b"), LONG_AGO, "c", "is not among them"),
        (("a", "b", "c"), LONG_AGO, "a", "leave two at most"),
    ],
)
def test_how_far_it_came_is_seen_from_the_store_and_the_edge(
    known: tuple[str, ...], age: timedelta, sent: str, found: tuple[str, str] | str
) -> None:
    stored, edge = Stored(known, age), Edge(sent, "https://api", "https://edge")
    if isinstance(found, tuple):
        assert pair(stored, edge) == found
    else:
        with pytest.raises(Refused, match=found):
            pair(stored, edge)


def test_an_api_that_does_not_take_the_new_secret_stops_it_before_the_edge_sends_it(
    running: tuple[Running, Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, run = running
    made.wait_until_read_by_all()
    monkeypatch.setattr(made, "known", lambda: [OLD])
    with pytest.raises(Refused, match="the API does not take the new secret"):
        run()
    assert made.sent() == OLD
    assert len(made.cloud.read_parameter(made.name).split(",")) == 2


def test_a_secret_that_does_not_stand_in_the_store_is_left_alone(embedded_aws: EmbeddedAws) -> None:
    cloud = Cloud(f"t{uuid.uuid4().hex[:8]}", embedded_aws.endpoint)
    create_functions(cloud, operator.environment(SCC_ORIGIN_SECRETS=OLD))
    with pytest.raises(Refused, match="does not stand in the Parameter Store"):
        rotate.rotate(cloud, yes=True)
