"""A cancelled charter owes nothing, wherever its money is told."""

from typing import Any

import pytest

from tests.support.api import Api, new_event

PAID, BACK, MORE = (f"0190c0de-0000-7000-8000-{number:012d}" for number in (1, 2, 3))


@pytest.fixture
def event(api: Api) -> dict[str, Any]:
    body = new_event(charter_fee_cents=70_000, balance_reminders=True)
    return api.post("/api/events", body).json  # type: ignore[no-any-return]


def url_of(event: dict[str, Any]) -> str:
    return f"/api/events/{event['event_id']}"


def cancel(api: Api, event: dict[str, Any]) -> dict[str, Any]:
    return api.post(f"{url_of(event)}/cancel", {"reason": "storm"}).json  # type: ignore[no-any-return]


def pay(api: Api, event: dict[str, Any], payment_id: str, amount_cents: int, **changes: Any) -> dict[str, Any]:
    body = {"method": "check", "amount_cents": amount_cents, **changes}
    answer = api.put(f"{url_of(event)}/payments/{payment_id}", body)
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def told(api: Api, event: dict[str, Any]) -> list[dict[str, Any]]:
    """The balance as page, statement and board tell it."""
    (listed,) = api.get("/api/events?from=2030-01-01").json["events"]
    return [
        api.get(url_of(event)).json["balance"],
        api.get(f"{url_of(event)}/payments").json["balance"],
        listed["balance"],
    ]


def test_with_nothing_paid_nothing_is_due(api: Api, event: dict[str, Any]) -> None:
    assert cancel(api, event)["payment_cleared"] is True
    for balance in told(api, event):
        assert (balance["charged_cents"], balance["balance_due_cents"]) == (0, 0)
    assert api.get(url_of(event)).json["charter_fee_cents"] == 70_000


def test_with_everything_refunded_nothing_is_due(api: Api, event: dict[str, Any], mailbox: list[Any]) -> None:
    pay(api, event, PAID, 70_000)
    cancel(api, event)
    for balance in told(api, event):
        assert balance["balance_due_cents"] == -70_000
    back = pay(api, event, BACK, 70_000, kind="refund", refund_of=PAID)["event"]
    assert (back["payment_cleared"], back["balance_reminders_state"]) == (True, "stopped_cancelled")
    for balance in told(api, event):
        assert (balance["charged_cents"], balance["balance_due_cents"]) == (0, 0)
    assert "due" not in mailbox[-1].get_body(("plain",)).get_content()


def test_a_payment_that_is_taken_back_makes_nothing_due(api: Api, event: dict[str, Any], mailbox: list[Any]) -> None:
    pay(api, event, PAID, 30_000)
    pay(api, event, MORE, 40_000)
    cancel(api, event)
    for payment_id, act in ((PAID, "void"), (MORE, "bounce")):
        after = api.post(f"{url_of(event)}/payments/{payment_id}/{act}", {"reason": "x"}).json["event"]
        assert after["balance"]["balance_due_cents"] == (-40_000 if act == "void" else 0)
        assert "due" not in mailbox[-1].get_body(("plain",)).get_content().lower()


def test_without_a_fee_it_is_settled_by_what_was_paid(api: Api) -> None:
    free = api.post("/api/events", new_event(charter_fee_cents=0)).json
    assert cancel(api, free)["payment_cleared"] is False
    assert pay(api, free, PAID, 1)["event"]["payment_cleared"] is True
