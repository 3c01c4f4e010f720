"""The log of signed waivers in the table; one contract for DynamoDB Local and the embedded AWS."""

import json
from typing import Any

import pytest

from chalicelib.charters import context
from chalicelib.charters import store as charter_store
from chalicelib.core import errors, settings
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store, people
from chalicelib.waivers import store as waiver_store
from chalicelib.waivers.evidence import merkle
from tests.support.log_check import check_log
from tests.support.operator import NOW
from tests.support.races import at_once
from tests.support.stored import (
    audit,
    due_mails,
    ids,
    logged,
    new_form,
    new_mail,
    put_form,
    read_again,
    root_of,
    rows_of,
    store_charter,
    store_waivers,
)
from tests.support.stores import counted
from tools.common.table import scan

pytestmark = pytest.mark.usefixtures("dynamodb")
NOBODY = log_store.Tree()


def check(dynamodb: Any, *, waiting: int = 0) -> None:
    check_log(scan(dynamodb, settings.settings().table), waiting=waiting)


def test_what_waits_is_appended_with_the_counters_in_one_write(dynamodb: Any) -> None:
    charter = store_charter()
    put_form(new_form(charter, "Ana", "Tim"))
    assert (log_store.read_tree(), read_again(charter).signed_count, rows_of(charter)) == (NOBODY, 0, [])
    waiting = log_store.list_waiting(10)
    assert [one.event_id for one in waiting] == [charter.event_id] * 2
    with counted(dynamodb) as calls:
        assert waiver_log.append_batch(waiting) == 2
    assert [call.operation for call in calls] == ["BatchGetItem", "TransactWriteItems"]
    assert (read_again(charter).signed_count, log_store.list_waiting(10)) == (2, [])
    tree = log_store.read_tree()
    assert (tree.size, tree.root) == (2, root_of(logged()))
    assert [row["name"] for row in rows_of(charter)] == ["Ana", "Tim"]
    check(dynamodb)


def test_one_batch_never_holds_more_writes_than_a_transaction_takes(dynamodb: Any) -> None:
    charters = [store_charter() for _ in range(40)]
    for number in range(120):
        put_form(new_form(charters[number % 40], f"Guest {number}", minutes=number / 60))
    with counted(dynamodb) as calls:
        assert waiver_log.append_waiting(budget_s=120)
    sizes = [len(call.asked["TransactItems"]) for call in calls if call.operation == "TransactWriteItems"]
    assert max(sizes) <= 100
    assert len(sizes) < 12
    assert log_store.read_tree().size == 120
    check(dynamodb)


def test_the_tree_keeps_its_root_as_it_grows_over_a_full_tile(dynamodb: Any) -> None:
    charter = store_charter()
    leaves = [f"leaf {number}" for number in range(256 + 44)]
    # Straight into the log, but for the records: three hundred forms would take a minute.
    size = 0
    for batch in (200, 55, 1, 1, 43):
        seen = log_store.read_tree()
        hashes = [merkle.hash_leaf(leaf.encode()) for leaf in leaves[size : size + batch]]
        tiles = merkle.append(size, hashes, log_store.read_tile)
        size += batch
        tree = log_store.Tree("log", size, root_of(leaves[:size]))
        log_store.append(seen, tree, tiles, [], [])
    for index in (0, 255, 256, 299):
        proof = waiver_log.inclusion_proof(index, log_store.read_tree())
        leaf = merkle.hash_leaf(leaves[index].encode())
        assert merkle.verify_inclusion(leaf, index, 300, proof, root_of(leaves))
    [record] = new_form(charter, "Ana")
    put_form([record])
    assert waiver_log.append_batch(log_store.list_waiting(10)) == 1
    tree, payload = log_store.read_tree(), log_store.payload_text(record.payload)
    assert (tree.size, tree.root) == (301, root_of([*leaves, payload]))
    old = log_store.Tree("log", 200, root_of(leaves[:200]))
    proof = waiver_log.consistency_proof(old, tree)
    assert merkle.verify_consistency(200, old.root, 301, tree.root, proof)
    assert waiver_log.why_not_continued(old, tree) == ""


def test_of_two_writers_who_saw_the_same_end_one_wins_and_nothing_is_doubled(dynamodb: Any) -> None:
    charters = [store_charter(), store_charter()]
    for charter in charters:
        put_form(new_form(charter, "Ana", "Tim"))
    waiting = log_store.list_waiting(10)
    results = at_once(4, lambda _: waiver_log.append_batch(waiting))
    assert results.count(4) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 3
    assert [read_again(charter).signed_count for charter in charters] == [2, 2]
    check(dynamodb)


