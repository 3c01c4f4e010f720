"""Signed forms and the texts they sign in the table; one contract for DynamoDB Local and the embedded AWS."""

import json
from typing import Any

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import dynamo, errors, settings, times
from chalicelib.core.retry import retry_on_conflict
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store, sealing, version_store
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers.log_store import Tree
from tests.support import operator
from tests.support.races import at_once
from tests.support.stored import (
    audit,
    current_version,
    due_mails,
    ids,
    new_form,
    new_mail,
    new_version,
    put_form,
    read_again,
    rows_of,
    store_charter,
    store_waivers,
)
from tests.support.stores import counted

pytestmark = pytest.mark.usefixtures("dynamodb")
DRAWING = "[[[1,2,0],[3,4,16]]]"


# --- forms ----------------------------------------------------------------------------------------


def test_a_form_is_one_write_with_its_records_drawing_audit_and_mail(dynamodb: Any) -> None:
    charter, mail = store_charter(), new_mail()
    records = new_form(charter, "Ana Rivera", "Tim Rivera")
    with counted(dynamodb) as calls:
        put_form(records, DRAWING, mail)
    assert [call.operation for call in calls] == ["TransactWriteItems"]
    form = waiver_store.read_form(ids(records)[1])
    assert ids(form.records) == ids(records)
    assert [one.payload for one in form.records] == [one.payload for one in records]
    assert [one.leaf_index for one in form.records] == [None, None]
    assert (form.drawing, [entry["act"] for entry in form.audit], form.copies, form.acts) == (
        DRAWING,
        ["signed"],
        {},
        [],
    )
    assert waiver_store.read_record(ids(records)[1]) == form.records[1]
    assert waiver_store.read_record("0" * 32) is None
    assert due_mails() == [mail]


def test_the_drawing_is_stored_once_however_many_minors_the_form_covers(dynamodb: Any) -> None:
    put_form(new_form(store_charter(), "Ana", *[f"Child {number}" for number in range(10)]), DRAWING)
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    assert sum(DRAWING in json.dumps(item).replace("\\", "") for item in items) == 1


def test_the_writes_of_two_guests_have_no_item_in_common(dynamodb: Any) -> None:
    charter = store_charter()
    with counted(dynamodb) as calls:
        for name in ("Ana", "Ben"):
            put_form(new_form(charter, name, "Kim"), DRAWING, new_mail())
    one, two = ({written(write) for write in call.asked["TransactItems"]} for call in calls)
    assert len(one) == len(two) == 7
    assert one.isdisjoint(two)


def written(write: Any) -> tuple[str, str]:
    ((kind, what),) = write.items()
    key = what["Item"] if kind == "Put" else what["Key"]
    return key["PK"]["S"], key["SK"]["S"]


def test_the_same_form_again_changes_nothing_and_shows_what_was_signed(dynamodb: Any) -> None:
    records = new_form(store_charter(), "Ana", "Kim")
    put_form(records)
    before = dynamodb.scan(TableName=settings.settings().table)["Items"]
    with pytest.raises(errors.AlreadyExists) as earlier:
        put_form(records, DRAWING, new_mail())
    assert waiver_store.to_stored(earlier.value.item).row == records[0].row
    assert dynamodb.scan(TableName=settings.settings().table)["Items"] == before


def test_of_the_same_form_many_times_at_once_one_is_stored_and_all_others_hear_of_it() -> None:
    records, mail = new_form(store_charter(), "Ana", "Kim"), new_mail()

    def put(_: int) -> None:
        retry_on_conflict(lambda: put_form(records, DRAWING, mail))

    results = at_once(8, put)
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.AlreadyExists) for result in results) == 7
    assert waiver_log.append_waiting(budget_s=60)
    assert log_store.read_tree().size == 2


