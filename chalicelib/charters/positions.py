"""Positions of a charter: who is asked, who answers, who sails. Pure: nothing is read or written, times are arguments.

A position is open until somebody is asked, then asked until that person accepts, declines, is late or cannot be
reached; then the next is asked. Who accepted is unconfirmed once time, boat or port change. The desk may assign
somebody, ask others, or withdraw the position.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.charters.fields import Answer, Asked, CharterDetails, CrewMember, Position, PositionPerson, Status
from chalicelib.core import times
from chalicelib.core.errors import Conflict
from chalicelib.people.fields import Role

HOLDING = ("accepted", "unconfirmed", "assigned")
CAPTAIN: Literal["captain"] = "captain"
# How long somebody may take to answer; the shorter time for a charter that begins soon.
TO_ANSWER, TO_ANSWER_SOON, SOON = timedelta(hours=24), timedelta(hours=2), timedelta(hours=48)
# The least time that the desk may give.
SOONEST_ANSWER = timedelta(minutes=15)

AnswerGiven = Literal["accept", "decline"]
Why = Literal["withdrawn", "taken", "changed", "declined", "begun", "over", "elsewhere", "aboard", "inactive"]


class StoredPosition(Position):
    """A position, and who is asked next if the one who is asked does not take it."""

    next_ids: list[str] | None
    """People in the order in which they are asked; None: by rank, of those who have the role and are free. Empty:
    people are asked only once the desk says so."""


Positions = Sequence[StoredPosition]


class PositionConflict(Conflict):
    """409. The position is not as the request needs it."""


class AnswerRefused(PositionConflict):
    """409. Somebody's answer is not taken; `why` says what holds now."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


# --- what holds -------------------------------------------------------------------------------------


def new_position(
    position_id: str, role: Role, *, required: bool, next_ids: list[str] | None, answer_by: str | None = None
) -> StoredPosition:
    """An open position. `answer_by` is for the first who is asked, whenever that is."""
    return {
        "position_id": position_id,
        "role": role,
        "required": required,
        "state": "open",
        "person": None,
        "asked": [],
        "answer_by": answer_by,
        "next_ids": next_ids,
    }


def find(positions: Positions, position_id: str) -> StoredPosition | None:
    return next((one for one in positions if one["position_id"] == position_id), None)


def waiting(position: StoredPosition) -> Asked | None:
    """Who is asked and has not answered."""
    last = position["asked"][-1] if position["asked"] else None
    return last if position["state"] == "asked" and last and last["answer"] is None else None


def waiting_ids(positions: Positions) -> list[str]:
    return [one["person_id"] for one in map(waiting, positions) if one]


def may_answer(position: StoredPosition, person_id: str) -> bool:
    """Whether this person may still take it: they are asked, or were too late and it is still free."""
    asked = last_asked(position, person_id)
    return position["state"] in ("open", "asked") and asked is not None and asked["answer"] in (None, "late")


def answering_ids(positions: Positions) -> list[str]:
    """Who may still take one of the positions."""
    asked = dict.fromkeys((one["position_id"], each["person_id"]) for one in positions for each in one["asked"])
    known = {one["position_id"]: one for one in positions}
    return list(dict.fromkeys(who for position_id, who in asked if may_answer(known[position_id], who)))


def holders(positions: Positions) -> dict[str, StoredPosition]:
    """The positions that somebody has taken, by person."""
    return {one["person"]["person_id"]: one for one in positions if one["person"]}


def holds(position: StoredPosition, person_id: str) -> bool:
    return position["person"] is not None and position["person"]["person_id"] == person_id


def ids_of(positions: Positions) -> list[str]:
    return [one["position_id"] for one in positions]


def is_filled(position: StoredPosition) -> bool:
    """Whether somebody has it, is asked for it, or will be."""
    return position["state"] in ("asked", *HOLDING) or is_to_ask(position)


def is_to_ask(position: StoredPosition) -> bool:
    """Whether it is free, and the next person is to be asked. It stays so only while the captain is missing."""
    return position["state"] == "open" and position["next_ids"] != []


def last_asked(position: StoredPosition, person_id: str) -> Asked | None:
    """When this person was asked last, and what came of it."""
    return next((one for one in reversed(position["asked"]) if one["person_id"] == person_id), None)


