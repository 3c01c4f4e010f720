"""Whether a charter may sail: what must be in order, what blocks it, what is unknown. Pure.

The same for the board, the charter's page, the crew's pages and the departure. Unknown is never ok.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.boats.fields import BoatDetails
from chalicelib.charters import booking
from chalicelib.charters.fields import Check, CheckCode, CheckState, CrewMember, Readiness, ReadinessState, Waived
from chalicelib.charters.positions import StoredPosition
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.money import amounts
from chalicelib.operator.fields import SettingsDetails
from chalicelib.people.fields import PersonDetails
from chalicelib.register.papers import LABELS, Paper
from chalicelib.register.store import Record
from chalicelib.schedule.fields import Conflict

# A captain and required crew must be found by then.
CREW_BEFORE = timedelta(hours=24)
# Whatever is still open then blocks.
ALL_BEFORE = timedelta(hours=2)
# A charter may depart from then on.
DEPART_BEFORE = timedelta(hours=12)

CAPTAINS_PAPERS = ("mmc", "medical")
BOATS_PAPERS = ("insurance",)
INSPECTED_BOATS_PAPERS = ("insurance", "coi")
# What stands for a check whose reason crew are not told.
FOR_CREW: Mapping[CheckCode, str] = {
    "people_papers": "a paper of the captain or crew is not in order",
    "boat_papers": "a paper of the boat is not in order",
    "conflicts": "the boat, the captain or crew is booked twice",
}


class Heads(NamedTuple):
    """Of the guests."""

    expected: int
    """Who is aboard; before anybody is, all who are expected, without no-shows."""
    unsigned: int
    """Who of them has not signed."""


def count_heads(charter: Charter) -> Heads:
    """As far as the charter's own item tells it."""
    absent = {guest["guest_id"] for guest in charter.details["guests"]} - charter.signed_guest_ids
    no_shows = charter.no_show_ids
    return heads_of(
        party_size=charter.details["party_size"],
        signed=charter.signed_count,
        absent=len(absent),
        aboard=len(charter.aboard_ids),
        no_shows=len(no_shows),
        absent_no_shows=len(no_shows & absent),
    )


def heads_of(*, party_size: int, signed: int, absent: int, aboard: int, no_shows: int, absent_no_shows: int) -> Heads:
    """`absent` are the listed guests who have not signed; no-shows sail as little as they sign."""
    expected = aboard or max(party_size, signed + absent) - no_shows
    unsigned = max(party_size - signed, absent) - absent_no_shows
    return Heads(max(expected, 0), max(unsigned, 0))


def assess(
    charter: Charter,
    *,
    boat: BoatDetails | None,
    people: Mapping[str, Record[PersonDetails]],
    conflicts: Sequence[Conflict],
    settings: SettingsDetails,
    now: datetime,
    heads: Heads | None = None,
) -> Readiness:
    """What is in order and what is not, now; of a departed charter what was when it departed.

    `boat` is None for one that is typed as text; `people` holds at least those whom the charter names. `heads` replaces
    what the charter's own item tells of them.
    """
    if charter.status == "cancelled":
        return {"state": "cancelled", "checks": []}
    if charter.status in ("departed", "completed"):
        return {"state": "departed", "checks": list(charter.checks or ())}
    checks = check_all(
        charter,
        boat=boat,
        people=people,
        conflicts=conflicts,
        settings=settings,
        now=now,
        heads=heads or count_heads(charter),
    )
    return {"state": state_of(checks), "checks": checks}


def state_of(checks: Sequence[Check]) -> ReadinessState:
    """The worst of them decides."""
    states = {check["state"] for check in checks}
    by_weight: tuple[tuple[CheckState, ReadinessState], ...] = (
        ("blocks", "blocked"),
        ("unknown", "unknown"),
        ("open", "open"),
    )
    return next((state for one, state in by_weight if one in states), "ready")


def check_all(
    charter: Charter,
    *,
    boat: BoatDetails | None,
    people: Mapping[str, Record[PersonDetails]],
    conflicts: Sequence[Conflict],
    settings: SettingsDetails,
    now: datetime,
    heads: Heads,
) -> list[Check]:
    """Each check once, in the order of the contract."""
    left = times.parse_instant(charter.details["starts_at"]) - now
    checks = [
        _check("captain", _captain(charter, boat, left)),
        _check("crew", _crew(charter, boat, settings, left)),
        _check("people_papers", _people_papers(charter, boat, people)),
        _check("boat_papers", _boat_papers(charter, boat)),
        _check("heads", _heads(charter, boat, heads)),
        _check("waivers", _waivers(heads)),
        _check("money", _money(charter, settings)),
        _conflicts(charter, conflicts),
        _check("briefing", _briefing(charter)),
    ]
    if left <= ALL_BEFORE:
        for check in checks:
            check["state"] = "blocks" if check["state"] == "open" else check["state"]
    return checks


