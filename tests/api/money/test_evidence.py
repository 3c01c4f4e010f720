"""What the bank shows of a payment is kept with the act that clears it, and shown."""

import csv
from typing import Any

import pytest

from tests.api.money.conftest import Money

EVIDENCE = {
    "source": "chase",
    "file_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "row": 17,
    "date": "2026-11-20",
    "amount_cents": 50_000,
    "name": "ZELLE FROM ANA RIVERA",
}


def test_the_evidence_stays_with_the_payment(money: Money) -> None:
    money.log(1, method="zelle")
    answer = money.act(1, "clear", evidence=EVIDENCE)
    payment = answer.json["payment"]
    assert payment["status"] == "cleared"
    assert payment["clearance"]["evidence"] == EVIDENCE
    assert (payment["clearance"]["by"], payment["clearance"]["at"]) == ("admin", payment["cleared_at"])
    assert {**money.row(1), "receipt": "pending"} == {**payment, "receipt": "pending"}
    [listed] = money.api.get("/api/payments").json["payments"]
    assert listed["clearance"] == payment["clearance"]
    (line,) = csv.DictReader(money.api.get("/api/payments.csv").text.splitlines())
    assert line["cleared_by"] == "admin"
    assert line["evidence"] == f"chase, row 17, 2026-11-20, ZELLE FROM ANA RIVERA, file {EVIDENCE['file_sha256']}"


def test_who_clears_without_evidence_is_told_all_the_same(money: Money) -> None:
    money.log(1, method="zelle")
    assert money.row(1)["clearance"] is None
    clearance = money.act(1, "clear", cleared_at="2026-11-21T10:00:00Z").json["payment"]["clearance"]
    assert (clearance["by"], clearance["evidence"]) == ("admin", None)
    assert clearance["at"] > "2026-11-21T10:00:00Z", "it is when somebody said so, not since when it is true"
    money.log(2)
    assert money.row(2)["clearance"] is None, "cash needs nobody to say so"


def test_cleared_once_more_nothing_changes(money: Money) -> None:
    money.log(1, method="zelle")
    first = money.act(1, "clear", evidence=EVIDENCE).json["payment"]
    again = money.act(1, "clear", evidence={**EVIDENCE, "row": 18}).json["payment"]
    assert again["clearance"] == first["clearance"]


@pytest.mark.parametrize(
    "changes",
    [
        {"row": "FITID 2026-11-20/4"},
        {"row": 0},
        {"amount_cents": -50_000},
        {"amount_cents": 0},
        {"name": ""},
        {"name": None},
        {"source": "my own bank"},
    ],
)
def test_what_a_bank_may_show(money: Money, changes: dict[str, Any]) -> None:
    money.log(1, method="zelle")
    shown = money.act(1, "clear", evidence={**EVIDENCE, **changes}).json["payment"]["clearance"]["evidence"]
    assert shown == {**EVIDENCE, **changes, "name": changes.get("name", EVIDENCE["name"]) or ""}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"file_sha256": EVIDENCE["file_sha256"].upper()}, "evidence.file_sha256"),
        ({"file_sha256": "9f86"}, "evidence.file_sha256"),
        ({"row": -1}, "evidence.row"),
        ({"row": 1.5}, "evidence.row"),
        ({"row": True}, "evidence.row"),
        ({"row": ""}, "evidence.row"),
        ({"row": None}, "evidence.row"),
        ({"date": "20.11.2026"}, "evidence.date"),
        ({"date": None}, "evidence.date"),
        ({"amount_cents": "500.00"}, "evidence.amount_cents"),
        ({"name": "x" * 201}, "evidence.name"),
        ({"source": " "}, "evidence.source"),
        ({"balance": 1}, "evidence.balance"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_cleared(money: Money, changes: dict[str, Any], field: str) -> None:
    money.log(1, method="zelle")
    answer = money.act(1, "clear", evidence={**EVIDENCE, **changes})
    assert (answer.status, set(answer.json["Fields"])) == (400, {field})
    assert money.row(1)["status"] == "received"
    missing = {name: value for name, value in EVIDENCE.items() if name != field.partition(".")[2]}
    if field not in ("evidence.name", "evidence.balance"):
        assert set(money.act(1, "clear", evidence=missing).json["Fields"]) == {field}


def test_a_payment_that_was_voided_meanwhile_is_refused_and_stays_as_it_is(money: Money) -> None:
    money.log(1, method="check")
    money.log(2, method="check", amount_cents=100)
    money.act(1, "void")
    money.correct(2, 3, amount_cents=200)
    for number in (1, 2):
        assert money.act(number, "clear", evidence=EVIDENCE).status == 409
        assert money.row(number)["clearance"] is None
    assert money.states() == {1: "voided", 2: "voided", 3: "received"}


def test_one_deposit_clears_several_checks_each_by_its_own_tap(money: Money) -> None:
    deposit = {**EVIDENCE, "amount_cents": 90_000, "name": "DEPOSIT"}
    for number in (1, 2):
        money.log(number, method="check", amount_cents=45_000)
        assert money.act(number, "clear", evidence=deposit).status == 200
    assert {row["clearance"]["evidence"]["name"] for row in money.rows().values()} == {"DEPOSIT"}
