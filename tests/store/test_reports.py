"""The ledger's reports, on rows that the store keeps."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core import settings, times
from chalicelib.core.errors import BadInput
from chalicelib.payments import reports, tips
from chalicelib.payments import store as payment_store
from tests.support import operator
from tests.support.stored import posted, store_charter, store_payment
from tests.support.stores import counted, write_in_bulk

pytestmark = [
    pytest.mark.usefixtures("dynamodb"),
    pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True),
]


def kept(**changes: Any) -> dict[str, Any]:
    """A payment on a charter of its own."""
    charter = store_charter()
    row = operator.payment(charter.event_id, **changes)
    payment_store.append_payment(posted(charter, row), {**row, "receipt": "off"}, "print", "{}", None)
    return row


def report(**query: str) -> dict[str, Any]:
    return reports.list_payments(*reports.parse_page(query, now=operator.NOW))


def test_payments_received_at_the_same_second_are_all_shown_page_by_page() -> None:
    minutes = [9, 2, 5, 7, 1, 4]
    rows = [kept(recorded_at=times.format_instant(operator.at(minute))) for minute in minutes]
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = report(**query)
        seen += [row["payment_id"] for row in page["payments"]]
        assert page["totals"]["count"] == len(rows)
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(row["payment_id"] for row in rows)


def test_a_report_goes_over_the_turn_of_months_and_years() -> None:
    days = ["2025-12-31T12:00:00Z", "2026-01-01T12:00:00Z", "2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z"]
    for day in days:
        kept(received_at=day)
    assert [row["received_at"] for row in report(**{"from": "2025-12-31", "to": "2026-02-28"})["payments"]] == days[:3]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-20", "2026-11-10"), ("2026-11-20", "2025-11-20"), ("2026-11-20T10:00:00Z", "2026-11-20T09:59:59Z")],
)
def test_a_report_that_ends_before_it_begins_is_empty(start: str, end: str) -> None:
    kept(received_at="2026-11-20T10:00:00Z")
    found = report(**{"from": start, "to": end})
    assert (found["payments"], found["totals"]["count"], found["next_cursor"]) == ([], 0, None)


def summary(**query: str) -> dict[str, Any]:
    return reports.summarize(reports.parse_summary(query, now=operator.NOW))


def test_a_day_is_the_operators_day_and_a_period_without_money_is_shown() -> None:
    # Los Angeles: one minute before and one after midnight, on the night the clocks go back.
    kept(received_at="2026-11-01T06:59:00Z", amount_cents=1)
    kept(received_at="2026-11-01T07:01:00Z", amount_cents=2)
    kept(received_at="2026-11-02T07:59:00Z", amount_cents=4)
    kept(received_at="2026-11-02T08:00:00Z", amount_cents=8)
    found = summary(**{"from": "2026-10-31", "to": "2026-11-03", "by": "day"})
    assert [(part["from"], part["to"], part["totals"]["received_cents"]) for part in found["periods"]] == [
        ("2026-10-31", "2026-10-31", 1),
        ("2026-11-01", "2026-11-01", 6),
        ("2026-11-02", "2026-11-02", 8),
        ("2026-11-03", "2026-11-03", 0),
    ]
    assert (found["totals"]["received_cents"], found["timezone"]) == (15, "America/Los_Angeles")


def test_weeks_start_on_monday_and_the_ends_are_cut_to_the_range() -> None:
    found = summary(**{"from": "2026-11-05", "to": "2026-11-17", "by": "week"})
    assert [(part["from"], part["to"]) for part in found["periods"]] == [
        ("2026-11-05", "2026-11-08"),
        ("2026-11-09", "2026-11-15"),
        ("2026-11-16", "2026-11-17"),
    ]


def test_months_go_over_the_turn_of_the_year() -> None:
    kept(received_at="2026-12-31T20:00:00Z", amount_cents=7)
    found = summary(**{"from": "2026-11-30", "to": "2027-01-31"})
    assert [(part["from"], part["to"], part["totals"]["count"]) for part in found["periods"]] == [
        ("2026-11-30", "2026-11-30", 0),
        ("2026-12-01", "2026-12-31", 1),
        ("2027-01-01", "2027-01-31", 0),
    ]


def test_totals_tell_methods_kinds_and_what_is_not_cleared_apart() -> None:
    at = "2026-11-20T10:00:00Z"
    kept(received_at=at, kind="deposit", method="check", amount_cents=100, status="received", cleared_at=None)
    kept(received_at=at, kind="balance", method="cash", amount_cents=200)
    kept(received_at=at, kind="tip", method="cash", amount_cents=30)
    kept(received_at=at, kind="refund", method="check", amount_cents=40)
    kept(received_at=at, kind="balance", method="venmo", amount_cents=999, status="voided")
    assert summary(**{"from": "2026-11-20", "to": "2026-11-20", "by": "day"})["totals"] == {
        "currency": "USD",
        "received_cents": 300,
        "refunded_cents": 40,
        "tips_cents": 30,
        "uncleared_cents": 100,
        "count": 5,
        "by_method": {"check": 60, "cash": 230},
        "by_kind": {"deposit": 100, "balance": 200, "tip": 30, "refund": 40},
        "other_currencies": [],
    }


def test_money_of_different_currencies_is_never_added() -> None:
    for currency, amount_cents in (("EUR", 100), ("USD", 20), ("CHF", 3), ("EUR", 1000)):
        kept(received_at="2026-11-20T10:00:00Z", currency=currency, amount_cents=amount_cents)
    totals = report(**{"from": "2026-11-20", "to": "2026-11-20"})["totals"]
    assert (totals["currency"], totals["received_cents"]) == ("USD", 20)
    assert [(one["currency"], one["received_cents"]) for one in totals["other_currencies"]] == [
        ("CHF", 3),
        ("EUR", 1100),
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2020-01-01", "to": "2026-01-01", "by": "day"}, "from"),
        ({"from": "1971-01-01", "to": "2199-01-01"}, "from"),
        ({"by": "year"}, "by"),
        ({"from": "yesterday"}, "from"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_summary_that_cannot_be_made_says_which_field_is_wrong(query: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as problem:
        summary(**query)
    assert list(problem.value.fields) == [field]


def test_a_summary_of_a_range_that_ends_before_it_begins_is_empty() -> None:
    found = summary(**{"from": "2026-11-20", "to": "2026-11-10"})
    assert (found["periods"], found["totals"]["count"]) == ([], 0)


# --- cost -----------------------------------------------------------------------------------------


def fill_charters(count: int) -> None:
    """A payment of June on each of that many charters of Petrel, and a second one on some of them."""
    for number in range(count):
        charter = store_charter(vessel="Petrel", captain=HOOK)
        for _ in range(2 if number < 9 else 1):
            store_payment(charter, received_at="2026-06-15T12:00:00Z", method="check" if number < 7 else "cash")


HOOK = {"person_id": None, "name": "Cap Hook", "email": "", "phone": ""}
JUNE = {"from": "2026-06-01", "to": "2026-06-30"}


def test_what_is_told_of_boats_and_captains_reads_each_charter_once_a_hundred_at_a_time(dynamodb: Any) -> None:
    fill_charters(104)

    def rows_and_reads(tell: Callable[[], int]) -> tuple[int, list[str]]:
        with counted(dynamodb) as calls:
            return tell(), [call.operation for call in calls]

    def in_list(**asked: str) -> int:
        return int(report(**JUNE, **asked)["totals"]["count"])

    def in_file(**asked: str) -> int:
        text = reports.to_csv(reports.parse_report({**JUNE, **asked}, now=operator.NOW))
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
        assert {(row["boat"], row["captain"]) for row in rows} == {("Petrel", "Cap Hook")}
        return len(rows)

    def in_groups(by: str) -> int:
        (group,) = summary(**JUNE, by=by)["groups"]
        assert group["charters"] == 104
        return int(group["totals"]["count"])

    once, twice = ["Query", "BatchGetItem"], ["Query", "BatchGetItem", "BatchGetItem"]
    assert rows_and_reads(in_list) == (113, ["Query"])
    assert rows_and_reads(lambda: in_list(boat="petrel")) == (113, twice)
    assert rows_and_reads(lambda: in_list(boat="petrel", captain="cap hook")) == (113, twice)
    assert rows_and_reads(lambda: in_list(boat="heron")) == (0, twice)
    # Only the charters of those payments.
    assert rows_and_reads(lambda: in_list(boat="petrel", method="check")) == (14, once)
    assert rows_and_reads(in_file) == (113, twice)
    assert rows_and_reads(lambda: in_file(boat="petrel")) == (113, twice)
    assert rows_and_reads(lambda: in_file(method="check")) == (14, once)
    for by in ("boat", "captain"):
        assert rows_and_reads(lambda by=by: in_groups(by)) == (113, twice)


@pytest.mark.parametrize("tipped", [0, 102])
def test_tips_are_one_query_of_the_board_and_the_shares_a_hundred_at_a_time(dynamodb: Any, tipped: int) -> None:
    for _ in range(tipped):
        store_payment(store_charter(starts_at="2026-06-15T12:00:00Z"), kind="tip", amount_cents=1_001)
    # A charter that never had a tip costs nothing.
    store_payment(store_charter(starts_at="2026-06-16T12:00:00Z"))
    with counted(dynamodb) as calls:
        found = tips.list_tips(tips.parse_range(JUNE, now=operator.NOW))
    assert sum(one["tips_cents"] for one in found["charters"]) == tipped * 1_001
    # Without tips neither shares nor people are read.
    asked = ["Query", *["BatchGetItem"] * -(-tipped // 100), *(["Query"] if tipped else [])]
    assert [call.operation for call in calls] == asked


def fill_ledger(dynamodb: Any, year: int, month: int, count: int) -> None:
    """That many payments received in a month, as copies of one that the store wrote."""
    row = kept(received_at=f"{year}-{month:02d}-10T12:00:00Z", method="check")
    item = payment_store.read_payment_item(row["event_id"], row["payment_id"])
    assert item
    copies = []
    for number in range(1, count):
        payment_id = operator.uuid()
        received_at = f"{year}-{month:02d}-{number % 28 + 1:02d}T12:00:00Z"
        facts = {**row, "payment_id": payment_id, "received_at": received_at}
        copies.append(
            {
                **item,
                "SK": {"S": f"PAYMENT#{payment_id}"},
                "by_date_sk": {"S": f"{received_at}#{payment_id}"},
                "data": {"S": json.dumps(facts)},
            }
        )
    write_in_bulk(dynamodb, copies)


def test_a_month_of_2_000_payments_reads_its_own_pages_of_one_partition_however_many_others_there_are(
    dynamodb: Any,
) -> None:
    month = {"from": "2026-06-01", "to": "2026-06-30", "limit": "100"}
    fill_ledger(dynamodb, 2026, 6, 2_000)
    with counted(dynamodb) as calls:
        alone = report(**month)
        calls_alone = calls.copy()
        for year, other in ((2026, 5), (2026, 7), (2025, 6)):
            fill_ledger(dynamodb, year, other, 500)
        calls.clear()
        among_others = report(**month)
    assert (alone["totals"]["count"], len(alone["payments"])) == (2_000, 100)
    assert among_others == alone
    assert [(call.operation, call.units) for call in calls] == [(call.operation, call.units) for call in calls_alone]
    assert {call.operation for call in calls} == {"Query"}
    for call in calls:
        assert (call.asked["IndexName"], call.asked["ExpressionAttributeValues"][":pk"]) == ("by_date", {"S": "LEDGER"})
        assert call.asked["KeyConditionExpression"].startswith("by_date_pk = :pk AND by_date_sk BETWEEN")
    # A page is 1 MB; half a unit is 4 KB, eventually consistent.
    listed_bytes = 2_000 * sum(len(name) + len(text) for name, text in size_of_a_row(dynamodb).items())
    assert len(calls) == -(-listed_bytes // 1_048_576)
    assert sum(call.units for call in calls) == pytest.approx(listed_bytes / 4096 / 2, rel=0.1)


def size_of_a_row(dynamodb: Any) -> dict[str, str]:
    """What the index holds of one payment."""
    (item,) = dynamodb.query(
        TableName=settings.settings().table,
        IndexName="by_date",
        KeyConditionExpression="by_date_pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "LEDGER"}},
        Limit=1,
    )["Items"]
    return {name: value["S"] for name, value in item.items()}
