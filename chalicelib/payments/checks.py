"""What a payment is checked for before it is logged: what is refused, and what the desk is asked about."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.errors import BadInput, Conflict
from chalicelib.core.fields import Form
from chalicelib.money import amounts, ledger
from chalicelib.money.methods import METHODS
from chalicelib.payments.fields import BatchRow, NewPayment, Payment
from chalicelib.payments.rows import payment_json

# Times up to a day ahead are taken, because phone clocks can be wrong; anything later is a typing error.
CLOCK_TOLERANCE = timedelta(hours=24)
# Two admins who log the same money do so while they stand on the same dock.
TWIN_WITHIN = timedelta(minutes=30)


class PossibleDuplicate(Conflict):
    """409. Somebody has just logged such a payment; `duplicate` is that one. Nothing was written."""


class UnusualAmount(Conflict):
    """409. Much more than what is due; `due_cents` is that. Nothing was written."""


class DeviceClock(Conflict):
    """409. The device's clock, which `received_at` was taken from, is off; `server_time` is the true one.

    Nothing was written.
    """


# --- time -----------------------------------------------------------------------------------------


def check_past(form: Form, name: str, instant: str | None, now: datetime, device_time: str = "") -> None:
    """Where the device's clock is off, that is what is asked about first."""
    if instant and not clock_off(device_time, now) and instant > times.format_instant(now + CLOCK_TOLERANCE):
        form.refuse(name, "must not be in the future")


def clock_off(device_time: str, now: datetime) -> timedelta:
    """How far the device's clock is ahead; zero when that is little, or plays no part."""
    ahead = times.parse_instant(device_time) - now if device_time else timedelta()
    return ahead if abs(ahead) > times.CLOCK_OFF else timedelta()


def check_clock(device_time: str, now: datetime) -> None:
    if ahead := clock_off(device_time, now):
        off = f"{times.spell_span(abs(ahead))} {'fast' if ahead > timedelta() else 'slow'}"
        raise DeviceClock(
            f"The clock of this device is {off}. Nothing was saved.", server_time=times.format_instant(now)
        )


# --- one payment ----------------------------------------------------------------------------------


def check_payment(charter: Charter, new: NewPayment, earlier: Sequence[Payment], now: datetime) -> Payment | None:
    """The payment that it gives back, if it is a refund; `earlier` are the charter's payments.

    Raises BadInput; PossibleDuplicate or UnusualAmount where the request asks for that.
    """
    check_currency(charter, new.currency)
    check_duplicate_of(new.duplicate_of, earlier)
    if new.ask_if_duplicate:
        ask_about_twin(new, earlier, now)
    if new.ask_if_unusual and not new.unusual_ok:
        ask_about_amount(charter, [new])
    return find_refunded(new, earlier) if new.kind == "refund" else None


# --- what is refused ------------------------------------------------------------------------------


def check_currency(charter: Charter, currency: str, name: str = "currency") -> None:
    if currency not in ("", charter.details["currency"]):
        raise BadInput({name: f"must be the charter's, {charter.details['currency']}"})


def check_duplicate_of(duplicate_of: str | None, earlier: Iterable[Payment], name: str = "duplicate_of") -> None:
    if duplicate_of and all(row["payment_id"] != duplicate_of for row in earlier):
        raise BadInput({name: "must be a payment of this charter"})


def problem_with_refund_of(kind: str | None, refund_of: str | None) -> str:
    """Empty if there is none."""
    if kind == "refund":
        return "" if refund_of else "is required: which payment is given back"
    return "goes with kind refund only" if refund_of else ""


def find_refunded(new: NewPayment, earlier: Sequence[Payment]) -> Payment:
    paid = next((row for row in earlier if row["payment_id"] == new.refund_of), None)
    if paid is None or paid["kind"] == "refund" or not (ledger.is_live(paid) or _corrects_refund(new, paid, earlier)):
        raise BadInput({"refund_of": "must be a payment of this charter that is neither refund, voided nor bounced"})
    left_cents = ledger.refundable_cents(paid, earlier)
    if new.amount_cents > left_cents:
        left = amounts.spell(left_cents, paid["currency"])
        raise BadInput({"amount_cents": f"must be at most {left}: no more of that payment is left to refund"})
    return paid


def _corrects_refund(new: NewPayment, paid: Payment, earlier: Iterable[Payment]) -> bool:
    """What had gone back before the bank took the payment back can still be put right."""
    replaced = {"event_id": paid["event_id"], "payment_id": new.payment_id}
    return any(row["refund_of"] == paid["payment_id"] and row["corrected_by"] == replaced for row in earlier)


# --- what is asked about --------------------------------------------------------------------------


def ask_about_twin(new: NewPayment | BatchRow, earlier: Iterable[Payment], now: datetime) -> None:
    """Raises PossibleDuplicate."""
    twins = [row for row in earlier if _is_twin(row, new, now)]
    if twins and not new.duplicate_of:
        twin = max(twins, key=lambda row: row["recorded_at"])
        amount = amounts.spell(twin["amount_cents"], twin["currency"])
        how, ago = METHODS[twin["method"]].name, times.spell_ago(twin["recorded_at"], now)
        raise PossibleDuplicate(
            f"{twin['recorded_by']} logged {amount} {how} for this charter {ago}. Nothing was saved.",
            duplicate=payment_json(twin),
        )


def _is_twin(row: Payment, new: NewPayment | BatchRow, now: datetime) -> bool:
    """Same method and amount, and logged within TWIN_WITHIN of now or received within it of the other."""
    same = (row["method"], row["amount_cents"]) == (new.method, new.amount_cents)
    if not same or not ledger.is_live(row) or (row["kind"] == "refund") != (new.kind == "refund"):
        return False
    received_at = times.parse_instant(new.received_at) if new.received_at else now
    return (
        abs(now - times.parse_instant(row["recorded_at"])) <= TWIN_WITHIN
        or abs(received_at - times.parse_instant(row["received_at"])) <= TWIN_WITHIN
    )


def ask_about_amount(charter: Charter, news: Iterable[NewPayment | BatchRow]) -> None:
    """Raises UnusualAmount.

    That are deposits and balances of more than twice what is due, and any of a charter that has a fee and owes nothing.
    Those that are logged together are taken together: neither their order nor a split decides.
    """
    due_cents = max(charter.due_cents, 0)
    typed_cents = sum(new.amount_cents for new in news if new.kind in ("deposit", "balance"))
    if charter.details["charter_fee_cents"] > 0 and typed_cents > 2 * due_cents:
        typed, due = (amounts.spell(cents, charter.details["currency"]) for cents in (typed_cents, due_cents))
        owed = f"{due} is due for this charter" if due_cents else "nothing is due for this charter"
        raise UnusualAmount(f"{typed} was typed, but {owed}. Nothing was saved.", due_cents=due_cents)
