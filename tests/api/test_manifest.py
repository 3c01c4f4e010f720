"""The manifest: check-ins, the passenger limit, the departure that freezes it, the CSV."""

import csv
import hashlib
import io
import json
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import system
from chalicelib.core.dynamo import write_all
from chalicelib.manifest import service as manifest_service
from chalicelib.manifest import store as manifest_store
from chalicelib.waivers import log_store
from chalicelib.waivers.people import SignedRow
from tests.support.api import Api, new_event
from tests.support.departing import depart, soon
from tests.support.pages import MINORS, page, signature

CSV_HEAD = (
    "role,name,phone,minor,guardian,waiver,signed_at,guest_id,checked_in_at,no_show,"
    "signed_local,checked_in_local,timezone"
)
GUESTS = [{"name": "Bo Sailor", "email": ""}, {"name": "Cleo Park", "email": ""}]


@pytest.fixture
def party(api: Api, guest: Api) -> dict[str, Any]:
    """Two on the list; Bo has signed for himself and two children."""
    event: dict[str, Any] = api.post("/api/events", new_event(**soon(), guests=GUESTS, party_size=4)).json
    assert guest.submit(page(event), signature(guest, event, **MINORS)).status == 303
    return event


def post(api: Api, event: dict[str, Any], act: str, body: Any) -> Any:
    answer = api.post(f"/api/events/{event['event_id']}/{act}", body)
    assert answer.status == 200, answer.text
    return answer.json


def leave(api: Api, event: dict[str, Any]) -> Any:
    """The manifest after a departure that waives whatever blocks."""
    assert depart(api, event["event_id"]).status == 200
    return api.get(f"/api/events/{event['event_id']}/manifest").json


def test_the_manifest_lists_who_signed_and_who_is_missing_by_name(api: Api, party: dict[str, Any]) -> None:
    found = api.get(f"/api/events/{party['event_id']}/manifest").json
    assert [(one["name"], one["waiver"], one["minor"]) for one in found["passengers"]] == [
        ("Bo Sailor", "signed", False),
        ("Kim Sailor", "signed", True),
        ("Lee Sailor", "signed", True),
        ("Cleo Park", "missing", False),
    ]
    assert (found["head_count"], found["missing"], found["missing_names"]) == (3, 1, ["Cleo Park"])
    assert found["emergency"] == {
        "operator": {"name": "Bay Sail", "phone": "+1 415 555 0123"},
        "note": "Coast Guard: VHF channel 16, or 911",
    }
    assert (found["safety_briefing_at"], found["frozen"], found["snapshot"]) == (None, None, None)


def test_people_are_checked_in_by_signed_waiver_or_by_listed_guest(
    api: Api, party: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    passengers = api.get(f"/api/events/{party['event_id']}/manifest").json["passengers"]
    first = post(api, party, "check-in", {"waiver_id": passengers[0]["waiver_id"], "state": "aboard"})
    came_at = first["passengers"][0]["checked_in_at"]
    assert came_at
    assert first["head_count"] == 1
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now + timedelta(minutes=3))
    again = post(api, party, "check-in", {"waiver_id": passengers[0]["waiver_id"], "state": "aboard"})
    assert again["passengers"][0]["checked_in_at"] == came_at
    gone = post(api, party, "check-in", {"guest_id": passengers[3]["guest_id"], "state": "no_show"})
    assert (gone["passengers"][3]["no_show"], gone["head_count"]) == (True, 1)
    cleared = post(api, party, "check-in", {"waiver_id": passengers[0]["waiver_id"], "state": "clear"})
    assert (cleared["passengers"][0]["checked_in_at"], cleared["head_count"]) == (None, 3)


def test_a_listed_guest_who_was_checked_in_stays_so_after_signing(api: Api, guest: Api, party: dict[str, Any]) -> None:
    post(api, party, "check-in", {"guest_id": party["guests"][1]["guest_id"], "state": "aboard"})
    guest.submit(page(party), signature(guest, party, signer_name="Cleo Park"))
    last = api.get(f"/api/events/{party['event_id']}/manifest").json["passengers"][-1]
    assert (last["name"], last["waiver"], last["checked_in_at"] is not None) == ("Cleo Park", "signed", True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "aboard"}, "waiver_id"),
        ({"state": "aboard", "waiver_id": "0" * 32, "guest_id": "x"}, "waiver_id"),
        ({"state": "aboard", "waiver_id": "0" * 32}, "waiver_id"),
        ({"state": "aboard", "guest_id": "x"}, "guest_id"),
        ({"state": "swimming", "guest_id": "x"}, "state"),
        ({"guest_id": "x"}, "state"),
    ],
)
def test_a_wrong_check_in_is_named(api: Api, party: dict[str, Any], body: dict[str, Any], field: str) -> None:
    answer = api.post(f"/api/events/{party['event_id']}/check-in", body)
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])


