# ruff: noqa: RUF001 - names as people write them
"""A year of charters as real life has them: what `make run` shows and the tests count.

Data only: times are relative to `now`, and nothing here is a sum. What an admin did with a payment (cleared, bounced,
voided, corrected) stands beside it. Boats and people are those of `fleet.py`, what is over stands in
`past_charters.py`. `demo.py` logs it all through the API.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tools.local import past_charters
from tools.local.days import BAY, Calendar
from tools.local.fleet import JO, KESTREL, KOFI, LUIS, MAYA, MERIDIAN, PETREL, TESS, Person
from tools.local.samples import (
    Form,
    SampleCharter,
    SampleCorrection,
    SamplePosition,
    SampleStatement,
    balance,
    deposit,
    guest,
    patron,
    refund,
)

NOTHING_ELSE: Form = {}
WITH_A_CHILD: Form = {
    "signer_email": "marcus.bell@example.com",
    "signature_strokes": "[[[10,40,0],[30,8,60],[52,42,120],[74,6,180],[96,40,240]],[[104,38,400],[160,30,520]]]",
    "minor_name": ["Tim Bell"],
    "minor_birth_date": ["2016-04-05"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}


def season(now: datetime) -> list[SampleCharter]:
    """The year around `now`, by the calendar of the operator: past, today's and coming charters."""
    days = Calendar(now)
    parts: tuple[Callable[[Calendar], Iterator[SampleCharter]], ...] = (
        _of_today,
        _coming,
        past_charters.of_weeks,
        past_charters.of_calendar,
        past_charters.of_year,
    )
    return [charter for part in parts for charter in part(days)]


def _coming(days: Calendar) -> Iterator[SampleCharter]:
    # A typing error, of which the patron was told.
    yield SampleCharter(
        "Whale watching", days.at(1, "09:00"), days.at(1, "13:00"), MERIDIAN, 5, 880_00,
        patron("Greta Hoffmann"), MAYA,
        (
            deposit(
                "check", 3_000_00, days.at(-8, "10:20"), "1042", notify=True,
                corrected=SampleCorrection("A zero too many", 1),
            ),
            deposit("check", 300_00, days.at(-8, "10:20"), "1042", notify=True),
        ),
        statements=(SampleStatement(),),
    )  # fmt: skip
    # Cancelled, and all money given back.
    yield SampleCharter(
        "Fleet school outing", days.at(2, "11:00"), days.at(2, "15:00"), PETREL, 6, 720_00,
        patron("Carla Mendes"), LUIS,
        (
            deposit("card", 240_00, days.at(-12, "08:31"), "A-4410"),
            refund("card", 240_00, days.at(-1, "09:05"), gives_back=0, notify=True),
        ),
        cancelled="Small craft advisory, gusts to 35 knots",
    )  # fmt: skip
    # Two who pay, one of them in cash just now.
    yield SampleCharter(
        "Angel Island picnic", days.at(4, "13:00"), days.at(4, "16:00"), PETREL, 10, 1_100_00,
        patron("Darnell Brooks"), LUIS,
        (
            deposit("check", 200_00, days.minutes_ago(2), "388", payer="Ruth Brooks"),
            deposit("cash", 150_00, days.minutes_ago(1)),
        ),
    )  # fmt: skip
    # The captain who was asked first declined, and one of the crew has not answered.
    yield SampleCharter(
        "Alcatraz loop", days.at(5, "10:00"), days.at(5, "13:00"), PETREL, 8, 920_00, patron("Nora Byrne"), LUIS,
        positions=(
            SamplePosition("captain", (MAYA, LUIS), ("My sister marries that day",), accepted=True),
            SamplePosition("mate", (TESS,), accepted=True),
            SamplePosition("deckhand", (KOFI, JO), ("I am away",)),
        ),
    )  # fmt: skip
    yield SampleCharter(
        "Šibenik reunion", days.at(6, "15:30"), days.at(6, "19:00"), PETREL, 4, 3_000_00,
        Person("José Núñez", "jose.nunez@example.com", "+52 55 5555 0101"), MAYA,
        (deposit("card", 1_000_00, days.at(-5, "12:00"), "A-7001", notify=True),),
    )  # fmt: skip
    # Moved after the captain had accepted, who has to answer again; the deckhand was assigned.
    yield SampleCharter(
        "Book club on the water", days.at(8, "12:30"), days.at(8, "15:30"), MERIDIAN, 5, 700_00,
        patron("Mina Rao"), MAYA, booked_for=days.at(8, "12:00"),
        positions=(
            SamplePosition("captain", (MAYA,), accepted=True),
            SamplePosition("deckhand", assigned=KOFI),
        ),
    )  # fmt: skip
    # The captain is asked, so the crew is not yet; a host is not needed any more.
    yield SampleCharter(
        "Lighthouse sail", days.at(12, "14:00"), days.at(12, "17:00"), PETREL, 9, 1_050_00, patron("Emil Vogt"), None,
        positions=(
            SamplePosition("captain", (LUIS, MAYA)),
            SamplePosition("mate", (TESS, KOFI)),
            SamplePosition("host", withdrawn="They bring their own cook"),
        ),
    )  # fmt: skip
    # Nobody is asked yet.
    yield SampleCharter(
        "Moonrise sail", days.at(22, "17:30"), days.at(22, "20:00"), MERIDIAN, 4, 560_00, patron("Pia Lund"), None,
        positions=(SamplePosition("captain"),),
    )  # fmt: skip
    # A part payment that was not logged as a deposit.
    yield SampleCharter(
        "O’Brien & sons – regatta", days.at(9, "10:00"), days.at(9, "14:00"), PETREL, 11, 1_250_00,
        Person("Siobhán O’Brien", "siobhan.obrien@example.com", "+353 1 555 0199"), LUIS,
        (balance("venmo", 600_00, days.at(-3, "19:44"), "VN-88213", notify=True),),
    )  # fmt: skip
    yield SampleCharter(
        "Anniversary sail for two", days.at(11, "16:00"), days.at(11, "19:00"), MERIDIAN, 2, 640_00,
        Person("佐藤 由紀", "yuki.sato@example.com", "+81 3 5555 0177"), MAYA,
    )  # fmt: skip
    # More are expected than the boat may carry.
    yield SampleCharter(
        "Cousins on the bay", days.at(14, "12:00"), days.at(14, "16:00"), MERIDIAN, 9, 1_100_00,
        Person("נועה לוי", "noa.levi@example.com", "+972 3 555 0142"), MAYA,
        (deposit("zelle", 300_00, days.at(-2, "07:15"), "91177", notify=True),),
    )  # fmt: skip
    yield SampleCharter(
        "Coast clean-up", days.at(20, "09:00"), days.at(20, "12:00"), PETREL, 10, 0, patron("Ivy Chen"), LUIS
    )
    # A patron without an address, who paid by hand. The captain is still on the clean-up when it begins.
    yield SampleCharter(
        "Walk-in noon", days.at(20, "11:30"), days.at(20, "13:30"), MERIDIAN, 3, 420_00,
        Person("Ruth Ang", "", "+1 415 555 0171"), LUIS,
        (deposit("cash", 100_00, days.at(-4, "17:30"), note="@ the dock, Tess saw it"),),
        override="Tess brings the Petrel home, Luis walks over at 11:15",
    )  # fmt: skip
    # Another patron has the same name.
    yield SampleCharter(
        "Sail to Tiburon", days.at(28, "10:00"), days.at(28, "15:00"), PETREL, 6, 900_00,
        Person("Maria Silva", "maria.silva.tiburon@example.com", "+1 415 555 0181"), MAYA,
        (deposit("card", 450_00, days.at(-7, "11:11"), "A-7100"),),
    )  # fmt: skip


