"""What is received and waits for an admin to say that the money has arrived."""

from typing import Any

import pytest

from tests.support.api import Api


def waiting(api: Api, **query: str) -> Any:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"/api/payments/to-clear?{text}")
    assert answer.status == 200, answer.text
    return answer.json


def act(api: Api, payment: dict[str, Any], name: str, **body: str) -> None:
    url = f"/api/events/{payment['event_id']}/payments/{payment['payment_id']}/{name}"
    assert api.post(url, body).status == 200


def test_what_needs_clearing_is_listed_the_longest_waiting_first(api: Api, log: Any) -> None:
    new = log(method="zelle", received_at="2026-11-20T10:00:00Z")["payment"]
    # Far older than any report that somebody would look at.
    old = log(method="check", reference="1042", received_at="2024-02-01T10:00:00Z", notify=False)["payment"]
    log(method="cash")
    log(method="card")
    found = waiting(api)
    assert found["payments"] == [
        {**old, "charter": "Sunset sail"},
        {**new, "charter": "Sunset sail", "receipt": "sent"},
    ]
    assert (found["totals"]["uncleared_cents"], found["totals"]["count"]) == (100_000, 2)
    assert found["next_cursor"] is None


@pytest.mark.parametrize(("name", "body"), [("clear", {}), ("bounce", {"reason": "r"}), ("void", {"reason": "r"})])
def test_each_act_that_ends_the_wait_takes_it_off_the_list(api: Api, log: Any, name: str, body: dict[str, str]) -> None:
    payment = log(method="check")["payment"]
    act(api, payment, name, **body)
    act(api, payment, name, **body)
    assert waiting(api)["payments"] == []


def test_a_cleared_check_that_bounces_does_not_come_back(api: Api, log: Any) -> None:
    payment = log(method="check")["payment"]
    act(api, payment, "clear")
    act(api, payment, "bounce", reason="no cover")
    assert waiting(api)["payments"] == []


def test_the_list_goes_on_page_by_page_while_payments_leave_it(api: Api, log: Any) -> None:
    payments = [
        log(method="venmo", amount_cents=number, received_at=f"2026-11-0{number}T10:00:00Z", notify=False)["payment"]
        for number in (1, 2, 3, 4, 5)
    ]
    first = waiting(api, limit="2")
    assert [row["amount_cents"] for row in first["payments"]] == [1, 2]
    for payment in payments[:2]:
        act(api, payment, "clear")
    second = waiting(api, limit="2", cursor=first["next_cursor"])
    assert [row["amount_cents"] for row in second["payments"]] == [3, 4]
    third = waiting(api, limit="2", cursor=second["next_cursor"])
    assert ([row["amount_cents"] for row in third["payments"]], third["next_cursor"]) == ([5], None)


def test_more_than_one_batch_of_payments_waits(api: Api, log: Any) -> None:
    for _ in range(101):
        log(method="zelle", notify=False)
    found = waiting(api, limit="100")
    assert (len(found["payments"]), found["totals"]["count"]) == (100, 101)


def test_a_cursor_of_another_list_is_refused(api: Api, log: Any) -> None:
    for _ in range(2):
        log(method="zelle", notify=False)
    cursor = api.get("/api/payments?limit=1").json["next_cursor"]
    answer = api.get(f"/api/payments/to-clear?cursor={cursor}")
    assert (answer.status, list(answer.json["Fields"])) == (400, ["cursor"])


def test_only_admins_see_the_list(guest: Api) -> None:
    assert guest.get("/api/payments/to-clear").status == 401
