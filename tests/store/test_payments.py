"""Payments and the acts on them in the table; one contract for DynamoDB Local and the embedded AWS."""

from typing import Any

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import errors
from chalicelib.money import ledger
from chalicelib.payments import store as payment_store
from chalicelib.payments.store import Posted
from tests.support.races import at_once
from tests.support.stored import (
    act,
    due_mails,
    new_mail,
    new_payment,
    posted,
    posted_act,
    read_again,
    store_charter,
    store_payment,
)
from tests.support.stores import counted

pytestmark = pytest.mark.usefixtures("dynamodb")


def test_a_payment_its_sums_and_its_mail_are_stored_in_one_write() -> None:
    charter, queued = store_charter(), new_mail()
    row = new_payment(charter)
    sums = ledger.add(charter.sums, row)
    payment_store.append_payment(posted(charter, row), row, "print", '{"answer":"🚢"}', queued)
    item = payment_store.read_payment_item(charter.event_id, row["payment_id"])
    assert item
    assert payment_store.to_payment(item) == ((charter.event_id, row["payment_id"]), row)
    assert payment_store.stored_answer(item) == ("print", '{"answer":"🚢"}')
    now = read_again(charter)
    assert (now.sums, now.ledger_seq, now.version) == (sums, 1, 1)
    assert due_mails() == [queued]


def test_a_payment_without_a_mail_queues_none() -> None:
    store_payment(store_charter(), None)
    assert due_mails() == []


def test_the_same_payment_again_finds_the_first_one_and_changes_nothing() -> None:
    charter = store_charter()
    row = store_payment(charter, new_mail(), answer="first")
    before, outbox = read_again(charter), due_mails()
    for seen in (charter, before):
        with pytest.raises(errors.AlreadyExists) as found:
            payment_store.append_payment(posted(seen, row), {**row, "receipt": "off"}, "other", "second", new_mail())
        assert payment_store.stored_answer(found.value.item) == ("print", "first")
    assert read_again(charter) == before
    assert due_mails() == outbox


def test_a_payment_on_outdated_sums_writes_nothing() -> None:
    charter = store_charter()
    store_payment(charter)
    before = read_again(charter)
    row = new_payment(charter)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_payment(posted(charter, row), row, "print", "{}", new_mail())
    assert payment_store.read_payment_item(charter.event_id, row["payment_id"]) is None
    assert read_again(charter) == before
    assert due_mails() == []


def test_of_many_payments_at_once_on_the_same_sums_one_is_stored() -> None:
    charter = store_charter()
    rows = [new_payment(charter, amount_cents=number + 1) for number in range(8)]

    def append(number: int) -> None:
        payment_store.append_payment(posted(charter, rows[number]), rows[number], "print", "{}", new_mail())

    results = at_once(8, append)
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 7
    winner = results.index(None)
    found = charter_store.read_whole_charter(charter.event_id, with_signed=False)
    assert found
    assert [payment_store.to_payment(item)[1] for item in found.payment_items] == [rows[winner]]
    assert (found.charter.sums.received_cents, found.charter.ledger_seq) == (winner + 1, 1)
    assert len(due_mails()) == 1


def test_one_payment_sent_by_many_at_once_is_stored_once() -> None:
    charter = store_charter()
    row, queued = new_payment(charter), new_mail()
    results = at_once(8, lambda _: payment_store.append_payment(posted(charter, row), row, "print", "{}", queued))
    assert results.count(None) == 1
    assert all(result is None or isinstance(result, errors.AlreadyExists | errors.WriteConflict) for result in results)
    assert read_again(charter).ledger_seq == 1
    assert due_mails() == [queued]


def test_an_act_is_done_once_and_never_changes_the_payments_row() -> None:
    charter = store_charter()
    row = store_payment(charter)
    before = payment_store.read_payment_item(charter.event_id, row["payment_id"])
    assert payment_store.list_ended(charter.event_id, [row["payment_id"]]) == set()
    payment_store.append_act(
        posted_act(read_again(charter), act("void"), ledger.Sums(rows=1)), row, act("void"), new_mail()
    )
    assert payment_store.list_ended(charter.event_id, [row["payment_id"]]) == {row["payment_id"]}
    now = read_again(charter)
    assert (now.sums, now.ledger_seq) == (ledger.Sums(rows=1), 2)
    with pytest.raises(errors.AlreadyExists):
        payment_store.append_act(posted_act(now, act("void")), row, act("void"), new_mail())
    assert read_again(charter) == now
    assert len(due_mails()) == 1
    assert payment_store.read_payment_item(charter.event_id, row["payment_id"]) == before


def test_an_act_on_outdated_sums_writes_nothing() -> None:
    charter = store_charter()
    row = store_payment(charter)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_act(posted_act(charter, act("void")), row, act("void"), new_mail())
    assert payment_store.list_ended(charter.event_id, [row["payment_id"]]) == set()
    assert read_again(charter).ledger_seq == 1
    assert due_mails() == []


