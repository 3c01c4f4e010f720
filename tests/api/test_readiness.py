"""Readiness and departure through the API: the same everywhere, at no read for each charter, and never past a block."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system, times
from chalicelib.manifest import store as manifest_store
from tests.support.api import Answer, Api, new_event, new_payment, new_settings
from tests.support.departing import blocking, codes, depart, soon
from tests.support.operator import uuid
from tests.support.pages import page, signature
from tests.support.planning import make_boat, make_charter, make_hold, make_person
from tests.support.races import at_once
from tests.support.signed import sign, url

LAST_YEAR, NEXT_YEAR = "2025-01-31", "2199-01-31"
VALID = [{"kind": kind, "valid_until": NEXT_YEAR} for kind in ("mmc", "medical")]
INSURED = [{"kind": "insurance", "valid_until": NEXT_YEAR}]


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api, papers=INSURED)


@pytest.fixture
def dana(api: Api) -> dict[str, Any]:
    return make_person(api, "Dana Ortiz", papers=VALID)


@pytest.fixture
def wanted(boat: dict[str, Any], dana: dict[str, Any]) -> dict[str, Any]:
    """A charter in an hour, with all that it needs but a signature and the briefing."""
    named = {"boat_id": boat["boat_id"], "captain": {"person_id": dana["person_id"]}, "crew": []}
    wanted = new_event(**named, **soon(), party_size=1)
    for name in ("vessel", "passenger_limit", "departure_port"):
        wanted.pop(name)
    return wanted


@pytest.fixture
def ready(api: Api, guest: Api, wanted: dict[str, Any]) -> dict[str, Any]:
    """A charter that may sail."""
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    assert api.post(f"{url(made)}/safety-briefing", {"done": True}).status == 200
    found: dict[str, Any] = api.get(url(made)).json
    assert found["readiness"]["state"] == "ready", found["readiness"]
    return found


def readiness(api: Api, charter: dict[str, Any]) -> dict[str, Any]:
    return api.get(url(charter)).json["readiness"]  # type: ignore[no-any-return]


def state_of(api: Api, charter: dict[str, Any], code: str) -> str:
    return next(check["state"] for check in readiness(api, charter)["checks"] if check["code"] == code)


def leave(api: Api, charter: dict[str, Any], **waive: str) -> Answer:
    return api.post(f"{url(charter)}/depart", {"waive": waive} if waive else None)


# --- the same everywhere ----------------------------------------------------------------------------


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


# --- the departure ----------------------------------------------------------------------------------


def test_a_ready_charter_departs_and_answers_the_event(
    api: Api, ready: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    mailbox.clear()
    left = leave(api, ready)
    assert (left.status, left.json["status"], left.json["readiness"]["state"]) == (200, "departed", "departed")
    assert left.json["readiness"]["checks"] == ready["readiness"]["checks"]
    again = leave(api, ready, money="whatever is sent now changes nothing")
    assert (again.status, again.json) == (200, left.json)
    assert len(mailbox) == 1
    [listed] = api.get("/api/events").json["events"]
    assert listed["readiness"] == left.json["readiness"]


def test_what_blocks_is_told_and_only_a_reason_for_each_lets_it_sail(
    api: Api, guest: Api, wanted: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    assert api.put("/api/settings", new_settings(money_before_departure="full")).status == 200
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    refused = leave(api, made)
    assert (refused.status, refused.json["Code"], blocking(refused)) == (409, "NotReady", ["money", "briefing"])
    assert refused.json["readiness"] == readiness(api, made)
    assert refused.json["Message"] == (
        "This charter is not ready to sail: $1,200.00 due before departure; Safety briefing not given yet."
    )
    half = leave(api, made, money="paid at the dock, Ana saw it")
    assert (half.status, blocking(half), codes(half.json["readiness"], "waived")) == (409, ["briefing"], ["money"])
    assert (api.get(url(made)).json["status"], api.get(f"{url(made)}/manifest").json["frozen"]) == ("scheduled", None)
    mailbox.clear()
    left = leave(api, made, money="paid at the dock, Ana saw it", briefing="all of them sailed yesterday")
    assert left.status == 200
    [money] = [check for check in left.json["readiness"]["checks"] if check["code"] == "money"]
    assert (money["state"], money["waived"]["by"], money["waived"]["reason"]) == (
        "waived",
        "admin",
        "paid at the dock, Ana saw it",
    )
    assert times.parse_instant(money["waived"]["at"])
    frozen = api.get(f"{url(made)}/manifest").json
    assert frozen["snapshot"]["checks"] == left.json["readiness"]["checks"] == readiness(api, made)["checks"]
    assert "checks" not in frozen
    [message] = mailbox
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body
        for words in ("$1,200.00 due before departure", "paid at the dock, Ana saw it", "all of them sailed yesterday"):
            assert words in " ".join(body.get_content().split())
    [told] = [one for one in api.get(f"{url(made)}/history").json["events"] if one["act"] == "departed"]
    assert told["reason"] == "money: paid at the dock, Ana saw it; briefing: all of them sailed yesterday"


@pytest.mark.parametrize(
    ("waive", "fields"),
    [
        ({"captain": "he is on his way"}, ["waive.captain"]),
        ({"briefing": "they know it", "heads": "one is a baby", "crew": "no"}, ["waive.crew", "waive.heads"]),
        ({"people_papers": "unknown does not block"}, ["waive.people_papers"]),
        ({"weather": "it is fine"}, ["waive.weather"]),
        ({"briefing": " \u200b "}, ["waive.briefing"]),
        ({"briefing": "x" * 501}, ["waive.briefing"]),
        ({"briefing": 1}, ["waive.briefing"]),
        (["briefing"], ["waive"]),
    ],
)
def test_only_what_blocks_can_be_waived(
    api: Api, guest: Api, wanted: dict[str, Any], dana: dict[str, Any], waive: Any, fields: list[str]
) -> None:
    api.patch(f"/api/people/{dana['person_id']}", {"version": 1, "papers": []})
    made = api.post("/api/events", wanted).json
    sign(guest, made)
    assert blocking(leave(api, made)) == ["briefing"]
    answer = api.post(f"{url(made)}/depart", {"waive": waive})
    assert (answer.status, sorted(answer.json["Fields"])) == (400, fields)
    assert api.get(url(made)).json["status"] == "scheduled"
    assert api.post(f"{url(made)}/depart", {"force": True}).status == 400


def test_it_departs_from_twelve_hours_before_its_start_and_as_late_as_it_may_be(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = system.utc_now().replace(microsecond=0)
    monkeypatch.setattr(system, "utc_now", lambda: now)
    ends_at = times.format_instant(now + timedelta(hours=14))
    for seconds, status in ((1, 409), (0, 200), (-1, 200)):
        starts_at = times.format_instant(now + timedelta(hours=12, seconds=seconds))
        made = api.post("/api/events", new_event(starts_at=starts_at, ends_at=ends_at)).json
        answer = depart(api, made["event_id"]) if status == 200 else leave(api, made, captain="early")
        assert answer.status == status
        if status == 409:
            assert (answer.json["Code"], "can depart from" in answer.json["Message"]) == ("Conflict", True)
    past = soon(hours=-48)
    made = api.post("/api/events", new_event(**past)).json
    assert depart(api, made["event_id"]).status == 200


def test_a_cancelled_or_completed_charter_does_not_depart_and_a_departed_one_is_never_cancelled(api: Api) -> None:
    made = [api.post("/api/events", new_event(**soon())).json for _ in range(3)]
    api.post(f"{url(made[0])}/cancel", {"reason": "storm"})
    assert api.get(url(made[0])).json["readiness"] == {"state": "cancelled", "checks": []}
    api.patch(url(made[1]), {"version": 1, "status": "completed"})
    for one in made[:2]:
        assert (leave(api, one).status, leave(api, one).json["Code"]) == (409, "Conflict")
    assert depart(api, made[2]["event_id"]).status == 200
    assert api.patch(url(made[2]), {"version": 2, "status": "completed"}).status == 200
    assert api.post(f"{url(made[2])}/cancel", {"reason": "storm"}).status == 409
    found = api.get(url(made[2])).json
    assert (found["status"], found["readiness"]["state"]) == ("completed", "departed")
    assert len(found["readiness"]["checks"]) == 9
    assert leave(api, made[2]).json.items() <= found.items()


def test_conflicts_that_were_booked_on_purpose_are_waived_by_that_and_others_block(
    api: Api, wanted: dict[str, Any]
) -> None:
    first = api.post("/api/events", wanted).json
    second = api.post("/api/events", {**wanted, "override_reason": "the first one is back early"}).json
    [waived] = [one for one in readiness(api, second)["checks"] if one["code"] == "conflicts"]
    override = second["schedule_override"]
    assert (waived["state"], waived["waived"]) == ("waived", {name: override[name] for name in ("by", "at", "reason")})
    assert state_of(api, first, "conflicts") == "blocks"
    refused = leave(api, second, conflicts="twice")
    assert (refused.status, list(refused.json["Fields"])) == (400, ["waive.conflicts"])
    left = depart(api, second["event_id"]).json
    assert [one for one in left["readiness"]["checks"] if one["code"] == "conflicts"] == [waived]


def test_a_bareboat_needs_no_captain_of_ours(api: Api, guest: Api) -> None:
    boat = make_boat(api, kind="bareboat", papers=INSURED)
    made = make_charter(api, boat_id=boat["boat_id"], party_size=1, **soon())
    sign(guest, made)
    api.post(f"{url(made)}/safety-briefing", {"done": True})
    assert readiness(api, made)["state"] == "ready"
    assert leave(api, made).status == 200


# --- at the same moment -----------------------------------------------------------------------------


def test_of_two_departures_at_once_one_wins_and_both_answer_its_event(
    api: Api, ready: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    mailbox.clear()
    apis = [Api(api.token) for _ in range(4)]
    answers = at_once(4, lambda number: leave(apis[number], ready))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(mailbox) == 1
    assert sum(one["act"] == "departed" for one in api.get(f"{url(ready)}/history").json["events"]) == 1


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Does something between what a departure has seen and its write."""

    def put_departure(*arguments: Any) -> Any:
        monkeypatch.undo()
        act()
        return manifest_store.put_departure(*arguments)

    monkeypatch.setattr(manifest_store, "put_departure", put_departure)


