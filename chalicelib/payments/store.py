"""Payments and the acts on them: rows that are only ever added."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.charters.store import Charter, charter_key, receivable_writes, unmoved_update
from chalicelib.core.audit import AuditEvent, history_item
from chalicelib.core.dynamo import (
    Item,
    check_write,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    read_item,
    read_items,
    s,
    table_name,
    update,
    write_all,
)
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.money.ledger import Sums
from chalicelib.payments.fields import Act, Payment, PaymentJson, PaymentRow

# A to-do list, not a record: a payment that is not cleared yet adds an entry; clear, void or bounce deletes it.
_TO_CLEAR = "TO_CLEAR"


class Posted(NamedTuple):
    """A charter before and after something was added to its ledger."""

    seen: Charter
    after: Charter


def after(charter: Charter, sums: Sums, at: str) -> Charter:
    """The charter after one more row or act. Its time never goes back, though clocks differ: readers take the later of
    two states for the newer.
    """
    return charter._replace(sums=sums, ledger_seq=charter.ledger_seq + 1, updated_at=max(at, charter.updated_at))


def append_payment(posted: Posted, payment: Payment, fingerprint: str, answer: str, mail: Mail | None) -> None:
    """One transaction: the row, the charter's sums, the queued mail, the entry "to clear".

    Raises AlreadyExists, with the item of the row, or WriteConflict.
    """
    write_all([*_row_writes(payment, fingerprint, answer), *_post(posted), *mail_writes(mail)], unique=0)


def append_act(posted: Posted, payment: PaymentRow, act: Act, mail: Mail | None) -> None:
    """One transaction: the act on a payment, the charter's sums, the queued mail.

    Raises AlreadyExists or WriteConflict.
    """
    write_all([*_act_writes(payment, act), *_post(posted), *mail_writes(mail)], unique=0)


def append_correction(
    posted: Sequence[Posted],
    payment: Payment,
    fingerprint: str,
    answer: str,
    corrected: PaymentRow,
    act: Act,
    mails: Sequence[Mail],
) -> None:
    """One transaction: the new row, the act that voids the corrected one, the sums of their charters, the mails.

    Raises AlreadyExists, with the item of the new row, or WriteConflict.
    """
    writes = [*_row_writes(payment, fingerprint, answer), *_act_writes(corrected, act)]
    writes += [write for each in posted for write in _post(each)]
    writes += [write for mail in mails for write in mail_writes(mail)]
    write_all(writes, unique=0)


def append_batch(
    posted: Posted,
    batch_id: str,
    payments: Sequence[Payment],
    fingerprint: str,
    answer: str,
    mail: Mail | None,
) -> None:
    """One transaction: the batch with its answer, its rows, the charter's sums, the queued mail.

    Raises AlreadyExists, with the item of the batch, or WriteConflict.
    """
    batch = {**_batch_key(posted.seen.event_id, batch_id), "fingerprint": s(fingerprint), "answer": s(answer)}
    rows = [write for payment in payments for write in _row_writes(payment)]
    write_all([put_write(batch, only_new=True), *rows, *_post(posted), *mail_writes(mail)], unique=0)


def _row_writes(payment: Payment, fingerprint: str = "", answer: str = "") -> list[Item]:
    """Of a batch each row stands without an answer of its own."""
    row = {
        **item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}"),
        **ledger_keys(payment, ""),
        "data": json_s({name: value for name, value in payment.items() if name != "receipt"}),
        "receipt": s(payment["receipt"]),
    }
    if answer:
        row |= {"fingerprint": s(fingerprint), "answer": s(answer)}
    waiting = [put_write(to_clear_key(payment))] if payment["status"] == "received" else []
    return [put_write(row, only_new=True), *waiting]


def _act_writes(payment: PaymentRow, act: Act) -> list[Item]:
    name = act["act"].upper()
    row = {
        **item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}#{name}"),
        **ledger_keys(payment, f"#{name}"),
        "data": json_s(act),
    }
    waits = payment["status"] == "received"
    ended = [{"Delete": {"TableName": table_name(), "Key": to_clear_key(payment)}}] if waits else []
    return [put_write(row, only_new=True), *ended]


def _post(posted: Posted) -> list[Item]:
    """Gives a charter its new sums, if it is as it was seen, and has the list of receivables say so."""
    seen, after = posted
    values = {
        ":money": json_s(after.sums._asdict()),
        ":next": n(after.ledger_seq),
        ":at": s(after.updated_at),
    }
    change = "SET money = :money, ledger_seq = :next, updated_at = :at"
    return [unmoved_update(seen, change, values), *receivable_writes(after, seen)]


def read_payment_item(event_id: str, payment_id: str) -> Item | None:
    return read_item(item_key(f"EVENT#{event_id}", f"PAYMENT#{payment_id}"))


def read_batch_item(event_id: str, batch_id: str) -> Item | None:
    return read_item(_batch_key(event_id, batch_id))


def _batch_key(event_id: str, batch_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", f"BATCH#{batch_id}")


def receipt_write(payment: PaymentJson, receipt: str) -> Item:
    """Changes a payment's `receipt`, as part of a transaction."""
    key = item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}")
    return {"Update": update(key, "SET receipt = :receipt", {":receipt": s(receipt)}, "attribute_exists(PK)")}


