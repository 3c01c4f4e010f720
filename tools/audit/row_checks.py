"""Rows that belong together: a correction with what it corrects, a batch with its rows. Pure."""

from collections.abc import Iterator, Sequence

from chalicelib.money.methods import METHODS
from chalicelib.payments.answers import fingerprint_answer
from chalicelib.payments.fields import Payment
from tools.audit.asked import is_of_batch
from tools.audit.records import Difference, Records


def find_row(records: Records, event_id: str, payment_id: str) -> Payment | None:
    return next((row for row in records.payments.get(event_id, ()) if row["payment_id"] == payment_id), None)


def state_at_log(records: Records, row: Payment) -> dict[str, object]:
    """What a row says of its state when it is logged: what was cleared stays so when it is corrected."""
    is_cleared = METHODS[row["method"]].cleared_on_receipt
    state: dict[str, object] = {
        "status": "cleared" if is_cleared else "received",
        "cleared_at": row["received_at"] if is_cleared else None,
        "clearance": None,
        "void": None,
        "bounce": None,
        "corrected_by": None,
        "first_logged_at": row["recorded_at"],
    }
    corrects = row["corrects"]
    old = find_row(records, corrects["event_id"], corrects["payment_id"]) if corrects else None
    if old and (row["event_id"], row["method"]) == (old["event_id"], old["method"]):
        state["first_logged_at"] = old["first_logged_at"]
    if old and old["cleared_at"] and not is_cleared:
        same = (row["method"], row["amount_cents"]) == (old["method"], old["amount_cents"])
        kept: dict[str, object] = {"status": "cleared", "cleared_at": old["cleared_at"], "clearance": old["clearance"]}
        state |= kept if same else {}
    return state


def check_corrections(records: Records, event_id: str) -> Iterator[Difference]:
    """A corrected payment and the one recorded instead name each other, and were written at once by one person."""
    for row in records.payments.get(event_id, ()):
        subject = f"payment {row['payment_id']} of charter {event_id}"
        if corrects := row["corrects"]:
            old = find_row(records, corrects["event_id"], corrects["payment_id"])
            if old is None or not _is_pair(old, row):
                yield Difference(subject, "corrects", "the payment that it corrects does not say so")
            elif any(row[name] != old[name] for name in row["taken"]):  # type: ignore[literal-required]
                yield Difference(subject, "taken", "it is not as the payment from which it was taken")
        if corrected_by := row["corrected_by"]:
            new = find_row(records, corrected_by["event_id"], corrected_by["payment_id"])
            if new is None or not _is_pair(row, new):
                yield Difference(subject, "corrected_by", "the payment that corrects it does not say so")


def _is_pair(old: Payment, new: Payment) -> bool:
    void, corrects, corrected_by = old["void"], new["corrects"], old["corrected_by"]
    if void is None or corrects is None or corrected_by is None:
        return False
    done = {"reason": corrects["reason"], "at": new["recorded_at"], "by": new["recorded_by"]}
    return void == done and (
        (corrects["event_id"], corrects["payment_id"], corrected_by["event_id"], corrected_by["payment_id"])
        == (old["event_id"], old["payment_id"], new["event_id"], new["payment_id"])
    )


def check_batches(records: Records, event_id: str) -> Iterator[Difference]:
    """A batch is what was asked for, and its rows are those of its answer."""
    rows = {row["payment_id"]: row for row in records.payments.get(event_id, ()) if row["batch_id"]}
    batches = records.batches.get(event_id, {})
    for batch_id in sorted({row["batch_id"] for row in rows.values()} - batches.keys()):
        yield Difference(f"batch {batch_id} of charter {event_id}", "batch", "it does not exist, but has rows")
    for batch_id, answer in batches.items():
        subject = f"batch {batch_id} of charter {event_id}"
        of_batch = [rows[one] for one in answer.payments if one in rows and rows[one]["batch_id"] == batch_id]
        count = sum(row["batch_id"] == batch_id for row in rows.values())
        if not of_batch or not len(of_batch) == count == len(answer.payments):
            yield Difference(subject, "rows", "it has other rows than it was answered with")
        elif not is_of_batch(answer.fingerprint, batch_id, of_batch):
            yield Difference(subject, "fingerprint", "it is not what was asked to be logged")
        elif not _is_sealed(answer.content, of_batch):
            yield Difference(subject, "answer", "what it was answered with was altered")


def _is_sealed(content: object, rows: Sequence[Payment]) -> bool:
    sealed = fingerprint_answer(content)  # type: ignore[arg-type]
    return all(row["answer_sha256"] == sealed for row in rows)
