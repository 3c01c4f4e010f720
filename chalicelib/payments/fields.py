"""The fields of a payment: what an admin logs, what the table keeps, what the API answers."""

import re
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict, get_args

from chalicelib.charters.fields import CharterJson, Reason
from chalicelib.core import paging
from chalicelib.core.fields import (
    REQUIRED,
    Choice,
    Currency,
    Day,
    Flag,
    Instant,
    ListOf,
    Nested,
    Refused,
    Rule,
    Text,
    Uuid,
    Whole,
)
from chalicelib.core.schemas import (
    Cents,
    Count,
    CurrencyCode,
    DayText,
    EventId,
    InstantText,
    RecordId,
    Schema,
    Sha256,
    Shape,
    UuidText,
    schema_of,
)
from chalicelib.money.amounts import MAX_AMOUNT_CENTS
from chalicelib.money.ledger import KINDS, STATUSES, Balance, Kind, PaymentStatus
from chalicelib.money.methods import METHODS, MethodName
from chalicelib.schedule.fields import Id

AMOUNT_RULE = f"must be a positive whole number of cents, at most {MAX_AMOUNT_CENTS}"
PAST = {"description": "Not in the future. By default now."}
AS_CORRECTED = {"description": "By default the corrected payment's."}
DEVICE_TIME = {"description": "The device's clock at the sending, where `received_at` was taken from it."}
MOST_IN_A_BATCH = 10

# --- what an admin logs ---------------------------------------------------------------------------

Method = Annotated[str, Choice(METHODS)]
Amount = Annotated[int, Whole(1, MAX_AMOUNT_CENTS, sentence=AMOUNT_RULE)]
CurrencyOrNone = Annotated[str, Currency("", {"description": "The charter's."})]
Payer = Annotated[str, Text(100, "")]
Reference = Annotated[str, Text(100, "")]
Note = Annotated[str, Text(1000, "", lines=True)]
ReceivedAt = Annotated[str, Instant("", PAST)]
Notify = Annotated[bool, Flag(True, {"default": True})]
DuplicateOf = Annotated[str | None, Uuid(None)]
"""A payment that looks like this one: set when the admin was asked and said that this is a different one."""
Asked = Annotated[bool, Flag(False, {"default": False})]
DeviceTime = Annotated[str, Instant("", DEVICE_TIME)]
"""What the device's clock says at the sending; empty where `received_at` was not taken from that clock."""


class NewPayment(NamedTuple):
    """Empty `currency`, `payer` and `received_at` stand for the charter's, the patron and now."""

    payment_id: str
    method: Method
    amount_cents: Amount
    kind: Annotated[Kind, Choice(KINDS, "balance", doc={"default": "balance"})]
    refund_of: Annotated[str | None, Uuid(None, {"description": "Required for a refund, and goes with no other kind."})]
    currency: CurrencyOrNone
    payer: Payer
    reference: Reference
    note: Note
    received_at: ReceivedAt
    notify: Notify
    duplicate_of: DuplicateOf
    ask_if_duplicate: Asked
    ask_if_unusual: Asked
    unusual_ok: Asked
    """The admin was asked about an unusual amount and said that it is right."""
    device_time: DeviceTime


class AskedCorrection(Reason):
    """Which payment is corrected; without `event_id` it is one of the same charter."""

    event_id: Annotated[EventId | None, Id(None)]
    payment_id: Annotated[str, Uuid()]


class Correction(NamedTuple):
    """A payment as it should have been logged. What is None is as in the payment that it corrects."""

    payment_id: str
    corrects: Annotated[AskedCorrection, Nested(AskedCorrection, "payment_id and reason")]
    method: Annotated[str | None, Choice(METHODS, None, doc=AS_CORRECTED)]
    amount_cents: Annotated[int | None, Whole(1, MAX_AMOUNT_CENTS, None, sentence=AMOUNT_RULE, doc=AS_CORRECTED)]
    kind: Annotated[Kind | None, Choice(KINDS, None, doc=AS_CORRECTED)]
    refund_of: Annotated[str | None, Uuid(None, AS_CORRECTED)]
    currency: Annotated[str | None, Currency(None, AS_CORRECTED)]
    payer: Annotated[str | None, Text(100, None, doc=AS_CORRECTED)]
    reference: Annotated[str | None, Text(100, None, doc=AS_CORRECTED)]
    note: Annotated[str | None, Text(1000, None, lines=True, doc=AS_CORRECTED)]
    received_at: Annotated[str | None, Instant(None, AS_CORRECTED)]
    notify: Notify
    duplicate_of: DuplicateOf
    ask_if_duplicate: Asked
    ask_if_unusual: Asked
    unusual_ok: Asked
    device_time: DeviceTime


