"""The fields of a boat: what an admin edits, what the API answers."""

from typing import Annotated, Literal, TypedDict, get_args

from chalicelib.core.fields import Choice, ListOf, Text, Whole
from chalicelib.core.schemas import Count, RecordId, Shape
from chalicelib.register.fields import RegisteredDetails
from chalicelib.register.papers import BOAT_PAPERS, MAX_PAPERS, PAPER_CONTENT, PaperDetails

MAX_PEOPLE = 500
MAX_CREW = 20
# A week: what lies between two charters is searched for that far.
MAX_TURNAROUND_MINUTES = 7 * 24 * 60

BoatKind = Literal["uninspected", "inspected", "bareboat"]
"""By the rules of the US Coast Guard. A bareboat's crew is the charterer's own."""
BoatPaperKind = Annotated[str, Shape(enum=list(BOAT_PAPERS))]


class BoatPaper(PaperDetails):
    kind: Annotated[BoatPaperKind, Choice(BOAT_PAPERS)]


class BoatDetails(RegisteredDetails):
    """What an admin edits."""

    kind: Annotated[BoatKind, Choice(get_args(BoatKind), "uninspected")]
    passenger_limit: Annotated[Count | None, Whole(1, MAX_PEOPLE, None)]
    min_crew: Annotated[Count, Whole(0, MAX_CREW, 0)]
    """Beside the captain."""
    turnaround_minutes: Annotated[Count, Whole(0, MAX_TURNAROUND_MINUTES, 0)]
    """What lies at least between two charters."""
    home_port: Annotated[str, Text(100, "")]
    papers: Annotated[list[BoatPaper], ListOf(BoatPaper, MAX_PAPERS, "papers", PAPER_CONTENT)]


class BoatJson(BoatDetails):
    """The contract's Boat."""

    boat_id: RecordId
    version: Annotated[int, Shape(minimum=1)]


class BoatList(TypedDict):
    boats: list[BoatJson]
    """By name, inactive ones among them."""
