"""Two admins do different things to one payment at the same moment while requests fail: as if one came after the other.

`MONEY_ROUNDS=200` tries each pair so often; `MONEY_SEED=7` draws other faults.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.charters import service as charters
from chalicelib.core import dynamo, settings
from chalicelib.core.audit import Actor
from chalicelib.core.errors import DomainError
from chalicelib.payments import acts, batches, statements, tips
from chalicelib.payments import service as payments
from tests.support import operator
from tests.support.doubles.mail_service import FakeMailService
from tests.support.doubles.random_faults import RandomFaults, random_faults
from tests.support.races import at_once, until_answered
from tests.support.stored import store_charter
from tools.audit.checks import find_differences
from tools.audit.records import gather
from tools.common.table import scan

ROUNDS = int(os.environ.get("MONEY_ROUNDS", "12"))
SEED = os.environ.get("MONEY_SEED", "1")
ODDS = 0.05
EVIDENCE = {"source": "chase", "file_sha256": "0" * 64, "row": 7, "date": "2026-11-20", "amount_cents": 50_000}


class Round:
    """A check of $500, its charter and another patron's; ids for what each of two admins logs."""

    def __init__(self) -> None:
        self.charter = store_charter().event_id
        self.other = store_charter(patron={"name": "Ben Okoye", "email": "ben@example.com", "phone": ""}).event_id
        self.old = operator.uuid()
        self.ids = [operator.uuid(), operator.uuid()]
        self.batch_id = operator.uuid()
        self.put(self.old, {"method": "check", "amount_cents": 50_000}, self.charter, 0)

    def put(self, payment_id: str, body: dict[str, Any], event_id: str, number: int) -> Any:
        return payments.log_payment(event_id, payment_id, body, actor=admin(number), now=operator.NOW)[0]

    def correct(self, number: int) -> Any:
        return self.put(self.ids[number], {"corrects": self.corrects(), "amount_cents": 40_000}, self.charter, number)

    def correct_alike(self, number: int) -> Any:
        """From two devices, or by two taps."""
        return self.put(self.ids[0], {"corrects": self.corrects(), "amount_cents": 40_000}, self.charter, number)

    def move(self, number: int) -> Any:
        return self.put(self.ids[number], {"corrects": self.corrects()}, self.other, number)

    def corrects(self) -> dict[str, str]:
        return {"event_id": self.charter, "payment_id": self.old, "reason": "typo"}

    def refund(self, number: int) -> Any:
        body = {"kind": "refund", "refund_of": self.old, "method": "cash", "amount_cents": 10_000}
        return self.put(self.ids[number], body, self.charter, number)

    def void(self, number: int) -> Any:
        return acts.void_payment(self.charter, self.old, {"reason": "typo"}, actor=admin(number), now=operator.NOW)

    def clear(self, number: int) -> Any:
        body = {"evidence": EVIDENCE}
        return acts.clear_payment(self.charter, self.old, body, actor=admin(number), now=operator.NOW)

    def bounce(self, number: int) -> Any:
        return acts.bounce_payment(self.charter, self.old, {"reason": "x"}, actor=admin(number), now=operator.NOW)

    def batch(self, number: int) -> Any:
        rows = [{"payment_id": one, "method": "cash", "amount_cents": 10_000} for one in self.ids]
        return batches.log_batch(
            self.charter, self.batch_id, {"payments": rows}, actor=admin(number), now=operator.NOW
        )[0]

    def cancel(self, number: int) -> Any:
        """For half of what was paid; the fee is $1,200."""
        body = {"reason": "storm", "cancellation_fee_cents": 25_000}
        return charters.cancel_charter(self.charter, body, actor=admin(number), now=operator.NOW)

    def edit(self, number: int) -> Any:
        """The fee becomes what was paid, so that nothing is due."""
        body = {"version": 1, "charter_fee_cents": 50_000}
        return charters.edit_charter(self.charter, body, actor=admin(number), now=operator.NOW)

    def state(self, number: int) -> Any:
        return statements.send_statement(self.charter, {}, actor=admin(number), now=operator.NOW)

    def share(self, number: int) -> Any:
        """There are no tips, so that nothing can be shared but when a tip has come in."""
        body = {"shares": [{"name": "Smee", "amount_cents": 700}]}
        return tips.share_tips(self.charter, body, actor=admin(number), now=operator.NOW)

    def tip(self, number: int) -> Any:
        return self.put(self.ids[0], {"method": "cash", "amount_cents": 700, "kind": "tip"}, self.charter, number)

    def single(self, number: int) -> Any:
        return self.put(self.ids[0], {"method": "cash", "amount_cents": 10_000}, self.charter, number)

    def outcome(self) -> tuple[int, int]:
        """Cents received, less refunded, of both charters; and how many rows there are."""
        found = [payments.list_for_charter(event_id) for event_id in (self.charter, self.other)]
        cents = sum(one["balance"]["received_cents"] - one["balance"]["refunded_cents"] for one in found)
        return cents, sum(len(one["payments"]) for one in found)


