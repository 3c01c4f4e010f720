"""Cases of readiness in the words of a dispatcher, and a second reckoning of the contract's rules for them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from chalicelib.charters import readiness
from chalicelib.charters.fields import Readiness
from chalicelib.charters.store import Charter
from chalicelib.core.times import format_instant
from chalicelib.money.ledger import Sums
from chalicelib.operator.service import defaults
from chalicelib.register.store import Record
from tests.support import operator

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
ORDER = ["captain", "crew", "people_papers", "boat_papers", "heads", "waivers", "money", "conflicts", "briefing"]
OVERRIDE = {"reason": "the first one is back early", "by": "ben", "at": "2026-11-20T10:00:00Z"}
CONFLICT: Any = {
    "kind": "boat",
    "name": "Petrel",
    "event_id": "B" * 22,
    "title": "Canary whale watch",
    "starts_at": "2026-11-23T00:00:00Z",
    "ends_at": "2026-11-23T04:00:00Z",
}
EDGES = [timedelta(hours=hours, seconds=seconds) for hours in (0, 2, 12, 24) for seconds in (-1, 0, 1)]
LEFT = [*EDGES, timedelta(days=-30), timedelta(days=60)]
"""Until the start."""


class Case(NamedTuple):
    """All that decides, in the words of a dispatcher."""

    left: timedelta = timedelta(days=60)
    length: timedelta = timedelta(hours=3)
    timezone: str = "America/Los_Angeles"
    captain: str = "known"
    """none, typed, known."""
    captain_positions: tuple[tuple[str, bool, bool], ...] = ()
    """The state of each, whether it is required, and whether the captain holds it."""
    crew: int = 0
    """Typed names."""
    crew_positions: tuple[tuple[str, bool], ...] = ()
    boat: str = "uninspected"
    """typed, or the kind of the record."""
    min_crew: int = 0
    person_papers: Mapping[str, int | None] = {"mmc": 400, "medical": 400}
    """How many days after the day of the charter's last second each ends; None without a date."""
    boat_papers: Mapping[str, int | None] = {"insurance": 400, "coi": 400}
    limit: int | None = 6
    boat_limit: int | None = None
    party: int = 4
    signed: int = 4
    absent: int = 0
    """Listed guests who have not signed."""
    no_shows: int = 0
    """Of the listed guests who have not signed."""
    aboard: int = 0
    fee: int = 100_000
    percent: int = 50
    received: int = 100_000
    refunded: int = 0
    currency: str = "USD"
    money_rule: str = "none"
    crew_rule: bool = False
    conflicts: int = 0
    override: bool = False
    briefed: bool = True


def assess(case: Case, status: str = "scheduled", **changes: Any) -> Readiness:
    charter, boat, people, settings_now = build(case, status)
    return readiness.assess(
        charter._replace(**changes),
        boat=boat,
        people=people,
        conflicts=[CONFLICT] * case.conflicts,
        settings=settings_now,
        now=NOW,
    )


def build(case: Case, status: str) -> tuple[Charter, Any, Any, Any]:
    """What the product knows in such a case."""
    starts_at = NOW + case.left
    last_day = (starts_at + case.length - timedelta(seconds=1)).astimezone(ZoneInfo(case.timezone)).date()
    captain: Any = None
    if case.captain != "none":
        captain = {"person_id": "C" * 22 if case.captain == "known" else None, "name": "Dana", "email": "", "phone": ""}
    crew: list[Any] = [
        {"person_id": None, "name": f"Typed {number}", "email": "", "phone": ""} for number in range(case.crew)
    ]
    positions = []
    for number, (state, required, is_captains) in enumerate(case.captain_positions):
        person = {"person_id": "C" * 22, "name": "Dana"} if is_captains else None
        positions.append(position(f"c{number}", "captain", state, required, person))
    for number, (state, required) in enumerate(case.crew_positions):
        person = None
        if state in ("accepted", "unconfirmed", "assigned"):
            person = {"person_id": f"{number:022}", "name": f"Mate {number}"}
            crew.append({**person, "email": "", "phone": ""})
        positions.append(position(f"m{number}", "mate", state, required, person))
    charter = operator.event(
        status=status,
        starts_at=format_instant(starts_at),
        ends_at=format_instant(starts_at + case.length),
        timezone=case.timezone,
        captain=captain,
        crew=crew,
        passenger_limit=case.limit,
        party_size=case.party,
        guests=[{"guest_id": f"g{number}", "name": f"Guest {number}", "email": ""} for number in range(case.absent)],
        charter_fee_cents=case.fee,
        currency=case.currency,
    )._replace(
        positions=positions,
        signed_count=case.signed,
        no_show_ids=frozenset(f"g{number}" for number in range(case.no_shows)),
        aboard_ids=frozenset(f"w{number}" for number in range(case.aboard)),
        sums=Sums(received_cents=case.received, refunded_cents=case.refunded),
        schedule_override=OVERRIDE if case.override else None,
        briefed_at="2026-11-22T19:40:00Z" if case.briefed else "",
    )
    boat = None
    if case.boat != "typed":
        boat = {
            "kind": case.boat,
            "min_crew": case.min_crew,
            "passenger_limit": case.boat_limit,
            "papers": papers(case.boat_papers, last_day),
        }
    people = {"C" * 22: Record("C" * 22, {"papers": papers(case.person_papers, last_day)})} if captain else {}
    for one in crew:
        if one["person_id"]:
            people[one["person_id"]] = Record(one["person_id"], {"papers": []})
    rules: Any = {
        **settings_of_an_operator(),
        "deposit_percent": case.percent,
        "money_before_departure": case.money_rule,
        "crew_before_departure": case.crew_rule,
    }
    return charter, boat, people, rules


