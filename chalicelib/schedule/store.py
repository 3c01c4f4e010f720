"""The schedule in the table: its entries, in pieces by their start; and the holds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.boats.fields import BoatDetails
from chalicelib.core import times
from chalicelib.core.audit import AuditEvent, audit_item
from chalicelib.core.dynamo import (
    Item,
    db,
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
from chalicelib.core.idempotency import key_item
from chalicelib.people.fields import PersonDetails
from chalicelib.register.store import BOAT, PERSON, Kind, Record, record_key, to_record
from chalicelib.schedule.entries import LONGEST_PIECE, Assigned, Entry, WeeklyHold
from chalicelib.schedule.fields import HoldDetails, HoldStatus, Override

SCHEDULE, HOLDS, _EXPIRY = "SCHEDULE", "HOLDS", "HOLD_EXPIRY"


class Hold(NamedTuple):
    hold_id: str
    details: HoldDetails
    status: HoldStatus
    version: int
    override: Override | None = None
    updated_at: str = ""
    """When its version was made."""


# --- entries ----------------------------------------------------------------------------------------


def read_entries(first: str, last: str, *, with_cancelled: bool = False) -> list[Entry]:
    """Those that overlap the time from `first` up to before `last`, each once, in any order: one Query.

    Charters that were called off are left out unless they are asked for. Pieces are searched from one length
    before, for one that begins there may reach into that time.
    """
    earliest = times.format_instant(times.parse_instant(first) - LONGEST_PIECE)
    items = query_items(
        KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
        ExpressionAttributeValues={":pk": s(SCHEDULE), ":first": s(earliest), ":last": s(last)},
        ConsistentRead=True,
    )
    found = {(entry.kind, entry.entry_id): entry for entry in map(_to_entry, items)}
    return [
        entry
        for entry in found.values()
        if entry.starts_at < last and entry.ends_at > first and (with_cancelled or entry.status != "cancelled")
    ]


def entry_writes(after: Entry | None, before: Entry | None) -> list[Item]:
    """The writes that put an entry in the place of the one before; None is none."""
    if after == before:
        return []
    new, old = entry_items(after), entry_items(before)
    gone = [item for key, item in old.items() if key not in new]
    return [
        *map(put_write, new.values()),
        *({"Delete": {"TableName": table_name(), "Key": {"PK": item["PK"], "SK": item["SK"]}}} for item in gone),
    ]


def entry_items(entry: Entry | None) -> dict[str, Item]:
    """Its pieces by their sort key."""
    if entry is None:
        return {}
    keys = [f"{piece}#{entry.kind}#{entry.entry_id}#{number:02d}" for number, piece in enumerate(entry.pieces())]
    return {key: {**item_key(SCHEDULE, key), "data": json_s(entry._asdict())} for key in keys}


def _to_entry(item: Item) -> Entry:
    data = load_data(item)
    people, asked = tuple(Assigned(*person) for person in data["people"]), tuple(data.get("asked", ()))
    return Entry(**{**data, "people": people, "asked": asked})


# --- who is booked: boats and people with the counters of their schedules ------------------------------


class Named(NamedTuple):
    """The boats and people that an entry names, as they are now."""

    boats: Mapping[str, Record[BoatDetails]]
    people: Mapping[str, Record[PersonDetails]]
    weekly: Mapping[str, Sequence[WeeklyHold]]
    """The repeating holds of each boat."""
    request: Item | None = None
    """The request that took the key that was asked for."""


def read_named(boat_ids: Iterable[str], person_ids: Iterable[str], request_key: str = "") -> Named:
    """One read, and none where nothing is named. What there is none of is left out."""
    keys = [
        *(record_key(BOAT, boat_id) for boat_id in boat_ids),
        *(record_key(PERSON, person_id) for person_id in person_ids),
    ]
    if not keys:
        return Named({}, {}, {})
    return to_named(read_items([*keys, *([key_item(request_key)] if request_key else [])]))


def to_named(items: Sequence[Item]) -> Named:
    """The boats and people among items that were read together."""
    boats = {one["SK"]["S"].partition("#")[2]: one for one in items if one["PK"]["S"] == BOAT.list_key}
    people = (to_record(one) for one in items if one["PK"]["S"] == PERSON.list_key)
    return Named(
        boats={boat_id: to_record(item) for boat_id, item in boats.items()},
        people={person.record_id: person for person in people},
        weekly={boat_id: weekly_holds(item) for boat_id, item in boats.items()},
        request=next((one for one in items if one["SK"]["S"] == "REQUEST"), None),
    )


def list_boats() -> list[tuple[Record[BoatDetails], Sequence[WeeklyHold]]]:
    """Every boat with its repeating holds: one Query."""
    items = query_items(
        KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(BOAT.list_key)}, ConsistentRead=True
    )
    return [(to_record(item), weekly_holds(item)) for item in items]


def weekly_holds(boat: Item) -> Sequence[WeeklyHold]:
    return [WeeklyHold(**one) for one in json.loads(boat["weekly_holds"]["S"])] if "weekly_holds" in boat else []


def count_booking(kind: Kind, seen: Record[Any], weekly: Sequence[WeeklyHold] | None = None) -> Item:
    """The write that counts a booking of a boat or a person that is still booked as it was `seen`.

    Two who book at once have seen the same count, and one of them fails. `weekly` replaces a boat's repeating holds.
    """
    change, values = "SET schedule_seq = :next", {":next": n(seen.schedule_seq + 1), ":seen": n(seen.schedule_seq)}
    if weekly is not None:
        change += ", weekly_holds = :weekly"
        values[":weekly"] = s(json.dumps([one._asdict() for one in weekly], ensure_ascii=False, separators=(",", ":")))
    return {"Update": update(record_key(kind, seen.record_id), change, values, "schedule_seq = :seen")}


# --- holds ------------------------------------------------------------------------------------------


def put_hold(hold: Hold, audit: AuditEvent, also: Sequence[Item], request: Sequence[Item] = ()) -> None:
    """Makes a hold. Raises AlreadyExists if its `request` was taken before, or WriteConflict."""
    made = put_write({**hold_key(hold.hold_id), **_attributes(hold, audit["at"])}, only_new=True)
    write_all([*request, made, *also, _audit_write(hold, audit)], unique=0)


def change_hold(hold: Hold, seen: Hold, audit: AuditEvent, also: Sequence[Item]) -> None:
    """Replaces a hold that is still as it was seen. Raises WriteConflict."""
    item = {**hold_key(hold.hold_id), **_attributes(hold, audit["at"])}
    change = put_write(item, condition="version = :seen", values={":seen": n(seen.version)})
    write_all([change, *also, _audit_write(hold, audit)])


def read_hold(hold_id: str) -> Hold | None:
    item = read_item(hold_key(hold_id))
    return to_hold(item) if item else None


def list_holds() -> list[Hold]:
    """All there ever were, in any order: one Query."""
    items = query_items(
        KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": s(HOLDS)}, ConsistentRead=True
    )
    return [to_hold(item) for item in items]


def list_expired(now: str, limit: int) -> list[str]:
    """The ids of options that are to be freed, those that ended first at the front."""
    page = db().query(
        TableName=table_name(),
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk AND by_date_sk < :now",
        ExpressionAttributeValues={":pk": s(_EXPIRY), ":now": s(f"{now}~")},
        Limit=limit,
    )
    return [item["by_date_sk"]["S"].partition("#")[2] for item in page["Items"]]


def hold_key(hold_id: str) -> Item:
    return item_key(HOLDS, f"HOLD#{hold_id}")


def _attributes(hold: Hold, at: str) -> Item:
    expires_at = hold.details["expires_at"] if hold.status == "held" else None
    to_expire = {"by_date_pk": s(_EXPIRY), "by_date_sk": s(f"{expires_at}#{hold.hold_id}")} if expires_at else {}
    data = {"details": hold.details, "override": hold.override}
    now = {"status": s(hold.status), "version": n(hold.version), "updated_at": s(at)}
    return {"data": json_s(data), **now, **to_expire}


def to_hold(item: Item) -> Hold:
    hold_id = item["SK"]["S"].partition("#")[2]
    return Hold(
        hold_id,
        status=item["status"]["S"],
        version=int(item["version"]["N"]),
        updated_at=item["updated_at"]["S"],
        **load_data(item),
    )


def _audit_write(hold: Hold, audit: AuditEvent) -> Item:
    return put_write(audit_item(f"HOLD#{hold.hold_id}", audit))
