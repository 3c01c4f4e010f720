"""What the sweep does about positions, in the table: those who are late, and mails that did not reach anybody."""

from itertools import islice
from typing import NamedTuple

from chalicelib.charters.position_items import ASKS, HELD
from chalicelib.core.dynamo import Item, db, item_key, put_write, query_items, s, table_name

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
    items = query_items(
        KeyConditionExpression="PK = :pk AND SK < :now",
        ExpressionAttributeValues={":pk": s(ASKS), ":now": s(f"{now}~")},
        ConsistentRead=True,
        Limit=BATCH,
    )
    return [_to_due(item) for item in islice(items, BATCH)]


def list_held() -> list[str]:
    """The ids of charters with positions that wait for a captain: one Query."""
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :held)",
        ExpressionAttributeValues={":pk": s(ASKS), ":held": s(f"{HELD}#")},
    )
    return list(dict.fromkeys(item["SK"]["S"].split("#")[1] for item in items))


def bounce_write(event_id: str, position_id: str, number: int, at: str) -> Item:
    """The write that notes, in the mail's own transaction, that the person asked as this number was not reached."""
    return put_write(item_key(ASKS, f"{at}#{event_id}#{position_id}#{number}"))


def done_write(due: Due) -> Item:
    """The write that forgets a mail that did not arrive, as part of the transaction that sees to it."""
    return {"Delete": {"TableName": table_name(), "Key": due.key}}


def forget(due: Due) -> None:
    """There is nothing to do about it any more. What is waited for stays: only its charter's write takes it away."""
    if due.bounced is not None:
        db().delete_item(TableName=table_name(), Key=due.key)


def _to_due(item: Item) -> Due:
    _, event_id, position_id, *number = item["SK"]["S"].split("#")
    key = {"PK": item["PK"], "SK": item["SK"]}
    return Due(key, event_id, position_id, int(number[0]) if number else None)
