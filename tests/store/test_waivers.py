"""Signed waivers and their texts in the table; one contract for DynamoDB Local and the embedded AWS."""

from typing import Any

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import dynamo, errors, settings, times
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.throttle import count_try, throttle_write
from chalicelib.waivers import evidence
from chalicelib.waivers import store as waiver_store
from tests.support import operator
from tests.support.races import at_once
from tests.support.stored import (
    audit,
    chain,
    current_version,
    due_mails,
    new_mail,
    new_records,
    new_version,
    read_again,
    sign,
    sign_as_seen,
    signing_context,
    store_charter,
    store_waivers,
)

pytestmark = pytest.mark.usefixtures("dynamodb")


# --- waivers --------------------------------------------------------------------------------------


def test_a_signature_on_a_text_that_was_just_replaced_writes_nothing() -> None:
    charter = store_charter()
    records, seen = new_records(charter), signing_context(charter)
    waiver_store.publish_version(new_version("a new text"), audit("published"))
    with pytest.raises(errors.WriteConflict):
        sign_as_seen(seen, records, new_mail())
    assert (chain(), read_again(charter).signed_count, due_mails()) == ([], 0, [])


def test_a_signature_is_refused_once_another_language_gets_its_own_text() -> None:
    charter = store_charter()
    records, seen = new_records(charter), signing_context(charter)
    waiver_store.publish_version(new_version("texto", language="es"), audit("published"))
    with pytest.raises(errors.WriteConflict):
        sign_as_seen(seen, records)


def test_signed_waivers_are_chained_counted_and_mailed_in_one_write() -> None:
    charter, mail = store_charter(), new_mail()
    assert waiver_store.read_head() == (0, "")
    first = sign(charter, new_records(charter, 2), mail)
    second = store_waivers(charter)
    assert waiver_store.read_head() == (3, second[-1]["record_hash"])
    assert read_again(charter).signed_count == 3
    assert chain() == first + second
    assert list(waiver_store.list_chain(1, 2)) == [(2, first[1])]
    assert [seq for seq, _ in waiver_store.list_chain(0, 3, newest_first=True)] == [3, 2, 1]
    assert waiver_store.read_waiver(charter.event_id, first[1]["waiver_id"]) == first[1]
    assert waiver_store.read_waiver(charter.event_id, "0" * 32) is None
    assert due_mails() == [mail]
    assert [entry["act"] for entry in waiver_store.list_audit(charter.event_id)].count("waiver_signed") == 2


def test_the_same_signature_again_changes_nothing() -> None:
    charter = store_charter()
    records = new_records(charter, 2)
    sign(charter, records)
    before, head = read_again(charter), waiver_store.read_head()
    with pytest.raises(errors.AlreadyExists):
        sign(charter, records, new_mail())
    assert (read_again(charter), waiver_store.read_head(), due_mails()) == (before, head, [])


def test_a_signature_behind_an_outdated_head_writes_nothing() -> None:
    one, two = store_charter(), store_charter()
    records = new_records(two)
    for signed_before in (0, 1):
        seen = signing_context(two)
        assert seen.head.seq == signed_before
        store_waivers(one)
        with pytest.raises(errors.WriteConflict):
            sign_as_seen(seen, records, new_mail())
    assert read_again(two).signed_count == 0
    assert len(chain()) == 2
    assert due_mails() == []


def test_of_many_who_sign_at_once_behind_one_head_one_is_stored() -> None:
    charters = [store_charter() for _ in range(6)]
    records = [new_records(charter) for charter in charters]
    seen = [signing_context(charter) for charter in charters]
    results = at_once(6, lambda number: sign_as_seen(seen[number], records[number]))
    refused = [result for result in results if isinstance(result, errors.WriteConflict)]
    assert len(refused) == 5
    assert [chain()] == [result for result in results if result not in refused]


def test_signatures_that_try_again_after_a_conflict_make_a_whole_chain() -> None:
    charters = [store_charter() for _ in range(4)]
    records = [new_records(charter, 3) for charter in charters]
    at_once(4, lambda number: retry_on_conflict(lambda: sign(charters[number], records[number])))
    found = chain()
    export = {
        "format": evidence.FORMAT,
        "versions": {},
        "records": found,
        "count": 12,
        "head": found[-1]["record_hash"],
    }
    assert [record["seq"] for record in found] == list(range(1, 13))
    assert evidence.find_fault(export) == "record 1: the text it signs is missing"


def test_a_cancelled_charter_takes_no_signature() -> None:
    charter = store_charter(operator.event(status="cancelled"))
    with pytest.raises(errors.WriteConflict):
        store_waivers(charter)
    assert waiver_store.read_head() == (0, "")


