"""Fields that boats and people share."""

from typing import Annotated, Literal, TypedDict

from chalicelib.core.fields import Day, Flag, Text, Whole
from chalicelib.core.schemas import DayText, EventId, InstantText

NOTES_CHARS = 4000
MAX_PAPERS = 40

VERSION = Whole(1, 2**53, sentence="must be the version that you read")


class PaperDetails(TypedDict):
    """A certificate, licence or policy; boats and people add its kind. Neither results of tests nor whole numbers."""

    number_last4: Annotated[str, Text(4, "")]
    """The last four characters of its number."""
    valid_until: Annotated[DayText | None, Day()]
    """The last day that it is valid; null is unknown."""
    note: Annotated[str, Text(200, "")]


class RegisteredDetails(TypedDict):
    """What an admin edits of boats and people alike."""

    name: Annotated[str, Text(100)]
    active: Annotated[bool, Flag(True)]
    """Nothing new is planned with one that is not."""
    notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]


PAPER_CONTENT = "kind, number_last4, valid_until and note"


class ComingCharter(TypedDict):
    """One that names a boat or a person and has not ended."""

    event_id: EventId
    title: str
    starts_at: InstantText
    ends_at: InstantText


class InUse(TypedDict):
    """The body of the 409 when a record that coming charters name is set inactive."""

    Code: Literal["InUse"]
    Message: str
    events: list[ComingCharter]
