"""A charter names its boat and people: what is taken from their records, and what overlaps."""

from typing import Any

import pytest

from chalicelib.core import system
from tests.support.api import Api
from tests.support.departing import depart
from tests.support.planning import (
    at,
    charter,
    make_boat,
    make_charter,
    make_hold,
    make_person,
    patch,
    read_charter,
    refused,
    told,
)


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api)


@pytest.fixture
def ana(api: Api) -> dict[str, Any]:
    return make_person(api, email="ana@example.com", phone="+1 415 555 0100")


# --- what is taken from the records -------------------------------------------------------------------


def test_a_boat_decides_the_vessel_and_fills_what_is_left_out(api: Api, boat: dict[str, Any]) -> None:
    made = make_charter(api, boat_id=boat["boat_id"], vessel="Something else")
    assert (made["boat_id"], made["vessel"]) == (boat["boat_id"], "Petrel")
    assert (made["passenger_limit"], made["departure_port"]) == (6, "Sausalito")
    typed = make_charter(api, boat_id=boat["boat_id"], passenger_limit=4, departure_port="Tiburon", hours=(50, 52))
    assert (typed["passenger_limit"], typed["departure_port"]) == (4, "Tiburon")


def test_a_person_is_named_by_their_id_alone(api: Api, ana: dict[str, Any]) -> None:
    ben = make_person(api, "Ben Ott")
    made = make_charter(
        api,
        captain={"person_id": ana["person_id"]},
        crew=[{"person_id": ben["person_id"], "phone": "+1 415 555 0177"}, {"name": "Cy Typed"}],
    )
    assert made["captain"] == {
        "person_id": ana["person_id"],
        "name": "Ana Reyes",
        "email": "ana@example.com",
        "phone": "+1 415 555 0100",
    }
    assert made["crew"] == [
        {"person_id": ben["person_id"], "name": "Ben Ott", "email": "", "phone": "+1 415 555 0177"},
        {"person_id": None, "name": "Cy Typed", "email": "", "phone": ""},
    ]
    manifest = api.get(f"/api/events/{made['event_id']}/manifest").json
    assert [manifest["captain"]["name"], *(one["name"] for one in manifest["crew"])] == [
        "Ana Reyes",
        "Ben Ott",
        "Cy Typed",
    ]


def test_renaming_changes_no_charter_until_its_boat_or_people_are_written_again(
    api: Api, boat: dict[str, Any], ana: dict[str, Any]
) -> None:
    made = make_charter(api, boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]})
    manifest = api.get(f"/api/events/{made['event_id']}/manifest").json
    assert (manifest["vessel"], manifest["captain"]["name"]) == ("Petrel", "Ana Reyes")
    assert api.patch(f"/api/boats/{boat['boat_id']}", {"version": 1, "name": "Storm Petrel"}).status == 200
    assert api.patch(f"/api/people/{ana['person_id']}", {"version": 1, "name": "Ana Ruiz"}).status == 200
    assert api.get(f"/api/events/{made['event_id']}/manifest").json == manifest
    kept = patch(api, made, notes="as it was", vessel=made["vessel"], captain=made["captain"]).json
    assert (kept["vessel"], kept["captain"]["name"]) == ("Petrel", "Ana Reyes")
    # A page sends back all that it has read.
    kept = patch(api, kept, boat_id=kept["boat_id"], vessel=kept["vessel"], party_size=3).json
    assert kept["vessel"] == "Petrel"
    typed = patch(api, kept, vessel="Another name").json
    assert typed["vessel"] == "Petrel"
    again = patch(api, typed, boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]}).json
    assert (again["vessel"], again["captain"]["name"]) == ("Storm Petrel", "Ana Ruiz")


def test_another_boat_brings_its_limit_and_port_and_a_typed_one_takes_no_part(api: Api, boat: dict[str, Any]) -> None:
    heron = make_boat(api, name="Heron", passenger_limit=12, home_port="Berkeley")
    made = make_charter(api, boat_id=boat["boat_id"])
    moved = patch(api, made, boat_id=heron["boat_id"]).json
    assert (moved["vessel"], moved["passenger_limit"], moved["departure_port"]) == ("Heron", 12, "Berkeley")
    typed = patch(api, moved, boat_id=None, vessel="Chartered in").json
    assert (typed["boat_id"], typed["vessel"], typed["passenger_limit"]) == (None, "Chartered in", 12)
    # The same hours, and nobody is in the way.
    assert make_charter(api, boat_id=heron["boat_id"])["conflicts"] == []


