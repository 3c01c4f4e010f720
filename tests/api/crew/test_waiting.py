"""Crew that waits for a captain, and what the sweep does about it."""

from datetime import timedelta
from email.message import EmailMessage

from chalicelib.crew import service as crew_service
from tests.api.crew.conftest import NOW
from tests.support.api import Api
from tests.support.crewing import act, add, hire, sailing, shown, state
from tests.support.planning import make_boat, patch


def hold_back(api: Api, *, captain_first: bool) -> None:
    settings = api.get("/api/settings").json
    assert api.put("/api/settings", {**settings, "captain_first": captain_first}).status == 200


def test_crew_that_waits_for_a_captain_is_asked_once_the_setting_is_switched_off(
    api: Api, mailbox: list[EmailMessage]
) -> None:
    for name, role in (("Dot Lee", "deckhand"), ("Ben Ott", "mate")):
        hire(api, name, role)
    event = add(api, add(api, sailing(api), "deckhand"), "mate")
    other = add(api, sailing(api, captain={"name": "Typed"}), "host", person_ids=[])
    crew_service.sweep(NOW)
    assert [state(event, number)[0] for number in (0, 1)] == ["open", "open"]
    hold_back(api, captain_first=False)
    for minutes in range(11):
        crew_service.sweep(NOW + timedelta(minutes=minutes))
    assert [state(shown(event), number) for number in (0, 1)] == [
        ("asked", None, [("Dot", None)]),
        ("asked", None, [("Ben", None)]),
    ]
    assert sorted(str(mail["To"]).split()[0] for mail in mailbox) == ["Ben", "Dot"]
    # Once, in one act of the system; what the desk has left open stays so.
    history = api.get(f"/api/events/{event['event_id']}/history").json["events"]
    assert (history[0]["act"], history[0]["by"]) == ("position_asked", "system")
    assert shown(event)["version"] == event["version"] + 1
    assert shown(other) == other


def test_nobody_is_asked_for_a_boat_that_became_a_bareboat_meanwhile(api: Api, mailbox: list[EmailMessage]) -> None:
    hire(api, "Dot Lee", "deckhand")
    boat = make_boat(api)
    event = add(api, sailing(api, boat_id=boat["boat_id"]), "deckhand")
    changed = {"version": boat["version"], "kind": "bareboat"}
    assert api.patch(f"/api/boats/{boat['boat_id']}", changed).status == 200
    found = patch(api, event, captain={"name": "Typed"}).json
    assert state(found) == ("open", None, [])
    assert [str(mail["To"]).split()[-1] for mail in mailbox if "Dot" in str(mail["To"])] == []


def test_how_to_reach_a_typed_captain_changes_nothing_about_who_is_asked(api: Api, mailbox: list[EmailMessage]) -> None:
    ben = hire(api, "Ben Ott", "captain")
    event = add(api, sailing(api, captain={"name": "Typed"}), person_ids=[])
    event = act(api, event, "ask", person_ids=[ben]).json
    found = patch(api, event, captain={"name": "Typed", "phone": "+1 415 555 0199"}).json
    assert state(found) == ("asked", None, [("Ben", None)])
    assert len(mailbox) == 1
