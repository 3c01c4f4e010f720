"""Twenty admins at once on five charters while DynamoDB and the way there fail: nothing is lost, doubled or invented.

`ADMIN_SEEDS="7 8" ADMIN_ACTS=2000` choose other seeds and how many acts each has. A seed decides what each admin tries
and which requests fail; how the threads interleave differs in each run.
"""

import json
import logging
import os
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import dynamo, settings, times
from chalicelib.core.audit import Actor
from chalicelib.core.errors import Busy, DomainError
from chalicelib.payments import batches
from chalicelib.payments import service as payments
from chalicelib.payments.acts import bounce_payment, clear_payment, void_payment
from tests.support import operator
from tests.support.doubles.mail_service import FakeMailService
from tests.support.doubles.random_faults import RandomFaults, random_faults
from tests.support.stored import store_charter
from tools.audit import transfer
from tools.audit.checks import find_differences
from tools.audit.records import Records, gather
from tools.common.table import scan

log = logging.getLogger("scc.test")
SEEDS = os.environ.get("ADMIN_SEEDS", "1 2 3").split()
ACTS = int(os.environ.get("ADMIN_ACTS", "200"))
ADMINS, CHARTERS = 20, 5
ODDS = 0.08
TRIES = 40
ENDS = {"void": "voided", "bounce": "bounced"}
# How often an admin does what.
PLAN = {"log": 40, "refund": 12, "clear": 20, "void": 12, "bounce": 10, "other content": 6, "correct": 16, "batch": 8}
# What adds rows to the ledger.
ADDING = ("log", "refund", "correct", "batch")
KINDS = ("deposit", "balance", "balance", "tip")


@dataclass
class Call:
    """What one admin asked for, and the final answer."""

    act: str
    event_id: str
    payment_id: str
    body: dict[str, Any]
    admin: Actor
    minutes: float
    answer: str = ""
    refused: bool = False
    in_doubt: bool = False
    """Some try of it ended without an answer."""

    def send(self) -> str:
        now = operator.at(self.minutes)
        if self.act == "batch":
            return batches.log_batch(self.event_id, self.payment_id, self.body, actor=self.admin, now=now)[0]
        if self.act in ("log", "refund", "correct", "other content"):
            return payments.log_payment(self.event_id, self.payment_id, self.body, actor=self.admin, now=now)[0]
        does = {"void": void_payment, "clear": clear_payment, "bounce": bounce_payment}
        return json.dumps(does[self.act](self.event_id, self.payment_id, self.body, actor=self.admin, now=now))

    @property
    def added(self) -> list[dict[str, Any]]:
        """The rows that it added, as its answer tells them."""
        answered = json.loads(self.answer)
        return list(answered["payments"] if self.act == "batch" else [answered["payment"]])

    def repeat_until_answered(self) -> None:
        """As a client does, with the same content."""
        for _ in range(TRIES):
            try:
                self.answer = self.send()
            except Busy:
                continue
            except DomainError:
                self.refused = True
            except Exception:
                self.in_doubt = True
                continue
            return
        raise AssertionError(f"no answer to {self.act} in {TRIES} tries")


