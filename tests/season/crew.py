"""Who sails each charter of the season, as the board and a charter's own page say it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tests.season.conftest import Season
from tests.season.devices import OPERATOR, Device, words
from tools.local.fleet import Person
from tools.local.samples import SampleCharter, SamplePosition

BAREBOAT = (
    "{} is chartered bareboat: who charters it chooses and pays captain and crew. "
    "The operator may neither ask nor assign them. Their names can be typed under Edit."
)


class Place(NamedTuple):
    """A position that was not withdrawn."""

    position: SamplePosition
    state: str
    """`open`, `asked`, `accepted`, `unconfirmed` or `assigned`."""
    person: Person | None
    """Who took it or is asked."""

    @property
    def word(self) -> str:
        return "not confirmed" if self.state == "unconfirmed" else self.state

    @property
    def is_taken(self) -> bool:
        return self.state in ("accepted", "assigned")


def places(charter: SampleCharter) -> list[Place]:
    return [place_of(one, charter) for one in charter.positions if not one.withdrawn]


def place_of(position: SamplePosition, charter: SampleCharter) -> Place:
    """Who had accepted before the charter was moved has to answer again."""
    if position.assigned:
        return Place(position, "assigned", position.assigned)
    if position.accepted:
        return Place(position, "unconfirmed" if charter.booked_for else "accepted", position.taken_by)
    asked = was_asked(position, charter)
    if len(asked) > len(position.declined):
        return Place(position, "asked", asked[-1])
    return Place(position, "open", None)


def was_asked(position: SamplePosition, charter: SampleCharter) -> tuple[Person, ...]:
    """One after the other, the next when one has declined; no crew while there is no captain."""
    if position.role != "captain" and not charter.captain:
        return ()
    return position.asked[: len(position.declined) + 1]


def captains_place(charter: SampleCharter) -> Place | None:
    return next((place for place in places(charter) if place.position.role == "captain"), None)


def is_bareboat(charter: SampleCharter) -> bool:
    return charter.boat.kind == "bareboat"


# --- names ------------------------------------------------------------------------------------------


def captain_name(charter: SampleCharter) -> str:
    """With what became of the asking; empty while nobody is asked."""
    place = captains_place(charter)
    if place and place.person:
        return words(place.person.name, place.word)
    return charter.captain.name if charter.captain else ""


def crew_names(charter: SampleCharter) -> str:
    """By first names; a place that nobody is asked for by its role."""
    if not charter.positions:
        return words(*map(first_name, charter.crew))
    return words(
        *(
            words(
                first_name(place.person) if place.person else place.position.role.title(),
                place.word,
            )
            for place in places(charter)
            if place.position.role != "captain"
        )
    )


def first_name(person: Person) -> str:
    return person.name.split()[0]


def contact(person: Person) -> str:
    return words(person.name, person.phone, person.email)


# --- a charter's own panel --------------------------------------------------------------------------


def crew_panel(charter: SampleCharter, *, is_scheduled: bool) -> list[str]:
    """Its parts from above: heading, hints, place by place, what was withdrawn. The operator finds no crew for who
    charters bareboat.
    """
    acts = is_scheduled and not is_bareboat(charter)
    gone = [one for one in charter.positions if one.withdrawn]
    found = [
        words("Crew", "Add position" if acts else ""),
        BAREBOAT.format(charter.boat.name) if is_bareboat(charter) else "",
        "" if charter.captain or captains_place(charter) else "No captain yet",
        *typed_sailors(charter),
        *(place_line(place, charter, acts=acts) for place in places(charter)),
        words("1 position withdrawn", *(one.role.title() for one in gone)) if gone else "",
    ]
    return [text for text in found if text]


def typed_sailors(charter: SampleCharter) -> list[str]:
    """All whom nobody asked."""
    if charter.positions:
        return []
    captain = [words("Captain", contact(charter.captain))] if charter.captain else []
    return [*captain, *(words("Crew", contact(mate)) for mate in charter.crew)]


def place_line(place: Place, charter: SampleCharter, *, acts: bool) -> str:
    position, state, person = place
    reach = words(person.phone, person.email) if person else ""
    return words(
        position.role.title(),
        person.name if person else "",
        "nobody is asked" if state == "open" else place.word,
        "The next is asked at then, a day later" if state == "asked" else "",
        reach,
        *reversed(list(answers(position, charter))),
        ("Ask…" if state == "open" else "Change…") if acts else "",
    )


def answers(position: SamplePosition, charter: SampleCharter) -> Iterator[str]:
    """Of each who was asked, the first one first."""
    for place, person in enumerate(was_asked(position, charter)):
        if place < len(position.declined):
            yield f"{person.name} asked then, declined: {position.declined[place]}"
        elif position.accepted:
            yield f"{person.name} asked then, accepted"
        else:
            yield f"{person.name} asked then, no answer yet"


def timeless(text: str, told: Season, device: Device) -> str:
    """With `then` for the moments at which the season was told, which nobody can foresee to the minute."""
    now = datetime.now(UTC)
    operators = Device("en-US", OPERATOR.key, now)
    for minutes in range(int((now - told.now) / timedelta(minutes=1)) + 2):
        then, later = ((told.now + timedelta(days=days, minutes=minutes)).astimezone(OPERATOR) for days in (0, 1))
        for known, plain in (
            (f"asked {device.moment(then)},", "asked then,"),
            (f"asked {device.clock(then)},", "asked then,"),
            (f"is asked at {device.moment(later)}", "is asked at then, a day later"),
            (f"is asked at {device.clock(later)}", "is asked at then, a day later"),
            (f"(admin, {device.moment(then)})", "(admin, then)"),
            (f"Given at {operators.clock(then)} {then.tzname()}", "Given at then"),
        ):
            text = text.replace(known, plain)
    return text
