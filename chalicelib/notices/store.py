"""Changes in the table whose mails are not all queued yet."""

from collections.abc import Sequence

from chalicelib.core.dynamo import (
    Item,
    db,
    is_new,
    is_written,
    item_key,
    json_s,
    load_data,
    put_write,
    query_items,
    read_items,
    s,
    table_name,
)
from chalicelib.mail.store import Mail, mail_key, mail_writes
from chalicelib.notices.mails import Change
from chalicelib.waivers.store import found_by_writes

NOTICES = "NOTICES"
BATCH = 10


def change_write(change: Change, due_at: str) -> Item:
    """The write that has a change told, in the transaction that makes it. From `due_at` on the schedule does it."""
    return put_write({**_key(change), "due_at": s(due_at), "data": json_s(change._asdict())})


def list_due(now: str) -> list[Change]:
    """At most ten changes that whoever made them has not told of."""
    items = query_items(
        KeyConditionExpression="PK = :pk",
        FilterExpression="due_at < :now",
        ExpressionAttributeValues={":pk": s(NOTICES), ":now": s(now)},
        ConsistentRead=True,
    )
    return [Change(**load_data(item)) for item, _ in zip(items, range(BATCH), strict=False)]


def close(change: Change) -> None:
    """Forgets a change whose mails are all queued."""
    is_written(db().delete_item, TableName=table_name(), Key=_key(change))


def find_queued(mail_ids: Sequence[str]) -> set[str]:
    """Those of these mails that were queued before."""
    return {item["PK"]["S"].removeprefix("MAIL#") for item in read_items(list(map(mail_key, mail_ids)))}


def queue(mail: Mail, about: Sequence[str]) -> bool:
    """Queues a mail about these guests and records; False if it was queued before. Raises WriteConflict."""
    return is_new([*mail_writes(mail), *found_by_writes(mail, about)])


def _key(change: Change) -> Item:
    return item_key(NOTICES, f"{change.event_id}#{change.version:06d}")