@dataclass
class Day:
    """Five charters and all that was asked for on them."""

    seed: str
    charters: list[str]
    faults: RandomFaults
    calls: list[Call] = field(default_factory=list)
    logged: dict[str, list[str]] = field(default_factory=dict)
    """The payments of each charter that were acknowledged."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, number: int, count: int) -> None:
        draw = random.Random(f"{self.seed} admin {number}")  # noqa: S311 - draws what to do
        self.faults.begin(f"{self.seed} faults {number}")
        try:
            for turn in range(count):
                call = self.invent(draw, number, turn)
                call.repeat_until_answered()
                with self.lock:
                    self.calls.append(call)
                    if call.act in ADDING and not call.refused:
                        self.logged.setdefault(call.event_id, []).extend(row["payment_id"] for row in call.added)
        finally:
            self.faults.end()

    def invent(self, draw: random.Random, number: int, turn: int) -> Call:
        (act,) = draw.choices(list(PLAN), list(PLAN.values()))
        event_id = draw.choice(self.charters)
        with self.lock:
            known = list(self.logged.get(event_id, ()))
        own_id = str(uuid.UUID(int=draw.getrandbits(128)))
        target = draw.choice(known[-40:]) if known else own_id
        unique = f"{number}-{turn}"
        # Clocks of machines differ by seconds, either way.
        minutes = turn * 0.1 + draw.uniform(0, 0.5)
        admin = Actor(f"admin {number}", f"192.0.2.{number + 1}", "admin")
        if act in ("void", "bounce"):
            return Call(act, event_id, target, {"reason": unique}, admin, minutes)
        if act == "clear":
            cleared_at = operator.at() - timedelta(seconds=number * 10_000 + turn)
            return Call(act, event_id, target, {"cleared_at": times.format_instant(cleared_at)}, admin, minutes)
        body: dict[str, Any] = {
            "kind": draw.choice(KINDS),
            "method": draw.choice(("cash", "check", "check", "venmo", "zelle", "card")),
            "amount_cents": draw.randrange(1, 100_000),
            "reference": unique,
            "notify": draw.random() < 0.1,
        }
        if act == "batch":
            ids = [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(draw.randrange(1, 4))]
            rows = [{**body, "payment_id": one, "amount_cents": body["amount_cents"] + len(ids)} for one in ids]
            notify = {"notify": body["notify"]}
            return Call(
                act, event_id, own_id, {"payments": [without(row, "notify") for row in rows], **notify}, admin, minutes
            )
        if act == "correct":
            source = draw.choice(self.charters)
            with self.lock:
                wrong = list(self.logged.get(source, ()))[-40:] or [own_id]
            corrects = {"event_id": source, "payment_id": draw.choice(wrong), "reason": unique}
            changes = {} if draw.random() < 0.4 else {"amount_cents": body["amount_cents"]}
            return Call(act, event_id, own_id, {"corrects": corrects, "notify": False, **changes}, admin, minutes)
        if act == "refund":
            body |= {"kind": "refund", "refund_of": target, "amount_cents": draw.randrange(1, 30_000)}
        if act == "other content" and known:
            return Call(act, event_id, target, body, admin, minutes)
        return Call("refund" if act == "refund" else "log", event_id, own_id, body, admin, minutes)

    def accepted(self, *names: str) -> list[Call]:
        return [call for call in self.calls if call.act in names and not call.refused]

    def expected_rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """From the answers that the admins got, and from nothing in the ledger."""
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for call in self.accepted("log", "refund"):
            status = "cleared" if call.body["method"] in ("cash", "card") else "received"
            rows[call.event_id, call.payment_id] = {**call.body, "status": status, "by": call.admin.name}
        for call in self.accepted("batch"):
            for row in call.body["payments"]:
                status = "cleared" if row["method"] in ("cash", "card") else "received"
                rows[call.event_id, row["payment_id"]] = {**row, "status": status, "by": call.admin.name}
        for call in self.in_order_of_what_they_correct():
            corrects = call.body["corrects"]
            old = rows[corrects["event_id"], corrects["payment_id"]]
            old["status"] = "voided"
            # Whether the old one was cleared by then is what the answer tells.
            told = {"status": call.added[0]["status"], "by": call.admin.name}
            changes = {name: call.body[name] for name in ("amount_cents",) if name in call.body}
            rows[call.event_id, call.payment_id] = {**old, **changes, **told}
        for call in self.accepted("clear", "void", "bounce"):
            row = rows[call.event_id, call.payment_id]
            if (call.act in ENDS and row["status"] != "voided") or row["status"] == "received":
                row["status"] = ENDS.get(call.act, "cleared")
        return rows

    def in_order_of_what_they_correct(self) -> list[Call]:
        """A correction after the one that it corrects in turn."""
        by_id = {(call.event_id, call.payment_id): call for call in self.accepted("correct")}

        def depth(call: Call | None) -> int:
            corrects = call.body["corrects"] if call else {}
            return 1 + depth(by_id.get((corrects["event_id"], corrects["payment_id"]))) if call else 0

        return sorted(by_id.values(), key=depth)


def expected_sums(rows: list[dict[str, Any]], kinds: dict[str, str]) -> dict[str, int]:
    """Plain sums; `kinds` has the kind of each payment by its id."""
    live = [row for row in rows if row["status"] in ("received", "cleared")]

    def cents(counts: Callable[[dict[str, Any]], bool]) -> int:
        return sum(row["amount_cents"] for row in live if counts(row))

    def refunds_tip(row: dict[str, Any]) -> bool:
        return row["kind"] == "refund" and kinds[row["refund_of"]] == "tip"

    return {
        "received_cents": cents(lambda row: row["kind"] in ("deposit", "balance")),
        "deposits_cents": cents(lambda row: row["kind"] == "deposit"),
        "refunded_cents": cents(lambda row: row["kind"] == "refund" and not refunds_tip(row)),
        "tips_cents": cents(lambda row: row["kind"] == "tip") - cents(refunds_tip),
        "uncleared_cents": cents(lambda row: row["kind"] != "refund" and row["status"] == "received"),
    }


@pytest.fixture(params=SEEDS)
def day(request: pytest.FixtureRequest, mail_service: FakeMailService) -> Day:
    """After the admins' work."""
    command = ".venv/bin/python -m pytest tests/faults/test_many_admins.py"
    log.warning("to repeat it: ADMIN_SEEDS=%s ADMIN_ACTS=%d %s", request.param, ACTS, command)
    charters = [store_charter().event_id for _ in range(CHARTERS)]
    with random_faults(ODDS) as faults:
        found = Day(request.param, charters, faults)
        with ThreadPoolExecutor(ADMINS) as pool:
            for done in [pool.submit(found.work, number, ACTS // ADMINS) for number in range(ADMINS)]:
                done.result()
    assert len(found.calls) == ACTS // ADMINS * ADMINS
    return found


def dump() -> list[bytes]:
    return transfer.to_lines(scan(dynamo.db(), settings.settings().table))


def test_twenty_admins_lose_double_and_invent_nothing_while_requests_fail(day: Day) -> None:
    assert set(day.faults.seen) == set(RandomFaults.KINDS)
    assert all(day.faults.seen.values()), day.faults.seen
    assert any(call.in_doubt for call in day.calls)

    lines = dump()
    table = gather(map(transfer.to_item, lines))
    assert [str(each) for each in find_differences(table)] == []

    rows = day.expected_rows()
    found = {
        (event_id, row["payment_id"]): row
        for event_id in day.charters
        for row in payments.list_for_charter(event_id)["payments"]
    }
    assert set(found) == set(rows), "the ledger must have what was acknowledged, and nothing else"
    for key, row in rows.items():
        for name in ("status", "amount_cents", "kind", "method", "reference"):
            assert found[key][name] == row[name], (key, name)
        assert found[key]["recorded_by"] == row["by"]
    kinds = {payment_id: row["kind"] for (_, payment_id), row in rows.items()}
    for event_id in day.charters:
        own = [row for (owner, _), row in rows.items() if owner == event_id]
        balance = payments.list_for_charter(event_id)["balance"]
        sums = expected_sums(own, kinds)
        assert {name: balance[name] for name in sums} == sums

    check_acts(day, table)
    mailed = Counter(payment_id for mail in table.mails.values() for payment_id in mail.payment_ids)
    batched = day.accepted("batch")
    wanted = {row["payment_id"] for call in batched if call.body["notify"] for row in call.body["payments"]}
    wanted |= {call.payment_id for call in day.accepted("log", "refund") if call.body["notify"]}
    assert wanted <= set(mailed)

    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(check_replay, day.calls):
            pass
    assert dump() == lines, "replays write nothing"


def check_acts(day: Day, table: Records) -> None:
    """Each act in the ledger was asked for by the admin that it names; a refused one is not there."""
    asked = {(call.act, call.event_id, call.payment_id, call.admin.name, key_of(call.body)): call for call in day.calls}
    for call in day.calls:
        if call.act == "correct":
            corrects = call.body["corrects"]
            key = ("void", corrects["event_id"], corrects["payment_id"], call.admin.name, corrects["reason"])
            asked[key] = call
    done = set()
    for event_id, entries in table.ledgers.items():
        for entry in entries:
            if not entry.act:
                continue
            payment_id, act = entry.payment_id, entry.data
            call = asked[act["act"], event_id, payment_id, act["by"], key_of(act)]
            assert act["address"] == call.admin.address
            # An act in doubt may have been done and then undone by another act; so its replay was refused.
            assert not call.refused or call.in_doubt
            done.add((act["act"], event_id, payment_id))
    added = {row["payment_id"]: row for call in day.accepted(*ADDING) for row in call.added}
    for call in day.accepted("clear", "void", "bounce"):
        # Cash and card were cleared when they were logged, and what was corrected may have been.
        at_once = call.act == "clear" and added[call.payment_id]["status"] == "cleared"
        assert at_once or (call.act, call.event_id, call.payment_id) in done


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def key_of(body: dict[str, Any]) -> str:
    return str(body.get("reason") or body.get("cleared_at"))


def check_replay(call: Call) -> None:
    if call.act in (*ADDING, "other content"):
        if call.refused:
            # A refund that was too large may be possible by now, so a refused one is not tried again.
            return
        assert call.send() == call.answer
    elif not call.refused and call.act in ENDS:
        assert json.loads(call.send())["payment"]["status"] == ENDS[call.act]