UNKNOWN = "Z" * 22


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"boat_id": UNKNOWN}, {"boat_id": "is none of the boats"}),
        ({"boat_id": "nonsense"}, {"boat_id": "must be the id of a record"}),
        ({"boat_id": 7}, {"boat_id": "must be the id of a record"}),
        ({"captain": {"person_id": UNKNOWN}}, {"captain.person_id": "is none of the people"}),
        ({"captain": {"email": "a@example.com"}}, {"captain.name": "is required"}),
        ({"crew": [{"name": "Cy"}, {"phone": "+1 415 555 0100"}]}, {"crew[1].name": "is required"}),
        ({"crew": [{"person_id": UNKNOWN}]}, {"crew[0].person_id": "is none of the people"}),
        ({"override_reason": " \u200b"}, {"override_reason": "must say why, or be left out"}),
        ({"override_reason": ""}, {"override_reason": "must say why, or be left out"}),
    ],
)
def test_what_names_nothing_is_refused_by_its_field(api: Api, changes: dict[str, Any], fields: dict[str, str]) -> None:
    answer = api.post("/api/events", charter(**changes))
    assert (answer.status, answer.json["Fields"]) == (400, fields)
    assert api.get("/api/events?from=2030-01-01").json["events"] == []
    made = make_charter(api)
    answer = patch(api, made, **changes)
    assert (answer.status, answer.json["Fields"]) == (400, fields)
    assert read_charter(api, made)["version"] == 1


def test_one_person_is_named_once_on_a_charter(api: Api, ana: dict[str, Any]) -> None:
    her = {"person_id": ana["person_id"]}
    answer = api.post("/api/events", charter(captain=her, crew=[her]))
    assert (answer.status, answer.json["Fields"]) == (400, {"crew[0].person_id": "is named twice"})


def test_nothing_is_planned_with_what_is_not_active_any_more(
    api: Api, boat: dict[str, Any], ana: dict[str, Any]
) -> None:
    past = make_charter(
        api,
        boat_id=boat["boat_id"],
        captain={"person_id": ana["person_id"]},
        starts_at="2020-06-01T10:00:00Z",
        ends_at="2020-06-01T12:00:00Z",
    )
    for path in (f"/api/boats/{boat['boat_id']}", f"/api/people/{ana['person_id']}"):
        assert api.patch(path, {"version": 1, "active": False}).status == 200
    answer = api.post("/api/events", charter(boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]}))
    assert (answer.status, set(answer.json["Fields"])) == (400, {"boat_id", "captain.person_id"})
    # What was planned with them can still be edited, but not moved.
    edited = patch(api, past, notes="lost an oar", boat_id=past["boat_id"], vessel=past["vessel"]).json
    assert edited["notes"] == "lost an oar"
    assert patch(api, edited, ends_at="2020-06-01T13:00:00Z").status == 400


# --- what overlaps ------------------------------------------------------------------------------------


def test_a_boat_that_is_booked_is_refused_and_nothing_is_written(api: Api, boat: dict[str, Any]) -> None:
    first = make_charter(api, boat_id=boat["boat_id"], title="First", hours=(10, 12))
    answer = api.post("/api/events", charter(boat_id=boat["boat_id"], title="Second", hours=(11, 13)))
    assert refused(answer) == [("boat", "Petrel", "First")]
    assert answer.json["conflicts"][0] == {
        "kind": "boat",
        "name": "Petrel",
        "event_id": first["event_id"],
        "title": "First",
        "starts_at": at(10),
        "ends_at": at(12),
    }
    assert answer.json["Message"] == "Petrel is booked at that time: First."
    assert [one["title"] for one in api.get("/api/events?from=2030-06-01").json["events"]] == ["First"]
    # What ends when the other begins is free.
    assert make_charter(api, boat_id=boat["boat_id"], hours=(12, 13))["conflicts"] == []


