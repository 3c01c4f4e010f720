import uuid
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from tests.support.api import PAYMENT_ID, Answer, Api, in_parallel, new_event, new_payment, payment_url
from tests.support.mails import text_of

PAYMENT_FIELDS = set(
    "payment_id event_id kind refund_of method amount_cents currency payer reference note received_at recorded_at "
    "recorded_by cleared_at status void bounce receipt duplicate_of corrects corrected_by clearance".split()
)


def test_a_logged_payment_comes_back_with_the_event(api: Api, event: dict[str, Any]) -> None:
    answer = api.put(payment_url(event), new_payment(reference="till 2", note="in\ntwo lines"))
    assert answer.status == 201
    payment, after = answer.json["payment"], answer.json["event"]
    assert set(payment) == PAYMENT_FIELDS
    assert payment["payment_id"] == PAYMENT_ID
    assert (payment["kind"], payment["payer"], payment["recorded_by"]) == ("balance", "Ana Rivera", "admin")
    assert (payment["status"], payment["receipt"], payment["currency"]) == ("cleared", "pending", "USD")
    assert payment["received_at"] == payment["recorded_at"] == payment["cleared_at"]
    assert after["balance"]["received_cents"] == 50_000
    assert after["balance"]["balance_due_cents"] == 70_000
    assert (after["payment_cleared"], after["payment_method"]) == (False, "cash")
    assert after["payment_timestamp"] == payment["received_at"]
    stored = api.get(f"/api/events/{event['event_id']}").json
    assert stored["payments"] == [{**payment, "receipt": "sent"}]
    assert stored["balance"] == after["balance"]


def test_the_patron_gets_one_warm_receipt(api: Api, event: dict[str, Any], mailbox: list[EmailMessage]) -> None:
    api.put(payment_url(event), new_payment(method="check", reference="#1042", received_at="2026-11-20T10:00:00-08:00"))
    [message] = mailbox
    assert message["To"] == "Ana Rivera <ana@example.com>"
    assert message["From"] == "Bay Sail <captain@sail.example.com>"
    assert message["Reply-To"] == "Bay Sail <ops@sail.example.com>"
    assert message["Subject"] == "We received your payment of $500.00 for Sunset sail"
    text = text_of(message)
    for fact in ("Ana Rivera", "$500.00", "check (#1042)", "Friday, November 20, 2026", "$700.00", "+1 415 555 0123"):
        assert fact in text
    html = message.get_body(("html",))
    assert html
    assert "<strong>$500.00</strong>" in html.get_content()


@pytest.mark.parametrize(("changes", "patron"), [({"notify": False}, {}), ({}, {"email": ""})])
def test_no_receipt_goes_out_when_none_is_wanted_or_possible(
    api: Api, mailbox: list[EmailMessage], changes: dict[str, Any], patron: dict[str, str]
) -> None:
    event = api.post("/api/events", new_event(patron={**new_event()["patron"], **patron})).json
    answer = api.put(payment_url(event), new_payment(**changes))
    assert answer.json["payment"]["receipt"] == "off"
    assert mailbox == []


