"""Decides whether an entry may be booked, and says what its write must hold so that two at once cannot both pass."""

from collections.abc import Iterable, Sequence

from chalicelib.core import times
from chalicelib.core.audit import Actor, AuditDetails
from chalicelib.core.dynamo import Item
from chalicelib.register.store import BOAT, PERSON
from chalicelib.schedule import store
from chalicelib.schedule.conflicts import Schedule, ScheduleConflict, rules_of
from chalicelib.schedule.entries import Entry
from chalicelib.schedule.fields import Conflict, Override
from chalicelib.schedule.store import Named


def find_conflicts(entries: Sequence[Entry], named: Named, now: str) -> list[list[Conflict]]:
    """Of each entry what it overlaps; entries of one charter or hold never overlap each other. One Query at most.

    `named` has been read before: what is booked between the two reads raises a counter that the write names.
    """
    taking_part = [entry for entry in entries if entry.boat_id in named.boats or entry.people]
    if not taking_part:
        return [[] for _ in entries]
    rules = rules_of(named.boats.values())
    turnaround = max((rule.turnaround_minutes for rule in rules.values()), default=0)
    first = times.add_minutes(min(entry.starts_at for entry in taking_part), -turnaround)
    last = times.add_minutes(max(entry.ends_at for entry in taking_part), turnaround)
    booked = store.read_entries(first, last)
    weekly = [entry for holds in named.weekly.values() for hold in holds for entry in hold.occurrences(first, last)]
    schedule = Schedule([*booked, *weekly], rules, now)
    return [schedule.conflicts(entry, now) for entry in entries]


def turnaround_minutes(boat_id: str | None, named: Named) -> int:
    boat = named.boats.get(boat_id or "")
    return boat.details["turnaround_minutes"] if boat else 0


def decide(conflicts: list[Conflict], reason: str | None, actor: Actor, at: str) -> Override | None:
    """What is noted with an entry that is booked in spite of conflicts. Raises ScheduleConflict without a reason."""
    if not conflicts:
        return None
    if reason is None:
        raise ScheduleConflict(conflicts)
    return {"reason": reason, "by": actor.name, "at": at}


def reason_of(override: Override | None) -> AuditDetails:
    """For the audit event of what is booked."""
    return {"reason": override["reason"]} if override else {}


def counter_writes(entry: Entry, named: Named) -> list[Item]:
    """The writes that count the booking on its boat and people."""
    boat = named.boats.get(entry.boat_id or "")
    boats = [store.count_booking(BOAT, boat)] if boat else []
    ids = dict.fromkeys(person.person_id for person in entry.people)
    return [*boats, *(store.count_booking(PERSON, named.people[person_id]) for person_id in ids)]


def boats_of(entries: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.boat_id for entry in entries if entry.boat_id))
