"""The week of all boats, and what it costs."""

import pytest

from tests.support.api import Api
from tests.support.planning import at, charter, hold, make_boat, make_charter, make_hold, make_person, told


def test_a_week_holds_boats_charters_and_holds_by_start(api: Api) -> None:
    petrel, heron = make_boat(api), make_boat(api, name="Heron")
    trip = make_charter(api, boat_id=petrel["boat_id"], title="Trip", hours=(12, 14))
    typed = make_charter(api, vessel="Chartered in", title="Typed", hours=(10, 12))
    yard = make_hold(api, heron, title="Yard", kind="maintenance", hours=(8, 20))
    gone = make_charter(api, boat_id=heron["boat_id"], hours=(30, 32))
    api.post(f"/api/events/{gone['event_id']}/cancel", {"reason": "storm"})
    week = api.get("/api/schedule?from=2030-06-01&to=2030-06-07").json
    assert week["boats"] == [heron, petrel]
    assert week["entries"] == [
        {
            "kind": "hold",
            "hold_id": yard["hold_id"],
            "boat_id": heron["boat_id"],
            "title": "Yard",
            "starts_at": at(8),
            "ends_at": at(20),
            "status": "held",
            "conflicts": [],
        },
        {
            "kind": "charter",
            "event_id": typed["event_id"],
            "boat_id": None,
            "title": "Typed",
            "starts_at": at(10),
            "ends_at": at(12),
            "status": "scheduled",
            "conflicts": [],
        },
        {
            "kind": "charter",
            "event_id": trip["event_id"],
            "boat_id": petrel["boat_id"],
            "title": "Trip",
            "starts_at": at(12),
            "ends_at": at(14),
            "status": "scheduled",
            "conflicts": [],
        },
    ]


def test_days_are_the_operators_and_instants_are_taken_too(api: Api) -> None:
    # In San Francisco it is still the last of May.
    make_charter(api, title="Night", hours=(2, 4))
    for period, found in (
        ("from=2030-05-31&to=2030-05-31", ["Night"]),
        ("from=2030-06-01&to=2030-06-01", []),
        ("from=2030-06-01T03:00:00Z&to=2030-06-01T03:30:00Z", ["Night"]),
        ("from=2030-06-01T04:00:00Z&to=2030-06-01T05:00:00Z", []),
        ("from=2030-06-01T00:00:00Z&to=2030-06-01T02:00:00Z", []),
    ):
        entries = api.get(f"/api/schedule?{period}").json["entries"]
        assert [one["title"] for one in entries] == found, period


@pytest.mark.parametrize(
    ("period", "status"),
    [
        # Sixty-two days, one of which has 25 hours.
        ("from=2030-10-01&to=2030-12-01", 200),
        ("from=2030-10-01&to=2030-12-02", 400),
        ("from=2030-06-01&to=2030-05-31", 400),
        ("from=2030-06-01T00:00:00Z&to=2030-06-01T00:00:00Z", 400),
        ("from=soon", 400),
        ("limit=5", 400),
        ("from=2030-06-01", 200),
        ("", 200),
    ],
)
def test_a_period_of_62_days_at_most_is_shown(api: Api, period: str, status: int) -> None:
    assert api.get(f"/api/schedule?{period}").status == status


def test_a_conflict_shows_on_both_entries_even_from_before_the_period(api: Api) -> None:
    boat = make_boat(api, turnaround_minutes=120)
    make_charter(api, boat_id=boat["boat_id"], title="Early", hours=(20, 23.5))
    make_charter(api, boat_id=boat["boat_id"], title="Late", hours=(25, 26), override_reason="two crews")
    both = api.get(f"/api/schedule?from={at(20)}&to={at(26)}").json["entries"]
    assert [(one["title"], told(one["conflicts"])) for one in both] == [
        ("Early", [("boat", "Petrel", "Late")]),
        ("Late", [("boat", "Petrel", "Early")]),
    ]
    (late,) = api.get(f"/api/schedule?from={at(24)}&to={at(26)}").json["entries"]
    assert told(late["conflicts"]) == [("boat", "Petrel", "Early")]


# --- what it costs ------------------------------------------------------------------------------------


def test_a_week_of_five_boats_and_sixty_entries_is_two_queries(api: Api, calls: list[str]) -> None:
    boats = [make_boat(api, name=f"Boat {number}") for number in range(5)]
    for number, boat in enumerate(boats):
        for hours in range(6, 66, 6):
            make_charter(api, boat_id=boat["boat_id"], hours=(hours + number / 4, hours + 2))
        make_hold(api, boat, hours=(90, 95))
        weekly = hold(boat, hours=(100, 102), weekly_until="2030-08-01")
        assert api.post("/api/holds", weekly).status == 201
    calls.clear()
    week = api.get("/api/schedule?from=2030-06-01&to=2030-06-07").json
    assert len(week["entries"]) == 60
    # The session; the boats; the entries.
    assert calls == ["GetItem", "Query", "Query"]


def test_a_booking_is_one_read_of_what_it_names_one_query_and_one_transaction(api: Api, calls: list[str]) -> None:
    boat, ana, ben = make_boat(api), make_person(api), make_person(api, "Ben")
    wanted = charter(
        boat_id=boat["boat_id"],
        captain={"person_id": ana["person_id"]},
        crew=[{"person_id": ben["person_id"]}],
        hours=(10, 12),
    )
    calls.clear()
    made = api.post("/api/events", wanted, headers={"idempotency-key": "0190c0de-0000-7000-8000-0000000000ad"}).json
    # What it is shown with: around it in the schedule, its boat, people and the settings.
    around = ["Query", "BatchGetItem"]
    assert calls == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems", *around]
    url = f"/api/events/{made['event_id']}"
    calls.clear()
    api.patch(url, {"version": 1, "starts_at": at(11)})
    # The charter before and after, and what it overlaps then.
    booked = ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    assert calls == ["GetItem", *booked, "GetItem", *around]
    calls.clear()
    api.get(url)
    assert calls.count("Query") == 2
    calls.clear()
    assert api.get("/api/events?from=2030-06-01&limit=100").status == 200
    assert calls == ["GetItem", "Query", *around]
    calls.clear()
    assert api.post("/api/holds", hold(boat, hours=(20, 22))).status == 201
    assert calls == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]


def test_what_names_no_record_costs_no_read_of_the_schedule(api: Api, calls: list[str]) -> None:
    typed = charter(vessel="Typed", captain={"name": "Cy"})
    calls.clear()
    made = api.post("/api/events", typed).json
    settings = ["BatchGetItem"]
    assert calls == ["GetItem", "TransactWriteItems", *settings]
    calls.clear()
    api.patch(f"/api/events/{made['event_id']}", {"version": 1, "starts_at": at(11), "ends_at": at(14)})
    assert calls == ["GetItem", "GetItem", "TransactWriteItems", "GetItem", *settings]
