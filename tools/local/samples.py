"""What a sample charter tells: its time, people and signatures, and all that came of its money. Data only."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple

from tools.local.fleet import Boat, Person

Form = Mapping[str, str | list[str]]
"""Fields of the waiver's form, as a browser sends them."""


class SampleCorrection(NamedTuple):
    """A payment was entered anew, and the row itself voided."""

    why: str
    place: int
    """Of the new row in its charter's list, from 0."""
    charter: str = ""
    """The new row's, by its title; empty: the same one. Both have begun, for what is to come is logged before them."""


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
    corrected: SampleCorrection | None = None
    moved_here: bool = False
    """From another charter, whose row is corrected by this one."""
    batch: int = 0
    """Payments that were logged as one have the same number; they stand one after the other."""


class SampleStatement(NamedTuple):
    """A mail that says what is due."""

    to: str = ""
    """Empty: the patron."""
    due_date: date | None = None
    note: str = ""


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
    statements: tuple[SampleStatement, ...] = ()
    """Mailed when all payments were logged."""
    tip_shares: Mapping[Person, int] = MappingProxyType({})
    """Cents by who gets them, where tips were shared out by hand."""
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

    def corrected_by(self, place: int) -> int | None:
        """The place of the row here that the one at this place corrects."""
        rows = enumerate(self.payments)
        return next((old for old, one in rows if one.corrected and one.corrected[1:] == (place, "")), None)


def _mailbox(name: str) -> str:
    return name.lower().replace(" ", ".") + "@example.com"


def patron(name: str) -> Person:
    return Person(name, _mailbox(name), "+1 415 555 0150")


def guest(name: str) -> Person:
    return Person(name, _mailbox(name))


deposit = partial(SamplePayment, "deposit")
balance = partial(SamplePayment, "balance")
tip = partial(SamplePayment, "tip")
refund = partial(SamplePayment, "refund")
