import uuid
from datetime import datetime
from typing import Any

import pytest

from chalicelib.core import system
from tests.support.api import Answer, Api, new_event
from tests.support.races import at_once

EVENT_FIELDS = set(
    "event_id title starts_at ends_at timezone vessel passenger_limit departure_port return_port captain crew patron "
    "party_size charter_fee_cents currency notes guest_notes status version created_at updated_at guest_url "
    "payment_cleared payment_timestamp payment_method balance waivers guests waivers_open_until warnings "
    "balance_reminders balance_reminders_state boat_id conflicts schedule_override positions readiness "
    "cancellation_fee_cents".split()
)


def create(api: Api, **changes: Any) -> dict[str, Any]:
    answer = api.post("/api/events", new_event(**changes))
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def test_a_new_charter_comes_back_as_the_contract_says(api: Api, event: dict[str, Any]) -> None:
    assert set(event) == EVENT_FIELDS
    sent = new_event()
    same = set(sent) - {"starts_at", "ends_at", "captain", "crew"}
    assert {name: event[name] for name in same} == {name: sent[name] for name in same}
    assert event["captain"] == {"person_id": None, **sent["captain"]}
    assert event["crew"] == [{"person_id": None, **one} for one in sent["crew"]]
    assert (event["starts_at"], event["ends_at"]) == ("2030-06-02T00:00:00Z", "2030-06-02T03:00:00Z")
    assert event["guest_url"] == f"https://sail.example.com/g/{event['event_id']}"
    assert (event["status"], event["version"], event["currency"]) == ("scheduled", 1, "USD")
    assert event["balance"] == {
        "charged_cents": 120_000,
        "received_cents": 0,
        "deposits_cents": 0,
        "refunded_cents": 0,
        "tips_cents": 0,
        "uncleared_cents": 0,
        "balance_due_cents": 120_000,
        "to_refund_cents": 0,
    }
    assert (event["payment_cleared"], event["payment_timestamp"], event["payment_method"]) == (False, None, None)
    assert event["waivers"] == {"signed": 0, "expected": 4}


def test_a_charter_needs_only_a_title_and_its_times(api: Api) -> None:
    answer = api.post(
        "/api/events", {"title": "Sail", "starts_at": "2030-01-01T10:00:00Z", "ends_at": "2030-01-01T12:00:00Z"}
    )
    assert answer.status == 201
    assert answer.json["timezone"] == "America/Los_Angeles"
    assert answer.json["patron"] == {"name": "", "email": "", "phone": ""}
    assert answer.json["captain"] is None


