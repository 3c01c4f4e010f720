"""Payments and the acts on them: rows that are only ever added."""

from collections.abc import Iterator

from chalicelib.charters.store import Charter, charter_key
from chalicelib.core.dynamo import (
    Item,
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


def append_payment(
    charter: Charter,
    payment: Payment,
    sums: Sums,
    fingerprint: str,
    answer: str,
    mail: Mail | None,
) -> None:
    """One transaction: the row, the event's sums, the queued mail, the entry "to clear".

    Raises AlreadyExists or WriteConflict.
    """
    row = {
        **item_key(f"EVENT#{charter.event_id}", f"PAYMENT#{payment['payment_id']}"),
        **ledger_keys(payment, ""),
        "data": json_s({name: value for name, value in payment.items() if name != "receipt"}),
        "receipt": s(payment["receipt"]),
        "fingerprint": s(fingerprint),
        "answer": s(answer),
    }
    writes = [put_write(row, only_new=True), _update_sums(charter, sums, payment["recorded_at"]), *mail_writes(mail)]
    if payment["status"] == "received":
        writes.append(put_write(to_clear_key(payment)))
    write_all(writes, unique=0)


def append_act(charter: Charter, payment: PaymentRow, act: Act, sums: Sums, mail: Mail | None) -> None:
    """One transaction: the act on a payment, the event's sums, the queued mail.

    Raises AlreadyExists or WriteConflict.
    """
    name = act["act"].upper()
    row = {
        **item_key(f"EVENT#{charter.event_id}", f"PAYMENT#{payment['payment_id']}#{name}"),
        **ledger_keys(payment, f"#{name}"),
        "data": json_s(act),
    }
    writes = [put_write(row, only_new=True), _update_sums(charter, sums, act["at"]), *mail_writes(mail)]
    if payment["status"] == "received":
        writes.append({"Delete": {"TableName": table_name(), "Key": to_clear_key(payment)}})
    write_all(writes, unique=0)


def read_payment_item(event_id: str, payment_id: str) -> Item | None:
    return read_item(item_key(f"EVENT#{event_id}", f"PAYMENT#{payment_id}"))


def receipt_write(payment: PaymentJson, receipt: str) -> Item:
    """Changes a payment's `receipt`, as part of a transaction."""
    key = item_key(f"EVENT#{payment['event_id']}", f"PAYMENT#{payment['payment_id']}")
    return {"Update": update(key, "SET receipt = :receipt", {":receipt": s(receipt)}, "attribute_exists(PK)")}


def has_act(event_id: str, payment_id: str, act: str) -> bool:
    return read_payment_item(event_id, f"{payment_id}#{act}") is not None


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
    """Of a payment's row: the fingerprint of the request and the body that answered it."""
    return item["fingerprint"]["S"], item["answer"]["S"]


def _update_sums(charter: Charter, sums: Sums, at: str) -> Item:
    values = {
        ":money": json_s(sums._asdict()),
        ":next": n(charter.ledger_seq + 1),
        ":seen": n(charter.ledger_seq),
        # It never goes back, though clocks differ: readers take the later of two states for the newer.
        ":at": s(max(at, charter.updated_at)),
    }
    change = "SET money = :money, ledger_seq = :next, updated_at = :at"
    return {"Update": update(charter_key(charter.event_id), change, values, "ledger_seq = :seen")}


def ledger_keys(payment: PaymentRow, act: str) -> Item:
    return {
        "by_date_pk": s("LEDGER"),
        "by_date_sk": s(f"{payment['received_at']}#{payment['payment_id']}{act}"),
    }


def to_clear_key(payment: PaymentRow) -> Item:
    return item_key(_TO_CLEAR, f"{payment['received_at']}#{payment['payment_id']}#{payment['event_id']}")
