"""What has to become of positions, written down a second time: a model that the product is held against."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# Role and rank of each person.
PEOPLE = {
    "Ana": (("captain",), 1),
    "Ben": (("captain", "mate"), 2),
    "Cy": (("captain", "deckhand"), 3),
    "Dot": (("mate", "deckhand"), 4),
    "Eve": (("deckhand",), 5),
}
# Hours from a day on; the first two overlap.
SLOTS = ((10, 14), (12, 16), (40, 44))


@dataclass
class Place:
    role: str
    state: str = "open"
    holder: str | None = None
    asked: list[list[str | None]] = field(default_factory=list)
    """Each a name and an answer."""
    named: list[str] | None = None
    """Who is asked next; None: by rank."""

    @property
    def waits(self) -> str | None:
        return self.asked[-1][0] if self.state == "asked" and self.asked[-1][1] is None else None

    def last(self, name: str) -> list[str | None] | None:
        return next((one for one in reversed(self.asked) if one[0] == name), None)

    def note(self, name: str | None, answer: str) -> None:
        found = self.last(name or "")
        if found:
            found[1] = answer

    def empty(self, kept: str | None = None) -> None:
        if self.waits:
            self.note(self.waits, "withdrawn")
        elif self.holder and self.holder != kept:
            self.note(self.holder, "withdrawn")
        self.state, self.holder = "open", None


@dataclass
class Trip:
    slot: int = 0
    port: str = "Sausalito"
    is_off: bool = False
    override: bool = False
    captain: str | None = None
    """Who was written directly and has no position; so are the next."""
    crew: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def holders(self) -> dict[str, Place]:
        return {place.holder: place for place in self.places if place.holder}

    @property
    def captain_name(self) -> str | None:
        held = next((place.holder for place in self.places if place.role == "captain" and place.holder), None)
        return held or self.captain

    @property
    def crew_names(self) -> list[str]:
        return [*self.crew, *(one.holder for one in self.places if one.role != "captain" and one.holder)]

    @property
    def sailing(self) -> set[str]:
        return {*self.crew_names, *([self.captain_name] if self.captain_name else [])}

    def seen(self, number: int) -> tuple[object, ...]:
        place = self.places[number]
        return self.slot, self.port, "asked" if place.state == "open" else place.state


class Refused(Exception):
    """The model expects a refusal; nothing is changed."""


class Model:
    def __init__(self, trips: int) -> None:
        self.trips = [Trip() for _ in range(trips)]
        self.accepted: dict[tuple[int, str], tuple[int, str]] = {}
        """The time and port that somebody has accepted, by trip and name."""

    # --- what is asked of it ----------------------------------------------------------------------------

    def busy(self, trip: Trip, name: str, slot: int | None = None) -> bool:
        first, last = SLOTS[trip.slot if slot is None else slot]
        return any(
            name in other.sailing and SLOTS[other.slot][0] < last and SLOTS[other.slot][1] > first
            for other in self.trips
            if other is not trip and not other.is_off
        )

    def add(self, trip: Trip, role: str, named: list[str] | None) -> None:
        self._open(trip)
        if role == "captain" and any(one.role == role and one.state != "withdrawn" for one in trip.places):
            raise Refused
        trip.places.append(Place(role, named=named))
        self.go_on(trip)

    def ask(self, trip: Trip, place: Place, named: list[str]) -> None:
        self._open(trip, place)
        if place.waits and [place.waits, *(place.named or ())] == named:
            return
        place.empty()
        place.named = list(named)
        self._leave(trip)
        self.go_on(trip)

    def assign(self, trip: Trip, place: Place, name: str, *, override: bool) -> None:
        self._open(trip, place)
        if place.holder == name and place.state != "unconfirmed":
            return
        busy = self.busy(trip, name)
        if (busy and not override) or self.sails_as_another(trip, place, name):
            raise Refused
        trip.override = trip.override or busy
        self._take(trip, place, name, "assigned")
        self.go_on(trip)

    def withdraw(self, trip: Trip, place: Place) -> None:
        if place.state == "withdrawn":
            return
        self._open(trip)
        place.empty()
        place.state = "withdrawn"
        self.go_on(trip)

    def accept(self, number: int, place: Place, name: str, seen: tuple[object, ...]) -> None:
        trip = self.trips[number]
        entry = place.last(name)
        if place.holder != name and entry is None:
            raise Refused
        is_same_trip = seen[:2] == (trip.slot, trip.port)
        has_it = place.holder == name and place.state in ("accepted", "assigned")
        if has_it and is_same_trip and seen[2] != "withdrawn":
            return
        if trip.is_off or place.state == "withdrawn":
            raise Refused
        if place.holder != name and (place.holder or (entry and entry[1] in ("withdrawn", "declined"))):
            raise Refused
        if seen != trip.seen(trip.places.index(place)):
            raise Refused
        if self.sails_as_another(trip, place, name) or (place.holder != name and self.busy(trip, name)):
            raise Refused
        self._take(trip, place, name, "accepted")
        self.accepted[number, name] = (trip.slot, trip.port)
        self.go_on(trip)

    def decline(self, trip: Trip, place: Place, name: str, seen: tuple[object, ...]) -> None:
        entry = place.last(name)
        if place.holder != name and entry is None:
            raise Refused
        if place.holder != name and entry and entry[1] == "declined":
            return
        if trip.is_off or place.state == "withdrawn":
            raise Refused
        if place.holder != name and (place.holder or (entry and entry[1] == "withdrawn")):
            raise Refused
        if seen != trip.seen(trip.places.index(place)):
            raise Refused
        if entry is None:
            place.asked.append([name, None])
        waited = place.waits == name
        place.note(name, "declined")
        if waited or place.holder == name:
            place.state, place.holder = "open", None
        self.go_on(trip)

    def sails_as_another(self, trip: Trip, place: Place, name: str) -> bool:
        return trip.holders.get(name, place) is not place or (trip.captain == name and place.role != "captain")

    def late(self) -> None:
        for trip in self.trips:
            waiting = [one for one in trip.places if one.waits]
            for place in waiting:
                place.note(place.waits, "late")
                place.state = "open"
            if waiting:
                self.go_on(trip)

    def bounce(self, trip: Trip, place: Place) -> None:
        if place.waits:
            place.note(place.waits, "bounced")
            place.state = "open"
            self.go_on(trip)

    def move(self, trip: Trip, slot: int, port: str) -> None:
        if slot != trip.slot and any(self.busy(trip, name, slot) for name in trip.sailing):
            raise Refused
        if slot != trip.slot:
            trip.override = False
        if (slot, port) != (trip.slot, trip.port):
            for place in trip.places:
                place.state = "unconfirmed" if place.state == "accepted" else place.state
        trip.slot, trip.port = slot, port
        self.go_on(trip)

    def write_captain(self, trip: Trip, name: str | None) -> None:
        before = trip.captain_name
        if name in trip.crew_names or (name and name != before and self.clashes(trip, [name, *trip.crew_names])):
            raise Refused
        if name is None and before and self.clashes(trip, trip.crew_names):
            raise Refused
        if name == before:
            return
        trip.override = False
        trip.captain = None
        for place in trip.places:
            if place.role == "captain" and place.holder:
                place.empty()
                place.named = []
        free = [one for one in trip.places if one.role == "captain" and one.state in ("open", "asked")]
        if name and free:
            self._take(trip, free[0], name, "assigned")
        else:
            trip.captain = name
        self.go_on(trip)

    def clashes(self, trip: Trip, names: list[str]) -> bool:
        return any(self.busy(trip, name) for name in names)

    def cancel(self, trip: Trip) -> None:
        if trip.is_off:
            return
        trip.is_off = True
        for place in trip.places:
            if place.waits:
                place.note(place.waits, "withdrawn")
                place.state = "open"

    # --- what follows -----------------------------------------------------------------------------------

    def _open(self, trip: Trip, place: Place | None = None) -> None:
        if trip.is_off or (place and place.state == "withdrawn"):
            raise Refused

    def _take(self, trip: Trip, place: Place, name: str, state: str) -> None:
        if state == "accepted":
            place.note(name, "accepted")
        place.empty(kept=name)
        place.state, place.holder = state, name
        for other in trip.places:
            if other is not place and other.waits == name:
                other.note(name, "withdrawn")
                other.state = "open"
        if place.role == "captain":
            trip.captain = None
        self._leave(trip)

    def _leave(self, trip: Trip) -> None:
        """Who has a position does not sail as somebody who was written besides."""
        trip.crew = [name for name in trip.crew if name not in trip.holders]
        if trip.captain in trip.holders:
            trip.captain = None

    def go_on(self, trip: Trip) -> None:
        """Asks the next for what is open, the captain first."""
        if trip.is_off:
            return
        for place in sorted(trip.places, key=lambda one: one.role != "captain"):
            if place.state != "open" or place.named == []:
                continue
            if place.role != "captain" and trip.captain_name is None:
                continue
            name = next(self._eligible(trip, place), None)
            if name is None:
                place.named = []
                continue
            if place.named is not None:
                place.named = place.named[place.named.index(name) + 1 :]
            place.asked.append([name, None])
            place.state = "asked"

    def _eligible(self, trip: Trip, place: Place) -> Iterator[str]:
        taken = trip.sailing | {one.waits for one in trip.places if one.waits}
        if place.named is not None:
            yield from (name for name in place.named if name not in taken)
            return
        asked = {name for name, _ in place.asked}
        for name, (roles, _) in sorted(PEOPLE.items(), key=lambda one: one[1][1]):
            if place.role in roles and name not in taken | asked and not self.busy(trip, name):
                yield name
