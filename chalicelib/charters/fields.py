"""The fields of a charter: what an admin edits, what the API answers, what may be asked of the board."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args

from chalicelib.boats.fields import MAX_CREW, MAX_PEOPLE
from chalicelib.core import paging
from chalicelib.core.audit import ActorType
from chalicelib.core.fields import (
    REQUIRED,
    Choice,
    Currency,
    Day,
    Email,
    Flag,
    Instant,
    ListOf,
    Nested,
    Phone,
    Text,
    Timezone,
    Uuid,
    Whole,
)
from chalicelib.core.schemas import (
    Cents,
    Count,
    CurrencyCode,
    DayText,
    EventId,
    GuestId,
    InstantText,
    PositionId,
    RecordId,
    Shape,
    Url,
    UuidText,
)
from chalicelib.core.settings import settings
from chalicelib.money.amounts import MAX_AMOUNT_CENTS
from chalicelib.money.ledger import Balance
from chalicelib.money.methods import MethodName
from chalicelib.people.fields import Role
from chalicelib.register.fields import NOTES_CHARS
from chalicelib.schedule.fields import MAX_EXCEPT, Conflict, Days, Id, Override, OverrideReason

MAX_GUESTS = 60
REASON_CHARS = 500
# What stands in the place of a guest whose data was erased.
ERASED_NAME = "Erased guest"

Status = Literal["scheduled", "departed", "completed", "cancelled"]


class Contact(TypedDict):
    name: Annotated[str, Text(100)]
    email: Annotated[str, Email()]
    phone: Annotated[str, Phone()]


class Patron(TypedDict):
    """Who charters and by default pays; may still be unknown."""

    name: Annotated[str, Text(100, "")]
    email: Annotated[str, Email()]
    phone: Annotated[str, Phone()]


class CrewMember(TypedDict):
    """The captain or one of the crew: a person of the register by `person_id`, or a name that was typed."""

    person_id: Annotated[RecordId | None, Id(None)]
    name: Annotated[str, Text(100, "")]
    """Left out, it comes from the person's record, and so do email and phone. It stays when that record is changed."""
    email: Annotated[str, Email()]
    phone: Annotated[str, Phone()]


class ListedGuest(TypedDict):
    guest_id: Annotated[GuestId, Text(40, "")]
    """Made by the server and stays; a signature names it. Left out for a new guest."""
    name: Annotated[str, Text(100)]
    email: Annotated[str, Email()]


CONTACT_FIELDS = "name, email and phone"
CREW_FIELDS = "person_id, or name, email and phone"


class CharterDetails(TypedDict):
    """What an admin edits."""

    title: Annotated[str, Text(120)]
    starts_at: Annotated[InstantText, Instant()]
    ends_at: Annotated[InstantText, Instant()]
    timezone: Annotated[str, Timezone()]
    boat_id: Annotated[RecordId | None, Id(None)]
    """Null for a boat that is typed as text in `vessel`."""
    vessel: Annotated[str, Text(100, "")]
    """The boat's name; it stays when the boat is renamed."""
    passenger_limit: Annotated[Count | None, Whole(1, MAX_PEOPLE, None)]
    departure_port: Annotated[str, Text(100, "")]
    return_port: Annotated[str, Text(100, "")]
    captain: Annotated[CrewMember | None, Nested(CrewMember, CREW_FIELDS, None)]
    crew: Annotated[list[CrewMember], ListOf(CrewMember, MAX_CREW, "people", CREW_FIELDS)]
    patron: Annotated[Contact, Nested(Patron, CONTACT_FIELDS, lambda: Contact(name="", email="", phone=""))]
    party_size: Annotated[Count, Whole(0, MAX_PEOPLE, 1)]
    charter_fee_cents: Annotated[Cents, Whole(0, MAX_AMOUNT_CENTS, 0)]
    cancellation_fee_cents: Annotated[Cents, Whole(0, MAX_AMOUNT_CENTS, 0)]
    """What is charged instead of the fee once the charter is cancelled; at most the fee."""
    currency: Annotated[CurrencyCode, Currency(lambda: settings().currency)]
    notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]
    """For admins only."""
    guest_notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]
    guests: Annotated[list[ListedGuest], ListOf(ListedGuest, MAX_GUESTS, "guests", "name and email")]
    balance_reminders: Annotated[bool, Flag(False)]