def test_one_at_a_time_holds_the_lease_until_it_ends_or_is_given_back() -> None:
    results = at_once(6, lambda number: log_store.take_lease(f"writer {number}", 1000, 6000))
    assert sorted(results) == [False] * 5 + [True]
    holder = f"writer {results.index(True)}"
    assert log_store.take_lease(holder, 2000, 7000)
    assert not log_store.take_lease("other", 7000, 12000)
    assert log_store.take_lease("other", 7001, 12001)
    log_store.release_lease(holder)
    assert not log_store.take_lease(holder, 7002, 12002)
    log_store.release_lease("other")
    assert log_store.take_lease(holder, 7003, 12003)


def test_an_edit_of_the_charter_and_the_log_keep_what_the_other_has_written(dynamodb: Any) -> None:
    charter = store_charter()
    put_form(new_form(charter, "Ana"))
    waiting = log_store.list_waiting(10)

    def edit(_: int) -> None:
        seen = read_again(charter)
        changed = seen._replace(version=seen.version + 1, details={**seen.details, "title": "Moonrise"})
        charter_store.update_charter(changed, seen, audit("edited"))

    results = at_once(2, lambda number: waiver_log.append_batch(waiting) if number else edit(number))
    if isinstance(results[0], errors.WriteConflict):
        edit(0)
    if isinstance(results[1], errors.WriteConflict):
        waiver_log.append_batch(waiting)
    now = read_again(charter)
    assert (now.details["title"], now.version, now.signed_count) == ("Moonrise", 2, 1)
    check(dynamodb)


def test_only_the_chunks_of_a_charters_list_that_have_changed_are_written(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "CHUNK", 2)
    charter = store_charter()
    store_waivers(charter, 5)
    put_form(new_form(charter, "Ana"))
    with counted(dynamodb) as calls:
        assert waiver_log.append_batch(log_store.list_waiting(10)) == 1
    writes = [next(iter(write.values())) for write in calls[-1].asked["TransactItems"]]
    keys = [(write.get("Item") or write["Key"])["SK"]["S"] for write in writes]
    assert [key for key in keys if key.startswith("SIGNED#")] == ["SIGNED#0002"]
    assert len(rows_of(charter)) == 6
    assert len(json.loads(waiver_store.read_signed_chunk(charter.event_id, 0)[0]["rows"]["S"])) == 2
    assert waiver_store.read_signed_chunk(charter.event_id, 3) == []
    check(dynamodb)


def test_the_charter_knows_which_of_its_listed_guests_have_signed() -> None:
    guests = [{"guest_id": f"g{number}", "name": f"Guest {number}", "email": ""} for number in range(3)]
    charter = store_charter(guests=guests)
    for name in ("Guest 0", "Stranger", "guest 2", "Guest 0"):
        put_form(new_form(charter, name))
        assert waiver_log.append_waiting(budget_s=60)
    assert read_again(charter).signed_guest_ids == {"g0", "g2"}
    assert read_again(charter).signed_count == 3
    listed, _ = charter_store.list_charters("2026", "9", "", 10)
    completed, _ = context.complete_all(listed, NOW)
    assert [one.signed_guest_ids for one in completed] == [{"g0", "g2"}]


def test_the_leaves_are_listed_from_one_place_to_before_another() -> None:
    records = store_waivers(store_charter(), 5)
    keys = [waiver_store.record_key(waiver_id) for waiver_id in ids(records)]
    assert list(log_store.list_leaves(0, 5)) == keys
    assert list(log_store.list_leaves(1, 3)) == keys[1:3]
    assert list(log_store.list_leaves(5, 5)) == list(log_store.list_leaves(9, 5)) == []


def test_a_checkpoint_is_told_once_and_behind_the_one_told_before() -> None:
    ends = [log_store.Tree("log", size, bytes([size]) * 32) for size in (3, 5, 7)]
    assert log_store.read_mailed() == NOBODY
    assert log_store.queue_checkpoint_mail(new_mail("a"), ends[0], NOBODY, "2026-11-22")
    assert not log_store.queue_checkpoint_mail(new_mail("b"), ends[1], NOBODY, "2026-11-23")
    assert log_store.queue_checkpoint_mail(new_mail("c"), ends[1], ends[0], "2026-11-23")
    assert not log_store.queue_checkpoint_mail(new_mail("c"), ends[2], ends[1], "2026-11-24")
    assert log_store.read_mailed() == ends[1]
    assert {mail.mail_id for mail in due_mails()} == {"a", "c"}
