"""What a cancelled charter is charged, and what of the money is to be given back."""

from email.message import EmailMessage
from typing import Any

import pytest

from tests.api.money.conftest import Money
from tests.support.api import Answer, Api, new_event
from tests.support.departing import depart


def cancel(api: Api, event_id: str, fee_cents: int | None = None, **more: Any) -> Answer:
    body = {"reason": "storm", **more}
    if fee_cents is not None:
        body["cancellation_fee_cents"] = fee_cents
    return api.post(f"/api/events/{event_id}/cancel", body)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content())


@pytest.mark.parametrize("paid_cents", [0, 1, 29_999, 30_000, 30_001, 120_000])
@pytest.mark.parametrize("fee_cents", [None, 0, 1, 30_000, 119_999, 120_000])
def test_it_is_charged_its_cancellation_fee_and_the_rest_is_to_refund(
    api: Api, money: Money, fee_cents: int | None, paid_cents: int
) -> None:
    if paid_cents:
        money.log(1, amount_cents=paid_cents, notify=False)
    event = cancel(api, money.event_id, fee_cents).json
    charged = fee_cents or 0
    assert event["cancellation_fee_cents"] == event["balance"]["charged_cents"] == charged
    assert event["charter_fee_cents"] == 120_000
    assert event["balance"]["balance_due_cents"] == charged - paid_cents
    assert event["balance"]["to_refund_cents"] == max(0, paid_cents - charged)
    assert event["payment_cleared"] is (paid_cents >= charged)
    assert money.balance() == event["balance"]


def test_what_is_to_refund_is_always_told(api: Api, money: Money) -> None:
    assert money.balance()["to_refund_cents"] == 0
    money.log(1, amount_cents=100_000)
    cancel(api, money.event_id, 20_000)
    assert money.balance()["to_refund_cents"] == 80_000
    money.log(2, kind="refund", refund_of=money.id(1), amount_cents=50_000)
    assert money.balance()["to_refund_cents"] == 30_000
    money.log(3, kind="tip", amount_cents=7_000)
    assert money.balance()["to_refund_cents"] == 30_000
    there = money.charter()
    money.log(4, kind="refund", refund_of=money.id(1), amount_cents=30_000)
    assert (money.balance()["to_refund_cents"], money.balance(there)["to_refund_cents"]) == (0, 0)


@pytest.mark.parametrize("fee_cents", [120_001, 100_000_000_001, -1, 1.5, "100"])
def test_more_than_the_fee_or_no_amount_is_refused_and_nothing_is_cancelled(
    api: Api, money: Money, fee_cents: Any
) -> None:
    refused = cancel(api, money.event_id, fee_cents)
    assert (refused.status, list(refused.json["Fields"])) == (400, ["cancellation_fee_cents"])
    assert api.get(f"/api/events/{money.event_id}").json["status"] == "scheduled"


def test_the_largest_fee_there_is(api: Api) -> None:
    most = 100_000_000_000
    event = api.post("/api/events", new_event(charter_fee_cents=most)).json
    assert cancel(api, event["event_id"], most).json["balance"]["balance_due_cents"] == most


def test_again_it_stays_as_it_was_and_the_fee_is_changed_by_an_edit(api: Api, money: Money) -> None:
    url = f"/api/events/{money.event_id}"
    first = cancel(api, money.event_id, 20_000).json
    assert cancel(api, money.event_id, 30_000).json == first
    changed = api.patch(url, {"version": 2, "cancellation_fee_cents": 30_000}).json
    assert (changed["status"], changed["balance"]["charged_cents"]) == ("cancelled", 30_000)
    for body in ({"cancellation_fee_cents": 120_001}, {"charter_fee_cents": 29_999}):
        refused = api.patch(url, {"version": 3, **body})
        assert (refused.status, list(refused.json["Fields"])) == (400, ["cancellation_fee_cents"])
    both = {"charter_fee_cents": 500, "cancellation_fee_cents": 500}
    assert api.patch(url, {"version": 3, **both}).json["balance"]["charged_cents"] == 500


def test_a_fee_that_is_agreed_before_holds_only_once_the_charter_is_cancelled(api: Api, money: Money) -> None:
    event = api.patch(f"/api/events/{money.event_id}", {"version": 1, "cancellation_fee_cents": 25_000}).json
    assert event["balance"]["charged_cents"] == 120_000
    assert cancel(api, money.event_id).json["balance"]["charged_cents"] == 25_000


def test_a_charter_that_is_repeated_has_agreed_nothing(api: Api, money: Money) -> None:
    api.patch(f"/api/events/{money.event_id}", {"version": 1, "cancellation_fee_cents": 25_000})
    body = {"request_id": money.id(9), "until": "2030-06-08"}
    (made,) = api.post(f"/api/events/{money.event_id}/repeat", body).json["events"]
    assert made["cancellation_fee_cents"] == 0


def test_the_history_tells_the_fee(api: Api, money: Money) -> None:
    cancel(api, money.event_id, 20_000)
    (told, *_) = api.get(f"/api/events/{money.event_id}/history").json["events"]
    changes = {one["field"]: (one["before"], one["after"]) for one in told["changes"]}
    assert changes["cancellation_fee_cents"] == (0, 20_000)


