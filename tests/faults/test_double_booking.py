"""Two admins book one boat, or one captain, at the same moment while requests fail: exactly one of them passes.

`BOOKING_ROUNDS=2000` tries longer; `BOOKING_SEED=7` draws other faults.
"""

import os
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.boats import service as boats
from chalicelib.charters import repeat
from chalicelib.charters import service as charters
from chalicelib.core import dynamo, settings, times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import DomainError
from chalicelib.people import service as people
from chalicelib.register.editing import InUse
from chalicelib.schedule import holds, week
from chalicelib.schedule.conflicts import ScheduleConflict
from tests.support import operator
from tests.support.doubles.mail_service import FakeMailService
from tests.support.doubles.random_faults import RandomFaults, random_faults
from tests.support.races import at_once, until_answered
from tools.audit.checks import find_differences
from tools.audit.records import Records, gather
from tools.common.table import scan

ROUNDS = int(os.environ.get("BOOKING_ROUNDS", "200"))
SEED = os.environ.get("BOOKING_SEED", "1")
ODDS = 0.05
FIRST = datetime.fromisoformat("2030-01-01T10:00:00+00:00")

Book = Callable[[int, int], Any]
"""Of a round, what its first or second admin tries."""


def admin(number: int) -> Actor:
    return Actor(f"admin {number}", f"192.0.2.{number + 1}", "admin")


def new_boat(name: str) -> str:
    return str(boats.create_boat({"name": name}, request_key=None, actor=admin(0), now=operator.NOW)[0]["boat_id"])


def new_person(name: str) -> str:
    made, _ = people.create_person({"name": name}, request_key=None, actor=admin(0), now=operator.NOW)
    return str(made["person_id"])


def time_of(round_number: int, number: int) -> dict[str, str]:
    """Each round has a day of its own, on which the two times overlap by an hour."""
    starts_at = FIRST + timedelta(days=round_number, hours=number)
    return {
        "starts_at": times.format_instant(starts_at),
        "ends_at": times.format_instant(starts_at + timedelta(hours=2)),
    }


def race(faults: RandomFaults, round_number: int, book: Book) -> list[Any]:
    def run(number: int) -> Any:
        faults.begin(f"{SEED} round {round_number} admin {number}")
        try:
            return until_answered(lambda: book(round_number, number))
        finally:
            faults.end()

    return at_once(2, run)


def create(round_number: int, number: int, key: str, **named: Any) -> Any:
    body = {"title": f"{round_number} by {number}", **time_of(round_number, number), **named}
    return charters.create_charter(body, request_key=key, actor=admin(number), now=operator.NOW)[0]


@pytest.fixture
def keys() -> Callable[[int, int], str]:
    """One request of one admin in one round has one key, however often it is sent."""
    made: dict[tuple[int, int], str] = {}
    return lambda round_number, number: made.setdefault((round_number, number), str(uuid.uuid4()))


def check_one_passed(results: list[Any], refusals: tuple[type[Exception], ...] = (ScheduleConflict,)) -> Any:
    passed = [one for one in results if isinstance(one, dict)]
    refused = [one for one in results if isinstance(one, refusals)]
    assert (len(passed), len(refused)) == (1, 1), results
    return passed[0]


def check_nothing_is_half_done(faults: RandomFaults, rounds: int) -> Records:
    assert sum(faults.seen.values()) > rounds / 20, faults.seen
    table = gather(scan(dynamo.db(), settings.settings().table))
    assert [str(each) for each in find_differences(table)] == []
    return table


def planned(first: datetime, last: datetime) -> list[Any]:
    period = times.format_instant(first), times.format_instant(last)
    return week.get_schedule(period, now=operator.NOW)["entries"]  # type: ignore[return-value]


@pytest.mark.parametrize("what", ["boat", "captain", "boat and captain"])
def test_of_two_who_book_at_once_exactly_one_passes(what: str, mail_service: FakeMailService, keys: Any) -> None:
    boat_ids = [new_boat("Petrel"), new_boat("Heron")]
    ana = {"person_id": new_person("Ana")}

    def book(round_number: int, number: int) -> Any:
        boat_id = boat_ids[number if what == "captain" else 0]
        named = {"boat_id": boat_id} if what == "boat" else {"boat_id": boat_id, "captain": ana}
        return create(round_number, number, keys(round_number, number), **named)

    with random_faults(ODDS) as faults:
        passed = [check_one_passed(race(faults, number, book)) for number in range(ROUNDS)]
    entries = planned(FIRST, FIRST + timedelta(days=ROUNDS + 1))
    assert [one["event_id"] for one in entries] == [one["event_id"] for one in passed]
    assert all(one["conflicts"] == [] for one in entries)
    check_nothing_is_half_done(faults, ROUNDS)