def admin(number: int) -> Actor:
    return Actor(("ana", "ben")[number], f"192.0.2.{number + 1}", "admin")


Do = Callable[[Round, int], Any]
# What may come of it: whether each of the two is done, cents and rows.
Outcomes = set[tuple[bool, bool, int, int]]
FIRST, SECOND = (True, False), (False, True)
PAIRS: dict[str, tuple[Do, Do, Outcomes]] = {
    # Who voids what was corrected a moment ago finds it voided.
    "correct, void": (Round.correct, Round.void, {(True, True, 40_000, 2), (*SECOND, 0, 1)}),
    "correct, clear": (Round.correct, Round.clear, {(True, True, 40_000, 2), (*FIRST, 40_000, 2)}),
    "correct, bounce": (Round.correct, Round.bounce, {(*FIRST, 40_000, 2), (*SECOND, 0, 1)}),
    "correct, correct": (Round.correct, Round.correct, {(*FIRST, 40_000, 2), (*SECOND, 40_000, 2)}),
    "correct, the same": (Round.correct_alike, Round.correct_alike, {(True, True, 40_000, 2)}),
    "correct, refund": (Round.correct, Round.refund, {(*FIRST, 40_000, 2), (*SECOND, 40_000, 2)}),
    "correct, move": (Round.correct, Round.move, {(*FIRST, 40_000, 2), (*SECOND, 50_000, 2)}),
    "move, move": (Round.move, Round.move, {(*FIRST, 50_000, 2), (*SECOND, 50_000, 2)}),
    "move, void": (Round.move, Round.void, {(True, True, 50_000, 2), (*SECOND, 0, 1)}),
    "move, clear": (Round.move, Round.clear, {(True, True, 50_000, 2), (*FIRST, 50_000, 2)}),
    "batch, the same": (Round.batch, Round.batch, {(True, True, 70_000, 3)}),
    "batch, one of it alone": (Round.batch, Round.single, {(*FIRST, 70_000, 3), (*SECOND, 60_000, 2)}),
    # Whichever is first, the list of receivables and the balance are as the charter and its ledger are at the end.
    "pay, cancel for a fee": (Round.single, Round.cancel, {(True, True, 60_000, 2)}),
    "bounce, cancel for a fee": (Round.bounce, Round.cancel, {(True, True, 0, 1)}),
    # An edit whose answer was lost is refused when it is sent again: its version is no longer the current one.
    "void, a fee that is paid": (Round.void, Round.edit, {(True, True, 0, 1), (*FIRST, 0, 1)}),
    "cancel, cancel for the same": (Round.cancel, Round.cancel, {(True, True, 50_000, 1)}),
    "statement, the same": (Round.state, Round.state, {(True, True, 50_000, 1)}),
    "statement, cancel for a fee": (Round.state, Round.cancel, {(True, True, 50_000, 1)}),
    "tip, share it out": (Round.tip, Round.share, {(True, True, 50_000, 2), (*FIRST, 50_000, 2)}),
    "batch, void": (Round.batch, Round.void, {(True, True, 20_000, 3)}),
}


@pytest.fixture
def faults(mail_service: FakeMailService) -> Iterator[RandomFaults]:
    with random_faults(ODDS) as found:
        yield found


@pytest.mark.parametrize("name", PAIRS)
def test_two_acts_at_once_are_as_if_one_came_after_the_other(
    name: str, faults: RandomFaults, mail_service: FakeMailService
) -> None:
    first, second, outcomes = PAIRS[name]
    for number in range(ROUNDS):
        tried = Round()
        results = at_once(2, run(tried, number, (first, second), faults))
        assert all(isinstance(one, str | dict | DomainError) for one in results), results
        done = tuple(not isinstance(one, DomainError) for one in results)
        assert (*done, *tried.outcome()) in outcomes, (results, tried.outcome())
        if "the same" in name:
            assert results[0] == results[1]
    table = gather(scan(dynamo.db(), settings.settings().table))
    assert [str(each) for each in find_differences(table)] == []
    # No mail is queued for what is not done, which is what the audit tells; each was accepted at most once here, for no
    # sender has died.
    accepted = Counter(str(message["Message-ID"]) for message in mail_service.accepted)
    assert set(accepted.values()) == {1}


def run(tried: Round, number: int, does: tuple[Do, Do], faults: RandomFaults) -> Callable[[int], Any]:
    def run_one(which: int) -> Any:
        faults.begin(f"{SEED} round {number} admin {which}")
        try:
            return until_answered(lambda: does[which](tried, which))
        finally:
            faults.end()

    return run_one
