"""A charter is repeated each week: shown first, then made once."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from chalicelib.charters import repeat, store
from chalicelib.core.errors import WriteConflict
from tests.support.api import Answer, Api, new_payment
from tests.support.pages import page, signature
from tests.support.planning import charter, make_boat, make_charter, make_hold, make_person, patch, refused, told

REQUEST = "0190c0de-0000-7000-8000-0000000000b1"
# From a Saturday in summer, over the end of daylight saving time.
STARTS = ["2030-10-26T17:00:00Z", "2030-11-02T17:00:00Z", "2030-11-09T18:00:00Z", "2030-11-16T18:00:00Z"]
SOURCE = {"starts_at": "2030-10-19T10:00:00-07:00", "ends_at": "2030-10-19T13:00:00-07:00", "title": "Club sail"}
UNTIL = "2030-11-16"


@pytest.fixture
def boat(api: Api) -> dict[str, Any]:
    return make_boat(api)


@pytest.fixture
def source(api: Api, boat: dict[str, Any]) -> dict[str, Any]:
    return make_charter(api, boat_id=boat["boat_id"], **SOURCE)


def ask(api: Api, source: dict[str, Any], **changes: Any) -> Answer:
    body = {"request_id": REQUEST, "until": UNTIL, **changes}
    return api.post(f"/api/events/{source['event_id']}/repeat", body)


def starts(answer: Answer) -> list[str]:
    return [one["starts_at"] for one in answer.json["events"]]


def board(api: Api) -> list[str]:
    return [one["starts_at"] for one in api.get("/api/events?from=2030-10-20").json["events"]]


def test_a_preview_names_each_conflict_and_makes_nothing(
    api: Api, boat: dict[str, Any], source: dict[str, Any]
) -> None:
    make_hold(api, boat, title="Yard", starts_at="2030-11-02T18:00:00Z", ends_at="2030-11-03T18:00:00Z")
    answer = ask(api, source, preview=True)
    assert (answer.status, starts(answer)) == (200, STARTS)
    assert [told(one["conflicts"]) for one in answer.json["events"]] == [[], [("boat", "Petrel", "Yard")], [], []]
    assert answer.json["events"][2]["ends_at"] == "2030-11-09T21:00:00Z"
    assert set(answer.json["events"][0]) == {"starts_at", "ends_at", "conflicts"}
    assert starts(ask(api, source, preview=True, **{"except": ["2030-11-02", "2030-12-25"]})) == [
        STARTS[0],
        *STARTS[2:],
    ]
    assert board(api) == []


def test_all_are_made_at_the_same_hour_of_the_wall_clock_and_once(api: Api, source: dict[str, Any]) -> None:
    answer = ask(api, source)
    assert (answer.status, starts(answer)) == (201, STARTS)
    assert {(one["title"], one["status"], one["version"]) for one in answer.json["events"]} == {
        ("Club sail", "scheduled", 1)
    }
    assert len({one["event_id"] for one in answer.json["events"]} | {source["event_id"]}) == 5
    again = ask(api, source)
    assert (again.status, again.json) == (200, answer.json)
    assert board(api) == STARTS


def test_those_that_were_left_out_are_not_made(api: Api, boat: dict[str, Any], source: dict[str, Any]) -> None:
    make_charter(
        api, boat_id=boat["boat_id"], title="Race", starts_at="2030-11-02T18:00:00Z", ends_at="2030-11-02T22:00:00Z"
    )
    answer = ask(api, source)
    assert refused(answer) == [("boat", "Petrel", "Race")]
    assert board(api) == ["2030-11-02T18:00:00Z"]
    chosen = ask(api, source, **{"except": ["2030-11-02"]})
    assert (chosen.status, starts(chosen)) == (201, [STARTS[0], *STARTS[2:]])


def test_with_a_reason_all_are_made_and_the_conflict_stays_visible(
    api: Api, boat: dict[str, Any], source: dict[str, Any]
) -> None:
    make_hold(api, boat, title="Yard", starts_at="2030-11-02T18:00:00Z", ends_at="2030-11-03T18:00:00Z")
    assert ask(api, source, override_reason=" ").status == 400
    answer = ask(api, source, override_reason="the yard starts later")
    assert (answer.status, starts(answer)) == (201, STARTS)
    assert [told(one["conflicts"]) for one in answer.json["events"]] == [[], [("boat", "Petrel", "Yard")], [], []]
    assert [bool(one["schedule_override"]) for one in answer.json["events"]] == [False, True, False, False]


def test_everything_is_copied_but_money_waivers_and_signatures(api: Api, guest: Api, boat: dict[str, Any]) -> None:
    ana = make_person(api, email="ana@example.com")
    source = make_charter(
        api,
        **SOURCE,
        boat_id=boat["boat_id"],
        captain={"person_id": ana["person_id"]},
        crew=[{"name": "Typed"}],
        guests=[{"name": "Leila", "email": "leila@example.com"}, {"name": "Erased One", "email": ""}],
        balance_reminders=True,
    )
    url = f"/api/events/{source['event_id']}"
    assert api.put(f"{url}/payments/{REQUEST}", new_payment()).status == 201
    for name in ("Leila", "Erased One"):
        form = signature(guest, source, signer_name=name, signature_typed=name)
        assert guest.submit(page(source), form).status == 303
    records = api.get(url).json["waiver_records"]
    erased = next(one for one in records if one["signer_name"] == "Erased One")
    assert api.post(f"{url}/waivers/{erased['waiver_id']}/erase", {"reason": "asked"}).status == 200
    api.patch(f"/api/people/{ana['person_id']}", {"version": 1, "phone": "+1 415 555 0155"})
    made = ask(api, source, until="2030-10-26").json["events"][0]
    own = {
        *("event_id", "starts_at", "ends_at", "guest_url", "version", "created_at", "updated_at", "guests"),
        *("balance", "waivers", "payment_cleared", "payment_timestamp", "payment_method", "captain"),
    }
    assert {name: value for name, value in made.items() if name not in own} == {
        name: value for name, value in source.items() if name not in own
    }
    # Who was erased is not expected again; a person's record is read anew.
    ((guest_id, name),) = ((one["guest_id"], one["name"]) for one in made["guests"])
    assert name == "Leila"
    assert guest_id not in {one["guest_id"] for one in source["guests"]}
    assert made["captain"]["phone"] == "+1 415 555 0155"
    assert (made["waivers"]["signed"], made["waivers"]["missing"]) == (0, ["Leila"])
    assert (made["balance"]["received_cents"], made["payment_method"]) == (0, None)
    assert api.get(f"/api/events/{made['event_id']}").json["payments"] == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"until": "2030-10-25"}, {"until": "must be a week to a year after the day of this charter"}),
        ({"until": "2031-10-21"}, {"until": "must be a week to a year after the day of this charter"}),
        ({"until": "later"}, {"until": "must be a day such as 2026-11-28"}),
        ({"until": None}, {"until": "must be a day such as 2026-11-28"}),
        ({"request_id": "one"}, {"request_id": "must be a UUID"}),
        ({"until": "2030-10-26", "except": ["2030-10-26"]}, {"except": "leaves nothing to make"}),
        ({"notify": True}, {"notify": "is not a known field"}),
    ],
)
def test_what_cannot_be_repeated_is_refused_by_its_field(
    api: Api, source: dict[str, Any], changes: dict[str, Any], fields: dict[str, str]
) -> None:
    for preview in (True, False):
        answer = ask(api, source, preview=preview, **changes)
        assert (answer.status, answer.json["Fields"]) == (400, fields)


def test_a_charter_that_is_longer_than_a_week_or_cancelled_is_not_repeated(api: Api, source: dict[str, Any]) -> None:
    long = make_charter(api, starts_at="2030-01-01T10:00:00Z", ends_at="2030-01-08T10:00:01Z")
    assert list(ask(api, long, until="2030-03-01").json["Fields"]) == ["until"]
    every_other = {"except": ["2030-01-08", "2030-01-22"]}
    assert starts(ask(api, long, until="2030-02-04", **every_other)) == ["2030-01-15T10:00:00Z", "2030-01-29T10:00:00Z"]
    api.post(f"/api/events/{source['event_id']}/cancel", {"reason": "storm"})
    answer = ask(api, source, request_id="0190c0de-0000-7000-8000-0000000000b3")
    assert (answer.status, answer.json["Code"]) == (409, "Conflict")
    unknown = ask(api, {"event_id": "Z" * 22}, request_id="0190c0de-0000-7000-8000-0000000000b4")
    assert unknown.status == 404


def test_a_boat_needs_its_turnaround_between_two_weeks(api: Api) -> None:
    boat = make_boat(api, turnaround_minutes=24 * 60)
    times = {"starts_at": "2030-01-01T10:00:00Z", "ends_at": "2030-01-07T11:00:00Z"}
    source = make_charter(api, boat_id=boat["boat_id"], **times)
    for preview in (True, False):
        answer = ask(api, source, until="2030-02-01", preview=preview)
        assert (answer.status, list(answer.json["Fields"])) == (400, ["until"])


def test_a_request_id_stands_for_one_request(api: Api, source: dict[str, Any]) -> None:
    assert ask(api, source).status == 201
    for changes in ({"until": "2030-11-09"}, {"except": ["2030-11-02"]}):
        assert ask(api, source, **changes).status == 409
    other = make_charter(api, starts_at="2030-10-01T10:00:00Z", ends_at="2030-10-01T12:00:00Z")
    assert ask(api, other).status == 409
    # Nor can it have made a charter by itself.
    key = {"idempotency-key": "0190c0de-0000-7000-8000-0000000000b2"}
    assert api.post("/api/events", charter(), headers=key).status == 201
    assert ask(api, source, request_id=key["idempotency-key"]).status == 409


# --- a year of them -----------------------------------------------------------------------------------


@pytest.fixture
def after_each_batch(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Does something once the first batch of charters is made."""

    def set_up(act: Callable[[], None]) -> None:
        make_some, acts = repeat._make_some, [act]

        def make_and_act(*arguments: Any) -> repeat.Plan:
            plan = make_some(*arguments)
            if acts:
                acts.pop()()
            return plan

        monkeypatch.setattr(repeat, "_make_some", make_and_act)

    return set_up


