"""Crew that waits for a captain, and what the sweep does about it."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from chalicelib.core import system
from chalicelib.crew import service as crew_service
from tests.support.api import Api
from tests.support.crewing import add, hire, sailing, shown, state

NOW = datetime(2030, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "utc_now", lambda: NOW)


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
