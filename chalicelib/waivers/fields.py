"""The fields of waivers: what guests and admins send, what is stored, what the API answers."""

from typing import Annotated, Literal, NamedTuple, NotRequired, TypedDict, get_args

from chalicelib.core import paging, times
from chalicelib.core.audit import ActorType
from chalicelib.core.fields import Choice, Email, Ids, Parsed, PersonName, Phone, Refused, Text, Uuid
from chalicelib.core.schemas import (
    Count,
    DayText,
    EventId,
    GuestId,
    InstantText,
    Schema,
    Sha256,
    Shape,
    UuidText,
    WaiverId,
)

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
MAX_MINORS = 10
MAX_IDS = 100
MAX_TEXT_CHARS = 60_000
# As sent and as stored: a minor's record carries the drawing too, and all of them go into one transaction.
MAX_STROKES_CHARS = 200_000
RELATIONSHIPS = ("parent", "legal_guardian", "grandparent", "other")
TICKED = ("on", "yes", "true", "1")


class Ticked(Text):
    """A box of a form; a browser sends "on"."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(10, "")
        self.needed = needed

    def parse(self, value: object) -> bool:  # type: ignore[override]
        return super().parse(value).lower() in TICKED

    def shape(self) -> Schema:
        return {"type": "string", "enum": list(TICKED)} if self.needed else super().shape()


class ChainPosition(Text):
    """How many records come before what is asked for; None for all of them."""

    def __init__(self) -> None:
        super().__init__(12, None)

    def parse(self, value: object) -> int | None:  # type: ignore[override]
        text = super().parse(value)
        if text and not (text.isascii() and text.isdigit()):
            raise Refused("must be a place in the chain: a whole number from 0")
        return int(text) if text else None

    def shape(self) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{1,12}$"}


def parse_birth_date(text: str) -> str:
    text = text.strip()
    return times.parse_birth_date(text).isoformat() if text else ""


BIRTH_DATE_RULE = "must be a date such as 1984-05-31"


class SignedForm(NamedTuple):
    """The waiver form but for the minors, in the order of the page: its list of problems reads from top to bottom."""

    submission_id: Annotated[str, Uuid()]
    waiver_version: Annotated[str, Text(64)]
    language: Annotated[Language, Choice(LANGUAGES, "en")]
    opened: Annotated[str, Text(80, "")]
    device_time: Annotated[str, Text(40, "")]
    kiosk: Annotated[str, Text(10, "")]
    website: Annotated[str, Text(1000, "", doc={"description": "Left empty by people."})]
    guest_id: Annotated[str, Text(40, "")]
    signer_name: Annotated[str, PersonName(100)]
    signer_email: Annotated[str, Email()]
    signer_phone: Annotated[str, Phone()]
    signer_birth_date: Annotated[str, Parsed(parse_birth_date, BIRTH_DATE_RULE, 10)]
    guardian_relationship: Annotated[str, Choice(RELATIONSHIPS, "")]
    authority_attestation: Annotated[bool, Ticked()]
    esign_consent: Annotated[bool, Ticked(needed=True)]
    intent: Annotated[bool, Ticked(needed=True)]
    signature_typed: Annotated[str, PersonName(100, "")]
    signature_strokes: Annotated[
        str, Text(MAX_STROKES_CHARS, "", doc={"description": "JSON. One of the two signatures is required."})
    ]


MINOR = {"minor_name": PersonName(100), "minor_birth_date": Parsed(parse_birth_date, BIRTH_DATE_RULE, 100)}


class NewVersion(NamedTuple):
    title: Annotated[str, Text(150)]
    text: Annotated[str, Text(MAX_TEXT_CHARS, lines=True)]
    language: Annotated[Language, Choice(LANGUAGES, "en", doc={"default": "en"})]


PREVIEW = {"text": Text(MAX_TEXT_CHARS, lines=True)}
REMINDED = {"guest_ids": Ids(MAX_IDS)}
ASKED_AGAIN = {"waiver_ids": Ids(MAX_IDS)}
SEARCH_QUERY = {"query": Text(100, ""), **paging.page_rules("waivers")}
EXPORT_QUERY = {"after": ChainPosition()}


# --- what is stored, and what the API answers ------------------------------------------------------

Point = Annotated[list[int], Shape(minItems=3, maxItems=3)]
Stroke = list[Point]
"""A line of a drawn signature: its points, each [x, y, milliseconds]."""


class WaiverVersion(TypedDict):
    """A text that guests sign."""

    waiver_version: Sha256
    """SHA-256 of the text."""
    language: Language
    title: str
    text: str
    """Markdown."""
    published_at: InstantText | Literal[""]
    """Empty for a sample text until it is first signed."""
    published_by: str


class UnchainedRecord(TypedDict):
    """What was signed for one person, before it has its position in the chain."""

    waiver_id: WaiverId
    event_id: EventId
    charter: str
    """Title of the charter at that time; so is `starts_at`."""
    starts_at: InstantText
    waiver_version: Sha256
    waiver_title: str
    language: Language
    """Of the page. A Spanish page may show an English text."""
    submission_id: UuidText
    signer_name: str
    signer_email: str
    signer_phone: str
    signer_birth_date: DayText | None
    esign_statement: str
    intent_statement: str
    signature_typed: str
    signature_strokes: list[Stroke]
    opened_at: InstantText | Literal[""]
    """Empty where it cannot be proved."""
    signed_at: InstantText
    device_time: str
    address: str
    user_agent: str
    participant_name: str
    minor: bool
    participant_birth_date: DayText | None
    guest_id: GuestId | None
    """Which of the listed guests this is."""
    guardian_relationship: NotRequired[str]
    """Only of a minor, as `authority_statement`."""
    authority_statement: NotRequired[str]


class SignedRecord(UnchainedRecord):
    seq: Annotated[int, Shape(minimum=1)]
    """Position in the chain, from 1."""
    prev_hash: Sha256 | Literal[""]
    """`record_hash` of the record before; empty for the first."""
    record_hash: Sha256


class Participant(SignedRecord):
    """The record that stands for a person aboard."""

    other_ids: list[str]
    """Ids under which the same person may be checked in: the older records and the listed guest."""


class WaiverSummary(TypedDict):
    waiver_id: WaiverId
    event_id: EventId
    participant_name: str
    signer_name: str
    minor: bool
    signed_at: InstantText
    waiver_version: Sha256
    record_hash: Sha256
    guest_id: GuestId | None
    language: Language
    superseded: bool
    """A newer text is current."""


class FoundWaiver(WaiverSummary):
    charter: str
    starts_at: InstantText


class WaiverPage(TypedDict):
    waivers: list[FoundWaiver]
    next_cursor: str | None


class WaiverAudit(TypedDict):
    act: Literal["opened", "signed", "copy_sent", "viewed"]
    by: str
    actor_type: ActorType
    address: str
    at: InstantText
    audit_id: str
    waiver_ids: list[WaiverId]


class RecordDetail(SignedRecord):
    version: WaiverVersion | None
    audit: list[WaiverAudit]


class ChainExport(TypedDict):
    format: Literal["scc-waivers/1"]
    count: Count
    """Records of the whole chain; so is `head`."""
    head: Sha256 | Literal[""]
    versions: dict[Sha256, str]
    """Texts by their SHA-256."""
    records: list[SignedRecord]
    next_after: NotRequired[
        Annotated[Count | None, Shape(description="Of a part: the position to go on from, null at the end.")]
    ]


class VersionList(TypedDict):
    current: Sha256
    current_es: Sha256 | None
    versions: list[WaiverVersion]


class SkippedGuest(TypedDict):
    guest_id: GuestId
    why: Literal["signed", "no_email", "reminded_recently"]


class RemindersSent(TypedDict):
    reminded: list[GuestId]
    skipped: list[SkippedGuest]


class SkippedSigner(TypedDict):
    waiver_id: WaiverId
    why: Literal["signed_current_text", "no_email", "asked_recently"]


class AskedAgain(TypedDict):
    asked: list[WaiverId]
    skipped: list[SkippedSigner]


class OutdatedSigner(TypedDict):
    waiver_id: WaiverId
    participant_name: str
    signer_name: str
    can_be_asked: bool


class OutdatedCharter(TypedDict):
    event_id: EventId
    title: str
    starts_at: InstantText
    timezone: str
    signers: list[OutdatedSigner]


class OutdatedCharters(TypedDict):
    events: list[OutdatedCharter]


# --- a waiver's text as a tree ----------------------------------------------------------------------


class TextNode(TypedDict):
    type: Literal["text", "code"]
    text: str


class LineBreak(TypedDict):
    type: Literal["break"]


class EmphasisNode(TypedDict):
    type: Literal["strong", "emphasis"]
    children: list["Inline"]


class LinkNode(TypedDict):
    type: Literal["link"]
    href: str
    children: list["Inline"]


class HeadingNode(TypedDict):
    type: Literal["heading"]
    level: Annotated[int, Shape(enum=[2, 3])]
    children: list["Inline"]


class ParagraphNode(TypedDict):
    type: Literal["paragraph"]
    children: list["Inline"]


class ListNode(TypedDict):
    type: Literal["list"]
    ordered: bool
    items: list[list["Block"]]


class QuoteNode(TypedDict):
    type: Literal["quote"]
    children: list["Block"]


class RuleNode(TypedDict):
    type: Literal["rule"]


Inline = TextNode | LineBreak | EmphasisNode | LinkNode
Block = HeadingNode | ParagraphNode | ListNode | QuoteNode | RuleNode


class Preview(TypedDict):
    blocks: list[Block]
