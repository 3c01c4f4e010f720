"""The fields of a payment: what an admin logs, what the table keeps, what the API answers."""

from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

from chalicelib.charters.fields import CharterJson
from chalicelib.core import paging
from chalicelib.core.fields import Choice, Currency, Flag, Instant, Text, Uuid, Whole
from chalicelib.core.schemas import Cents, Count, CurrencyCode, DayText, EventId, InstantText, Shape, UuidText
from chalicelib.money.amounts import MAX_AMOUNT_CENTS
from chalicelib.money.ledger import KINDS, STATUSES, Balance, Kind, PaymentStatus
from chalicelib.money.methods import METHODS, MethodName

AMOUNT_RULE = f"must be a positive whole number of cents, at most {MAX_AMOUNT_CENTS}"
PAST = {"description": "Not in the future. By default now."}
DEVICE_TIME = {"description": "The device's clock at the sending, where `received_at` was taken from it."}


class NewPayment(NamedTuple):
    """Empty `currency`, `payer` and `received_at` stand for the charter's, the patron and now."""

    payment_id: str
    method: Annotated[str, Choice(METHODS)]
    amount_cents: Annotated[int, Whole(1, MAX_AMOUNT_CENTS, sentence=AMOUNT_RULE)]
    kind: Annotated[Kind, Choice(KINDS, "balance", doc={"default": "balance"})]
    refund_of: Annotated[str | None, Uuid(None, {"description": "Required for a refund, and goes with no other kind."})]
    currency: Annotated[str, Currency("", {"description": "The charter's."})]
    payer: Annotated[str, Text(100, "")]
    reference: Annotated[str, Text(100, "")]
    note: Annotated[str, Text(1000, "", lines=True)]
    received_at: Annotated[str, Instant("", PAST)]
    notify: Annotated[bool, Flag(True, {"default": True})]
    duplicate_of: Annotated[str | None, Uuid(None)]
    """A payment that looks like this one: set when the admin was asked and said that this is a different one."""
    ask_if_duplicate: Annotated[bool, Flag(False, {"default": False})]
    ask_if_unusual: Annotated[bool, Flag(False, {"default": False})]
    unusual_ok: Annotated[bool, Flag(False, {"default": False})]
    """The admin was asked about an unusual amount and said that it is right."""
    device_time: Annotated[str, Instant("", DEVICE_TIME)]
    """What the device's clock says at the sending; empty where `received_at` was not taken from that clock."""


class Clearing(TypedDict):
    cleared_at: Annotated[str, Instant("", PAST)]


class Ended(TypedDict):
    reason: str
    at: InstantText
    by: str


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


class PaymentJson(_PublicRow):
    """The contract's Payment."""

    receipt: Receipt


class PaymentRow(_PublicRow):
    """A payment as it is kept."""

    refunds_tip: bool
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
    ledger_seq: int
    mail_id: str
    """Of the mail that told the patron; empty when none did."""


class PaymentAndEvent(TypedDict):
    payment: PaymentJson
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
# "from" is no name of a field in Python.
PeriodTotals = TypedDict("PeriodTotals", {"from": DayText, "to": DayText, "totals": Totals})


class Summary(TypedDict):
    by: Period
    timezone: str
    periods: list[PeriodTotals]
    totals: Totals


RANGE_QUERY: dict[str, Any] = {"from": paging.Bound(), "to": paging.Bound(end=True)}
REPORT_QUERY = {
    **RANGE_QUERY,
    "status": Choice(STATUSES, ""),
    "method": Choice(METHODS, ""),
    **paging.page_rules("payments"),
}
SUMMARY_QUERY = {**RANGE_QUERY, "by": Choice(("day", "week", "month"), "month", doc={"default": "month"})}
TO_CLEAR_QUERY = paging.page_rules("to_clear")