def test_what_a_signature_is_decided_on_comes_in_one_read(dynamodb: Any) -> None:
    charter, other = store_charter(), store_charter()
    english, spanish = new_version("text"), new_version("texto", language="es")
    version_store.publish_version(english, audit("published"))
    version_store.publish_version(spanish, audit("published"))
    [record] = new_form(charter, "Ana")
    put_form([record])
    submission_id, token = record.payload["submission_id"], record.row["waiver_id"]
    with counted(dynamodb) as calls:
        by_form = waiver_store.read_signing_context(charter.event_id, submission_id)
        by_token = waiver_store.read_signing_context(charter.event_id, token=token)
    assert [call.operation for call in calls] == ["BatchGetItem"] * 2
    signed = waiver_store.read_record(token)
    expected = waiver_store.SigningContext(charter, {"en": english, "es": spanish}, signed, Tree())
    assert [by_form, by_token] == [expected, expected]
    assert waiver_store.read_signing_context(other.event_id, token=token) == (other, expected.versions, None, Tree())
    assert waiver_store.read_signing_context("B" * 22) is None


def test_a_renewed_guest_link_is_a_second_read_and_the_old_one_leads_nowhere(dynamodb: Any) -> None:
    charter = store_charter()
    [record] = new_form(charter, "Ana")
    put_form([record])
    for link in ("L" * 22, "M" * 22):
        seen = read_again(charter)
        charter_store.update_charter(
            seen._replace(guest_link=link, version=seen.version + 1), seen, audit("guest_link_renewed")
        )
    with counted(dynamodb) as calls:
        found = waiver_store.read_signing_context("M" * 22, record.payload["submission_id"])
    assert [call.operation for call in calls] == ["BatchGetItem"] * 2
    assert found
    assert (found.charter, found.record) == (read_again(charter), waiver_store.read_record(record.row["waiver_id"]))
    for dead in (charter.event_id, "L" * 22):
        assert waiver_store.read_signing_context(dead) is None


def test_the_newest_records_are_listed_page_by_page_and_as_they_are_now() -> None:
    charter = store_charter()
    forms = [new_form(charter, f"Guest {minutes}", minutes=minutes) for minutes in (3, 1, 2)]
    for records in forms:
        put_form(records)
    page, more = waiver_store.list_records("9", 2)
    assert ([row["name"] for row in page], more) == (["Guest 3", "Guest 2"], True)
    rest, more = waiver_store.list_records(waiver_store.index_key(page[-1]), 2)
    assert ([row["name"] for row in rest], more) == (["Guest 1"], False)


def test_private_copies_open_until_they_end_and_audit_events_of_one_name_are_kept_once() -> None:
    [record] = new_form(store_charter(), "Ana")
    put_form([record])
    waiver_id = record.row["waiver_id"]
    waiver_store.put_copy(waiver_id, "a" * 64, "2027-02-20T20:00:00Z")
    waiver_store.put_copy(waiver_id, "b" * 64, "2027-03-20T20:00:00Z")
    for _ in range(2):
        waiver_store.put_audit_once(waiver_id, audit("viewed"), "VIEWED#2026-11-22T20#reader")
    form = waiver_store.read_form(waiver_id)
    assert form.copies == {"a" * 64: "2027-02-20T20:00:00Z", "b" * 64: "2027-03-20T20:00:00Z"}
    assert [entry["act"] for entry in form.audit] == ["signed", "viewed"]
    dynamo.write_all(waiver_store.end_copies(waiver_id, form))
    assert set(waiver_store.read_form(waiver_id).copies.values()) == {""}


# --- setting aside --------------------------------------------------------------------------------


def set_aside(record: waiver_store.StoredRecord, reason: str = "signed twice") -> None:
    payload, disclosed = sealing.seal_act(record, reason, "admin", "2026-11-22T21:00:00Z")
    note: Any = {"reason": reason, "at": "2026-11-22T21:00:00Z", "by": "admin"}
    waiver_store.put_set_aside(record, payload, disclosed, note, audit("set_aside"))


def test_a_record_is_set_aside_once_and_the_act_waits_for_the_log() -> None:
    charter = store_charter()
    [sealed] = store_waivers(charter)
    record = waiver_store.read_record(sealed.row["waiver_id"])
    assert record
    results = at_once(6, lambda _: retry_on_conflict(lambda: set_aside(record)))
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.AlreadyExists) for result in results) == 5
    form = waiver_store.read_form(sealed.row["waiver_id"])
    assert form.records[0].set_aside == {"reason": "signed twice", "at": "2026-11-22T21:00:00Z", "by": "admin"}
    assert [one.payload["type"] for one in form.acts] == ["set_aside"]
    assert len(log_store.list_waiting(10)) == 1
    assert waiver_log.append_waiting(budget_s=60)
    assert (read_again(charter).signed_count, [row.get("set_aside") for row in rows_of(charter)]) == (0, [True])