def is_changed(before: CharterDetails, after: CharterDetails) -> bool:
    """Whether people have to be asked again: another time, boat or port of departure.

    A boat that was typed as text and is found in the register is the same boat.
    """
    same_boat = before["vessel"] == after["vessel"] and (
        before["boat_id"] == after["boat_id"] or None in (before["boat_id"], after["boat_id"])
    )
    names: tuple[Literal["starts_at", "ends_at", "departure_port"], ...] = ("starts_at", "ends_at", "departure_port")
    return not same_boat or any(before[name] != after[name] for name in names)


def seen_of(details: CharterDetails, position: StoredPosition) -> str:
    """A hash of what the reader of a form has seen: time, boat, port, role and state."""
    return _seen(details, position, "asked" if position["state"] == "open" else position["state"])


def _seen(details: CharterDetails, position: StoredPosition, state: str) -> str:
    """Open and asked are one state here: a person who was late may still take a free position."""
    boat = f"{details['boat_id']} {details['vessel']}"
    seen = (details["starts_at"], details["ends_at"], boat, details["departure_port"], position["role"], state)
    return digest(*seen)[:32]


def digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def deadline(starts_at: str, now: datetime) -> str:
    """Until when somebody who is asked now may answer: never after the start."""
    starts = times.parse_instant(starts_at)
    return times.format_instant(min(now + (TO_ANSWER_SOON if starts - now <= SOON else TO_ANSWER), starts))


# --- the desk's acts ----------------------------------------------------------------------------------


def ask(positions: Positions, position_id: str, next_ids: list[str] | None) -> list[StoredPosition]:
    """Replaces who was asked, and who had taken the position; `advance` asks the first of them."""
    return [{**_opened(one), "next_ids": next_ids} if one["position_id"] == position_id else one for one in positions]


def is_asking(position: StoredPosition, person_ids: Sequence[str]) -> bool:
    """Whether just these people are being asked, in this order."""
    waits = waiting(position)
    return waits is not None and [waits["person_id"], *(position["next_ids"] or ())] == list(person_ids)


def assign(
    details: CharterDetails, positions: Positions, position: StoredPosition, person: PositionPerson
) -> list[StoredPosition]:
    """Gives a position to somebody without asking. Raises PositionConflict where they sail as something else."""
    if role := _other_role(details, positions, position, person["person_id"]):
        raise PositionConflict(f"They sail on this charter already, as {role}.")
    return _taken(positions, position["position_id"], person, "assigned")


def withdraw(positions: Positions, position_id: str) -> list[StoredPosition]:
    """Closes a position."""
    return [
        {**_opened(one), "state": "withdrawn", "next_ids": []} if one["position_id"] == position_id else one
        for one in positions
    ]


# --- answers ------------------------------------------------------------------------------------------


def answer(
    details: CharterDetails,
    positions: Positions,
    position: StoredPosition,
    person: PositionPerson,
    given: AnswerGiven,
    reason: str,
    *,
    seen: str,
    status: Status,
    at: str,
) -> Positions:
    """The positions after an answer; unchanged if it was given before. Raises AnswerRefused."""
    if is_same_answer(details, position, person["person_id"], given, seen):
        return positions
    asked = last_asked(position, person["person_id"])
    if status != "scheduled":
        raise AnswerRefused("over", f"This charter is {status}.")
    if position["state"] == "withdrawn" or (not holds(position, person["person_id"]) and _is(asked, "withdrawn")):
        raise AnswerRefused("withdrawn", "You are not asked for this any more.")
    if position["person"] and not holds(position, person["person_id"]):
        raise AnswerRefused("taken", "Somebody else sails in this position.")
    if _is(asked, "declined") and not holds(position, person["person_id"]):
        raise AnswerRefused("declined", "You have declined. Please call us if you can sail after all.")
    if seen != seen_of(details, position):
        raise AnswerRefused("changed", "This charter has changed since the page was made.")
    if given == "decline":
        return _declined(positions, position, person, reason, at)
    if position["state"] != "unconfirmed" and details["starts_at"] <= at:
        raise AnswerRefused("begun", "This charter has begun.")
    if _other_role(details, positions, position, person["person_id"]):
        raise AnswerRefused("aboard", "You sail on this charter in another position.")
    return _taken(positions, position["position_id"], person, "accepted")


