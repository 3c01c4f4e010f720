"""Charters and the board in the table; one contract for DynamoDB Local and the embedded AWS."""

from typing import Any

import pytest

from chalicelib.charters import store as charter_store
from chalicelib.core import dynamo, errors, idempotency, settings
from chalicelib.payments import store as payment_store
from chalicelib.waivers import people
from tests.support import operator
from tests.support.races import at_once
from tests.support.stored import (
    act,
    audit,
    new_mail,
    new_payment,
    posted,
    posted_act,
    read_again,
    rows_of,
    store_charter,
    store_payment,
    store_waivers,
    trail,
)
from tests.support.stores import counted, write_in_bulk

pytestmark = pytest.mark.usefixtures("dynamodb")


def board(first: str = "2026", last: str = "9", status: str | None = None, limit: int = 100) -> list[str]:
    return [charter.event_id for charter in charter_store.list_charters(first, last, status, limit)[0]]


def test_a_charter_is_read_as_it_was_stored() -> None:
    crew = [{"person_id": None, "name": "Smee", "email": "", "phone": ""}]
    charter = store_charter(
        title='Zoë\'s "sail" 🚢 \\ \t', captain=None, crew=crew, notes="two\nlines", passenger_limit=None
    )
    assert charter_store.read_charter(charter.event_id) == charter


def test_an_unknown_charter_is_none() -> None:
    store_charter()
    assert charter_store.read_charter("B" * 22) is None
    assert charter_store.read_whole_charter("B" * 22, with_signed=True) is None


def test_the_same_request_key_again_finds_the_first_charter_and_stores_nothing() -> None:
    first, second = operator.event(), operator.event()
    charter_store.put_new_charter(first, audit(), "key", "print-1")
    with pytest.raises(errors.AlreadyExists) as found:
        charter_store.put_new_charter(second, audit(), "key", "print-2")
    assert idempotency.request_of(found.value.item) == (first.event_id, "print-1")
    assert charter_store.read_charter(second.event_id) is None
    assert board() == [first.event_id]
    charter_store.put_new_charter(second, audit(), "another-key", "print-2")
    assert charter_store.read_charter(second.event_id) == second


def test_one_request_key_used_by_many_at_once_makes_one_charter() -> None:
    charters = [operator.event() for _ in range(6)]
    results = at_once(6, lambda number: charter_store.put_new_charter(charters[number], audit(), "key", "print"))
    assert results.count(None) == 1
    assert all(result is None or isinstance(result, errors.AlreadyExists | errors.WriteConflict) for result in results)
    assert board() == [charters[results.index(None)].event_id]


def test_an_edit_replaces_what_an_admin_edits_and_moves_the_charter_on_the_board() -> None:
    charter, other = store_charter(starts_at="2026-11-20T01:00:00Z"), store_charter(starts_at="2026-11-21T01:00:00Z")
    assert board() == [charter.event_id, other.event_id]
    edited = charter._replace(
        details={**charter.details, "title": "Moonrise", "starts_at": "2026-11-25T01:00:00Z"},
        status="completed",
        version=2,
        updated_at="2026-11-22T21:00:00Z",
    )
    made = audit("edited")
    charter_store.update_charter(edited, charter, made)
    assert charter_store.read_charter(charter.event_id) == edited._replace(edited_at=made["at"])
    assert board() == [other.event_id, charter.event_id]
    assert [entry["act"] for entry in trail(charter.event_id)].count("edited") == 1


def test_an_edit_keeps_the_money_and_the_signatures_that_came_meanwhile() -> None:
    charter = store_charter()
    store_payment(charter)
    seen = read_again(charter)
    store_waivers(charter)
    charter_store.update_charter(seen._replace(version=2), seen, audit("edited"))
    now = read_again(charter)
    assert (now.version, now.sums.received_cents, now.ledger_seq, now.signed_count) == (2, 50_000, 1, 1)


def test_an_edit_of_an_old_version_writes_nothing() -> None:
    charter = store_charter()
    charter_store.update_charter(charter._replace(version=2), charter, audit("edited"))
    before, known = read_again(charter), trail(charter.event_id)
    late = charter._replace(version=2, details={**charter.details, "title": "late"})
    with pytest.raises(errors.WriteConflict):
        charter_store.update_charter(late, charter, audit("edited"))
    assert read_again(charter) == before
    assert trail(charter.event_id) == known


def test_what_is_due_is_known_to_whoever_changes_it() -> None:
    """The list of receivables follows from the charter and from its ledger: neither changes behind the other's back."""
    charter = store_charter()
    store_payment(charter)
    with pytest.raises(errors.WriteConflict):
        charter_store.update_charter(charter._replace(version=2), charter, audit("edited"))
    now = read_again(charter)
    charter_store.update_charter(now._replace(version=2), now, audit("edited"))
    assert read_again(charter).version == 2
    payment = new_payment(now)
    with pytest.raises(errors.WriteConflict):
        payment_store.append_payment(posted(now, payment), payment, "print", "{}", None)


def test_many_edits_at_once_of_one_version_make_one_edit() -> None:
    charter = store_charter()
    results = at_once(6, lambda _: charter_store.update_charter(charter._replace(version=2), charter, audit("edited")))
    assert results.count(None) == 1
    assert sum(isinstance(result, errors.WriteConflict) for result in results) == 5
    assert read_again(charter).version == 2


def test_the_board_lists_a_span_of_time_from_its_first_instant_to_before_its_last() -> None:
    days = [store_charter(starts_at=f"2026-12-0{day}T08:00:00Z").event_id for day in (3, 1, 2)]
    third, first, second = days
    assert board() == [first, second, third]
    assert board("2026-12-01T08:00:00Z", "2026-12-03T08:00:00Z") == [first, second]
    assert board("2026-12-01T08:00:01Z", "2026-12-03T08:00:01Z") == [second, third]
    assert board("2027", "9") == []


