"""Check-ins and the frozen manifest in the table; one contract for DynamoDB Local and the embedded AWS."""

from typing import Any

import pytest

from chalicelib.charters.store import Charter
from chalicelib.core import errors
from chalicelib.manifest import store as manifest_store
from tests.support.stored import audit, due_mails, new_mail, read_again, store_charter, store_waivers

pytestmark = pytest.mark.usefixtures("dynamodb")
DEPARTURE: Any = {"at": "2026-11-29T01:00:00Z", "by": "admin", "sha256": "0" * 64, "manifest": {}}


def note(state: str) -> Any:
    return {"state": state, "at": "2026-11-29T00:50:00Z", "by": "admin"}


def put_note(charter: Charter, state: str, subject: str = manifest_store.BRIEFING) -> bool:
    return manifest_store.put_note(charter.event_id, subject, note(state), audit("safety_briefing"))


def put_departure(seen: Charter, **changes: Any) -> bool:
    return manifest_store.put_departure(seen, {**DEPARTURE, **changes}, audit("departed"), new_mail())


def test_the_last_note_of_each_person_and_of_the_briefing_is_kept() -> None:
    charter = store_charter()
    assert manifest_store.read_notes(charter.event_id) == ({}, None, None)
    assert put_note(charter, "done")
    for state in ("aboard", "no_show"):
        assert put_note(charter, state, "guest")
    assert put_note(charter, "aboard", "other guest")
    people = {"guest": note("no_show"), "other guest": note("aboard")}
    assert manifest_store.read_notes(charter.event_id) == (people, note("done"), None)


def test_a_departure_that_has_not_seen_the_last_note_is_refused_and_no_note_follows_a_departure() -> None:
    charter = store_charter()
    assert put_note(charter, "done")
    assert not put_note(charter, "done")
    with pytest.raises(errors.WriteConflict):
        put_departure(charter)
    assert due_mails() == []
    assert put_departure(read_again(charter))
    assert not put_departure(read_again(charter), by="somebody else")
    with pytest.raises(errors.WriteConflict):
        put_note(charter, "not_done")
    assert manifest_store.read_notes(charter.event_id) == ({}, note("done"), DEPARTURE)
    assert len(due_mails()) == 1


def test_a_departure_that_has_not_seen_a_signature_is_refused() -> None:
    charter = store_charter()
    store_waivers(charter)
    with pytest.raises(errors.WriteConflict):
        put_departure(charter)
