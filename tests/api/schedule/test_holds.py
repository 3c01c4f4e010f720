"""Holds: options, maintenance, blocked; once or each week; released, expired, changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import system, times
from tests.support.api import Api
from tests.support.operator import PASSWORD
from tests.support.planning import at, charter, hold, make_boat, make_charter, make_hold, patch, refused, told


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api)


@pytest.fixture
def on(api: Api, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Api]:
    """The desk at a time, signed in anew."""

    def on(instant: str) -> Api:
        monkeypatch.setattr(system, "utc_now", lambda: times.parse_instant(instant))
        return api.with_token(api.with_token(None).post("/api/login", {"password": PASSWORD}).json["token"])

    return on


FIELDS = {
    *("hold_id", "boat_id", "kind", "title", "starts_at", "ends_at", "timezone", "expires_at", "weekly_until"),
    *("except", "note", "status", "version"),
}


def test_a_hold_comes_back_as_the_contract_says(api: Api, boat: dict[str, Any]) -> None:
    made = make_hold(api, boat, note="engine out")
    assert set(made) == FIELDS
    assert (made["status"], made["version"], made["timezone"]) == ("held", 1, "America/Los_Angeles")
    assert (made["starts_at"], made["expires_at"], made["weekly_until"]) == ("2030-06-02T00:00:00Z", None, None)
    assert api.get("/api/holds?from=2030-06-01").json == {"holds": [made]}
    assert api.get("/api/holds?from=2030-06-02").json == {"holds": []}
    assert api.get("/api/holds?from=2030-05-01&to=2030-05-31").json == {"holds": []}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"boat_id": "Z" * 22}, {"boat_id": "is none of the boats"}),
        ({"kind": "party"}, {"kind": "must be one of option, maintenance, blocked"}),
        ({"kind": "option"}, {"expires_at": "is required for an option"}),
        ({"kind": "option", "expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "must be in the future"}),
        ({"expires_at": at(9)}, {"expires_at": "is only for an option"}),
        ({"ends_at": "2030-06-01T17:00:00-07:00"}, {"ends_at": "must be after starts_at, within a year"}),
        ({"ends_at": "2031-06-03T17:00:00-07:00"}, {"ends_at": "must be after starts_at, within a year"}),
        ({"except": ["2030-06-01"]}, {"except": "is only for a hold that repeats"}),
        ({"weekly_until": "2030-05-31"}, {"weekly_until": "must be within two years after the first day"}),
        ({"weekly_until": "2032-06-02"}, {"weekly_until": "must be within two years after the first day"}),
        ({"weekly_until": "soon"}, {"weekly_until": "must be a day such as 2026-11-28"}),
        ({"weekly_until": "2030-07-01", "except": ["x"]}, {"except": "must be a day such as 2026-11-28"}),
        (
            {"weekly_until": "2030-07-01", "ends_at": "2030-06-09T17:00:00-07:00"},
            {"ends_at": "must be within a week of starts_at for a hold that repeats"},
        ),
    ],
)
def test_a_hold_that_cannot_be_is_refused_by_its_field(
    api: Api, boat: dict[str, Any], changes: dict[str, Any], fields: dict[str, str]
) -> None:
    answer = api.post("/api/holds", hold(boat, **changes))
    assert (answer.status, answer.json["Fields"]) == (400, fields)
    assert api.get("/api/holds").json == {"holds": []}


def test_a_hold_takes_part_like_a_charter(api: Api, boat: dict[str, Any]) -> None:
    made = make_hold(api, boat, title="", kind="maintenance", hours=(10, 12))
    answer = api.post("/api/events", charter(boat_id=boat["boat_id"], hours=(11, 13)))
    # Where it has no title, its kind is its name.
    assert refused(answer) == [("boat", "Petrel", "Maintenance")]
    assert answer.json["conflicts"][0]["hold_id"] == made["hold_id"]
    assert refused(api.post("/api/holds", hold(boat, hours=(9, 11)))) == [("boat", "Petrel", "Maintenance")]
    trip = make_charter(
        api, boat_id=boat["boat_id"], title="Trip", hours=(11, 13), override_reason="it is done by then"
    )
    assert told(trip["conflicts"]) == [("boat", "Petrel", "Maintenance")]
    make_hold(api, boat, hours=(9, 11), override_reason="both of us work on it")


def test_a_released_hold_frees_the_boat_and_can_be_released_again(api: Api, boat: dict[str, Any]) -> None:
    made = make_hold(api, boat, hours=(10, 12))
    trip = make_charter(api, boat_id=boat["boat_id"], hours=(11, 13), override_reason="soon over")
    url = f"/api/holds/{made['hold_id']}"
    released = api.post(f"{url}/release")
    assert (released.status, released.json) == (200, {**made, "status": "released", "version": 2})
    assert api.post(f"{url}/release").json == released.json
    assert api.get(f"/api/events/{trip['event_id']}").json["conflicts"] == []
    assert api.get("/api/schedule?from=2030-06-01&to=2030-06-01").json["entries"][0]["event_id"] == trip["event_id"]
    # It stays on the list, with what became of it.
    assert api.get("/api/holds?from=2030-06-01").json["holds"] == [released.json]
    answer = api.patch(url, {"version": 2, "note": "x"})
    assert (answer.status, answer.json["current"]) == (409, released.json)
    assert api.post(f"/api/holds/{'Z' * 22}/release").status == 404


def test_an_edit_changes_what_is_given_and_needs_the_present_version(api: Api, boat: dict[str, Any]) -> None:
    heron = make_boat(api, name="Heron")
    make_charter(api, boat_id=heron["boat_id"], title="Trip", hours=(10, 12))
    made = make_hold(api, boat, hours=(10, 12))
    url = f"/api/holds/{made['hold_id']}"
    assert refused(api.patch(url, {"version": 1, "boat_id": heron["boat_id"]})) == [("boat", "Heron", "Trip")]
    later = api.patch(url, {"version": 1, "boat_id": heron["boat_id"], "starts_at": at(12), "ends_at": at(14)})
    assert (later.status, later.json["version"], later.json["title"]) == (200, 2, "Regatta")
    stale = api.patch(url, {"version": 1, "note": "x"})
    assert (stale.status, stale.json["current"]) == (409, later.json)
    # The boat of before is free, the new one is not.
    make_charter(api, boat_id=boat["boat_id"], hours=(10, 14))
    assert refused(api.post("/api/events", charter(boat_id=heron["boat_id"], hours=(13, 15))))
    assert api.patch(f"/api/holds/{'Z' * 22}", {"version": 1}).status == 404


def test_the_same_hold_sent_twice_is_one(api: Api, boat: dict[str, Any]) -> None:
    key = {"idempotency-key": "0190c0de-0000-7000-8000-0000000000ac"}
    first = api.post("/api/holds", hold(boat), headers=key)
    again = api.post("/api/holds", hold(boat), headers=key)
    assert (first.status, again.status, again.json) == (201, 200, first.json)
    assert api.post("/api/holds", hold(boat, note="x"), headers=key).status == 409
    assert api.post("/api/events", charter(), headers=key).status == 409


# --- options ------------------------------------------------------------------------------------------


def test_an_option_frees_itself_in_its_second_and_the_operator_is_told_once(
    api: Api, boat: dict[str, Any], on: Callable[[str], Api], mailbox: list[EmailMessage]
) -> None:
    expires_at = "2030-05-20T10:00:00Z"
    made = make_hold(api, boat, kind="option", title="Ruiz, perhaps", expires_at=expires_at, hours=(10, 12))
    before = on("2030-05-20T09:59:59Z")
    assert refused(before.post("/api/events", charter(boat_id=boat["boat_id"], hours=(11, 13))))
    sweep.run(system.utc_now())
    assert before.get("/api/holds").json["holds"] == [made]
    assert mailbox == []
    # It has ended by its time, before anything has noted it.
    desk = on(expires_at)
    assert desk.get("/api/holds").json["holds"] == [{**made, "status": "expired"}]
    assert desk.get("/api/schedule?from=2030-06-01&to=2030-06-01").json["entries"] == []
    trip = make_charter(desk, boat_id=boat["boat_id"], hours=(11, 13))
    assert trip["conflicts"] == []
    for _ in range(3):
        sweep.run(system.utc_now())
    (mail,) = mailbox
    assert mail["To"] == "Bay Sail <ops@sail.example.com>"
    assert mail["Subject"] == "Option ended: Petrel is free again on Saturday, June 1, 2030"
    assert "Ruiz, perhaps" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    expired = {**made, "status": "expired", "version": 2}
    assert desk.get("/api/holds").json["holds"] == [expired]
    # Released afterwards, it stays as it ended.
    assert desk.post(f"/api/holds/{made['hold_id']}/release").json == expired


def test_an_option_that_was_prolonged_or_taken_is_not_mailed(
    api: Api, boat: dict[str, Any], on: Callable[[str], Api], mailbox: list[EmailMessage]
) -> None:
    options = [
        make_hold(api, boat, kind="option", expires_at="2030-05-20T10:00:00Z", hours=(hour, hour + 1))
        for hour in (10, 12)
    ]
    urls = [f"/api/holds/{one['hold_id']}" for one in options]
    assert api.patch(urls[0], {"version": 1, "expires_at": "2030-05-21T10:00:00Z"}).status == 200
    assert api.post(f"{urls[1]}/release").status == 200
    on("2030-05-20T10:01:00Z")
    sweep.run(system.utc_now())
    assert mailbox == []
    on("2030-05-21T10:01:00Z")
    sweep.run(system.utc_now())
    assert len(mailbox) == 1


def test_what_an_option_keeps_stays_kept_when_it_becomes_something_else(api: Api, boat: dict[str, Any]) -> None:
    made = make_hold(api, boat, kind="option", expires_at="2030-05-20T10:00:00Z", hours=(10, 12))
    url = f"/api/holds/{made['hold_id']}"
    assert api.patch(url, {"version": 1, "kind": "blocked"}).status == 400
    fixed = api.patch(url, {"version": 1, "kind": "blocked", "expires_at": None}).json
    assert (fixed["kind"], fixed["expires_at"], fixed["status"]) == ("blocked", None, "held")


# --- each week ----------------------------------------------------------------------------------------


def weekly(boat: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """On Tuesdays from eight to ten in the morning, over the night in which the clocks change."""
    times_of = {"starts_at": "2030-10-22T08:00:00-07:00", "ends_at": "2030-10-22T10:00:00-07:00"}
    return hold(boat, **{"title": "Yard", "kind": "maintenance", "weekly_until": "2030-11-12", **times_of, **changes})


TUESDAYS = ["2030-10-22T15:00:00Z", "2030-10-29T15:00:00Z", "2030-11-05T16:00:00Z", "2030-11-12T16:00:00Z"]


def starts(api: Api, first: str = "2030-10-15", last: str = "2030-11-30") -> list[str]:
    return [one["starts_at"] for one in api.get(f"/api/schedule?from={first}&to={last}").json["entries"]]


def test_a_weekly_hold_keeps_its_wall_clock_and_leaves_days_out(api: Api, boat: dict[str, Any]) -> None:
    made = api.post("/api/holds", weekly(boat, **{"except": ["2030-10-29", "2030-12-24"]}))
    assert made.status == 201
    assert made.json["except"] == ["2030-10-29", "2030-12-24"]
    assert starts(api) == [TUESDAYS[0], *TUESDAYS[2:]]
    for day, hour in (("2030-11-05", 16), ("2030-11-12", 17)):
        wanted = charter(boat_id=boat["boat_id"], starts_at=f"{day}T{hour}:30:00Z", ends_at=f"{day}T{hour + 3}:30:00Z")
        assert refused(api.post("/api/events", wanted)) == [("boat", "Petrel", "Yard")]
    free = charter(boat_id=boat["boat_id"], starts_at="2030-10-29T15:00:00Z", ends_at="2030-10-29T17:00:00Z")
    assert api.post("/api/events", free).status == 201
    assert api.get("/api/holds?from=2030-11-12&to=2030-11-12").json["holds"] == [made.json]
    assert api.get("/api/holds?from=2030-11-13").json["holds"] == []
    assert api.get("/api/holds?from=2030-10-29&to=2030-10-30").json["holds"] == []


def test_a_weekly_hold_is_refused_for_any_of_its_weeks(api: Api, boat: dict[str, Any]) -> None:
    trip = make_charter(
        api, boat_id=boat["boat_id"], title="Trip", starts_at="2030-11-12T17:00:00Z", ends_at="2030-11-12T20:00:00Z"
    )
    assert refused(api.post("/api/holds", weekly(boat))) == [("boat", "Petrel", "Trip")]
    assert starts(api) == [trip["starts_at"]]
    made = api.post("/api/holds", weekly(boat, override_reason="the yard comes to us"))
    assert made.status == 201
    (conflict,) = api.get(f"/api/events/{trip['event_id']}").json["conflicts"]
    assert (conflict["hold_id"], conflict["starts_at"]) == (made.json["hold_id"], TUESDAYS[3])


def test_a_weekly_hold_is_changed_and_released_as_a_whole(api: Api, boat: dict[str, Any]) -> None:
    heron = make_boat(api, name="Heron")
    made = api.post("/api/holds", weekly(boat)).json
    url = f"/api/holds/{made['hold_id']}"
    moved = api.patch(url, {"version": 1, "boat_id": heron["boat_id"], "weekly_until": "2030-10-29"}).json
    assert starts(api) == TUESDAYS[:2]
    assert {one["boat_id"] for one in api.get("/api/schedule?from=2030-10-20&to=2030-11-01").json["entries"]} == {
        heron["boat_id"]
    }
    single = api.patch(url, {"version": moved["version"], "weekly_until": None, "title": "Once"}).json
    assert starts(api) == TUESDAYS[:1]
    api.patch(url, {"version": single["version"], "weekly_until": "2030-11-05"})
    assert starts(api) == TUESDAYS[:3]
    assert api.post(f"{url}/release").json["status"] == "released"
    assert starts(api) == []


def test_a_weekly_option_frees_all_its_weeks(
    api: Api, boat: dict[str, Any], on: Callable[[str], Api], mailbox: list[EmailMessage]
) -> None:
    wanted = {**weekly(boat), "kind": "option", "expires_at": "2030-10-25T00:00:00Z"}
    assert api.post("/api/holds", wanted).status == 201
    desk = on("2030-10-25T00:00:00Z")
    assert starts(desk) == []
    sweep.run(system.utc_now())
    assert len(mailbox) == 1
    trip = make_charter(desk, boat_id=boat["boat_id"], starts_at=TUESDAYS[2], ends_at="2030-11-05T17:00:00Z")
    assert patch(desk, trip, ends_at="2030-11-05T18:00:00Z").status == 200


def test_a_boat_has_fifty_repeating_holds_at_most_and_ended_ones_make_room(
    api: Api, boat: dict[str, Any], on: Callable[[str], Api]
) -> None:
    first = datetime.fromisoformat("2030-10-21T00:00:00+00:00")
    for number in range(50):
        starts_at = first + timedelta(hours=number * 3)
        times_of = {
            "starts_at": times.format_instant(starts_at),
            "ends_at": times.format_instant(starts_at + timedelta(hours=1)),
        }
        assert api.post("/api/holds", weekly(boat, **times_of)).status == 201
    answer = api.post("/api/holds", weekly(boat, override_reason="one more"))
    assert (answer.status, list(answer.json["Fields"])) == (400, ["weekly_until"])
    later = {"starts_at": "2030-12-03T08:00:00Z", "ends_at": "2030-12-03T10:00:00Z", "weekly_until": "2030-12-31"}
    assert api.post("/api/holds", weekly(boat, **later)).status == 201


def test_a_charter_of_a_boat_with_a_repeating_hold_is_cancelled(api: Api, boat: dict[str, Any]) -> None:
    assert api.post("/api/holds", weekly(boat)).status == 201
    trip = make_charter(api, boat_id=boat["boat_id"])
    cancelled = api.post(f"/api/events/{trip['event_id']}/cancel", {"reason": "Fog"})
    assert (cancelled.status, cancelled.json["readiness"]["state"]) == (200, "cancelled")
