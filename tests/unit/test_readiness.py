"""Readiness against a second reckoning of the contract's rules, over whole ranges of what decides on it."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.charters import readiness
from chalicelib.core.times import format_instant
from tests.support.readiness import (
    LEFT,
    NOW,
    OVERRIDE,
    Case,
    assess,
    build,
    check,
)

# --- over ranges ------------------------------------------------------------------------------------


def test_one_in_perfect_order_is_ready() -> None:
    assert assess(Case())["state"] == "ready"
    check(Case())


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize(
    "changes",
    [
        {"captain": "none"},
        {"captain": "typed"},
        *(
            {"captain": "none", "captain_positions": ((state, True, False),)}
            for state in ("open", "asked", "withdrawn")
        ),
        *({"captain_positions": ((state, True, True),)} for state in ("accepted", "assigned", "unconfirmed")),
        *({"captain": "typed", "captain_positions": ((state, True, False),)} for state in ("open", "asked")),
        {"captain_positions": (("accepted", True, True), ("asked", True, False))},
        {"captain_positions": (("accepted", True, True), ("open", False, False))},
        *(
            {"crew_positions": ((state, required),)}
            for state in ("open", "asked", "accepted", "unconfirmed", "assigned", "withdrawn")
            for required in (True, False)
        ),
        *(
            {"min_crew": 2, "crew": crew, "crew_rule": rule, "boat": boat}
            for crew in (0, 1, 2, 3)
            for rule in (True, False)
            for boat in ("uninspected", "typed", "bareboat")
        ),
        {"captain": "none", "crew_positions": (("open", True),), "boat": "bareboat"},
        {"signed": 3},
        {"briefed": False},
        {"conflicts": 2},
        {"conflicts": 1, "override": True},
        {"received": 0, "money_rule": "full"},
        {"received": 0, "money_rule": "none"},
        {"party": 7, "signed": 7},
    ],
    ids=str,
)
def test_each_check_turns_at_its_time(left: timedelta, changes: dict[str, Any]) -> None:
    check(Case(left=left, **changes))


@pytest.mark.parametrize("currency", ["JPY", "KRW", "USD", "EUR", "KWD", "TND"])
@pytest.mark.parametrize("rule", ["none", "deposit", "full"])
def test_money_is_reckoned_to_the_smallest_unit_of_its_currency(currency: str, rule: str) -> None:
    for fee, percent in itertools.product(
        (0, 1, 3, 99, 101, 33_333, 100_000, 100_000_000_000), (0, 1, 33, 50, 99, 100)
    ):
        edges = {0, -(-fee * percent // 100), fee * percent // 100, fee}
        for edge, beside, refunded in itertools.product(edges, (-1, 0, 1), (0, 7)):
            received = max(edge + beside + refunded, 0)
            check(
                Case(fee=fee, percent=percent, received=received, refunded=refunded, currency=currency, money_rule=rule)
            )


DAYS: list[int | None] = [-400, -1, 0, 1, 400, None]


@pytest.mark.parametrize("boat", ["uninspected", "inspected", "bareboat", "typed"])
def test_papers_missing_undated_ending_before_and_after(boat: str) -> None:
    for first, second in itertools.product([*DAYS, "missing"], repeat=2):
        two: Any = (first, second)
        people = {kind: days for kind, days in zip(("mmc", "medical"), two, strict=True) if days != "missing"}
        boats = {kind: days for kind, days in zip(("insurance", "coi"), two, strict=True) if days != "missing"}
        for captain in ("none", "typed", "known"):
            check(Case(boat=boat, captain=captain, person_papers=people))
        check(Case(boat=boat, boat_papers=boats))
        # What is not expected counts as soon as it is entered.
        check(Case(boat=boat, boat_papers={"insurance": 400, "coi": 400, "flares": 9}))
    for days in DAYS:
        check(Case(boat=boat, person_papers={"mmc": 9, "medical": 9, "first_aid": days}))
        check(Case(boat=boat, boat_papers={"insurance": 9, "coi": 9, "flares": 9, "flares2": days}))


@pytest.mark.parametrize(
    "timezone", ["America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]
)
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 30)])
def test_a_paper_is_valid_to_the_end_of_its_last_day_by_the_charters_clocks(timezone: str, day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)) + timedelta(days=1)
    # The wall clock of the next day's start, whatever the clocks did that day.
    end = datetime.combine(midnight.date(), datetime.min.time(), ZoneInfo(timezone)).astimezone(UTC)
    for seconds, state in ((-1, "ok"), (0, "ok"), (1, "blocks"), (86_400, "blocks")):
        ends_at = end + timedelta(seconds=seconds)
        charter, boat, people, rules = build(Case(timezone=timezone), "scheduled")
        charter.details["ends_at"] = format_instant(ends_at)
        charter.details["starts_at"] = format_instant(ends_at - timedelta(hours=4))
        people["C" * 22].details["papers"][0]["valid_until"] = str(day)
        boat["papers"][0]["valid_until"] = str(day)
        people["C" * 22].details["papers"][1]["valid_until"] = boat["papers"][1]["valid_until"] = "2199-01-01"
        found = readiness.assess(charter, boat=boat, people=people, conflicts=[], settings=rules, now=NOW)
        states = {one["code"]: one["state"] for one in found["checks"]}
        assert (states["people_papers"], states["boat_papers"]) == (state, state), seconds


def test_heads_and_waivers_over_parties_guests_and_no_shows() -> None:
    for party, signed, absent, limit in itertools.product((0, 1, 4, 6, 7), (0, 1, 6, 7), (0, 1, 3), (1, 6, 7, None)):
        for no_shows, aboard in itertools.product(range(absent + 1), (0, 1, 6, 8)):
            for boat_limit in (None, 6):
                check(
                    Case(
                        party=party,
                        signed=signed,
                        absent=absent,
                        limit=limit,
                        boat_limit=boat_limit,
                        no_shows=no_shows,
                        aboard=aboard,
                    )
                )


def seat_the_captain(case: Case) -> Case:
    """Only a known captain holds a position, at most one, and only one that is taken."""
    is_known, seated = case.captain == "known", []
    for state, required, wanted in case.captain_positions:
        is_captains = is_known and wanted and state in ("accepted", "unconfirmed", "assigned")
        is_known = is_known and not is_captains
        seated.append((state, required, is_captains))
    return case._replace(captain_positions=tuple(seated))


papers_of_a_person = st.dictionaries(st.sampled_from(["mmc", "medical", "first_aid", "other"]), st.sampled_from(DAYS))
papers_of_a_boat = st.dictionaries(st.sampled_from(["insurance", "coi", "flares", "epirb"]), st.sampled_from(DAYS))
states = st.sampled_from(["open", "asked", "accepted", "unconfirmed", "assigned", "withdrawn"])


@settings(max_examples=1500, deadline=None)
@given(
    st.builds(
        Case,
        left=st.sampled_from(LEFT),
        length=st.sampled_from([timedelta(hours=3), timedelta(days=4), timedelta(seconds=1)]),
        timezone=st.sampled_from(["America/Los_Angeles", "Pacific/Kiritimati", "Europe/Lisbon"]),
        captain=st.sampled_from(["none", "typed", "known"]),
        captain_positions=st.lists(st.tuples(states, st.booleans(), st.booleans()), max_size=2).map(tuple),
        crew=st.integers(0, 3),
        crew_positions=st.lists(st.tuples(states, st.booleans()), max_size=3).map(tuple),
        boat=st.sampled_from(["typed", "uninspected", "inspected", "bareboat"]),
        min_crew=st.integers(0, 3),
        person_papers=papers_of_a_person,
        boat_papers=papers_of_a_boat,
        limit=st.sampled_from([None, 4, 6]),
        boat_limit=st.sampled_from([None, 4, 6]),
        party=st.integers(0, 7),
        signed=st.integers(0, 7),
        absent=st.integers(2, 3),
        no_shows=st.integers(0, 2),
        aboard=st.sampled_from([0, 0, 4, 7]),
        fee=st.sampled_from([0, 99, 100_001]),
        percent=st.sampled_from([0, 33, 50, 100]),
        received=st.sampled_from([0, 33, 50, 99, 33_000, 33_001, 50_000, 50_001, 100_001]),
        refunded=st.sampled_from([0, 1]),
        currency=st.sampled_from(["USD", "JPY", "KWD"]),
        money_rule=st.sampled_from(["none", "deposit", "full"]),
        crew_rule=st.booleans(),
        conflicts=st.integers(0, 2),
        override=st.booleans(),
        briefed=st.booleans(),
    ).map(seat_the_captain)
)
def test_all_together_every_state_is_right(case: Case) -> None:
    check(case)


# --- the rest of the rules --------------------------------------------------------------------------


def test_a_cancelled_charter_is_cancelled_whatever_is_wrong_and_a_departed_one_keeps_its_checks() -> None:
    bad = Case(captain="none", conflicts=1, left=timedelta(hours=1))
    assert assess(bad, "cancelled") == {"state": "cancelled", "checks": []}
    kept = assess(Case())["checks"]
    for status in ("departed", "completed"):
        assert assess(bad, status, checks=kept) == {"state": "departed", "checks": kept}
        assert assess(bad, status) == {"state": "departed", "checks": []}


def test_a_conflict_that_was_booked_on_purpose_is_waived_by_who_did_so() -> None:
    [conflicts] = [one for one in assess(Case(conflicts=1, override=True))["checks"] if one["code"] == "conflicts"]
    assert (conflicts["state"], conflicts["waived"]) == ("waived", OVERRIDE)
    assert conflicts["message"] == "Petrel is booked twice: Canary whale watch"


@pytest.mark.parametrize(
    ("code", "changes", "message"),
    [
        ("captain", {"captain": "none"}, "No captain yet"),
        ("captain", {"captain_positions": (("unconfirmed", True, True),)}, "Dana has not confirmed the change yet"),
        ("captain", {}, "Dana is captain"),
        ("crew", {"crew": 1, "crew_positions": (("asked", True),)}, "1 of 2 crew missing"),
        ("crew", {"min_crew": 2, "crew_rule": True}, "2 of 2 crew missing"),
        ("crew", {}, "No crew needed"),
        ("people_papers", {"person_papers": {"mmc": 9}}, "Dana: Medical certificate not entered"),
        ("people_papers", {"captain": "typed"}, "Dana: no papers entered"),
        ("boat_papers", {"boat": "typed"}, "Sea Otter: no papers entered"),
        ("boat_papers", {"boat_papers": {"insurance": None}}, "Sea Otter: Insurance has no date"),
        ("heads", {"party": 7, "signed": 7}, "7 guests, limit 6"),
        ("heads", {"party": 1, "signed": 1, "limit": None}, "1 guest, no limit entered"),
        ("waivers", {"party": 6}, "2 of 6 have not signed"),
        ("waivers", {"party": 5}, "1 of 5 has not signed"),
        ("money", {"received": 25_000, "money_rule": "deposit"}, "$250.00 of the deposit due before departure"),
        ("money", {"received": 25_000, "money_rule": "full"}, "$750.00 due before departure"),
        ("money", {"received": 25_000}, "$750.00 due, may be paid later"),
        ("briefing", {"briefed": False}, "Safety briefing not given yet"),
        ("briefing", {}, "Given at 11:40 AM PST"),
    ],
)
def test_a_check_says_why_as_a_captain_would(code: str, changes: dict[str, Any], message: str) -> None:
    [found] = [one for one in assess(Case(**changes))["checks"] if one["code"] == code]
    assert found["message"] == message


def test_a_paper_that_ends_too_early_is_named_with_its_last_day() -> None:
    case = Case(left=timedelta(0), person_papers={"mmc": -1, "medical": -2})
    [found] = [one for one in assess(case)["checks"] if one["code"] == "people_papers"]
    assert found["message"] == "Dana: Merchant Mariner Credential valid until Nov 21, 2026, and 1 more"


# --- what crew read ---------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    received=st.sampled_from([0, 43_210]),
    money_rule=st.sampled_from(["none", "deposit", "full"]),
    left=st.sampled_from(LEFT),
    conflicts=st.integers(0, 1),
    signed=st.sampled_from([2, 4]),
    person_papers=papers_of_a_person,
)
def test_crew_read_nothing_of_money_other_charters_or_whose_paper_it_is(**changes: Any) -> None:
    case = Case(fee=98_765, **changes)
    found = assess(case)
    words = readiness.words_for_crew(found)
    for secret in ("$", "deposit", "due", "paid", "money", "fee", "Canary", "Dana:", "Credential", "Medical"):
        assert secret not in words.text
    assert words.may_sail == (found["state"] != "blocked")
    # Whether money is missing shows only in that there is no go.
    if changes["signed"] == 2:
        assert "2 of 4 have not signed" in words.text


@pytest.mark.parametrize(
    ("changes", "may_sail", "text"),
    [
        ({}, True, "May sail."),
        ({"captain": "typed"}, True, "May sail."),
        ({"signed": 2, "briefed": False}, True, "Still to do: 2 of 4 have not signed; safety briefing not given yet."),
        (
            {"signed": 2, "left": timedelta(hours=1)},
            False,
            "Do not depart: 2 of 4 have not signed. Wait for the desk's go.",
        ),
        (
            {"signed": 2, "conflicts": 1},
            False,
            (
                "Do not depart: the boat, the captain or crew is booked twice. Wait for the desk's go. "
                "Still to do: 2 of 4 have not signed."
            ),
        ),
        ({"received": 0, "money_rule": "full"}, False, "Do not depart. Wait for the desk's go."),
    ],
)
def test_crew_read_whether_they_may_sail(changes: dict[str, Any], may_sail: bool, text: str) -> None:
    assert readiness.words_for_crew(assess(Case(**changes))) == (may_sail, text)


def test_crew_read_that_a_charter_has_departed_or_is_cancelled() -> None:
    assert readiness.words_for_crew(assess(Case(), "departed")) == (False, "Departed.")
    assert readiness.words_for_crew(assess(Case(), "cancelled")) == (False, "Cancelled.")
