"""Positions of a charter: people are asked one after the other, answer, are assigned or told that it is off."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import times
from chalicelib.core.errors import NotFound
from chalicelib.crew.service import NotAnswered
from tests.api.crew.conftest import NOW
from tests.support.api import Api
from tests.support.crewing import act, add, sailing, says, seen, shown, state, subjects
from tests.support.mails import text_of
from tests.support.planning import at, make_charter, patch, refused
from tests.support.races import at_once

# --- asked ----------------------------------------------------------------------------------------------


def test_the_captain_is_asked_by_rank_and_has_a_day_to_answer(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    assert state(event) == ("asked", None, [("Ana", None)])
    assert event["positions"][0]["answer_by"] == "2030-05-21T12:00:00Z"
    assert (event["positions"][0]["required"], event["captain"]) == (True, None)
    (mail,) = mailbox
    assert mail["Subject"] == "Can you sail as captain? Sunset sail, Sunday, June 2, 2030"
    assert "/c/p" + crew["Ana"] in text_of(mail)


def test_whoever_is_named_is_asked_in_the_order_given(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api), person_ids=[crew["Cy"], crew["Ana"]])
    assert state(event) == ("asked", None, [("Cy", None)])
    says(crew["Cy"], event, "decline", now=NOW, reason="away")
    found = shown(event)
    assert state(found) == ("asked", None, [("Cy", "declined"), ("Ana", None)])
    assert found["positions"][0]["asked"][0]["reason"] == "away"


def test_a_position_without_people_is_open_and_asks_nobody(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage], clock: list[datetime]
) -> None:
    event = add(api, sailing(api), person_ids=[], required=False)
    assert (state(event), event["positions"][0]["required"]) == (("open", None, []), False)
    clock[0] = NOW + timedelta(days=2)
    sweep.run(clock[0])
    assert (state(shown(event)), mailbox) == (("open", None, []), [])


def test_whoever_sails_elsewhere_or_is_not_active_is_not_asked_by_rank(api: Api, crew: dict[str, str]) -> None:
    sailing(api, captain={"person_id": crew["Ana"]})
    assert api.patch(f"/api/people/{crew['Ben']}", {"version": 1, "active": False}).status == 200
    assert state(add(api, sailing(api))) == ("asked", None, [("Cy", None)])


def test_two_positions_of_one_role_ask_two_people(api: Api, crew: dict[str, str]) -> None:
    event = sailing(api, captain={"person_id": crew["Ana"]})
    add(api, event, "deckhand")
    found = add(api, event, "deckhand")
    assert [state(found, number)[2] for number in (0, 1)] == [[("Dot", None)], [("Eve", None)]]


def test_the_answer_may_be_wanted_by_a_time_of_the_desk(api: Api, crew: dict[str, str]) -> None:
    event = sailing(api)
    answer = api.post(
        f"/api/events/{event['event_id']}/positions", {"role": "captain", "answer_by": "2030-05-20T12:10:00Z"}
    )
    assert (answer.status, list(answer.json["Fields"])) == (400, ["answer_by"])
    found = add(api, event, answer_by="2030-05-20T13:00:00Z")
    assert found["positions"][0]["answer_by"] == "2030-05-20T13:00:00Z"
    says(crew["Ana"], found, "decline", now=NOW)
    # It was for the first.
    assert shown(event)["positions"][0]["answer_by"] == "2030-05-21T12:00:00Z"
    after_the_start = add(api, sailing(api), answer_by=at(40))
    assert after_the_start["positions"][0]["answer_by"] == at(34)


@pytest.mark.parametrize(
    ("before_start", "hours"), [(timedelta(hours=49), 24), (timedelta(hours=48), 2), (timedelta(hours=1), 1)]
)
def test_the_time_to_answer_is_shorter_soon_before_the_start_and_never_after_it(
    api: Api, crew: dict[str, str], before_start: timedelta, hours: int
) -> None:
    starts_at, ends_at = (times.format_instant(NOW + before_start + timedelta(hours=more)) for more in (0, 2))
    found = add(api, make_charter(api, starts_at=starts_at, ends_at=ends_at))
    assert found["positions"][0]["answer_by"] == times.format_instant(NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "cook"}, "role"),
        ({}, "role"),
        ({"role": "captain", "person_ids": ["nobody"]}, "person_ids"),
        ({"role": "captain", "person_ids": "all"}, "person_ids"),
        ({"role": "captain", "required": "yes"}, "required"),
        ({"role": "captain", "answer_by": "soon"}, "answer_by"),
        ({"role": "captain", "price": 3}, "price"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    api: Api, crew: dict[str, str], body: dict[str, Any], field: str
) -> None:
    event = sailing(api)
    answer = api.post(f"/api/events/{event['event_id']}/positions", body)
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])
    assert shown(event)["version"] == event["version"]


def test_the_same_request_under_one_key_adds_one_position(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = sailing(api)
    key = {"Idempotency-Key": "0190c0de-0000-7000-8000-000000000001"}
    url = f"/api/events/{event['event_id']}/positions"
    first, again = (api.call("POST", url, {"role": "captain"}, headers=key) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert len(mailbox) == 1


# --- answered -------------------------------------------------------------------------------------------


def test_who_accepts_is_the_captain_and_is_booked(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    says(crew["Ana"], event, now=NOW)
    found = shown(event)
    assert state(found) == ("accepted", "Ana", [("Ana", "accepted")])
    assert found["captain"]["person_id"] == crew["Ana"]
    assert found["captain"]["email"] == "ana@example.com"
    elsewhere = api.post(
        "/api/events", {"title": "Other", "starts_at": at(35), "ends_at": at(36), "captain": {"person_id": crew["Ana"]}}
    )
    assert refused(elsewhere) == [("captain", "Ana Reyes", "Sunset sail")]


def test_the_same_answer_again_is_the_same_result(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    as_seen = seen(event)
    first = says(crew["Ana"], event, now=NOW, as_seen=as_seen)
    again = says(crew["Ana"], event, now=NOW + timedelta(minutes=1), as_seen=as_seen)
    assert (first.version, again.version) == (3, 3)
    assert list(again.positions) == list(first.positions)
    says(crew["Ana"], event, "decline", now=NOW)
    declined = shown(event)
    says(crew["Ana"], event, "decline", now=NOW, as_seen=as_seen)
    assert shown(event)["version"] == declined["version"]


def test_an_answer_to_what_has_changed_is_refused_and_tells_what_holds(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    as_seen = seen(event)
    moved = patch(api, event, starts_at=at(35)).json
    for answer in ("accept", "decline"):
        with pytest.raises(NotAnswered) as refusal:
            says(crew["Ana"], event, answer, now=NOW, as_seen=as_seen)
        assert (refusal.value.why, refusal.value.charter.details["starts_at"]) == ("changed", at(35))
    assert shown(event)["version"] == moved["version"]


def test_who_was_never_asked_finds_no_such_position(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    with pytest.raises(NotFound):
        says(crew["Ben"], event, now=NOW)
    with pytest.raises(NotFound):
        says(crew["Ben"], {"positions": [{"position_id": "0" * 16}]}, now=NOW, as_seen="")


def test_a_late_one_may_still_accept_while_nobody_has(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage], clock: list[datetime]
) -> None:
    event = add(api, sailing(api))
    as_seen = seen(event)
    clock[0] = NOW + timedelta(hours=24)
    sweep.run(clock[0])
    assert state(shown(event)) == ("asked", None, [("Ana", "late"), ("Ben", None)])
    says(crew["Ana"], event, now=clock[0], as_seen=as_seen)
    assert state(shown(event)) == ("accepted", "Ana", [("Ana", "accepted"), ("Ben", "withdrawn")])
    assert subjects(mailbox)[-1] == ("Ben", "Not needed any more")
    with pytest.raises(NotAnswered) as refusal:
        says(crew["Ben"], event, now=clock[0])
    assert refusal.value.why == "withdrawn"


def test_who_was_late_and_finds_it_taken_is_told_so(api: Api, crew: dict[str, str], clock: list[datetime]) -> None:
    event = add(api, sailing(api))
    clock[0] = NOW + timedelta(hours=24)
    sweep.run(clock[0])
    says(crew["Ben"], event, now=clock[0])
    with pytest.raises(NotAnswered) as refusal:
        says(crew["Ana"], event, now=clock[0])
    assert (refusal.value.why, refusal.value.position["person"]) == (
        "taken",
        {"person_id": crew["Ben"], "name": "Ben Ott"},
    )


def test_who_sails_elsewhere_then_is_told_where(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api), person_ids=[crew["Ana"]])
    make_charter(api, title="Whale watch", captain={"person_id": crew["Ana"]}, hours=(33, 35))
    with pytest.raises(NotAnswered) as refusal:
        says(crew["Ana"], event, now=NOW)
    assert refusal.value.why == "elsewhere"
    assert [one["title"] for one in refusal.value.conflicts] == ["Whale watch"]
    assert state(shown(event)) == ("asked", None, [("Ana", None)])


def test_who_has_accepted_may_still_decline_and_the_next_is_asked(api: Api, crew: dict[str, str]) -> None:
    event = add(api, sailing(api))
    says(crew["Ana"], event, now=NOW)
    says(crew["Ana"], event, "decline", now=NOW, reason="ill")
    found = shown(event)
    assert state(found) == ("asked", None, [("Ana", "declined"), ("Ben", None)])
    assert found["captain"] is None


def test_when_nobody_is_left_the_position_is_open_and_the_owner_is_told_once(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage], clock: list[datetime]
) -> None:
    event = add(api, sailing(api), person_ids=[crew["Ana"]])
    says(crew["Ana"], event, "decline", now=NOW, reason="away")
    assert state(shown(event)) == ("open", None, [("Ana", "declined")])
    to_owner = [one for one in mailbox if str(one["Subject"]).startswith("No captain yet")]
    assert ["Ana Reyes: declined, “away”" in text_of(one) for one in to_owner] == [True]
    clock[0] = NOW + timedelta(days=1)
    sweep.run(clock[0])
    assert len(mailbox) == 2


# --- the captain comes first ------------------------------------------------------------------------------


def test_crew_waits_for_the_captain_and_is_then_asked_by_itself(
    api: Api, crew: dict[str, str], mailbox: list[EmailMessage]
) -> None:
    event = sailing(api)
    add(api, event, "deckhand")
    found = add(api, event, "captain")
    assert [state(found, number)[0] for number in (0, 1)] == ["open", "asked"]
    says(crew["Ana"], found, number=1, now=NOW)
    assert state(shown(event), 0) == ("asked", None, [("Dot", None)])
    assert [who for who, _ in subjects(mailbox)] == ["Ana", "Dot"]


@pytest.mark.parametrize(
    ("answered", "answer_by"), [("12:30", "2030-05-20T14:00:00Z"), ("13:46", "2030-05-21T13:46:00Z")]
)
def test_the_time_that_the_desk_wants_waits_with_the_crew_for_the_captain(
    api: Api, crew: dict[str, str], clock: list[datetime], answered: str, answer_by: str
) -> None:
    event = add(api, sailing(api), "deckhand", answer_by="2030-05-20T14:00:00Z")
    add(api, event, "captain")
    clock[0] = datetime.fromisoformat(f"2030-05-20T{answered}:00+00:00")
    says(crew["Ana"], shown(event), number=1, now=clock[0])
    assert shown(event)["positions"][0]["answer_by"] == answer_by


@pytest.mark.parametrize("captain", [{"name": "Typed"}, {"person_id": "Ana"}])
def test_a_typed_captain_counts_as_one(api: Api, crew: dict[str, str], captain: dict[str, str]) -> None:
    event = add(api, sailing(api), "deckhand")
    assert state(event)[0] == "open"
    if "person_id" in captain:
        captain = {"person_id": crew["Ana"]}
    found = patch(api, event, captain=captain).json
    assert state(found) == ("asked", None, [("Dot", None)])


def test_by_the_setting_crew_is_asked_before_there_is_a_captain(api: Api, crew: dict[str, str]) -> None:
    settings = api.get("/api/settings").json
    assert api.put("/api/settings", {**settings, "captain_first": False}).status == 200
    assert state(add(api, sailing(api), "deckhand")) == ("asked", None, [("Dot", None)])


# --- at once ------------------------------------------------------------------------------------------------


def test_of_two_who_accept_at_once_exactly_one_sails(api: Api, crew: dict[str, str], clock: list[datetime]) -> None:
    who = [crew["Ana"], crew["Ben"]]
    events = [add(api, make_charter(api, hours=(34 + day * 24, 38 + day * 24)), person_ids=who) for day in range(5)]
    clock[0] = NOW + timedelta(hours=25)
    sweep.run(clock[0])
    for event in events:
        as_seen = seen(event)
        results = at_once(2, lambda number: says(who[number], event, now=clock[0], as_seen=as_seen))  # noqa: B023
        refusals = [one for one in results if isinstance(one, NotAnswered)]
        assert len(refusals) == 1, results
        assert refusals[0].why in ("taken", "withdrawn")
        found = shown(event)
        assert found["captain"]["person_id"] == found["positions"][0]["person"]["person_id"]


def test_who_accepts_two_charters_of_one_time_at_once_sails_on_one(api: Api, crew: dict[str, str]) -> None:
    for _ in range(5):
        events = [add(api, sailing(api), person_ids=[crew["Ana"]]) for _ in range(2)]
        results = at_once(2, lambda number: says(crew["Ana"], events[number], now=NOW))  # noqa: B023
        refusals = [one for one in results if isinstance(one, NotAnswered)]
        assert [one.why for one in refusals] == ["elsewhere"], results
        for event in events:
            act(api, event, "withdraw")


def test_who_accepts_while_the_charter_moves_is_never_accepted_for_the_other_time(
    api: Api, crew: dict[str, str]
) -> None:
    for number in range(5):
        event = add(api, sailing(api), person_ids=[crew["Ana"]])
        as_seen, desk = seen(event), Api(api.token)

        def run(which: int) -> Any:
            if which == 0:
                return says(crew["Ana"], event, now=NOW, as_seen=as_seen)  # noqa: B023
            version = event["version"]  # noqa: B023
            answers = (
                desk.patch(f"/api/events/{event['event_id']}", {"version": version + more, "starts_at": at(34.5)})  # noqa: B023
                for more in (0, 1)
            )
            return next(one for one in answers if one.status == 200)

        results = at_once(2, run)
        found = shown(event)
        assert found["starts_at"] == at(34.5), results
        assert state(found)[0] == ("asked" if isinstance(results[0], NotAnswered) else "unconfirmed"), number
        act(api, event, "withdraw")


# --- what it costs ------------------------------------------------------------------------------------------


def test_an_answer_reads_seven_times_and_writes_once(
    api: Api, crew: dict[str, str], calls: list[str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    as_seen = seen(event)
    calls.clear()
    says(crew["Ana"], event, now=NOW, as_seen=as_seen)
    # Its charter, the people, the schedule, the settings.
    assert calls == ["GetItem", "GetItem", "Query", "Query", "GetItem", "TransactWriteItems"]
    calls.clear()
    says(crew["Ana"], event, now=NOW, as_seen=as_seen)
    assert calls == ["GetItem", "GetItem", "Query", "Query", "GetItem"]


def test_a_move_with_positions_is_one_transaction(
    api: Api, crew: dict[str, str], calls: list[str], mailbox: list[EmailMessage]
) -> None:
    event = add(api, sailing(api))
    says(crew["Ana"], event, now=NOW)
    found = shown(event)
    mailbox.clear()
    calls.clear()
    assert patch(api, found, starts_at=at(35)).status == 200
    assert calls.count("TransactWriteItems") == 1 + len(mailbox)