def test_turnaround_lies_between_two_charters_of_a_boat(api: Api) -> None:
    boat = make_boat(api, turnaround_minutes=90)
    make_charter(api, boat_id=boat["boat_id"], title="Noon", hours=(12, 14))
    for hours in ((15, 16), (9, 11)):
        wanted = charter(boat_id=boat["boat_id"], hours=hours)
        assert refused(api.post("/api/events", wanted)) == [("boat", "Petrel", "Noon")]
    for hours in ((9, 10.5), (15.5, 16)):
        make_charter(api, boat_id=boat["boat_id"], hours=hours)
    make_hold(api, boat, hours=(14, 15))


@pytest.mark.parametrize("role", ["captain", "crew"])
def test_a_person_sails_on_one_charter_at_a_time_and_the_conflict_names_their_role_here(
    api: Api, ana: dict[str, Any], role: str
) -> None:
    her = {"person_id": ana["person_id"]}
    make_charter(api, title="First", crew=[her], hours=(10, 12))
    here = {"captain": her} if role == "captain" else {"crew": [{"name": "Typed"}, her]}
    answer = api.post("/api/events", charter(title="Second", hours=(11, 13), **here))
    assert refused(answer) == [(role, "Ana Reyes", "First")]
    # Typed names take no part.
    make_charter(api, captain={"name": "Ana Reyes"}, hours=(11, 13))


def test_with_a_reason_it_is_booked_and_the_conflict_shows_on_both_until_it_is_gone(
    api: Api, boat: dict[str, Any]
) -> None:
    first = make_charter(api, boat_id=boat["boat_id"], title="First", hours=(10, 12))
    reason = "the second one only boards at the dock"
    second = make_charter(api, boat_id=boat["boat_id"], title="Second", hours=(11, 13), override_reason=reason)
    assert told(second["conflicts"]) == [("boat", "Petrel", "First")]
    override = second["schedule_override"]
    assert (override["reason"], override["by"]) == (reason, "admin")
    assert override["at"] == second["created_at"]
    assert told(read_charter(api, first)["conflicts"]) == [("boat", "Petrel", "Second")]
    board = {one["title"]: told(one["conflicts"]) for one in api.get("/api/events?from=2030-06-01").json["events"]}
    assert board == {"First": [("boat", "Petrel", "Second")], "Second": [("boat", "Petrel", "First")]}
    # What does not move it is not checked again, and keeps what was decided.
    edited = patch(api, second, notes="told the patron").json
    assert (edited["schedule_override"], told(edited["conflicts"])) == (override, [("boat", "Petrel", "First")])
    moved = patch(api, edited, starts_at=at(12)).json
    assert (moved["schedule_override"], moved["conflicts"]) == (None, [])
    assert read_charter(api, first)["conflicts"] == []


def test_an_edit_that_moves_a_charter_into_another_is_refused_or_decided(api: Api, boat: dict[str, Any]) -> None:
    make_charter(api, boat_id=boat["boat_id"], title="First", hours=(10, 12))
    second = make_charter(api, boat_id=boat["boat_id"], hours=(14, 16))
    assert refused(patch(api, second, starts_at=at(11))) == [("boat", "Petrel", "First")]
    assert read_charter(api, second)["version"] == 1
    assert patch(api, second, starts_at=at(11), override_reason=" ").status == 400
    moved = patch(api, second, starts_at=at(11), override_reason="two short trips").json
    assert told(moved["conflicts"]) == [("boat", "Petrel", "First")]
    assert moved["schedule_override"]["reason"] == "two short trips"


def test_another_captain_from_among_the_crew_is_checked_again(api: Api, ana: dict[str, Any]) -> None:
    her, ben = {"person_id": ana["person_id"]}, {"person_id": make_person(api, name="Ben Ortiz")["person_id"]}
    make_charter(api, title="First", captain=ben, hours=(10, 12))
    reason = "Ben leaves the first one early"
    second = make_charter(api, captain=her, crew=[ben], hours=(11, 13), override_reason=reason)
    assert patch(api, second, crew=[ben, {"name": "Typed"}]).status == 200
    second = read_charter(api, second)
    assert refused(patch(api, second, captain=ben, crew=[her])) == [("captain", "Ben Ortiz", "First")]
    swapped = patch(api, second, captain=ben, crew=[her], override_reason="Ana is ill").json
    assert swapped["schedule_override"]["reason"] == "Ana is ill"