def test_ids_are_unguessable(api: Api) -> None:
    ids = {create(api)["event_id"] for _ in range(20)}
    assert len(ids) == 20
    assert all(len(event_id) == 22 for event_id in ids)  # 22 base64url characters carry 128 bits


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"title": "mangled \ufffd bytes"}, "title"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2030-06-01"}, "starts_at"),
        ({"starts_at": "2030-06-01T17:00:00"}, "starts_at"),
        ({"starts_at": "2030-02-30T17:00:00Z"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-23:59"}, "starts_at"),
        ({"starts_at": 1_900_000_000}, "starts_at"),
        ({"ends_at": "2030-06-01T17:00:00-07:00"}, "ends_at"),
        ({"ends_at": "2032-06-01T17:00:00-07:00"}, "ends_at"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"vessel": []}, "vessel"),
        ({"passenger_limit": 0}, "passenger_limit"),
        ({"passenger_limit": 6.5}, "passenger_limit"),
        ({"passenger_limit": True}, "passenger_limit"),
        ({"party_size": -1}, "party_size"),
        ({"party_size": "4"}, "party_size"),
        ({"charter_fee_cents": -1}, "charter_fee_cents"),
        ({"charter_fee_cents": 10**30}, "charter_fee_cents"),
        ({"charter_fee_cents": 12.0}, "charter_fee_cents"),
        ({"currency": "dollars"}, "currency"),
        ({"captain": "Hook"}, "captain"),
        ({"captain": {"email": "hook@example.com"}}, "captain.name"),
        ({"captain": {"name": "Hook", "email": "hook"}}, "captain.email"),
        ({"captain": {"name": "Hook", "email": "h@example.com\nBcc: x@example.com"}}, "captain.email"),
        ({"captain": {"name": "Hook", "rank": 1}}, "captain.rank"),
        ({"captain": {"name": "Hook", "phone": "call me"}}, "captain.phone"),
        ({"crew": {"name": "Smee"}}, "crew"),
        ({"crew": ["Smee"]}, "crew"),
        ({"crew": [{"name": "Smee"}, {"name": ""}]}, "crew[1].name"),
        ({"crew": [{"name": "x"}] * 21}, "crew"),
        ({"patron": {"email": "not an address"}}, "patron.email"),
        ({"patron": []}, "patron"),
        ({"notes": "x" * 4001}, "notes"),
        ({"guest_notes": {"a": 1}}, "guest_notes"),
        ({"status": "completed"}, "status"),
        ({"event_id": "mine"}, "event_id"),
        ({"payment_cleared": True}, "payment_cleared"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_created(api: Api, changes: dict[str, Any], field: str) -> None:
    answer = api.post("/api/events", new_event(**changes))
    assert answer.status == 400
    assert list(answer.json["Fields"]) == [field]
    assert answer.json["Message"].startswith(field)
    assert api.get("/api/events?from=2000-02-01").json["events"] == []


def test_all_wrong_fields_are_named_at_once(api: Api) -> None:
    answer = api.post("/api/events", new_event(title="", party_size=-1, foo=1))
    assert set(answer.json["Fields"]) == {"title", "party_size", "foo"}


def test_emoji_and_foreign_letters_are_kept(api: Api) -> None:
    title = "⛵ Σούνιο — 海の日"
    event = create(api, title=title, notes="line one\nline two 🐬")
    again = api.get(f"/api/events/{event['event_id']}").json
    assert (again["title"], again["notes"]) == (title, "line one\nline two 🐬")


def test_the_same_request_key_creates_one_charter(api: Api) -> None:
    key = {"idempotency-key": str(uuid.uuid4())}
    first = api.post("/api/events", new_event(), headers=key)
    again = api.post("/api/events", new_event(), headers=key)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    other = api.post("/api/events", new_event(title="Other"), headers=key)
    assert other.status == 409
    assert len(api.get("/api/events").json["events"]) == 1


def test_the_same_request_key_in_parallel_creates_one_charter(api: Api) -> None:
    key = {"idempotency-key": str(uuid.uuid4())}
    clients = [Api(api.token) for _ in range(8)]
    answers = at_once(8, lambda number: clients[number].post("/api/events", new_event(), headers=key))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["event_id"] for answer in answers}) == 1