@pytest.mark.parametrize("what", ["voids", "edits", "takes back the briefing", "overloads", "lists a guest"])
def test_a_departure_that_was_overtaken_by_what_blocks_is_refused(
    api: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    assert api.put("/api/settings", new_settings(money_before_departure="full")).status == 200
    payment = f"{url(ready)}/payments/{uuid()}"
    assert api.put(payment, new_payment(amount_cents=120_000, notify=False)).status == 201
    guests = [{"name": "Late", "email": ""}]
    acts = {
        "voids": (lambda: api.post(f"{payment}/void", {"reason": "another charter's"}), "money"),
        "edits": (lambda: api.patch(url(ready), {"version": 1, "captain": None}), "captain"),
        "takes back the briefing": (lambda: api.post(f"{url(ready)}/safety-briefing", {"done": False}), "briefing"),
        "overloads": (lambda: api.patch(url(ready), {"version": 1, "party_size": 9}), "heads"),
        "lists a guest": (lambda: api.patch(url(ready), {"version": 1, "guests": guests}), "waivers"),
    }
    act, code = acts[what]
    meanwhile(monkeypatch, lambda: act().status == 200 or pytest.fail(act().text))
    answer = leave(api, ready)
    assert (answer.status, answer.json["Code"]) == (409, "NotReady")
    assert code in blocking(answer)
    assert api.get(url(ready)).json["status"] == "scheduled"


def test_a_signature_at_the_moment_of_the_departure_is_in_it(
    api: Api, guest: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    form = signature(guest, ready, signer_name="Late Comer")
    meanwhile(monkeypatch, lambda: guest.submit(page(ready), form))
    assert leave(api, ready).status == 200
    snapshot = api.get(f"{url(ready)}/manifest").json["snapshot"]
    assert [one["name"] for one in snapshot["passengers"]][-1] == "Late Comer"
    assert snapshot["head_count"] == 2
    [heads] = [check for check in snapshot["checks"] if check["code"] == "heads"]
    assert heads["message"] == "2 guests, limit 6"


def test_a_check_in_at_the_moment_of_the_departure_is_in_it_or_refused(
    api: Api, ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    [signed] = ready["waiver_records"]
    body = {"waiver_id": signed["waiver_id"], "state": "no_show"}
    meanwhile(monkeypatch, lambda: api.post(f"{url(ready)}/check-in", body))
    assert leave(api, ready).status == 200
    snapshot = api.get(f"{url(ready)}/manifest").json["snapshot"]
    assert (snapshot["head_count"], snapshot["passengers"][0]["no_show"]) == (0, True)
    assert api.post(f"{url(ready)}/check-in", {**body, "state": "aboard"}).status == 409


def test_departures_and_edits_at_once_end_in_one_order(api: Api, ready: dict[str, Any]) -> None:
    apis = [Api(api.token) for _ in range(6)]

    def act(number: int) -> Answer:
        if number < 3:
            return leave(apis[number], ready)
        return apis[number].patch(url(ready), {"version": 1, "captain": None})

    answers = at_once(6, act)
    found = api.get(url(ready)).json
    if found["status"] == "departed":
        # It left with its captain, whatever was edited afterwards.
        assert codes(found["readiness"], "ok")[0] == "captain"
        assert {answer.status for answer in answers[:3]} == {200}
    else:
        assert {answer.status for answer in answers[:3]} == {409}
        assert found["captain"] is None


# --- hours ------------------------------------------------------------------------------------------


def hour_warnings(api: Api, charter: dict[str, Any]) -> list[str]:
    return [one["message"] for one in api.get(url(charter)).json["warnings"] if one["code"] == "captain_hours"]


def test_a_captains_hours_are_counted_across_charters_and_uninspected_boats(api: Api) -> None:
    dana, ben = make_person(api, "Dana Ortiz"), make_person(api, "Ben")
    petrel, heron = make_boat(api), make_boat(api, name="Heron")
    inspected = make_boat(api, name="Albatross", kind="inspected")

    def plan(boat: dict[str, Any], person: dict[str, Any], *hours: float) -> dict[str, Any]:
        return make_charter(
            api, boat_id=boat["boat_id"], captain={"person_id": person["person_id"]}, hours=hours, title="Trip"
        )

    evening, morning = plan(petrel, dana, 20, 27), plan(heron, dana, 33, 38)
    assert hour_warnings(api, evening) == hour_warnings(api, morning) == []
    # On an inspected boat, by another captain, or a day later: none of that counts.
    plan(inspected, dana, 28, 32), plan(petrel, ben, 28, 32), plan(petrel, dana, 24 + 45, 24 + 50)
    assert hour_warnings(api, morning) == []
    noon = plan(heron, dana, 39, 39.5)
    told = (
        "Dana Ortiz would be captain for 12 hours 30 minutes within 24 hours. "
        "On boats that are not inspected at most 12 are allowed (46 USC 8104)."
    )
    for one in (evening, morning, noon):
        assert hour_warnings(api, one) == [told]
    board = api.get("/api/events?from=2030-06-01").json["events"]
    shown = [one["event_id"] for one in board if any(w["code"] == "captain_hours" for w in one["warnings"])]
    assert shown == [one["event_id"] for one in (evening, morning, noon)]
    assert api.post(f"{url(noon)}/cancel", {"reason": "fog"}).status == 200
    for one in (evening, morning, noon):
        assert hour_warnings(api, one) == []


def test_hours_are_real_hours_in_the_night_when_the_clocks_change(api: Api) -> None:
    dana, boat = make_person(api, "Dana Ortiz"), make_boat(api)
    named = {"boat_id": boat["boat_id"], "captain": {"person_id": dana["person_id"]}}
    nights = {
        "2030-11-02": ("2030-11-02T18:00:00-07:00", "2030-11-03T06:00:00-08:00"),
        "2030-03-09": ("2030-03-09T18:00:00-08:00", "2030-03-10T06:00:00-07:00"),
        "2030-06-10": ("2030-06-10T18:00:00-07:00", "2030-06-11T06:00:00-07:00"),
    }
    made = {day: make_charter(api, starts_at=starts, ends_at=ends, **named) for day, (starts, ends) in nights.items()}
    assert {day: bool(hour_warnings(api, one)) for day, one in made.items()} == {
        "2030-11-02": True,
        "2030-03-09": False,
        "2030-06-10": False,
    }
