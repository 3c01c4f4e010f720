# ruff: noqa: RUF001 - names as people write them
"""The charters of the past weeks and of the year, and those of the days that the calendar makes odd. Data only."""

from collections.abc import Iterator
from datetime import timedelta

from tools.local.days import Calendar, on
from tools.local.fleet import HARBOR_QUEEN, KESTREL, KOFI, LUIS, MAYA, MERIDIAN, PETREL, RENEE, WALT, Person
from tools.local.samples import (
    Form,
    SampleCharter,
    SampleCorrection,
    SampleStatement,
    balance,
    deposit,
    patron,
    refund,
    tip,
)

NOTHING_ELSE: Form = {}
WITH_TWO_CHILDREN: Form = {
    "minor_name": ["Zoë Lindgren", "Åke Lindgren"],
    "minor_birth_date": ["2014-08-21", "2017-02-28"],
    "guardian_relationship": "parent",
    "authority_attestation": "on",
}


def of_weeks(days: Calendar) -> Iterator[SampleCharter]:
    # Over midnight. Two paid half each at the dock, and each gave a tip.
    dock = days.at(-1, "21:40")
    yield SampleCharter(
        "Full moon sail", days.at(-1, "22:00"), days.at(0, "01:30"), PETREL, 7, 980_00, patron("Lena Fischer"), LUIS,
        (
            deposit("card", 330_00, days.at(-15, "10:10"), "A-6904"),
            balance(
                "zelle", 150_00, days.at(-3, "08:12"), "91203", payer="Lena Fischer", notify=True,
                cleared_at=days.at(-2, "09:00"), moved_here=True,
            ),
            balance("venmo", 250_00, dock, "VN-90412", payer="Jonas Fischer", batch=1, notify=True),
            balance("cash", 250_00, dock, batch=1, notify=True),
            tip("cash", 70_00, dock, batch=1, notify=True),
            tip("venmo", 50_01, dock, "VN-90413", payer="Jonas Fischer", batch=1, notify=True),
        ),
    )  # fmt: skip
    # A bounce, a wrong tap, a refund, a tip, two who pay.
    yield SampleCharter(
        "Family reunion sail", days.at(-2, "12:00"), days.at(-2, "17:00"), PETREL, 9, 1_560_00,
        patron("Nadia Petrov"), LUIS,
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
    # One signer has had her data erased. A payment was logged here that was another patron's.
    yield SampleCharter(
        "Bay to Ledger team sail", days.at(-6, "10:00"), days.at(-6, "14:00"), MERIDIAN, 6, 1_060_00,
        patron("Priya Raman"), MAYA,
        (
            deposit("card", 300_00, days.at(-20, "15:55")),
            balance("bank_transfer", 660_00, days.at(-7, "09:00"), "ACH 5521"),
            balance(
                "zelle", 150_00, days.at(-3, "08:12"), "91203", payer="Lena Fischer", notify=True,
                cleared_at=days.at(-2, "09:00"),
                corrected=SampleCorrection("It was for the full moon sail", 1, "Full moon sail"),
            ),
        ),
        signers=dict.fromkeys(
            ("Priya Raman", "Owen Clarke", "Mei Tan", "Sofia Duarte", "Ben Adeyemi", "Hana Vlk"), NOTHING_ELSE
        ),
        erased="Hana Vlk", completed=True,
    )  # fmt: skip
    # Paid twice by accident: overpaid.
    yield SampleCharter(
        "Oyster run to Tomales", days.at(-13, "08:00"), days.at(-13, "17:30"), PETREL, 8, 900_00,
        patron("Omar Haddad"), LUIS,
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
            tip("cash", 100_01, days.at(-17, "12:35")),
        ),
        signers={"Astrid Lindgren-Åberg": WITH_TWO_CHILDREN, "Per Åberg": NOTHING_ELSE}, completed=True,
    )  # fmt: skip
    yield SampleCharter(
        "Harbor gala", days.at(-22, "18:00"), days.at(-22, "22:00"), HARBOR_QUEEN, 48, 12_000_00,
        patron("Hana Kim"), WALT,
        (
            deposit("bank_transfer", 3_600_00, days.at(-80, "10:00"), "ACH 5102", cleared_at=days.at(-78, "12:00")),
            balance("check", 8_400_00, days.at(-24, "16:00"), "10077", notify=True, cleared_at=days.at(-20, "12:00")),
            tip(
                "cash", 1_200_00, days.at(-22, "22:10"), payer="Kim & Partners, LLC", note='"For the crew",\nsaid Hana'
            ),
            refund("cash", 200_00, days.at(-21, "11:00"), gives_back=2, note="Tip of the cook, given by mistake"),
        ),
        tip_shares={KOFI: 600_00, RENEE: 400_00}, completed=True,
    )  # fmt: skip
    # Cancelled for a fee, and part of the money is still to be given back.
    yield SampleCharter(
        "Engagement cruise", days.at(-26, "17:00"), days.at(-26, "19:00"), MERIDIAN, 2, 560_00,
        patron("Sam O'Neil"), MAYA,
        (
            deposit("check", 280_00, days.at(-45, "13:30"), "3308", cleared_at=days.at(-41, "12:00")),
            refund("check", 130_00, days.at(-25, "13:00"), "554", gives_back=0),
        ),
        cancelled="The guests fell ill the evening before",
        cancellation_fee_cents=100_00,
    )  # fmt: skip