Found = tuple[CheckState, str]
"""A state, and why in plain words."""


def _check(code: CheckCode, found: Found) -> Check:
    state, message = found
    return {"code": code, "state": state, "message": message, "waived": None}


def waive(check: Check, waived: Waived) -> Check:
    return {**check, "state": "waived", "waived": waived}


# --- captain and crew -------------------------------------------------------------------------------


def _captain(charter: Charter, boat: BoatDetails | None, left: timedelta) -> Found:
    if _is_bareboat(boat):
        return "ok", "Bareboat: the charterer has their own captain"
    captain = charter.details["captain"]
    positions = [one for one in charter.positions if one["role"] == "captain" and one["state"] != "withdrawn"]
    if captain is None:
        asked = _asked(positions)
        return _missing(left), f"No captain yet, {asked} is asked" if asked else "No captain yet"
    if any(one["state"] == "unconfirmed" and _is_held_by(one, captain) for one in positions):
        return _missing(left), f"{captain['name']} has not confirmed the change yet"
    unfilled = _unfilled(positions)
    if not any(_is_held_by(one, captain) for one in positions):
        # Who was typed takes the place that stands open.
        unfilled = unfilled[1:]
    if unfilled:
        return _missing(left), f"{captain['name']} is captain, another one is missing"
    return "ok", f"{captain['name']} is captain"


def _crew(charter: Charter, boat: BoatDetails | None, settings: SettingsDetails, left: timedelta) -> Found:
    if _is_bareboat(boat):
        return "ok", "Bareboat: the charterer has their own crew"
    positions = [one for one in charter.positions if one["role"] != "captain" and one["state"] != "withdrawn"]
    unfilled = _unfilled(positions)
    sailing = len(charter.details["crew"]) - sum(one["state"] == "unconfirmed" for one in positions)
    needed = boat["min_crew"] if boat and settings["crew_before_departure"] else 0
    missing = max(len(unfilled), needed - sailing)
    if missing > 0:
        return _missing(left), f"{missing} of {max(sailing + missing, needed)} crew missing"
    return "ok", f"{sailing} crew" if sailing else "No crew needed"


def _is_bareboat(boat: BoatDetails | None) -> bool:
    return boat is not None and boat["kind"] == "bareboat"


def _unfilled(positions: Sequence[StoredPosition]) -> list[StoredPosition]:
    return [one for one in positions if one["required"] and one["state"] not in ("accepted", "assigned")]


def _is_held_by(position: StoredPosition, member: CrewMember) -> bool:
    return position["person"] is not None and position["person"]["person_id"] == member["person_id"]


def _asked(positions: Sequence[StoredPosition]) -> str:
    """Who is waited for."""
    names = (one["asked"][-1]["name"] for one in positions if one["state"] == "asked" and one["asked"])
    return next(names, "")


def _missing(left: timedelta) -> CheckState:
    return "blocks" if left <= CREW_BEFORE else "open"


# --- papers -----------------------------------------------------------------------------------------


def _people_papers(charter: Charter, boat: BoatDetails | None, people: Mapping[str, Record[PersonDetails]]) -> Found:
    if _is_bareboat(boat):
        return "ok", "Bareboat: captain and crew are the charterer's own"
    found: list[Found] = []
    for role, one in booking.sailors(charter.details):
        expected = CAPTAINS_PAPERS if role == "captain" else ()
        person = people.get(one["person_id"] or "")
        if person:
            found += _papers(charter, one["name"], person.details["papers"], expected)
        elif expected or one["person_id"]:
            found.append(("unknown", f"{one['name']}: no papers entered"))
    return _worst(found, "All valid" if found else "Nobody to check yet")


def _boat_papers(charter: Charter, boat: BoatDetails | None) -> Found:
    if boat is None:
        vessel = charter.details["vessel"]
        return "unknown", f"{vessel}: no papers entered" if vessel else "No boat yet"
    expected = INSPECTED_BOATS_PAPERS if boat["kind"] == "inspected" else BOATS_PAPERS
    return _worst(_papers(charter, charter.details["vessel"], boat["papers"], expected), "All valid")


def _papers(charter: Charter, owner: str, papers: Sequence[Paper], expected: Sequence[str]) -> list[Found]:
    """Of each paper that is entered, and of each that is expected and is not."""
    entered = [paper["kind"] for paper in papers]
    missing: list[Found] = [
        ("unknown", f"{owner}: {LABELS[kind]} not entered") for kind in expected if kind not in entered
    ]
    return [*(_paper(charter, owner, paper) for paper in papers), *missing]