YEAR = "2031-10-18"


def test_a_year_is_52_charters_in_four_transactions(api: Api, source: dict[str, Any], calls: list[str]) -> None:
    calls.clear()
    answer = ask(api, source, until=YEAR)
    assert (answer.status, len(answer.json["events"])) == (201, 52)
    assert calls.count("TransactWriteItems") == 4
    assert len({one["starts_at"] for one in answer.json["events"]}) == 52


def test_what_broke_off_is_carried_on_by_the_same_request(
    api: Api, source: dict[str, Any], after_each_batch: Any
) -> None:
    def break_off() -> None:
        raise RuntimeError("the function was stopped")

    after_each_batch(break_off)
    assert ask(api, source, until=YEAR).status == 500
    assert len(api.get("/api/events?from=2030-10-20&limit=100").json["events"]) == repeat.BATCH
    # Meanwhile the first one was cancelled; what was asked for is still made.
    api.post(f"/api/events/{source['event_id']}/cancel", {"reason": "storm"})
    answer = ask(api, source, until=YEAR)
    assert (answer.status, len(answer.json["events"])) == (200, 52)
    assert len(api.get("/api/events?from=2030-10-20&limit=100").json["events"]) == 52
    assert ask(api, source, until=YEAR).json == answer.json


def test_what_others_booked_while_a_year_is_made_is_left_out_and_stays_so(
    api: Api, boat: dict[str, Any], source: dict[str, Any], after_each_batch: Any
) -> None:
    race = {"starts_at": "2031-06-14T17:00:00Z", "ends_at": "2031-06-14T19:00:00Z"}
    after_each_batch(lambda: make_hold(api, boat, title="Race", **race))
    answer = ask(api, source, until=YEAR)
    assert (answer.status, len(answer.json["events"])) == (201, 51)
    assert race["starts_at"] not in starts(answer)
    assert all(not one["conflicts"] for one in answer.json["events"])
    (hold,) = api.get("/api/holds?from=2031-06-01").json["holds"]
    api.post(f"/api/holds/{hold['hold_id']}/release")
    assert (ask(api, source, until=YEAR).status, starts(ask(api, source, until=YEAR))) == (200, starts(answer))


