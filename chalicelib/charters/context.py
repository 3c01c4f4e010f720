"""What a charter is shown with beside itself: its boat's and people's records, the settings, what it overlaps."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.boats.fields import MAX_TURNAROUND_MINUTES, BoatDetails
from chalicelib.charters import booking, store
from chalicelib.charters.store import Charter, schedule_entry
from chalicelib.core import times
from chalicelib.core.dynamo import Item, read_items
from chalicelib.operator import service as operator_service
from chalicelib.operator import store as operator_store
from chalicelib.operator.fields import SettingsDetails
from chalicelib.people.fields import PersonDetails
from chalicelib.register.store import BOAT, PERSON, Record, record_key
from chalicelib.schedule import hours
from chalicelib.schedule import store as schedule_store
from chalicelib.schedule.conflicts import Schedule, rules_of
from chalicelib.schedule.entries import Entry
from chalicelib.schedule.fields import Conflict

# Another charter of the boat may be as far away as its turnaround, and one of the captain's a day.
_AROUND_MINUTES = max(MAX_TURNAROUND_MINUTES, int(hours.PERIOD.total_seconds()) // 60)


class Context(NamedTuple):
    now: datetime
    settings: SettingsDetails
    boats: Mapping[str, Record[BoatDetails]]
    people: Mapping[str, Record[PersonDetails]]
    conflicts: Mapping[str, Sequence[Conflict]]
    """What each charter overlaps, by its id."""
    captain_hours: Mapping[str, timedelta]
    """The most that the captain of each charter works in 24 hours that it takes part in, on uninspected boats."""

    def boat_of(self, charter: Charter) -> BoatDetails | None:
        boat = self.boats.get(charter.details["boat_id"] or "")
        return boat.details if boat else None

    def conflicts_of(self, charter: Charter) -> list[Conflict]:
        return list(self.conflicts.get(charter.event_id, ()))


def read_context(charters: Sequence[Charter], now: datetime) -> Context:
    """One read, and one Query if boats or people are named, however many charters there are."""
    booked = read_booked(charters)
    return make_context(charters, booked, read_items(context_keys(charters, booked)), now)


def complete_all(charters: Sequence[Charter], now: datetime) -> tuple[list[Charter], Context]:
    """The same of charters that were found by the index, and those with what the index does not hold of them.

    That comes in the same read. Of what is over nothing of it is shown but who has signed.
    """
    booked = read_booked(charters)
    asked = [
        charter.event_id
        for charter in charters
        if charter.status == "scheduled" or (charter.signed_count and charter.details["guests"])
    ]
    items = read_items([*map(store.charter_key, asked), *context_keys(charters, booked)])
    own = [store.to_charter(item) for item in items if item["SK"]["S"] == "EVENT"]
    whole = {charter.event_id: charter for charter in own}
    completed = [store.complete(one, whole[one.event_id]) if one.event_id in whole else one for one in charters]
    return completed, make_context(charters, booked, items, now)


def read_booked(charters: Sequence[Charter]) -> list[Entry]:
    """What the schedule holds around the charters: one Query, and none if they name no boats and no people."""
    entries = [entry for charter in charters if (entry := schedule_entry(charter)) and (entry.boat_id or entry.people)]
    return schedule_store.read_entries(*_around(entries)) if entries else []


def _around(entries: Sequence[Entry]) -> tuple[str, str]:
    """Within the years that instants may have."""
    first, last = min(entry.starts_at for entry in entries), max(entry.ends_at for entry in entries)
    earliest, latest = f"{times.EARLIEST_YEAR}-01-01T00:00:00Z", f"{times.LATEST_YEAR}-12-31T23:59:59Z"
    return (
        max(times.add_minutes(first, -_AROUND_MINUTES), earliest),
        min(times.add_minutes(last, _AROUND_MINUTES), latest),
    )


def context_keys(charters: Sequence[Charter], booked: Iterable[Entry]) -> list[Item]:
    """Of the settings, of all boats and people that the charters name, and of the boats that their captains sail."""
    people = dict.fromkeys(
        one["person_id"] for charter in charters for _, one in booking.sailors(charter.details) if one["person_id"]
    )
    captains = {captain for charter in charters if (captain := _captain_id(charter))}
    boats = dict.fromkeys(boat_id for charter in charters if (boat_id := charter.details["boat_id"]))
    boats |= dict.fromkeys(one.boat_id for one in booked if one.boat_id and _captains(one) & captains)
    return [
        operator_store.SETTINGS_KEY,
        *(record_key(BOAT, boat_id) for boat_id in boats),
        *(record_key(PERSON, person_id) for person_id in people),
    ]


def _captain_id(charter: Charter) -> str | None:
    captain = charter.details["captain"]
    return captain["person_id"] if captain else None


def _captains(entry: Entry) -> set[str]:
    return {person.person_id for person in entry.people if person.role == "captain"}


def make_context(charters: Sequence[Charter], booked: Sequence[Entry], items: Sequence[Item], now: datetime) -> Context:
    """Of what was read: `items` are those of `context_keys`, others may be among them."""
    at, named = times.format_instant(now), schedule_store.to_named(items)
    settings_item = next((one for one in items if one["PK"] == operator_store.SETTINGS_KEY["PK"]), None)
    entries = {charter.event_id: entry for charter in charters if (entry := schedule_entry(charter))}
    repeated = [hold for holds in named.weekly.values() for hold in holds] if entries else []
    weekly = [entry for hold in repeated for entry in hold.occurrences(*_around(list(entries.values())))]
    schedule = Schedule([*booked, *weekly], rules_of(named.boats.values()), at)
    return Context(
        now=now,
        settings=operator_store.settings_of(settings_item, operator_service.defaults()),
        boats=named.boats,
        people=named.people,
        conflicts={event_id: schedule.conflicts(entry, at) for event_id, entry in entries.items()},
        captain_hours=_captain_hours(charters, booked, named.boats, at),
    )


def _captain_hours(
    charters: Iterable[Charter], booked: Iterable[Entry], boats: Mapping[str, Record[BoatDetails]], at: str
) -> dict[str, timedelta]:
    uninspected = {boat_id for boat_id, boat in boats.items() if boat.details["kind"] == "uninspected"}
    sailed: dict[str, list[Entry]] = {}
    for entry in booked:
        if entry.kind == "charter" and entry.boat_id in uninspected and entry.counts(at):
            for person_id in _captains(entry):
                sailed.setdefault(person_id, []).append(entry)
    found: dict[str, timedelta] = {}
    for charter in charters:
        own, captain_id = schedule_entry(charter), _captain_id(charter)
        if own and captain_id and own.boat_id in uninspected and own.counts(at):
            others = [other for other in sailed.get(captain_id, []) if other.entry_id != own.entry_id]
            found[charter.event_id] = hours.longest_work(own, others)
    return found
