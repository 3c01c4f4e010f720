"""The fields of holds and of the schedule: what an admin edits, what the API answers."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args

from chalicelib.boats.fields import BoatJson
from chalicelib.core import names, paging
from chalicelib.core.fields import Choice, Day, Instant, Refused, Rule, Text, Timezone
from chalicelib.core.schemas import DayText, EventId, InstantText, RecordId, Schema, Shape, schema_of
from chalicelib.core.text import is_event_id
from chalicelib.register.fields import NOTES_CHARS
from chalicelib.schedule.entries import EntryKind, EntryStatus

# More than the longest repetition has weeks.
MAX_EXCEPT = 110

HoldKind = Literal["option", "maintenance", "blocked"]
HoldStatus = Literal["held", "expired", "released"]


class Id(Rule):
    """Of a boat or a person."""

    def parse(self, value: Any) -> str:
        if not isinstance(value, str) or not is_event_id(value):
            raise Refused("must be the id of a record")
        return value

    def shape(self) -> Schema:
        return schema_of(RecordId)


class OverrideReason(Text):
    """Why to book in spite of a conflict; None when it is left out."""

    def __init__(self) -> None:
        super().__init__(500, None)

    def parse(self, value: Any) -> str:
        reason = super().parse(value)
        if not names.has_visible_glyph(reason):
            raise Refused("must say why, or be left out")
        return reason

    def shape(self) -> Schema:
        return Text(self.max_chars).shape()


class Days(Rule):
    """A list of calendar days, each once and in order; by default none."""

    def __init__(self, most: int) -> None:
        super().__init__(list)
        self.blank: list[str] = []
        self.most = most

    def parse(self, value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > self.most:
            raise Refused(f"must be a list of at most {self.most} days")
        return sorted({Day().parse(one) for one in value})

    def shape(self) -> Schema:
        return {"type": "array", "items": Day().schema(), "maxItems": self.most}


class Conflict(TypedDict):
    """Another entry of the schedule at the same time, of the same boat or person."""

    kind: Literal["boat", "captain", "crew"]
    """What is taken: the boat, or a person by their role in the charter that has this conflict."""
    name: str
    event_id: NotRequired[EventId]
    hold_id: NotRequired[RecordId]
    title: str
    starts_at: InstantText
    ends_at: InstantText


class Override(TypedDict):
    """Somebody decided to book in spite of a conflict."""

    reason: str
    by: str
    at: InstantText


# `except` is a word of the language, so these tables are written as calls.
HoldDetails = TypedDict(
    "HoldDetails",
    {
        "boat_id": Annotated[RecordId, Id()],
        "kind": Annotated[HoldKind, Choice(get_args(HoldKind))],
        "title": Annotated[str, Text(120, "")],
        "starts_at": Annotated[InstantText, Instant()],
        "ends_at": Annotated[InstantText, Instant()],
        "timezone": Annotated[str, Timezone()],
        # When an option frees itself; null of the other kinds.
        "expires_at": Annotated[InstantText | None, Instant(None)],
        # The last day on which the hold begins once more; null of a hold that does not repeat.
        "weekly_until": Annotated[DayText | None, Day()],
        # The days on which it does not begin.
        "except": Annotated[list[DayText], Days(MAX_EXCEPT)],
        "note": Annotated[str, Text(NOTES_CHARS, "", lines=True)],
    },
)


class NewHold(HoldDetails):
    override_reason: Annotated[str | None, OverrideReason()]


class HoldJson(HoldDetails):
    """The contract's Hold."""

    hold_id: RecordId
    status: HoldStatus
    version: Annotated[int, Shape(minimum=1)]


class HoldList(TypedDict):
    holds: list[HoldJson]
    """By start, those that ended by themselves or were released among them."""


class ScheduleEntry(TypedDict):
    kind: EntryKind
    event_id: NotRequired[EventId]
    hold_id: NotRequired[RecordId]
    boat_id: RecordId | None
    """Null for a boat that is typed as text."""
    title: str
    starts_at: InstantText
    ends_at: InstantText
    status: EntryStatus
    conflicts: list[Conflict]


class Week(TypedDict):
    boats: list[BoatJson]
    entries: list[ScheduleEntry]
    """By start; a hold that repeats has one for each time."""


HOLDS_QUERY = {"from": paging.Bound(), "to": paging.Bound(end=True)}
SCHEDULE_QUERY = {"from": paging.Bound(), "to": paging.Bound(end=True)}
