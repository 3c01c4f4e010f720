"""Readiness through the API: the same everywhere, and at no read for each charter."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.readiness.conftest import INSURED, LAST_YEAR, VALID
from tests.support.api import Api, new_event, new_payment, new_settings
from tests.support.departing import codes, readiness, soon, state_of
from tests.support.operator import uuid
from tests.support.planning import make_boat, make_charter, make_hold, make_person
from tests.support.signed import sign, url


def test_every_answer_with_an_event_says_how_ready_it_is(api: Api, guest: Api, wanted: dict[str, Any]) -> None:
    made = api.post("/api/events", {**wanted, "charter_fee_cents": 0}).json
    first = {"captain": "ok", "waivers": "blocks", "briefing": "blocks", "people_papers": "ok", "boat_papers": "ok"}
    assert {check["code"]: check["state"] for check in made["readiness"]["checks"]}.items() >= first.items()
    sign(guest, made)
    seen = [
        api.get(url(made)).json,
        api.get("/api/events").json["events"][0],
        api.get("/api/events?q=sunset").json["events"][0],
        api.patch(url(made), {"version": 1, "notes": "Cake at ten"}).json,
        api.put(f"{url(made)}/payments/{uuid()}", new_payment(amount_cents=1)).json["event"],
        api.post(f"{url(made)}/guest-link").json,
    ]
    assert all(one["readiness"] == seen[0]["readiness"] for one in seen)
    assert codes(seen[0]["readiness"], "blocks") == ["briefing"]
    stale = api.patch(url(made), {"version": 1, "notes": "late"})
    assert (stale.status, stale.json["current"]["readiness"]) == (409, seen[0]["readiness"])
    body = {"request_id": uuid(), "until": str((datetime.fromisoformat(made["starts_at"]) + timedelta(days=9)).date())}
    [copy] = api.post(f"{url(made)}/repeat", body).json["events"]
    assert codes(copy["readiness"], "open") == ["waivers", "briefing"]


def test_what_is_ticked_at_the_dock_shows_on_board_and_page_alike(api: Api, guest: Api) -> None:
    guests = [{"name": name, "email": ""} for name in ("Ann Ott", "Bo Kay", "Cy Lee")]
    made = api.post("/api/events", new_event(**soon(), guests=guests, party_size=3, passenger_limit=2)).json
    ann = sign(guest, made, signer_name="Ann Ott")
    _, bo, cy = (one["guest_id"] for one in made["guests"])

    def seen() -> tuple[str, str, str]:
        on_board = api.get("/api/events").json["events"][0]["readiness"]
        assert on_board == readiness(api, made)
        found = {check["code"]: check for check in on_board["checks"]}
        return found["heads"]["message"], found["waivers"]["message"], found["briefing"]["state"]

    def tick(state: str, **who: str) -> None:
        assert api.post(f"{url(made)}/check-in", {**who, "state": state}).status == 200

    assert seen() == ("3 guests, limit 2", "2 of 3 have not signed", "blocks")
    tick("no_show", guest_id=bo)
    assert seen() == ("2 guests, limit 2", "1 of 2 has not signed", "blocks")
    tick("no_show", guest_id=cy)
    assert seen() == ("1 guest, limit 2", "All have signed", "blocks")
    tick("aboard", guest_id=cy)
    tick("aboard", waiver_id=ann)
    assert seen() == ("2 guests, limit 2", "1 of 2 has not signed", "blocks")
    tick("clear", guest_id=cy)
    tick("clear", waiver_id=ann)
    tick("clear", guest_id=bo)
    api.post(f"{url(made)}/safety-briefing", {"done": True})
    assert seen() == ("3 guests, limit 2", "2 of 3 have not signed", "ok")
    api.post(f"{url(made)}/safety-briefing", {"done": False})
    assert seen()[2] == "blocks"


def test_a_paper_a_setting_and_a_boat_that_change_change_it(
    api: Api, ready: dict[str, Any], boat: dict[str, Any], dana: dict[str, Any]
) -> None:
    person = f"/api/people/{dana['person_id']}"
    ended = [{"kind": "mmc", "valid_until": LAST_YEAR}, VALID[1]]
    assert api.patch(person, {"version": 1, "papers": ended}).status == 200
    assert state_of(api, ready, "people_papers") == "blocks"
    assert api.patch(person, {"version": 2, "papers": VALID[:1]}).status == 200
    assert state_of(api, ready, "people_papers") == "unknown"
    assert readiness(api, ready)["state"] == "unknown"
    assert api.patch(person, {"version": 3, "papers": VALID}).status == 200
    inspected = {"version": 1, "kind": "inspected"}
    assert api.patch(f"/api/boats/{boat['boat_id']}", inspected).status == 200
    assert state_of(api, ready, "boat_papers") == "unknown"
    rules = new_settings(money_before_departure="deposit", deposit_percent=30, crew_before_departure=True)
    assert api.put("/api/settings", rules).status == 200
    assert state_of(api, ready, "money") == "blocks"
    for amount_cents, state in ((35_999, "blocks"), (1, "ok")):
        check = new_payment(amount_cents=amount_cents, method="check", notify=False)
        api.put(f"{url(ready)}/payments/{uuid()}", check)
        assert state_of(api, ready, "money") == state
    assert state_of(api, ready, "crew") == "ok"
    assert api.patch(f"/api/boats/{boat['boat_id']}", {"version": 2, "min_crew": 1}).status == 200
    assert state_of(api, ready, "crew") == "blocks"
    assert api.patch(f"/api/boats/{boat['boat_id']}", {"version": 3, "kind": "bareboat"}).status == 200
    assert state_of(api, ready, "crew") == "ok"


def test_the_board_costs_the_same_for_one_charter_and_for_forty(api: Api, calls: list[str]) -> None:
    boats = [make_boat(api, name=f"Boat {number}", papers=INSURED) for number in range(3)]
    people = [make_person(api, f"Person {number}", papers=VALID) for number in range(5)]
    costs = []
    for number in range(40):
        captain, mate = people[number % 5], people[(number + 1) % 5]
        make_charter(
            api,
            boat_id=boats[number % 3]["boat_id"],
            captain={"person_id": captain["person_id"]},
            crew=[{"person_id": mate["person_id"]}],
            guests=[{"name": "Ann", "email": ""}],
            hours=(12 * number + 8, 12 * number + 10),
            override_reason="a full season",
        )
        if number in (0, 39):
            calls.clear()
            assert len(api.get("/api/events?from=2030-06-01&limit=100").json["events"]) == number + 1
            costs.append(list(calls))
    # The session; the board; the schedule; the boats, people, settings and what the index does not hold.
    assert costs == [["GetItem", "Query", "Query", "BatchGetItem"]] * 2


@pytest.mark.parametrize("day", ["1970-01-01", "2199-12-30"])
def test_a_charter_on_the_first_or_last_day_there_is_is_shown_whatever_its_boat_is_booked_for(
    api: Api, day: str
) -> None:
    boat = make_boat(api, turnaround_minutes=60)
    named = {"boat_id": boat["boat_id"], "captain": {"person_id": make_person(api)["person_id"]}}
    made = make_charter(api, **named, starts_at=f"{day}T10:00:00Z", ends_at=f"{day}T12:00:00Z")
    make_hold(api, boat, hours=(8, 9), weekly_until="2030-09-01")
    for status in ("scheduled", "cancelled"):
        assert api.get(url(made)).json["status"] == status
        assert api.post(f"{url(made)}/cancel", {"reason": "storm"}).status == 200
    # Nothing of it takes part in the schedule any more.
    assert api.get(f"/api/events?from={day}").json["events"][0]["readiness"]["state"] == "cancelled"