# --- requests to sign -----------------------------------------------------------------------------


def test_a_request_goes_out_once_in_its_time_and_is_found_by_whom_it_is_about() -> None:
    first, second = new_mail("first"), new_mail("second")

    def queue(mail: Any, now_s: int) -> bool:
        return waiver_store.queue_once(mail, "waiver_reminder#x", ["g1", "g2"], now_s, now_s + 600)

    assert [queue(first, 1000), queue(second, 1599), queue(second, 1600)] == [True, False, True]
    assert {mail.mail_id for mail in due_mails()} == {"first", "second"}
    assert waiver_store.list_mails_about("g1") == waiver_store.list_mails_about("g2") == ["first", "second"]
    assert waiver_store.list_mails_about("g3") == []


# --- versions ---------------------------------------------------------------------------------------


def test_a_published_text_is_current_and_the_older_ones_stay() -> None:
    assert (current_version(), version_store.list_versions()) == (None, [])
    old, new = new_version("old 🚢"), new_version("new", "2026-11-23T20:00:00Z")
    version_store.publish_version(old, audit("published"))
    assert current_version() == old
    version_store.publish_version(new, audit("published"))
    assert current_version() == new
    assert version_store.list_versions() == [new, old]
    assert version_store.read_version(old["waiver_version"]) == old
    assert version_store.read_version("0" * 64) is None


def test_an_old_text_published_again_is_current_and_keeps_its_first_date() -> None:
    old, new = new_version("old"), new_version("new", "2026-11-23T20:00:00Z")
    version_store.publish_version(old, audit("published"))
    version_store.publish_version(new, audit("published"))
    again = new_version("old", "2026-11-24T20:00:00Z", by="ben")
    version_store.publish_version(again, audit("published"))
    current = current_version()
    assert current
    assert current["waiver_version"] == old["waiver_version"]
    assert version_store.read_version(old["waiver_version"]) == old
    assert version_store.list_versions() == [new, old]


def test_each_publication_of_a_text_has_an_audit_event(dynamodb: Any) -> None:
    old, new = new_version("old"), new_version("new", "2026-11-23T20:00:00Z")
    for minutes, text in ((0, old), (1, new), (2, old)):
        version_store.publish_version(text, audit("published", minutes))
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    trail = [dynamo.load_data(item) for item in items if item["SK"]["S"].startswith("AUDIT#")]
    assert sorted(entry["at"] for entry in trail) == [
        times.format_instant(operator.at(minutes)) for minutes in (0, 1, 2)
    ]
    assert {(entry["by"], entry["address"]) for entry in trail} == {("admin", "192.0.2.7")}
    assert len(version_store.list_versions()) == 2


def test_the_sample_becomes_the_first_version_only_if_there_is_none() -> None:
    own, sample = new_version("own"), new_version("sample")
    version_store.publish_first(sample, audit("signed_first"))
    assert current_version() == sample
    version_store.publish_version(own, audit("published"))
    version_store.publish_first(new_version("another sample"), audit("signed_first"))
    assert current_version() == own
    assert version_store.read_version(sample["waiver_version"]) == sample


def test_many_first_signers_publish_one_sample_and_nobody_waits() -> None:
    def publish(number: int) -> None:
        sample = new_version("sample", published_at=f"2026-11-22T20:00:{number:02d}Z")
        version_store.publish_first(sample, audit("signed_first"))

    assert at_once(8, publish) == [None] * 8
    stored = version_store.read_version(current_version()["waiver_version"])
    assert (current_version(), version_store.list_versions()) == (stored, [stored])


def test_a_first_publication_that_broke_off_is_finished_as_it_was_begun(dynamodb: Any) -> None:
    begun = new_version("sample")
    version_store.publish_first(begun, audit("signed_first"))
    key = version_store.current_key("en")
    dynamodb.delete_item(TableName=settings.settings().table, Key=key)
    version_store.publish_first(new_version("sample", published_at="2026-11-23T20:00:00Z"), audit("signed_first"))
    assert current_version() == begun
