"""People who are asked to sail, and what they answer."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters import store
from chalicelib.charters.positions import find
from chalicelib.crew import service as crew
from tests.support.api import Answer, Api
from tests.support.planning import make_charter, make_person

# The beginning of the subject of the mail that asks a captain.
ASKS_CAPTAIN = "Can you sail as captain"


def hire(api: Api, name: str, *roles: str, rank: int = 1, **more: Any) -> str:
    """The id of a new person with an address of their first name."""
    email = f"{name.split()[0].lower()}@example.com"
    return str(make_person(api, name, roles=list(roles), rank=rank, **{"email": email, **more})["person_id"])


def add(api: Api, event: dict[str, Any], role: str = "captain", **more: Any) -> dict[str, Any]:
    answer = api.post(f"/api/events/{event['event_id']}/positions", {"role": role, **more})
    assert answer.status == 201, answer.text
    return answer.json  # type: ignore[no-any-return]


def act(api: Api, event: dict[str, Any], what: str, number: int = 0, **body: Any) -> Answer:
    """An act of the desk on one of the positions of the event as it was read."""
    position_id = event["positions"][number]["position_id"]
    return api.post(f"/api/events/{event['event_id']}/positions/{position_id}/{what}", body)


def shown(event: dict[str, Any]) -> Any:
    """The event as it is now, also for who is not signed in any more."""
    return charters.show_charter(event["event_id"], datetime(2030, 1, 1, tzinfo=UTC))


def seen(event: dict[str, Any], number: int = 0) -> str:
    """What the form of a person's page holds now."""
    charter = store.read_charter(event["event_id"])
    assert charter
    position = find(charter.positions, event["positions"][number]["position_id"])
    assert position
    return crew.seen_of(charter, position)


def says(
    person_id: str,
    event: dict[str, Any],
    answer: Any = "accept",
    number: int = 0,
    *,
    now: datetime,
    reason: str = "",
    as_seen: str | None = None,
) -> Any:
    """What a person answers; by default having seen what holds now."""
    position_id = event["positions"][number]["position_id"]
    as_seen = seen(event, number) if as_seen is None else as_seen
    return crew.answer(person_id, position_id, answer, reason, as_seen, now, address="192.0.2.9")


def state(event: dict[str, Any], number: int = 0) -> tuple[str, str | None, list[tuple[str, str | None]]]:
    """State, who has the position, and what those said who were asked."""
    position = event["positions"][number]
    asked = [(one["name"].split()[0], one["answer"]) for one in position["asked"]]
    return position["state"], position["person"] and position["person"]["name"].split()[0], asked


def sailing(api: Api, **more: Any) -> dict[str, Any]:
    return make_charter(api, hours=(34, 38), **more)


def subjects(mailbox: list[EmailMessage]) -> list[tuple[str, str]]:
    """To whom each mail went, and its first word."""
    return [(str(one["To"]).split()[0], str(one["Subject"]).split(":")[0].split("?")[0]) for one in mailbox]