class NewCharter(CharterDetails):
    override_reason: Annotated[str | None, OverrideReason()]


# A cancellation has added its reason.
EDITED_NOTES = Text(NOTES_CHARS + REASON_CHARS + 200, "", lines=True)


def edited_status(present: Status) -> Choice:
    """What an edit may make of the status: a cancelled charter stays so, and a departed one is not planned again."""
    return Choice(("departed" if present == "departed" else "scheduled", "completed"), present)


class Reason(TypedDict):
    reason: Annotated[str, Text(REASON_CHARS)]


# Whether patron, guests, captain and crew are mailed what has changed.
NOTIFY = Flag(False)


class CancellationTerms(TypedDict):
    cancellation_fee_cents: Annotated[int | None, Whole(0, MAX_AMOUNT_CENTS, None)]
    """None: what the charter says, which is 0 unless an edit has set it."""


class PlannedCancellation(CancellationTerms):
    moved_cents: Annotated[int, Whole(0, MAX_AMOUNT_CENTS, 0)]
    """What of the payments is moved to another charter before: the mails do not count it as paid."""


class Cancellation(CancellationTerms, Reason):
    notify: Annotated[bool, NOTIFY]


class CharterWarning(TypedDict):
    code: Literal["return_port_differs", "over_passenger_limit", "captain_hours"]
    message: str


class WaiverCounts(TypedDict):
    signed: Count
    expected: Count
    missing: NotRequired[list[str]]
    """Names of the listed guests who have not signed; only where guests are listed."""
    missing_guest_ids: NotRequired[list[str]]


PositionState = Literal["open", "asked", "accepted", "unconfirmed", "assigned", "withdrawn"]
Answer = Literal["accepted", "declined", "late", "bounced", "withdrawn"]


class PositionPerson(TypedDict):
    """Who holds a position, by the name that they had then."""

    person_id: RecordId
    name: str


class Asked(PositionPerson):
    """That somebody was asked, and what came of it."""

    at: InstantText
    answer: Answer | None
    """Null while it is waited for."""
    reason: str


class Position(TypedDict):
    """A place aboard that somebody is asked to take."""

    position_id: PositionId
    role: Role
    required: bool
    state: PositionState
    person: PositionPerson | None
    """Who was accepted or assigned, unconfirmed ones too."""
    asked: list[Asked]
    """In the order in which they were asked; the last one may be waited for."""
    answer_by: InstantText | None
    """Until when the last one may answer, before the next is asked."""


CheckCode = Literal[
    "captain", "crew", "people_papers", "boat_papers", "heads", "waivers", "money", "conflicts", "briefing"
]
CheckState = Literal["ok", "open", "blocks", "unknown", "waived"]
ReadinessState = Literal["ready", "open", "blocked", "unknown", "departed", "cancelled"]


class Waived(TypedDict):
    """That somebody let a charter sail in spite of what blocked it."""

    by: str
    at: InstantText
    reason: str


class Check(TypedDict):
    """One thing that must be in order before a charter sails."""

    code: CheckCode
    state: CheckState
    message: str
    waived: Waived | None


class Readiness(TypedDict):
    state: ReadinessState
    checks: list[Check]


ReminderState = Literal["on", "off", "stopped_paid", "stopped_cash", "stopped_cancelled", "no_email"]


