"""What was asked and what it was answered with, both kept: the same request again gets the very same answer."""

import hashlib
import json
from collections.abc import Sequence

from chalicelib.core import fields
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import Conflict
from chalicelib.payments import store
from chalicelib.payments.fields import (
    BatchRow,
    Correction,
    NewBatch,
    NewPayment,
    Payment,
    PaymentAndEvent,
    PaymentsAndEvent,
)

# What an admin is asked, and what a device's clock says, is no part of what is logged.
NOT_LOGGED = {"ask_if_duplicate": False, "ask_if_unusual": False, "unusual_ok": False, "device_time": ""}


class PaymentConflict(Conflict):
    """409. The id is taken by another payment, or the payment's state does not allow the act."""


def fingerprint_request(asked: NewPayment | Correction) -> str:
    """Equal for equal requests, whatever became of the charter meanwhile."""
    table = NewPayment if isinstance(asked, NewPayment) else Correction
    return fields.fingerprint(table, {**asked._asdict(), **NOT_LOGGED})


def fingerprint_batch(asked: NewBatch) -> str:
    """The same of a batch: of what it says itself, and of each of its rows."""
    own = fields.fingerprint(NewBatch, {**asked._asdict(), **NOT_LOGGED, "payments": []})
    return " ".join([own, *(fields.fingerprint(BatchRow, row._asdict()) for row in asked.payments)])


def replay(stored: Item | None, fingerprint: str, noun: str) -> str:
    """The answer to the request that made this record. Raises PaymentConflict if that was another request."""
    first, answer = store.stored_answer(stored or {})
    if fingerprint != first:
        raise PaymentConflict(f"This {noun}_id already stands for another {noun}. Nothing was changed.")
    return answer


def seal(rows: Sequence[Payment], answer: PaymentAndEvent | PaymentsAndEvent) -> str:
    """The answer as JSON text. Its hash becomes a part of the rows that it tells of."""
    for row in rows:
        row["answer_sha256"] = fingerprint_answer(answer)
    return json.dumps(answer, separators=(",", ":"))


def fingerprint_answer(answer: PaymentAndEvent | PaymentsAndEvent) -> str:
    """Of all that was answered but guests' names and addresses, which may be erased later."""
    event = answer["event"]
    guests = [guest["guest_id"] for guest in event["guests"]]
    waivers = {name: value for name, value in event["waivers"].items() if name != "missing"}
    kept = {**answer, "event": {**event, "guests": guests, "waivers": waivers}}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
