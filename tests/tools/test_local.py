"""`make run` as its user meets it: one copy, one line per refusal, nothing lost by stopping."""

import email
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.answering import answering, reply
from tests.support.running import (
    Product,
    children_of,
    listening_addresses,
    read_until,
    running_product,
    start_local,
)
from tests.support.ses_events import ses_event
from tools.common.cloud import LOCAL_STAGE, Cloud, embedded_client
from tools.common.console import Refused, keep_loopback_direct
from tools.local import __main__ as local
from tools.local.embedded import free_port
from tools.sync.proof.running_api import running_document


def call(product: Product, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(product.base_url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def log_in(product: Product) -> str:
    status, _, body = call(product, "POST", "/api/login", {"password": product.password})
    assert status == 200, body
    return str(json.loads(body)["token"])


def charter() -> dict[str, Any]:
    return {
        "title": "Evening sail",
        "starts_at": "2031-06-01T17:00:00-07:00",
        "ends_at": "2031-06-01T20:00:00-07:00",
        "charter_fee_cents": 50000,
        "patron": {"name": "Ana Ruiz", "email": "ana@example.com", "phone": ""},
    }


def is_running(pid: int) -> bool:
    """A zombie that nobody has collected yet no longer runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_second_run_says_so_in_one_line(product: Product) -> None:
    with start_local(product.home, free_port()) as second:
        output, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert len(output.splitlines()) == 1
    assert f"already running: {product.base_url}" in output


@pytest.mark.parametrize("kept", [{}, {"format": 0}, {"format": 999}], ids=["none", "older", "newer"])
def test_data_of_another_format_is_told_with_the_remedy_and_stays(tmp_path: Path, kept: dict[str, int]) -> None:
    state = {"aws_port": 0, "password_hash": "x", **kept}
    (tmp_path / "local.json").write_text(json.dumps(state))
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws/dynamodb.json").write_text("a charter")
    with start_local(tmp_path, free_port()) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert len(output.splitlines()) == 1
    age = "a newer" if kept.get("format") == 999 else "an older"
    assert f"{tmp_path} holds data of {age} format than this version reads" in output
    assert "`make reset` forgets it" in output
    assert (tmp_path / "aws/dynamodb.json").read_text() == "a charter"
    assert json.loads((tmp_path / "local.json").read_text()) == state


def test_data_that_cannot_be_read_although_its_format_is_known_is_told_with_the_remedy(tmp_path: Path) -> None:
    reason = r"GET /api/events.* answered 500.*`make reset` forgets it"
    with (
        answering(reply(200, '{"token": "t"}'), reply(500, "{}")) as (address, _),
        pytest.raises(Refused, match=reason),
    ):
        local.is_empty(local.Home(tmp_path), address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_taken_port_is_named_in_one_line(tmp_path: Path, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as taken:
        try:
            taken.bind((address, 0))
        except OSError as error:
            pytest.skip(f"no {address} on this machine: {error}")
        taken.listen()
        port = taken.getsockname()[1]
        with start_local(tmp_path, port) as process:
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert len(output.splitlines()) == 1
    assert f"port {port} is taken" in output


@pytest.mark.parametrize("port", ["99999", "0", "-1", "abc", "8_000", "\uff18\uff10\uff10\uff10", "80 80", "1e3"])
def test_a_port_that_is_none_is_said_in_one_line(tmp_path: Path, port: str) -> None:
    with start_local(tmp_path, port) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == f"PORT={port}: a port is a number from 1 to 65535\n"


def test_this_machine_is_not_asked_for_by_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"http_proxy": "http://127.0.0.1:9", "no_proxy": " index.example,"})
    keep_loopback_direct()
    for host, is_direct in {"localhost": True, "127.0.0.1": True, "index.example": True, "example.com": False}.items():
        assert bool(urllib.request.proxy_bypass(host)) == is_direct, host


def test_everything_listens_on_loopback_only(product: Product) -> None:
    pid = json.loads((product.home / "local.json").read_text())["pid"]
    addresses = listening_addresses(children_of(pid))
    assert {address.split(":")[0] for address in addresses} == {"0100007F"}
    assert len(addresses) == 2, "the front door and the embedded AWS, nothing else"


def test_a_payment_and_its_mail_survive_sigint_and_restart(tmp_path: Path) -> None:
    port = free_port()
    payment_id = str(uuid.uuid4())
    (tmp_path / "broken").write_text("no configuration")
    # An AWS account that a user's shell may have set.
    foreign = {"AWS_PROFILE": "nowhere", "AWS_CONFIG_FILE": str(tmp_path / "broken")}
    with running_product(tmp_path, port, **foreign) as first:
        token = log_in(first)
        event = json.loads(call(first, "POST", "/api/events", charter(), token)[2])
        path = f"/api/events/{event['event_id']}/payments/{payment_id}"
        status, _, _ = call(first, "PUT", path, {"method": "cash", "amount_cents": 12500}, token)
        assert status == 201
        mail = json.loads(call(first, "GET", "/_local/mail")[2])["messages"]
        assert len(mail) == 1
        sent = email.message_from_string(mail[0]["raw"])
        assert (mail[0]["subject"], sent.get_content_type()) == (sent["Subject"], "multipart/alternative")
        pids = children_of(json.loads((tmp_path / "local.json").read_text())["pid"])
        assert list((tmp_path / "aws.tmp").iterdir()), "the Lambda workers' folders"
    assert not [pid for pid in pids if is_running(pid)]
    assert not (tmp_path / "aws.tmp").exists()
    # And a proxy, which nothing that stays on this machine may be sent by.
    with running_product(tmp_path, port, http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9") as again:
        assert json.loads(call(again, "GET", "/_local/mail")[2])["messages"] == mail
        status, _, body = call(again, "GET", f"/api/events/{event['event_id']}/payments", token=token)
        assert status == 200, "the session survives too"
        assert [payment["payment_id"] for payment in json.loads(body)["payments"]] == [payment_id]


def test_a_killed_run_leaves_nothing_running_and_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    with start_local(tmp_path, port) as process:
        read_until(process, f"ready http://localhost:{port}")
        product = Product(f"http://localhost:{port}", "ahoy-local-captain", "", tmp_path)
        event = json.loads(call(product, "POST", "/api/events", charter(), log_in(product))[2])
        left = children_of(process.pid) - {process.pid}
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        deadline = time.monotonic() + 20
        while any(is_running(pid) for pid in left) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not [pid for pid in left if is_running(pid)]
    with running_product(tmp_path, port) as again:
        status, _, _ = call(again, "GET", f"/api/events/{event['event_id']}", token=log_in(again))
        assert status == 200


def test_pages_assets_and_the_api_come_from_where_the_edge_says(product: Product) -> None:
    for path in ("/", "/events/abc", "/g/abc", "/_staging/", "/_staging/events/abc"):
        status, headers, body = call(product, "GET", path)
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
        assert '<div id="app">' in body
    for method, path in (("GET", "/api/nope"), ("DELETE", "/api/events")):
        status, headers, body = call(product, method, path)
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (404, "application/json", "no-store")
        assert json.loads(body) == {"Code": "NotFound", "Message": "There is no such call."}
    status, headers, body = call(product, "GET", "/g/abc/waiver")
    assert (status, headers["Cache-Control"]) == (404, "no-store")
    assert '<div id="app">' not in body


def test_a_feed_passes_the_edge_with_its_own_headers_and_is_sent_once(product: Product) -> None:
    desk = json.loads(call(product, "GET", "/api/calendars", token=log_in(product))[2])["calendars"][0]
    path = desk["url"].removeprefix(product.base_url)
    status, headers, body = call(product, "GET", path)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Robots-Tag"] == "noindex"
    assert body.startswith("BEGIN:VCALENDAR\r\n")
    for tag in (headers["ETag"], f"W/{headers['ETag']}"):
        request = urllib.request.Request(product.base_url + path, headers={"If-None-Match": tag})
        with pytest.raises(urllib.error.HTTPError) as known:
            urllib.request.urlopen(request)
        assert (known.value.code, known.value.headers["ETag"]) == (304, headers["ETag"])
    for nothing in ("/c/abc", "/c/abc.ics", path.removesuffix(".ics")):
        status, headers, body = call(product, "GET", nothing)
        assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert headers["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in body


def test_release_records_and_missing_assets_are_not_pages(product: Product) -> None:
    assert call(product, "GET", "/assets/nope.js")[0] in (403, 404)
    assert "_releases" not in call(product, "GET", "/_releases/")[2]


def test_every_answer_carries_the_security_headers(product: Product) -> None:
    for path in ("/", "/api/health", "/api/nope", "/g/abc/waiver"):
        headers = call(product, "GET", path)[1]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "max-age=" in headers["Strict-Transport-Security"]


def test_the_api_is_closed_to_whoever_goes_around_the_edge(product: Product) -> None:
    facts = json.loads((product.home / "local.json").read_text())
    api_id = embedded_client("apigateway", product.endpoint).get_rest_apis()["items"][0]["id"]
    url = f"http://127.0.0.1:{facts['aws_port']}/_aws/execute-api/{api_id}/dev/api/health"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, timeout=30)
    assert refused.value.code == 403


def test_the_document_of_the_api_that_runs_here_can_be_read(product: Product) -> None:
    bucket = json.loads((product.home / "local.json").read_text())["bucket"]
    found = running_document(Cloud(LOCAL_STAGE, product.endpoint), bucket)
    status, _, body = call(product, "GET", "/api/openapi.json", token=log_in(product))
    assert (status, found) == (200, json.loads(body))


def test_a_foreign_host_name_gets_nothing(product: Product) -> None:
    request = urllib.request.Request(product.base_url + "/_local/mail", headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 421


def test_mail_is_shown_newest_first_and_harmless(product: Product) -> None:
    status, headers, body = call(product, "GET", "/_local/mail")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert isinstance(json.loads(body)["messages"], list)
    status, headers, body = call(product, "GET", "/_local/mail.html")
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in body


def test_a_bounce_that_ses_reports_reaches_its_payment(product: Product) -> None:
    """AWS lets nobody but SES put such an event onto the bus, so its rule and its function are asked one by one."""
    token, payment_id = log_in(product), str(uuid.uuid4())
    event = json.loads(call(product, "POST", "/api/events", charter(), token)[2])
    url = f"/api/events/{event['event_id']}"
    body = {"method": "cash", "amount_cents": 50000}
    assert call(product, "PUT", f"{url}/payments/{payment_id}", body, token)[0] == 201
    listed = json.loads(call(product, "GET", "/api/mail?status=sent", token=token)[2])["mails"]
    (mail_id,) = [mail["mail_id"] for mail in listed if mail["payment_id"] == payment_id]

    report = ses_event("permanent bounce", mail_id)
    events = embedded_client("events", product.endpoint)
    (rule,) = [rule for rule in events.list_rules()["Rules"] if rule.get("EventPattern")]
    assert events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(report))["Result"]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    done = embedded_client("lambda", product.endpoint).invoke(FunctionName=target["Arn"], Payload=json.dumps(report))
    assert "FunctionError" not in done, done["Payload"].read()

    seen = json.loads(call(product, "GET", url, token=token)[2])
    assert [payment["receipt"] for payment in seen["payments"]] == ["failed"]
    assert [(one["email"], one["problem"]) for one in seen["mail_problems"]] == [("ana@example.com", "bounced")]
