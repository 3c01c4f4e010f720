"""The writer of the waivers' log: stopped anywhere, in the way of another, or with very much to do."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store, people
from chalicelib.waivers.evidence import checkpoint, merkle, verify
from tests.support import operator
from tests.support.doubles.dynamo import FakeClient
from tests.support.doubles.faults import Died
from tests.support.in_process import InProcessProduct, in_process_product
from tests.support.log_check import check_log, export
from tests.support.stored import logged, new_form, put_form, read_again, root_of, store_charter


class Recording:
    """The fake client; notes each call, and stops the writer at one of them, before or after it is done."""

    def __init__(self, client: FakeClient) -> None:
        self.client = client
        self.calls: list[tuple[str, Any]] = []
        self.stops_at: int | None = None
        self.stops_after = False

    def __getattr__(self, name: str) -> Any:
        def call(**params: Any) -> Any:
            is_last = len(self.calls) == self.stops_at
            is_dead = self.stops_at is not None and len(self.calls) > self.stops_at
            self.calls.append((name, params))
            if is_dead or (is_last and not self.stops_after):
                raise Died
            answer = getattr(self.client, name)(**params)
            if is_last:
                raise Died
            return answer

        return call


@pytest.fixture
def product() -> Iterator[InProcessProduct]:
    with in_process_product() as found:
        found.now = operator.NOW
        yield found


@pytest.fixture
def client(product: InProcessProduct) -> Recording:
    recording = Recording(FakeClient(product.dynamo))
    product.use_dynamodb(recording)
    return recording


def sign_on(charters: int, forms: int) -> list[Any]:
    """So many forms that wait, of one or two people, in turn over so many charters."""
    found = [store_charter(event_id=f"{number:022d}") for number in range(charters)]
    for number in range(forms):
        names = [f"Guest {number}", *([f"Child {number}"] if number % 3 == 0 else [])]
        put_form(new_form(found[number % charters], *names, minutes=number / 60))
    return found


def check_nothing_lost(product: InProcessProduct, charters: list[Any], people_signed: int) -> None:
    check_log(product.dynamo.items.values(), waiting=0)
    assert log_store.read_tree().size == people_signed
    assert sum(read_again(charter).signed_count for charter in charters) == people_signed
    assert log_store.read_tree().root == root_of(logged())


def test_a_writer_that_is_stopped_at_any_call_is_followed_by_one_that_finishes(
    product: InProcessProduct, client: Recording
) -> None:
    charters = sign_on(3, 30)
    begun = dict(product.dynamo.items)
    client.calls.clear()
    assert waiver_log.append_waiting(budget_s=60)
    calls = len(client.calls)
    assert calls > 6
    whole = log_store.read_tree()
    for stops_after in (False, True):
        for stops_at in range(calls):
            product.dynamo.items = dict(begun)
            client.calls, client.stops_at, client.stops_after = [], stops_at, stops_after
            with pytest.raises(Died):
                waiver_log.append_waiting(budget_s=60)
            client.stops_at = None
            check_log(product.dynamo.items.values())
            # Until its lease is over nobody else begins; then the minute's schedule does.
            product.now += timedelta(seconds=waiver_log.LEASE_MS // 1000 + 1)
            waiver_log.sweep(product.now)
            check_nothing_lost(product, charters, 40)
            assert log_store.read_tree() == whole


def test_three_hundred_that_wait_on_many_charters_are_appended_in_whole_transactions(
    product: InProcessProduct, client: Recording
) -> None:
    charters = sign_on(40, 225)
    client.calls.clear()
    assert waiver_log.append_waiting(budget_s=60)
    sizes = [len(params["TransactItems"]) for name, params in client.calls if name == "transact_write_items"]
    assert max(sizes) <= 100
    # Beyond 256 leaves there is a full tile, and one above it.
    assert {(0, 0), (0, 1), (1, 0)} <= tiles(product)
    check_nothing_lost(product, charters, 300)


def tiles(product: InProcessProduct) -> set[tuple[int, int]]:
    keys = [sk.split("#") for pk, sk in product.dynamo.items if pk == "WAIVER_LOG" and sk.startswith("TILE#")]
    return {(int(level), int(number)) for _, level, number in keys}


@pytest.mark.parametrize("size", [255, 256, 257])
def test_the_log_is_continued_and_each_record_proved_around_a_full_tile(
    product: InProcessProduct, client: Recording, size: int
) -> None:
    charter = store_charter()
    for number in range(size):
        put_form(new_form(charter, f"Guest {number}", minutes=number / 60))
    assert waiver_log.append_waiting(budget_s=600)
    told = [log_store.read_tree()]
    for number in range(3):
        put_form(new_form(charter, f"Late {number}", minutes=size + number))
        assert waiver_log.append_waiting()
        told.append(log_store.read_tree())
    end = told[-1]
    for tree in told:
        assert waiver_log.why_not_continued(tree, end) == ""
        proof = waiver_log.consistency_proof(tree, end)
        assert merkle.verify_consistency(tree.size, tree.root, end.size, end.root, proof)
    for index, payload in enumerate(logged()):
        proof = waiver_log.inclusion_proof(index, end)
        assert merkle.verify_inclusion(merkle.hash_leaf(payload.encode()), index, end.size, proof, end.root)
    checkpoints = [checkpoint.Checkpoint(tree.origin, tree.size, tree.root) for tree in told]
    assert verify.find_fault_in(export(), checkpoints).fault is None
    check_log(product.dynamo.items.values(), waiting=0)


def test_writers_who_pass_the_lease_at_once_double_nothing(
    product: InProcessProduct, client: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    charters = sign_on(3, 30)
    append = log_store.append
    nested = iter(range(3))

    def be_overtaken(*arguments: Any) -> None:
        # Another writer, who has read the same end, is faster each time.
        if next(nested, None) is not None:
            assert waiver_log.append_batch(log_store.list_waiting(5)) == 5
        append(*arguments)

    monkeypatch.setattr(log_store, "take_lease", lambda *_: True)
    monkeypatch.setattr(log_store, "append", be_overtaken)
    assert waiver_log.append_waiting(budget_s=60)
    check_nothing_lost(product, charters, 40)


def test_the_list_of_a_full_charter_is_kept_in_chunks_and_counted_right(
    product: InProcessProduct, client: Recording
) -> None:
    (charter,) = sign_on(1, 225)
    assert waiver_log.append_waiting(budget_s=60)
    chunks = sorted(sk for pk, sk in product.dynamo.items if pk.startswith("EVENT#") and sk.startswith("SIGNED#"))
    assert len(chunks) == -(-300 // people.CHUNK)
    largest = max(len(product.dynamo.items[f"EVENT#{charter.event_id}", sk]["rows"]["S"]) for sk in chunks)
    assert largest < 100_000
    check_nothing_lost(product, [charter], 300)


def test_a_record_that_waits_for_long_is_an_alarm(
    product: InProcessProduct, client: Recording, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logging.disable(logging.NOTSET)
    sign_on(1, 1)
    monkeypatch.setattr(log_store, "take_lease", lambda *_: False)
    waiver_log.sweep(operator.at(10))
    assert "waiver-log-alarm" not in caplog.text
    waiver_log.sweep(operator.at(11))
    assert "waiver-log-alarm: a record has waited for the log since 2026-11-22T20:00:00Z" in caplog.text
    assert "Guest" not in caplog.text
