# ruff: noqa: RUF001 - names as people write them
"""A year of charters as real life has them: what `make run` shows and the tests count.

Data only: times are relative to `now`, and nothing here is a sum. What an admin did with a payment (cleared, bounced,
voided) stands beside it. Boats and people are those of `fleet.py`. `demo.py` logs it all through the API.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

from tools.local.days import BAY, Calendar, on
from tools.local.fleet import (
    HARBOR_QUEEN,
    JO,
    KESTREL,
    KOFI,
    LUIS,
    MAYA,
    MERIDIAN,
    PETREL,
    TESS,
    WALT,
    Boat,
    Person,
)

Form = Mapping[str, str | list[str]]
"""Fields of the waiver's form, as a browser sends them."""


class SamplePayment(NamedTuple):
    kind: Literal["deposit", "balance", "tip", "refund"]
    method: str
    amount_cents: int
    received_at: datetime
    reference: str = ""
    payer: str = ""
    """Empty: the patron."""
    note: str = ""
    notify: bool = False
    gives_back: int = 0
    """Of a refund: the place of what is given back in the charter's list, from 0."""
    cleared_at: datetime | None = None
    """When an admin marked it as cleared; cash and card need no mark."""
    bounced: str = ""
    voided: str = ""
    """Why it bounced or was voided; empty: it was not."""


class SamplePosition(NamedTuple):
    role: Literal["captain", "mate", "deckhand", "host"]
    asked: tuple[Person, ...] = ()
    """In this order; nobody: it stays open."""
    declined: tuple[str, ...] = ()
    """Why, of those who were asked first."""
    accepted: bool = False
    """By whoever was asked after them; else that one has not answered."""
    assigned: Person | None = None
    """Without being asked."""
    withdrawn: str = ""
    """Why."""

    @property
    def taken_by(self) -> Person | None:
        return self.asked[len(self.declined)] if self.accepted else self.assigned


class SampleCharter(NamedTuple):
    title: str
    """No other charter has it."""
    starts_at: datetime
    ends_at: datetime
    boat: Boat
    party_size: int
    charter_fee_cents: int
    patron: Person
    captain: Person | None
    """Of a charter with positions whoever took the captain's; None where nobody has."""
    payments: tuple[SamplePayment, ...] = ()
    guests: tuple[Person, ...] = ()
    signers: Mapping[str, Form] = MappingProxyType({})
    """Who signed, each with what else they fill in; no two of one name."""
    erased: str = ""
    set_aside: str = ""
    aboard: tuple[str, ...] = ()
    no_shows: tuple[str, ...] = ()
    """Names of those ticked off at the dock; with any of them the charter has departed."""
    completed: bool = False
    cancelled: str = ""
    """Why."""
    cancellation_fee_cents: int = 0
    override: str = ""
    """Why it was booked though its boat or one of its people is booked at that time."""
    positions: tuple[SamplePosition, ...] = ()
    """Captain first; their people are not typed."""
    booked_for: datetime | None = None
    """When it began before it was moved, after its people had answered."""
    guest_notes: str = "Soft-soled shoes, a windproof layer and sunscreen. Please be at the dock 20 minutes early."

    @property
    def crew(self) -> tuple[Person, ...]:
        """Who sails beside the captain."""
        if not self.positions:
            return self.boat.crew
        return tuple(one.taken_by for one in self.positions if one.role != "captain" and one.taken_by)


