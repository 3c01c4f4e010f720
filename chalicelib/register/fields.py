"""Fields that boats and people share."""

from typing import Annotated, Literal, TypedDict

from chalicelib.core.fields import Flag, Text, Whole
from chalicelib.core.schemas import EventId, InstantText

NOTES_CHARS = 4000

VERSION = Whole(1, 2**53, sentence="must be the version that you read")


class RegisteredDetails(TypedDict):
    """What an admin edits of boats and people alike."""

    name: Annotated[str, Text(100)]
    active: Annotated[bool, Flag(True)]
    """Nothing new is planned with one that is not."""
    notes: Annotated[str, Text(NOTES_CHARS, "", lines=True)]


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
