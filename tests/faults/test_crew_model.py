"""Positions under random acts of the desk, of people with old and new pages, and of time, held against a model.

`CREW_RUNS=5000` tries longer; `CREW_SEED=7` draws others. A failing run prints its acts.
"""

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.charters import store
from chalicelib.core import times
from chalicelib.core.audit import Actor
from chalicelib.core.dynamo import write_all
from chalicelib.core.errors import DomainError
from chalicelib.crew import service as crew
from chalicelib.crew import store as crew_store
from chalicelib.notices import service as notices
from tests.support.api import new_event
from tests.support.in_process import MINUTE, NOW, InProcessProduct, in_process_product
from tests.support.model.crew_rules import PEOPLE, SLOTS, Model, Place, Refused, Trip

RUNS = int(os.environ.get("CREW_RUNS", "500"))
SEED = os.environ.get("CREW_SEED", "1")
ACTS = 14
BEGUN = NOW + 2 * MINUTE
PORTS = ("Sausalito", "Oakland")


class Run:
    """One product, two charters, and the model of them."""

    def __init__(self, product: InProcessProduct, ids: dict[str, str], seed: str) -> None:
        self.product, self.ids = product, ids
        self.names = {person_id: name for name, person_id in ids.items()}
        self.draw = random.Random(seed)  # noqa: S311 - draws acts
        self.model = Model(2)
        self.event_ids = [self._charter(trip) for trip in self.model.trips]
        self.pages: list[tuple[int, int, str, tuple[object, ...]]] = []
        """Forms that somebody has open: trip, position, `seen` and what it stands for."""
        self.told: list[str] = []

    def _charter(self, trip: Trip) -> str:
        wanted = new_event(
            captain=None, crew=[], guests=[], **self.times(trip.slot), departure_port=trip.port, vessel="Petrel"
        )
        return str(self.product.ask("POST", "/api/events", wanted).json["event_id"])

    def times(self, slot: int) -> dict[str, str]:
        first, last = (NOW + timedelta(days=30, hours=hour) for hour in SLOTS[slot])
        return {"starts_at": times.format_instant(first), "ends_at": times.format_instant(last)}

    def charter(self, number: int) -> store.Charter:
        found = store.read_charter(self.event_ids[number])
        assert found
        return found

    @property
    def by_admin(self) -> dict[str, Any]:
        return {"actor": Actor("Kim", "192.0.2.1", "admin"), "now": self.product.now}

    # --- acts -------------------------------------------------------------------------------------------

    def step(self) -> None:
        number = self.draw.randrange(2)
        trip = self.model.trips[number]
        acts: list[Callable[[int, Trip], None]] = [self.add, self.move, self.write_captain, self.late]
        if trip.places:
            acts += [self.answer] * 6 + [self.ask, self.assign, self.withdraw, self.bounce]
        if self.draw.random() < 0.03:
            acts = [self.cancel]
        self.draw.choice(acts)(number, trip)
        self.check()
        for index, one in enumerate(self.model.trips):
            for place in range(len(one.places)):
                charter = self.charter(index)
                self.pages.append((index, place, crew.seen_of(charter, charter.positions[place]), one.seen(place)))
        self.pages = self.pages[-20:]

    def both(self, what: str, expected: Callable[[], None], act: Callable[[], Any]) -> None:
        """Does it in the model and in the product, and sees that both take it or both refuse it."""
        self.told.append(what)
        try:
            expected()
            is_refused = False
        except Refused:
            is_refused = True
        try:
            act()
            was_refused = False
        except DomainError:
            was_refused = True
        assert was_refused == is_refused, f"the product {'refused' if was_refused else 'took'} it"

    def pick(self, number: int, trip: Trip) -> tuple[Place, str]:
        index = self.draw.randrange(len(trip.places))
        return trip.places[index], self.charter(number).positions[index]["position_id"]

    def some_names(self) -> list[str]:
        return self.draw.sample(sorted(PEOPLE), self.draw.randint(0, 3))

    def add(self, number: int, trip: Trip) -> None:
        role = self.draw.choice(("captain", "captain", "mate", "deckhand"))
        named = self.draw.choice((None, self.some_names()))
        body = {"role": role} if named is None else {"role": role, "person_ids": [self.ids[one] for one in named]}
        self.both(
            f"{number} add {role} {named}",
            lambda: self.model.add(trip, role, named and list(named) if named != [] else []),
            lambda: crew.add_position(self.event_ids[number], body, request_key=None, **self.by_admin),
        )

    def ask(self, number: int, trip: Trip) -> None:
        (place, position_id), named = self.pick(number, trip), self.some_names()
        self.both(
            f"{number} ask {place.role} {named}",
            lambda: self.model.ask(trip, place, named),
            lambda: crew.ask(
                self.event_ids[number], position_id, {"person_ids": [self.ids[one] for one in named]}, **self.by_admin
            ),
        )

    def assign(self, number: int, trip: Trip) -> None:
        (place, position_id), name = self.pick(number, trip), self.draw.choice(sorted(PEOPLE))
        override = self.draw.random() < 0.3
        body = {"person_id": self.ids[name], **({"override_reason": "one trip"} if override else {})}
        self.both(
            f"{number} assign {place.role} {name} {override}",
            lambda: self.model.assign(trip, place, name, override=override),
            lambda: crew.assign(self.event_ids[number], position_id, body, **self.by_admin),
        )

    def withdraw(self, number: int, trip: Trip) -> None:
        place, position_id = self.pick(number, trip)
        self.both(
            f"{number} withdraw {place.role}",
            lambda: self.model.withdraw(trip, place),
            lambda: crew.withdraw(self.event_ids[number], position_id, {}, **self.by_admin),
        )

    def answer(self, number: int, trip: Trip) -> None:
        """With a page of now, or one that was opened before."""
        place, position_id = self.pick(number, trip)
        index = trip.places.index(place)
        old = [page for page in self.pages if page[:2] == (number, index)]
        charter = self.charter(number)
        seen, stands_for = crew.seen_of(charter, charter.positions[index]), trip.seen(index)
        if old and self.draw.random() < 0.4:
            _, _, seen, stands_for = self.draw.choice(old)
        concerned = [str(name) for name, _ in place.asked] + [place.holder or "Ana"]
        name = self.draw.choice([*concerned, concerned[-2] if len(concerned) > 1 else "Ben"])
        given = self.draw.choice(("accept", "accept", "decline"))
        if given == "accept":
            expected = lambda: self.model.accept(number, place, name, stands_for)  # noqa: E731
        else:
            expected = lambda: self.model.decline(trip, place, name, stands_for)  # noqa: E731
        self.both(
            f"{number} {name} {given} {place.role} {stands_for}",
            expected,
            lambda: crew.answer(
                self.ids[name],
                position_id,
                given,
                "",
                seen,
                self.product.now,
                address="192.0.2.9",  # type: ignore[arg-type]
            ),
        )

    def bounce(self, number: int, trip: Trip) -> None:
        place, position_id = self.pick(number, trip)

        def act() -> None:
            at = times.format_instant(self.product.now)
            write = crew_store.bounce_write(self.event_ids[number], position_id, len(place_before) - 1, at)
            write_all([write])
            crew.sweep(self.product.now)

        place_before = list(place.asked)
        self.both(f"{number} bounce {place.role}", lambda: self.model.bounce(trip, place), act)

    def late(self, _number: int, _trip: Trip) -> None:
        self.product.now += timedelta(hours=24)
        self.both("late", self.model.late, lambda: crew.sweep(self.product.now))

    def patch(self, number: int, body: dict[str, Any]) -> Any:
        version = self.charter(number).version
        return notices.edit_charter(self.event_ids[number], {"version": version, **body}, **self.by_admin)

    def move(self, number: int, trip: Trip) -> None:
        if trip.is_off:
            return
        slot, port = self.draw.randrange(len(SLOTS)), self.draw.choice(PORTS)
        self.both(
            f"{number} move {slot} {port}",
            lambda: self.model.move(trip, slot, port),
            lambda: self.patch(number, {**self.times(slot), "departure_port": port}),
        )

    def write_captain(self, number: int, trip: Trip) -> None:
        if trip.is_off:
            return
        name = self.draw.choice((None, *PEOPLE))
        self.both(
            f"{number} captain {name}",
            lambda: self.model.write_captain(trip, name),
            lambda: self.patch(number, {"captain": {"person_id": self.ids[name]} if name else None}),
        )

    def cancel(self, number: int, trip: Trip) -> None:
        self.both(
            f"{number} cancel",
            lambda: self.model.cancel(trip),
            lambda: notices.cancel_charter(self.event_ids[number], {"reason": "storm"}, **self.by_admin),
        )

    # --- what must hold ---------------------------------------------------------------------------------

    def check(self) -> None:
        charters = [self.charter(number) for number in (0, 1)]
        for number, (charter, trip) in enumerate(zip(charters, self.model.trips, strict=True)):
            self._check_as_the_model(charter, trip)
            self._check_nobody_is_accepted_for_another_time(number, charter)
            holders = [one["person"]["person_id"] for one in charter.positions if one["person"]]
            assert len(holders) == len(set(holders)), "somebody has two positions"
        one, other = charters
        both = self._sailing(one) & self._sailing(other)
        is_overlapping = one.details["starts_at"] < other.details["ends_at"]
        is_overlapping = is_overlapping and other.details["starts_at"] < one.details["ends_at"]
        if both and is_overlapping and "cancelled" not in (one.status, other.status):
            assert one.schedule_override or other.schedule_override, "somebody is booked twice"

    def _sailing(self, charter: store.Charter) -> set[str]:
        sailors = (charter.details["captain"], *charter.details["crew"])
        return {one["person_id"] for one in sailors if one and one["person_id"]}

    def _check_as_the_model(self, charter: store.Charter, trip: Trip) -> None:
        found = [
            (
                one["state"],
                self.names[one["person"]["person_id"]] if one["person"] else None,
                [[self.names[asked["person_id"]], asked["answer"]] for asked in one["asked"]],
            )
            for one in charter.positions
        ]
        assert found == [(place.state, place.holder, place.asked) for place in trip.places]
        captain = charter.details["captain"]
        assert (captain and self.names[captain["person_id"] or ""]) == trip.captain_name
        assert [self.names[one["person_id"] or ""] for one in charter.details["crew"]] == trip.crew_names

    def _check_nobody_is_accepted_for_another_time(self, number: int, charter: store.Charter) -> None:
        for position in charter.positions:
            if position["state"] == "accepted" and position["person"]:
                slot, port = self.model.accepted[number, self.names[position["person"]["person_id"]]]
                time = self.times(slot)
                agreed = (time["starts_at"], time["ends_at"], port)
                details = charter.details
                assert (details["starts_at"], details["ends_at"], details["departure_port"]) == agreed


@pytest.fixture(scope="module")
def product() -> Iterator[InProcessProduct]:
    with in_process_product() as found:
        yield found


def test_positions_are_as_the_model_whatever_happens(product: InProcessProduct) -> None:
    product.add_charter()
    product.now = BEGUN
    people: dict[str, str] = {}
    for name, (roles, rank) in PEOPLE.items():
        body = {"name": name, "roles": list(roles), "rank": rank, "email": f"{name.lower()}@example.com"}
        people[name] = product.ask("POST", "/api/people", body).json["person_id"]
    start = dict(product.dynamo.items)
    for number in range(RUNS):
        product.dynamo.items, product.now = dict(start), BEGUN
        run = Run(product, people, f"{SEED} {number}")
        try:
            for _ in range(ACTS):
                run.step()
            product.check_ledger()
        except AssertionError as problem:
            raise AssertionError(f"run {number}: {'; '.join(run.told)}") from problem
