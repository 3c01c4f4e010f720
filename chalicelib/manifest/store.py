"""What is noted as people come aboard: check-ins, the safety briefing, the manifest frozen at departure."""

from typing import Any, NamedTuple

from chalicelib.charters import positions
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
    write_all,
)
from chalicelib.mail.store import Mail, mail_writes
from chalicelib.manifest.fields import Departure, Note, SentNote

BRIEFING, _DEPARTURE = "BRIEFING", "DEPARTURE"
# Both sort before EVENT, so that reading a charter with its payments leaves these out.
_PREFIX, _SENT = "BOARDING#", "DOCK#"


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
    condition = "attribute_not_exists(PK) OR #state <> :state"
    return is_new(_note_writes(event_id, subject, note, audit, condition, {}))


def put_sent_note(event_id: str, subject: str, note: Note, audit: AuditEvent, sent: SentNote) -> None:
    """The same of a note that a device has kept and sends by its own id: it is taken once.

    Raises AlreadyExists, with what came under this id before; or WriteConflict, also if the state is noted already, if
    a later note is there, or after departure.
    """
    condition = (
        "attribute_not_exists(PK) OR (#state <> :state AND (attribute_not_exists(noted_at) OR noted_at <= :noted_at))"
    )
    values = {":noted_at": s(note["at"])}
    write_all([_sent_write(event_id, sent), *_note_writes(event_id, subject, note, audit, condition, values)], unique=0)


def put_late_note(event_id: str, sent: SentNote) -> None:
    """Keeps that a note came which changes nothing. Raises AlreadyExists, or WriteConflict after departure."""
    write_all([_sent_write(event_id, sent), _not_departed(event_id)], unique=0)


def to_sent_note(item: Item) -> SentNote:
    return SentNote(**load_data(item))


def _note_writes(
    event_id: str, subject: str, note: Note, audit: AuditEvent, condition: str, values: Item
) -> list[Item]:
    state = s(note["state"])
    item = {**item_key(f"EVENT#{event_id}", _PREFIX + subject), "state": state, "data": json_s(note)}
    item["noted_at"] = s(note["at"])
    put = put_write(item, only_new=True, condition=condition, values={":state": state, **values})
    return [
        put,
        _not_departed(event_id),
        _charter_write(event_id, subject, note),
        put_write(history_item(event_id, audit)),
    ]


def _charter_write(event_id: str, subject: str, note: Note) -> Item:
    """The write that keeps with the charter what its readiness needs of the dock."""
    values: Item = {":one": n(1)}
    if subject == BRIEFING and note["state"] == "done":
        change, values[":at"] = "ADD dock_seq :one SET briefed_at = :at", s(note["at"])
    elif subject == BRIEFING:
        change = "ADD dock_seq :one REMOVE briefed_at"
    else:
        values[":ids"] = {"SS": [subject]}
        change = {
            "aboard": "ADD dock_seq :one, aboard_ids :ids DELETE no_show_ids :ids",
            "no_show": "ADD dock_seq :one, no_show_ids :ids DELETE aboard_ids :ids",
        }.get(note["state"], "ADD dock_seq :one DELETE aboard_ids :ids, no_show_ids :ids")
    return {"Update": update(charter_key(event_id), change, values, "attribute_exists(PK)")}


def _not_departed(event_id: str) -> Item:
    return check_write(_departure_key(event_id), "attribute_not_exists(PK)")


def _sent_write(event_id: str, sent: SentNote) -> Item:
    return put_write({**_sent_key(event_id, sent.submission_id), "data": json_s(sent._asdict())}, only_new=True)


def _sent_key(event_id: str, submission_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", _SENT + submission_id)


def put_departure(seen: Charter, departure: Departure, audit: AuditEvent, mail: Mail) -> bool:
    """Marks the charter as departed, freezes its manifest and queues its mail, once; False if it departed before.

    Nobody is asked to sail any more. Raises WriteConflict if somebody was checked in, signed, paid, or edited the
    charter since it was `seen`.
    """
    put = put_write({**_departure_key(seen.event_id), "data": json_s(departure)}, only_new=True)
    values = {":next": n(seen.version + 1), ":departed": s("departed")}
    if seen.signed_seq:
        values[":signed"] = n(seen.signed_seq)
    if seen.dock_seq:
        values[":notes"] = n(seen.dock_seq)
    same_notes = "dock_seq = :notes" if seen.dock_seq else "attribute_not_exists(dock_seq)"
    same_signed = "signed_seq = :signed" if seen.signed_seq else "attribute_not_exists(signed_seq)"
    checks = departure["manifest"].get("checks", ())
    departed = seen._replace(
        status="departed",
        version=seen.version + 1,
        edited_at=audit["at"],
        checks=checks,
        positions=positions.ended(seen.positions),
    )
    values |= {":at": s(audit["at"]), ":data": charter_data(departed)}
    change = "SET #data = :data, #status = :departed, version = :next, updated_at = :at"
    depart = unmoved_update(seen, change, values, f"{same_signed} AND {same_notes}")
    writes = [put, depart, change_write(departed, seen, audit), *copy_writes(departed, seen), *mail_writes(mail)]
    return is_new(writes)


def _departure_key(event_id: str) -> Item:
    return item_key(f"EVENT#{event_id}", _PREFIX + _DEPARTURE)
