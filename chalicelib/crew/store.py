"""What the sweep does about positions, in the table: those who are late, and mails that did not reach anybody."""

from typing import NamedTuple

from chalicelib.charters.store import ASKS
from chalicelib.core.dynamo import Item, db, item_key, put_write, s, table_name

BATCH = 10


class Due(NamedTuple):
    """Something about a position that the sweep has to see to."""

    key: Item
    event_id: str
    position_id: str
    bounced: int | None
    """The number of the asked whose mail could not be delivered; None where time is up."""


def list_due(now: str) -> list[Due]:
    """What is due, the longest waiting first: one Query."""
    page = db().query(
        TableName=table_name(),
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :now",
        ExpressionAttributeValues={":pk": s(ASKS), ":now": s(f"{now}~")},
        Limit=BATCH,
    )
    return [_to_due(item) for item in page["Items"]]


def bounce_write(event_id: str, position_id: str, number: int, at: str) -> Item:
    """The write that notes, in the mail's own transaction, that whoever was asked as this number was not reached."""
    key = item_key(f"EVENT#{event_id}", f"ASK#{position_id}#BOUNCED#{number:02d}")
    due = f"{at}#{event_id}#{position_id}#{number}"
    return put_write({**key, "by_date_pk": s(ASKS), "by_date_sk": s(due)})


def done_write(due: Due) -> Item:
    """The write that forgets a mail that did not arrive, as part of the transaction that sees to it."""
    return {"Delete": {"TableName": table_name(), "Key": due.key}}


def forget(due: Due) -> None:
    """There is nothing to do about it any more. What is waited for stays: only its charter's write takes it away."""
    if due.bounced is not None:
        db().delete_item(TableName=table_name(), Key=due.key)


def _to_due(item: Item) -> Due:
    _, event_id, position_id, *number = item["by_date_sk"]["S"].split("#")
    key = {"PK": item["PK"], "SK": item["SK"]}
    return Due(key, event_id, position_id, int(number[0]) if number else None)
