"""What has to be known before somebody is asked, or takes a position: people, boat, schedule, settings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.boats.fields import BoatDetails
from chalicelib.charters.asking import Candidate
from chalicelib.charters.booking import BareboatCrew
from chalicelib.charters.fields import CrewMember
from chalicelib.charters.store import Charter
from chalicelib.operator import service as operator
from chalicelib.operator.fields import SettingsJson
from chalicelib.people.service import Person, read_people
from chalicelib.register.store import Record
from chalicelib.schedule import store as schedule
from chalicelib.schedule.conflicts import Schedule
from chalicelib.schedule.entries import Assigned, Entry, Role
from chalicelib.schedule.fields import Conflict


class Roster(NamedTuple):
    people: Mapping[str, Person]
    """All of them, by rank."""
    boat: Record[BoatDetails] | None
    entries: Sequence[Entry]
    """What is planned while the charter sails, itself included."""
    settings: SettingsJson


def read_roster(charter: Charter) -> Roster:
    """Two Queries, and one read each of the settings and of the boat if it has a record."""
    details = charter.details
    # The counters of people are read before the schedule: who is booked between the two has another count then.
    people = {person.record_id: person for person in read_people()}
    boat_ids = [details["boat_id"]] if details["boat_id"] else []
    boats = schedule.read_named(boat_ids, ()).boats
    entries = schedule.read_entries(details["starts_at"], details["ends_at"])
    return Roster(people, next(iter(boats.values()), None), entries, operator.get_settings())


def candidates(roster: Roster, charter: Charter, now: str) -> list[Candidate]:
    """All active people, by rank. None for a bareboat: the operator may not find its crew, see BareboatCrew."""
    if _is_bareboat(roster):
        return []
    busy = {
        person.person_id
        for entry in roster.entries
        if entry.counts(now) and entry.entry_id != charter.event_id
        for person in entry.people
    }
    return [
        Candidate(person_id, person.details["name"], person.details["roles"], person_id not in busy)
        for person_id, person in roster.people.items()
        if person.details["active"]
    ]


def conflicts_of(roster: Roster, charter: Charter, person: Person, role: Role, now: str) -> list[Conflict]:
    """What else this person sails on at that time."""
    details = charter.details
    one = Assigned(person.record_id, role, person.details["name"])
    entry = Entry(
        "charter",
        charter.event_id,
        None,
        (one,),
        details["title"],
        details["starts_at"],
        details["ends_at"],
        charter.status,
    )
    return Schedule(roster.entries, {}, now).conflicts(entry, now)


def members(roster: Roster, person_ids: Iterable[str]) -> dict[str, CrewMember]:
    """These people as a charter names them."""
    return {
        person_id: {
            "person_id": person_id,
            "name": roster.people[person_id].details["name"],
            "email": roster.people[person_id].details["email"],
            "phone": roster.people[person_id].details["phone"],
        }
        for person_id in person_ids
        if person_id in roster.people
    }


def refuse_bareboat(roster: Roster) -> None:
    """Raises BareboatCrew."""
    if _is_bareboat(roster):
        raise BareboatCrew


def _is_bareboat(roster: Roster) -> bool:
    return roster.boat is not None and roster.boat.details["kind"] == "bareboat"