def is_same_answer(
    details: CharterDetails, position: StoredPosition, person_id: str, given: AnswerGiven, seen: str
) -> bool:
    """Whether this answer was given before and still holds."""
    asked = last_asked(position, person_id)
    if given == "decline":
        return not holds(position, person_id) and _is(asked, "declined")
    if not holds(position, person_id) or position["state"] == "unconfirmed":
        return False
    return seen in [_seen(details, position, state) for state in ("asked", *HOLDING)]


def _is(asked: Asked | None, answer: Answer) -> bool:
    return asked is not None and asked["answer"] == answer


def _declined(
    positions: Positions, position: StoredPosition, person: PositionPerson, reason: str, at: str
) -> list[StoredPosition]:
    person_id = person["person_id"]
    if last_asked(position, person_id) is None:
        # They were assigned without being asked.
        position = {**position, "asked": [*position["asked"], {**person, "at": at, "answer": None, "reason": ""}]}
    answered = _answered(position, person_id, "declined", reason)
    waits = waiting(position)
    if holds(position, person_id) or (waits and waits["person_id"] == person_id):
        answered = {**answered, "state": "open", "person": None, "answer_by": None}
    return replaced(positions, answered)


# --- what happens by itself -----------------------------------------------------------------------------


def late(positions: Positions, at: str) -> list[StoredPosition]:
    """Those who have not answered in time are late, and the next may be asked."""
    return [
        _closed(one, "late") if waiting(one) and one["answer_by"] and one["answer_by"] <= at else one
        for one in positions
    ]


def bounced(positions: Positions, position_id: str, number: int) -> Positions:
    """The mail to the one who was asked as this number, from 0, could not be delivered."""
    position = find(positions, position_id)
    if position is None or not waiting(position) or len(position["asked"]) != number + 1:
        return positions
    return replaced(positions, _closed(position, "bounced"))


# --- changes of the charter -----------------------------------------------------------------------------


def changed(positions: Positions, starts_at: str, now: datetime) -> list[StoredPosition]:
    """After a change of time, boat or port: people who accepted have to answer again, and open asks are sent again."""
    return [_changed(one, starts_at, now) for one in positions]


def _changed(position: StoredPosition, starts_at: str, now: datetime) -> StoredPosition:
    if position["state"] == "accepted":
        return {**position, "state": "unconfirmed"}
    if (waits := waiting(position)) is None:
        return position
    again: Asked = {**waits, "at": times.format_instant(now)}
    return {**position, "asked": [*position["asked"][:-1], again], "answer_by": deadline(starts_at, now)}


def ended(positions: Positions) -> list[StoredPosition]:
    """The charter is cancelled or over: open asks end. People who have taken a position keep it."""
    return [
        {**(_closed(one, "withdrawn") if waiting(one) else one), "next_ids": [], "answer_by": None}
        if one["state"] != "withdrawn"
        else one
        for one in positions
    ]


def written(
    before: CharterDetails, after: CharterDetails, positions: Positions, roles: Mapping[str, Collection[Role]]
) -> list[StoredPosition]:
    """What positions become when captain and crew are written directly.

    A person who is written takes a free position of that role, first the one for which they are asked. A person who is
    taken out leaves their position open. `roles`: of the people who are written, by id.
    """
    found = list(positions)
    captain = after["captain"]
    captain_id = captain["person_id"] if captain else None
    crew_ids = [one["person_id"] for one in after["crew"] if one["person_id"]]
    for one in list(found):
        if one["person"] and one["person"]["person_id"] not in ([captain_id] if one["role"] == CAPTAIN else crew_ids):
            found = replaced(found, {**_opened(one), "next_ids": []})
    if captain and not _is_same(captain, before["captain"]):
        place = next((one for one in found if one["role"] == CAPTAIN and one["state"] in ("open", "asked")), None)
        if place and captain_id:
            found = _taken(found, place["position_id"], {"person_id": captain_id, "name": captain["name"]}, "assigned")
        elif place:
            found = replaced(found, {**_opened(place), "next_ids": []})
    before_ids = {one["person_id"] for one in before["crew"]}
    for member in after["crew"]:
        person_id = member["person_id"]
        if person_id and person_id not in before_ids and person_id not in holders(found):
            place = _place_for(found, person_id, roles.get(person_id, ()))
            if place:
                found = _taken(
                    found, place["position_id"], {"person_id": person_id, "name": member["name"]}, "assigned"
                )
    return found


