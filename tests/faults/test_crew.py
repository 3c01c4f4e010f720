"""From the first ask to a full crew of three: two decline, one is not reached, one is late, and the owner does nothing.

Each step is done with each fault of each of its calls, then once more; then all goes on without faults. It ends as it
does without any fault, and each mail went out once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.charters import positions, store
from chalicelib.core import times
from chalicelib.crew import service as crew
from chalicelib.mail import store as mail_store
from tests.support.api import new_event
from tests.support.doubles.dynamo import Item, Key
from tests.support.doubles.faults import Died
from tests.support.in_process import MINUTE, NOW, InProcessProduct, in_process_product
from tests.support.ses_events import ses_event

KEYS = {"deckhand": 1, "mate": 2, "captain": 3}
PEOPLE = {
    "Ana": ("captain", 1),
    "Ben": ("captain", 2),
    "Cy": ("captain", 3),
    "Mo": ("mate", 1),
    "Nan": ("mate", 2),
    "Dot": ("deckhand", 1),
    "Eve": ("deckhand", 2),
}
BEGUN = NOW + 2 * MINUTE


@dataclass(frozen=True)
class Step:
    name: str
    act: Callable[["Voyage"], Any]
    after: timedelta = timedelta(0)
    """How long after the beginning it is done."""


class Voyage:
    """A charter that looks for its crew."""

    def __init__(self, product: InProcessProduct) -> None:
        self.product = product
        product.add_charter()
        product.now = BEGUN
        self.ids = {name: self._person(name, role, rank) for name, (role, rank) in PEOPLE.items()}
        starts_at, ends_at = (times.format_instant(BEGUN + timedelta(days=7, hours=hours)) for hours in (0, 3))
        wanted = new_event(captain=None, crew=[], guests=[], starts_at=starts_at, ends_at=ends_at)
        self.event_id = product.ask("POST", "/api/events", wanted).json["event_id"]
        product.services.accepted.clear()

    def _person(self, name: str, role: str, rank: int) -> str:
        body = {"name": name, "roles": [role], "rank": rank, "email": f"{name.lower()}@example.com"}
        return str(self.product.ask("POST", "/api/people", body).json["person_id"])

    def add(self, role: str) -> None:
        key = {"idempotency-key": f"0190c0de-0000-7000-8000-{KEYS[role]:012d}"}
        answer = self.product.ask("POST", f"/api/events/{self.event_id}/positions", {"role": role}, headers=key)
        assert answer.status in (200, 201, 500, 503), answer.text

    def says(self, name: str, answer: Any) -> None:
        """The form as the person's page showed it, sent until there is an answer."""
        charter = self.charter()
        position = self.position(PEOPLE[name][0])
        crew.answer(
            self.ids[name],
            position["position_id"],
            answer,
            "",
            crew.seen_of(charter, position),
            self.product.now,
            address="192.0.2.9",
        )

    def bounces(self, name: str) -> None:
        asked = (mail for mail in self.mails("crew_asked") if mail.data["person_id"] == self.ids[name])
        for mail in asked:
            self.product.run_function("mail_feedback", ses_event("permanent bounce", mail.mail_id))

    def sweep(self) -> None:
        self.product.run_function("sweep_mail")

    def charter(self) -> store.Charter:
        found = store.read_charter(self.event_id)
        assert found
        return found

    def position(self, role: str) -> positions.StoredPosition:
        return next(one for one in self.charter().positions if one["role"] == role)

    def mails(self, *kinds: str) -> list[mail_store.Mail]:
        ids = [key[0].removeprefix("MAIL#") for key in self.product.dynamo.items if key[1] == "MAIL"]
        found = filter(None, map(mail_store.read_mail, ids))
        return [mail for mail in found if not kinds or mail.kind in kinds]

    def stands(self) -> dict[str, Any]:
        """Of each position its state, who has it, and what those said who were asked."""
        return {
            one["role"]: (
                one["state"],
                one["person"] and one["person"]["name"],
                [(asked["name"], asked["answer"]) for asked in one["asked"]],
            )
            for one in self.charter().positions
        }


STEPS = [
    Step("a deckhand is wanted", lambda voyage: voyage.add("deckhand")),
    Step("a mate is wanted", lambda voyage: voyage.add("mate")),
    Step("a captain is asked", lambda voyage: voyage.add("captain"), 5 * MINUTE),
    Step("the first captain declines", lambda voyage: voyage.says("Ana", "decline"), 10 * MINUTE),
    Step("the second captain is not reached", lambda voyage: voyage.bounces("Ben"), 15 * MINUTE),
    Step("the sweep asks the third", lambda voyage: voyage.sweep(), 16 * MINUTE),
    Step("the third captain accepts", lambda voyage: voyage.says("Cy", "accept"), 20 * MINUTE),
    Step("the first mate declines", lambda voyage: voyage.says("Mo", "decline"), 25 * MINUTE),
    Step("the second mate accepts", lambda voyage: voyage.says("Nan", "accept"), 30 * MINUTE),
    Step("the first deckhand is reminded", lambda voyage: voyage.sweep(), timedelta(hours=12, minutes=21)),
    Step("the schedule goes on", lambda voyage: voyage.sweep(), timedelta(hours=12, minutes=25)),
    Step("the first deckhand is late", lambda voyage: voyage.sweep(), timedelta(hours=24, minutes=21)),
    Step("the second deckhand accepts", lambda voyage: voyage.says("Eve", "accept"), timedelta(hours=25)),
]
CREW = {
    "deckhand": ("accepted", "Eve", [("Dot", "late"), ("Eve", "accepted")]),
    "mate": ("accepted", "Nan", [("Mo", "declined"), ("Nan", "accepted")]),
    "captain": ("accepted", "Cy", [("Ana", "declined"), ("Ben", "bounced"), ("Cy", "accepted")]),
}


