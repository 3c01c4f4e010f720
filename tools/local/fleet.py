"""The sample operator: boats and people with their papers, holds, and what the desk has set. Data only."""

from datetime import date, datetime
from typing import Literal, NamedTuple

from tools.local.days import Calendar


class Person(NamedTuple):
    name: str
    email: str = ""
    phone: str = ""


class Paper(NamedTuple):
    kind: str
    days_left: int | None
    """From today; less than none: it has expired; None: the day is unknown."""
    number_last4: str = ""
    note: str = ""


class Sailor(NamedTuple):
    """A person of the register; charters name them by id."""

    person: Person
    roles: tuple[str, ...]
    rank: int
    papers: tuple[Paper, ...] = ()
    is_owner: bool = False


class Boat(NamedTuple):
    name: str
    passenger_limit: int
    port: str
    crew: tuple[Person, ...]
    kind: Literal["uninspected", "inspected", "bareboat"] = "uninspected"
    turnaround_minutes: int = 0
    papers: tuple[Paper, ...] = ()


class SampleHold(NamedTuple):
    boat: Boat
    kind: Literal["option", "maintenance", "blocked"]
    title: str
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime | None = None
    weekly_until: date | None = None
    except_days: tuple[date, ...] = ()
    note: str = ""


MAYA = Person("Maya Okafor", "maya@example.com", "+1 415 555 0117")
LUIS = Person("Luis Ferreira", "luis@example.com", "+1 415 555 0142")
TESS = Person("Tess Lindqvist", "tess@example.com", "+1 415 555 0163")
JO = Person("Jo Nakamura", "jo@example.com", "+1 415 555 0188")
KOFI = Person("Kofi Mensah", "kofi@example.com", "+1 415 555 0129")
RENEE = Person("Renée Dubois", "renee@example.com", "+1 415 555 0136")

PEOPLE = (
    Sailor(MAYA, ("captain",), 1, (Paper("mmc", 700, "4471"), Paper("medical", 75, "0917")), is_owner=True),
    Sailor(LUIS, ("captain", "mate"), 2, (Paper("mmc", 1200, "8820"), Paper("medical", 20, "3306"))),
    Sailor(TESS, ("mate", "deckhand"), 1, (Paper("first_aid", 40),)),
    Sailor(JO, ("deckhand", "host"), 2, (Paper("drug_programme", 90),)),
    Sailor(KOFI, ("mate", "deckhand"), 3, (Paper("first_aid", 240),)),
    # Neither of these papers is in order, so they hold up what she sails on.
    Sailor(
        RENEE,
        ("deckhand", "host"),
        4,
        (Paper("first_aid", -12, note="Course is booked"), Paper("drug_programme", None)),
    ),
)

PETREL = Boat(
    "S/V Petrel", 12, "South Beach Harbor, San Francisco", (TESS, JO), "inspected", 60,
    (Paper("coi", 20, "7731"), Paper("insurance", 200, "A-19"), Paper("epirb", 500)),
)  # fmt: skip
MERIDIAN = Boat(
    "S/V Meridian", 6, "Sausalito Yacht Harbor", (KOFI,), "uninspected", 45,
    (Paper("insurance", 150, "A-20"), Paper("flares", 16, note="New ones are ordered")),
)  # fmt: skip
# Without a crew of ours: who charters it sails it.
KESTREL = Boat(
    "S/V Kestrel", 10, "Sausalito Yacht Harbor", (), "bareboat", 120,
    (Paper("documentation", 300, "0552"), Paper("insurance", None, note="Asked the broker")),
)  # fmt: skip
BOATS = (PETREL, MERIDIAN, KESTREL)

# Chartered in for a day with its captain: no record, typed on the charter.
HARBOR_QUEEN = Boat("M/V Harbor Queen", 49, "Pier 40, San Francisco", (KOFI, RENEE))
WALT = Person("Walt Keller", "", "+1 415 555 0190")

SETTINGS = {
    "pay_to": [
        {"method": "zelle", "text": "pay@goldengatedaycharters.example"},
        {"method": "check", "text": "To Golden Gate Day Charters,\nhanded to your captain"},
    ],
    "guest_place_url": "https://www.openstreetmap.org/?mlat=37.7807&mlon=-122.3872#map=17/37.7807/-122.3872",
}


def holds(days: Calendar) -> list[SampleHold]:
    """An option that ends tomorrow, work on a boat, and a morning of each week but one."""
    return [
        SampleHold(
            PETREL, "option", "Mokoena wedding", days.at(25, "15:00"), days.at(25, "19:00"),
            expires_at=days.at(1, "18:00"), note="Wants to ask her family first",
        ),
        SampleHold(
            MERIDIAN, "maintenance", "Haul-out and bottom paint", days.at(16, "08:00"), days.at(18, "17:00")
        ),
        SampleHold(
            PETREL, "blocked", "Youth sailing club", days.at(3, "09:00"), days.at(3, "12:00"),
            weekly_until=days.day(73), except_days=(days.day(17),),
        ),
    ]  # fmt: skip
