"""The fields of a person who may sail as captain or crew: what an admin edits, what the API answers."""

from typing import Annotated, Literal, TypedDict, get_args

from chalicelib.core.fields import Choice, Choices, Email, Flag, ListOf, Phone, Whole
from chalicelib.core.schemas import RecordId, Shape, Url
from chalicelib.register.fields import RegisteredDetails
from chalicelib.register.papers import MAX_PAPERS, PAPER_CONTENT, PERSON_PAPERS, PaperDetails

Role = Literal["captain", "mate", "deckhand", "host"]
PersonPaperKind = Annotated[str, Shape(enum=list(PERSON_PAPERS))]


class PersonPaper(PaperDetails):
    kind: Annotated[PersonPaperKind, Choice(PERSON_PAPERS)]


class PersonDetails(RegisteredDetails):
    """What an admin edits."""

    email: Annotated[str, Email()]
    phone: Annotated[str, Phone()]
    roles: Annotated[list[Role], Choices(get_args(Role))]
    rank: Annotated[int, Whole(1, 1000, 1), Shape(minimum=1)]
    """1 is asked first."""
    is_owner: Annotated[bool, Flag(False)]
    """An owner takes no share of tips."""
    papers: Annotated[list[PersonPaper], ListOf(PersonPaper, MAX_PAPERS, "papers", PAPER_CONTENT)]


class PersonJson(PersonDetails):
    """The contract's Person."""

    person_id: RecordId
    version: Annotated[int, Shape(minimum=1)]
    page_url: Url
    """Their own page, for whoever has the link."""


class PeopleList(TypedDict):
    people: list[PersonJson]
    """By rank and name, inactive ones among them."""