def test_a_hold_a_charter_and_an_edit_do_not_pass_together(mail_service: FakeMailService, keys: Any) -> None:
    boat_id = new_boat("Petrel")
    moved = [
        create(number + 1000, 0, keys(number + 1000, 0), boat_id=boat_id)["event_id"] for number in range(ROUNDS // 5)
    ]

    def book(round_number: int, number: int) -> Any:
        if number == 0:
            # Its answer may have been lost: then its version is another one, and it stands where it was to go.
            seen = charters.find_charter(moved[round_number])
            if seen.details["starts_at"] == time_of(round_number, 0)["starts_at"]:
                return charters.show(seen, operator.NOW)
            body = {"version": seen.version, **time_of(round_number, 0)}
            return charters.edit_charter(seen.event_id, body, actor=admin(0), now=operator.NOW)
        body = {"boat_id": boat_id, "kind": "maintenance", **time_of(round_number, 1)}
        key = keys(round_number, number)
        return holds.create_hold(body, request_key=key, actor=admin(1), now=operator.NOW)[0]

    with random_faults(ODDS) as faults:
        for number in range(ROUNDS // 5):
            check_one_passed(race(faults, number, book))
    assert all(one["conflicts"] == [] for one in planned(FIRST, FIRST + timedelta(days=ROUNDS)))
    check_nothing_is_half_done(faults, ROUNDS // 5)


def test_a_boat_is_booked_or_set_inactive_and_never_both(mail_service: FakeMailService, keys: Any) -> None:
    boat_ids = [new_boat(f"Boat {number}") for number in range(ROUNDS // 5)]

    def book(round_number: int, number: int) -> Any:
        boat_id = boat_ids[round_number]
        if number == 0:
            return create(round_number, 0, keys(round_number, 0), boat_id=boat_id)
        seen = next(one for one in boats.list_boats()["boats"] if one["boat_id"] == boat_id)
        if not seen["active"]:
            return seen
        body = {"version": seen["version"], "active": False}
        coming = week.coming_charters
        return boats.edit_boat(boat_id, body, coming_charters=coming, actor=admin(1), now=operator.NOW)

    with random_faults(ODDS) as faults:
        for number in range(ROUNDS // 5):
            check_one_passed(race(faults, number, book), (InUse, DomainError))
    named = {one["boat_id"] for one in planned(FIRST, FIRST + timedelta(days=ROUNDS))}
    active = {one["boat_id"] for one in boats.list_boats()["boats"] if one["active"]}
    assert named == active
    check_nothing_is_half_done(faults, ROUNDS // 5)


def test_of_two_who_repeat_on_one_boat_at_once_one_gets_its_whole_series(
    mail_service: FakeMailService, keys: Any
) -> None:
    boat_ids = [new_boat(f"Boat {number}") for number in range(ROUNDS // 10)]
    # The first of both are planned for one time, knowingly.
    sources = [
        [
            create(number, which, keys(number, which), boat_id=boat_id, override_reason="tried")["event_id"]
            for which in (0, 1)
        ]
        for number, boat_id in enumerate(boat_ids)
    ]
    requests = [[str(uuid.uuid4()) for _ in (0, 1)] for _ in sources]

    def book(round_number: int, number: int) -> Any:
        day = FIRST.date() + timedelta(days=round_number, weeks=10)
        body = {"request_id": requests[round_number][number], "until": str(day)}
        source_id = sources[round_number][number]
        return repeat.repeat_charter(source_id, body, actor=admin(number), now=operator.NOW)[0]

    with random_faults(ODDS) as faults:
        for number in range(len(sources)):
            assert len(check_one_passed(race(faults, number, book))["events"]) == 10
    table = check_nothing_is_half_done(faults, len(sources))
    counts = Counter(charter.details["boat_id"] for charter in table.events.values())
    assert counts == dict.fromkeys(boat_ids, 2 + 10)
