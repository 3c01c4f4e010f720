"""HTTP to what is deployed: by the user's proxy, but never for this machine; one line when nothing answers."""

import socket

import pytest

from tests.support.answering import answering, hang_up, reply
from tools.common.console import keep_loopback_direct
from tools.common.website import Hangs, NoAnswer, Website, connect


@pytest.fixture(autouse=True)
def _no_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_another_machine_is_asked_by_the_proxy_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(reply(200, "from the proxy")) as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy)
        answer = Website("http://charters.example/").ask("/api/health")
    assert answer.data == b"from the proxy"
    assert asked[0].target == "http://charters.example/api/health"


@pytest.mark.parametrize(("user", "sent"), [("", None), ("ana:p%40ss@", "Basic YW5hOnBAc3M=")])
def test_a_proxy_is_taken_as_aws_calls_take_it(monkeypatch: pytest.MonkeyPatch, user: str, sent: str | None) -> None:
    """Also written without a scheme, or with a user's name."""
    with answering(reply(200, "from the proxy")) as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy.replace("http://", f"http://{user}" if user else ""))
        assert Website("http://charters.example").ask("/").data == b"from the proxy"
    assert {name.lower(): value for name, value in asked[0].headers.items()}.get("proxy-authorization") == sent


@pytest.mark.parametrize("host", ["inside.example", "inside.example:8080"])
def test_what_is_excepted_from_the_proxy_is_asked_directly(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert connect(f"http://{host}", 1).proxy is None
    assert connect("http://outside.example", 1).proxy is not None


def test_this_machine_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    # As every command does when it starts.
    keep_loopback_direct()
    with answering(reply(200, "here")) as (address, _):
        assert Website(address).ask("/").data == b"here"
        assert Website(address.replace("127.0.0.1", "localhost")).ask("/").data == b"here"


def test_redirects_and_refusals_are_answers() -> None:
    with answering(reply(301), reply(503)) as (address, asked):
        website = Website(address)
        assert [website.ask("/").status, website.ask("/").status] == [301, 503]
    assert len(asked) == 2


def test_what_does_not_answer_is_named() -> None:
    with answering(hang_up) as (address, _), pytest.raises(NoAnswer, match=rf"{address}/a does not answer"):
        Website(address).ask("/a")


def test_what_is_reached_and_says_nothing_is_told_from_what_is_not_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Hangs, match=f"{address}/a does not answer"):
            Website(address, timeout_s=0.2).ask("/a")
    with pytest.raises(NoAnswer) as unreached:
        Website(address, timeout_s=0.2).ask("/a")
    assert not isinstance(unreached.value, Hangs)
