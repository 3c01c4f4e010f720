"""Who is asked next for the positions of a charter. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.charters.fields import Asked, CharterDetails
from chalicelib.charters.positions import (
    CAPTAIN,
    SOONEST_ANSWER,
    Positions,
    StoredPosition,
    deadline,
    holders,
    is_to_ask,
    replaced,
    waiting_ids,
)
from chalicelib.core import times
from chalicelib.people.fields import Role


class Candidate(NamedTuple):
    """An active person who may be asked."""

    person_id: str
    name: str
    roles: Collection[Role]
    is_free: bool
    """Whether they sail on nothing else at that time."""


class Advanced(NamedTuple):
    positions: list[StoredPosition]
    given_up: list[str]
    """The ids of positions for which everybody was asked."""


def advance(
    details: CharterDetails,
    positions: Positions,
    candidates: Sequence[Candidate],
    *,
    captain_first: bool,
    now: datetime,
) -> Advanced:
    """Asks the next for each position that waits for somebody to be asked.

    `candidates` are all active people by rank. Once the charter has begun, no more people are asked.
    """
    at, after, given_up = times.format_instant(now), list(positions), list[str]()
    for position in _to_ask(details, positions, captain_first=captain_first):
        has_begun = details["starts_at"] <= at
        person, left = (None, list[str]()) if has_begun else _next_person(details, after, position, candidates)
        if person is None:
            given_up.append(position["position_id"])
            after = replaced(after, {**position, "next_ids": [], "answer_by": None})
            continue
        entry: Asked = {"person_id": person.person_id, "name": person.name, "at": at, "answer": None, "reason": ""}
        asked: StoredPosition = {
            **position,
            "state": "asked",
            "asked": [*position["asked"], entry],
            "answer_by": _answer_by(details["starts_at"], position["answer_by"], now),
            "next_ids": left,
        }
        after = replaced(after, asked)
    return Advanced(after, given_up)


def _to_ask(details: CharterDetails, positions: Positions, *, captain_first: bool) -> Iterator[StoredPosition]:
    """Positions for which somebody is to be asked, the captain's first. No crew is asked while there is no captain."""
    for position in sorted(positions, key=lambda one: one["role"] != CAPTAIN):
        is_held_back = captain_first and position["role"] != CAPTAIN and details["captain"] is None
        if is_to_ask(position) and not is_held_back:
            yield position


def _next_person(
    details: CharterDetails, positions: Positions, position: StoredPosition, candidates: Sequence[Candidate]
) -> tuple[Candidate | None, list[str] | None]:
    """The person to ask next, and the ids of those to ask after them; None if all were asked. People who sail on the
    charter, or are asked for another position of it, are passed over."""
    sailing = {one["person_id"] for one in (details["captain"], *details["crew"]) if one and one["person_id"]}
    taken = {*sailing, *holders(positions), *waiting_ids(positions)}
    if position["next_ids"] is None:
        before = {one["person_id"] for one in position["asked"]}
        for person in candidates:
            if position["role"] in person.roles and person.is_free and person.person_id not in taken | before:
                return person, None
        return None, []
    known = {person.person_id: person for person in candidates}
    for index, person_id in enumerate(position["next_ids"]):
        if person_id in known and person_id not in taken:
            return known[person_id], position["next_ids"][index + 1 :]
    return None, []


def _answer_by(starts_at: str, wanted: str | None, now: datetime) -> str:
    """The time that the desk wanted, unless it is over before anybody could be asked."""
    in_time = wanted if wanted and wanted >= times.format_instant(now + SOONEST_ANSWER) else None
    return min(in_time or deadline(starts_at, now), starts_at)


def left_alone(before: Positions, after: Positions, known: Collection[str]) -> list[str]:
    """The ids of positions that became open without another person being asked.

    `known` are left out: the desk has left them open itself.
    """
    filled = [one["position_id"] for one in before if one["state"] not in ("open", "withdrawn")]
    return [
        one["position_id"]
        for one in after
        if one["state"] == "open" and one["next_ids"] == []
        if one["position_id"] in filled and one["position_id"] not in known
    ]