def of_calendar(days: Calendar) -> Iterator[SampleCharter]:
    """What the calendar itself makes odd."""
    eve = days.new_years_eve()
    yield SampleCharter(
        "New Year’s Eve on the Bay", on(eve, "21:00"), on(eve + timedelta(days=1), "01:00"), PETREL, 12, 2_000_00,
        patron("Paul Weber"), LUIS,
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
        patron("Ivo Horvat"), MAYA,
        (balance("cash", 500_00, on(spring, "03:30"), notify=True),),
        completed=True,
    )  # fmt: skip
    fall = days.fall_back()
    yield SampleCharter(
        "Night sail, clocks back", on(fall, "00:30"), on(fall, "01:30", fold=1), MERIDIAN, 4, 500_00,
        patron("Ida Holm"), MAYA,
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
    week, ingrid = on(last - timedelta(days=35), "09:00"), patron("Ingrid Solberg")
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


def of_year(days: Calendar) -> Iterator[SampleCharter]:
    """The quiet rest: a deposit by card, the balance the day before."""
    yield SampleCharter(
        "Blessing of the fleet", days.at(-131, "10:00"), days.at(-131, "13:00"), PETREL, 9, 0,
        patron("Rosa Amato"), LUIS,
        (balance("other", 250_00, days.at(-131, "13:20"), "Gift", cleared_at=days.at(-128, "12:00")),),
        completed=True,
    )  # fmt: skip
    # A client who pays later, or never.
    yield SampleCharter(
        "Chamber of commerce cruise", days.at(-44, "16:00"), days.at(-44, "19:00"), PETREL, 12, 1_400_00,
        patron("Grace Lim"), LUIS,
        (deposit("bank_transfer", 700_00, days.at(-70, "11:15"), "PO 8812", cleared_at=days.at(-68, "09:00")),),
        statements=(
            SampleStatement(),
            SampleStatement("accounts@example.com", days.day(14), "PO 8812, second half"),
        ),
        completed=True,
    )  # fmt: skip
    # Cancelled for more than was paid.
    yield SampleCharter(
        "Surveyors’ outing", days.at(-97, "09:00"), days.at(-97, "12:00"), MERIDIAN, 4, 600_00,
        patron("Ulrich Baum"), MAYA, (deposit("zelle", 100_00, days.at(-110, "10:00"), "90018"),),
        cancelled="The client called it off the same morning", cancellation_fee_cents=300_00,
    )  # fmt: skip
    # A receipt went out for an entry that was there twice, and the extra hour is still owed.
    yield SampleCharter(
        "Company regatta", days.at(-61, "11:00"), days.at(-61, "16:00"), PETREL, 12, 1_820_00,
        patron("Amina Diallo"), MAYA,
        (
            deposit("card", 440_00, days.at(-86, "09:12"), "A-5001"),
            balance("bank_transfer", 880_00, days.at(-62, "16:45"), "S-101", cleared_at=days.at(-59, "12:00")),
            balance("bank_transfer", 880_00, days.at(-62, "16:52"), "S-101", notify=True, voided="Logged twice"),
        ),
        completed=True,
    )  # fmt: skip
    for back, title, boat, party, name, deposit_cents, balance_cents, method in (
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
            Person(name, f"patron.{back}@example.com", "+1 415 555 0150"), MAYA,
            (
                deposit("card", deposit_cents, days.at(-back - 25, "09:12"), f"A-{4000 + back}"),
                balance(method, balance_cents, days.at(-back - 1, "16:45"), f"S-{back}", cleared_at=cleared_at),
            ),
            completed=True,
        )  # fmt: skip
