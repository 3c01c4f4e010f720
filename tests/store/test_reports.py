"""The ledger's reports, on rows that the store keeps."""

from typing import Any

import pytest

from chalicelib import acts, ledger, payments, store, times
from tests.support import operator

pytestmark = [
    pytest.mark.usefixtures("dynamodb"),
    pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True),
]


def kept(**changes: Any) -> dict[str, Any]:
    """A payment on a charter of its own."""
    event = operator.event()
    store.put_new_event(event, acts.audit("created", operator.ADMIN, times.format_instant(operator.NOW)), None, "")
    row = operator.payment(event.event_id, **changes)
    store.append_payment(event, row, ledger.add(event.sums, row), "off", "print", "{}", None)
    return row


def report(**query: str) -> dict[str, Any]:
    return payments.list_payments(payments.parse_report(query, now=operator.NOW))


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
