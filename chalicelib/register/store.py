"""Boats and people in the table: listed, made, edited, their links renewed."""

from typing import Any, Generic, NamedTuple, TypeVar

from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    read_item,
    s,
    update,
    write_all,
)
from chalicelib.core.idempotency import key_write
from chalicelib.register.fields import RegisteredDetails

Details = TypeVar("Details", bound=RegisteredDetails)


class Kind(NamedTuple):
    noun: str
    list_key: str
    """The partition of all of them."""
    name: str
    """What the keys of each one begin with."""


BOAT = Kind("boat", "BOATS", "BOAT")
PERSON = Kind("person", "PEOPLE", "PERSON")
KINDS = {kind.noun: kind for kind in (BOAT, PERSON)}
_PAPERS_CHECKED = item_key("PAPERS", "CHECKED")


class Record(NamedTuple, Generic[Details]):
    """A boat or a person."""

    record_id: str
    details: Details
    """What an admin edits."""
    version: int = 1
    """Counts edits."""
    link_number: int = 0
    """Counts renewals of its private link."""
    schedule_seq: int = 0
    """Counts what was booked on it: a booking names the one that it has seen."""


RegisteredRecord = Record[Any]
"""A boat or a person, whichever it is."""


def put_record(kind: Kind, record: Record[Any], audit: AuditEvent, request_key: str, fingerprint: str) -> None:
    """Raises AlreadyExists, with the earlier request under the same key, if that key was used."""
    made = put_write({**record_key(kind, record.record_id), **_attributes(record)}, only_new=True)
    writes = [*key_write(request_key, record.record_id, fingerprint), made, _audit_write(kind, record.record_id, audit)]
    write_all(writes, unique=0)


def list_records(kind: Kind) -> list[Record[Any]]:
    """All of them, in any order: one Query."""
    items = query_items(
        KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(kind.list_key)}, ConsistentRead=True
    )
    return [to_record(item) for item in items]


def read_record(kind: Kind, record_id: str) -> Record[Any] | None:
    item = read_item(record_key(kind, record_id))
    return to_record(item) if item else None


def update_record(kind: Kind, seen: Record[Any], details: RegisteredDetails, audit: AuditEvent) -> None:
    """Replaces what an admin edits. Raises WriteConflict if it was edited since it was seen.

    One that is set inactive must also be booked for nothing since it was seen, and what books it meanwhile fails.
    """
    values = {":data": json_s(details), ":version": n(seen.version + 1), ":seen": n(seen.version)}
    change, condition = "SET #data = :data, version = :version", "version = :seen"
    if seen.details["active"] and not details["active"]:
        change += ", schedule_seq = :next_seq"
        condition += " AND schedule_seq = :seen_seq"
        values |= {":next_seq": n(seen.schedule_seq + 1), ":seen_seq": n(seen.schedule_seq)}
    edit = {"Update": update(record_key(kind, seen.record_id), change, values, condition)}
    write_all([edit, _audit_write(kind, seen.record_id, audit)])


def renew_link(kind: Kind, seen: Record[Any], audit: AuditEvent) -> None:
    """The private link of before opens nothing any more. Raises WriteConflict if it was renewed since it was seen."""
    values = {":next": n(seen.link_number + 1), ":seen": n(seen.link_number)}
    change = update(record_key(kind, seen.record_id), "SET link_number = :next", values, "link_number = :seen")
    write_all([{"Update": change}, _audit_write(kind, seen.record_id, audit)])


def read_papers_checked() -> str:
    """The day, of the operator, that all papers were looked through last; empty if they never were."""
    item = read_item(_PAPERS_CHECKED)
    return item["day"]["S"] if item else ""


def put_papers_checked(day: str) -> None:
    write_all([put_write({**_PAPERS_CHECKED, "day": s(day)})])


def record_key(kind: Kind, record_id: str) -> Item:
    return item_key(kind.list_key, f"{kind.name}#{record_id}")


def to_record(item: Item) -> Record[Any]:
    return Record(
        record_id=item["SK"]["S"].partition("#")[2],
        details=load_data(item),
        version=int(item["version"]["N"]),
        link_number=int(item["link_number"]["N"]),
        schedule_seq=int(item["schedule_seq"]["N"]),
    )


def _attributes(record: Record[Any]) -> Item:
    return {
        "data": json_s(record.details),
        "version": n(record.version),
        "link_number": n(record.link_number),
        "schedule_seq": n(record.schedule_seq),
    }


def _audit_write(kind: Kind, record_id: str, audit: AuditEvent) -> Item:
    return put_write(audit_item(f"{kind.name}#{record_id}", audit))
