"""Whatever is asked of the product, and whichever of its calls to the outside fails, and however: all of it is done or
nothing, the answer is true, and after the same once more and the schedule's rest everything is as it should be.

A failure prints the command that runs just that one, with `FAULT="log a payment/2/dies after"`, say. Two faults in a
row are drawn from a seed: `FAULT_SEED=7 FAULT_PAIRS=1000` draws others, and more of them.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support import harbor as harbors
from tests.support import operator
from tests.support.api import Answer, load_app
from tests.support.dynamo import Item, Key
from tests.support.faults import Died
from tests.support.harbor import GMAIL, OPERATIONS, Harbor, Operation

COMMAND = ".venv/bin/python -m pytest tests/faults/test_every_fault.py"
ONLY = os.environ.get("FAULT", "")
SEED, PAIRS = os.environ.get("FAULT_SEED", "1"), int(os.environ.get("FAULT_PAIRS", "100"))
if SEED == "random":
    SEED = str(random.SystemRandom().getrandbits(32))
# No call's place: the calls are counted, and none fails.
NONE = -1
# Those that send a mail in each of the ways there are.
MAILING = ("log a payment", "send a mail again", "sweep the mail")


@dataclass(frozen=True)
class Start:
    """A harbor's table, and what is known of it."""

    items: dict[Key, Item]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Clean:
    """How it goes when nothing fails."""

    answer: Answer | None
    calls: list[str]
    before: list[str]
    after: list[str]
    settled: list[str]
    mails: list[str]
    sent: dict[str, int]


@pytest.fixture(scope="module")
def here() -> Iterator[Harbor]:
    with harbors.harbor() as found:
        yield found


@pytest.fixture(scope="module")
def starts(here: Harbor) -> dict[str, Start]:
    """By the names that operations give them."""

    def keep() -> Start:
        facts = ("token", "event_id", "past_id", "drawn")
        return Start(dict(here.dynamo.items), {name: getattr(here, name) for name in facts})

    found = {}
    for name, does in (("fresh", here.open), ("busy", here.settle_in), ("waiting", here.let_mail_wait)):
        does()
        found[name] = keep()
    return found


def begin(here: Harbor, start: Start, operation: Operation) -> None:
    here.dynamo.items = dict(start.items)
    for name, value in start.facts.items():
        setattr(here, name, value)
    here.faults.accepted.clear()
    here.faults.mail_answer = operation.mail_answer


def act(here: Harbor, operation: Operation, at: int | None = None, mode: str = "") -> tuple[Answer | None, list[str]]:
    """The answer, None where there is none, and the calls that were made; the one `at` meets this mode."""
    here.faults.begin(at, mode)
    here.is_quick, here.now = at is None, operation.now
    try:
        return operation.act(here), here.faults.calls
    except (Died, Exception):
        # Nobody hears of it; Lambda runs a function of its own again.
        assert at is not None, "it fails without a fault"
        return None, here.faults.calls
    finally:
        here.faults.begin()
        here.is_quick = True


def settle(here: Harbor, operation: Operation) -> None:
    # A service that is busy works again, one that refuses goes on refusing.
    if operation.mail_answer == "busy":
        here.faults.mail_answer = ""
    here.settle()


def run_clean(here: Harbor, start: Start, operation: Operation) -> Clean:
    begin(here, start, operation)
    before = here.records()
    answer, calls = act(here, operation, at=NONE)
    assert (answer.status if answer else 200) in operation.statuses
    after = here.records()
    settle(here, operation)
    return Clean(answer, calls, before, after, here.records(), here.mails(), here.sent())


def strike(here: Harbor, start: Start, operation: Operation, clean: Clean, faults: list[tuple[int, str]]) -> None:
    """The act, as often as there are faults, then once more; then the schedule."""
    begin(here, start, operation)
    told = False
    for at, mode in faults:
        known = here.records()
        answer, calls = act(here, operation, at, mode)
        told = told or tells_of_doubt(calls, at, mode)
        check_state(here, operation, clean)
        check_answer(here, operation, clean, answer, known)
    known = here.records()
    answer, _ = act(here, operation)
    check_answer(here, operation, clean, answer, known)
    assert here.records() == clean.after
    settle(here, operation)
    here.check_books()
    assert here.records() == clean.settled
    check_mails(here, clean, doubt=told, most=1 + len(faults))


