"""Every operation of the product while each of its calls to the outside fails in each possible way.

All of it is done or nothing, and the answer is true. After the same operation once more, and the schedule, everything
is as if no call had failed. A failing test prints the command for just that fault, for example
`FAULT="log a payment/2/dies after"`. Two faults in a row are drawn from a seed: `FAULT_SEED=7 FAULT_PAIRS=1000` draws
others, and more of them.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support import operator
from tests.support.api import Answer, load_app
from tests.support.doubles import smtp_server
from tests.support.doubles.dynamo import Item, Key
from tests.support.doubles.faults import Died
from tests.support.in_process import InProcessProduct, comparable_answer, in_process_product
from tests.support.log_check import check_log
from tests.support.operation import Operation
from tests.support.operations import OPERATIONS

COMMAND = ".venv/bin/python -m pytest tests/faults/test_every_fault.py"
ONLY = os.environ.get("FAULT", "")
SEED, PAIRS = os.environ.get("FAULT_SEED", "1"), int(os.environ.get("FAULT_PAIRS", "100"))
if SEED == "random":
    SEED = str(random.SystemRandom().getrandbits(32))
# The index of no call: the real clients are used, and none of their calls fails.
NONE = -1
# The operations that send a mail, one of each kind.
MAILING = ("log a payment", "send a mail again", "sweep the mail")


# Of the product, what belongs to its table.
KEPT = (
    "token",
    "event_id",
    "past_id",
    "other_id",
    "boat_id",
    "person_id",
    "hold_id",
    "sail_id",
    "crewed_id",
    "position_id",
    "drawn",
)


@dataclass(frozen=True)
class Start:
    """A table to begin with, and the attributes of the product that belong to it."""

    items: dict[Key, Item]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Clean:
    """The same operation without a fault."""

    answer: Answer | None
    calls: list[str]
    before: list[str]
    after: list[str]
    finished: list[str]
    mails: list[str]
    sent: dict[str, int]


@dataclass(frozen=True)
class Left:
    """All that a fault leaves on which depends what comes of the same operation once more and of the schedule."""

    items: dict[Key, Item]
    accepted: list[str]
    is_answered: bool
    in_doubt: bool


@pytest.fixture(scope="module")
def product() -> Iterator[InProcessProduct]:
    with in_process_product() as found:
        yield found


@pytest.fixture(scope="module")
def starts(product: InProcessProduct) -> dict[str, Start]:
    """By the names that operations give them."""
    steps = {
        "fresh": product.add_charter,
        "busy": product.add_some_of_everything,
        "waiting": product.add_queued_receipt,
        "unlogged": product.add_what_waits_for_the_log,
    }
    found = {}
    for name, step in steps.items():
        step()
        attributes = {name: getattr(product, name) for name in KEPT}
        found[name] = Start(dict(product.dynamo.items), attributes)
    return found


def begin(product: InProcessProduct, start: Start, operation: Operation) -> None:
    product.dynamo.items = dict(start.items)
    for name, value in start.attributes.items():
        setattr(product, name, value)
    product.services.accepted.clear()
    product.services.mail_answer = operation.mail_answer


def run(
    product: InProcessProduct, operation: Operation, failing: int | None = None, mode: str = ""
) -> tuple[Answer | None, list[str]]:
    """The answer, or None if there is none, and the calls that were made; the one of index `failing` fails."""
    product.services.begin(failing, mode)
    product.uses_fake_clients, product.now = failing is None, operation.now
    try:
        return operation.act(product), product.services.calls
    except (Died, Exception):
        # Nobody gets an answer; Lambda runs a scheduled function again.
        assert failing is not None, "it fails without a fault"
        return None, product.services.calls
    finally:
        product.services.begin()
        product.uses_fake_clients = True


def finish(product: InProcessProduct, operation: Operation) -> None:
    # A busy mail service works again later; one that refuses a mail goes on refusing it.
    if operation.mail_answer == "busy":
        product.services.mail_answer = ""
    product.run_schedule_until_idle()


def run_clean(product: InProcessProduct, start: Start, operation: Operation) -> Clean:
    begin(product, start, operation)
    before = product.records()
    answer, calls = run(product, operation, failing=NONE)
    assert (answer.status if answer else 200) in operation.statuses
    after = product.records()
    finish(product, operation)
    return Clean(answer, calls, before, after, product.records(), product.mails(), product.sent())


def try_with_faults(
    product: InProcessProduct,
    start: Start,
    operation: Operation,
    clean: Clean,
    faults: list[tuple[int, str]],
    judged: list[Left],
) -> None:
    """The operation with each of the faults, then once more without; then the schedule.

    `judged`: what other faults of the operation have left. From the same state comes the same, which is tried once.
    """
    begin(product, start, operation)
    doubt = False
    for failing, mode in faults if operation.again else faults[:1]:
        known = product.records()
        answer, calls = run(product, operation, failing, mode)
        doubt = doubt or leaves_doubt(calls, failing, mode)
        is_answered = answer is not None and answer.status < 500
        left = Left(dict(product.dynamo.items), list(product.services.accepted), is_answered, doubt)
        if left not in judged:
            check_state(product, operation, clean)
        check_answer(product, operation, clean, answer, known)
    if left in judged:
        return
    judged.append(left)
    if operation.again:
        known = product.records()
        answer, _ = run(product, operation)
        check_answer(product, operation, clean, answer, known)
        assert done(product.records(), operation) == done(clean.after, operation)
    finish(product, operation)
    product.check_ledger(waiting=0)
    if operation.again:
        assert product.records() == clean.finished
    check_mails(product, clean, doubt=doubt, most=1 + len(faults))


def check_state(product: InProcessProduct, operation: Operation, clean: Clean) -> None:
    if operation.shows_when_broken_off:
        check_log(product.dynamo.items.values())
    else:
        product.check_ledger()
    found = product.records()
    if operation.in_parts:
        assert not Counter(found) - (Counter(clean.before) | Counter(clean.after)), "part of a record"
    else:
        assert found in (clean.before, clean.after), "half of it is done"


def done(records: list[str], operation: Operation) -> list[str]:
    """What an answer stands for."""
    return [one for one in records if not (operation.tells_later and one.startswith('[["MAIL'))]


def check_answer(
    product: InProcessProduct, operation: Operation, clean: Clean, answer: Answer | None, known: list[str]
) -> None:
    """An answer that says success is true. After a failure the same may be asked again."""
    if answer is None or answer.status >= 500:
        return
    assert clean.answer
    found, expected = done(product.records(), operation), done(clean.after, operation)
    assert found == expected, "the answer says what is not done"
    was_done = done(known, operation) == expected
    if was_done or operation.in_parts:
        assert answer.status in operation.statuses + operation.again
    else:
        assert answer.status in operation.statuses
        assert comparable_answer(answer.text) == comparable_answer(clean.answer.text)
    if operation.covers == "POST /api/login":
        product.api.token = answer.json["token"]
        assert product.api.get("/api/session").status == 200


def leaves_doubt(calls: list[str], failing: int, mode: str) -> bool:
    """The mail was handed over, and whether it was accepted cannot be known."""
    call = calls[failing] if failing < len(calls) else ""
    return (call, mode) in {("SendEmail", "unanswered"), ("SMTP TEXT", "unanswered"), ("SMTP TEXT", "unreachable")}


def check_mails(product: InProcessProduct, clean: Clean, *, doubt: bool, most: int) -> None:
    """Each is sent once, or again if a sender died before its note. A mail in doubt is shown and not repeated."""
    if doubt:
        assert sum("uncertain" in one for one in product.mails()) == 1
        return
    assert product.mails() == clean.mails
    assert set(product.sent()) == set(clean.sent)
    assert max(product.sent().values(), default=0) <= most


def possible_faults(product: InProcessProduct, clean: Clean) -> Iterator[tuple[int, str, str]]:
    for index, call in enumerate(clean.calls):
        for mode in product.services.possible_modes(call):
            yield index, call, mode


# --- each fault -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_fault_of_each_call_leaves_all_or_nothing_and_is_repaired_later(
    product: InProcessProduct, starts: dict[str, Start], name: str
) -> None:
    try_each(product, starts, name)


@pytest.mark.parametrize("name", MAILING)
def test_each_fault_of_each_step_of_an_smtp_mail_is_repaired_later_too(
    product: InProcessProduct, starts: dict[str, Start], name: str
) -> None:
    with operator.operating(**smtp_server.ACCOUNT):
        try_each(product, starts, name, only="SMTP")


def try_each(product: InProcessProduct, starts: dict[str, Start], name: str, only: str = "") -> None:
    operation = OPERATIONS[name]
    start = starts[operation.start]
    clean = run_clean(product, start, operation)
    judged: list[Left] = []
    for index, call, mode in possible_faults(product, clean):
        fault = f"{name}/{index}/{mode}"
        if not call.startswith(only) or ONLY not in ("", fault):
            continue
        try:
            try_with_faults(product, start, operation, clean, [(index, mode)], judged)
        except AssertionError as problem:
            problem.add_note(f'call {index} was {call} and failed by "{mode}"; to repeat it: FAULT="{fault}" {COMMAND}')
            raise


def test_two_faults_in_a_row_are_repaired_too(product: InProcessProduct, starts: dict[str, Start]) -> None:
    draw = random.Random(SEED)  # noqa: S311 - draws faults
    cleans = {name: run_clean(product, starts[one.start], one) for name, one in OPERATIONS.items()}
    for number in range(PAIRS):
        name = draw.choice([name for name in cleans if cleans[name].calls])
        operation, clean = OPERATIONS[name], cleans[name]
        faults = [draw.choice([(index, mode) for index, _, mode in possible_faults(product, clean)]) for _ in range(2)]
        try:
            try_with_faults(product, starts[operation.start], operation, clean, faults, [])
        except AssertionError as problem:
            problem.add_note(f"{name} {faults}: FAULT_SEED={SEED} FAULT_PAIRS={number + 1} {COMMAND} -k two_faults")
            raise


# --- nothing is left out --------------------------------------------------------------------------


def test_every_route_and_every_function_is_one_of_the_operations() -> None:
    app = load_app().app
    routes = {f"{method} {path}" for path, entries in app.routes.items() for method in entries}
    assert {one.covers for one in OPERATIONS.values()} == routes | {source.name for source in app.event_sources}