def test_the_same_payment_sent_twice_is_recorded_once(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    first = api.put(payment_url(event), new_payment())
    again = api.put(payment_url(event), new_payment())
    assert (first.status, again.status) == (201, 200)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.text == first.text
    assert len(mailbox) == 1
    assert len(api.get(f"/api/events/{event['event_id']}/payments").json["payments"]) == 1


def test_a_replay_after_all_else_has_changed_gets_the_first_answer(
    api: Api, event: dict[str, Any], log: Any, monkeypatch: pytest.MonkeyPatch, mailbox: list[EmailMessage]
) -> None:
    first = api.put(payment_url(event), new_payment())
    log(amount_cents=100)
    api.patch(f"/api/events/{event['event_id']}", {"version": 1, "title": "Other", "patron": {"name": "New"}})
    api.post(f"{payment_url(event)}/void", {"reason": "typo"})
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    mails = len(mailbox)
    month_later = system.utc_now() + timedelta(days=30)
    monkeypatch.setattr(system, "utc_now", lambda: month_later)
    api = api.with_token(api.post("/api/login", {"password": "a-long-enough-password"}).json["token"])
    again = api.put(payment_url(event), new_payment())
    assert (again.status, again.text) == (200, first.text)
    assert len(mailbox) == mails
    assert api.get(payment_url(event).rpartition("/")[0]).json["balance"]["received_cents"] == 100


def test_upper_and_lower_case_name_the_same_payment(api: Api, event: dict[str, Any]) -> None:
    api.put(payment_url(event, PAYMENT_ID), new_payment())
    assert api.put(payment_url(event, PAYMENT_ID.upper()), new_payment()).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 50_001},
        {"method": "check"},
        {"kind": "tip"},
        {"payer": "Somebody"},
        {"reference": "x"},
        {"note": "x"},
        {"received_at": "2026-01-01T00:00:00Z"},
        {"notify": False},
    ],
)
def test_the_same_id_with_other_content_is_a_conflict(
    api: Api, event: dict[str, Any], changes: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    api.put(payment_url(event), new_payment())
    before = api.get(f"/api/events/{event['event_id']}").text
    answer = api.put(payment_url(event), new_payment(**changes))
    assert (answer.status, answer.json["Code"]) == (409, "PaymentConflict")
    assert api.get(f"/api/events/{event['event_id']}").text == before
    assert len(mailbox) == 1


def test_thirty_two_puts_of_one_payment_at_once_are_one_row_one_mail_one_answer(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage]
) -> None:
    def put(other: Api, _: int) -> Answer:
        return other.put(payment_url(event), new_payment())

    answers = in_parallel(api, 32, put)
    assert sorted(answer.status for answer in answers) == [200] * 31 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len(mailbox) == 1
    statement = api.get(f"/api/events/{event['event_id']}/payments").json
    assert len(statement["payments"]) == 1
    assert statement["balance"]["received_cents"] == 50_000


def test_sixteen_different_payments_at_once_all_count(api: Api, event: dict[str, Any]) -> None:
    def put(other: Api, number: int) -> Answer:
        return other.put(payment_url(event, str(uuid.uuid4())), new_payment(amount_cents=100 + number))

    answers = in_parallel(api, 16, put)
    assert [answer.status for answer in answers] == [201] * 16
    statement = api.get(f"/api/events/{event['event_id']}/payments").json
    assert statement["balance"]["received_cents"] == sum(100 + number for number in range(16))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_cents": None}, "amount_cents"),
        ({"amount_cents": 0}, "amount_cents"),
        ({"amount_cents": -5}, "amount_cents"),
        ({"amount_cents": 1.5}, "amount_cents"),
        ({"amount_cents": 100.0}, "amount_cents"),
        ({"amount_cents": "100"}, "amount_cents"),
        ({"amount_cents": True}, "amount_cents"),
        ({"amount_cents": 100_000_000_001}, "amount_cents"),
        ({"amount_cents": 10**40}, "amount_cents"),
        ({"amount_cents": [1]}, "amount_cents"),
        ({"method": None}, "method"),
        ({"method": "bitcoin"}, "method"),
        ({"method": ["cash"]}, "method"),
        ({"method": {}}, "method"),
        ({"kind": "gift"}, "kind"),
        ({"kind": 1}, "kind"),
        ({"currency": "EUR"}, "currency"),
        ({"currency": "usd"}, "currency"),
        ({"payer": "x" * 101}, "payer"),
        ({"payer": "a\x00"}, "payer"),
        ({"reference": 1042}, "reference"),
        ({"note": "x" * 1001}, "note"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"received_at": "2999-01-01T00:00:00Z"}, "received_at"),
        ({"received_at": "2098-01-01T00:00:00Z"}, "received_at"),
        ({"notify": "yes"}, "notify"),
        ({"notify": 1}, "notify"),
        ({"kind": "refund"}, "refund_of"),
        ({"kind": "refund", "refund_of": "x"}, "refund_of"),
        ({"kind": "refund", "refund_of": str(uuid.uuid4())}, "refund_of"),
        ({"refund_of": str(uuid.uuid4())}, "refund_of"),
        ({"status": "cleared"}, "status"),
        ({"payment_id": PAYMENT_ID}, "payment_id"),
    ],
)
def test_a_wrong_payment_names_the_field_and_logs_nothing(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], changes: dict[str, Any], field: str
) -> None:
    answer = api.put(payment_url(event), new_payment(**changes))
    assert (answer.status, list(answer.json["Fields"])) == (400, [field])
    assert api.get(f"/api/events/{event['event_id']}/payments").json["payments"] == []
    assert mailbox == []