def test_the_charter_knows_which_of_its_listed_guests_have_signed() -> None:
    charter = store_charter(guests=[{"guest_id": f"g{number}", "name": "Ana", "email": ""} for number in range(3)])
    for guest_id in ("g0", None, "g2", "g0"):
        sign(charter, new_records(charter, guest_id=guest_id))
    assert read_again(charter).signed_guest_ids == {"g0", "g2"}
    assert [one.signed_guest_ids for one in charter_store.list_charters("2026", "9", None, 10)[0]] == [{"g0", "g2"}]


def test_the_charter_knows_which_texts_and_how_many_people_have_signed() -> None:
    charter = store_charter()
    first = store_waivers(charter)
    waiver_store.publish_version(new_version("a new text"), audit("published"))
    second = sign(charter, new_records(charter), new_people=0)
    now = read_again(charter)
    assert now.signed_versions == {first[0]["waiver_version"], second[0]["waiver_version"]}
    assert now.signed_count == 1


def test_what_a_signature_is_decided_on_comes_in_one_read() -> None:
    charter = store_charter()
    assert signing_context(charter) == (charter, {}, (0, ""), 0)
    english, spanish = new_version("text"), new_version("texto", language="es")
    waiver_store.publish_version(english, audit("published"))
    waiver_store.publish_version(spanish, audit("published"))
    [record] = store_waivers(charter)
    versions = {"en": english, "es": spanish}
    assert signing_context(charter) == (read_again(charter), versions, (1, record["record_hash"]), 0)
    assert waiver_store.take_turn(1, 1000, 4000)
    assert signing_context(charter).turn_until_ms == 4000
    assert waiver_store.read_signing_context("B" * 22) is None


def test_one_at_a_time_has_the_turn_until_it_ends_or_the_chain_grows() -> None:
    results = at_once(6, lambda _: waiver_store.take_turn(1, 1000, 4000))
    assert sorted(results) == [False] * 5 + [True]
    assert not waiver_store.take_turn(1, 4000, 7000)
    assert waiver_store.take_turn(1, 4001, 7001)
    assert waiver_store.take_turn(2, 4002, 7002)


def test_a_full_throttle_refuses_the_whole_signature_and_is_named() -> None:
    charter = store_charter()
    throttles = [throttle_write("wide", 9, 4_000_000_000), throttle_write("narrow", 2, 4_000_000_000)]
    for _ in range(2):
        sign(charter, new_records(charter), throttles=throttles)
    with pytest.raises(errors.Throttled) as full:
        sign(charter, new_records(charter), throttles=throttles)
    assert full.value.index == 1
    assert (read_again(charter).signed_count, count_try("wide", 0, 4_000_000_000)) == (2, 2)


# --- versions ---------------------------------------------------------------------------------------


def test_a_published_text_is_current_and_the_older_ones_stay() -> None:
    assert (current_version(), waiver_store.list_versions()) == (None, [])
    old, new = new_version("old 🚢"), new_version("new", "2026-11-23T20:00:00Z")
    waiver_store.publish_version(old, audit("published"))
    assert current_version() == old
    waiver_store.publish_version(new, audit("published"))
    assert current_version() == new
    assert waiver_store.list_versions() == [new, old]
    assert waiver_store.read_version(old["waiver_version"]) == old
    assert waiver_store.read_version("0" * 64) is None


def test_an_old_text_published_again_is_current_and_keeps_its_first_date() -> None:
    old, new = new_version("old"), new_version("new", "2026-11-23T20:00:00Z")
    waiver_store.publish_version(old, audit("published"))
    waiver_store.publish_version(new, audit("published"))
    again = new_version("old", "2026-11-24T20:00:00Z", by="ben")
    waiver_store.publish_version(again, audit("published"))
    current = current_version()
    assert current
    assert current["waiver_version"] == old["waiver_version"]
    assert waiver_store.read_version(old["waiver_version"]) == old
    assert waiver_store.list_versions() == [new, old]


def test_each_publication_of_a_text_has_an_audit_event(dynamodb: Any) -> None:
    old, new = new_version("old"), new_version("new", "2026-11-23T20:00:00Z")
    for minutes, text in ((0, old), (1, new), (2, old)):
        waiver_store.publish_version(text, audit("published", minutes))
    items = dynamodb.scan(TableName=settings.settings().table)["Items"]
    trail = [dynamo.load_data(item) for item in items if item["SK"]["S"].startswith("AUDIT#")]
    assert sorted(entry["at"] for entry in trail) == [
        times.format_instant(operator.at(minutes)) for minutes in (0, 1, 2)
    ]
    assert {(entry["by"], entry["address"]) for entry in trail} == {("admin", "192.0.2.7")}
    assert len(waiver_store.list_versions()) == 2


def test_the_sample_becomes_the_first_version_only_if_there_is_none() -> None:
    own = new_version("own")
    waiver_store.publish_version(new_version("sample"), audit("published"), only_first=True)
    waiver_store.publish_version(own, audit("published"))
    with pytest.raises(errors.AlreadyExists):
        waiver_store.publish_version(new_version("another sample"), audit("published"), only_first=True)
    assert current_version() == own
    assert len(waiver_store.list_versions()) == 2