def check_state(here: Harbor, operation: Operation, clean: Clean) -> None:
    here.check_books()
    found = here.records()
    if operation.in_parts:
        assert not Counter(found) - (Counter(clean.before) | Counter(clean.after)), "part of a record"
    else:
        assert found in (clean.before, clean.after), "half of it is done"


def check_answer(here: Harbor, operation: Operation, clean: Clean, answer: Answer | None, known: list[str]) -> None:
    """Success is told of what is done and of nothing else; whoever hears of failure may ask again."""
    if answer is None or answer.status >= 500:
        return
    assert clean.answer
    assert here.records() == clean.after, "it tells of what is not done"
    was_done = known == clean.after
    if was_done or operation.in_parts:
        assert answer.status in operation.statuses + operation.again
    else:
        assert answer.status in operation.statuses
        assert harbors.answer_erased(answer.text) == harbors.answer_erased(clean.answer.text)
    if operation.covers == "POST /api/login":
        here.api.token = answer.json["token"]
        assert here.api.get("/api/session").status == 200


def tells_of_doubt(calls: list[str], at: int, mode: str) -> bool:
    """The mail was handed over, and whether it was taken cannot be known."""
    struck = calls[at] if at < len(calls) else ""
    return (struck, mode) in {("SendEmail", "unanswered"), ("SMTP TEXT", "unanswered"), ("SMTP TEXT", "unreachable")}


def check_mails(here: Harbor, clean: Clean, *, doubt: bool, most: int) -> None:
    """Each is sent once; again only where a sender ended before its note. One in doubt is shown and not repeated."""
    if doubt:
        assert sum("uncertain" in one for one in here.mails()) == 1
        return
    assert here.mails() == clean.mails
    assert set(here.sent()) == set(clean.sent)
    assert max(here.sent().values(), default=0) <= most


def places(here: Harbor, clean: Clean) -> Iterator[tuple[int, str, str]]:
    for at, call in enumerate(clean.calls):
        for mode in here.faults.modes_of(call):
            yield at, call, mode


# --- each fault -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_fault_at_each_call_leaves_all_or_nothing_and_heals(
    here: Harbor, starts: dict[str, Start], name: str
) -> None:
    try_each(here, starts, name)


@pytest.mark.parametrize("name", MAILING)
def test_the_same_of_each_step_of_a_mail_by_smtp(here: Harbor, starts: dict[str, Start], name: str) -> None:
    with operator.operating(**GMAIL):
        try_each(here, starts, name, only="SMTP")


def try_each(here: Harbor, starts: dict[str, Start], name: str, only: str = "") -> None:
    operation = OPERATIONS[name]
    start = starts[operation.start]
    clean = run_clean(here, start, operation)
    for at, call, mode in places(here, clean):
        place = f"{name}/{at}/{mode}"
        if not call.startswith(only) or ONLY not in ("", place):
            continue
        try:
            strike(here, start, operation, clean, [(at, mode)])
        except AssertionError as problem:
            problem.add_note(f'call {at} was {call} and met "{mode}"; the same once more: FAULT="{place}" {COMMAND}')
            raise


def test_two_faults_in_a_row_heal_too(here: Harbor, starts: dict[str, Start]) -> None:
    draw = random.Random(SEED)  # noqa: S311 - draws faults
    cleans = {name: run_clean(here, starts[one.start], one) for name, one in OPERATIONS.items()}
    for number in range(PAIRS):
        name = draw.choice([name for name in cleans if cleans[name].calls])
        operation, clean = OPERATIONS[name], cleans[name]
        faults = [draw.choice([(at, mode) for at, _, mode in places(here, clean)]) for _ in range(2)]
        try:
            strike(here, starts[operation.start], operation, clean, faults)
        except AssertionError as problem:
            problem.add_note(f"{name} {faults}: FAULT_SEED={SEED} FAULT_PAIRS={number + 1} {COMMAND} -k two_faults")
            raise


# --- nothing is left out --------------------------------------------------------------------------


def test_every_route_and_every_function_is_among_what_is_tried() -> None:
    app = load_app().app
    routes = {f"{method} {path}" for path, entries in app.routes.items() for method in entries}
    assert {one.covers for one in OPERATIONS.values()} == routes | {source.name for source in app.event_sources}