class BatchRow(NamedTuple):
    """One of several payments that are logged together."""

    payment_id: Annotated[str, Uuid()]
    method: Method
    amount_cents: Amount
    kind: Annotated[Kind, Choice([kind for kind in KINDS if kind != "refund"], "balance", doc={"default": "balance"})]
    currency: CurrencyOrNone
    payer: Payer
    reference: Reference
    note: Note
    received_at: ReceivedAt
    duplicate_of: DuplicateOf


class NewBatch(NamedTuple):
    """What came in at once: several payers, several methods, a tip."""

    batch_id: str
    payments: Annotated[
        list[BatchRow], ListOf(BatchRow, MOST_IN_A_BATCH, "payments", "payment_id, method and amount_cents", least=1)
    ]
    notify: Notify
    ask_if_duplicate: Asked
    ask_if_unusual: Asked
    unusual_ok: Asked
    device_time: DeviceTime


# --- what the bank shows --------------------------------------------------------------------------


class Hash(Text):
    """A SHA-256 in lower-case hex."""

    def __init__(self) -> None:
        super().__init__(64)

    def parse(self, value: Any) -> str:
        text = super().parse(value)
        if not re.fullmatch("[0-9a-f]{64}", text):
            raise Refused("must be a SHA-256: 64 hexadecimal digits in lower case")
        return text

    def shape(self) -> Schema:
        return schema_of(Sha256)


class FileRow(Rule):
    """A row of a bank's file: its number, or the id that the bank gave it."""

    number, id = Whole(0, 10**9), Text(100)

    def parse(self, value: Any) -> int | str:
        return self.id.parse(value) if isinstance(value, str) else self.number.parse(value)

    def shape(self) -> Schema:
        return {"anyOf": [self.number.shape(), self.id.shape()]}


class Evidence(TypedDict):
    """What a bank shows of a payment. The file itself never leaves the device that read it."""

    source: Annotated[str, Text(60, doc={"examples": ["chase"]})]
    file_sha256: Annotated[Sha256, Hash()]
    row: Annotated[int | str, FileRow()]
    date: Annotated[DayText, Day(REQUIRED)]
    amount_cents: Annotated[Cents, Whole(-MAX_AMOUNT_CENTS, MAX_AMOUNT_CENTS)]
    name: Annotated[str, Text(200, "")]


class Clearing(TypedDict):
    cleared_at: Annotated[str, Instant("", PAST)]
    evidence: Annotated[
        Evidence | None, Nested(Evidence, "source, file_sha256, row, date, amount_cents and name", None)
    ]


# --- what is kept and answered --------------------------------------------------------------------


class Ended(TypedDict):
    reason: str
    at: InstantText
    by: str


class PaymentKey(TypedDict):
    event_id: EventId
    payment_id: UuidText


class Corrects(PaymentKey):
    reason: str


class Clearance(TypedDict):
    """Who said that the money is there, when, and what showed it."""

    at: InstantText
    by: str
    evidence: Evidence | None


Receipt = Literal["pending", "sent", "failed", "off"]


class _PublicRow(TypedDict):
    payment_id: UuidText
    event_id: EventId
    kind: Kind
    refund_of: UuidText | None
    method: MethodName
    amount_cents: Annotated[int, Shape(minimum=1, maximum=MAX_AMOUNT_CENTS)]
    currency: CurrencyCode
    payer: str
    reference: str
    note: str
    received_at: InstantText
    recorded_at: InstantText
    recorded_by: str
    cleared_at: InstantText | None
    status: PaymentStatus
    void: Ended | None
    bounce: Ended | None
    duplicate_of: UuidText | None
    corrects: Corrects | None
    corrected_by: PaymentKey | None
    clearance: Clearance | None