def test_a_departed_charter_is_not_cancelled_for_any_fee(api: Api, money: Money) -> None:
    assert depart(api, money.event_id).status == 200
    assert cancel(api, money.event_id, 20_000).status == 409


# --- what is mailed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fee_cents", "paid_cents", "said"),
    [
        (50_000, 0, ("Cancellation fee: $500.00", "Balance due: $500.00")),
        (50_000, 120_000, ("Cancellation fee: $500.00", "Paid: $1,200.00", "To refund to you: $700.00")),
        (0, 30_000, ("Cancellation fee: $0.00", "Paid: $300.00", "To refund to you: $300.00")),
        (30_000, 30_000, ("Paid: $300.00", "Balance due: $0.00")),
        (0, 0, ()),
    ],
)
def test_the_patron_alone_is_told_of_the_money_and_the_preview_says_the_same(
    api: Api, money: Money, mailbox: list[EmailMessage], fee_cents: int, paid_cents: int, said: tuple[str, ...]
) -> None:
    if paid_cents:
        money.log(1, amount_cents=paid_cents, notify=False)
    url = f"/api/events/{money.event_id}"
    guests = [{"name": "Bo Kay", "email": "bo@example.com"}]
    assert api.patch(url, {"version": 1, "guests": guests}).status == 200
    preview = api.post(f"{url}/cancel-preview", {"cancellation_fee_cents": fee_cents}).json["mails"]
    assert api.get(url).json["status"] == "scheduled"
    cancel(api, money.event_id, fee_cents, notify=True)
    sent = {str(one["To"]).rpartition("<")[2].rstrip(">"): text_of(one) for one in mailbox}
    assert {one["to"]: one["text"] for one in preview} == sent
    assert sent.keys() == {"ana@example.com", "bo@example.com", "hook@example.com"}
    for address, text in sent.items():
        if address == "ana@example.com" and said:
            assert [words for words in said if words not in text] == []
        else:
            assert "$" not in text


def test_a_preview_counts_what_is_moved_before_as_not_paid(api: Api, money: Money, mailbox: list[EmailMessage]) -> None:
    """The mail that is previewed is the one that goes out once the rest of the deposit counts for another charter."""
    url, there = f"/api/events/{money.event_id}", money.charter(title="There")
    money.log(1, amount_cents=40_000, kind="deposit", method="zelle", notify=False)
    asked = {"cancellation_fee_cents": 15_000, "moved_cents": 25_000}
    preview = api.post(f"{url}/cancel-preview", asked).json["mails"]
    money.correct(1, 2, there, moved_from=money.event_id, amount_cents=25_000)
    money.log(3, amount_cents=15_000, kind="deposit", method="zelle", notify=False)
    mailbox.clear()
    cancel(api, money.event_id, 15_000, notify=True)
    (patron,) = (one for one in preview if one["to"] == "ana@example.com")
    assert patron["text"] in [text_of(one) for one in mailbox]
    assert "Paid: $150.00" in patron["text"]
    assert "To refund" not in patron["text"]
    assert api.post(f"{url}/cancel-preview", {"moved_cents": 15_001}).status == 400


def test_a_preview_refuses_the_fee_that_the_cancellation_would_refuse(api: Api, money: Money) -> None:
    refused = api.post(f"/api/events/{money.event_id}/cancel-preview", {"cancellation_fee_cents": 120_001})
    assert (refused.status, list(refused.json["Fields"])) == (400, ["cancellation_fee_cents"])
    assert api.post(f"/api/events/{money.event_id}/cancel-preview", {"fee": 1}).status == 400
    assert api.post(f"/api/events/{money.event_id}/cancel-preview").status == 200


def test_receipts_of_a_cancelled_charter_say_what_is_left_of_its_fee(
    api: Api, money: Money, mailbox: list[EmailMessage]
) -> None:
    cancel(api, money.event_id, 50_000)
    money.log(1, amount_cents=20_000)
    assert "Cancellation fee: $500.00." in text_of(mailbox[-1])
    assert "Balance due: $300.00" in text_of(mailbox[-1])
    money.log(2, amount_cents=70_000)
    assert "Still to refund to you: $400.00" in text_of(mailbox[-1])
    money.log(3, kind="refund", refund_of=money.id(2), amount_cents=40_000)
    assert "Balance due: $0.00" in text_of(mailbox[-1])


def test_its_patron_is_not_reminded_of_a_trip_that_will_not_be(api: Api, money: Money) -> None:
    api.patch(f"/api/events/{money.event_id}", {"version": 1, "balance_reminders": True})
    event = cancel(api, money.event_id, 50_000).json
    assert event["balance_reminders_state"] == "stopped_cancelled"


def test_an_unusual_amount_is_measured_by_the_cancellation_fee(api: Api, money: Money) -> None:
    cancel(api, money.event_id, 10_000)
    asked = money.log(1, amount_cents=20_001, ask_if_unusual=True)
    assert (asked.json["Code"], asked.json["due_cents"]) == ("UnusualAmount", 10_000)
    assert money.log(2, amount_cents=20_000, ask_if_unusual=True).status == 201