def _paper(charter: Charter, owner: str, paper: Paper) -> Found:
    """It is valid to the end of its last day, by the clocks of the charter."""
    label, valid_until, timezone = LABELS[paper["kind"]], paper["valid_until"], charter.details["timezone"]
    if valid_until is None:
        return "unknown", f"{owner}: {label} has no date"
    last_day = times.parse_day(valid_until)
    if times.start_of_day(last_day + timedelta(days=1), timezone) < times.parse_instant(charter.details["ends_at"]):
        return "blocks", f"{owner}: {label} valid until {last_day:%b} {last_day.day}, {last_day.year}"
    return "ok", ""


def _worst(found: Sequence[Found], fine: str) -> Found:
    """The first of those that weigh most, and how many more there are."""
    for state in ("blocks", "unknown"):
        messages = [message for one, message in found if one == state]
        if messages:
            more = f", and {len(messages) - 1} more" if len(messages) > 1 else ""
            return state, f"{messages[0]}{more}"
    return "ok", fine


# --- guests, money, the rest ------------------------------------------------------------------------


def _heads(charter: Charter, boat: BoatDetails | None, heads: Heads) -> Found:
    limit = charter.details["passenger_limit"] or (boat["passenger_limit"] if boat else None)
    guests = _count(heads.expected, "guest")
    if limit is None:
        return "unknown", f"{guests}, no limit entered"
    return ("blocks" if heads.expected > limit else "ok"), f"{guests}, limit {limit}"


def _waivers(heads: Heads) -> Found:
    if heads.unsigned:
        whole = max(heads.expected, heads.unsigned)
        return "open", f"{heads.unsigned} of {whole} {'has' if heads.unsigned == 1 else 'have'} not signed"
    return "ok", "All have signed"


def _money(charter: Charter, settings: SettingsDetails) -> Found:
    """What is received counts, cleared or not; tips do not, and what was given back is not there any more."""
    currency, rule = charter.details["currency"], settings["money_before_departure"]
    due_cents = charter.due_cents
    if rule == "none":
        return "ok", f"{amounts.spell(due_cents, currency)} due, may be paid later" if due_cents > 0 else "Nothing due"
    needed_cents = deposit_cents(charter.charged_cents, settings["deposit_percent"]) if rule == "deposit" else None
    missing_cents = due_cents if needed_cents is None else needed_cents - (charter.charged_cents - due_cents)
    if missing_cents > 0:
        what = "due before departure" if needed_cents is None else "of the deposit due before departure"
        return "blocks", f"{amounts.spell(missing_cents, currency)} {what}"
    return "ok", "Deposit is there" if due_cents > 0 else "Nothing due"


def deposit_cents(charged_cents: int, percent: int) -> int:
    """Rounded up to the cent, or to whatever is the currency's smallest unit."""
    return -(-charged_cents * percent // 100)


def _conflicts(charter: Charter, conflicts: Sequence[Conflict]) -> Check:
    if not conflicts:
        return _check("conflicts", ("ok", "Nothing else at that time"))
    first, override = conflicts[0], charter.schedule_override
    more = f", and {len(conflicts) - 1} more" if len(conflicts) > 1 else ""
    check = _check("conflicts", ("blocks", f"{first['name']} is booked twice: {first['title']}{more}"))
    if override is None:
        return check
    return waive(check, {"by": override["by"], "at": override["at"], "reason": override["reason"]})


def _briefing(charter: Charter) -> Found:
    if not charter.briefed_at:
        return "open", "Safety briefing not given yet"
    return "ok", f"Given at {times.spell_clock(charter.briefed_at, charter.details['timezone'])}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- for crew ---------------------------------------------------------------------------------------


class CrewWords(NamedTuple):
    """Readiness as captain and crew read it: never with money, or why it is missing."""

    may_sail: bool
    text: str


def words_for_crew(readiness: Readiness) -> CrewWords:
    """Whether they may sail, and what is still to be done, in one or two sentences.

    A paper's owner, what else is booked and money are the desk's business.
    """
    if readiness["state"] in ("departed", "cancelled"):
        return CrewWords(False, "Departed." if readiness["state"] == "departed" else "Cancelled.")
    blocking, still_open = ("; ".join(_reasons(readiness, state)) for state in ("blocks", "open"))
    to_do = f"Still to do: {still_open}." if still_open else ""
    if readiness["state"] != "blocked":
        return CrewWords(True, to_do or "May sail.")
    stop = f"Do not depart{f': {blocking}' if blocking else ''}. Wait for the desk's go."
    return CrewWords(False, f"{stop} {to_do}".strip())


def _reasons(readiness: Readiness, state: str) -> Iterator[str]:
    for check in readiness["checks"]:
        if check["state"] == state and check["code"] != "money":
            reason = FOR_CREW.get(check["code"], check["message"])
            yield reason[:1].lower() + reason[1:]