@pytest.mark.parametrize(("module", "step"), [(repeat, "find_conflicts"), (store, "new_writes")])
def test_two_who_send_it_at_once_make_it_once(
    api: Api, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch, module: ModuleType, step: str
) -> None:
    """The other one is done before this one looks for what is in the way, or after."""
    answers: list[Answer] = []
    go_on = getattr(module, step)

    def send_it_too(*arguments: Any) -> Any:
        monkeypatch.setattr(module, step, go_on)
        answers.append(ask(Api(api.token), source))
        return go_on(*arguments)

    monkeypatch.setattr(module, step, send_it_too)
    answer = ask(api, source)
    assert (answer.status, answers[0].status) == (200, 201)
    assert answer.json == answers[0].json
    assert board(api) == STARTS


def test_a_conflict_that_does_not_end_is_answered_as_busy(
    api: Api, source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise WriteConflict

    monkeypatch.setattr(repeat, "write_all", fail)
    monkeypatch.setattr("chalicelib.core.retry.PATIENCE_S", 0.05)
    monkeypatch.setattr("chalicelib.core.system.sleep", lambda _: None)
    ticks = iter(range(1000))
    monkeypatch.setattr("chalicelib.core.system.monotonic_s", lambda: next(ticks))
    assert ask(api, source).status == 503
    assert board(api) == []
    assert patch(api, source, notes="still here").status == 200
