"""The fields of a charter: what an admin edits, what the API answers, what may be asked of the board."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args

from chalicelib.core import paging
from chalicelib.core.audit import ActorType
from chalicelib.core.fields import Choice, Currency, Email, Flag, Instant, ListOf, Nested, Phone, Text, Timezone, Whole
from chalicelib.core.schemas import Cents, Count, CurrencyCode, EventId, GuestId, InstantText, Shape, Url
from chalicelib.core.settings import settings
from chalicelib.money.amounts import MAX_AMOUNT_CENTS
from chalicelib.money.ledger import Balance
from chalicelib.money.methods import MethodName

MAX_PEOPLE = 500
MAX_CREW = 20
MAX_GUESTS = 60
NOTES_CHARS, REASON_CHARS = 4000, 500

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


class ListedGuest(TypedDict):
    guest_id: Annotated[GuestId, Text(40, "")]
    """Made by the server and stays; a signature names it. Left out for a new guest."""
    name: Annotated[str, Text(100)]
    email: Annotated[str, Email()]


CONTACT_FIELDS = "name, email and phone"


class CharterDetails(TypedDict):
    """What an admin edits."""

    title: Annotated[str, Text(120)]
    starts_at: Annotated[InstantText, Instant()]
    ends_at: Annotated[InstantText, Instant()]
    timezone: Annotated[str, Timezone()]
    vessel: Annotated[str, Text(100, "")]
    passenger_limit: Annotated[Count | None, Whole(1, MAX_PEOPLE, None)]
    departure_port: Annotated[str, Text(100, "")]
    return_port: Annotated[str, Text(100, "")]
    captain: Annotated[Contact | None, Nested(Contact, CONTACT_FIELDS, None)]
    crew: Annotated[list[Contact], ListOf(Contact, MAX_CREW, "people", CONTACT_FIELDS)]
    patron: Annotated[Contact, Nested(Patron, CONTACT_FIELDS, lambda: Contact(name="", email="", phone=""))]
    party_size: Annotated[Count, Whole(0, MAX_PEOPLE, 1)]
    charter_fee_cents: Annotated[Cents, Whole(0, MAX_AMOUNT_CENTS, 0)]
    currency: Annotated[CurrencyCode, Currency(lambda: settings().currency)]
    notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]
    """For admins only."""
    guest_notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]
    guests: Annotated[list[ListedGuest], ListOf(ListedGuest, MAX_GUESTS, "guests", "name and email")]
    balance_reminders: Annotated[bool, Flag(False)]


VERSION = Whole(1, 2**53, sentence="must be the version that you read")
# A cancellation has added its reason.
EDITED_NOTES = Text(NOTES_CHARS + REASON_CHARS + 200, "", lines=True)


def edited_status(present: Status) -> Choice:
    """What an edit may make of the status: a cancelled charter stays so, and a departed one is not planned again."""
    return Choice(("departed" if present == "departed" else "scheduled", "completed"), present)


class Reason(TypedDict):
    reason: Annotated[str, Text(REASON_CHARS)]


class CharterWarning(TypedDict):
    code: Literal["return_port_differs", "over_passenger_limit"]
    message: str


class WaiverCounts(TypedDict):
    signed: Count
    expected: Count
    missing: NotRequired[list[str]]
    """Names of the listed guests who have not signed; only where guests are listed."""
    missing_guest_ids: NotRequired[list[str]]


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


class CharterPage(TypedDict):
    events: list[CharterJson]
    next_cursor: str | None


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
    "from": paging.Bound(),
    "to": paging.Bound(end=True),
    "status": Choice(get_args(Status), ""),
    **paging.page_rules("events"),
}
