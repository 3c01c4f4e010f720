import uuid
from datetime import timedelta

import pytest

from chalicelib import charter_page
from chalicelib.core import settings, system
from chalicelib.sign_in import passwords, sessions
from tests.support.api import ORIGIN_SECRET, Api, load_app
from tests.support.operator import PASSWORD

EVENT_ID, PAYMENT_ID = "A" * 22, str(uuid.uuid4())
ANYONE, ADMINS = "anyone", "admins"
# Who may call what. A route that is missing here fails: each new one has to be listed.
WHO = {
    ("POST", "/api/login"): ANYONE,
    ("POST", "/api/logout"): ADMINS,
    ("GET", "/api/session"): ADMINS,
    ("GET", "/api/health"): ANYONE,
    ("HEAD", "/api/health"): ANYONE,
    ("GET", "/api/openapi.json"): ADMINS,
    ("GET", "/api/events"): ADMINS,
    ("POST", "/api/events"): ADMINS,
    ("GET", "/api/events/{event_id}"): ADMINS,
    ("PATCH", "/api/events/{event_id}"): ADMINS,
    ("POST", "/api/events/{event_id}/cancel"): ADMINS,
    ("POST", "/api/events/{event_id}/edit-preview"): ADMINS,
    ("POST", "/api/events/{event_id}/cancel-preview"): ADMINS,
    ("POST", "/api/events/{event_id}/repeat"): ADMINS,
    ("POST", "/api/events/{event_id}/reopen-waivers"): ADMINS,
    ("POST", "/api/events/{event_id}/guest-link"): ADMINS,
    ("GET", "/api/events/{event_id}/history"): ADMINS,
    ("GET", "/api/events/{event_id}/manifest"): ADMINS,
    ("GET", "/api/events/{event_id}/manifest.csv"): ADMINS,
    ("POST", "/api/events/{event_id}/check-in"): ADMINS,
    ("POST", "/api/events/{event_id}/safety-briefing"): ADMINS,
    ("POST", "/api/events/{event_id}/depart"): ADMINS,
    ("POST", "/api/events/{event_id}/waiver-reminders"): ADMINS,
    ("POST", "/api/events/{event_id}/ask-again"): ADMINS,
    ("POST", "/api/events/{event_id}/positions"): ADMINS,
    ("POST", "/api/events/{event_id}/positions/{position_id}/ask"): ADMINS,
    ("POST", "/api/events/{event_id}/positions/{position_id}/assign"): ADMINS,
    ("POST", "/api/events/{event_id}/positions/{position_id}/withdraw"): ADMINS,
    ("PUT", "/api/events/{event_id}/payments/{payment_id}"): ADMINS,
    ("PUT", "/api/events/{event_id}/payment-batches/{batch_id}"): ADMINS,
    ("GET", "/api/events/{event_id}/payments"): ADMINS,
    ("POST", "/api/events/{event_id}/payments/{payment_id}/void"): ADMINS,
    ("POST", "/api/events/{event_id}/payments/{payment_id}/clear"): ADMINS,
    ("POST", "/api/events/{event_id}/payments/{payment_id}/bounce"): ADMINS,
    ("POST", "/api/events/{event_id}/payments/{payment_id}/receipt"): ADMINS,
    ("POST", "/api/events/{event_id}/statement"): ADMINS,
    ("PUT", "/api/events/{event_id}/tip-shares"): ADMINS,
    ("GET", "/api/receivables"): ADMINS,
    ("GET", "/api/tips"): ADMINS,
    ("GET", "/api/payments"): ADMINS,
    ("GET", "/api/payments/to-clear"): ADMINS,
    ("GET", "/api/payments/summary"): ADMINS,
    ("GET", "/api/payments.csv"): ADMINS,
    ("GET", "/api/boats"): ADMINS,
    ("POST", "/api/boats"): ADMINS,
    ("PATCH", "/api/boats/{boat_id}"): ADMINS,
    ("GET", "/api/people"): ADMINS,
    ("POST", "/api/people"): ADMINS,
    ("PATCH", "/api/people/{person_id}"): ADMINS,
    ("POST", "/api/people/{person_id}/new-link"): ADMINS,
    ("GET", "/api/settings"): ADMINS,
    ("PUT", "/api/settings"): ADMINS,
    ("GET", "/api/calendars"): ADMINS,
    ("POST", "/api/calendars/{calendar_id}/new-link"): ADMINS,
    ("GET", "/api/schedule"): ADMINS,
    ("GET", "/api/holds"): ADMINS,
    ("POST", "/api/holds"): ADMINS,
    ("PATCH", "/api/holds/{hold_id}"): ADMINS,
    ("POST", "/api/holds/{hold_id}/release"): ADMINS,
    ("GET", "/api/patrons"): ADMINS,
    ("GET", "/api/mail"): ADMINS,
    ("POST", "/api/mail/{mail_id}/retry"): ADMINS,
    ("GET", "/api/events/{event_id}/waivers/{waiver_id}"): ADMINS,
    ("GET", "/api/events/{event_id}/waivers/{waiver_id}/bundle"): ADMINS,
    ("POST", "/api/events/{event_id}/waivers/{waiver_id}/set-aside"): ADMINS,
    ("POST", "/api/events/{event_id}/waivers/{waiver_id}/erase"): ADMINS,
    ("GET", "/api/waivers"): ADMINS,
    ("GET", "/api/waivers.json"): ADMINS,
    ("GET", "/api/waivers/checkpoint"): ADMINS,
    ("GET", "/api/waiver-versions"): ADMINS,
    ("PUT", "/api/waiver-versions/current"): ADMINS,
    ("GET", "/api/waiver-versions/superseded"): ADMINS,
    ("POST", "/api/waiver-versions/preview"): ADMINS,
    ("GET", "/api/guest/{event_id}"): ANYONE,
    ("GET", "/g/{event_id}/waiver"): ANYONE,
    ("HEAD", "/g/{event_id}/waiver"): ANYONE,
    ("POST", "/g/{event_id}/waiver"): ANYONE,
    ("GET", "/c/{token}"): ANYONE,
    ("HEAD", "/c/{token}"): ANYONE,
    ("POST", "/c/{token}"): ANYONE,
    ("GET", "/c/worker.js"): ANYONE,
    ("GET", "/c/{token}/{event_id}"): ANYONE,
    ("HEAD", "/c/{token}/{event_id}"): ANYONE,
    ("POST", "/c/{token}/{event_id}"): ANYONE,
}
ROUTES = sorted((method, path) for path, entries in load_app().app.routes.items() for method in entries)
PRIVATE = [route for route, who in WHO.items() if who == ADMINS]


