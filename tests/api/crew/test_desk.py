"""What the desk does with positions: it asks others, assigns, withdraws; and whom it cannot."""

from email.message import EmailMessage

import pytest

from chalicelib.crew.service import NotAnswered
from tests.api.crew.conftest import NOW
from tests.support.api import Api
from tests.support.crewing import ASKS_CAPTAIN, act, add, sailing, says, shown, state, subjects
from tests.support.planning import at, make_boat, patch, refused


def test_asking_again_replaces_those_asked_who_are_told(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    found = act(api, event, "ask", person_ids=[crew["Ben"]]).json
    assert state(found) == ("asked", None, [("Ana", "withdrawn"), ("Ben", None)])
    assert subjects(mailbox) == [("Ana", ASKS_CAPTAIN), ("Ben", ASKS_CAPTAIN), ("Ana", "Not needed any more")]


def test_asking_the_same_people_again_changes_nothing(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    body = {"person_ids": [crew["Ben"], crew["Cy"]]}
    first, again = (act(api, event, "ask", **body).json for _ in range(2))
    assert (first["version"], len(mailbox)) == (again["version"], 3)


def test_who_had_the_position_is_told_when_others_are_asked(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    says(crew["Ana"], event, now=NOW)
    found = act(api, event, "ask", person_ids=[crew["Ben"]]).json
    assert (state(found)[:2], found["captain"]) == (("asked", None), None)
    assert subjects(mailbox)[1:] == [("Ben", ASKS_CAPTAIN), ("Ana", "Not needed any more")]


def test_who_is_assigned_sails_without_being_asked_and_is_told(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    found = act(api, event, "assign", person_id=crew["Ben"]).json
    assert state(found) == ("assigned", "Ben", [("Ana", "withdrawn")])
    assert found["captain"]["person_id"] == crew["Ben"]
    assert subjects(mailbox)[1:] == [("Ben", "You sail as captain"), ("Ana", "Not needed any more")]
    again = act(api, event, "assign", person_id=crew["Ben"]).json
    assert (again["version"], len(mailbox)) == (found["version"], 3)


def test_who_sails_elsewhere_is_assigned_with_a_reason_only(api: Api, crew: dict[str, str]) -> None:
    sailing(api, title="Whale watch", captain={"person_id": crew["Ana"]})
    event = add(api, sailing(api), person_ids=[])
    assert refused(act(api, event, "assign", person_id=crew["Ana"])) == [("captain", "Ana Reyes", "Whale watch")]
    found = act(api, event, "assign", person_id=crew["Ana"], override_reason="they are one trip").json
    assert (state(found)[:2], found["schedule_override"]["reason"]) == (("assigned", "Ana"), "they are one trip")
    assert [one["title"] for one in found["conflicts"]] == ["Whale watch"]


def test_nobody_has_two_positions_of_one_charter(api: Api, crew: dict[str, str]) -> None:
    event = sailing(api)
    add(api, event, "captain", person_ids=[crew["Ben"]])
    found = add(api, event, "mate", person_ids=[])
    says(crew["Ben"], found, now=NOW)
    answer = act(api, found, "assign", number=1, person_id=crew["Ben"])
    assert (answer.status, answer.json["Code"]) == (409, "PositionConflict")


def test_a_withdrawn_position_is_closed_and_its_people_are_told(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    says(crew["Ana"], event, now=NOW)
    found = act(api, event, "withdraw", reason="smaller boat").json
    assert (state(found)[:2], found["captain"]) == (("withdrawn", None), None)
    assert subjects(mailbox)[1:] == [("Ana", "Not needed any more")]
    again = act(api, event, "withdraw").json
    assert again["version"] == found["version"]
    for what, body in (("ask", {"person_ids": [crew["Ben"]]}), ("assign", {"person_id": crew["Ben"]})):
        assert act(api, event, what, **body).status == 409
    with pytest.raises(NotAnswered) as refusal:
        says(crew["Ana"], event, now=NOW)
    assert refusal.value.why == "withdrawn"
    # There is room for another one.
    assert len(add(api, event, person_ids=[])["positions"]) == 2


def test_a_charter_has_one_position_for_its_captain(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    answer = api.post(f"/api/events/{event['event_id']}/positions", {"role": "captain"})
    assert (answer.status, answer.json["Code"]) == (409, "PositionConflict")


@pytest.mark.parametrize("what", ["positions", "ask", "assign", "withdraw", "answer"])
def test_a_charter_that_is_off_takes_nothing(api: Api, crew: dict[str, str], what: str) -> None:
    event = add(api, sailing(api))
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    if what == "answer":
        with pytest.raises(NotAnswered) as refusal:
            says(crew["Ana"], event, now=NOW)
        assert refusal.value.why == "over"
        return
    if what == "positions":
        answer = api.post(f"/api/events/{event['event_id']}/positions", {"role": "mate"})
    else:
        bodies = {"ask": {"person_ids": [crew["Ben"]]}, "assign": {"person_id": crew["Ben"]}, "withdraw": {}}
        answer = act(api, event, what, **bodies[what])
    assert answer.status == 409, answer.text


# --- bareboat -----------------------------------------------------------------------------------------------


def test_the_crew_of_a_bareboat_is_the_charterers_own(api: Api, crew: dict[str, str]) -> None:
    bare = make_boat(api, kind="bareboat")
    event = sailing(api, boat_id=bare["boat_id"], captain={"name": "Their Own"})
    url = f"/api/events/{event['event_id']}/positions"
    other = {"title": "Other", "starts_at": at(35), "ends_at": at(36)}
    refusals = [
        api.post(url, {"role": "captain"}),
        api.post("/api/events", {**other, "boat_id": bare["boat_id"], "crew": [{"person_id": crew["Dot"]}]}),
        patch(api, event, captain={"person_id": crew["Ana"]}),
        act(api, add(api, event, person_ids=[]), "ask", person_ids=[crew["Ana"]]),
        act(api, shown(event), "assign", person_id=crew["Ana"]),
    ]
    assert [(one.status, one.json["Code"]) for one in refusals] == [(409, "BareboatCrew")] * 5


def test_a_charter_with_crew_does_not_move_to_a_bareboat(api: Api, crew: dict[str, str]) -> None:
    bare = make_boat(api, kind="bareboat")
    asked = add(api, sailing(api))
    answer = patch(api, asked, boat_id=bare["boat_id"])
    assert (answer.status, answer.json["Code"]) == (409, "BareboatCrew")
    typed = sailing(api, captain={"name": "Their Own"})
    assert patch(api, typed, boat_id=bare["boat_id"]).status == 200


# --- who is in use ------------------------------------------------------------------------------------------


def test_who_is_asked_cannot_be_set_inactive(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    answer = api.patch(f"/api/people/{crew['Ana']}", {"version": 1, "active": False})
    assert (answer.status, answer.json["Code"]) == (409, "InUse")
    says(crew["Ana"], event, "decline", now=NOW)
    assert api.patch(f"/api/people/{crew['Ana']}", {"version": 1, "active": False}).status == 200


def test_a_repeated_charter_has_the_same_positions_and_asks_nobody(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api, crew=[{"person_id": crew["Eve"]}]))
    says(crew["Ana"], event, now=NOW)
    body = {"request_id": "0190c0de-0000-7000-8000-000000000002", "until": "2030-06-10"}
    (copy,) = api.post(f"/api/events/{event['event_id']}/repeat", body).json["events"]
    assert (state(copy), copy["captain"]) == (("open", None, []), None)
    assert [one["person_id"] for one in copy["crew"]] == [crew["Eve"]]
    assert copy["positions"][0]["position_id"] != event["positions"][0]["position_id"]
    assert len(mailbox) == 1
