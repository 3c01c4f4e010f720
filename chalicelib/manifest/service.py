"""The manifest: who is aboard, ticked at the dock, frozen at departure and sent ashore."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters.store import Charter
from chalicelib.core import csv_export, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import BadInput, Conflict, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.manifest import mails, store
from chalicelib.manifest.fields import Briefing, CheckIn
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions

COAST_GUARD = "Coast Guard: VHF channel 16, or 911"
_DETAILS = "title starts_at ends_at timezone vessel departure_port return_port passenger_limit party_size captain crew"
CSV_COLUMNS = "role name phone minor guardian waiver signed_at guest_id checked_in_at no_show".split()

Dock = Mapping[str, Mapping[str, Any]]


def get_manifest(event_id: str) -> dict[str, Any]:
    """Who is aboard or expected, as of now; after departure with the frozen one beside it.

    Before the first check-in `head_count` counts who has signed; from then on who has come aboard.
    """
    return _manifest(charters.find_charter(event_id, with_waivers=True))


def _manifest(charter: Charter) -> dict[str, Any]:
    event, details, event_id = charter.event, charter.event.details, charter.event.event_id
    dock, current = store.read_dock(event_id), waiver_versions.read_current()
    signed = [_passenger(record, current, dock) for record in waiver_records.people(charter.waivers, current)]
    absent = charters.missing_guests(event)
    missing = max(details["party_size"] - len(signed), len(absent), 0)
    passengers = signed + [_absent(guest, dock) for guest in absent]
    aboard = sum(one["checked_in_at"] is not None for one in passengers)
    limit = details["passenger_limit"]
    briefing = dock.get("BRIEFING", {"state": "no"})
    departure = dock.get("DEPARTURE")
    here = settings()
    return {
        "event_id": event.event_id,
        **{name: details[name] for name in _DETAILS.split()},
        "passengers": passengers,
        "head_count": aboard or len(signed),
        "missing": missing,
        "missing_names": [guest["name"] for guest in absent],
        "over_limit": limit is not None and (aboard or len(signed) + missing) > limit,
        "safety_briefing_at": briefing["at"] if briefing["state"] == "done" else None,
        "safety_briefing_by": briefing["by"] if briefing["state"] == "done" else None,
        "emergency": {"operator": {"name": here.operator_name, "phone": here.operator_phone}, "note": COAST_GUARD},
        "frozen": {name: departure[name] for name in ("at", "by", "sha256")} if departure else None,
        "snapshot": departure["manifest"] if departure else None,
    }


def _passenger(record: Mapping[str, Any], current: Mapping[str, Mapping[str, Any]], dock: Dock) -> dict[str, Any]:
    ids = [*record["same_ids"], record["waiver_id"]]
    notes = [dock[f"PERSON#{one}"] for one in ids if f"PERSON#{one}" in dock]
    return {
        "name": record["participant_name"],
        "minor": record["minor"],
        "guardian": record["signer_name"] if record["minor"] else None,
        "waiver": "superseded" if waiver_versions.is_superseded(record, current) else "signed",
        "signed_at": record["signed_at"],
        "waiver_id": record["waiver_id"],
        "guest_id": record.get("guest_id"),
        **_ticks(max(notes, key=lambda note: str(note["at"])) if notes else None),
    }


def _absent(guest: Mapping[str, str], dock: Dock) -> dict[str, Any]:
    """A listed guest who has not signed."""
    return {
        "name": guest["name"],
        "minor": False,
        "guardian": None,
        "waiver": "missing",
        "signed_at": None,
        "waiver_id": None,
        "guest_id": guest["guest_id"],
        **_ticks(dock.get(f"PERSON#{guest['guest_id']}")),
    }


def _ticks(note: Mapping[str, Any] | None) -> dict[str, Any]:
    state = note["state"] if note else "clear"
    return {"checked_in_at": note["at"] if note and state == "aboard" else None, "no_show": state == "no_show"}


def check_in(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Ticks one person off, by signature or by place on the list. The same again keeps the first time."""
    form = Form(body)
    state, waiver_id, guest_id = form.read(CheckIn)
    if bool(waiver_id) == bool(guest_id):
        form.refuse("waiver_id", "or guest_id is required, and only one of them")
    form.finish()
    event = charters.find_event(event_id)
    if waiver_id and not waiver_records.find_signed(event_id, waiver_id):
        raise BadInput({"waiver_id": "is none of this charter's waivers"})
    if guest_id and guest_id not in {guest["guest_id"] for guest in event.details["guests"]}:
        raise BadInput({"guest_id": "is none of this charter's guests"})
    _note(event_id, f"PERSON#{waiver_id or guest_id}", "checked_in", state, actor, now)
    return get_manifest(event_id)


def note_briefing(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> dict[str, Any]:
    form = Form(body)
    done = form.read(Briefing)["done"]
    form.finish()
    charters.find_event(event_id)
    _note(event_id, "BRIEFING", "safety_briefing", "done" if done else "not_done", actor, now)
    return get_manifest(event_id)


def _note(event_id: str, name: str, act: str, state: str, actor: Actor, now: datetime) -> None:
    at = times.format_instant(now)
    note = {"state": state, "at": at, "by": actor.name}

    def attempt() -> None:
        try:
            store.put_dock_note(event_id, name, note, audit_event(act, actor, at, about=name, state=state))
        except WriteConflict:
            if "DEPARTURE" in store.read_dock(event_id):
                raise Conflict("This charter has departed, and its manifest is frozen.") from None
            raise

    retry_on_conflict(attempt)


def depart(event_id: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Freezes the manifest as it is and mails it ashore. The first one stands; again: unchanged."""
    at = times.format_instant(now)

    def attempt() -> Mail | None:
        """The mail of the departure; None if the charter has departed before."""
        charter = charters.find_charter(event_id, with_waivers=True)
        if charter.event.status == "cancelled":
            raise Conflict("This charter is cancelled.")
        frozen = {name: value for name, value in _manifest(charter).items() if name not in ("frozen", "snapshot")}
        departure = {"at": at, "by": actor.name, "sha256": snapshot_hash(frozen), "manifest": frozen}
        mail = mails.manifest_mail(charter.event, departure, now)
        new = store.put_departure(charter.event, departure, audit_event("departed", actor, at), mail)
        return mail if new else None

    outbox.deliver(retry_on_conflict(attempt), mails.MAIL_KINDS, now)
    return get_manifest(event_id)


def snapshot_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: keys sorted, no spaces, UTF-8."""
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def to_csv(event_id: str) -> str:
    manifest = get_manifest(event_id)
    crew = [("captain", manifest["captain"])] if manifest["captain"] else []
    crew += [("crew", person) for person in manifest["crew"]]
    rows = [(role, person["name"], person["phone"], *[""] * 7) for role, person in crew]
    for one in manifest["passengers"]:
        minor, no_show = ("yes" if one[name] else "no" for name in ("minor", "no_show"))
        ends = (one["guest_id"], one["checked_in_at"], no_show)
        rows.append(("passenger", one["name"], "", minor, one["guardian"], one["waiver"], one["signed_at"], *ends))
    unnamed = manifest["missing"] - len(manifest["missing_names"])
    rows += [("passenger", "", "", "", "", "missing", "", "", "", "")] * unnamed
    return csv_export.to_csv(CSV_COLUMNS, rows)
