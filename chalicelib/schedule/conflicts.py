"""What overlaps what: two entries of one boat, or of one person. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.boats.fields import BoatDetails
from chalicelib.core import times
from chalicelib.core.errors import Conflict as ConflictError
from chalicelib.register.store import Record
from chalicelib.schedule.entries import Entry
from chalicelib.schedule.fields import Conflict


class ScheduleConflict(ConflictError):
    """409. The boat or a person is booked at that time; nothing was written."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        first = conflicts[0]
        more = f", and {len(conflicts) - 1} more" if len(conflicts) > 1 else ""
        super().__init__(f"{first['name']} is booked at that time: {first['title']}{more}.", conflicts=conflicts)


class BoatRules(NamedTuple):
    """What of a boat decides about conflicts."""

    name: str
    turnaround_minutes: int


def rules_of(boats: Iterable[Record[BoatDetails]]) -> dict[str, BoatRules]:
    """By boat."""
    return {boat.record_id: BoatRules(boat.details["name"], boat.details["turnaround_minutes"]) for boat in boats}


class Schedule:
    """Entries of a time, to be asked what overlaps one of them."""

    def __init__(self, entries: Iterable[Entry], boats: Mapping[str, BoatRules], now: str) -> None:
        self._boats = boats
        self._by_boat: defaultdict[str, list[Entry]] = defaultdict(list)
        self._by_person: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if not entry.counts(now):
                continue
            if entry.boat_id:
                self._by_boat[entry.boat_id].append(entry)
            for person in entry.people:
                self._by_person[person.person_id].append(entry)

    def conflicts(self, entry: Entry, now: str) -> list[Conflict]:
        """What overlaps this one, itself left out: of its boat, then of its captain and crew; each by start."""
        if not entry.counts(now):
            return []
        found: list[Conflict] = []
        if entry.boat_id and (boat := self._boats.get(entry.boat_id)):
            others = self._overlapping(entry, self._by_boat[entry.boat_id], boat.turnaround_minutes)
            found += [_conflict("boat", boat.name, other) for other in others]
        for person in entry.people:
            others = self._overlapping(entry, self._by_person[person.person_id], 0)
            found += [_conflict(person.role, person.name, other) for other in others]
        return found

    def _overlapping(self, entry: Entry, others: Iterable[Entry], turnaround_minutes: int) -> list[Entry]:
        found = (
            other
            for other in others
            if (other.kind, other.entry_id) != (entry.kind, entry.entry_id)
            and _overlap(entry, other, turnaround_minutes)
        )
        return sorted(found, key=lambda other: (other.starts_at, other.kind, other.entry_id))


def _overlap(one: Entry, other: Entry, turnaround_minutes: int) -> bool:
    """Whether they overlap. Between two charters of a boat lies its turnaround; a hold needs none."""
    if one.ends_at > other.starts_at and other.ends_at > one.starts_at:
        return True
    if not turnaround_minutes or one.kind != "charter" or other.kind != "charter":
        return False
    first, second = sorted((one, other), key=lambda entry: entry.starts_at)
    gap = times.parse_instant(second.starts_at) - times.parse_instant(first.ends_at)
    return gap < timedelta(minutes=turnaround_minutes)


def _conflict(kind: Literal["boat", "captain", "crew"], name: str, other: Entry) -> Conflict:
    conflict: Conflict = {
        "kind": kind,
        "name": name,
        "title": other.title,
        "starts_at": other.starts_at,
        "ends_at": other.ends_at,
    }
    conflict["event_id" if other.kind == "charter" else "hold_id"] = other.entry_id
    return conflict
