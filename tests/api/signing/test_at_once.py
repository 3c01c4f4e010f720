"""Many guests at once: nobody waits for anybody, and nobody is lost or counted twice."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import sweep
from chalicelib.core import aws, settings, system
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from tests.support.api import Answer, Api, new_event
from tests.support.log_check import check_log
from tests.support.pages import MINORS, page, signature
from tests.support.races import at_once
from tests.support.signed import records, sign, url
from tests.support.stores import counted
from tools.common.table import scan

DRAWING = "[[[1,2,0],[3,4,16]]]"


def forms_of(guest: Api, charter: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """As so many phones have opened and filled them in."""
    opened = signature(guest, charter)
    return [
        {
            **opened,
            "submission_id": f"0190c0de-0000-7000-8000-{number:012d}",
            "signer_name": f"Guest {number}",
            "signature_strokes": DRAWING,
        }
        for number in range(count)
    ]


def submit_at_once(charters: list[dict[str, Any]], forms: list[dict[str, Any]]) -> list[Answer]:
    """Each form by a phone of its own, for the charters in turn."""
    phones = [Api(address=f"203.0.{number // 250}.{number % 250}") for number in range(len(forms))]

    def submit(number: int) -> Answer:
        return phones[number].submit(page(charters[number % len(charters)]), forms[number])

    return at_once(len(forms), submit)


def sweep_and_check(api: Api, charter: dict[str, Any], people: int) -> None:
    """What the next minute's schedule leaves."""
    sweep.run(system.utc_now())
    check_log(scan(aws.client("dynamodb"), settings.settings().table), waiting=0)
    found = records(api)
    assert Counter(one["participant_name"] for one in found) == {f"Guest {number}": 1 for number in range(people)}
    assert api.get(url(charter)).json["waivers"]["signed"] == people
    passengers = api.get(f"{url(charter)}/manifest").json["passengers"]
    assert [one["waiver"] for one in passengers] == ["signed"] * people


@pytest.mark.parametrize("count", [24, 100])
def test_as_many_guests_as_come_sign_one_charter_at_once_and_all_are_through(api: Api, guest: Api, count: int) -> None:
    charter = api.post("/api/events", new_event(party_size=count, passenger_limit=count)).json
    answers = submit_at_once([charter], forms_of(guest, charter, count))
    assert Counter(getattr(answer, "status", repr(answer)) for answer in answers) == {303: count}
    assert len({answer.headers["location"] for answer in answers}) == count
    sweep_and_check(api, charter, count)


@pytest.mark.parametrize("turn", range(10))
def test_the_same_form_at_one_instant_is_one_signature(api: Api, guest: Api, turn: int) -> None:
    charter = api.post("/api/events", new_event()).json
    form = {**signature(guest, charter, **MINORS), "signer_name": f"Guest {turn}"}
    answers = submit_at_once([charter], [form] * 6)
    assert Counter((answer.status, answer.headers.get("location")) for answer in answers) == {
        (303, answers[0].headers["location"]): 6
    }
    sweep.run(system.utc_now())
    check_log(scan(aws.client("dynamodb"), settings.settings().table), waiting=0)
    assert len(records(api)) == api.get(url(charter)).json["waivers"]["signed"] == 3


def test_no_item_is_written_by_the_transactions_of_two_guests(api: Api, guest: Api, event: dict[str, Any]) -> None:
    other = api.post("/api/events", new_event()).json
    sign(guest, event)
    assert log_store.take_lease("another guest", 1, 9_999_999_999_999)
    forms = forms_of(guest, event, 4)
    with counted(aws.client("dynamodb")) as calls:
        for number, form in enumerate(forms):
            about = {"signer_email": f"guest{number}@example.com", **MINORS}
            assert guest.submit(page((event, other)[number % 2]), {**form, **about}).status == 303
    signing = [call.asked["TransactItems"] for call in calls if call.operation == "TransactWriteItems"]
    # Each form's own, then the note that its copy was sent.
    assert len(signing) == 8
    keys = [{key_of(write) for write in writes} for writes in signing[::2]]
    assert Counter(key for one in keys for key in one).most_common(1)[0][1] == 1
    assert all(set(write) == {"Put"} for writes in signing[::2] for write in writes)


def key_of(write: dict[str, Any]) -> tuple[str, str]:
    ((kind, what),) = write.items()
    key = what["Item"] if kind == "Put" else what["Key"]
    return key["PK"]["S"], key["SK"]["S"]


def test_who_signs_while_an_admin_edits_and_checks_in_is_neither_refused_nor_lost(api: Api, guest: Api) -> None:
    guests = [{"name": f"Guest {number}", "email": ""} for number in range(12)]
    charter = api.post("/api/events", new_event(party_size=12, guests=guests)).json
    forms = forms_of(guest, charter, 12)
    desks = [Api(api.token) for _ in range(4)]
    phones = [Api() for _ in range(12)]

    def edit(desk: Api) -> int:
        for _ in range(20):
            version = desk.get(url(charter)).json["version"]
            status = desk.patch(url(charter), {"version": version, "notes": f"version {version}"}).status
            if status == 200:
                break
        return status

    def tick(desk: Api) -> int:
        about = {"guest_id": charter["guests"][0]["guest_id"], "state": "aboard"}
        return desk.post(f"{url(charter)}/check-in", about).status

    acts: list[Callable[[], int]] = [
        *(lambda number=number: phones[number].submit(page(charter), forms[number]).status for number in range(12)),
        *(lambda desk=desk: edit(desk) for desk in desks[:2]),
        *(lambda desk=desk: tick(desk) for desk in desks[2:]),
    ]
    assert Counter(at_once(16, lambda number: acts[number]())) == {303: 12, 200: 4}
    sweep_and_check(api, charter, 12)
    assert api.get(url(charter)).json["version"] == 3


# --- when the log's writer fails ------------------------------------------------------------------


def test_a_log_that_cannot_be_appended_to_refuses_no_guest(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "TransactWriteItems")

    with monkeypatch.context() as broken:
        broken.setattr(log_store, "append", fail)
        for number in range(3):
            sign(guest, event, signer_name=f"Guest {number}")
        assert records(api) == []
        assert guest.get(page(event)).status == 200
    assert "waiver-log-alarm: a batch was not appended" in caplog.text
    sweep_and_check(api, event, 3)


def test_writers_who_all_believe_to_hold_the_lease_refuse_nobody_and_double_nothing(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_store, "take_lease", lambda *_: True)
    answers = submit_at_once([event], forms_of(guest, event, 24))
    assert Counter(getattr(answer, "status", repr(answer)) for answer in answers) == {303: 24}
    sweep_and_check(api, event, 24)


def test_a_writer_that_died_with_the_lease_is_followed_by_the_next_signer_after_some_seconds(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = system.utc_now()
    assert log_store.take_lease("died", int(now.timestamp() * 1000), int(now.timestamp() * 1000) + waiver_log.LEASE_MS)
    monkeypatch.setattr(system, "utc_now", lambda: now)
    sign(guest, event, signer_name="Guest 0")
    assert records(api) == []
    later = now + timedelta(milliseconds=waiver_log.LEASE_MS, seconds=1)
    monkeypatch.setattr(system, "utc_now", lambda: later)
    sign(guest, event, signer_name="Guest 1")
    assert len(records(api)) == 2
    sweep_and_check(api, event, 2)
