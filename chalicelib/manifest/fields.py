"""The fields of the manifest: what an admin notes, what is stored, what the API answers."""

from typing import Annotated, Literal, NamedTuple, NotRequired, TypedDict, get_args

from chalicelib.charters.fields import Check, Contact, Readiness
from chalicelib.core.fields import Choice, Flag, Nested, Text, Uuid
from chalicelib.core.schemas import Count, EventId, GuestId, InstantText, Sha256, WaiverId
from chalicelib.schedule.fields import OverrideReason

# Why a check is waived; None when it is not.
WAIVED = OverrideReason()
# A moment as the clock of a device says it.
DEVICE_TIME = Text(40, "")

CheckInState = Literal["aboard", "no_show", "clear"]
NoteState = CheckInState | Literal["done", "not_done"]


class CheckIn(NamedTuple):
    """One person: by signed waiver or by listed guest."""

    state: Annotated[CheckInState, Choice(get_args(CheckInState))]
    waiver_id: Annotated[str, Text(40, "")]
    guest_id: Annotated[str, Text(40, "", doc={"description": "One of the two is required."})]
    submission_id: Annotated[str, Uuid("")]
    """From a device that keeps the tick until it can send it: the same again is the same tick."""
    device_time: Annotated[str, DEVICE_TIME]
    """When it was ticked, by the device's clock."""
    device_now: Annotated[str, DEVICE_TIME]
    """What that clock says as it is sent."""


class Briefing(TypedDict):
    done: Annotated[bool, Flag()]


class Waives(TypedDict):
    """Why a charter sails in spite of what blocks it, by the code of the check."""

    captain: Annotated[str | None, WAIVED]
    crew: Annotated[str | None, WAIVED]
    people_papers: Annotated[str | None, WAIVED]
    boat_papers: Annotated[str | None, WAIVED]
    heads: Annotated[str | None, WAIVED]
    waivers: Annotated[str | None, WAIVED]
    money: Annotated[str | None, WAIVED]
    conflicts: Annotated[str | None, WAIVED]
    briefing: Annotated[str | None, WAIVED]


class Leaving(TypedDict):
    """What a departure is asked with."""

    waive: Annotated[Waives, Nested(Waives, "a reason for each check that is waived", dict)]


class NotReady(TypedDict):
    """The body of the 409 when something blocks the departure that is not waived."""

    Code: Literal["NotReady"]
    Message: str
    readiness: Readiness


class Note(TypedDict):
    """What was noted last of a person, or of the safety briefing."""

    state: NoteState
    at: InstantText
    """When it was ticked, by the clock of the device that kept it, or else when it came."""
    by: str
    recorded_at: NotRequired[InstantText]
    """When it came, where a device had kept it."""


class SentNote(NamedTuple):
    """A note as it came from a device that keeps what it could not send. The same id again is the same note."""

    submission_id: str
    subject: str
    """A person by id, or the briefing."""
    state: NoteState
    at: str
    """When it was ticked."""
    recorded_at: str
    by: str


class Passenger(TypedDict):
    name: str
    minor: bool
    guardian: str | None
    waiver: Literal["signed", "missing", "superseded"]
    signed_at: InstantText | None
    waiver_id: WaiverId | None
    guest_id: GuestId | None
    checked_in_at: InstantText | None
    no_show: bool
    over_limit: bool
    """Who signed after the charter was full."""


class OperatorPhone(TypedDict):
    name: str
    phone: str


class Emergency(TypedDict):
    operator: OperatorPhone
    note: str


class Snapshot(TypedDict):
    """The manifest as it is frozen at departure."""

    event_id: EventId
    title: str
    starts_at: InstantText
    ends_at: InstantText
    timezone: str
    vessel: str
    departure_port: str
    return_port: str
    passenger_limit: Count | None
    party_size: Count
    captain: Contact | None
    crew: list[Contact]
    passengers: list[Passenger]
    unlisted: Count
    """How many more have signed than the list can hold."""
    head_count: Count
    """Who is aboard; before the first check-in who has signed."""
    missing: Count
    missing_names: list[str]
    over_limit: bool
    safety_briefing_at: InstantText | None
    safety_briefing_by: str | None
    emergency: Emergency
    checks: NotRequired[list[Check]]
    """Of the frozen one: what was in order at departure, and what was waived."""


class Frozen(TypedDict):
    at: InstantText
    by: str
    sha256: Sha256
    """Of the snapshot as canonical JSON."""


class Departure(Frozen):
    manifest: Snapshot
    recorded_at: NotRequired[InstantText]
    """When it came, where the captain's device had kept it."""


class Manifest(Snapshot):
    frozen: Frozen | None
    snapshot: Snapshot | None
