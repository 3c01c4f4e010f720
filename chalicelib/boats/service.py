"""Boats: listed, made, edited, never deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.boats.fields import BoatDetails, BoatJson, BoatList
from chalicelib.core import names
from chalicelib.core.audit import Actor
from chalicelib.register import editing, store
from chalicelib.register.editing import ComingCharters
from chalicelib.register.store import BOAT, Record

Boat = Record[BoatDetails]


def list_boats() -> BoatList:
    return {"boats": [boat_json(boat) for boat in read_boats()]}


def read_boats() -> list[Boat]:
    """By name."""
    return sorted(store.list_records(BOAT), key=lambda boat: (names.fold(boat.details["name"]), boat.record_id))


def create_boat(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[BoatJson, bool]:
    """The boat, and whether it is new: the same request under the same key again finds the first one."""
    boat, new = editing.create(BOAT, BoatDetails, body, request_key=request_key, actor=actor, now=now)
    return boat_json(boat), new


def edit_boat(
    boat_id: str, body: Mapping[str, Any], *, coming_charters: ComingCharters, actor: Actor, now: datetime
) -> BoatJson:
    boat = editing.edit(
        BOAT,
        BoatDetails,
        boat_id,
        body,
        to_json=boat_json,
        coming_charters=coming_charters,
        actor=actor,
        now=now,
    )
    return boat_json(boat)


def boat_json(boat: Boat) -> BoatJson:
    """The contract's Boat."""
    return {"boat_id": boat.record_id, **boat.details, "version": boat.version}
