"""The schedule, the holds and the directory of charters, compared with what they are copied from. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.charters.directory import DIRECTORY
from chalicelib.charters.position_items import ASKS, POSITION, answerable_ids, ask_items
from chalicelib.charters.store import Charter, directory_attributes, schedule_entry, to_positions
from chalicelib.core.dynamo import Item
from chalicelib.schedule.entries import Entry, WeeklyHold
from chalicelib.schedule.holds import MAX_WEEKLY, single_entry, weekly_hold
from chalicelib.schedule.store import HOLDS, SCHEDULE, Hold, entry_items, to_hold, weekly_holds

KINDS = (SCHEDULE, HOLDS, DIRECTORY, ASKS, POSITION)


class Problem(NamedTuple):
    subject: str
    what: str
    text: str


@dataclass
class ScheduleRecords:
    pieces: dict[str, str] = field(default_factory=dict)
    """The content of each piece of an entry, by its sort key."""
    holds: dict[str, Hold] = field(default_factory=dict)
    weekly: dict[str, list[WeeklyHold]] = field(default_factory=dict)
    """The repeating holds that are kept with each boat."""
    directory: dict[str, Item] = field(default_factory=dict)
    """By charter."""
    signed: dict[str, str] = field(default_factory=dict)
    """The names by which the directory finds who has signed, by charter."""
    asks: set[str] = field(default_factory=set)
    """Who is waited for, by sort key."""
    positions: dict[str, str] = field(default_factory=dict)
    """The charter of each position that somebody may answer for."""
    expected_asks: set[str] = field(default_factory=set)
    own_positions: dict[str, str] = field(default_factory=dict)
    """The charter of each position there is."""
    answerable: set[str] = field(default_factory=set)
    charters: dict[str, Entry | None] = field(default_factory=dict)
    """What the schedule has to say of each charter."""
    listed: dict[str, Item] = field(default_factory=dict)
    """What the directory has to say of each charter."""


def add(records: ScheduleRecords, kind: str, item: Item) -> None:
    sk, owner = item["SK"]["S"], item["SK"]["S"].partition("#")[2]
    if kind == SCHEDULE:
        records.pieces[sk] = item["data"]["S"]
    elif kind == HOLDS:
        records.holds[owner] = to_hold(item)
    elif kind == ASKS:
        # A longer key is a mail that did not arrive, and nobody is waited for by it.
        records.asks |= {sk} if sk.count("#") == 2 else set()
    elif kind == POSITION:
        records.positions[item["PK"]["S"].partition("#")[2]] = item["event_id"]["S"]
    else:
        records.directory[owner] = {name: value for name, value in item.items() if name not in ("PK", "SK", "signed")}
        records.signed[owner] = item["signed"]["S"] if "signed" in item else ""


def add_boat(records: ScheduleRecords, item: Item) -> None:
    records.weekly[item["SK"]["S"].partition("#")[2]] = list(weekly_holds(item))


def add_charter(records: ScheduleRecords, charter: Charter) -> None:
    records.charters[charter.event_id] = schedule_entry(charter)
    records.listed[charter.event_id] = directory_attributes(charter)
    records.expected_asks |= ask_items(to_positions(charter)).keys()
    records.own_positions |= {one["position_id"]: charter.event_id for one in charter.positions}
    records.answerable |= set(answerable_ids(to_positions(charter)))


def find_problems(records: ScheduleRecords) -> Iterator[Problem]:
    yield from _pieces(records)
    yield from _weekly(records)
    yield from _positions(records)
    for event_id in records.listed.keys() | records.directory.keys():
        if records.directory.get(event_id) != records.listed.get(event_id):
            yield Problem(f"charter {event_id}", "directory", "the directory of charters says something else of it")


def _pieces(records: ScheduleRecords) -> Iterator[Problem]:
    """Each charter and hold that keeps others away has its entries, and nothing else has one."""
    entries = [*records.charters.values(), *map(single_entry, records.holds.values())]
    expected = {key: item["data"]["S"] for entry in entries for key, item in entry_items(entry).items()}
    for key in sorted(expected.keys() | records.pieces.keys()):
        if expected.get(key) != records.pieces.get(key):
            _, kind, record_id, _ = key.split("#")
            yield Problem(f"{kind} {record_id}", "schedule", "the schedule has another entry of it, or none")


def _positions(records: ScheduleRecords) -> Iterator[Problem]:
    """Whoever is asked is waited for, and a position is found by its id."""
    for key in sorted(records.asks ^ records.expected_asks):
        _, event_id, position_id = key.split("#")
        yield Problem(
            f"charter {event_id}", "asks", f"its position {position_id} is waited for otherwise, or not at all"
        )
    # One that somebody had and nobody has any more is still found.
    for position_id in sorted(records.positions.keys() | records.answerable):
        own, found = records.own_positions.get(position_id), records.positions.get(position_id)
        if own != found:
            yield Problem(
                f"charter {own or found}", "position", f"its position {position_id} leads elsewhere, or nowhere"
            )


def _weekly(records: ScheduleRecords) -> Iterator[Problem]:
    kept = {hold.hold_id: hold for holds in records.weekly.values() for hold in holds}
    wanted = {hold_id: hold for hold_id, one in records.holds.items() if (hold := weekly_hold(one))}
    for boat_id, holds in records.weekly.items():
        for hold in holds:
            if json.dumps(wanted.get(hold.hold_id)) != json.dumps(hold) or hold.boat_id != boat_id:
                yield Problem(f"hold {hold.hold_id}", "weekly", "its boat says something else of it")
    for hold_id, hold in wanted.items():
        # Where there are so many, the one that ended longest ago has made room.
        if hold_id not in kept and len(records.weekly.get(hold.boat_id, ())) < MAX_WEEKLY:
            yield Problem(f"hold {hold_id}", "weekly", "its boat does not know it")
