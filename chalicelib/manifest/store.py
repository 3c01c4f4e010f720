"""What happens at the dock: who came aboard, the briefing, the manifest frozen at departure, reminders."""

from typing import Any

from chalicelib.charters.store import EventRecord, event_key
from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    is_new,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    s,
    table_name,
)
from chalicelib.mail.store import Mail, mail_writes

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


def put_dock_note(event_id: str, name: str, note: dict[str, Any], audit: AuditEvent) -> bool:
    """Replaces the note; False if it says the same `state` already. Raises WriteConflict, also after departure."""
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
    return is_new([put, {"ConditionCheck": not_departed}, {"Update": count}, put_write(audit_item(event_id, audit))])


def put_departure(seen: EventRecord, departure: dict[str, Any], audit: AuditEvent, mail: Mail | None) -> bool:
    """Keeps the frozen manifest, once; False if there is one already.

    Raises WriteConflict if somebody was ticked off, signed, or edited the charter since it was seen.
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
    return is_new([put, {"ConditionCheck": unmoved}, audit_row, *mail_writes(mail)])


def _departure_key(event_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", f"{_DOCK}DEPARTURE")