def list_ended(event_id: str, payment_ids: Sequence[str]) -> set[str]:
    """Those of these payments that were voided or bounced."""
    names = [f"PAYMENT#{payment_id}#{act}" for payment_id in payment_ids for act in ("VOID", "BOUNCE")]
    return {_ids(item)[1] for item in read_items([item_key(f"EVENT#{event_id}", name) for name in names])}


def read_tip_items(event_ids: Sequence[str]) -> list[Item]:
    """How the tips of these charters were shared out by hand, where they were."""
    return read_items([_tips_key(event_id) for event_id in event_ids])


def put_tips(seen: Charter, before: Item | None, shares: Item, audit: AuditEvent) -> None:
    """Notes how a charter's tips are shared out.

    Raises WriteConflict if its ledger has moved since it was seen, or the item with the shares is not as it was before.
    """
    unmoved = check_write(charter_key(seen.event_id), "ledger_seq = :seen", {":seen": n(seen.ledger_seq)})
    condition, values = ("#data = :seen", {":seen": before["data"]}) if before else ("attribute_not_exists(PK)", {})
    put = put_write({**_tips_key(seen.event_id), "data": shares}, condition=condition, values=values)
    write_all([put, unmoved, put_write(history_item(seen.event_id, audit))])


def _tips_key(event_id: str) -> Item:
    # Sorts behind what is read with a whole charter.
    return item_key(f"EVENT#{event_id}", "TIPS")


def list_ledger(first: str, last: str) -> Iterator[Item]:
    """Rows and acts whose payment was received in [first, last): one index partition, only that part of it."""
    return query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": s("LEDGER"), ":first": s(first), ":last": s(last)},
    )


def payment_of(item: Item) -> list[str]:
    """Equal for a row and its acts, which stand one after the other in the ledger's index."""
    return str(item["by_date_sk"]["S"]).split("#")[:2]


def list_to_clear() -> list[Item]:
    """Rows of all payments in the state `received`, in no order of theirs."""
    marks = query_items(
        KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(_TO_CLEAR)}, ConsistentRead=True
    )
    places = [mark["SK"]["S"].split("#") for mark in marks]
    return read_items([item_key(f"EVENT#{event_id}", f"PAYMENT#{payment_id}") for _, payment_id, event_id in places])


def is_act(item: Item) -> bool:
    """Whether an item of the ledger is an act on a payment, not the payment itself."""
    return str(item["SK"]["S"]).count("#") > 1


def to_payment(item: Item) -> tuple[tuple[str, str], Payment]:
    """A payment as it was logged, under the ids of its charter and its own."""
    return _ids(item), {**load_data(item), "receipt": item["receipt"]["S"]}  # type: ignore[typeddict-item]


def to_act(item: Item) -> tuple[tuple[str, str], Act]:
    """An act, under the ids of the charter and the payment."""
    return _ids(item), load_data(item)  # type: ignore[return-value]


def _ids(item: Item) -> tuple[str, str]:
    return item["PK"]["S"].partition("#")[2], item["SK"]["S"].split("#")[1]


def stored_answer(item: Item) -> tuple[str, str]:
    """Of a row or a batch: the fingerprint of the request and the body that answered it. A batch's row has neither."""
    return (item["fingerprint"]["S"], item["answer"]["S"]) if "answer" in item else ("", "")


def ledger_keys(payment: PaymentRow, act: str) -> Item:
    return {
        "by_date_pk": s("LEDGER"),
        "by_date_sk": s(f"{payment['received_at']}#{payment['payment_id']}{act}"),
    }


def to_clear_key(payment: PaymentRow) -> Item:
    return item_key(_TO_CLEAR, f"{payment['received_at']}#{payment['payment_id']}#{payment['event_id']}")
