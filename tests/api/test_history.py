"""A charter's history: who changed what, when, old and new."""

from typing import Any

import pytest

from chalicelib.core import dynamo, system
from tests.support.api import Api, new_event
from tests.support.departing import depart, soon


def history(api: Api, event: dict[str, Any], **query: Any) -> dict[str, Any]:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"/api/events/{event['event_id']}/history?{text}")
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


def edit(api: Api, event: dict[str, Any], version: int, **changes: Any) -> None:
    assert api.patch(f"/api/events/{event['event_id']}", {"version": version, **changes}).status == 200


def test_a_fee_is_told_from_the_creation_on_old_and_new_newest_first(api: Api, event: dict[str, Any]) -> None:
    edit(api, event, 1, charter_fee_cents=300_000, title="Another")
    edit(api, event, 2, charter_fee_cents=0)
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    found = history(api, event)
    assert found["next_cursor"] is None
    events = found["events"]
    assert [(one["act"], one["version"], one["by"], one["actor_type"]) for one in events] == [
        ("cancelled", 4, "admin", "admin"),
        ("edited", 3, "admin", "admin"),
        ("edited", 2, "admin", "admin"),
        ("created", 1, "admin", "admin"),
    ]
    fees = [
        [(change["before"], change["after"]) for change in one["changes"] if change["field"] == "charter_fee_cents"]
        for one in events
    ]
    assert fees == [[], [(300_000, 0)], [(event["charter_fee_cents"], 300_000)], [(None, event["charter_fee_cents"])]]
    assert events[0]["reason"] == "storm"
    assert {"field": "status", "before": "scheduled", "after": "cancelled"} in events[0]["changes"]
    assert [change["field"] for change in events[2]["changes"]] == ["title", "charter_fee_cents"]
    assert "address" not in events[0]


def test_a_long_history_comes_page_by_page_each_event_once(api: Api, event: dict[str, Any]) -> None:
    for version in range(1, 8):
        edit(api, event, version, title=f"Title {version}")
    seen: list[int] = []
    cursor = ""
    for _ in range(10):
        page = history(api, event, limit=3, cursor=cursor)
        assert len(page["events"]) <= 3
        seen += [one["version"] for one in page["events"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    # Also where all of it happened within a second.
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]


def test_all_that_is_done_within_a_second_is_told_in_the_order_in_which_it_was_done(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now)
    names = [f"Guest {number}" for number in range(6)]
    event = api.post("/api/events", new_event(**soon(), guests=[{"name": name, "email": ""} for name in names])).json
    path = f"/api/events/{event['event_id']}"
    done = ["created 1"]
    for state in ("aboard", "no_show"):
        for guest in event["guests"]:
            assert api.post(f"{path}/check-in", {"guest_id": guest["guest_id"], "state": state}).status == 200
            done.append(f"checked_in {guest['guest_id']} {state}")
    edit(api, event, 1, title="Renamed at the dock")
    api.post(f"{path}/safety-briefing", {"done": True})
    assert depart(api, event["event_id"]).status == 200
    edit(api, event, 3, title="Renamed at sea")
    done += ["edited 2", "safety_briefing BRIEFING done", "departed 3", "edited 4"]
    events = history(api, event, limit=100)["events"]
    told = [" ".join(str(one[name]) for name in ("act", "version", "about", "state") if one[name]) for one in events]
    assert told[::-1] == done
    assert {one["at"] for one in events} == {event["created_at"]}


def test_it_takes_two_reads_however_long_it_is(
    api: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(1, 6):
        edit(api, event, version, title=f"Title {version}")
    calls: list[str] = []
    client = dynamo.db()
    for name in ("query", "get_item", "batch_get_item"):
        call = getattr(client, name)
        monkeypatch.setattr(client, name, lambda name=name, call=call, **more: (calls.append(name), call(**more))[1])
    history(api, event)
    assert sorted(calls) == ["get_item", "get_item", "query"]  # One of them is the session.


def test_only_admins_read_it_and_an_unknown_charter_has_none(api: Api, guest: Api, event: dict[str, Any]) -> None:
    assert guest.get(f"/api/events/{event['event_id']}/history").status == 401
    assert api.get(f"/api/events/{'A' * 22}/history").status == 404
    assert api.get(f"/api/events/{event['event_id']}/history?cursor=x").status == 400