def url_of(path: str) -> str:
    records = dict.fromkeys(("event_id", "boat_id", "person_id", "calendar_id", "hold_id"), EVENT_ID)
    payments = {"payment_id": PAYMENT_ID, "batch_id": PAYMENT_ID}
    others = {"waiver_id": "0" * 32, "position_id": "0" * 16, "mail_id": "unknown", "token": "unknown"}
    return path.format(**records, **payments, **others)


def test_the_list_says_of_every_route_who_may_call_it() -> None:
    assert set(ROUTES) == set(WHO)


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("token", [None, "garbage", "A" * 43, "Ä" * 43, ""])
def test_every_other_route_needs_a_session(guest: Api, method: str, path: str, token: str | None) -> None:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = guest.call(method, url_of(path), headers=headers)
    assert answer.status == 401
    assert answer.json == {"Code": "NotSignedIn", "Message": "Please sign in."}
    assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def stale(api: Api, monkeypatch: pytest.MonkeyPatch) -> dict[str, Api]:
    """Tokens that opened a session once: logged out, idle for too long, and of a password that was changed."""
    start = system.utc_now()

    def log_in() -> Api:
        return api.with_token(api.post("/api/login", {"password": PASSWORD}).json["token"])

    left = log_in()
    left.post("/api/logout")
    with monkeypatch.context() as past:
        past.setattr(system, "utc_now", lambda: start - sessions.IDLE - timedelta(minutes=1))
        idle = log_in()
    replaced = log_in()
    with monkeypatch.context() as cheap:
        cheap.setattr(passwords, "LOG2_N", 8)
        monkeypatch.setenv("ADMIN_PASS_HASH", passwords.hash_password(PASSWORD))
    settings.forget()
    return {"logged out": left, "idle": idle, "of an old password": replaced}


def test_a_token_that_is_over_opens_no_route(stale: dict[str, Api]) -> None:
    for why, client in stale.items():
        for method, path in PRIVATE:
            answer = client.call(method, url_of(path), {"version": 1})
            assert (answer.status, answer.json["Code"]) == (401, "NotSignedIn"), (why, method, path)


def test_admins_may_call_everything_and_guests_what_is_for_anyone(api: Api) -> None:
    guest = api.with_token(None)
    # Logging out comes last: nothing is allowed after it.
    for method, path in sorted(ROUTES, key=lambda route: route[1] == "/api/logout"):
        for client in [api, guest] if WHO[method, path] == ANYONE else [api]:
            status = client.call(method, url_of(path)).status
            assert status < 500, (method, path)
            assert status not in (401, 403), (method, path)


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_a_query_parameter_that_the_call_does_not_know_is_refused_by_name_and_nothing_is_done(
    api: Api, method: str, path: str
) -> None:
    for query, rule in (("surplus=1", "is not a known field"), ("surplus=1&surplus=2", "is given twice")):
        answer = api.call(method, f"{url_of(path)}?{query}")
        assert (answer.status, answer.json["Fields"]) == (400, {"surplus": rule})
    assert api.get("/api/session").status == 200, "not even logged out"


def test_an_admin_who_does_not_come_through_the_edge_is_refused_too(api: Api) -> None:
    for method, path in ROUTES:
        for secret in ("", "wrong"):
            answer = api.call(method, url_of(path), headers={"x-origin-verify": secret})
            assert (answer.status, answer.json["Code"]) == (403, "Forbidden")


def test_the_payment_endpoint_checks_the_session_before_anything_else(guest: Api) -> None:
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
def test_every_answer_has_the_security_headers_and_is_never_cached(guest: Api, method: str, path: str) -> None:
    headers = guest.call(method, url_of(path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "max-age=" in headers["strict-transport-security"]


def test_health_shows_the_version(guest: Api) -> None:
    assert guest.get("/api/health").json == {"status": "ok", "version": "0.1.0"}


def test_a_failure_of_ours_is_a_500_with_security_headers_and_without_details(
    guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fail(_: str) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(charter_page, "get_guest_charter", fail)
    answer = guest.get(f"/api/guest/{EVENT_ID}")
    assert answer.status == 500
    assert "secret detail" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_missing_setting_is_named_in_the_log_only(
    guest: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:

    monkeypatch.delenv("SCC_TABLE")
    settings.forget()
    answer = guest.get("/api/health")
    assert answer.status == 500
    assert "SCC_TABLE" not in answer.text
    assert "SCC_TABLE is missing." in caplog.text
