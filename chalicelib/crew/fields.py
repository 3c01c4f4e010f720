"""The fields of what the desk does about a charter's positions."""

from typing import Annotated, TypedDict, get_args

from chalicelib.boats.fields import MAX_CREW
from chalicelib.charters.fields import REASON_CHARS
from chalicelib.core.fields import REQUIRED, Choice, Flag, Ids, Instant, Text
from chalicelib.core.schemas import InstantText, RecordId
from chalicelib.people.fields import Role
from chalicelib.schedule.fields import Id, OverrideReason

# The captain and a whole crew; withdrawn ones are kept beside them.
MAX_OPEN_POSITIONS, MAX_POSITIONS = MAX_CREW + 1, 60
# As many as are listed by name; by rank there is no limit.
MAX_ASKED = 60


class NewPosition(TypedDict):
    role: Annotated[Role, Choice(get_args(Role))]
    required: Annotated[bool, Flag(True)]
    person_ids: Annotated[list[RecordId] | None, Ids(MAX_ASKED)]
    """In the order in which they are asked. Left out: by rank, of those who have the role and are free. Empty: the
    position stays open."""
    answer_by: Annotated[InstantText | None, Instant(None)]
    """For the first who is asked."""


class Asking(TypedDict):
    person_ids: Annotated[list[RecordId], Ids(MAX_ASKED, REQUIRED)]
    """In the order in which they are asked."""


class Assigning(TypedDict):
    person_id: Annotated[RecordId, Id()]
    override_reason: Annotated[str | None, OverrideReason()]


class Withdrawing(TypedDict):
    reason: Annotated[str, Text(REASON_CHARS, "")]