NOTHING_ELSE: Form = {}
WITH_A_CHILD: Form = {
    "signer_email": "marcus.bell@example.com",
    "signature_strokes": "[[[10,40,0],[30,8,60],[52,42,120],[74,6,180],[96,40,240]],[[104,38,400],[160,30,520]]]",
    "minor_name": ["Tim Bell"],
    "minor_birth_date": ["2016-04-05"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}
WITH_TWO_CHILDREN: Form = {
    "minor_name": ["Zoë Lindgren", "Åke Lindgren"],
    "minor_birth_date": ["2014-08-21", "2017-02-28"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}


def season(now: datetime) -> list[SampleCharter]:
    """The year around `now`, by the calendar of the operator: past, today's and coming charters."""
    days = Calendar(now)
    parts: tuple[Callable[[Calendar], Iterator[SampleCharter]], ...] = (_of_today, _coming, _lately, _calendar, _year)
    return [charter for part in parts for charter in part(days)]


def _mailbox(name: str) -> str:
    return name.lower().replace(" ", ".") + "@example.com"


def _patron(name: str) -> Person:
    return Person(name, _mailbox(name), "+1 415 555 0150")


def _guest(name: str) -> Person:
    return Person(name, _mailbox(name))


deposit = partial(SamplePayment, "deposit")
balance = partial(SamplePayment, "balance")
tip = partial(SamplePayment, "tip")
refund = partial(SamplePayment, "refund")


def _coming(days: Calendar) -> Iterator[SampleCharter]:
    yield SampleCharter(
        "Whale watching", days.at(1, "09:00"), days.at(1, "13:00"), MERIDIAN, 5, 880_00,
        _patron("Greta Hoffmann"), MAYA,
        (deposit("check", 300_00, days.at(-8, "10:20"), "1042"),),
    )  # fmt: skip
    # Cancelled, and all money given back.
    yield SampleCharter(
        "Fleet school outing", days.at(2, "11:00"), days.at(2, "15:00"), PETREL, 6, 720_00,
        _patron("Carla Mendes"), LUIS,
        (
            deposit("card", 240_00, days.at(-12, "08:31"), "A-4410"),
            refund("card", 240_00, days.at(-1, "09:05"), gives_back=0, notify=True),
        ),
        cancelled="Small craft advisory, gusts to 35 knots",
    )  # fmt: skip
    # Two who pay, one of them in cash just now.
    yield SampleCharter(
        "Angel Island picnic", days.at(4, "13:00"), days.at(4, "16:00"), PETREL, 10, 1_100_00,
        _patron("Darnell Brooks"), LUIS,
        (
            deposit("check", 200_00, days.minutes_ago(2), "388", payer="Ruth Brooks"),
            deposit("cash", 150_00, days.minutes_ago(1)),
        ),
    )  # fmt: skip
    # The captain who was asked first declined, and one of the crew has not answered.
    yield SampleCharter(
        "Alcatraz loop", days.at(5, "10:00"), days.at(5, "13:00"), PETREL, 8, 920_00, _patron("Nora Byrne"), LUIS,
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
        _patron("Mina Rao"), MAYA, booked_for=days.at(8, "12:00"),
        positions=(
            SamplePosition("captain", (MAYA,), accepted=True),
            SamplePosition("deckhand", assigned=KOFI),
        ),
    )  # fmt: skip
    # The captain is asked, so the crew is not yet; a host is not needed any more.
    yield SampleCharter(
        "Lighthouse sail", days.at(12, "14:00"), days.at(12, "17:00"), PETREL, 9, 1_050_00, _patron("Emil Vogt"), None,
        positions=(
            SamplePosition("captain", (LUIS, MAYA)),
            SamplePosition("mate", (TESS, KOFI)),
            SamplePosition("host", withdrawn="They bring their own cook"),
        ),
    )  # fmt: skip
    # Nobody is asked yet.
    yield SampleCharter(
        "Moonrise sail", days.at(22, "17:30"), days.at(22, "20:00"), MERIDIAN, 4, 560_00, _patron("Pia Lund"), None,
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
        "Coast clean-up", days.at(20, "09:00"), days.at(20, "12:00"), PETREL, 10, 0, _patron("Ivy Chen"), LUIS
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
        _patron("Ana Ruiz"), LUIS,
        (deposit("zelle", 400_00, days.at(-9, "13:05"), "90312", notify=True),),
        guests=(
            *map(_guest, ("Ana Ruiz", "Marcus Bell", "Theo Park")),
            Person("Inés Kovač"), Person("José Núñez"),
            Person("Theo Park", "theo.park.junior@example.com"),
        ),
        signers=dict.fromkeys(("Ana Ruiz", "Inés Kovač", "Theo Park", "Teo Park"), NOTHING_ELSE)
        | {"Marcus Bell": WITH_A_CHILD},
        set_aside="Teo Park",
    )  # fmt: skip
    # Casts off just now. One who signed did not come, nor did one who had not.
    start, hannah = days.last_quarter(), _patron("Hannah Weiss")
    yield SampleCharter(
        "Crew race day", start, (start.astimezone(UTC) + timedelta(hours=4)).astimezone(BAY), KESTREL, 5, 700_00,
        hannah, hannah,
        (balance("zelle", 700_00, days.at(-10, "22:50"), "90877", cleared_at=days.at(-8, "12:00")),),
        guests=tuple(map(_guest, ("Hannah Weiss", "Iris Roy", "Jonas Lie", "Karl Voss", "Lea Roth"))),
        signers=dict.fromkeys(("Hannah Weiss", "Iris Roy", "Jonas Lie", "Karl Voss"), NOTHING_ELSE),
        aboard=("Hannah Weiss", "Iris Roy", "Jonas Lie"), no_shows=("Karl Voss", "Lea Roth"),
    )  # fmt: skip
    yield SampleCharter(
        "Harbor breakfast", days.at(0, "08:00"), days.at(0, "10:00"), MERIDIAN, 4, 380_00, _patron("Owen Clarke"), MAYA,
        (balance("card", 380_00, days.at(-1, "20:02"), "A-7203"),),
    )  # fmt: skip


def _lately(days: Calendar) -> Iterator[SampleCharter]:
    # Over midnight.
    yield SampleCharter(
        "Full moon sail", days.at(-1, "22:00"), days.at(0, "01:30"), PETREL, 7, 980_00, _patron("Lena Fischer"), LUIS,
        (
            deposit("card", 330_00, days.at(-15, "10:10"), "A-6904"),
            balance("cash", 650_00, days.at(-1, "21:40")),
        ),
    )  # fmt: skip
    # A bounce, a wrong tap, a refund, a tip, two who pay.
    yield SampleCharter(
        "Family reunion sail", days.at(-2, "12:00"), days.at(-2, "17:00"), PETREL, 9, 1_560_00,
        _patron("Nadia Petrov"), LUIS,
        (
            deposit("check", 500_00, days.at(-24, "09:30"), "2207", bounced="Insufficient funds"),
            deposit("venmo", 500_00, days.at(-20, "18:18"), "VN-77120"),
            balance("cash", 1_060_00, days.at(-3, "12:00"), voided="Wrong amount, a tap too early"),
            balance("card", 700_00, days.at(-2, "11:02"), "A-5519", payer="Ilya Petrov"),
            balance("cash", 400_00, days.at(-2, "11:20")),
            tip("cash", 120_00, days.at(-2, "17:05"), notify=True),
            refund("cash", 40_00, days.at(-1, "10:00"), gives_back=4),
        ),
        completed=True,
    )  # fmt: skip
    # One signer has had her data erased.
    yield SampleCharter(
        "Bay to Ledger team sail", days.at(-6, "10:00"), days.at(-6, "14:00"), MERIDIAN, 6, 960_00,
        _patron("Priya Raman"), MAYA,
        (
            deposit("card", 300_00, days.at(-20, "15:55")),
            balance("bank_transfer", 660_00, days.at(-7, "09:00"), "ACH 5521"),
        ),
        signers=dict.fromkeys(
            ("Priya Raman", "Owen Clarke", "Mei Tan", "Sofia Duarte", "Ben Adeyemi", "Hana Vlk"), NOTHING_ELSE
        ),
        erased="Hana Vlk", completed=True,
    )  # fmt: skip
    # Paid twice by accident: overpaid.
    yield SampleCharter(
        "Oyster run to Tomales", days.at(-13, "08:00"), days.at(-13, "17:30"), PETREL, 8, 900_00,
        _patron("Omar Haddad"), LUIS,
        (
            balance("check", 900_00, days.at(-16, "14:14"), "771", cleared_at=days.at(-12, "12:00")),
            balance("zelle", 100_00, days.at(-14, "23:59"), "90655", notify=True),
        ),
        completed=True,
    )  # fmt: skip
    yield SampleCharter(
        "School’s-out sail", days.at(-17, "10:00"), days.at(-17, "12:30"), PETREL, 5, 1_234_56,
        Person("Astrid Lindgren-Åberg", "astrid@example.com", "+46 8 5555 0121"), MAYA,
        (
            deposit("card", 617_28, days.at(-40, "06:45"), "A-6650", notify=True),
            balance("card", 617_28, days.at(-17, "09:41"), "A-6698", notify=True),
        ),
        signers={"Astrid Lindgren-Åberg": WITH_TWO_CHILDREN, "Per Åberg": NOTHING_ELSE}, completed=True,
    )  # fmt: skip
    yield SampleCharter(
        "Harbor gala", days.at(-22, "18:00"), days.at(-22, "22:00"), HARBOR_QUEEN, 48, 12_000_00,
        _patron("Hana Kim"), WALT,
        (
            deposit("bank_transfer", 3_600_00, days.at(-80, "10:00"), "ACH 5102", cleared_at=days.at(-78, "12:00")),
            balance("check", 8_400_00, days.at(-24, "16:00"), "10077", notify=True, cleared_at=days.at(-20, "12:00")),
            tip(
                "cash", 1_200_00, days.at(-22, "22:10"), payer="Kim & Partners, LLC", note='"For the crew",\nsaid Hana'
            ),
            refund("cash", 200_00, days.at(-21, "11:00"), gives_back=2, note="Tip of the cook, given by mistake"),
        ),
        completed=True,
    )  # fmt: skip
    # Cancelled for a fee, and part of the money is still to be given back.
    yield SampleCharter(
        "Engagement cruise", days.at(-26, "17:00"), days.at(-26, "19:00"), MERIDIAN, 2, 560_00,
        _patron("Sam O'Neil"), MAYA,
        (
            deposit("check", 280_00, days.at(-45, "13:30"), "3308", cleared_at=days.at(-41, "12:00")),
            refund("check", 130_00, days.at(-25, "13:00"), "554", gives_back=0),
        ),
        cancelled="The guests fell ill the evening before",
        cancellation_fee_cents=100_00,
    )  # fmt: skip


def _calendar(days: Calendar) -> Iterator[SampleCharter]:
    """What the calendar itself makes odd."""
    eve = days.new_years_eve()
    yield SampleCharter(
        "New Year’s Eve on the Bay", on(eve, "21:00"), on(eve + timedelta(days=1), "01:00"), PETREL, 12, 2_000_00,
        _patron("Paul Weber"), LUIS,
        (
            deposit("card", 1_000_00, on(eve - timedelta(days=30), "12:12"), "A-1201"),
            # By the clocks of London both came next year.
            balance("cash", 1_000_00, on(eve, "20:30"), notify=True),
            tip("venmo", 160_00, on(eve, "23:59"), "VN-30001", cleared_at=on(eve + timedelta(days=1), "10:00")),
        ),
        completed=True,
    )  # fmt: skip
    spring = days.spring_forward()
    yield SampleCharter(
        "Night sail, clocks forward", on(spring, "00:30"), on(spring, "04:00"), MERIDIAN, 4, 500_00,
        _patron("Ivo Horvat"), MAYA,
        (balance("cash", 500_00, on(spring, "03:30"), notify=True),),
        completed=True,
    )  # fmt: skip
    fall = days.fall_back()
    yield SampleCharter(
        "Night sail, clocks back", on(fall, "00:30"), on(fall, "01:30", fold=1), MERIDIAN, 4, 500_00,
        _patron("Ida Holm"), MAYA,
        (
            deposit("cash", 200_00, on(fall, "01:15")),
            balance("cash", 300_00, on(fall, "01:15", fold=1), notify=True),
        ),
        completed=True,
    )  # fmt: skip
    # In the evening of a month's last day, when London has the next month.
    last, maria = days.last_of_month(), Person("Maria Silva", "maria.silva@example.com", "+1 415 555 0182")
    yield SampleCharter(
        "Month’s end sail", on(last, "14:00"), on(last, "18:00"), KESTREL, 6, 2_000_00, maria, maria,
        (
            balance("check", 1_000_00, on(last, "18:30"), "5150", payer="Núñez & O’Brien"),
            balance("cash", 1_000_00, on(last, "18:31")),
        ),
    )  # fmt: skip
    week, ingrid = on(last - timedelta(days=35), "09:00"), _patron("Ingrid Solberg")
    yield SampleCharter(
        "Channel Islands week", week, week.replace(hour=16) + timedelta(days=7), KESTREL, 6, 48_500_00,
        ingrid, ingrid,
        tuple(
            kind("bank_transfer", 24_250_00, at, reference, cleared_at=at + timedelta(days=2))
            for kind, at, reference in (
                (deposit, week - timedelta(days=60), "SWIFT 1"), (balance, week - timedelta(days=7), "SWIFT 2"),
            )
        ),
        completed=True,
    )  # fmt: skip


def _year(days: Calendar) -> Iterator[SampleCharter]:
    """The quiet rest: a deposit by card, the balance the day before."""
    yield SampleCharter(
        "Blessing of the fleet", days.at(-131, "10:00"), days.at(-131, "13:00"), PETREL, 9, 0,
        _patron("Rosa Amato"), LUIS,
        (balance("other", 250_00, days.at(-131, "13:20"), "Gift", cleared_at=days.at(-128, "12:00")),),
        completed=True,
    )  # fmt: skip
    # A receipt went out for an entry that was there twice.
    yield SampleCharter(
        "Company regatta", days.at(-61, "11:00"), days.at(-61, "15:00"), PETREL, 12, 1_320_00,
        _patron("Amina Diallo"), MAYA,
        (
            deposit("card", 440_00, days.at(-86, "09:12"), "A-5001"),
            balance("bank_transfer", 880_00, days.at(-62, "16:45"), "S-101", cleared_at=days.at(-59, "12:00")),
            balance("bank_transfer", 880_00, days.at(-62, "16:52"), "S-101", notify=True, voided="Logged twice"),
        ),
        completed=True,
    )  # fmt: skip
    for back, title, boat, party, patron, deposit_cents, balance_cents, method in (
        (34, "Potters’ guild outing", MERIDIAN, 6, "Greta Hoffmann", 250_00, 500_00, "check"),
        (48, "Retirement sail", PETREL, 10, "Walter Nowak", 500_00, 1_000_00, "zelle"),
        (75, "Bachelorette afternoon", PETREL, 8, "Chloé Martin", 400_00, 800_00, "venmo"),
        (96, "Ash scattering", MERIDIAN, 5, "June Whitfield", 150_00, 300_00, "cash"),
        (118, "Summer camp finale", PETREL, 12, "Darnell Brooks", 600_00, 1_240_00, "check"),
        (146, "Fireworks from the water", PETREL, 12, "Lena Fischer", 613_33, 1_226_67, "card"),
        (170, "Solstice sail", MERIDIAN, 6, "Sam O'Neil", 326_00, 654_00, "zelle"),
        (203, "Opening day parade", PETREL, 11, "Omar Haddad", 700_00, 1_400_00, "bank_transfer"),
        (232, "Spring break sail", MERIDIAN, 4, "Ivy Chen", 203_33, 406_67, "card"),
        (266, "Herring run photo tour", MERIDIAN, 3, "Mette Sørensen", 180_00, 360_00, "other"),
        (297, "Valentine’s dinner sail", MERIDIAN, 2, "André Lefèvre", 300_00, 600_00, "card"),
        (324, "Winter whale count", PETREL, 9, "Dr. Naledi Mokoena", 350_00, 700_00, "check"),
        (349, "Crab season opener", PETREL, 7, "Zhang Wei", 1_000_00, 2_000_00, "cash"),
    ):  # fmt: skip
        cleared_at = None if method in ("cash", "card") else days.at(-back + 3, "12:00")
        yield SampleCharter(
            title, days.at(-back, "11:00"), days.at(-back, "15:00"), boat, party, deposit_cents + balance_cents,
            Person(patron, f"patron.{back}@example.com", "+1 415 555 0150"), MAYA,
            (
                deposit("card", deposit_cents, days.at(-back - 25, "09:12"), f"A-{4000 + back}"),
                balance(method, balance_cents, days.at(-back - 1, "16:45"), f"S-{back}", cleared_at=cleared_at),
            ),
            completed=True,
        )  # fmt: skip
