"""Whether each charter of the season may sail, reckoned a second time and without the product's code.

The desk has not changed its rules: money may come after the departure, and no boat needs a crew of its own.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from tests.season.books import due
from tests.season.charters import booked_beside, missing, signed, today
from tests.season.conftest import Season
from tests.season.crew import captains_place, is_bareboat, places, timeless
from tests.season.devices import OPERATOR, Device, money, words
from tools.local.fleet import BOATS, PEOPLE, Paper, Person
from tools.local.samples import SampleCharter

PAPERS = {
    "mmc": "Merchant Mariner Credential",
    "medical": "Medical certificate",
    "drug_programme": "Drug testing programme",
    "first_aid": "First aid and CPR",
    "coi": "Certificate of Inspection",
    "insurance": "Insurance",
    "epirb": "EPIRB registration",
    "flares": "Flares",
    "documentation": "Documentation",
}
STATES = {"blocks": "blocks", "open": "open", "unknown": "not known", "waived": "allowed", "ok": "in order"}
"""What weighs most first, each with what screen readers say of it."""
Found = tuple[str, str]
"""A state and why."""


class Check(NamedTuple):
    name: str
    state: str
    message: str
    lacks: str
    """What the board calls it while it is not done."""
    step: str
    """What can be done about it."""

    @property
    def is_done(self) -> bool:
        return self.state in ("ok", "waived")


class Panel(NamedTuple):
    """What stands on a charter's page."""

    head: list[str]
    checks: list[list[str]]
    """Of each that is not in order its state, its text and what can be done."""
    fine: list[str]


def as_read(shown: list[list[Any]], told: Season, device: Device) -> list[Panel]:
    """What was read of a charter's page, without the moments that nobody can foresee."""
    return [
        Panel(
            head,
            [[timeless(text, told, device) for text in check] for check in checks],
            [timeless(text, told, device) for text in fine],
        )
        for head, checks, fine in shown
    ]


def is_scheduled(charter: SampleCharter) -> bool:
    return not (charter.cancelled or charter.aboard or charter.completed)


def on_board(charter: SampleCharter, told: Season, at: datetime) -> str:
    """The word and its reasons; nothing for what has sailed or is over."""
    if not is_scheduled(charter) or charter.ends_at <= at:
        return ""
    found = checks(charter, told, at)
    word = verdict(found)
    left = [check for check in found if check.state == "blocks" or (word != "Blocked" and not check.is_done)]
    own = {"Schedule": "Double-booked", "Captain": "No captain"}.get(left[0].name) if word == "Blocked" else None
    why = ", ".join(check.lacks for check in (left[1:] if own else left))
    return words(own or word, why[:1].upper() + why[1:] if word == "Blocked" else why)


def panel(charter: SampleCharter, told: Season, at: datetime) -> list[Panel]:
    """Nothing for what is over and was not checked as it departed."""
    if not charter.aboard and not on_board(charter, told, at):
        return []
    found = checks(charter, told, at)
    done = f"{sum(check.is_done for check in found)} of {len(found)} done"
    head = ["As it departed", done] if charter.aboard else ["Ready to sail", verdict(found), done]
    return [
        Panel(
            head,
            [
                [f": {STATES[check.state]}", words(check.name, check.message), *steps(check, charter, at)]
                for check in found
                if check.state != "ok"
            ],
            [words(check.name, check.message) for check in found if check.state == "ok"],
        )
    ]


def steps(check: Check, charter: SampleCharter, at: datetime) -> list[str]:
    """From twelve hours before the start it can sail in spite of what blocks it."""
    if charter.aboard or check.is_done:
        return []
    may_sail_anyway = check.state == "blocks" and charter.starts_at - at <= timedelta(hours=12)
    return [*(["Sail anyway"] if may_sail_anyway else []), check.step]


def verdict(found: list[Check]) -> str:
    states = [check.state for check in found]
    if "blocks" in states:
        return "Blocked"
    if "unknown" in states:
        return "Unknown"
    return f"{states.count('open')} open" if "open" in states else "Ready"


def checks(charter: SampleCharter, told: Season, at: datetime) -> list[Check]:
    """All of them, what weighs most first. From two hours before the start whatever is open blocks."""
    left = charter.starts_at - at
    found = [
        Check("Schedule", *schedule(charter, told), "double-booked", "Show conflict"),
        Check("Captain", *captain(charter, left), "captain", position_step(charter, "captain")),
        Check("Crew", *crew(charter, left), "crew", position_step(charter, "crew")),
        Check("Papers", *people_papers(charter, told), "papers", "Open people"),
        Check("Boat", *boat_papers(charter, told), "boat’s papers", "Open boats"),  # noqa: RUF001
        Check("Guests", *heads(charter), "over the passenger limit", "Edit…"),
        Check("Payment", *payment(charter), "payment", "Log payment"),
        Check("Waivers", *waivers(charter), waivers_lacking(charter), waivers_step(charter)),
        Check("Safety briefing", *briefing(charter), "briefing", "Mark given"),
    ]
    if left <= timedelta(hours=2):
        found = [check._replace(state="blocks") if check.state == "open" else check for check in found]
    return sorted(found, key=lambda check: list(STATES).index(check.state))


# --- schedule, captain, crew ------------------------------------------------------------------------


def schedule(charter: SampleCharter, told: Season) -> Found:
    others = booked_beside(charter, told)
    if not others:
        return "ok", "Nothing else at that time"
    assert charter.captain
    text = f"{charter.captain.name} is booked twice: {others[0].title}"
    if len(others) > 1:
        text += f", and {len(others) - 1} more"
    if charter.override:
        return "waived", f"{text} Booked anyway: {charter.override} (admin, then)"
    return "blocks", text