class CharterJson(CharterDetails):
    """The contract's Event."""

    event_id: EventId
    status: Status
    version: Annotated[int, Shape(minimum=1)]
    created_at: InstantText
    updated_at: InstantText
    guest_url: Url
    payment_cleared: bool
    payment_timestamp: InstantText | None
    payment_method: MethodName | None
    balance: Balance
    waivers: WaiverCounts
    waivers_open_until: InstantText | None
    warnings: list[CharterWarning]
    balance_reminders_state: ReminderState
    conflicts: list[Conflict]
    schedule_override: Override | None
    positions: list[Position]
    readiness: Readiness


class CharterPage(TypedDict):
    events: list[CharterJson]
    next_cursor: str | None


Bucket = Literal["coming", "0-30", "31-60", "61-90", "over-90"]


class ReceivableJson(TypedDict):
    """A charter of which something is due."""

    event_id: EventId
    title: str
    patron: Contact
    starts_at: InstantText
    ends_at: InstantText
    timezone: str
    status: Status
    currency: CurrencyCode
    charged_cents: Cents
    due_cents: Annotated[int, Shape(minimum=1)]
    uncleared_cents: Cents
    """What of the money in, tips too, is not cleared yet."""
    age_days: Count
    """The operator's days since the charter ended; 0 before."""
    bucket: Bucket
    reminded_at: InstantText | None
    """When the last statement or reminder of this balance was queued; null if none was since something is due."""


class CurrencyDue(TypedDict):
    currency: CurrencyCode
    due_cents: Cents
    buckets: dict[Bucket, Cents]


class ReceivableTotals(CurrencyDue):
    """Of the operator's currency; what is due in others is in `other_currencies`."""

    other_currencies: list[CurrencyDue]


class Receivables(TypedDict):
    charters: list[ReceivableJson]
    """Those that ended longest ago first, then the coming ones."""
    totals: ReceivableTotals


# `except` is a word of the language, so this table is written as a call.
Repetition = TypedDict(
    "Repetition",
    {
        # Made when the form opens: the same request again makes nothing more.
        "request_id": Annotated[UuidText, Uuid()],
        # The last day, where the charter is, on which one may begin.
        "until": Annotated[DayText, Day(REQUIRED)],
        # The days on which none begins.
        "except": Annotated[list[DayText], Days(MAX_EXCEPT)],
        "preview": Annotated[bool, Flag(False)],
        "override_reason": Annotated[str | None, OverrideReason()],
    },
)


class PlannedCharter(TypedDict):
    starts_at: InstantText
    ends_at: InstantText
    conflicts: list[Conflict]


class RepeatPreview(TypedDict):
    """What repeating would make."""

    events: list[PlannedCharter]


class Repeated(TypedDict):
    events: list[CharterJson]


class PatronJson(Contact):
    """Who has chartered, or will."""

    charters: Annotated[int, Shape(minimum=1)]
    last_at: InstantText
    """When the latest of those charters begins."""


class PatronList(TypedDict):
    patrons: list[PatronJson]
    """The latest first."""


class HistoryChange(TypedDict):
    field: str
    """As in the Event."""
    before: Any
    """Null in the event of the creation."""
    after: Any


class HistoryEvent(TypedDict):
    audit_id: str
    at: InstantText
    act: str
    by: str
    actor_type: ActorType
    version: Annotated[int, Shape(minimum=1)] | None
    """The charter's from then on, where it is a new one."""
    changes: list[HistoryChange]
    reason: str
    about: str
    """Who was checked in, by the id of the guest or of the signed waiver, or BRIEFING."""
    state: str


class History(TypedDict):
    events: list[HistoryEvent]
    next_cursor: str | None


HISTORY_QUERY = paging.page_rules("history")
BOARD_QUERY = {
    "q": Text(100, "", doc={"description": "Words of title, patron, guests, signed names, boat, captain or crew."}),
    "from": paging.Bound(),
    "to": paging.Bound(end=True),
    "status": Choice(get_args(Status), ""),
    **paging.page_rules("events"),
}
