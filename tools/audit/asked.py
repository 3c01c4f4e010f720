"""Whether a row is what was asked to be logged: the fingerprint of its request, made anew from the row. Pure."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.core import fields
from chalicelib.payments.answers import NOT_LOGGED
from chalicelib.payments.fields import BatchRow, Correction, Corrects, NewBatch, NewPayment, Payment

Options = Mapping[str, Sequence[object]]

# What the charter and the clock fill in where a request leaves it out.
FILLED = ("currency", "payer", "received_at")
NOTIFY = (True, False)


def is_of_request(fingerprint: str, row: Payment) -> bool:
    """Whether a request of this fingerprint can have made this row."""
    if row["corrects"]:
        return _is_of_correction(fingerprint, row, row["corrects"])
    options = {name: (row[name],) for name in NewPayment._fields if name in row}  # type: ignore[literal-required]
    return _is_one_of(fingerprint, NewPayment, {**options, **_filled(row), "notify": NOTIFY})


def _is_of_correction(fingerprint: str, row: Payment, corrects: Corrects) -> bool:
    """What was taken from the corrected payment was not in the request."""
    options: dict[str, Sequence[object]] = {}
    for name in Correction._fields:
        if name in row:
            value = row[name]  # type: ignore[literal-required]
            options[name] = (None,) if name in row["taken"] else (value,)
    for name in ("refund_of", "duplicate_of"):
        options[name] = (None, row[name])  # type: ignore[literal-required]
    if "payer" not in row["taken"]:
        options["payer"] = ("", row["payer"])
    options["corrects"] = [
        {**corrects, "event_id": event_id}
        for event_id in (corrects["event_id"], None)
        if event_id or corrects["event_id"] == row["event_id"]
    ]
    return _is_one_of(fingerprint, Correction, {**options, "notify": NOTIFY})


def is_of_batch(fingerprint: str, batch_id: str, rows: Sequence[Payment]) -> bool:
    """Whether a batch of this fingerprint can have made these rows, in this order."""
    own, *of_rows = fingerprint.split(" ")
    options: Options = {"batch_id": (batch_id,), "payments": ([],), "notify": NOTIFY}
    return (
        len(of_rows) == len(rows) and _is_one_of(own, NewBatch, options) and all(map(_is_of_batch_row, of_rows, rows))
    )


def _is_of_batch_row(fingerprint: str, row: Payment) -> bool:
    options = {name: (row[name],) for name in BatchRow._fields}  # type: ignore[literal-required]
    return _is_one_of(fingerprint, BatchRow, {**options, **_filled(row)}, asked={})


def _filled(row: Payment) -> Options:
    return {name: ("", row[name]) for name in FILLED}  # type: ignore[literal-required]


def _is_one_of(fingerprint: str, table: type, options: Options, asked: Mapping[str, object] = NOT_LOGGED) -> bool:
    return any(
        fields.fingerprint(table, {**dict(zip(options, values, strict=True)), **asked}) == fingerprint
        for values in _combinations(options.values())
    )


def _combinations(options: Iterable[Sequence[object]]) -> Iterable[tuple[object, ...]]:
    return itertools.product(*options)