@pytest.mark.parametrize("payment_id", ["1", "not-a-uuid", "0190c0de00007000800000000000001", "%00", "x" * 300])
def test_a_payment_id_that_is_no_uuid_is_named(api: Api, event: dict[str, Any], payment_id: str) -> None:
    answer = api.put(payment_url(event, payment_id), new_payment())
    assert (answer.status, list(answer.json["Fields"])) == (400, ["payment_id"])


def test_a_cancelled_charter_still_takes_money_in_and_out(api: Api, event: dict[str, Any], log: Any) -> None:
    paid = log(amount_cents=20_000)["payment"]
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert log(kind="refund", refund_of=paid["payment_id"], amount_cents=15_000)["event"]["status"] == "cancelled"
    assert log(amount_cents=5_000)["event"]["balance"]["received_cents"] == 25_000


def test_a_payment_for_no_charter_is_404(api: Api) -> None:
    assert api.put(f"/api/events/{'A' * 22}/payments/{PAYMENT_ID}", new_payment()).status == 404


# --- what a charter's money adds up to -------------------------------------------------------------


def test_a_charter_is_settled_by_a_deposit_and_the_balance(log: Any) -> None:
    assert log(kind="deposit", amount_cents=20_000)["event"]["payment_cleared"] is False
    last = log(kind="balance", amount_cents=100_000, method="card")["event"]
    assert last["payment_cleared"] is True
    assert last["balance"]["balance_due_cents"] == 0


def test_a_tip_stands_outside_the_balance(log: Any) -> None:
    balance = log(kind="tip", amount_cents=9_000)["event"]["balance"]
    assert (balance["tips_cents"], balance["received_cents"], balance["balance_due_cents"]) == (9_000, 0, 120_000)


def test_an_overpayment_shows_as_a_negative_balance(log: Any) -> None:
    event = log(amount_cents=130_000)["event"]
    assert (event["balance"]["balance_due_cents"], event["payment_cleared"]) == (-10_000, True)


def test_without_a_fee_any_live_payment_settles(api: Api) -> None:
    event = api.post("/api/events", new_event(charter_fee_cents=0)).json
    assert event["payment_cleared"] is False
    assert api.put(payment_url(event), new_payment(amount_cents=1)).json["event"]["payment_cleared"] is True
    voided = api.post(f"{payment_url(event)}/void", {"reason": "typo"}).json["event"]
    assert (voided["payment_cleared"], voided["payment_timestamp"], voided["payment_method"]) == (False, None, None)


def test_the_latest_live_payment_names_method_and_time(api: Api, event: dict[str, Any], log: Any) -> None:
    log(method="zelle", received_at="2026-03-01T00:00:00Z")
    newest = log(method="venmo", received_at="2026-05-01T00:00:00Z")["payment"]
    after = log(method="cash", received_at="2026-04-01T00:00:00Z")["event"]
    assert (after["payment_method"], after["payment_timestamp"]) == ("venmo", "2026-05-01T00:00:00Z")
    voided = api.post(f"{payment_url(event, newest['payment_id'])}/void", {"reason": "typo"}).json["event"]
    assert (voided["payment_method"], voided["payment_timestamp"]) == ("cash", "2026-04-01T00:00:00Z")


def test_a_refund_points_at_its_payment_and_cannot_exceed_it(api: Api, event: dict[str, Any], log: Any) -> None:
    paid = log(amount_cents=120_000)["payment"]
    refund = log(kind="refund", refund_of=paid["payment_id"], amount_cents=30_000, method="check")
    assert refund["payment"]["refund_of"] == paid["payment_id"]
    assert refund["event"]["balance"]["refunded_cents"] == 30_000
    assert refund["event"]["balance"]["balance_due_cents"] == 30_000
    body = new_payment(kind="refund", refund_of=paid["payment_id"], amount_cents=90_001)
    answer = api.put(payment_url(event), body)
    assert (answer.status, list(answer.json["Fields"])) == (400, ["amount_cents"])
    assert answer.json["Fields"]["amount_cents"].startswith("must be at most $900.00:")
    assert api.put(payment_url(event), {**body, "amount_cents": 90_000}).status == 201
    again = api.put(payment_url(event), {**body, "amount_cents": 90_000})
    assert (again.status, again.headers["idempotency-replayed"]) == (200, "true")


