"""Boats, people and settings in the table: what one writer has seen is what a write depends on."""

from typing import Any

import pytest

from chalicelib.boats.fields import BoatDetails
from chalicelib.core import dynamo
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.operator import service as operator_service
from chalicelib.operator import store as operator_store
from chalicelib.register import store
from chalicelib.register.store import BOAT, PERSON, Record
from tests.support.races import at_once
from tests.support.stored import audit, trail_of

pytestmark = pytest.mark.usefixtures("dynamodb")


def boat(record_id: str = "A" * 22, **details: Any) -> Record[Any]:
    return Record(record_id, Form({"name": "Petrel", **details}).read(BoatDetails))


def stored(record: Record[Any] | None = None) -> Record[Any]:
    record = record or boat()
    store.put_record(BOAT, record, audit(), "", "")
    return record


def read(record: Record[Any]) -> Record[Any]:
    found = store.read_record(BOAT, record.record_id)
    assert found
    return found


def count_booking(record: Record[Any]) -> None:
    """As a booking does."""
    change = dynamo.update(
        store.record_key(BOAT, record.record_id), "SET schedule_seq = schedule_seq + :one", {":one": dynamo.n(1)}
    )
    dynamo.write_all([{"Update": change}])


def test_a_record_is_read_as_it_was_put_and_listed_among_its_kind() -> None:
    first = stored(boat(papers=[{"kind": "coi", "valid_until": "2027-01-31", "note": "Größe 🚢"}]))
    second = stored(boat("B" * 22, name="Osprey"))
    assert read(first) == first
    assert sorted(store.list_records(BOAT)) == sorted([first, second])
    assert store.list_records(PERSON) == []
    assert store.read_record(PERSON, first.record_id) is None


def test_one_key_makes_one_record() -> None:
    store.put_record(BOAT, boat(), audit(), "key", "print-1")
    with pytest.raises(AlreadyExists):
        store.put_record(BOAT, boat("B" * 22), audit(), "key", "print-2")
    assert [one.record_id for one in store.list_records(BOAT)] == ["A" * 22]


def test_an_edit_of_what_was_edited_since_is_refused_and_leaves_no_trace() -> None:
    seen = stored()
    store.update_record(BOAT, seen, {**seen.details, "notes": "first"}, audit("first"))
    with pytest.raises(WriteConflict):
        store.update_record(BOAT, seen, {**seen.details, "notes": "second"}, audit("second"))
    assert (read(seen).details["notes"], read(seen).version) == ("first", 2)
    assert {one["act"] for one in trail_of(f"BOAT#{seen.record_id}")} == {"tested", "first"}


def test_an_edit_leaves_link_and_bookings_as_they_are() -> None:
    seen = stored()
    store.renew_link(BOAT, seen, audit())
    count_booking(seen)
    store.update_record(BOAT, seen, {**seen.details, "notes": "new"}, audit())
    assert (read(seen).link_number, read(seen).schedule_seq) == (1, 1)


def test_what_was_booked_since_it_was_seen_is_not_set_inactive() -> None:
    seen = stored()
    count_booking(seen)
    with pytest.raises(WriteConflict):
        store.update_record(BOAT, seen, {**seen.details, "active": False}, audit())
    assert read(seen).details["active"]


def test_setting_it_inactive_counts_as_a_booking_so_that_no_other_is_decided_on_what_was_before() -> None:
    seen = stored()
    store.update_record(BOAT, seen, {**seen.details, "active": False}, audit())
    assert read(seen).schedule_seq == 1
    store.update_record(BOAT, read(seen), {**seen.details, "active": True}, audit())
    assert read(seen).schedule_seq == 1


def test_a_link_that_many_renew_from_one_state_is_renewed_once() -> None:
    seen = stored()
    results = at_once(6, lambda _: store.renew_link(BOAT, seen, audit()))
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, WriteConflict) for result in results)
    assert read(seen).link_number == 1


def test_settings_are_saved_by_one_of_those_who_saw_the_same() -> None:
    defaults = operator_service.defaults()
    for version in (1, 2):
        results = at_once(6, lambda _, version=version: operator_store.put_settings(defaults, version, audit()))
        assert sum(result is None for result in results) == 1
        assert operator_service.get_settings()["version"] == version
    with pytest.raises(WriteConflict):
        operator_store.put_settings(defaults, 1, audit())


def test_settings_that_were_saved_before_a_field_was_added_have_its_default() -> None:
    defaults = operator_service.defaults()
    older: Any = {name: value for name, value in defaults.items() if name != "captain_first"}
    operator_store.put_settings({**older, "operator_name": "Gate"}, 1, audit())
    assert operator_service.get_settings() == {**defaults, "operator_name": "Gate", "version": 1}


def test_the_desks_link_is_renewed_by_one_of_those_who_saw_the_same() -> None:
    assert operator_store.read_desk_link() == 0
    for number in (1, 2):
        results = at_once(4, lambda _, number=number: operator_store.put_desk_link(number, audit()))
        assert sum(result is None for result in results) == 1
        assert operator_store.read_desk_link() == number


def test_the_day_that_papers_were_looked_through_is_kept() -> None:
    assert store.read_papers_checked() == ""
    store.put_papers_checked("2026-11-22")
    assert store.read_papers_checked() == "2026-11-22"
