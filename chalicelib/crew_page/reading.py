"""What stands behind a person's link: at most three reads, however much they sail."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.charters import store as charters
from chalicelib.charters.context import make_context
from chalicelib.charters.event_json import assess
from chalicelib.core import times
from chalicelib.core.dynamo import MAX_KEYS, Item, read_items
from chalicelib.crew_page.view import Page, make_sail, place_of, sort_sails
from chalicelib.operator import links
from chalicelib.operator import service as operator
from chalicelib.operator import store as operator_store
from chalicelib.operator.fields import SettingsJson
from chalicelib.people.service import Person
from chalicelib.register.store import BOAT, PERSON, record_key, to_record
from chalicelib.schedule import store as schedule
from chalicelib.schedule.entries import Entry


class Opened(NamedTuple):
    """A link that opens a person's page."""

    token: str
    person: Person
    settings: SettingsJson

    @property
    def path(self) -> str:
        return f"/c/{self.token}"


def open_link(token: str) -> Opened | None:
    """None for a link that opens nothing: it was renewed, or there never was one like it. One read."""
    named = links.parse_token(token)
    if named is None or named[0] != "person":
        return None
    person_id = named[1]
    items = read_items([record_key(PERSON, person_id), operator_store.SETTINGS_KEY])
    people = [to_record(item) for item in items if item["PK"]["S"] == PERSON.list_key]
    # A person that there is none of takes as long as a link that was renewed.
    opens = links.opens(token, "person", person_id, people[0].link_number if people else 0)
    if not people or not opens:
        return None
    saved = next((item for item in items if item["PK"]["S"] != PERSON.list_key), None)
    return Opened(token, people[0], operator_store.settings_of(saved, operator.defaults()))


def read_page(opened: Opened, now: datetime) -> Page:
    """Their charters from 30 days back to a year ahead. Two reads, or one if there are none."""
    person_id = opened.person.record_id
    entries = schedule.read_entries(
        times.format_instant(now - timedelta(days=links.DAYS_BACK)),
        times.format_instant(now + timedelta(days=links.DAYS_AHEAD)),
        with_cancelled=True,
    )
    theirs = [entry for entry in entries if entry.kind == "charter" and entry.names(person_id)]
    chosen, keys = _fitting(sorted(theirs, key=lambda entry: _order(entry, person_id, times.format_instant(now))))
    items = read_items(keys) if chosen else []
    found = [charters.to_charter(item) for item in items if item["SK"]["S"] == "EVENT"]
    around = make_context(found, entries, items, now)
    sails = [
        make_sail(
            charter,
            place,
            person_id,
            assess(charter, around),
            guest_place_url=opened.settings["guest_place_url"],
            now=now,
        )
        for charter in found
        if (place := place_of(charter, person_id))
    ]
    return sort_sails(sails, len(theirs) - len(chosen), now)


def _order(entry: Entry, person_id: str, at: str) -> tuple[bool, bool, str]:
    """What is asked first, then what comes, the next at the front."""
    is_asked = person_id in entry.asked
    return not is_asked, entry.ends_at <= at, entry.starts_at


def _fitting(entries: Sequence[Entry]) -> tuple[list[Entry], list[Item]]:
    """As many as one read can bring, with boats and people; and the keys of that read."""
    chosen: list[Entry] = []
    # The settings are read once more: what is shown together was read together.
    keys: dict[str, Item] = {"": operator_store.SETTINGS_KEY}
    for entry in entries:
        wanted = {str(key): key for key in _keys_of(entry)}
        if len(keys | wanted) > MAX_KEYS:
            break
        keys |= wanted
        chosen.append(entry)
    return chosen, list(keys.values())


def _keys_of(entry: Entry) -> Iterable[Item]:
    yield charters.charter_key(entry.entry_id)
    if entry.boat_id:
        yield record_key(BOAT, entry.boat_id)
    for one in entry.people:
        yield record_key(PERSON, one.person_id)