def test_the_ledger_of_a_month_is_in_order_and_each_act_follows_its_payment() -> None:
    one, two = store_charter(), store_charter()
    last = store_payment(one, received_at="2026-11-30T23:59:59Z")
    first = store_payment(two, received_at="2026-11-01T00:00:00Z")
    store_payment(one, received_at="2026-12-01T00:00:00Z")
    payment_store.append_act(posted_act(read_again(two), act("clear")), first, act("clear"), None)

    def listed(first_at: str, last_at: str) -> list[tuple[tuple[str, str], str]]:
        items = payment_store.list_ledger(first_at, last_at)
        read = [
            payment_store.to_act(item) if payment_store.is_act(item) else payment_store.to_payment(item)
            for item in items
        ]
        return [(ids, str(row.get("act", ""))) for ids, row in read]

    early, late = (two.event_id, first["payment_id"]), (one.event_id, last["payment_id"])
    whole = [(early, ""), (early, "clear"), (late, "")]
    assert listed("2026-11", "2026-12") == whole
    assert listed("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z") == whole[:2]
    assert listed("2026-11-01T00:00:01Z", "2026-12") == whole[2:]
    (row, *_) = payment_store.list_ledger("2026", "9")
    assert payment_store.to_payment(row) == (early, first)


def to_clear() -> list[str]:
    return [payment_store.to_payment(item)[1]["payment_id"] for item in payment_store.list_to_clear()]


def test_a_payment_waits_to_be_cleared_from_its_write_to_the_act_that_clears_it() -> None:
    charter = store_charter()
    store_payment(charter)
    check = store_payment(read_again(charter), method="check", status="received", cleared_at=None)
    assert to_clear() == [check["payment_id"]]
    with pytest.raises(errors.WriteConflict):
        payment_store.append_act(posted_act(charter, act("clear")), check, act("clear"), None)
    assert to_clear() == [check["payment_id"]], "a refused act removed the entry"
    payment_store.append_act(posted_act(read_again(charter), act("clear")), check, act("clear"), None)
    assert to_clear() == []


def voided_for(new: Any) -> Any:
    return {**act("void"), "corrected_by": {name: new[name] for name in ("event_id", "payment_id")}}


def test_a_correction_over_two_charters_is_all_or_nothing() -> None:
    one, two = store_charter(), store_charter()
    old = store_payment(one, method="check", status="received", cleared_at=None)
    new = new_payment(two, method="check", status="received", cleared_at=None)
    mails = [new_mail(), new_mail()]
    seen = [read_again(one), read_again(two)]
    both = [posted_act(seen[0], act("void"), ledger.Sums(rows=1)), posted(seen[1], new)]
    stale = [both[0], Posted(seen[1]._replace(ledger_seq=7), both[1].after)]
    with pytest.raises(errors.WriteConflict):
        payment_store.append_correction(stale, new, "print", "{}", old, voided_for(new), mails)
    assert to_clear() == [old["payment_id"]]
    assert due_mails() == []
    assert [read_again(one), read_again(two)] == seen

    payment_store.append_correction(both, new, "print", "{}", old, voided_for(new), mails)
    assert to_clear() == [new["payment_id"]]
    assert sorted(mail.mail_id for mail in due_mails()) == sorted(mail.mail_id for mail in mails)
    assert [read_again(one).ledger_seq, read_again(two).ledger_seq] == [2, 1]
    assert payment_store.list_ended(one.event_id, [old["payment_id"]]) == {old["payment_id"]}
    with pytest.raises(errors.AlreadyExists) as found:
        payment_store.append_correction(both, new, "other", "{}", old, voided_for(new), mails)
    assert payment_store.stored_answer(found.value.item) == ("print", "{}")


def test_a_batch_is_all_or_nothing_and_its_answer_stands_with_the_batch() -> None:
    charter = store_charter()
    rows = [new_payment(charter, batch_id="b1", method="check", status="received", cleared_at=None) for _ in range(10)]
    after = charter
    for row in rows:
        after = posted(after, row).after
    taken = store_payment(charter)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_batch(Posted(charter, after), "b1", rows, "print", "{}", new_mail())
    seen = read_again(charter)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_batch(Posted(seen, after), "b1", [*rows[:9], taken], "print", "{}", new_mail())
    assert to_clear() == []
    assert due_mails() == []
    assert payment_store.read_batch_item(charter.event_id, "b1") is None

    payment_store.append_batch(Posted(seen, after._replace(ledger_seq=11)), "b1", rows, "print", "{}", new_mail())
    assert sorted(to_clear()) == sorted(row["payment_id"] for row in rows)
    assert read_again(charter).ledger_seq == 11
    with pytest.raises(errors.AlreadyExists) as found:
        payment_store.append_batch(Posted(seen, after), "b1", rows, "other", "[]", None)
    assert payment_store.stored_answer(found.value.item) == ("print", "{}")
    row = payment_store.read_payment_item(charter.event_id, rows[0]["payment_id"])
    assert payment_store.stored_answer(row or {}) == ("", "")


@pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True)
def test_a_payment_with_its_sums_and_mail_is_one_write_and_a_charter_one_query(dynamodb: Any) -> None:
    charter = store_charter()
    row = new_payment(charter)
    with counted(dynamodb) as calls:
        payment_store.append_payment(posted(charter, row), row, "print", "{}", new_mail())
        charter_store.read_whole_charter(charter.event_id, with_signed=False)
    assert [call.operation for call in calls] == ["TransactWriteItems", "Query"]