def _of_today(days: Calendar) -> Iterator[SampleCharter]:
    # Not all who are listed have signed, one of them has no address, and two have the same name.
    yield SampleCharter(
        "Sunset birthday cruise", days.at(0, "17:00"), days.at(0, "20:00"), PETREL, 8, 1_240_00,
        patron("Ana Ruiz"), LUIS,
        (deposit("zelle", 400_00, days.at(-9, "13:05"), "90312", notify=True),),
        guests=(
            *map(guest, ("Ana Ruiz", "Marcus Bell", "Theo Park")),
            Person("Inés Kovač"), Person("José Núñez"),
            Person("Theo Park", "theo.park.junior@example.com"),
        ),
        signers=dict.fromkeys(("Ana Ruiz", "Inés Kovač", "Theo Park", "Teo Park"), NOTHING_ELSE)
        | {"Marcus Bell": WITH_A_CHILD},
        set_aside="Teo Park",
    )  # fmt: skip
    # Casts off just now. One who signed did not come, nor did one who had not.
    start, hannah = days.last_quarter(), patron("Hannah Weiss")
    yield SampleCharter(
        "Crew race day", start, (start.astimezone(UTC) + timedelta(hours=4)).astimezone(BAY), KESTREL, 5, 700_00,
        hannah, hannah,
        (balance("zelle", 700_00, days.at(-10, "22:50"), "90877", cleared_at=days.at(-8, "12:00")),),
        guests=tuple(map(guest, ("Hannah Weiss", "Iris Roy", "Jonas Lie", "Karl Voss", "Lea Roth"))),
        signers=dict.fromkeys(("Hannah Weiss", "Iris Roy", "Jonas Lie", "Karl Voss"), NOTHING_ELSE),
        aboard=("Hannah Weiss", "Iris Roy", "Jonas Lie"), no_shows=("Karl Voss", "Lea Roth"),
    )  # fmt: skip
    yield SampleCharter(
        "Harbor breakfast", days.at(0, "08:00"), days.at(0, "10:00"), MERIDIAN, 4, 380_00, patron("Owen Clarke"), MAYA,
        (balance("card", 380_00, days.at(-1, "20:02"), "A-7203"),),
    )  # fmt: skip
