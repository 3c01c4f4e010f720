"""Papers that end: the operator is mailed once each at 90, 30 and 7 days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import sweep
from chalicelib.mail import outbox
from chalicelib.register import papers
from tests.support.api import Api, listed_mails, new_boat, new_person, new_settings
from tests.support.mails import text_of

# The operator's zone is that of Los Angeles; 20:37 in UTC is 12:37 there.
TODAY = date(2026, 11, 22)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 20, sweep.PAPERS_MINUTE, tzinfo=UTC)


def in_days(days: int) -> str:
    return str(TODAY + timedelta(days=days))


def paper(days: int, kind: str = "insurance", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "valid_until": in_days(days), **more}


@pytest.fixture
def told(api: Api, mailbox: list[EmailMessage]) -> Callable[[date], list[str]]:
    """The subjects of the mails that a day brings."""

    def told(day: date) -> list[str]:
        mailbox.clear()
        sweep.run(noon(day))
        # What is queued in one minute goes out in the next.
        sweep.run(noon(day) + timedelta(minutes=1))
        return sorted(str(message["Subject"]) for message in mailbox)

    return told


def test_each_paper_is_told_three_times_in_its_last_ninety_days(
    api: Api, told: Callable[[date], list[str]], mailbox: list[EmailMessage]
) -> None:
    api.post("/api/boats", new_boat(papers=[paper(92, number_last4="88Z2", note="Harbor Mutual")]))
    days = {day: subjects for day in range(100) if (subjects := told(TODAY + timedelta(days=day)))}
    assert days == {
        2: ["Ends in 90 days: Insurance of Petrel"],
        62: ["Ends in 30 days: Insurance of Petrel"],
        85: ["Ends in 7 days: Insurance of Petrel"],
    }


def test_the_mail_goes_to_the_saved_operator_and_says_which_paper_ends_and_when(
    api: Api, told: Callable[[date], list[str]], mailbox: list[EmailMessage]
) -> None:
    api.put("/api/settings", new_settings())
    api.post("/api/people", new_person(papers=[paper(30, "mmc", number_last4="0042", note="Renewal is filed")]))
    assert told(TODAY) == ["Ends in 30 days: Merchant Mariner Credential of Luis Ferreira"]
    (message,) = mailbox
    assert message["To"].addresses[0].addr_spec == "desk@gate.example.com"
    for form in ("plain", "html"):
        text = text_of(message, form)
        for one in ("Luis Ferreira", "Merchant Mariner Credential", "0042", "Tuesday, December 22, 2026", "Renewal is"):
            assert one in text


@pytest.mark.parametrize(
    ("days", "when"),
    [(90, "in 90 days"), (60, "in 60 days"), (9, "in 9 days"), (2, "in 2 days"), (1, "tomorrow"), (0, "today")],
)
def test_a_paper_that_is_entered_late_gets_the_nearest_notice_only(
    api: Api, told: Callable[[date], list[str]], days: int, when: str
) -> None:
    api.post("/api/boats", new_boat(papers=[paper(days)]))
    assert told(TODAY) == [f"Ends {when}: Insurance of Petrel"]
    assert told(TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize("until", [None, in_days(91), in_days(-1), "1970-01-01", "2199-12-31"])
def test_a_paper_without_an_end_that_ended_or_ends_later_is_not_told(
    api: Api, told: Callable[[date], list[str]], until: str | None
) -> None:
    api.post("/api/boats", new_boat(papers=[{"kind": "coi", "valid_until": until}]))
    assert told(TODAY) == []


def test_an_inactive_boats_papers_are_not_told(api: Api, told: Callable[[date], list[str]]) -> None:
    api.post("/api/boats", new_boat(active=False, papers=[paper(7)]))
    assert told(TODAY) == []


def test_papers_that_are_alike_are_told_one_by_one(api: Api, told: Callable[[date], list[str]]) -> None:
    alike = [paper(7, "extinguishers", note=place) for place in ("galley", "cabin")]
    api.post("/api/boats", new_boat(papers=[*alike, paper(7), paper(7, number_last4="1")]))
    api.post("/api/boats", new_boat(name="Osprey", papers=[paper(7)]))
    assert told(TODAY) == [
        "Ends in 7 days: Fire extinguishers of Petrel",
        "Ends in 7 days: Fire extinguishers of Petrel",
        "Ends in 7 days: Insurance of Osprey",
        "Ends in 7 days: Insurance of Petrel",
        "Ends in 7 days: Insurance of Petrel",
    ]
    assert told(TODAY + timedelta(days=1)) == []


def test_an_edit_of_anything_else_tells_nothing_again_and_a_new_date_does(
    api: Api, told: Callable[[date], list[str]]
) -> None:
    boat = api.post("/api/boats", new_boat(papers=[paper(7)])).json
    assert len(told(TODAY)) == 1
    url = f"/api/boats/{boat['boat_id']}"
    changes = {"version": 1, "name": "Petrel II", "papers": [paper(40, "coi"), paper(7, note="renewal is filed")]}
    assert api.patch(url, changes).status == 200
    assert told(TODAY + timedelta(days=1)) == ["Ends in 39 days: Certificate of Inspection of Petrel II"]
    assert api.patch(url, {"version": 2, "papers": [paper(20)]}).status == 200
    assert told(TODAY + timedelta(days=2)) == ["Ends in 18 days: Insurance of Petrel II"]


def test_a_notice_that_waited_is_not_sent_when_the_paper_was_renewed_meanwhile(api: Api, mailbox: list[Any]) -> None:
    boat = api.post("/api/boats", new_boat(papers=[paper(7)])).json
    assert sweep.queue_paper_mails(noon(TODAY)) == 1
    assert api.patch(f"/api/boats/{boat['boat_id']}", {"version": 1, "papers": [paper(372)]}).status == 200
    outbox.sweep(sweep.MAIL_KINDS, noon(TODAY) + timedelta(minutes=1))
    assert mailbox == []
    (cancelled,) = listed_mails(api, "cancelled")
    assert cancelled["note"] == "the paper was changed, or has ended"


def test_a_notice_that_waited_for_days_says_how_many_are_left_now(api: Api, mailbox: list[EmailMessage]) -> None:
    api.post("/api/boats", new_boat(papers=[paper(30)]))
    assert sweep.queue_paper_mails(noon(TODAY)) == 1
    outbox.sweep(sweep.MAIL_KINDS, noon(TODAY + timedelta(days=3)))
    assert [str(message["Subject"]) for message in mailbox] == ["Ends in 27 days: Insurance of Petrel"]


def test_a_minute_costs_nothing_an_hour_one_read_and_a_day_two_queries(api: Api, calls: list[str]) -> None:
    api.post("/api/boats", new_boat(papers=[]))
    day = [noon(TODAY).replace(hour=0, minute=0) + timedelta(hours=8, minutes=minute) for minute in range(24 * 60)]
    asked = []
    for minute in day:
        calls.clear()
        if minute.minute == sweep.PAPERS_MINUTE:
            sweep.queue_paper_mails(minute)
        asked.append(tuple(calls))
    whole = ("GetItem", "GetItem", "Query", "Query", "TransactWriteItems")
    assert asked.count(whole) == 1
    # From seven in the morning each hour looks whether the day is done.
    assert asked.count(("GetItem",)) == 16
    assert asked.count(()) == 24 * 60 - 17


def test_the_day_is_the_operators(api: Api, told: Callable[[date], list[str]], mailbox: list[EmailMessage]) -> None:
    """At 05:37 in UTC it is still the evening before in Los Angeles."""
    api.post("/api/boats", new_boat(papers=[paper(90)]))
    sweep.run(datetime(2026, 11, 22, 5, sweep.PAPERS_MINUTE, tzinfo=UTC))
    sweep.run(datetime(2026, 11, 22, 5, sweep.PAPERS_MINUTE + 1, tzinfo=UTC))
    assert mailbox == []
    assert len(told(TODAY)) == 1


@given(
    st.lists(st.integers(-5, 120), min_size=1, max_size=6),
    st.lists(st.integers(0, 100), min_size=1, max_size=40, unique=True),
)
def test_no_paper_is_told_twice_of_one_threshold_and_none_that_was_looked_at_is_missed(
    ends: list[int], days: list[int]
) -> None:
    """Whichever days are looked at: a notice for each threshold in whose time there was such a day."""
    details = {"papers": [{"number_last4": "", "note": "", **paper(end)} for end in ends]}
    seen = set()
    for day in sorted(days):
        seen |= {notice.key for notice in papers.find_notices(details, TODAY + timedelta(days=day))}
    expected = 0
    for end in ends:
        spans = ((31, 90), (8, 30), (0, 7))
        expected += sum(any(low <= end - day <= high for day in days) for low, high in spans)
    assert len(seen) == expected