def test_a_cancelled_charter_keeps_nobody_away(api: Api, boat: dict[str, Any]) -> None:
    first = make_charter(api, boat_id=boat["boat_id"], hours=(10, 12))
    second = make_charter(api, boat_id=boat["boat_id"], hours=(11, 13), override_reason="one of them will go")
    cancelled = api.post(f"/api/events/{first['event_id']}/cancel", {"reason": "storm"}).json
    assert cancelled["conflicts"] == []
    assert read_charter(api, second)["conflicts"] == []
    make_charter(api, boat_id=boat["boat_id"], hours=(9, 11))


def test_a_charter_of_a_year_is_found_from_both_its_ends(api: Api, boat: dict[str, Any]) -> None:
    long = {"starts_at": "2030-01-05T00:00:00Z", "ends_at": "2030-12-30T00:00:00Z"}
    world = make_charter(api, boat_id=boat["boat_id"], title="Around the world", **long)
    for day in ("2030-01-05", "2030-01-19", "2030-06-15", "2030-12-29"):
        wanted = charter(boat_id=boat["boat_id"], starts_at=f"{day}T10:00:00Z", ends_at=f"{day}T11:00:00Z")
        assert refused(api.post("/api/events", wanted)) == [("boat", "Petrel", "Around the world")]
    moved = patch(api, world, starts_at="2030-01-20T00:00:00Z").json
    assert moved["conflicts"] == []
    for day in ("2030-01-05", "2030-01-19", "2031-01-01"):
        make_charter(api, boat_id=boat["boat_id"], starts_at=f"{day}T10:00:00Z", ends_at=f"{day}T11:00:00Z")


def test_the_same_request_again_is_answered_before_anything_is_checked(api: Api, boat: dict[str, Any]) -> None:
    key = {"idempotency-key": "0190c0de-0000-7000-8000-0000000000aa"}
    wanted = charter(boat_id=boat["boat_id"], hours=(10, 12))
    first = api.post("/api/events", wanted, headers=key)
    again = api.post("/api/events", wanted, headers=key)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    other = api.post("/api/events", {**wanted, "title": "Other"}, headers=key)
    assert (other.status, other.json["Code"]) == (409, "Conflict")


def test_an_answer_to_a_payment_holds_the_conflicts_too(api: Api, boat: dict[str, Any]) -> None:
    make_charter(api, boat_id=boat["boat_id"], title="First", hours=(10, 12))
    second = make_charter(api, boat_id=boat["boat_id"], hours=(11, 13), override_reason="short")
    url = f"/api/events/{second['event_id']}/payments/0190c0de-0000-7000-8000-0000000000ab"
    answer = api.put(url, {"method": "cash", "amount_cents": 100})
    assert told(answer.json["event"]["conflicts"]) == [("boat", "Petrel", "First")]


def test_what_coming_charters_name_is_not_set_inactive(api: Api, boat: dict[str, Any], ana: dict[str, Any]) -> None:
    made = make_charter(api, boat_id=boat["boat_id"], captain={"person_id": ana["person_id"]}, hours=(10, 12))
    for path in (f"/api/boats/{boat['boat_id']}", f"/api/people/{ana['person_id']}"):
        answer = api.patch(path, {"version": 1, "active": False})
        assert (answer.status, answer.json["Code"]) == (409, "InUse")
        assert [one["event_id"] for one in answer.json["events"]] == [made["event_id"]]
    assert api.post(f"/api/events/{made['event_id']}/cancel", {"reason": "sold"}).status == 200
    for path in (f"/api/boats/{boat['boat_id']}", f"/api/people/{ana['person_id']}"):
        assert api.patch(path, {"version": 1, "active": False}).status == 200


def test_a_departed_charter_still_keeps_its_boat(
    api: Api, boat: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_charter(api, boat_id=boat["boat_id"], title="Out", hours=(10, 12))
    monkeypatch.setattr(system, "utc_now", lambda: system.datetime.fromisoformat("2030-06-01T10:05:00+00:00"))
    login = api.with_token(None).post("/api/login", {"password": "a-long-enough-password"})
    desk = api.with_token(login.json["token"])
    assert depart(desk, made["event_id"]).status == 200
    assert refused(desk.post("/api/events", charter(boat_id=boat["boat_id"], hours=(11, 13)))) == [
        ("boat", "Petrel", "Out")
    ]
    week = desk.get("/api/schedule?from=2030-06-01&to=2030-06-02").json["entries"]
    assert [(one["title"], one["status"]) for one in week] == [("Out", "departed")]