class PaymentJson(_PublicRow):
    """The contract's Payment."""

    receipt: Receipt


class PaymentRow(_PublicRow):
    """A payment as it is kept."""

    refunds_tip: bool
    first_logged_at: str
    """When this charter's ledger first had this money by this method: a correction of anything else brings no money."""
    taken: list[str]
    """What a correction left out, so that it is as in the payment that it corrects."""
    batch_id: str
    """Of what it was logged together with; empty for one that was logged alone."""
    charter: str
    """The charter's title."""
    address: str
    """Where it was logged from."""
    ledger_seq: int
    """Its place among the rows and acts of its charter, from 1: together they tell the sums at any moment."""
    answer_sha256: str
    """Of the answer that is kept beside it; see `fingerprint_answer`."""


class Payment(PaymentRow):
    """With the acts on it applied, and what became of its mail."""

    receipt: Receipt


ActName = Literal["void", "clear", "bounce"]


class Act(TypedDict):
    act: ActName
    at: str
    by: str
    address: str
    reason: NotRequired[str]
    cleared_at: NotRequired[str]
    evidence: NotRequired[Evidence | None]
    corrected_by: NotRequired[PaymentKey]
    """Of a void: the payment that was recorded instead in the same transaction."""
    ledger_seq: int
    mail_id: str
    """Of the mail that told the patron; empty when none did."""


class PaymentAndEvent(TypedDict):
    payment: PaymentJson
    event: CharterJson


class PaymentsAndEvent(TypedDict):
    payments: list[PaymentJson]
    event: CharterJson


class Statement(TypedDict):
    payments: list[PaymentJson]
    balance: Balance


class ReceiptAsked(TypedDict):
    receipt: Literal["pending"]


# --- reports --------------------------------------------------------------------------------------


class ByKind(TypedDict):
    deposit: Cents
    balance: Cents
    tip: Cents
    refund: Cents


class CurrencyTotals(TypedDict):
    currency: CurrencyCode
    received_cents: Cents
    refunded_cents: Cents
    tips_cents: Cents
    uncleared_cents: Cents
    count: Count
    by_method: dict[MethodName, Cents]
    """Money in less money out, tips included."""
    by_kind: ByKind
    """What was logged under each kind."""


class Totals(CurrencyTotals):
    """Of the operator's currency; money in others is in `other_currencies`."""

    other_currencies: list[CurrencyTotals]


class ListedPayment(PaymentJson):
    charter: str


class PaymentPage(TypedDict):
    payments: list[ListedPayment]
    totals: Totals
    next_cursor: str | None


Period = Literal["day", "week", "month"]
Grouping = Literal["boat", "captain"]
# "from" is no name of a field in Python.
PeriodTotals = TypedDict("PeriodTotals", {"from": DayText, "to": DayText, "totals": Totals})


class GroupTotals(TypedDict):
    """Of a boat or a captain."""

    id: RecordId | None
    """Null where it was typed as text."""
    name: str
    """As the latest of the charters has it; empty where none was named."""
    charters: Count
    totals: Totals


class Summary(TypedDict):
    by: Period | Grouping
    timezone: str
    periods: list[PeriodTotals]
    """None of a summary by boat or captain."""
    groups: list[GroupTotals]
    """By name; none of a summary by day, week or month."""
    totals: Totals


CHARTER_QUERY = {
    name: Text(100, "", doc={"description": f"Of charters with this {name}: its id, or the name that was typed."})
    for name in get_args(Grouping)
}
RANGE_QUERY: dict[str, Any] = {"from": paging.Bound(), "to": paging.Bound(end=True)}
REPORT_QUERY = {
    **RANGE_QUERY,
    "status": Choice(STATUSES, ""),
    "method": Choice(METHODS, ""),
    **CHARTER_QUERY,
}
PAYMENTS_QUERY = {**REPORT_QUERY, **paging.page_rules("payments")}
SUMMARY_QUERY = {
    **RANGE_QUERY,
    "by": Choice((*get_args(Period), *get_args(Grouping)), "month", doc={"default": "month"}),
    **CHARTER_QUERY,
}
TO_CLEAR_QUERY = paging.page_rules("to_clear")
