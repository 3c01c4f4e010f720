"""A charter compared with its audit events: who has changed what of it, and what was noted at the dock."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.charters.fields import ERASED_NAME
from chalicelib.charters.store import Charter, edited_fields
from chalicelib.core.audit import index_keys
from chalicelib.manifest.store import BRIEFING
from chalicelib.waivers.evidence import canonical
from tools.audit.records import Data, Difference, Records, guarded
from tools.audit.replay import History, replay_history

DOCK_ACTS = ("checked_in", "safety_briefing")
DEPARTURE = "DEPARTURE"


def check_histories(records: Records) -> Iterator[Difference]:
    for event_id, charter in records.events.items():
        subject = f"charter {event_id}"
        yield from guarded(subject, _history(records, subject, charter, records.histories.get(event_id, [])))
    for event_id, events in records.histories.items():
        for event in events:
            yield from _index(records, event_id, event)


def _history(records: Records, subject: str, charter: Charter, events: Sequence[Data]) -> Iterator[Difference]:
    history = replay_history(events)
    for text in history.faults:
        yield Difference(subject, "history", text)
    yield from _now(subject, charter, history)
    yield from _beside(records, subject, charter, events)
    yield from _dock(records, subject, charter, events)


def _now(subject: str, charter: Charter, history: History) -> Iterator[Difference]:
    """What is there now is what the last change has left."""
    if charter.version != len(history.versions):
        text = f"it is at version {charter.version}, and {len(history.versions)} audit events tell of versions"
        yield Difference(subject, "version", text)
    known, now = history.versions.get(len(history.versions), {}), edited_fields(charter)
    if names := sorted(name for name in now if name not in known or known[name] != now[name]):
        yield Difference(subject, "untold", f"its {', '.join(names)} changed, and no audit event tells so")


def _beside(records: Records, subject: str, charter: Charter, events: Sequence[Data]) -> Iterator[Difference]:
    """What follows from its changes and is no field of the form."""
    versions = sorted((event for event in events if "version" in event), key=lambda one: int(one["version"]))
    told: dict[str, object] = {"created_at": versions[0]["at"] if versions else ""}
    told["edited_at"] = versions[-1]["at"] if versions else ""
    told["waivers_open_until"] = next((one["until"] for one in reversed(versions) if one.get("until")), "")
    since = ""
    for event in versions:
        turned = event.get("changed", {}).get("balance_reminders", [None, bool(since)])[1]
        since = (since or str(event["at"])) if turned else ""
    told["reminders_since"] = since
    for name, value in told.items():
        if getattr(charter, name) != value:
            yield Difference(subject, name, f"{name} is not what its audit events tell")
    entries = records.ledgers.get(charter.event_id, [])
    moments = [event["at"] for event in versions]
    moments += [one.data.get("recorded_at") or one.data.get("at") for one in entries]
    if charter.updated_at not in moments:
        yield Difference(subject, "updated_at", "nothing was done to it when updated_at says")
    renewed = sum(event["act"] == "guest_link_renewed" for event in versions)
    links = sum(owner == charter.event_id for owner in records.guest_links.values())
    if renewed != links:
        text = f"its guest link was renewed {renewed} times, and {links} links are known"
        yield Difference(subject, "guest links", text)


def _dock(records: Records, subject: str, charter: Charter, events: Sequence[Data]) -> Iterator[Difference]:
    ticked = [event for event in events if event["act"] in DOCK_ACTS]
    if charter.dock_seq != len(ticked):
        text = f"dock_seq is {charter.dock_seq}, but {len(ticked)} audit events tell of the dock"
        yield Difference(subject, "dock_seq", text)
    notes = dict(records.notes.get(charter.event_id, {}))
    departure = notes.pop(DEPARTURE, None)
    told = {str(event.get("about")) for event in ticked}
    for about in sorted(told | notes.keys()):
        what = "the safety briefing" if about == BRIEFING else f"check-in {about}"
        if not any(_tells(event, about, notes.get(about, {})) for event in ticked):
            yield Difference(subject, about, f"{what} is noted otherwise than its audit events tell")
    yield from _kept(subject, charter, notes)
    departed = next((event for event in events if event["act"] == "departed"), None)
    if charter.checks != (departure["manifest"].get("checks") if departure else None):
        yield Difference(subject, "checks", "it keeps other checks of its departure than its frozen manifest")
    if (departure or departed) is None:
        return
    if not departure or not departed or any(departure[name] != departed[name] for name in ("at", "by")):
        yield Difference(subject, "departure", "its departure is noted otherwise than its audit events tell")
        return
    manifest = departure["manifest"]
    # Erasing a guest rewrites it.
    if ERASED_NAME not in str(manifest) and departure["sha256"] != canonical.json_hash(manifest):
        yield Difference(subject, "manifest", "its frozen manifest is not the one that was hashed")


def _kept(subject: str, charter: Charter, notes: Mapping[str, Data]) -> Iterator[Difference]:
    """What the charter itself keeps of the dock is what was noted there."""
    briefing = notes.get(BRIEFING, {})
    noted: dict[str, object] = {"briefed_at": briefing["at"] if briefing.get("state") == "done" else ""}
    for name, state in (("aboard_ids", "aboard"), ("no_show_ids", "no_show")):
        noted[name] = {about for about, note in notes.items() if note.get("state") == state}
    for name, value in noted.items():
        if getattr(charter, name) != value:
            yield Difference(subject, name, f"{name} is not what was noted at the dock")


def _tells(event: Data, about: str, note: Mapping[str, object]) -> bool:
    expected = {"about": about, **{name: note.get(name) for name in ("state", "at", "by")}}
    return all(event.get(name) == value for name, value in expected.items())


def _index(records: Records, event_id: str, event: Data) -> Iterator[Difference]:
    subject = f"audit event {event['audit_id']} of {event_id}"
    keys = index_keys(event)  # type: ignore[arg-type]
    yield from records.index_difference(subject, (keys["by_date_pk"]["S"], keys["by_date_sk"]["S"]))
