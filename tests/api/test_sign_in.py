import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import aws, settings, system
from chalicelib.sign_in import passwords
from chalicelib.sign_in import service as sign_in_service
from tests.support.api import Api
from tests.support.operator import PASSWORD
from tests.support.races import at_once


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock forward."""
    start = system.utc_now()

    def move(**by: float) -> None:
        monkeypatch.setattr(system, "utc_now", lambda: start + timedelta(**by))

    return move


def sign_in(api: Api, **more: Any) -> Api:
    answer = api.post("/api/login", {"password": PASSWORD, **more})
    assert answer.status == 200, answer.text
    return api.with_token(answer.json["token"])


def test_the_right_password_opens_a_session(guest: Api) -> None:
    answer = guest.post("/api/login", {"password": PASSWORD})
    assert set(answer.json) == {"token", "role", "expires_at", "device"}
    assert answer.json["role"] == "admin"
    session = guest.with_token(answer.json["token"]).get("/api/session")
    assert session.json == {"role": "admin", "expires_at": answer.json["expires_at"]}


@pytest.mark.parametrize("password", ["wrong", PASSWORD + " ", PASSWORD.upper(), "€" * 200])
def test_a_wrong_password_is_401(guest: Api, password: str) -> None:
    answer = guest.post("/api/login", {"password": password})
    assert answer.status == 401
    assert answer.json["Message"] == "That password is not right."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "password"),
        ({"password": 7}, "password"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"password": "x" * 300}, "password"),
        ({"password": "\ud800"}, "password"),
        ({"password": "x", "keep_signed_in": "yes"}, "keep_signed_in"),
        ({"password": "x", "remember": True}, "remember"),
    ],
)
def test_a_malformed_login_names_the_field(guest: Api, body: dict[str, Any], field: str) -> None:
    answer = guest.post("/api/login", body)
    assert answer.status == 400
    assert field in answer.json["Fields"]


def test_logging_out_ends_this_session_at_once_and_no_other(guest: Api) -> None:
    one, other = sign_in(guest), sign_in(guest)
    answer = one.post("/api/logout")
    assert (answer.status, answer.text) == (204, "")
    assert one.get("/api/session").status == 401
    assert other.get("/api/session").status == 200


def test_a_session_ends_when_it_was_idle_for_twelve_hours(guest: Api, later: Any) -> None:
    session = sign_in(guest)
    later(hours=11.9)
    assert session.get("/api/session").status == 200
    later(hours=23.8)
    assert session.get("/api/session").status == 200
    later(hours=36)
    assert session.get("/api/session").status == 401


def test_a_session_ends_after_seven_days_however_busy(guest: Api, later: Any) -> None:
    session = sign_in(guest)
    for hours in range(10, 24 * 7, 10):
        later(hours=hours)
        assert session.get("/api/session").status == 200
    later(days=7, seconds=1)
    assert session.get("/api/session").status == 401


def test_a_kept_session_lasts_thirty_days(guest: Api, later: Any) -> None:
    session = sign_in(guest, keep_signed_in=True)
    later(days=29.9)
    assert session.get("/api/session").status == 200
    later(days=30.1)
    assert session.get("/api/session").status == 401


def test_changing_the_password_ends_every_session(
    guest: Api, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sign_in(guest)
    monkeypatch.setattr(passwords, "LOG2_N", 8)
    monkeypatch.setenv("ADMIN_PASS_HASH", passwords.hash_password(PASSWORD))
    settings.forget()
    assert session.get("/api/session").status == 401


def test_a_removed_admin_is_signed_out(
    guest: Api, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = environment["ADMIN_PASS_HASH"]
    monkeypatch.setenv("ADMIN_PASS_HASH", f"ana={one};ben={one}")
    settings.forget()
    ana, ben = (sign_in(guest, name=name) for name in ("ana", "ben"))
    monkeypatch.setenv("ADMIN_PASS_HASH", f"ana={one}")
    settings.forget()
    assert ana.get("/api/session").status == 200
    assert ben.get("/api/session").status == 401


def test_the_token_is_not_in_the_table(guest: Api, environment: dict[str, str]) -> None:

    session = sign_in(guest)
    everything = str(aws.client("dynamodb").scan(TableName=environment["SCC_TABLE"])["Items"])
    assert session.token
    assert session.token not in everything
    assert PASSWORD not in everything


def test_several_admins_sign_in_by_name_and_are_recorded(
    guest: Api, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "LOG2_N", 8)
    ben_password = "ben-sails-at-night"
    ben = passwords.hash_password(ben_password)
    monkeypatch.setenv("ADMIN_PASS_HASH", f"ana={environment['ADMIN_PASS_HASH']};ben={ben}")
    settings.forget()

    unnamed = guest.post("/api/login", {"password": PASSWORD})
    assert (unnamed.status, list(unnamed.json["Fields"])) == (400, ["name"])
    wrong = [
        guest.post("/api/login", {"password": PASSWORD, "name": "ben"}),
        guest.post("/api/login", {"password": PASSWORD, "name": "nobody"}),
    ]
    assert [answer.status for answer in wrong] == [401, 401]
    assert wrong[0].text == wrong[1].text

    from tests.support.api import new_event, new_payment

    answer = guest.post("/api/login", {"password": ben_password, "name": "ben"})
    api = guest.with_token(answer.json["token"])
    event = api.post("/api/events", new_event()).json
    url = f"/api/events/{event['event_id']}/payments/00000000-0000-7000-8000-000000000001"
    assert api.put(url, new_payment()).json["payment"]["recorded_by"] == "ben"


def test_guessing_from_one_address_is_stopped_before_hashing(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(sign_in_service.TRIES):
        assert guest.post("/api/login", {"password": "guess"}).status == 401
    monkeypatch.setattr(sign_in_service, "verify_password", lambda *_: pytest.fail("it hashed"))
    answer = guest.post("/api/login", {"password": PASSWORD})
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= sign_in_service.WINDOW_S


def test_another_address_is_not_stopped_and_a_spoofed_header_is_not_believed(guest: Api) -> None:
    for number in range(sign_in_service.TRIES):
        spoofed = {"x-forwarded-for": f"203.0.113.{number}, {guest.address}, 198.51.100.1"}
        assert guest.post("/api/login", {"password": "guess"}, headers=spoofed).status == 401
    assert guest.post("/api/login", {"password": PASSWORD}).status == 429
    assert Api(address="192.0.2.99").post("/api/login", {"password": PASSWORD}).status == 200


def test_the_stop_ends_with_its_window(guest: Api, later: Any) -> None:
    for _ in range(sign_in_service.TRIES + 1):
        guest.post("/api/login", {"password": "guess"})
    later(seconds=sign_in_service.WINDOW_S)
    assert guest.post("/api/login", {"password": PASSWORD}).status == 200


def test_a_flood_from_many_addresses_slows_the_owner_but_never_locks_out(
    guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(sign_in_service, "TRIES_OVERALL", 3)
    monkeypatch.setattr(system, "sleep", waits.append)
    for number in range(4):
        Api(address=f"203.0.113.{number}").post("/api/login", {"password": "guess"})
    assert guest.post("/api/login", {"password": PASSWORD}).status == 200
    assert waits == [sign_in_service.OVERFLOW_DELAY_S] * 2


def test_right_passwords_do_not_count_as_tries(guest: Api) -> None:
    for _ in range(sign_in_service.TRIES + 5):
        sign_in(guest)


def test_guesses_in_parallel_do_not_slip_past_the_throttle(environment: dict[str, str]) -> None:
    clients = [Api() for _ in range(sign_in_service.TRIES * 2)]
    guess = {"password": "guess"}
    statuses = at_once(len(clients), lambda number: clients[number].post("/api/login", guess).status)
    assert statuses.count(401) == sign_in_service.TRIES
    assert statuses.count(429) == sign_in_service.TRIES


def test_the_password_shows_neither_in_the_answer_nor_in_the_log(guest: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="scc")
    canary = "canary-password-7781"
    answer = guest.post("/api/login", {"password": canary, "oops": canary})
    assert canary not in answer.text
    assert canary not in caplog.text


def test_spoofed_headers_neither_open_a_new_throttle_nor_close_somebody_elses(guest: Api) -> None:
    for number in range(sign_in_service.TRIES):
        spoofed = {
            "x-forwarded-for": f"203.0.113.{number}, 192.0.2.99, {guest.address}, 198.51.100.1",
            "x-real-ip": f"203.0.113.{number}",
            "x-client-ip": "192.0.2.99",
            "true-client-ip": "192.0.2.99",
            "cf-connecting-ip": "192.0.2.99",
            "cloudfront-viewer-address": "192.0.2.99:1",
            "forwarded": "for=192.0.2.99",
        }
        assert guest.post("/api/login", {"password": "guess"}, headers=spoofed).status == 401
    assert guest.post("/api/login", {"password": "guess"}).status == 429
    assert Api(address="192.0.2.99").post("/api/login", {"password": PASSWORD}).status == 200


def test_the_addresses_of_one_ipv6_network_share_a_throttle(guest: Api) -> None:
    for number in range(sign_in_service.TRIES):
        assert Api(address=f"2001:db8:1:2::{number:x}").post("/api/login", {"password": "guess"}).status == 401
    assert Api(address="2001:db8:1:2:ffff::1").post("/api/login", {"password": PASSWORD}).status == 429
    assert Api(address="2001:db8:1:3::1").post("/api/login", {"password": PASSWORD}).status == 200


def test_a_flood_from_very_many_addresses_is_slow_and_the_owner_gets_in(
    guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(sign_in_service, "TRIES_OVERALL", 20)
    monkeypatch.setattr(system, "sleep", waits.append)
    attacker = Api()
    for number in range(60):
        spoofed = {"x-forwarded-for": f"198.51.100.{number}"}
        assert attacker.post("/api/login", {"password": "guess"}, headers=spoofed).status == 401
    assert len(waits) == 40
    assert sign_in(guest).get("/api/session").status == 200


def test_a_login_never_takes_a_session_that_the_caller_brings(guest: Api) -> None:
    chosen = "A" * 43
    brought = {"authorization": f"Bearer {chosen}", "cookie": f"token={chosen}"}
    answer = guest.post("/api/login", {"password": PASSWORD}, headers=brought)
    assert answer.json["token"] != chosen
    assert guest.with_token(chosen).get("/api/session").status == 401
    assert "set-cookie" not in answer.headers
    session = guest.with_token(answer.json["token"])
    again = session.post("/api/login", {"password": PASSWORD}).json["token"]
    assert again != session.token


def test_a_token_works_in_the_header_and_nowhere_else(guest: Api) -> None:
    token = sign_in(guest).token
    assert guest.get(f"/api/events?token={token}&access_token={token}").status == 401
    assert guest.get("/api/events", headers={"cookie": f"token={token}; session={token}"}).status == 401
    assert guest.get("/api/events", headers={"authorization": f"Basic {token}"}).status == 401


def test_who_signed_in_and_who_was_refused_is_logged(guest: Api, caplog: pytest.LogCaptureFixture) -> None:
    guest.post("/api/login", {"password": "wrong"})
    sign_in(guest)
    guest.get("/api/events")
    said = [record.getMessage() for record in caplog.records if record.name in ("scc.sign_in", "ship-captain-crew")]
    source = said[0].rpartition(" ")[2]
    assert re.fullmatch(r"[0-9a-f]{8}", source)
    assert said == [
        f"sign-in refused: wrong name or password from network {source}",
        "POST /api/login refused: NotSignedIn",
        f"signed in: admin from network {source}",
        "GET /api/events refused: NotSignedIn",
    ]
