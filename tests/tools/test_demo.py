"""The sample season: what life brings is among it on whatever day it is made, and all of it agrees."""

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from urllib3 import HTTPResponse

from chalicelib.core.settings import settings
from tests.season.accounts import beancount_sums, hledger_sums
from tests.season.books import account_balances
from tests.season.plan import clashes
from tests.support.altering import differences
from tests.support.api import Api
from tests.support.operator import PASSWORD
from tests.support.stores import fresh_store
from tools.audit.book_formats import FORMATS
from tools.audit.books import transactions
from tools.audit.records import gather
from tools.common.table import scan
from tools.local import demo
from tools.local.days import BAY, Calendar
from tools.local.fleet import BOATS, PEOPLE, SETTINGS, Paper, holds
from tools.local.samples import SampleCharter
from tools.local.season import season

Json = dict[str, Any]

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=BAY)


class Door:
    """The product's routes in place of a website."""

    def __init__(self, *_: str, **__: int) -> None:
        # Chalice keeps the request it works on: one for each thread.
        self.kept = threading.local()

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        if not hasattr(self.kept, "api"):
            self.kept.api = Api()
        answer = self.kept.api.call(method, path, raw=body.decode() if body else None, headers=dict(headers or {}))
        return HTTPResponse(answer.text.encode(), answer.headers, answer.status)


