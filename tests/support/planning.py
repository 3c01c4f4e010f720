"""Boats, people and what is planned with them, made through the API."""

from typing import Any

from tests.support.api import Answer, Api, new_event

BOAT = {"name": "Petrel", "passenger_limit": 6, "home_port": "Sausalito", "turnaround_minutes": 0}
HOLD = {
    "kind": "blocked",
    "title": "Regatta",
    "starts_at": "2030-06-01T17:00:00-07:00",
    "ends_at": "2030-06-01T20:00:00-07:00",
}


def make_boat(api: Api, **changes: Any) -> dict[str, Any]:
    return made(api.post("/api/boats", {**BOAT, **changes}))


def make_person(api: Api, name: str = "Ana Reyes", **changes: Any) -> dict[str, Any]:
    return made(api.post("/api/people", {"name": name, "roles": ["captain", "deckhand"], **changes}))


def charter(**changes: Any) -> dict[str, Any]:
    """A request for a charter that names nothing but what is given; times of a day of June 2030 in UTC by hours."""
    wanted = new_event(captain=None, crew=[], guests=[])
    for name in ("vessel", "passenger_limit", "departure_port"):
        wanted.pop(name)
    hours = changes.pop("hours", None)
    if hours:
        starts_at, ends_at = (at(hour) for hour in hours)
        wanted |= {"starts_at": starts_at, "ends_at": ends_at}
    return {**wanted, **changes}


def at(hour: float, day: int = 1) -> str:
    """An instant of June 2030, by the hour of the day; a day may have more than 24 of them."""
    minutes = round(hour * 60)
    days, minutes = divmod(minutes, 24 * 60)
    return f"2030-06-{day + days:02d}T{minutes // 60:02d}:{minutes % 60:02d}:00Z"


def make_charter(api: Api, **changes: Any) -> dict[str, Any]:
    return made(api.post("/api/events", charter(**changes)))


def make_hold(api: Api, boat: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return made(api.post("/api/holds", hold(boat, **changes)))


def hold(boat: dict[str, Any], **changes: Any) -> dict[str, Any]:
    hours = changes.pop("hours", None)
    times = {"starts_at": at(hours[0]), "ends_at": at(hours[1])} if hours else {}
    return {**HOLD, "boat_id": boat["boat_id"], **times, **changes}


def made(answer: Answer) -> dict[str, Any]:
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def read_charter(api: Api, charter: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"/api/events/{charter['event_id']}").json  # type: ignore[no-any-return]


def patch(api: Api, charter: dict[str, Any], **changes: Any) -> Answer:
    return api.patch(f"/api/events/{charter['event_id']}", {"version": charter["version"], **changes})


def refused(answer: Answer) -> list[tuple[str, str, str]]:
    """What a refused booking names: kind, name and title."""
    assert (answer.status, answer.json["Code"]) == (409, "ScheduleConflict"), answer.text
    return told(answer.json["conflicts"])


def told(conflicts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["name"], one["title"]) for one in conflicts]