@cache
def settings_of_an_operator() -> Any:
    with operator.operating():
        return defaults()


def position(position_id: str, role: str, state: str, required: bool, person: Any) -> Any:
    return {
        "position_id": position_id, "role": role, "required": required, "state": state, "person": person, "asked": [],
        "answer_by": None, "next_ids": None,
    }  # fmt: skip


def papers(entered: Mapping[str, int | None], last_day: date) -> list[Any]:
    return [
        {
            "kind": kind.rstrip("2"),
            "number_last4": "",
            "valid_until": None if days is None else str(last_day + timedelta(days=days)),
            "note": "",
        }
        for kind, days in entered.items()
    ]


# --- the second reckoning ---------------------------------------------------------------------------


def expected(case: Case) -> dict[str, str]:
    """The state of each check by the contract's sentences."""
    found = {
        "captain": expected_captain(case),
        "crew": expected_crew(case),
        "people_papers": expected_people_papers(case),
        "boat_papers": expected_boat_papers(case),
        "heads": expected_heads(case),
        "waivers": "open" if unsigned(case) else "ok",
        "money": expected_money(case),
        "conflicts": "ok" if not case.conflicts else "waived" if case.override else "blocks",
        "briefing": "ok" if case.briefed else "open",
    }
    is_late = case.left <= timedelta(hours=2)
    return {code: "blocks" if state == "open" and is_late else state for code, state in found.items()}


def if_missing(case: Case, *, is_missing: bool) -> str:
    if not is_missing:
        return "ok"
    return "blocks" if case.left <= timedelta(hours=24) else "open"


def expected_captain(case: Case) -> str:
    if case.boat == "bareboat":
        return "ok"
    if case.captain == "none":
        return if_missing(case, is_missing=True)
    held = [state for state, _, is_captains in case.captain_positions if is_captains and state != "withdrawn"]
    free = [
        state
        for state, required, is_captains in case.captain_positions
        if required and not is_captains and state in ("open", "asked", "unconfirmed")
    ]
    # A captain without a position sits in the first one that is free.
    is_missing = "unconfirmed" in held or len(free) > (0 if held else 1)
    return if_missing(case, is_missing=is_missing)


def expected_crew(case: Case) -> str:
    if case.boat == "bareboat":
        return "ok"
    is_missing = any(required and state in ("open", "asked", "unconfirmed") for state, required in case.crew_positions)
    sailing = case.crew + sum(state in ("accepted", "assigned") for state, _ in case.crew_positions)
    if case.crew_rule and case.boat != "typed" and sailing < case.min_crew:
        is_missing = True
    return if_missing(case, is_missing=is_missing)


def expected_people_papers(case: Case) -> str:
    if case.boat == "bareboat" or case.captain == "none":
        return "ok"
    if case.captain == "typed":
        return "unknown"
    return expected_papers(case.person_papers, ("mmc", "medical"))


def expected_boat_papers(case: Case) -> str:
    if case.boat == "typed":
        return "unknown"
    return expected_papers(case.boat_papers, ("insurance", "coi") if case.boat == "inspected" else ("insurance",))


def expected_papers(entered: Mapping[str, int | None], needed: tuple[str, ...]) -> str:
    days = list(entered.values())
    if any(one is not None and one < 0 for one in days):
        return "blocks"
    return "unknown" if None in days or set(needed) - entered.keys() else "ok"


def expected_heads(case: Case) -> str:
    known = [limit for limit in (case.limit, case.boat_limit if case.boat != "typed" else None) if limit is not None]
    if not known:
        return "unknown"
    coming = max(case.party, case.signed + case.absent) - case.no_shows
    return "blocks" if (case.aboard or coming) > known[0] else "ok"


def unsigned(case: Case) -> int:
    return max(case.party - case.signed, case.absent) - case.no_shows


def expected_money(case: Case) -> str:
    """In major units, as a patron reckons."""
    unit = Decimal(10) ** -get_currency_precision(case.currency)
    fee, there = case.fee * unit, (case.received - case.refunded) * unit
    deposit = (fee * case.percent / 100).quantize(unit, rounding=ROUND_CEILING)
    needed = {"none": Decimal("-Infinity"), "deposit": deposit, "full": fee}[case.money_rule]
    return "ok" if there >= needed else "blocks"


def expected_state(states: Mapping[str, str]) -> str:
    for state, whole in (("blocks", "blocked"), ("unknown", "unknown"), ("open", "open")):
        if state in states.values():
            return whole
    return "ready"


def check(case: Case) -> None:
    found = assess(case)
    states = {one["code"]: one["state"] for one in found["checks"]}
    assert [one["code"] for one in found["checks"]] == ORDER
    assert states == expected(case), case
    assert found["state"] == expected_state(states), case
    for one in found["checks"]:
        assert one["message"], one
        assert (one["waived"] is not None) == (one["state"] == "waived"), one
