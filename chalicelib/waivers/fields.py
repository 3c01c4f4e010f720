"""The fields of waivers: what guests and admins send, what is stored, what the API answers."""

import contextlib
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
MAX_STROKES_CHARS = 60 * 1024
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


class LogPosition(Text):
    """How many leaves come before what is asked for."""

    def __init__(self) -> None:
        super().__init__(12, 0)
        self.blank = 0  # type: ignore[assignment]

    def parse(self, value: object) -> int:  # type: ignore[override]
        text = super().parse(value)
        if not (text.isascii() and text.isdigit()):
            raise Refused("must be a place in the log: a whole number from 0")
        return int(text)

    def shape(self) -> Schema:
        return {"type": "string", "pattern": "^[0-9]{1,12}$"}


def parse_birth_date(text: str) -> str:
    text = text.strip()
    return times.parse_birth_date(text).isoformat() if text else ""


BIRTH_DATE_RULE = "must be a date such as 1984-05-31"


def parse_device_time(text: str) -> str:
    """The device's time as it was sent; empty for anything else, since nothing personal may stand in the log."""
    with contextlib.suppress(ValueError):
        times.parse_instant(text)
        return text
    return ""


class SignedForm(NamedTuple):
    """The waiver form but for the minors, in the order of the page: its list of problems reads from top to bottom."""

    submission_id: Annotated[str, Uuid()]
    waiver_version: Annotated[str, Text(64)]
    language: Annotated[Language, Choice(LANGUAGES, "en")]
    opened: Annotated[str, Text(80, "")]
    device_time: Annotated[str, Parsed(parse_device_time, "must be a time", 40)]
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
EXPORT_QUERY = {"after": LogPosition()}


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


class Proved(TypedDict):
    """What every payload has: its log, and the digests of what is disclosed beside it (RFC 9901)."""

    log: str
    """The log's name."""
    waiver_id: WaiverId
    event_id: EventId
    _sd: list[str]
    _sd_alg: Literal["sha-256"]


class WaiverPayload(Proved):
    """What is proved for ever of one covered person's signature: nothing in it is personal."""

    type: Literal["waiver"]
    starts_at: InstantText
    timezone: str
    """The charter's."""
    waiver_version: Sha256
    waiver_title: str
    language: Language
    """Of the page. A Spanish page may show an English text."""
    submission_id: UuidText
    participant: Annotated[int, Shape(minimum=0, maximum=MAX_MINORS)]
    """0 is the signer, the others are minors."""
    participants: Annotated[int, Shape(minimum=1, maximum=1 + MAX_MINORS)]
    """How many people the form covers."""
    minor: bool
    guest_id: GuestId | None
    """Which of the listed guests this is."""
    esign_statement: str
    intent_statement: str
    authority_statement: str | None
    """Only of a minor."""
    opened_at: InstantText | Literal[""]
    """Empty where it cannot be proved."""
    signed_at: InstantText
    device_time: str
    drawing_sha256: Sha256 | None


class SetAsidePayload(Proved):
    """That a record counts no more."""

    type: Literal["set_aside"]
    at: InstantText


Payload = WaiverPayload | SetAsidePayload


class Disclosed(TypedDict):
    """What is personal in a record: each field can be shown, or erased, by itself. Erased ones are empty."""

    charter: str
    """Title of the charter at that time."""
    signer_name: str
    signer_email: str
    signer_phone: str
    signer_birth_date: DayText | None
    signature_typed: str
    address: str
    user_agent: str
    participant_name: str
    participant_birth_date: DayText | None
    guardian_relationship: str
    """Only of a minor."""


class Act(TypedDict):
    """Who struck or erased a record, when and why."""

    reason: str
    at: InstantText
    by: str


class SignedRecord(Disclosed):
    """One covered person's signature as it is shown: payload and disclosures together."""

    waiver_id: WaiverId
    event_id: EventId
    starts_at: InstantText
    timezone: str
    waiver_version: Sha256
    waiver_title: str
    language: Language
    submission_id: UuidText
    minor: bool
    guest_id: GuestId | None
    esign_statement: str
    intent_statement: str
    authority_statement: str | None
    signature_strokes: list[Stroke]
    drawing_sha256: Sha256 | None
    opened_at: InstantText | Literal[""]
    signed_at: InstantText
    device_time: str
    leaf_hash: Sha256
    """RFC 6962 hash of the payload: what the log holds of this record."""
    leaf_index: Count | None
    """Its place in the log, from 0; null for the moments before it is there."""
    set_aside: Act | None
    erased: Act | None


class WaiverSummary(TypedDict):
    waiver_id: WaiverId
    event_id: EventId
    participant_name: str
    signer_name: str
    minor: bool
    signed_at: InstantText
    waiver_version: Sha256
    leaf_index: Count | None
    guest_id: GuestId | None
    language: Language
    superseded: bool
    """A newer text is current."""
    set_aside: bool
    erased: bool


class FoundWaiver(WaiverSummary):
    charter: str
    starts_at: InstantText
    timezone: str


class WaiverPage(TypedDict):
    waivers: list[FoundWaiver]
    next_cursor: str | None


WaiverAct = Literal["opened", "signed", "copy_sent", "viewed", "link_opened", "set_aside", "erased"]


class WaiverAudit(TypedDict):
    act: WaiverAct
    by: str
    actor_type: ActorType
    address: str
    at: InstantText
    audit_id: str
    user_agent: NotRequired[str]
    """Of the program that followed a private link."""
    reason: NotRequired[str]


class RecordDetail(SignedRecord):
    version: WaiverVersion | None
    audit: list[WaiverAudit]
    copy_mail_id: str | None
    """Of the mail with the signer's copy; null where there is none."""


class Leaf(TypedDict):
    payload: Payload | None
    """Null where the record is gone."""
    disclosures: list[str]


class LogExport(TypedDict):
    leaves: list[Leaf]
    checkpoint: str
    next: Count | None
    """Where to go on (`after`); null at the end."""


class Inclusion(TypedDict):
    leaf_index: Count
    tree_size: Count
    proof: list[str]
    """Hashes in base64 (RFC 9162)."""


class Bundle(TypedDict):
    """One record that a stranger can check alone."""

    payload: Payload
    disclosures: list[str]
    text: str
    drawing: NotRequired[str]
    """The strokes as JSON text, whose SHA-256 stands in the payload."""
    inclusion: Inclusion
    checkpoint: str


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
