"""A device that has logged in before has tries of its own: who guesses on the same Wi-Fi cannot lock it out."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.core import aws, settings, system
from chalicelib.sign_in import passwords
from chalicelib.sign_in import service as sign_in
from tests.support.api import Answer, Api
from tests.support.operator import PASSWORD


def log_in(client: Api, password: str = PASSWORD, **more: str) -> Answer:
    return client.post("/api/login", {"password": password, **more})


def device_of(client: Api, **more: str) -> str:
    answer = log_in(client, **more)
    assert answer.status == 200, answer.text
    return str(answer.json["device"])


def use_up(client: Api, **more: str) -> None:
    for _ in range(sign_in.TRIES):
        assert log_in(client, "guess", **more).status == 401
    assert log_in(client, "guess", **more).status == 429


@pytest.fixture
def two_admins(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    one = environment["ADMIN_PASS_HASH"]
    monkeypatch.setenv("ADMIN_PASS_HASH", f"ana={one};ben={one}")
    settings.forget()
    yield
    settings.forget()


def test_guesses_on_the_same_wifi_do_not_lock_out_a_device_that_has_logged_in(guest: Api) -> None:
    device = device_of(guest)
    use_up(guest)
    assert log_in(guest).status == 429, "a device that nobody knows"
    again = log_in(guest, device=device)
    assert (again.status, again.json["device"]) == (200, device)
    assert guest.with_token(again.json["token"]).get("/api/session").status == 200


def test_a_device_opens_nothing_and_its_wrong_passwords_are_counted_from_any_address(
    guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = device_of(guest)
    assert guest.with_token(device).get("/api/session").status == 401
    thieves = [Api(address=f"203.0.113.{number}") for number in range(sign_in.TRIES + 1)]
    assert {log_in(thief, "guess", device=device).status for thief in thieves[:-1]} == {401}
    monkeypatch.setattr(sign_in, "verify_password", lambda *_: pytest.fail("it hashed"))
    stopped = log_in(thieves[-1], device=device)
    assert stopped.status == 429
    assert 0 < int(stopped.headers["retry-after"]) <= sign_in.WINDOW_S


def test_a_stolen_device_uses_up_nothing_but_its_own_tries(guest: Api) -> None:
    stolen, other = device_of(guest), device_of(guest)
    assert stolen != other
    use_up(guest, device=stolen)
    assert log_in(guest, device=other).status == 200
    assert log_in(guest).status == 200, "the address has its own"


def test_right_passwords_of_a_device_do_not_count_and_its_stop_ends_with_the_window(
    guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = device_of(guest)
    for _ in range(sign_in.TRIES + 5):
        assert device_of(guest, device=device) == device
    use_up(guest, device=device)
    later = system.utc_now() + timedelta(seconds=sign_in.WINDOW_S)
    monkeypatch.setattr(system, "utc_now", lambda: later)
    assert log_in(guest, device=device).status == 200


def test_nobody_makes_a_device_without_the_password(guest: Api) -> None:
    device = device_of(guest)
    device_id, _, signature = device.partition(".")
    swapped = device_of(guest).partition(".")[2]
    made_up = [
        f"{device_id}.{swapped}",
        f"{'A' * 22}.{signature}",
        f"{device_id}.",
        f".{signature}",
        f"{device_id}.{signature.upper()}x",
        device_id,
        signature,
        f"{device}.{signature}",
        "ünïcödé.ü",
        ".",
        "",
    ]
    for number in range(sign_in.TRIES):
        assert log_in(guest, "guess", device=made_up[number % len(made_up)]).status == 401
    for wrong in made_up:
        assert log_in(guest, device=wrong).status == 429, wrong
    assert "device" not in log_in(Api(address="203.0.113.9"), "guess").json


def test_an_unknown_device_never_hinders_and_is_answered_with_a_new_one(guest: Api) -> None:
    assert device_of(guest, device="of another desk") != "of another desk"


@pytest.mark.parametrize("device", [7, ["x"], True, {}, "x" * 101, "a\nb"])
def test_a_device_that_is_no_short_line_is_named(guest: Api, device: object) -> None:
    answer = guest.post("/api/login", {"password": PASSWORD, "device": device})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["device"])


def test_a_changed_password_ends_every_device(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    device = device_of(guest)
    monkeypatch.setattr(passwords, "LOG2_N", 8)
    monkeypatch.setenv("ADMIN_PASS_HASH", passwords.hash_password(PASSWORD))
    settings.forget()
    use_up(guest)
    assert log_in(guest, device=device).status == 429


@pytest.mark.usefixtures("two_admins")
def test_a_device_is_one_admins_so_that_no_admin_makes_devices_to_guess_anothers_password(guest: Api) -> None:
    anas, bens = (device_of(guest, name=name) for name in ("ana", "ben"))
    for number in range(sign_in.TRIES):
        assert log_in(guest, "guess", name="ben", device=anas if number % 2 else "").status == 401
    assert log_in(guest, name="ben", device=anas).status == 429
    assert log_in(guest, name="ben", device=bens).status == 200
    assert log_in(guest, name="ana", device=anas).status == 200


def test_a_flood_slows_a_known_device_and_never_locks_it_out(guest: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    device = device_of(guest)
    monkeypatch.setattr(sign_in, "TRIES_OVERALL", 3)
    monkeypatch.setattr(system, "sleep", waits.append)
    for number in range(5):
        assert log_in(Api(address=f"203.0.{number}.1"), "guess").status == 401
    assert log_in(guest, device=device).status == 200
    assert waits == [sign_in.OVERFLOW_DELAY_S] * 3


def test_table_and_log_hold_neither_device_nor_address_nor_password(
    guest: Api, environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    device = device_of(guest)
    log_in(guest, "canary-password-7781", device=device)
    use_up(guest)
    items = json.dumps(aws.client("dynamodb").scan(TableName=environment["SCC_TABLE"])["Items"])
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("scc", "ship")))
    assert "sign-in refused: wrong name or password from device " in logged
    assert "sign-in refused: too many tries from network " in logged
    for secret in (device, device.partition(".")[2], "canary-password-7781", PASSWORD):
        assert secret not in logged + items
    assert guest.address not in logged