@pytest.mark.parametrize(
    ("limit", "aboard", "over"), [(4, 0, False), (3, 0, True), (3, 2, False), (1, 2, True), (None, 2, False)]
)
def test_the_people_aboard_or_expected_are_compared_with_the_limit(
    api: Api, party: dict[str, Any], limit: int | None, aboard: int, over: bool
) -> None:
    api.patch(f"/api/events/{party['event_id']}", {"version": 1, "passenger_limit": limit})
    passengers = api.get(f"/api/events/{party['event_id']}/manifest").json["passengers"]
    for one in passengers[:aboard]:
        post(api, party, "check-in", {"waiver_id": one["waiver_id"], "state": "aboard"})
    assert api.get(f"/api/events/{party['event_id']}/manifest").json["over_limit"] is over


def test_the_briefing_is_noted_with_time_and_name(api: Api, party: dict[str, Any]) -> None:
    done = post(api, party, "safety-briefing", {"done": True})
    assert (done["safety_briefing_by"], done["safety_briefing_at"] is not None) == ("admin", True)
    assert post(api, party, "safety-briefing", {"done": False})["safety_briefing_at"] is None
    assert api.post(f"/api/events/{party['event_id']}/safety-briefing", {}).json["Fields"] == {"done": "is required"}


def test_departure_freezes_the_manifest_once_and_sends_it_ashore(
    api: Api, guest: Api, party: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    passengers = api.get(f"/api/events/{party['event_id']}/manifest").json["passengers"]
    post(api, party, "check-in", {"waiver_id": passengers[0]["waiver_id"], "state": "aboard"})
    post(api, party, "check-in", {"guest_id": passengers[3]["guest_id"], "state": "no_show"})
    frozen = leave(api, party)
    assert frozen["frozen"]["by"] == "admin"
    canonical = json.dumps(frozen["snapshot"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert frozen["frozen"]["sha256"] == hashlib.sha256(canonical.encode()).hexdigest()
    [message] = mailbox
    part = message.get_body(("plain",))
    assert part
    text = part.get_content()
    for shown in ("Captain: Cap Hook", "1. Bo Sailor: aboard", "4. Cleo Park: no show", frozen["frozen"]["sha256"]):
        assert shown in text
    assert message["To"].addresses[0].addr_spec == "ops@sail.example.com"
    guest.submit(page(party), signature(guest, party, signer_name="Late"))
    again = leave(api, party)
    assert (again["frozen"], again["snapshot"]) == (frozen["frozen"], frozen["snapshot"])
    assert "Late" in [one["name"] for one in again["passengers"]]
    assert len(mailbox) == 1
    assert api.post(f"/api/events/{party['event_id']}/depart", {"at": "now"}).status == 400


def test_a_charter_that_departed_is_departed_everywhere_and_cannot_be_cancelled(
    api: Api, party: dict[str, Any]
) -> None:
    leave(api, party)
    path = f"/api/events/{party['event_id']}"
    (listed,) = api.get("/api/events").json["events"]
    assert listed["status"] == api.get(path).json["status"] == api.get(f"/api/guest/{party['event_id']}").json["status"]
    assert listed["status"] == "departed"
    answer = api.post(f"{path}/cancel", {"reason": "storm"})
    assert (answer.status, answer.json["Message"]) == (409, "This charter has departed.")
    assert api.get(path).json["status"] == "departed"


def test_no_check_in_and_no_briefing_is_noted_after_departure(api: Api, party: dict[str, Any]) -> None:
    guest_id = party["guests"][1]["guest_id"]
    post(api, party, "check-in", {"guest_id": guest_id, "state": "aboard"})
    leave(api, party)
    before = api.get(f"/api/events/{party['event_id']}/manifest").json
    for act, body in (
        ("check-in", {"guest_id": guest_id, "state": "clear"}),
        ("check-in", {"waiver_id": before["passengers"][0]["waiver_id"], "state": "aboard"}),
        ("safety-briefing", {"done": True}),
    ):
        answer = api.post(f"/api/events/{party['event_id']}/{act}", body)
        assert (answer.status, answer.json["Code"]) == (409, "Conflict")
        assert "has departed" in answer.json["Message"]
    # A check-in that was sent twice is no mistake.
    assert post(api, party, "check-in", {"guest_id": guest_id, "state": "aboard"}) == before
    assert api.get(f"/api/events/{party['event_id']}/manifest").json == before


def test_a_check_in_during_the_departure_is_in_the_frozen_manifest(
    api: Api, party: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_in_once(*arguments: Any) -> Any:
        monkeypatch.undo()
        post(api, party, "check-in", {"guest_id": party["guests"][1]["guest_id"], "state": "aboard"})
        return manifest_store.put_departure(*arguments)

    monkeypatch.setattr(manifest_store, "put_departure", check_in_once)
    frozen = leave(api, party)
    assert frozen["snapshot"]["passengers"][-1]["checked_in_at"]
    assert frozen["snapshot"]["passengers"] == frozen["passengers"]


def test_a_cancelled_charter_does_not_depart(api: Api, event: dict[str, Any]) -> None:
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert api.post(f"/api/events/{event['event_id']}/depart", {}).status == 409
    assert api.post(f"/api/events/{'A' * 22}/depart", {}).status == 404


def test_the_csv_has_the_check_ins_in_its_last_columns(api: Api, party: dict[str, Any]) -> None:
    api.patch(f"/api/events/{party['event_id']}", {"version": 1, "party_size": 6})
    post(api, party, "check-in", {"guest_id": party["guests"][1]["guest_id"], "state": "no_show"})
    lines = api.get(f"/api/events/{party['event_id']}/manifest.csv").text.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == CSV_HEAD
    assert lines[6] == f"passenger,Cleo Park,,no,,missing,,{party['guests'][1]['guest_id']},,yes,,,America/Los_Angeles"
    assert lines[7:9] == ["passenger,,,,,missing,,,,,,,"] * 2


def test_the_csv_says_times_by_the_clocks_of_the_charter_too(api: Api, guest: Api) -> None:
    there = ZoneInfo("Asia/Kathmandu")
    event = api.post("/api/events", new_event(guests=GUESTS, timezone=there.key)).json
    assert guest.submit(page(event), signature(guest, event, signer_name="Bo Sailor")).status == 303
    found = post(api, event, "check-in", {"guest_id": event["guests"][1]["guest_id"], "state": "aboard"})
    text = api.get(f"/api/events/{event['event_id']}/manifest.csv").text.removeprefix("\ufeff")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["role"] == "passenger"]
    for row, shown in zip(rows, found["passengers"], strict=False):
        for column, at in (("signed", shown["signed_at"]), ("checked_in", shown["checked_in_at"])):
            local = f"{datetime.fromisoformat(at).astimezone(there):%Y-%m-%d %H:%M:%S}" if at else ""
            assert (row[f"{column}_at"], row[f"{column}_local"], row["timezone"]) == (at or "", local, there.key)
    assert rows[0]["signed_local"]
    assert rows[1]["checked_in_local"]


def test_the_csv_lists_everyone_and_the_missing(api: Api, guest: Api, event: dict[str, Any]) -> None:
    guest.submit(page(event), signature(guest, event, signer_name="=Bo"))
    answer = api.get(f"/api/events/{event['event_id']}/manifest.csv")
    lines = answer.text.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == CSV_HEAD
    assert lines[1].startswith("captain,Cap Hook,'+1 415 555 0100")
    assert lines[2].startswith("crew,Smee")
    assert lines[3].startswith("passenger,'=Bo,,no,,signed,")
    assert lines[4:7] == ["passenger,,,,,missing,,,,,,,"] * 3


def test_who_sends_hundreds_of_forms_pushes_nobody_off_the_manifest_who_is_listed_or_checked_in(
    api: Api, guest: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    charter = api.post("/api/events", new_event(guests=[{"name": "Zoë Last", "email": ""}], party_size=9)).json
    for name in ("Mallory One", "Bo Aboard", "Mallory Two", "Zoë Last"):
        assert guest.submit(page(charter), signature(guest, charter, signer_name=name)).status == 303
    url = f"/api/events/{charter['event_id']}"
    whole = api.get(f"{url}/manifest").json["passengers"]
    [bo] = [one["waiver_id"] for one in whole if one["name"] == "Bo Aboard"]
    assert api.post(f"{url}/check-in", {"waiver_id": bo, "state": "aboard"}).status == 200
    monkeypatch.setattr(manifest_service, "MAX_PASSENGERS_BYTES", 650)
    for manifest in (api.get(f"{url}/manifest").json, leave(api, charter)["snapshot"]):
        assert [one["name"] for one in manifest["passengers"]] == ["Bo Aboard", "Zoë Last"]
        assert (manifest["unlisted"], manifest["head_count"]) == (2, 1)


def test_a_charter_that_was_flooded_with_the_longest_names_opens_and_departs(api: Api, event: dict[str, Any]) -> None:
    charter = charter_store.read_charter(event["event_id"])
    assert charter
    row: SignedRow = {
        "waiver_id": "0" * 32, "name": "🚢" * 100, "birth_date": "2020-01-31", "minor": True, "signer_name": "🚢" * 100,
        "signer_email": "", "signed_at": "2026-11-22T20:00:00Z", "waiver_version": "0" * 64, "language": "en",
        "guest_id": None,
    }  # fmt: skip
    rows: list[SignedRow] = [{**row, "waiver_id": f"{number:032x}", "leaf_index": number} for number in range(2600)]
    write_all(log_store.list_writes(charter, [], rows))
    url = f"/api/events/{event['event_id']}"
    opened = api.get(url)
    assert (opened.json["waivers"]["signed"], len(opened.json["waiver_records"])) == (2600, 1000)
    assert depart(api, event["event_id"]).status == 200
    departed = api.get(f"{url}/manifest")
    assert len(departed.json["passengers"]) + departed.json["unlisted"] == departed.json["head_count"] == 2600
    # Lambda's answer holds 6 MB, as JSON text within JSON text.
    assert max(len(json.dumps(answer.text)) for answer in (opened, departed)) < 6_000_000
