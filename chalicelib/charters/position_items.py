"""What of a charter's positions is kept elsewhere, too: when time is up, and which charter a position belongs to."""

from typing import NamedTuple

from chalicelib.charters.positions import Positions, is_to_ask, waiting
from chalicelib.core.dynamo import Item, item_key, put_write, read_item, s, table_name

ASKS = "ASKS"
"""The partition with what the sweep sees to, by when it is due."""
HELD = "HELD"
"""In place of a time: for positions that wait for the charter's captain. It sorts after all times."""
POSITION = "POSITION"


class ChartersPositions(NamedTuple):
    event_id: str
    positions: Positions
    is_planned: bool
    """Whether it is to sail. Only then answers are waited for."""


def position_writes(now: ChartersPositions, before: ChartersPositions | None) -> list[Item]:
    """The writes that keep it as the positions are."""
    new, old = ask_items(now), ask_items(before) if before else {}
    new_ids, old_ids = answerable_ids(now), answerable_ids(before) if before else []
    gone = [{"PK": item["PK"], "SK": item["SK"]} for key, item in old.items() if key not in new]
    return [
        *(put_write(item) for key, item in new.items() if key not in old),
        *({"Delete": {"TableName": table_name(), "Key": key}} for key in gone),
        *(put_write(_position_item(one, now.event_id)) for one in new_ids if one not in old_ids),
    ]


def ask_items(charter: ChartersPositions) -> dict[str, Item]:
    """Who is waited for, and which positions wait for a captain, by sort key."""
    due = [
        (one["answer_by"] if waiting(one) else HELD, one["position_id"])
        for one in charter.positions
        if charter.is_planned and (waiting(one) or is_to_ask(one))
    ]
    keys = [f"{when}#{charter.event_id}#{position_id}" for when, position_id in due]
    return {key: item_key(ASKS, key) for key in keys}


def answerable_ids(charter: ChartersPositions) -> list[str]:
    """The positions that somebody may answer for."""
    return [one["position_id"] for one in charter.positions if one["asked"] or one["person"]]


def find_position(position_id: str) -> str | None:
    """The charter of a position that somebody may answer for."""
    item = read_item(_position_key(position_id))
    return item["event_id"]["S"] if item else None


def _position_item(position_id: str, event_id: str) -> Item:
    return {**_position_key(position_id), "event_id": s(event_id)}


def _position_key(position_id: str) -> Item:
    return item_key(f"{POSITION}#{position_id}", POSITION)