def test_a_refunded_tip_lowers_the_tips_and_not_the_balance(log: Any) -> None:
    tip = log(kind="tip", amount_cents=9_000)["payment"]
    balance = log(kind="refund", refund_of=tip["payment_id"], amount_cents=4_000)["event"]["balance"]
    assert (balance["tips_cents"], balance["refunded_cents"], balance["balance_due_cents"]) == (5_000, 0, 120_000)


def test_two_refunds_at_once_never_give_back_more_than_was_paid(api: Api, event: dict[str, Any], log: Any) -> None:
    paid = log(amount_cents=10_000)["payment"]

    def refund(other: Api, _: int) -> Answer:
        body = new_payment(kind="refund", refund_of=paid["payment_id"], amount_cents=6_000)
        return other.put(payment_url(event, str(uuid.uuid4())), body)

    assert sorted(answer.status for answer in in_parallel(api, 6, refund)) == [201] + [400] * 5


# --- lists ----------------------------------------------------------------------------------------


def test_the_statement_is_in_the_order_money_came_in(api: Api, event: dict[str, Any], log: Any) -> None:
    for day in ("03", "01", "02"):
        log(received_at=f"2026-05-{day}T00:00:00Z")
    rows = api.get(f"/api/events/{event['event_id']}/payments").json["payments"]
    assert [row["received_at"][8:10] for row in rows] == ["01", "02", "03"]


def test_the_ledger_spans_months_and_pages_and_totals_the_whole_range(api: Api, log: Any) -> None:
    for month in (3, 4, 5):
        log(received_at=f"2026-{month:02d}-15T12:00:00Z", amount_cents=month * 100, method="check")
        log(received_at=f"2026-{month:02d}-15T12:00:00Z", amount_cents=1, kind="tip")
    query = "/api/payments?from=2026-03-01&to=2026-05-31&limit=4"
    first = api.get(query).json
    rest = api.get(f"{query}&cursor={first['next_cursor']}").json
    amounts = [row["amount_cents"] for row in first["payments"] + rest["payments"]]
    assert sorted(amounts) == [1, 1, 1, 300, 400, 500]
    assert rest["next_cursor"] is None
    assert first["totals"] == rest["totals"]
    assert first["totals"] == {
        "currency": "USD",
        "received_cents": 1200,
        "refunded_cents": 0,
        "tips_cents": 3,
        "uncleared_cents": 1200,
        "count": 6,
        "by_method": {"check": 1200, "cash": 3},
        "by_kind": {"deposit": 0, "balance": 1200, "tip": 3, "refund": 0},
        "other_currencies": [],
    }


def test_the_ledger_filters_by_folded_status_and_method(api: Api, event: dict[str, Any], log: Any) -> None:
    voided = log(method="check")["payment"]
    log(method="check")
    log(method="cash")
    api.post(f"{payment_url(event, voided['payment_id'])}/void", {"reason": "x"})

    def count(query: str) -> int:
        return len(api.get(f"/api/payments?{query}").json["payments"])

    assert [count("status=voided"), count("status=received"), count("method=cash"), count("")] == [1, 1, 1, 3]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=x", "from"),
        ("to=2026-02-31", "to"),
        ("status=paid", "status"),
        ("method=gold", "method"),
        ("limit=1000", "limit"),
        ("cursor=zzz", "cursor"),
        ("page=2", "page"),
    ],
)
def test_a_wrong_question_to_the_ledger_names_the_field(api: Api, query: str, field: str) -> None:
    for path in ("/api/payments", "/api/payments.csv"):
        answer = api.get(f"{path}?{query}")
        assert (answer.status, list(answer.json["Fields"])) == (400, [field])
