"""What happens at the dock: who came aboard, the briefing, the manifest frozen at departure, reminders."""

from typing import Any

from chalicelib.store.events import EventRecord, audit_item, event_key
from chalicelib.store.mail import Mail, owed
from chalicelib.store.table import (
    Exists,
    Item,
    Moved,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    read_items,
    s,
    table_name,
    write_all,
)

# Sorts before EVENT, so that reading a charter with its payments leaves it out.
_DOCK = "DOCK#"


def read_dock(event_id: str) -> dict[str, dict[str, Any]]:
    """Each note by its name: BRIEFING, DEPARTURE, PERSON#<id>."""
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :dock)",
        ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":dock": s(_DOCK)},
        ConsistentRead=True,
    )
    return {item["SK"]["S"].removeprefix(_DOCK): load_data(item) for item in items}


def put_dock_note(event_id: str, name: str, note: dict[str, Any], audit: dict[str, Any]) -> bool:
    """Replaces the note unless it says the same `state`; False if it did. Raises Moved, also after departure."""
    put = put_write(
        {**item_key(f"EVENT#{event_id}", _DOCK + name), "state": s(note["state"]), "data": json_s(note)},
        only_new=True,
    )
    put["Put"] |= {
        "ConditionExpression": "attribute_not_exists(PK) OR #state <> :state",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":state": s(note["state"])},
    }
    not_departed: Item = {
        "TableName": table_name(),
        "Key": _departure_key(event_id),
        "ConditionExpression": "attribute_not_exists(PK)",
    }
    count: Item = {
        "TableName": table_name(),
        "Key": event_key(event_id),
        "UpdateExpression": "ADD dock_seq :one",
        "ConditionExpression": "attribute_exists(PK)",
        "ExpressionAttributeValues": {":one": n(1)},
    }
    return _write_new(
        [put, {"ConditionCheck": not_departed}, {"Update": count}, put_write(audit_item(event_id, audit))]
    )


def put_departure(seen: EventRecord, departure: dict[str, Any], audit: dict[str, Any], mail: Mail | None) -> bool:
    """Keeps the frozen manifest, once; False if there is one already.

    Raises Moved if somebody was ticked off, signed, or edited the charter since it was seen.
    """
    put = put_write({**_departure_key(seen.event_id), "data": json_s(departure)}, only_new=True)
    unmoved: Item = {
        "TableName": table_name(),
        "Key": event_key(seen.event_id),
        "ConditionExpression": "version = :version AND signed_count = :signed AND "
        + ("dock_seq = :dock" if seen.dock_seq else "attribute_not_exists(dock_seq)"),
        "ExpressionAttributeValues": {":version": n(seen.version), ":signed": n(seen.signed_count)},
    }
    if seen.dock_seq:
        unmoved["ExpressionAttributeValues"][":dock"] = n(seen.dock_seq)
    audit_row = put_write(audit_item(seen.event_id, audit))
    return _write_new([put, {"ConditionCheck": unmoved}, audit_row, *owed(mail)])


def _departure_key(event_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", f"{_DOCK}DEPARTURE")


def owe_once(mail: Mail, reminder: str, now_s: int, again_s: int) -> bool:
    """Owes the mail unless one under the same `reminder` was owed that may not come again yet. Raises Moved."""
    put = put_write(
        {
            **item_key(f"THROTTLE#{reminder}", f"THROTTLE#{reminder}"),
            "not_before": n(again_s),
            "ttl": n(again_s + 3600),
        }
    )
    put["Put"] |= {
        "ConditionExpression": "attribute_not_exists(PK) OR not_before <= :now",
        "ExpressionAttributeValues": {":now": n(now_s)},
    }
    return _write_new([put, *owed(mail)])


def _write_new(writes: list[Item]) -> bool:
    try:
        write_all(writes, unique=0)
    except Exists:
        return False
    return True


_HEAD, _MAILED = item_key("WAIVER_CHAIN", "HEAD"), item_key("WAIVER_CHAIN", "MAILED")


def read_head_to_mail() -> tuple[int, str, int]:
    """How many records the chain has, the hash of the last, and how many the last mail told of."""
    found = {item["SK"]["S"]: item for item in read_items([_HEAD, _MAILED])}
    seq, head = (int(found["HEAD"]["seq"]["N"]), found["HEAD"]["hash"]["S"]) if "HEAD" in found else (0, "")
    return seq, head, int(found["MAILED"]["seq"]["N"]) if "MAILED" in found else 0


def owe_head_mail(mail: Mail, seq: int, seen: int) -> bool:
    """Owes the mail that tells of a chain of `seq` records, once under its id; False if it is owed already."""
    mark: Item = {
        "TableName": table_name(),
        "Key": _MAILED,
        "UpdateExpression": "SET seq = :seq",
        "ConditionExpression": "seq = :seen" if seen else "attribute_not_exists(PK)",
        "ExpressionAttributeValues": {":seq": n(seq), **({":seen": n(seen)} if seen else {})},
    }
    try:
        return _write_new([*owed(mail), {"Update": mark}])
    except Moved:
        return False