def _is_same(member: CrewMember, before: CrewMember | None) -> bool:
    """Whether this is the person who was there before; how to reach them may have changed."""
    if before is None or member["person_id"] != before["person_id"]:
        return False
    return member["person_id"] is not None or member["name"] == before["name"]


def _place_for(positions: Positions, person_id: str, roles: Collection[Role]) -> StoredPosition | None:
    free = [one for one in positions if one["role"] != CAPTAIN and one["state"] in ("open", "asked")]
    asked = (one for one in free if (waits := waiting(one)) and waits["person_id"] == person_id)
    return next(asked, None) or next((one for one in free if not roles or one["role"] in roles), None)


def repeated(positions: Positions, new_id: Callable[[], str]) -> list[StoredPosition]:
    """The positions of a copy of the charter: the same ones, open, and left to the desk."""
    return [
        new_position(new_id(), one["role"], required=one["required"], next_ids=[])
        for one in positions
        if one["state"] != "withdrawn"
    ]


# --- captain and crew of the charter --------------------------------------------------------------------


def with_crew(
    details: CharterDetails, before: Positions, after: Positions, members: Mapping[str, CrewMember]
) -> CharterDetails:
    """The details with who has taken a position as captain and crew: after those who were written directly, in the
    order of positions. `members`: the people who are new, by id."""
    known = {
        **members,
        **{one["person_id"]: one for one in (details["captain"], *details["crew"]) if one and one["person_id"]},
    }
    left, now = holders(before), holders(after)
    captain = details["captain"]
    if captain and captain["person_id"] in left:
        captain = None
    crew = [one for one in details["crew"] if one["person_id"] not in left and one["person_id"] not in now]
    for person_id, position in now.items():
        if position["role"] == CAPTAIN:
            captain = known[person_id]
        else:
            crew.append(known[person_id])
    return {**details, "captain": captain, "crew": crew}


# --- how they are changed -------------------------------------------------------------------------------


def _other_role(details: CharterDetails, positions: Positions, position: StoredPosition, person_id: str) -> Role | None:
    """The other role of this person on the charter, if any. People who were typed as crew may take any position."""
    held = holders(positions).get(person_id)
    if held and held["position_id"] != position["position_id"]:
        return held["role"]
    captain = details["captain"]
    is_captain = captain is not None and captain["person_id"] == person_id
    return CAPTAIN if is_captain and position["role"] != CAPTAIN else None


def _taken(
    positions: Positions, position_id: str, person: PositionPerson, state: Literal["accepted", "assigned"]
) -> list[StoredPosition]:
    """With this person in the position.

    Others who were asked or had it are withdrawn, as are this person's other asks.
    """
    taken: list[StoredPosition] = []
    for one in positions:
        waits = waiting(one)
        if one["position_id"] == position_id:
            answered = _answered(one, person["person_id"], "accepted", "") if state == "accepted" else one
            taken.append({**_opened(answered, person["person_id"]), "person": person, "state": state})
        elif waits and waits["person_id"] == person["person_id"]:
            taken.append(_closed(one, "withdrawn"))
        else:
            taken.append(one)
    return taken


def _opened(position: StoredPosition, kept_id: str = "") -> StoredPosition:
    """Open again: the person who had it, or is asked, gets the answer `withdrawn`, except `kept_id`."""
    if waiting(position):
        position = _closed(position, "withdrawn")
    elif position["person"] and position["person"]["person_id"] != kept_id:
        position = _answered(position, position["person"]["person_id"], "withdrawn", "")
    return {**position, "state": "open", "person": None, "answer_by": None}


def _closed(position: StoredPosition, answer: Answer) -> StoredPosition:
    """Open again, with this answer of the person who was waited for."""
    waits = position["asked"][-1]
    return {**_answered(position, waits["person_id"], answer, ""), "state": "open", "answer_by": None}


def _answered(position: StoredPosition, person_id: str, answer: Answer, reason: str) -> StoredPosition:
    """With this answer to the last time that this person was asked, if they were."""
    asked = list(position["asked"])
    for index in range(len(asked) - 1, -1, -1):
        if asked[index]["person_id"] == person_id:
            asked[index] = {**asked[index], "answer": answer, "reason": reason}
            break
    return {**position, "asked": asked}


def replaced(positions: Positions, position: StoredPosition) -> list[StoredPosition]:
    return [position if one["position_id"] == position["position_id"] else one for one in positions]