def test_the_season_is_logged_whole_and_its_sums_and_signatures_agree(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An accounting program that is not ours adds the books up to the cent as the test does."""
    monkeypatch.setattr(demo, "Website", Door)
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    now = datetime.now(UTC)
    with fresh_store(dynamodb_local) as dynamodb:
        assert demo.is_empty("", PASSWORD)
        demo.add("", PASSWORD, now)
        assert not demo.is_empty("", PASSWORD)
        check_plan(api_of_admin(), now)
        items = list(scan(dynamodb, settings().table))
    records = gather(items)
    assert differences(items) == []
    accounts = {(account, "USD"): amount for account, amount in account_balances(season(now)).items()}
    exported = {form: "".join(FORMATS[form](transactions(records, BAY.key), BAY.key)) for form in FORMATS}
    assert beancount_sums(exported["beancount"]) == accounts
    if shutil.which("hledger"):
        assert hledger_sums(exported["hledger"], tmp_path) == accounts
    assert sorted(each.details["title"] for each in records.events.values()) == sorted(
        charter.title for charter in season(now)
    )
    kept = [one.stored for one in records.waivers.records.values()]
    # A guest who signed twice, one who was erased, three minors, guests of one name.
    assert (len(kept), sum(one.erased is not None for one in kept)) == (20, 1)
    assert sum(one.set_aside is not None for one in kept) == 1
    sunset = next(each for each in records.events.values() if each.details["title"] == "Sunset birthday cruise")
    names = [guest["name"] for guest in sunset.details["guests"]]
    assert (names.count("Theo Park"), sunset.signed_count, len(sunset.signed_guest_ids)) == (2, 5, 4)


def api_of_admin() -> Api:
    token = Api().post("/api/login", {"password": PASSWORD}).json["token"]
    return Api(token)


def check_plan(api: Api, now: datetime) -> None:
    """What the API tells of boats, people, holds and what they are planned for is what the samples say."""
    days, charters = Calendar(now), season(now)
    boats = {boat["name"]: boat for boat in api.get("/api/boats").json["boats"]}
    people = {one["name"]: one for one in api.get("/api/people").json["people"]}
    check_records(boats, people, days)
    check_holds(api.get("/api/holds").json["holds"], boats, days)
    saved = api.get("/api/settings").json
    assert (saved["version"], {name: saved[name] for name in SETTINGS}) == (1, SETTINGS)
    listed = api.get("/api/events?from=2020-01-01&limit=100").json["events"]
    events = {event["title"]: event for event in listed}
    expected = clashes(charters, holds(days))
    assert expected.keys() == {"Coast clean-up", "Walk-in noon"}
    for charter in charters:
        event, boat = events[charter.title], charter.boat
        record = boats.get(boat.name, {"boat_id": None})
        assert (event["boat_id"], event["vessel"]) == (record["boat_id"], boat.name)
        assert (event["passenger_limit"], event["departure_port"]) == (boat.passenger_limit, boat.port)
        for shown, person in zip((event["captain"], *event["crew"]), (charter.captain, *charter.crew), strict=True):
            person_id = people.get(person.name, {"person_id": None})["person_id"] if person else None
            assert shown == (person and {"person_id": person_id, **person._asdict()})
        told = [(one["kind"], one["name"], one["title"]) for one in event["conflicts"]]
        assert told == expected.get(charter.title, [])
        override = event["schedule_override"]
        assert (override["reason"] if override else "") == charter.override
    check_departed(api, events["Crew race day"])


def check_records(boats: Json, people: Json, days: Calendar) -> None:
    assert boats.keys() == {boat.name for boat in BOATS}
    for boat in BOATS:
        shown = boats[boat.name]
        assert (shown["kind"], shown["passenger_limit"]) == (boat.kind, boat.passenger_limit)
        assert (shown["turnaround_minutes"], shown["home_port"]) == (boat.turnaround_minutes, boat.port)
        check_papers(shown, boat.papers, days)
    assert people.keys() == {sailor.person.name for sailor in PEOPLE}
    for sailor in PEOPLE:
        shown = people[sailor.person.name]
        assert (shown["email"], shown["phone"]) == (sailor.person.email, sailor.person.phone)
        assert (tuple(shown["roles"]), shown["rank"]) == (sailor.roles, sailor.rank)
        check_papers(shown, sailor.papers, days)


def check_papers(shown: Json, papers: Iterable[Paper], days: Calendar) -> None:
    """How many days each is valid from today, by the operator's calendar."""
    left = [
        one["valid_until"] and (date.fromisoformat(one["valid_until"]) - days.today).days for one in shown["papers"]
    ]
    kinds = [one["kind"] for one in shown["papers"]]
    assert list(zip(kinds, left, strict=True)) == [(paper.kind, paper.days_left) for paper in papers]


def check_holds(shown: list[Json], boats: Json, days: Calendar) -> None:
    planned = sorted(holds(days), key=lambda hold: hold.starts_at)
    for one, hold in zip(shown, planned, strict=True):
        assert (one["title"], one["kind"], one["status"]) == (hold.title, hold.kind, "held")
        assert one["boat_id"] == boats[hold.boat.name]["boat_id"]
        times = [one[name] and datetime.fromisoformat(one[name]) for name in ("starts_at", "ends_at", "expires_at")]
        assert times == [hold.starts_at, hold.ends_at, hold.expires_at]
        assert one["weekly_until"] == (str(hold.weekly_until) if hold.weekly_until else None)
        assert one["except"] == [str(day) for day in hold.except_days]


def check_departed(api: Api, event: Json) -> None:
    """It left on the day and at the time for which it was planned, signed and checked in shortly before."""
    manifest = api.get(f"/api/events/{event['event_id']}/manifest").json
    signed = [one["signed_at"] for one in manifest["snapshot"]["passengers"] if one["signed_at"]]
    assert len(signed) == 4
    for at in (*signed, manifest["frozen"]["at"]):
        late = datetime.fromisoformat(at) - datetime.fromisoformat(event["starts_at"])
        assert timedelta(0) <= late < timedelta(minutes=20)


def test_what_is_to_come_is_there_first_and_the_rest_of_the_year_until_it_is_stopped(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "Website", Door)
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    now = datetime.now(UTC)
    coming, begun = demo.split(season(now), now)
    assert len(coming) + len(begun) == len(season(now))
    assert min(charter.starts_at for charter in coming) > now >= max(charter.starts_at for charter in begun)
    stop = threading.Event()

    def until_the_second() -> Iterator[SampleCharter]:
        for place, charter in enumerate(begun):
            if place == 2:
                stop.set()
            yield charter

    with fresh_store(dynamodb_local) as dynamodb:
        client = demo.Client("")
        client.log_in(PASSWORD)
        ids = demo.add_register(client, now)
        # A start that was stopped here adds no second boat of each name.
        assert not demo.is_empty("", PASSWORD)
        demo.add_until(stop, client, until_the_second(), ids)
        records = gather(list(scan(dynamodb, settings().table)))
    assert {each.details["title"] for each in records.events.values()} == {one.title for one in begun[:2]}


def test_whatever_the_day_the_past_is_over_and_no_money_comes_from_the_future() -> None:
    for step in range(770):
        # Every day of two years, and every hour of the day.
        now = (NOON.astimezone(UTC) + timedelta(hours=25 * step)).astimezone(BAY)
        charters = season(now)
        assert len({charter.title for charter in charters}) == len(charters)
        for charter in charters:
            assert charter.starts_at.astimezone(UTC) < charter.ends_at.astimezone(UTC), charter.title
            if charter.completed:
                assert charter.ends_at.astimezone(UTC) < now, (charter.title, now)
            if charter.aboard:
                assert now - timedelta(minutes=15) < charter.starts_at.astimezone(UTC) <= now, (charter.title, now)
            for payment in charter.payments:
                assert payment.received_at.astimezone(UTC) <= now, (charter.title, now)
                assert payment.received_at <= (payment.cleared_at or payment.received_at) <= now, (charter.title, now)
            # What belongs to one batch came at one moment, and a correction keeps the time of what it corrects.
            moments = list(
                {
                    (one.batch, 0 if one.batch else place): one.received_at.astimezone(UTC)
                    for place, one in enumerate(charter.payments)
                    if charter.corrected_by(place) is None
                }.values()
            )
            assert moments == sorted(set(moments)), charter.title


def test_whatever_the_day_nothing_overlaps_but_what_was_decided_so() -> None:
    for step in range(770):
        now = (NOON.astimezone(UTC) + timedelta(hours=25 * step)).astimezone(BAY)
        charters = season(now)
        luis = ("captain", "Luis Ferreira")
        assert clashes(charters, holds(Calendar(now))) == {
            "Coast clean-up": [(*luis, "Walk-in noon")],
            "Walk-in noon": [(*luis, "Coast clean-up")],
        }, now
        assert [charter.title for charter in charters if charter.override] == ["Walk-in noon"]


@pytest.mark.parametrize("now", [NOON + timedelta(days=37 * step) for step in range(20)])
def test_whatever_the_day_the_clocks_change_twice_and_a_year_and_a_month_end(now: datetime) -> None:
    charters = {charter.title: charter for charter in season(now)}

    def hours(charter: SampleCharter) -> tuple[float, float]:
        """By the clock on the wall, and in truth."""
        start, end = charter.starts_at, charter.ends_at
        wall, truth = end - start, end.astimezone(UTC) - start.astimezone(UTC)
        return wall / timedelta(hours=1), truth / timedelta(hours=1)

    assert hours(charters["Night sail, clocks forward"]) == (3.5, 2.5)
    assert hours(charters["Night sail, clocks back"]) == (1, 2)
    eve = charters["New Year’s Eve on the Bay"]  # noqa: RUF001
    assert (eve.starts_at.year + 1, eve.ends_at.month) == (eve.ends_at.year, 1)
    for payment in charters["Month’s end sail"].payments:  # noqa: RUF001
        assert payment.received_at.astimezone(UTC).month != payment.received_at.month
