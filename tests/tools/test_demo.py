"""The sample season: what life brings is among it on whatever day it is made, and all of it agrees."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from urllib3 import HTTPResponse

from chalicelib.core.settings import settings
from tests.season.accounts import beancount_sums, hledger_sums
from tests.season.books import account_balances
from tests.support.altering import differences
from tests.support.api import Api
from tests.support.operator import PASSWORD
from tests.support.stores import fresh_store
from tools.audit.book_formats import FORMATS
from tools.audit.books import transactions
from tools.audit.records import gather
from tools.common.table import scan
from tools.local import demo
from tools.local.season import BAY, SampleCharter, season

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


def test_the_board_comes_first_and_the_rest_of_the_year_until_it_is_stopped(
    dynamodb_local: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "Website", Door)
    monkeypatch.setattr("chalicelib.mail.outbox.deliver", lambda *_: None)
    now = datetime.now(UTC)
    present, past = demo.split(season(now), now)
    assert len(present) + len(past) == len(season(now))
    assert {"Sunset birthday cruise", "Whale watching", "Family reunion sail"} <= {one.title for one in present}
    stop = threading.Event()

    def until_the_second() -> Iterator[SampleCharter]:
        for place, charter in enumerate(past):
            if place == 2:
                stop.set()
            yield charter

    with fresh_store(dynamodb_local) as dynamodb:
        client = demo.Client("")
        client.log_in(PASSWORD)
        demo.add_until(stop, client, until_the_second())
        records = gather(list(scan(dynamodb, settings().table)))
    assert {each.details["title"] for each in records.events.values()} == {one.title for one in past[:2]}


def test_whatever_the_day_the_past_is_over_and_no_money_comes_from_the_future() -> None:
    for step in range(770):
        # Every day of two years, and every hour of the day.
        now = (NOON.astimezone(UTC) + timedelta(hours=25 * step)).astimezone(BAY)
        charters = season(now)
        assert len({charter.title for charter in charters}) == len(charters)
        for charter in charters:
            assert charter.starts_at.astimezone(UTC) < charter.ends_at.astimezone(UTC), charter.title
            if charter.completed or charter.aboard:
                assert charter.ends_at.astimezone(UTC) < now, (charter.title, now)
            for payment in charter.payments:
                assert payment.received_at.astimezone(UTC) <= now, (charter.title, now)
                assert payment.received_at <= (payment.cleared_at or payment.received_at) <= now, (charter.title, now)
            received = [payment.received_at.astimezone(UTC) for payment in charter.payments]
            assert received == sorted(set(received)), charter.title


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
