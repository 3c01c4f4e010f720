"""What is noted as people come aboard: check-ins, the safety briefing, the manifest frozen at departure."""

from typing import Any, NamedTuple

from chalicelib.charters.store import (
    Charter,
    change_write,
    charter_data,
    charter_key,
    copy_writes,
    unmoved_update,
)
from chalicelib.core.audit import AuditEvent, history_item
from chalicelib.core.dynamo import (
    Item,
    check_write,
    is_new,
    item_key,
    json_s,
    load_data,
    n,
    put_write,
    query_items,
    s,
    update,
)
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.manifest.fields import Departure, Note

BRIEFING, _DEPARTURE = "BRIEFING", "DEPARTURE"
# Sorts before EVENT, so that reading a charter with its payments leaves these out.
_PREFIX = "BOARDING#"


class Notes(NamedTuple):
    people: dict[str, Note]
    """By the id of the signed waiver or of the listed guest."""
    briefing: Note | None
    departure: Departure | None


def read_notes(event_id: str) -> Notes:
    items = query_items(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :prefix)",
        ExpressionAttributeValues={":pk": s(f"EVENT#{event_id}"), ":prefix": s(_PREFIX)},
        ConsistentRead=True,
    )
    notes: dict[str, Any] = {item["SK"]["S"].removeprefix(_PREFIX): load_data(item) for item in items}
    briefing, departure = notes.pop(BRIEFING, None), notes.pop(_DEPARTURE, None)
    return Notes(people=notes, briefing=briefing, departure=departure)


def put_note(event_id: str, subject: str, note: Note, audit: AuditEvent) -> bool:
    """Replaces the note about a person (by id) or the BRIEFING; False if it has the same `state` already.

    Raises WriteConflict, also after departure.
    """
    item = {**item_key(f"EVENT#{event_id}", _PREFIX + subject), "state": s(note["state"]), "data": json_s(note)}
    condition = "attribute_not_exists(PK) OR #state <> :state"
    put = put_write(item, only_new=True, condition=condition, values={":state": s(note["state"])})
    not_departed = check_write(_departure_key(event_id), "attribute_not_exists(PK)")
    count = update(charter_key(event_id), "ADD dock_seq :one", {":one": n(1)}, "attribute_exists(PK)")
    return is_new([put, not_departed, {"Update": count}, put_write(history_item(event_id, audit))])


def put_departure(seen: Charter, departure: Departure, audit: AuditEvent, mail: Mail) -> bool:
    """Marks the charter as departed, freezes its manifest and queues its mail, once; False if it departed before.

    Raises WriteConflict if somebody was checked in, signed, paid, or edited the charter since it was `seen`.
    """
    put = put_write({**_departure_key(seen.event_id), "data": json_s(departure)}, only_new=True)
    values = {":next": n(seen.version + 1), ":departed": s("departed")}
    if seen.signed_seq:
        values[":signed"] = n(seen.signed_seq)
    if seen.dock_seq:
        values[":notes"] = n(seen.dock_seq)
    same_notes = "dock_seq = :notes" if seen.dock_seq else "attribute_not_exists(dock_seq)"
    same_signed = "signed_seq = :signed" if seen.signed_seq else "attribute_not_exists(signed_seq)"
    departed = seen._replace(status="departed", version=seen.version + 1, edited_at=audit["at"])
    values |= {":at": s(departure["at"]), ":data": charter_data(departed)}
    change = "SET #data = :data, #status = :departed, version = :next, updated_at = :at"
    depart = unmoved_update(seen, change, values, f"{same_signed} AND {same_notes}")
    writes = [put, depart, change_write(departed, seen, audit), *copy_writes(departed, seen), *mail_writes(mail)]
    return is_new(writes)


def _departure_key(event_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", _PREFIX + _DEPARTURE)