def test_the_board_goes_on_page_by_page_and_says_when_it_ends() -> None:
    kept_ids = [store_charter(starts_at="2026-12-01T08:00:00Z").event_id for _ in range(5)]
    seen: list[str] = []
    first, pages = "2026", 0
    while True:
        page, more = charter_store.list_charters(first, "9", None, 2)
        seen += [charter.event_id for charter in page]
        pages += 1
        if not more:
            break
        first = charter_store.board_key(page[-1]) + "~"
    assert pages == 3
    assert sorted(seen) == sorted(kept_ids)
    assert charter_store.list_charters("2026", "9", None, 5)[1] is False
    assert charter_store.list_charters("2026", "9", None, 4)[1] is True


def test_the_board_of_one_status_holds_that_status_alone_and_fills_its_pages() -> None:
    for day in range(1, 10):
        store_charter(
            operator.event(status="cancelled" if day % 3 == 0 else "scheduled", starts_at=f"2026-12-0{day}T08:00:00Z")
        )
    page, more = charter_store.list_charters("2026", "9", "cancelled", 2)
    assert [charter.details["starts_at"][:10] for charter in page] == ["2026-12-03", "2026-12-06"]
    assert more
    page, more = charter_store.list_charters(charter_store.board_key(page[-1]) + "~", "9", "cancelled", 2)
    assert [charter.details["starts_at"][:10] for charter in page] == ["2026-12-09"]
    assert not more


def test_a_board_of_one_status_does_not_give_up_on_a_long_row_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamo, "MAX_PAGES", 2)
    for number in range(12):
        store_charter(starts_at=f"2026-12-01T08:00:{number:02d}Z")
    last = store_charter(operator.event(status="cancelled", starts_at="2026-12-02T08:00:00Z"))
    assert board(status="cancelled", limit=3) == [last.event_id]


def test_the_board_shows_the_money_and_the_signatures_of_each() -> None:
    charter = store_charter()
    store_payment(charter)
    store_waivers(charter)
    (listed,), _ = charter_store.list_charters("2026", "9", None, 10)
    # The index does not hold how the list of who has signed and the check-ins are counted.
    assert listed == read_again(charter)._replace(signed_seq=0, signed_rows=0)


def test_a_charter_comes_with_all_it_owns_and_nothing_of_others() -> None:
    charter, other = store_charter(), store_charter()
    for one in (charter, other):
        store_payment(one, new_mail())
        store_waivers(one)
    payment = store_payment(charter)
    payment_store.append_act(posted_act(read_again(charter), act("void")), payment, act("void"), None)
    found = charter_store.read_whole_charter(charter.event_id, with_signed=True)
    assert found
    assert found.charter == read_again(charter)
    assert [payment_store.is_act(item) for item in found.payment_items] == [False, False, True]
    assert people.load_rows(found.signed_items) == rows_of(charter)
    assert len(rows_of(charter)) == 1
    money_only = charter_store.read_whole_charter(charter.event_id, with_signed=False)
    assert money_only
    assert money_only.payment_items == found.payment_items
    assert money_only.signed_items == []


def test_a_charter_larger_than_one_page_of_the_database_is_read_whole() -> None:
    charter = store_charter()
    ids = [store_payment(charter, answer="x" * 200_000)["payment_id"] for _ in range(7)]
    found = charter_store.read_whole_charter(charter.event_id, with_signed=False)
    assert found
    assert [payment_store.to_payment(item)[1]["payment_id"] for item in found.payment_items] == ids


def test_the_trail_of_a_charter_is_in_order_of_time() -> None:
    charter = store_charter()
    for minutes in (30, 10, 20):
        version = read_again(charter).version
        charter_store.update_charter(
            charter._replace(version=version + 1), read_again(charter), audit(f"at {minutes}", minutes)
        )
    assert [entry["act"] for entry in trail(charter.event_id)] == [
        "created",
        "at 10",
        "at 20",
        "at 30",
    ]


# --- cost -----------------------------------------------------------------------------------------


def fill_board(client: Any, count: int) -> None:
    """That many charters of a lifetime, written in bulk as copies of one that the store wrote."""
    charter = store_charter(starts_at="2020-01-01T00:00:00Z", ends_at="2020-01-01T03:00:00Z")
    item = client.get_item(
        TableName=settings.settings().table, Key={"PK": {"S": f"EVENT#{charter.event_id}"}, "SK": {"S": "EVENT"}}
    )["Item"]
    copies = []
    for number in range(1, count):
        start, name = f"20{20 + number // 1000:02d}-01-02T{number % 24:02d}:00:00Z", f"{number:022d}"
        copies.append({**item, "PK": {"S": f"EVENT#{name}"}, "by_date_sk": {"S": f"{start}#{name}"}})

    write_in_bulk(client, copies)


@pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True)
def test_a_page_of_the_board_costs_one_query_of_the_same_size_among_100_and_among_10_000(dynamodb: Any) -> None:
    with counted(dynamodb) as calls:
        fill_board(dynamodb, 100)
        calls.clear()
        few, _ = charter_store.list_charters("2020", "9", None, 50)
        among_100 = calls.copy()
        fill_board(dynamodb, 10_000)
        calls.clear()
        many, more = charter_store.list_charters("2020", "9", None, 50)
    assert (len(few), len(many), more) == (50, 50, True)
    assert [call.operation for call in calls] == ["Query"]
    assert [call.units for call in calls] == [call.units for call in among_100]