def test_a_request_key_that_is_no_uuid_is_named(api: Api) -> None:
    answer = api.post("/api/events", new_event(), headers={"idempotency-key": "once"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["Idempotency-Key"])


@pytest.mark.parametrize("event_id", ["A" * 22, "nope", "%2e%2e", "A" * 500, "EVENT"])
def test_an_unknown_and_a_malformed_id_look_alike(api: Api, event_id: str) -> None:
    answer = api.get(f"/api/events/{event_id}")
    assert (answer.status, answer.json) == (404, {"Code": "NotFound", "Message": "There is no such charter."})


# --- the board ------------------------------------------------------------------------------------


def at(day: int) -> dict[str, str]:
    return {"starts_at": f"2030-06-{day:02d}T10:00:00Z", "ends_at": f"2030-06-{day:02d}T12:00:00Z"}


def test_the_board_is_paged_by_departure(api: Api) -> None:
    for day in (5, 3, 1, 4, 2):
        create(api, title=f"Day {day}", **at(day))
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = api.get(f"/api/events?limit=2&cursor={cursor}").json
        seen += [event["title"] for event in page["events"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert seen == ["Day 1", "Day 2", "Day 3", "Day 4", "Day 5"]
    assert pages == 3


def test_a_page_that_ends_with_the_list_has_no_cursor(api: Api) -> None:
    for day in (1, 2):
        create(api, **at(day))
    assert api.get("/api/events?limit=2").json["next_cursor"] is None


def test_the_board_takes_bounds_and_a_status(api: Api) -> None:
    events = [create(api, title=f"Day {day}", **at(day)) for day in (1, 2, 3)]
    api.post(f"/api/events/{events[1]['event_id']}/cancel", {"reason": "storm"})

    def titles(query: str) -> list[str]:
        return [event["title"] for event in api.get(f"/api/events?{query}").json["events"]]

    assert titles("from=2030-06-02T00:00:00Z") == ["Day 2", "Day 3"]
    assert titles("to=2030-06-02T10:00:00Z") == ["Day 1"]
    assert titles("from=2030-06-02&to=2030-06-02") == ["Day 2"]
    assert titles("status=cancelled") == ["Day 2"]
    assert titles("status=scheduled&limit=1") == ["Day 1"]
    assert titles("from=2031-01-01&to=2030-01-01") == []


def test_without_from_the_board_starts_today_at_midnight_of_the_operator(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(api, title="Yesterday evening", starts_at="2030-06-01T21:00:00-07:00", ends_at="2030-06-01T23:30:00-07:00")
    create(api, title="This morning", starts_at="2030-06-02T00:30:00-07:00", ends_at="2030-06-02T03:00:00-07:00")
    # 22:00 in San Francisco, when it is tomorrow already in UTC.
    monkeypatch.setattr(system, "utc_now", lambda: datetime.fromisoformat("2030-06-02T22:00:00-07:00"))
    monkeypatch.setattr("chalicelib.sign_in.sessions.authenticate", lambda *_, **__: None)
    assert [event["title"] for event in api.get("/api/events").json["events"]] == ["This morning"]


def test_a_cursor_of_another_list_is_refused(api: Api, event: dict[str, Any], log: Any) -> None:
    log()
    log()
    cursor = api.get("/api/payments?limit=1").json["next_cursor"]
    answer = api.get(f"/api/events?cursor={cursor}")
    assert (answer.status, list(answer.json["Fields"])) == (400, ["cursor"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=٣", "limit"),
        ("from=yesterday", "from"),
        ("to=2030-13-01", "to"),
        ("from=0001-01-01", "from"),
        ("status=done", "status"),
        ("cursor=abc", "cursor"),
        ("cursor=MTpub25zZW5zZQ", "cursor"),
        ("cursor=" + "A" * 300, "cursor"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_question_to_the_board_names_the_field(api: Api, query: str, field: str) -> None:
    answer = api.get(f"/api/events?{query}")
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])


# --- edit and cancel ------------------------------------------------------------------------------


def test_an_edit_changes_what_it_names_and_raises_the_version(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}"
    answer = api.patch(url, {"version": 1, "title": "Moonlight sail", "captain": None})
    assert answer.status == 200
    assert (answer.json["title"], answer.json["captain"], answer.json["version"]) == ("Moonlight sail", None, 2)
    # Without its captain it is not ready any more.
    kept = EVENT_FIELDS - {"title", "captain", "version", "updated_at", "readiness"}
    assert {name: answer.json[name] for name in kept} == {name: event[name] for name in kept}


def test_an_edit_of_an_old_version_is_refused_with_the_current_one(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}"
    current = api.patch(url, {"version": 1, "title": "First"}).json
    answer = api.patch(url, {"version": 1, "title": "Second"})
    assert answer.status == 409
    assert answer.json["current"] == current


def test_of_two_edits_at_once_one_wins(api: Api, event: dict[str, Any]) -> None:
    clients = [Api(api.token) for _ in range(6)]

    def edit(number: int) -> Answer:
        return clients[number].patch(f"/api/events/{event['event_id']}", {"version": 1, "title": f"Title {number}"})

    answers = at_once(6, edit)
    assert sorted(answer.status for answer in answers) == [200] + [409] * 5
    winner = next(answer.json for answer in answers if answer.status == 200)
    assert api.get(f"/api/events/{event['event_id']}").json["title"] == winner["title"]


def test_an_edit_moves_the_charter_on_the_board(api: Api, event: dict[str, Any]) -> None:
    later = {"starts_at": "2031-01-01T10:00:00Z", "ends_at": "2031-01-01T12:00:00Z"}
    api.patch(f"/api/events/{event['event_id']}", {"version": 1, **later})
    assert api.get("/api/events?to=2030-12-31").json["events"] == []
    assert len(api.get("/api/events?from=2031-01-01").json["events"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "No version"}, "version"),
        ({"version": "1", "title": "Text"}, "version"),
        ({"version": 1, "title": ""}, "title"),
        ({"version": 1, "status": "cancelled"}, "status"),
        ({"version": 1, "ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ({"version": 1, "balance": {}}, "balance"),
        ({"version": 1, "captain": {"name": "Hook", "x": 1}}, "captain.x"),
    ],
)
def test_a_wrong_edit_names_the_field_and_changes_nothing(
    api: Api, event: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    url = f"/api/events/{event['event_id']}"
    answer = api.patch(url, body)
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])
    assert {**event, "payments": [], "waiver_records": [], "mail_problems": []} == api.get(url).json


def test_a_charter_is_completed_and_reopened(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}"
    assert api.patch(url, {"version": 1, "status": "completed"}).json["status"] == "completed"
    assert api.patch(url, {"version": 2, "status": "scheduled"}).json["status"] == "scheduled"


def test_cancelling_keeps_the_charter_and_its_reason(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}"
    answer = api.post(f"{url}/cancel", {"reason": "Small craft advisory"})
    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    assert answer.json["notes"].startswith("VIP\n\nCancelled on ")
    assert answer.json["notes"].endswith("by admin: Small craft advisory")
    assert api.post(f"{url}/cancel", {"reason": "again"}).json == answer.json
    assert api.patch(url, {"version": 2, "status": "scheduled"}).status == 409
    assert api.patch(url, {"version": 2, "guest_notes": "Sorry!"}).json["status"] == "cancelled"


def test_a_cancelled_charter_with_full_notes_can_still_be_edited(api: Api) -> None:
    event = create(api, notes="x" * 4000)
    url = f"/api/events/{event['event_id']}"
    api.post(f"{url}/cancel", {"reason": "y" * 500})
    assert api.patch(url, {"version": 2, "guest_notes": "Sorry!"}).status == 200


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": 5}, {"reason": "x" * 501}, None])
def test_cancelling_needs_a_reason(api: Api, event: dict[str, Any], body: dict[str, Any] | None) -> None:
    answer = api.post(f"/api/events/{event['event_id']}/cancel", body)
    assert (answer.status, list(answer.json["Fields"])) == (400, ["reason"])


def test_the_currency_is_fixed_once_money_is_logged(api: Api, event: dict[str, Any], log: Any) -> None:
    url = f"/api/events/{event['event_id']}"
    assert api.patch(url, {"version": 1, "currency": "EUR"}).json["currency"] == "EUR"
    log()
    answer = api.patch(url, {"version": 2, "currency": "USD"})
    assert (answer.status, list(answer.json["Fields"])) == (400, ["currency"])


def test_an_edit_keeps_payments_that_came_in_meanwhile(api: Api, event: dict[str, Any], log: Any) -> None:
    log(amount_cents=120_000)
    answer = api.patch(f"/api/events/{event['event_id']}", {"version": 1, "title": "Paid sail"})
    assert answer.status == 200
    assert answer.json["payment_cleared"] is True
    assert answer.json["balance"]["received_cents"] == 120_000
