"""Signed waivers in their chain, the texts they sign, and what happened to a charter."""

from collections.abc import Sequence
from typing import Any

from chalicelib.store.events import EventRecord, audit_item, event_key, to_event
from chalicelib.store.mail import Mail, owed
from chalicelib.store.table import (
    Item,
    Moved,
    db,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    s,
    table_name,
    write_all,
)

_CURRENT_VERSION = item_key("WAIVER_VERSION#CURRENT", "CURRENT")
_CHAIN_HEAD = item_key("WAIVER_CHAIN", "HEAD")


def read_signing(event_id: str) -> tuple[EventRecord | None, dict[str, Any] | None]:
    """The event and the waiver version that is current: one read."""
    answer = db().batch_get_item(
        RequestItems={table_name(): {"Keys": [event_key(event_id), _CURRENT_VERSION], "ConsistentRead": True}}
    )
    found = {item["SK"]["S"]: item for item in answer["Responses"].get(table_name(), [])}
    if answer.get("UnprocessedKeys"):
        raise Moved
    return (
        to_event(found["EVENT"]) if "EVENT" in found else None,
        load_data(found["CURRENT"]) if "CURRENT" in found else None,
    )


def read_chain_head() -> tuple[int, str]:
    """How many records the chain has and the hash of the last; (0, "") before the first."""
    item = db().get_item(TableName=table_name(), Key=_CHAIN_HEAD, ConsistentRead=True).get("Item")
    return (int(item["seq"]["N"]), item["hash"]["S"]) if item else (0, "")


def append_waivers(
    event_id: str, records: Sequence[dict[str, Any]], seen_seq: int, audit: dict[str, Any], mail: Mail | None
) -> None:
    """One transaction: the records, the chain's head, the event's count, the owed mail. Raises Exists or Moved.

    Moved also says that the text they sign is no longer the current one.
    """
    head = records[-1]
    move_head: Item = {
        "TableName": table_name(),
        "Key": _CHAIN_HEAD,
        "UpdateExpression": "SET seq = :seq, #hash = :hash",
        "ConditionExpression": "seq = :seen" if seen_seq else "attribute_not_exists(PK)",
        "ExpressionAttributeNames": {"#hash": "hash"},
        "ExpressionAttributeValues": {":seq": n(head["seq"]), ":hash": s(head["record_hash"])},
    }
    if seen_seq:
        move_head["ExpressionAttributeValues"][":seen"] = n(seen_seq)
    count = {
        "TableName": table_name(),
        "Key": event_key(event_id),
        "UpdateExpression": "ADD signed_count :signed",
        "ConditionExpression": "attribute_exists(PK) AND #status <> :cancelled",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":signed": n(len(records)), ":cancelled": s("cancelled")},
    }
    rows = [
        put_write(
            {
                **item_key(f"EVENT#{event_id}", f"WAIVER#{record['waiver_id']}"),
                "by_date_pk": s("WAIVERS"),
                "by_date_sk": s(f"{record['seq']:012d}"),
                "data": json_s(record),
            },
            only_new=True,
        )
        for record in records
    ]
    same_text = {
        "TableName": table_name(),
        "Key": _CURRENT_VERSION,
        "ConditionExpression": "waiver_version = :signed",
        "ExpressionAttributeValues": {":signed": s(head["waiver_version"])},
    }
    others = [{"Update": move_head}, {"Update": count}, {"ConditionCheck": same_text}]
    write_all([*rows, *others, put_write(audit_item(event_id, audit)), *owed(mail)], unique=0)


def read_waiver(event_id: str, waiver_id: str) -> dict[str, Any] | None:
    key = item_key(f"EVENT#{event_id}", f"WAIVER#{waiver_id}")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return load_data(item) if item else None


def list_audit(event_id: str) -> list[dict[str, Any]]:
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :audit)",
        ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":audit": s("AUDIT#")},
        ConsistentRead=True,
    )
    return [load_data(item) for item in items]


def list_chain() -> list[dict[str, Any]]:
    """Every signed waiver, in the chain's order."""
    items = query_items(
        IndexName="by_date", KeyConditionExpression="by_date_pk = :pk", ExpressionAttributeValues={":pk": s("WAIVERS")}
    )
    return [load_data(item) for item in items]


def publish_version(version: dict[str, Any], audit: dict[str, Any], *, only_first: bool = False) -> None:
    """Stores the version if its text is new, and makes it the current one, and notes who did. A stored version is never
    rewritten.

    Raises Moved; with `only_first` also Exists, when any version is current already.
    """
    store = {
        "TableName": table_name(),
        "Key": item_key(f"WAIVER_VERSION#{version['waiver_version']}", "VERSION"),
        "UpdateExpression": "SET #data = if_not_exists(#data, :data), by_date_pk = :pk, "
        "by_date_sk = if_not_exists(by_date_sk, :sk)",
        "ExpressionAttributeNames": {"#data": "data"},
        "ExpressionAttributeValues": {
            ":data": json_s(version),
            ":pk": s("WAIVER_VERSIONS"),
            ":sk": s(f"{version['published_at']}#{version['waiver_version']}"),
        },
    }
    current = put_write(
        {**_CURRENT_VERSION, "data": json_s(version), "waiver_version": s(version["waiver_version"])},
        only_new=only_first,
    )
    trail = item_key(f"WAIVER_VERSION#{version['waiver_version']}", f"AUDIT#{audit['at']}#{audit['audit_id']}")
    write_all([{"Update": store}, current, put_write({**trail, "data": json_s(audit)})], unique=1)


def read_version(waiver_version: str) -> dict[str, Any] | None:
    key = item_key(f"WAIVER_VERSION#{waiver_version}", "VERSION")
    item = db().get_item(TableName=table_name(), Key=key, ConsistentRead=True).get("Item")
    return load_data(item) if item else None


def read_current_version() -> dict[str, Any] | None:
    item = db().get_item(TableName=table_name(), Key=_CURRENT_VERSION, ConsistentRead=True).get("Item")
    return load_data(item) if item else None


def list_versions() -> list[dict[str, Any]]:
    items = query_items(
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": s("WAIVER_VERSIONS")},
        ScanIndexForward=False,
    )
    return [load_data(item) for item in items]
