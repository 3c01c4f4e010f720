import uuid

import pytest

from tests.support.api import ORIGIN_SECRET, Api, load_app

EVENT_ID, PAYMENT_ID = "A" * 22, str(uuid.uuid4())
PUBLIC = {
    ("POST", "/api/login"),
    ("GET", "/api/health"),
    ("HEAD", "/api/health"),
    ("GET", "/api/guest/{event_id}"),
    ("GET", "/g/{event_id}/waiver"),
    ("HEAD", "/g/{event_id}/waiver"),
    ("POST", "/g/{event_id}/waiver"),
}
ROUTES = sorted((method, path) for path, entries in load_app().app.routes.items() for method in entries)
PRIVATE = [route for route in ROUTES if route not in PUBLIC]


def url_of(path: str) -> str:
    return path.format(event_id=EVENT_ID, payment_id=PAYMENT_ID, waiver_id="0" * 32, mail_id="unknown")


def test_the_public_list_names_routes_that_exist() -> None:
    assert set(ROUTES) > PUBLIC


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("token", [None, "garbage", "A" * 43, "Ä" * 43, ""])
def test_every_other_route_needs_a_session(guest: Api, method: str, path: str, token: str | None) -> None:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = guest.call(method, url_of(path), headers=headers)
    assert answer.status == 401
    assert answer.json == {"Code": "NotSignedIn", "Message": "Please sign in."}
    assert answer.headers["cache-control"] == "no-store"


def test_the_payment_endpoint_is_401_before_anything_else_is_looked_at(guest: Api) -> None:
    answer = guest.put(f"/api/events/{EVENT_ID}/payments/nonsense", raw="{broken", content_type="text/plain")
    assert answer.status == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_answers_without_the_edges_secret(guest: Api, method: str, path: str) -> None:
    for secret in ("", "wrong", ORIGIN_SECRET + "x"):
        answer = guest.call(method, url_of(path), headers={"x-origin-verify": secret})
        assert answer.status == 403


def test_both_secrets_pass_while_one_is_rotated(guest: Api) -> None:
    for secret in ("old-secret", ORIGIN_SECRET):
        assert guest.get("/api/health", headers={"x-origin-verify": secret}).status == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_is_hardened_and_never_cached(guest: Api, method: str, path: str) -> None:
    headers = guest.call(method, url_of(path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "max-age=" in headers["strict-transport-security"]


def test_health_tells_the_version(guest: Api) -> None:
    assert guest.get("/api/health").json == {"status": "ok", "version": "0.1.0"}


def test_a_failure_of_ours_is_a_hardened_500_that_tells_nothing(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib import charters

    def fail(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(charters, "get_guest_event", fail)
    answer = guest.get(f"/api/guest/{EVENT_ID}")
    assert answer.status == 500
    assert "secret detail" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_missing_setting_is_named_in_the_log_only(
    guest: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from chalicelib import settings

    monkeypatch.delenv("SCC_TABLE")
    settings.forget()
    answer = guest.get("/api/health")
    assert answer.status == 500
    assert "SCC_TABLE" not in answer.text
    assert "SCC_TABLE is missing." in caplog.text