@pytest.fixture(scope="module")
def voyage() -> Iterator[Voyage]:
    with in_process_product() as product:
        yield Voyage(product)


@dataclass(frozen=True)
class Start:
    """The table as it is before a step, when no call fails, and how much was drawn at random until then."""

    items: dict[Key, Item]
    drawn: int


@pytest.fixture(scope="module")
def starts(voyage: Voyage) -> list[Start]:
    found = []
    for step in STEPS:
        found.append(Start(dict(voyage.product.dynamo.items), voyage.product.drawn))
        run(voyage, step)
    return found


def begin(voyage: Voyage, start: Start) -> None:
    voyage.product.dynamo.items, voyage.product.drawn = dict(start.items), start.drawn
    voyage.product.services.accepted.clear()


def run(voyage: Voyage, step: Step, failing: int | None = None, mode: str = "") -> list[str]:
    """The calls that the step made; the one of index `failing` fails."""
    product = voyage.product
    product.now = BEGUN + step.after
    product.services.begin(failing, mode)
    product.uses_fake_clients = failing is None
    try:
        step.act(voyage)
    except (Died, Exception):
        assert failing is not None, f"{step.name} fails without a fault"
    finally:
        calls = product.services.calls
        product.services.begin()
        product.uses_fake_clients = True
    return calls


def go_on(voyage: Voyage, steps: list[Step]) -> None:
    for step in steps:
        run(voyage, step)
    voyage.product.now = BEGUN + timedelta(days=2)
    for _ in range(3):
        voyage.product.now += 2 * MINUTE
        voyage.sweep()


def check(voyage: Voyage, *, is_uncertain: bool, is_repeated: bool) -> None:
    charter = voyage.charter()
    assert voyage.stands() == CREW
    assert charter.details["captain"]
    names = [charter.details["captain"]["name"], *(one["name"] for one in charter.details["crew"])]
    assert names == ["Cy", "Eve", "Nan"]
    states = sorted((mail.kind, mail.data["name"], mail.status) for mail in voyage.mails("crew_asked", "crew_reminder"))
    asked = [(kind, name) for kind, name, status in states if kind == "crew_asked"]
    assert asked == [("crew_asked", name) for name in sorted(PEOPLE)]
    told = [name for kind, name, status in states if kind == "crew_reminder" and status == "sent"]
    assert told in (["Dot"], []) if is_uncertain else told == ["Dot"]
    assert voyage.mails("position_open", "crew_off", "crew_changed") == []
    assert not [key for key in voyage.product.dynamo.items if key[0] == "ASKS"]
    sent = voyage.product.sent()
    # A sender that dies after the mail was taken, and before that is noted, sends it once more.
    assert max(sent.values(), default=0) <= 1 + is_repeated, sent
    voyage.product.check_ledger()


def test_without_a_fault_the_crew_is_full_and_each_mail_went_out_once(voyage: Voyage, starts: list[Start]) -> None:
    begin(voyage, starts[0])
    go_on(voyage, STEPS)
    check(voyage, is_uncertain=False, is_repeated=False)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.name for step in STEPS])
def test_with_each_fault_of_each_call_the_crew_is_full_all_the_same(
    voyage: Voyage, starts: list[Start], number: int
) -> None:
    """What comes of the same state is the same: it is gone on from once."""
    product, step = voyage.product, STEPS[number]
    begin(voyage, starts[number])
    calls = run(voyage, step, failing=-1)
    tried = 0
    judged: list[tuple[dict[Key, Item], list[str], bool, bool]] = []
    for failing, call in enumerate(calls):
        for mode in product.services.possible_modes(call):
            begin(voyage, starts[number])
            run(voyage, step, failing, mode)
            tried += 1
            is_uncertain = (call, mode) == ("SendEmail", "unanswered")
            is_repeated = "SendEmail" in calls[: failing + 1]
            left = dict(product.dynamo.items), list(product.services.accepted), is_uncertain, is_repeated
            if left in judged:
                continue
            judged.append(left)
            # Whoever got no answer sends it again; the schedule runs each minute.
            run(voyage, step)
            go_on(voyage, STEPS[number + 1 :])
            try:
                check(voyage, is_uncertain=is_uncertain, is_repeated=is_repeated)
            except AssertionError as problem:
                raise AssertionError(f"{step.name}: {call} {failing} {mode}") from problem
    assert tried > len(calls)
