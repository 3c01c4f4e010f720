"""What of the desk's acts on positions is refused, and why."""

from datetime import datetime

from chalicelib.charters import positions
from chalicelib.charters.positions import PositionConflict, StoredPosition
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.errors import BadInput, NotFound
from chalicelib.core.fields import Form
from chalicelib.crew import roster
from chalicelib.crew.fields import MAX_OPEN_POSITIONS, MAX_POSITIONS
from chalicelib.crew.roster import Roster


def check_answer_by(form: Form, answer_by: str | None, now: datetime) -> None:
    if answer_by and answer_by < times.format_instant(now + positions.SOONEST_ANSWER):
        form.refuse("answer_by", "must be at least 15 minutes ahead")


def check_people(people: Roster, person_ids: list[str] | None, field: str = "person_ids") -> list[str] | None:
    for person_id in person_ids or ():
        person = people.people.get(person_id)
        if person is None:
            raise BadInput({field: "names somebody who is none of the people"})
        if not person.details["active"]:
            raise BadInput({field: f"names {person.details['name']}, who is not active any more"})
    return person_ids


def check_sails(charter: Charter) -> None:
    if charter.status != "scheduled":
        raise PositionConflict(f"This charter is {charter.status}.")


def check_asks(charter: Charter, people: Roster, now: datetime) -> None:
    roster.refuse_bareboat(people)
    if charter.details["starts_at"] <= times.format_instant(now):
        raise PositionConflict("This charter has begun.")


def check_room(charter: Charter, role: str) -> None:
    kept = [one for one in charter.positions if one["state"] != "withdrawn"]
    if role == positions.CAPTAIN and any(one["role"] == positions.CAPTAIN for one in kept):
        raise PositionConflict("This charter has a position for its captain. Ask others for that one.")
    if len(kept) >= MAX_OPEN_POSITIONS or len(charter.positions) >= MAX_POSITIONS:
        raise PositionConflict("This charter has as many positions as it can have.")


def find(charter: Charter, position_id: str) -> StoredPosition:
    position = positions.find(charter.positions, position_id)
    if position is None:
        raise unknown_position()
    return position


def find_open(charter: Charter, position_id: str) -> StoredPosition:
    position = find(charter, position_id)
    check_sails(charter)
    if position["state"] == "withdrawn":
        raise PositionConflict("This position was withdrawn.")
    return position


def unknown_position() -> NotFound:
    return NotFound("There is no such position.")
