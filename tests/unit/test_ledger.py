import random
from typing import Any

import pytest

from chalicelib.money import ledger
from chalicelib.money.ledger import Sums
from chalicelib.money.methods import METHODS
from tests.support import operator


def paid(amount_cents: int, kind: str = "balance", **changes: Any) -> dict[str, Any]:
    return operator.payment(amount_cents=amount_cents, kind=kind, **changes)


def balance(rows: list[dict[str, Any]], charged_cents: int = 100_000) -> dict[str, int]:
    return ledger.fold(rows).balance(charged_cents)


def some_rows(chance: random.Random) -> list[dict[str, Any]]:
    """Rows of every kind and state, many at the very same second."""
    rows = []
    for _ in range(chance.randint(0, 12)):
        kind, method = chance.choice(ledger.KINDS), chance.choice(list(METHODS))
        second = f"2026-11-22T10:00:0{chance.randint(0, 3)}Z"
        rows.append(
            paid(
                chance.randint(1, 100_000_000),
                kind,
                method=method,
                status=chance.choice(ledger.STATUSES),
                received_at=second,
                recorded_at=f"2026-11-22T11:00:0{chance.randint(0, 1)}Z",
                refunds_tip=kind == "refund" and chance.random() < 0.5,
            )
        )
    return rows


@pytest.mark.parametrize("seed", range(200))
def test_payments_added_one_by_one_in_any_order_make_the_same_sums(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    rows = some_rows(chance)
    expected = ledger.fold(rows)
    chance.shuffle(rows)
    sums = Sums()
    for row in rows:
        sums = ledger.add(sums, row)
    assert sums == expected


@pytest.mark.parametrize("seed", range(200, 300))
def test_the_sums_say_what_the_contract_says(seed: int) -> None:
    rows = some_rows(random.Random(seed))  # noqa: S311 - repeatable on purpose
    live = [row for row in rows if row["status"] not in ("voided", "bounced")]

    def total(*kinds: str) -> int:
        return sum(row["amount_cents"] for row in live if row["kind"] in kinds and not row["refunds_tip"])

    given_tips = sum(row["amount_cents"] for row in live if row["refunds_tip"])
    found = balance(rows, 5_000)
    assert found["received_cents"] == total("deposit", "balance")
    assert found["deposits_cents"] == total("deposit")
    assert found["refunded_cents"] == total("refund")
    assert found["tips_cents"] == total("tip") - given_tips
    assert found["balance_due_cents"] == 5_000 - total("deposit", "balance") + total("refund")

    latest = max((row for row in live if row["kind"] != "refund"), key=ledger.sort_key, default=None)
    sums = ledger.fold(rows)
    assert sums.payment_timestamp == (latest["received_at"] if latest else None)
    assert sums.payment_method == (latest["method"] if latest else None)
    assert sums.rows == len(rows)


def test_a_deposit_and_the_rest_settle_a_charter() -> None:
    assert balance([paid(40_000, "deposit")])["balance_due_cents"] == 60_000
    assert not ledger.fold([paid(40_000, "deposit")]).settled(100_000, has_fee=True)
    assert balance([paid(40_000, "deposit"), paid(60_000)])["balance_due_cents"] == 0
    assert ledger.fold([paid(40_000, "deposit"), paid(60_000)]).settled(100_000, has_fee=True)


def test_an_overpayment_is_settled_with_a_negative_balance() -> None:
    assert balance([paid(150_000)])["balance_due_cents"] == -50_000
    assert ledger.fold([paid(150_000)]).settled(100_000, has_fee=True)


def test_a_tip_pays_nothing_of_the_fee() -> None:
    assert balance([paid(100_000, "tip")])["balance_due_cents"] == 100_000
    assert balance([paid(100_000, "tip")])["tips_cents"] == 100_000
    assert not ledger.fold([paid(100_000, "tip")]).settled(100_000, has_fee=True)


def test_a_refund_makes_its_amount_due_again() -> None:
    rows = [paid(100_000), paid(30_000, "refund")]
    assert balance(rows)["balance_due_cents"] == 30_000
    assert balance(rows)["received_cents"] == 100_000
    assert balance(rows)["refunded_cents"] == 30_000
    assert not ledger.fold(rows).settled(100_000, has_fee=True)


def test_the_refund_of_a_tip_lowers_the_tips_alone() -> None:
    rows = [paid(100_000), paid(9_000, "tip"), paid(4_000, "refund", refunds_tip=True)]
    assert balance(rows)["tips_cents"] == 5_000
    assert balance(rows)["refunded_cents"] == 0
    assert balance(rows)["balance_due_cents"] == 0


@pytest.mark.parametrize("status", ["voided", "bounced"])
@pytest.mark.parametrize("kind", ledger.KINDS)
def test_voided_and_bounced_payments_count_for_nothing(status: str, kind: str) -> None:
    row = paid(100_000, kind, status=status)
    assert balance([row]) == balance([])
    sums = ledger.fold([row])
    assert (sums.payment_timestamp, sums.payment_method) == (None, None)
    assert not sums.settled(0, has_fee=False)


def test_without_a_fee_a_charter_is_settled_once_something_is_paid() -> None:
    assert not ledger.fold([]).settled(0, has_fee=False)
    assert ledger.fold([paid(1)]).settled(0, has_fee=False)
    assert ledger.fold([paid(1, "tip")]).settled(0, has_fee=False)
    assert not ledger.fold([paid(1, status="voided")]).settled(0, has_fee=False)


def test_uncleared_is_the_money_in_that_has_not_arrived_for_good() -> None:
    rows = [
        paid(1, method="check", status="received"),
        paid(20, "tip", method="venmo", status="received"),
        paid(300, method="check", status="cleared"),
        paid(4_000, method="check", status="bounced"),
        paid(50_000, "refund", method="check", status="received"),
    ]
    assert balance(rows)["uncleared_cents"] == 21


def test_the_latest_payment_is_the_one_received_last_not_the_one_recorded_last() -> None:
    early = paid(1, method="check", received_at="2026-11-01T00:00:00Z", recorded_at="2026-11-20T00:00:00Z")
    late = paid(1, method="cash", received_at="2026-11-02T00:00:00Z", recorded_at="2026-11-03T00:00:00Z")
    for rows in ([early, late], [late, early]):
        sums = ledger.fold(rows)
        assert (sums.payment_timestamp, sums.payment_method) == ("2026-11-02T00:00:00Z", "cash")


def test_what_may_be_refunded_is_the_amount_less_its_live_refunds() -> None:
    first, other = paid(100), paid(100)
    rows = [
        first,
        other,
        paid(30, "refund", refund_of=first["payment_id"]),
        paid(50, "refund", refund_of=first["payment_id"], status="voided"),
        paid(60, "refund", refund_of=other["payment_id"]),
    ]
    assert ledger.refundable_cents(first, rows) == 70
    assert ledger.refundable_cents(other, rows) == 40
