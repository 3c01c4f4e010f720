"""A one-time code beside the password: asked for where it is set up, taken once, and no way to test a password."""

import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest

from chalicelib.core import aws, settings, system
from chalicelib.sign_in import service as sign_in
from chalicelib.sign_in import totp
from tests.support.api import Answer, Api
from tests.support.operator import PASSWORD
from tests.support.races import at_once
from tests.support.stores import counted

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REFUSED = {"Code": "CodeNeeded", "Message": "That password or code is not right."}


@pytest.fixture(autouse=True)
def switched_on(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ADMIN_TOTP", SECRET)
    settings.forget()
    yield
    settings.forget()


def code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(system.utc_now(), counter_offset=steps)


def wrong_code() -> str:
    near = {code(steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(len(near) + 1) if f"{number:06}" not in near)


def log_in(api: Api, given: str | None = None, **more: Any) -> Answer:
    body = {"password": PASSWORD, **({} if given is None else {"code": given}), **more}
    return api.post("/api/login", body)


def test_password_and_code_open_a_session(guest: Api) -> None:
    answer = log_in(guest, code())
    assert answer.status == 200
    assert set(answer.json) == {"token", "role", "expires_at", "device"}
    assert guest.with_token(answer.json["token"]).get("/api/session").status == 200


def test_an_app_may_show_the_code_in_two_groups(guest: Api) -> None:
    now = code()
    assert log_in(guest, f"{now[:3]} {now[3:]}").status == 200


@pytest.mark.parametrize("password", [PASSWORD, "not the password at all"])
@pytest.mark.parametrize("given", [None, "", "wrong", "right"])
def test_no_answer_shows_whether_the_password_was_right(guest: Api, password: str, given: str | None) -> None:
    if (password, given) == (PASSWORD, "right"):
        return
    sent = {"wrong": wrong_code(), "right": code()}.get(given or "", given)
    answer = log_in(guest, sent, password=password)
    assert (answer.status, answer.json) == (401, REFUSED)


def test_a_wrong_password_costs_the_same_work_as_a_wrong_code(guest: Api) -> None:

    work = []
    for password in (PASSWORD, "not the password at all"):
        with counted(aws.client("dynamodb")) as calls:
            log_in(guest, wrong_code(), password=password)
        work.append([call.operation for call in calls])
    assert work[0] == work[1]


@pytest.mark.parametrize("given", ["12345", "1234567", "abcdef", "12345\uff16", 123456])
def test_text_that_is_no_code_is_refused_by_name_with_any_password(guest: Api, given: Any) -> None:
    for password in (PASSWORD, "not the password at all"):
        answer = log_in(guest, given, password=password)
        assert answer.status == 400
        assert set(answer.json["Fields"]) == {"code"}


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_code_passes_one_step_early_or_late(
    guest: Api, monkeypatch: pytest.MonkeyPatch, steps: int, status: int
) -> None:
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now)
    assert log_in(guest, code(steps)).status == status


def test_a_code_opens_once_and_no_older_one_after_it(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now)
    assert log_in(guest, code()).status == 200
    assert (again := log_in(Api(address="192.0.2.99"), code())).json == REFUSED, again.text
    assert log_in(guest, code(-1)).status == 401
    assert log_in(guest, code(+1)).status == 200


def test_one_code_sent_many_times_at_once_opens_one_session(environment: dict[str, str]) -> None:
    now = code()
    clients = [Api(address=f"192.0.2.{number}") for number in range(8)]
    statuses = at_once(8, lambda number: log_in(clients[number], now).status)
    assert sorted(statuses) == [200] + [401] * 7


def test_knowing_the_password_does_not_help_to_guess_codes_from_many_addresses(
    guest: Api, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(sign_in.WRONG_CODES):
        assert log_in(Api(address=f"203.0.113.{number}"), wrong_code()).status == 401
    closed = log_in(Api(address="203.0.113.250"), code())
    assert (closed.status, closed.json) == (401, REFUSED)
    assert [record.levelname for record in caplog.records if "guesses codes" in record.message] == ["ERROR"]


def test_wrong_passwords_never_lock_out_the_right_one(guest: Api) -> None:
    for number in range(sign_in.WRONG_CODES + 5):
        log_in(Api(address=f"203.0.113.{number}"), wrong_code(), password="not the password at all")
    assert log_in(guest, code()).status == 200


def test_codes_count_as_tries_before_anything_is_hashed(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(sign_in.TRIES):
        log_in(guest, wrong_code(), password="not the password at all")
    monkeypatch.setattr(sign_in, "verify_password", lambda *_: pytest.fail("it hashed"))
    monkeypatch.setattr(totp, "find_step", lambda *_: pytest.fail("the code was checked"))
    assert log_in(guest, code()).status == 429


def test_a_new_second_factor_ends_the_sessions_of_the_old_one(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = guest.with_token(log_in(guest, code()).json["token"])
    assert browser.get("/api/session").status == 200
    for value in (pyotp.random_base32(), "off"):
        monkeypatch.setenv("ADMIN_TOTP", value)
        settings.forget()
        assert browser.get("/api/session").status == 401


def test_without_a_second_factor_a_login_needs_no_code(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_TOTP", "off")
    settings.forget()
    assert log_in(guest).status == 200
    assert log_in(guest, code()).json["Fields"].keys() == {"code"}
    assert log_in(guest, password="wrong").json == {"Code": "NotSignedIn", "Message": "That password is not right."}


def test_of_several_admins_each_has_a_code_of_their_own_or_none(
    guest: Api, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = environment["ADMIN_PASS_HASH"]
    monkeypatch.setenv("ADMIN_PASS_HASH", f"ana={one};ben={one};cam={one}")
    monkeypatch.setenv("ADMIN_TOTP", f"ana={SECRET};cam={pyotp.random_base32()}")
    settings.forget()
    assert log_in(guest, code(), name="ana").status == 200
    assert log_in(guest, code(+1), name="cam").status == 401
    assert log_in(guest, name="ben").status == 200
    refused = [log_in(guest, name=name, password="wrong").json for name in ("ana", "ben", "nobody")]
    assert refused == [{"Code": "CodeNeeded", "Message": "That name, password or code is not right."}] * 3


def test_secret_and_code_are_neither_logged_nor_stored(
    guest: Api, environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:

    caplog.set_level("DEBUG")
    now = code()
    log_in(guest, wrong_code())
    assert log_in(guest, now).status == 200
    stored = str(aws.client("dynamodb").scan(TableName=environment["SCC_TABLE"])["Items"])
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("scc", "ship")))
    assert re.search("^signed in: admin from network [0-9a-f]{8} with a code$", said, re.MULTILINE)
    assert re.search("^sign-in refused: wrong code from network [0-9a-f]{8}$", said, re.MULTILINE)
    assert SECRET not in stored + said
    assert now not in said
