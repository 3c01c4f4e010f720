"""The ledger against a model of a few lines: whatever is asked of it, in whatever order, with whatever lost on the way.

`LEDGER_EXAMPLES=500` tries more. A failure prints the shortest steps to it, and how to run just them again.
"""

import json
import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib import acts, ledger, payments, store, times
from chalicelib.errors import DomainError
from chalicelib.settings import settings as operators
from tests.support import operator
from tests.support.faults import Outbox, lost_answers, lost_requests, retry_at_once
from tools import books, restore

SDK_TRIES = 3
LOST: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "": nullcontext,
    "one answer": lambda: lost_answers("TransactWriteItems", 1),
    "one request": lambda: lost_requests("TransactWriteItems", 1),
    "every answer": lambda: lost_answers("TransactWriteItems", SDK_TRIES),
    "every request": lambda: lost_requests("TransactWriteItems", SDK_TRIES),
}
lost_on_the_way = st.sampled_from(["", "", "", *LOST])
cents = st.integers(1, 900)
places = st.integers(0, 40)


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        event = operator.event()
        store.put_new_event(event, acts.audit("created", operator.ADMIN, times.format_instant(operator.NOW)), None, "")
        self.event_id = event.event_id
        self.rows: dict[str, dict[str, Any]] = {}
        self.done: list[tuple[Callable[[], str], str]] = []
        """Every payment that was logged: how to send it again, and what was answered."""
        self.steps = 0

    @rule(
        kind=st.sampled_from(["deposit", "balance", "tip"]),
        method=st.sampled_from(["cash", "check", "venmo", "card"]),
        amount_cents=cents,
        lost=lost_on_the_way,
    )
    def log(self, lost: str, **body: Any) -> None:
        self.add(body | {"refund_of": None}, lost, allowed=True)

    @precondition(lambda self: self.rows)
    @rule(place=places, amount_cents=cents, method=st.sampled_from(["cash", "check"]), lost=lost_on_the_way)
    def refund(self, place: int, lost: str, **body: Any) -> None:
        paid = self.row(place)
        allowed = paid["kind"] != "refund" and self.is_live(paid) and body["amount_cents"] <= self.left_cents(paid)
        self.add(body | {"kind": "refund", "refund_of": paid["payment_id"]}, lost, allowed=allowed)

    @precondition(lambda self: self.rows)
    @rule(place=places, lost=lost_on_the_way)
    def clear(self, place: int, lost: str) -> None:
        row = self.row(place)
        self.act(payments.clear_payment, {}, row, "cleared", lost, allowed=row["status"] == "received")

    @precondition(lambda self: self.rows)
    @rule(place=places, lost=lost_on_the_way)
    def void(self, place: int, lost: str) -> None:
        row = self.row(place)
        allowed = self.is_live(row) and self.left_cents(row) == row["amount_cents"]
        self.act(payments.void_payment, {"reason": "typo"}, row, "voided", lost, allowed=allowed)

    @precondition(lambda self: self.rows)
    @rule(place=places, lost=lost_on_the_way)
    def bounce(self, place: int, lost: str) -> None:
        row = self.row(place)
        allowed = self.is_live(row) and row["method"] != "cash"
        self.act(payments.bounce_payment, {"reason": "no cover"}, row, "bounced", lost, allowed=allowed)

    @precondition(lambda self: self.done)
    @rule(place=places)
    def replay(self, place: int) -> None:
        again, answer = self.done[place % len(self.done)]
        assert again() == answer

    @invariant()
    def the_statement_is_the_models(self) -> None:
        statement = payments.statement(self.event_id)
        names = ("payment_id", "kind", "method", "amount_cents", "refund_of", "status")
        shown = {row["payment_id"]: {name: row[name] for name in names} for row in statement["payments"]}
        assert shown == self.rows
        balance = statement["balance"]
        tips = {key for key, row in self.rows.items() if row["kind"] == "tip"}
        live = [row for row in self.rows.values() if self.is_live(row)]
        sums = dict.fromkeys(("received_cents", "refunded_cents", "tips_cents", "uncleared_cents"), 0)
        for row in live:
            of_tip = row["kind"] == "tip" or row["refund_of"] in tips
            name = "tips_cents" if of_tip else "refunded_cents" if row["kind"] == "refund" else "received_cents"
            sums[name] += -row["amount_cents"] if of_tip and row["kind"] == "refund" else row["amount_cents"]
            if row["kind"] != "refund" and row["status"] == "received":
                sums["uncleared_cents"] += row["amount_cents"]
        assert {name: balance[name] for name in sums} == sums

    # --- how the model is kept --------------------------------------------------------------------

    def add(self, body: dict[str, Any], lost: str, *, allowed: bool) -> None:
        payment_id, minutes = str(uuid.uuid4()), self.tick()

        def send() -> str:
            sent = {name: value for name, value in body.items() if value is not None} | {"notify": False}
            command = payments.parse_payment(payment_id, sent, now=operator.at(minutes))
            return payments.log_payment(self.event_id, command, actor=operator.ADMIN, now=operator.at(minutes))[0]

        answer = self.settle(send, lost, allowed=allowed, writes=allowed)
        if allowed:
            status = "cleared" if body["method"] in ledger.CLEARED_ON_RECEIPT else "received"
            self.rows[payment_id] = {**body, "payment_id": payment_id, "status": status}
            self.done.append((send, answer))

    def act(self, do: Any, body: dict[str, Any], row: dict[str, Any], result: str, lost: str, *, allowed: bool) -> None:
        minutes, same = self.tick(), row["status"] == result

        def send() -> str:
            answer = do(self.event_id, row["payment_id"], body, actor=operator.ADMIN, now=operator.at(minutes))
            return json.dumps(answer["payment"])

        answer = self.settle(send, lost, allowed=allowed or same, writes=allowed)
        if allowed or same:
            row["status"] = result
            assert json.loads(answer)["status"] == result

    def settle(self, send: Callable[[], str], lost: str, *, allowed: bool, writes: bool) -> str:
        """The answer, after one more try when nothing was heard of the first."""
        if not allowed:
            with pytest.raises(DomainError):
                send()
            return ""
        with LOST[lost if writes else ""]():
            try:
                return send()
            except DomainError:
                raise
            except Exception:
                assert lost.startswith("every")
        return send()

    def tick(self) -> int:
        self.steps += 1
        return self.steps

    def row(self, place: int) -> dict[str, Any]:
        return list(self.rows.values())[place % len(self.rows)]

    def left_cents(self, paid: dict[str, Any]) -> int:
        given = [row for row in self.rows.values() if row["refund_of"] == paid["payment_id"] and self.is_live(row)]
        return int(paid["amount_cents"]) - sum(row["amount_cents"] for row in given)

    @staticmethod
    def is_live(row: dict[str, Any]) -> bool:
        return row["status"] in ("received", "cleared")


def test_the_ledger_does_what_the_model_does(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    retry_at_once(monkeypatch)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Ledger,
        settings=settings(
            max_examples=int(os.environ.get("LEDGER_EXAMPLES", "15")),
            stateful_step_count=25,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    table = books.gather(restore.scan(store.table.db(), operators().table))
    assert [str(each) for each in books.find_differences(table)] == []
