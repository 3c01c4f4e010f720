"""A charter's boat, captain and crew: taken from the records that it names, and booked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.charters.fields import CharterDetails, CrewMember
from chalicelib.charters.positions import Positions, is_filled
from chalicelib.charters.store import Charter, schedule_entry
from chalicelib.core import names
from chalicelib.core.audit import Actor
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import BadInput
from chalicelib.core.errors import Conflict as ConflictError
from chalicelib.schedule import booking, store
from chalicelib.schedule.fields import Conflict, Override
from chalicelib.schedule.store import Named

Body = Mapping[str, Any]
_UNKNOWN, _INACTIVE, _TWICE = "is none of the {}", "is a {} that is not active any more", "is named twice"


class BareboatCrew(ConflictError):
    """409. Who charters a bareboat provides its captain and crew: the operator may neither find nor pay them (US Coast
    Guard on bareboat charters)."""

    def __init__(self) -> None:
        super().__init__(
            "This boat is chartered bareboat: captain and crew are the charterer's own. Type their names, or choose "
            "another boat."
        )


class Booking(NamedTuple):
    """What a write of a charter adds, so that it is booked."""

    conflicts: list[Conflict]
    override: Override | None
    writes: list[Item]


NOTHING_NAMED = Named({}, {}, {})
NOT_BOOKED = Booking([], None, [])


def sailors(details: CharterDetails) -> list[tuple[str, CrewMember]]:
    """The captain and the crew, each with the name of the field."""
    captain = [("captain", details["captain"])] if details["captain"] else []
    return [*captain, *((f"crew[{index}]", one) for index, one in enumerate(details["crew"]))]


def read_named(details: CharterDetails, request_key: str = "") -> Named:
    """The records that a charter names, as they are now: one read, and none if it names none."""
    people = dict.fromkeys(one["person_id"] for _, one in sailors(details) if one["person_id"])
    return store.read_named([details["boat_id"]] if details["boat_id"] else [], people, request_key)


def writes_names(body: Body) -> bool:
    """Whether a request writes what is taken from records: it has to be held against them."""
    return any(name in body for name in ("boat_id", "vessel", "captain", "crew"))


def is_moved(details: CharterDetails, seen: CharterDetails) -> bool:
    """Whether another time, boat or people were written, which have to be checked."""
    return _booked(details) != _booked(seen)


def _booked(details: CharterDetails) -> tuple[object, ...]:
    captain = details["captain"]["person_id"] if details["captain"] else None
    crew = {one["person_id"] for one in details["crew"]} - {None}
    return details["starts_at"], details["ends_at"], details["boat_id"], captain, crew


def fill(details: CharterDetails, body: Body, named: Named, seen: CharterDetails | None = None) -> CharterDetails:
    """The details with what they leave out to the records that the request names.

    A boat decides the vessel, and the limit and the port of departure unless the request gives them. What was taken
    from a record before stays until the boat or the person is written again. Raises BadInput.
    """
    problems: dict[str, str] = {}
    moved = seen is None or is_moved(details, seen)
    before = {one["person_id"] for _, one in sailors(seen)} if seen else set()
    filled: CharterDetails = {**details}
    if details["boat_id"] and (boat := named.boats.get(details["boat_id"])):
        is_new = seen is None or seen["boat_id"] != details["boat_id"]
        if not boat.details["active"] and moved:
            problems["boat_id"] = _INACTIVE.format("boat")
        if seen and not is_new and ("boat_id" not in body or body.get("vessel") == seen["vessel"]):
            filled["vessel"] = seen["vessel"]
        else:
            filled["vessel"] = boat.details["name"]
        if is_new and body.get("passenger_limit") is None:
            filled["passenger_limit"] = boat.details["passenger_limit"] or details["passenger_limit"]
        if is_new and body.get("departure_port") is None:
            filled["departure_port"] = boat.details["home_port"] or details["departure_port"]
    elif details["boat_id"]:
        problems["boat_id"] = _UNKNOWN.format("boats")
    if filled["captain"] and "captain" in body:
        filled["captain"] = _fill_member(filled["captain"], body["captain"], named)
    if body.get("crew"):
        given = zip(filled["crew"], body["crew"], strict=True)
        filled["crew"] = [_fill_member(one, raw, named) for one, raw in given]
    ids: set[str] = set()
    for name, one in sailors(filled):
        person_id = one["person_id"]
        if not person_id:
            if not names.has_visible_glyph(one["name"]):
                problems[f"{name}.name"] = "is required"
            continue
        if person_id not in named.people:
            problems[f"{name}.person_id"] = _UNKNOWN.format("people")
        elif not named.people[person_id].details["active"] and (moved or person_id not in before):
            problems[f"{name}.person_id"] = _INACTIVE.format("person")
        if person_id in ids:
            problems[f"{name}.person_id"] = _TWICE
        ids.add(person_id)
    if problems:
        raise BadInput(problems)
    return filled


def _fill_member(member: CrewMember, given: Body, named: Named) -> CrewMember:
    """Name, email and phone of the person's record where the request leaves them out.

    A blank name is left out, and so is what else is blank then; beside a name, a blank address is one taken away.
    """
    person = named.people.get(member["person_id"] or "")
    if person is None:
        return member
    filled: CrewMember = {**member}
    is_named = names.has_visible_glyph(member["name"])
    for name in ("name", "email", "phone"):
        if given.get(name) is None or (not is_named and (name == "name" or not member[name])):
            filled[name] = person.details[name]
    return filled


def refuse_bareboat(
    details: CharterDetails, seen: CharterDetails | None, named: Named, positions: Positions = ()
) -> None:
    """Raises BareboatCrew where people of the register are newly named, or were named or asked before the boat was."""
    boat = named.boats.get(details["boat_id"] or "")
    if boat is None or boat.details["kind"] != "bareboat":
        return
    is_new_boat = seen is None or seen["boat_id"] != details["boat_id"]
    ids = {one["person_id"] for _, one in sailors(details)} - {None}
    before = {one["person_id"] for _, one in sailors(seen)} if seen and not is_new_boat else set()
    if ids - before or (is_new_boat and any(is_filled(one) for one in positions)):
        raise BareboatCrew


def book(charter: Charter, named: Named, reason: str | None, actor: Actor, at: str) -> Booking:
    """Raises ScheduleConflict if it overlaps something, unless a reason is given. One Query at most."""
    entry = schedule_entry(charter)
    if entry is None:
        return NOT_BOOKED
    (conflicts,) = booking.find_conflicts([entry], named, at)
    override = booking.decide(conflicts, reason, actor, at)
    return Booking(conflicts, override, booking.counter_writes(entry, named))