def captain(charter: SampleCharter, left: timedelta) -> Found:
    place = captains_place(charter)
    if is_bareboat(charter):
        return "ok", "Bareboat: the charterer has their own captain"
    if place and place.state == "asked" and place.person:
        return lacking(left), f"No captain yet, {place.person.name} is asked"
    if not charter.captain:
        return lacking(left), "No captain yet"
    if place and not place.is_taken:
        return lacking(left), f"{charter.captain.name} has not confirmed the change yet"
    return "ok", f"{charter.captain.name} is captain"


def crew(charter: SampleCharter, left: timedelta) -> Found:
    if is_bareboat(charter):
        return "ok", "Bareboat: the charterer has their own crew"
    mates = [place for place in places(charter) if place.position.role != "captain"]
    free = sum(not place.is_taken for place in mates)
    if free:
        return lacking(left), f"{free} of {len(mates)} crew missing"
    return "ok", f"{len(charter.crew)} crew" if charter.crew else "No crew needed"


def lacking(left: timedelta) -> str:
    """Whoever has to sail has to be found a day before."""
    return "blocks" if left <= timedelta(hours=24) else "open"


def position_step(charter: SampleCharter, what: str) -> str:
    """Somebody is asked for a place that is free; a place that waits for an answer can be changed."""
    free = [
        place
        for place in places(charter)
        if (place.position.role == "captain") == (what == "captain") and not place.is_taken
    ]
    return "Change…" if free and all(place.person for place in free) else "Ask…"


# --- papers -----------------------------------------------------------------------------------------


def people_papers(charter: SampleCharter, told: Season) -> Found:
    if is_bareboat(charter):
        return "ok", "Bareboat: captain and crew are the charterer's own"
    sailors = [one for one in (charter.captain, *charter.crew) if one]
    if not sailors:
        return "ok", "Nobody to check yet"
    return worst(fault for one in sailors for fault in faults_of(one, charter, told))


def faults_of(sailor: Person, charter: SampleCharter, told: Season) -> Iterator[Found]:
    """A captain needs two papers; of everybody what is entered has to be valid."""
    needed = ("mmc", "medical") if sailor == charter.captain else ()
    known = next((one for one in PEOPLE if one.person == sailor), None)
    if known:
        yield from faults(sailor.name, known.papers, needed, charter, told)
    elif needed:
        yield "unknown", f"{sailor.name}: no papers entered"


def boat_papers(charter: SampleCharter, told: Season) -> Found:
    boat = charter.boat
    if boat not in BOATS:
        return "unknown", f"{boat.name}: no papers entered"
    needed = ("insurance", "coi") if boat.kind == "inspected" else ("insurance",)
    return worst(faults(boat.name, boat.papers, needed, charter, told))


def faults(
    owner: str, papers: tuple[Paper, ...], needed: tuple[str, ...], charter: SampleCharter, told: Season
) -> Iterator[Found]:
    """A paper is valid to the end of its last day, which must not come before the charter's end."""
    for paper in papers:
        if paper.days_left is None:
            yield "unknown", f"{owner}: {PAPERS[paper.kind]} has no date"
            continue
        last = today(told) + timedelta(days=paper.days_left)
        if datetime.combine(last + timedelta(days=1), time.min, OPERATOR) < charter.ends_at:
            yield "blocks", f"{owner}: {PAPERS[paper.kind]} valid until {last:%b} {last.day}, {last.year}"
    for kind in needed:
        if kind not in {paper.kind for paper in papers}:
            yield "unknown", f"{owner}: {PAPERS[kind]} not entered"


def worst(faults: Iterable[Found]) -> Found:
    found = list(faults)
    for weight in ("blocks", "unknown"):
        texts = [text for state, text in found if state == weight]
        if texts:
            return weight, texts[0] + (f", and {len(texts) - 1} more" if len(texts) > 1 else "")
    return "ok", "All valid"


# --- guests, money, briefing ------------------------------------------------------------------------


def expected(charter: SampleCharter) -> int:
    """Who was counted aboard, else who signed and who is listed, at least the party."""
    return len(charter.aboard) or max(charter.party_size, signed(charter) + len(missing(charter)))


def unsigned(charter: SampleCharter) -> int:
    """Of those who came, or are still expected."""
    if charter.aboard:
        return len(set(charter.aboard) - set(charter.signers))
    return max(charter.party_size - signed(charter), len(missing(charter)))


def heads(charter: SampleCharter) -> Found:
    count, limit = expected(charter), charter.boat.passenger_limit
    guests = f"{count} guest{'' if count == 1 else 's'}"
    return ("blocks" if count > limit else "ok"), f"{guests}, limit {limit}"


def payment(charter: SampleCharter) -> Found:
    left = due(charter)
    return "ok", f"{money(left)} due, may be paid later" if left > 0 else "Nothing due"


def waivers(charter: SampleCharter) -> Found:
    count = unsigned(charter)
    if not count:
        return "ok", "All have signed"
    return "open", f"{count} of {expected(charter)} {'has' if count == 1 else 'have'} not signed"


def waivers_lacking(charter: SampleCharter) -> str:
    count = charter.party_size - signed(charter)
    return f"{count} waiver{'' if count == 1 else 's'}"


def waivers_step(charter: SampleCharter) -> str:
    """Who has an address can be reminded."""
    if any(guest.email for guest in missing(charter)):
        return "Remind"
    return "Add an email…" if charter.guests else "Add guests…"


def briefing(charter: SampleCharter) -> Found:
    return ("ok", "Given at then") if charter.aboard else ("open", "Safety briefing not given yet")
