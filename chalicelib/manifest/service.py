"""The manifest: who is aboard, checked in before departure, then frozen and sent ashore."""

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.charters import context, event_json, readiness
from chalicelib.charters import service as charters
from chalicelib.charters.fields import (
    ERASED_NAME,
    CharterJson,
    Check,
    Contact,
    CrewMember,
    ListedGuest,
    Readiness,
)
from chalicelib.charters.readiness import Heads
from chalicelib.charters.store import Charter, WholeCharter
from chalicelib.core import csv_export, times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.errors import AlreadyExists, BadInput, Conflict, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.manifest import mails, store
from chalicelib.manifest.fields import (
    Briefing,
    CheckIn,
    Departure,
    Leaving,
    Manifest,
    Note,
    NoteState,
    Passenger,
    SentNote,
    Snapshot,
)
from chalicelib.operator import service as operator_service
from chalicelib.operator.fields import SettingsDetails
from chalicelib.waivers import people
from chalicelib.waivers import records as waiver_records
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.evidence import canonical
from chalicelib.waivers.versions import CurrentVersions

# DynamoDB takes 400 KB for an item; the manifest stands in one of its own, and in its mail.
MAX_PASSENGERS_BYTES = 250_000
COAST_GUARD = "Coast Guard: VHF channel 16, or 911"
CSV_COLUMNS = (
    "role", "name", "phone", "minor", "guardian", "waiver", "signed_at", "guest_id", "checked_in_at", "no_show",
    "signed_local", "checked_in_local", "timezone",
)  # fmt: skip
_NOT_NOTED: Note = {"state": "clear", "at": "", "by": ""}


def get_manifest(event_id: str) -> Manifest:
    """Who is aboard or expected, as of now; after departure with the frozen manifest beside it."""
    whole, notes = charters.find_whole_charter(event_id, with_signed=True), store.read_notes(event_id)
    departure = notes.departure
    return {
        **make_snapshot(whole, notes, waiver_versions.read_current(), operator_service.get_settings()),
        "frozen": {"at": departure["at"], "by": departure["by"], "sha256": departure["sha256"]} if departure else None,
        "snapshot": departure["manifest"] if departure else None,
    }


def make_snapshot(
    whole: WholeCharter, notes: store.Notes, current: CurrentVersions, operator: SettingsDetails
) -> Snapshot:
    details, limit = whole.charter.details, whole.charter.details["passenger_limit"]
    passengers = _passengers(whole, notes, current)
    signed, absent = _by_signature(passengers)
    listed = _fitting(passengers)
    aboard = sum(one["checked_in_at"] is not None for one in passengers)
    missing = max(details["party_size"] - len(signed), len(absent), 0)
    briefing = notes.briefing if notes.briefing and notes.briefing["state"] == "done" else None
    return {
        "event_id": whole.charter.event_id,
        "title": details["title"],
        "starts_at": details["starts_at"],
        "ends_at": details["ends_at"],
        "timezone": details["timezone"],
        "vessel": details["vessel"],
        "departure_port": details["departure_port"],
        "return_port": details["return_port"],
        "passenger_limit": limit,
        "party_size": details["party_size"],
        "captain": _contact(details["captain"]) if details["captain"] else None,
        "crew": [_contact(one) for one in details["crew"]],
        "passengers": listed,
        "unlisted": len(passengers) - len(listed),
        "head_count": aboard or sum(not one["no_show"] for one in signed),
        "missing": missing,
        "missing_names": [one["name"] for one in absent],
        "over_limit": limit is not None and count_heads(whole, passengers).expected > limit,
        "safety_briefing_at": briefing["at"] if briefing else None,
        "safety_briefing_by": briefing["by"] if briefing else None,
        "emergency": {
            "operator": {"name": operator["operator_name"], "phone": operator["operator_phone"]},
            "note": COAST_GUARD,
        },
    }


def _passengers(whole: WholeCharter, notes: store.Notes, current: CurrentVersions) -> list[Passenger]:
    """Who has signed, then the listed guests who have not."""
    rows = people.load_rows(whole.signed_items)
    beyond = people.beyond(rows, whole.charter.details["passenger_limit"])
    signed = [_signed(one, current, notes, beyond) for one in people.people(rows)]
    return signed + [_absent(guest, notes) for guest in event_json.missing_guests(whole.charter)]


def _by_signature(passengers: Sequence[Passenger]) -> tuple[list[Passenger], list[Passenger]]:
    """Those who have signed, and those who have not."""
    absent = [one for one in passengers if one["waiver"] == "missing"]
    return [one for one in passengers if one["waiver"] != "missing"], absent


def count_heads(whole: WholeCharter, passengers: Sequence[Passenger]) -> Heads:
    """Exactly: a person who was checked in under two ids is one."""
    signed, absent = _by_signature(passengers)
    return readiness.heads_of(
        party_size=whole.charter.details["party_size"],
        signed=len(signed),
        absent=len(absent),
        aboard=sum(one["checked_in_at"] is not None for one in passengers),
        no_shows=sum(one["no_show"] for one in passengers),
        absent_no_shows=sum(one["no_show"] for one in absent),
    )


def _contact(member: CrewMember) -> Contact:
    return {"name": member["name"], "email": member["email"], "phone": member["phone"]}


def _fitting(passengers: list[Passenger]) -> list[Passenger]:
    """What a frozen manifest can hold. No honest charter has more; who sends hundreds of forms pushes nobody out who
    was checked in, or whom the desk has listed.
    """
    first = sorted(passengers, key=lambda one: (not (one["checked_in_at"] or one["no_show"]), not one["guest_id"]))
    sizes = itertools.accumulate(len(json.dumps(one, ensure_ascii=False).encode()) for one in first)
    kept = {id(one) for one, size in zip(first, sizes, strict=True) if size <= MAX_PASSENGERS_BYTES}
    return [one for one in passengers if id(one) in kept]


def _signed(person: people.Person, current: CurrentVersions, notes: store.Notes, beyond: Collection[str]) -> Passenger:
    ids = [person["waiver_id"], *person["other_ids"]]
    note = max((notes.people[one] for one in ids if one in notes.people), key=_noted_at, default=_NOT_NOTED)
    return {
        "name": people.shown_name(person),
        "minor": person["minor"],
        "guardian": (person["signer_name"] or ERASED_NAME) if person["minor"] else None,
        "waiver": "superseded" if waiver_versions.is_superseded(person["waiver_version"], current) else "signed",
        "signed_at": person["signed_at"],
        "waiver_id": person["waiver_id"],
        "guest_id": person["guest_id"],
        "checked_in_at": note["at"] if note["state"] == "aboard" else None,
        "no_show": note["state"] == "no_show",
        "over_limit": person["waiver_id"] in beyond,
    }


def _noted_at(note: Note) -> str:
    return note["at"]


def _absent(guest: ListedGuest, notes: store.Notes) -> Passenger:
    """A listed guest who has not signed."""
    note = notes.people.get(guest["guest_id"], _NOT_NOTED)
    return {
        "name": guest["name"],
        "minor": False,
        "guardian": None,
        "waiver": "missing",
        "signed_at": None,
        "waiver_id": None,
        "guest_id": guest["guest_id"],
        "checked_in_at": note["at"] if note["state"] == "aboard" else None,
        "no_show": note["state"] == "no_show",
        "over_limit": False,
    }


def check_in(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Manifest:
    """Notes whether one person is aboard. The same state again keeps the first time.

    With a `submission_id` it is a tick that a device has kept: see `take_note`.
    """
    form = Form(body)
    wanted = read_check_in(form)
    form.finish()
    charter, subject = charters.find_charter(event_id), wanted.waiver_id or wanted.guest_id
    check_passenger(charter, wanted)
    if wanted.submission_id:
        at = ticked_at(charter, wanted.device_time, wanted.device_now, now)
        take_note(event_id, wanted.submission_id, subject, wanted.state, at, actor=actor, now=now)
    else:
        _note(event_id, subject, wanted.state, actor, now)
    return get_manifest(event_id)


def read_check_in(form: Form) -> CheckIn:
    wanted = form.read(CheckIn)
    if bool(wanted.waiver_id) == bool(wanted.guest_id):
        form.refuse("waiver_id", "or guest_id is required, and only one of them")
    return wanted


def check_passenger(charter: Charter, wanted: CheckIn) -> None:
    """Raises BadInput if the person is not one of this charter."""
    if wanted.waiver_id and not waiver_records.is_counted(charter.event_id, wanted.waiver_id):
        raise BadInput({"waiver_id": "is none of this charter's waivers"})
    if wanted.guest_id and wanted.guest_id not in {guest["guest_id"] for guest in charter.details["guests"]}:
        raise BadInput({"guest_id": "is none of this charter's guests"})


def note_briefing(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> Manifest:
    form = Form(body)
    done = form.read(Briefing)["done"]
    form.finish()
    charters.find_charter(event_id)
    _note(event_id, store.BRIEFING, "done" if done else "not_done", actor, now)
    return get_manifest(event_id)


def _note(event_id: str, subject: str, state: NoteState, actor: Actor, now: datetime) -> None:
    at = times.format_instant(now)
    note: Note = {"state": state, "at": at, "by": actor.name}

    def attempt() -> None:
        try:
            store.put_note(event_id, subject, note, _noted(subject, state, actor, at))
        except WriteConflict:
            if store.read_notes(event_id).departure:
                raise _frozen() from None
            raise

    retry_on_conflict(attempt)


def ticked_at(charter: Charter, device_time: str, device_now: str, now: datetime) -> str:
    """When a device says that something was ticked; empty where it does not say, or says what cannot be.

    A device's clock may be wrong: what it says as it sends (`device_now`) shows by how much. A small difference is how
    long the request was on its way, or how exact clocks are.
    """
    try:
        ticked = times.parse_instant(device_time)
        behind = now - times.parse_instant(device_now) if device_now else timedelta()
    except ValueError:
        return ""
    if abs(behind) > times.CLOCK_OFF:
        ticked += behind
    earliest = times.parse_instant(charter.details["starts_at"]) - readiness.DEPART_BEFORE
    return times.format_instant(min(ticked, now)) if earliest <= ticked <= now + times.CLOCK_OFF else ""


def take_note(
    event_id: str, submission_id: str, subject: str, state: NoteState, at: str, *, actor: Actor, now: datetime
) -> None:
    """Notes what a device has kept until it could send it: of two notes the one that was ticked later holds.

    `at` is when it was ticked, empty for now. The same one again, under its id, changes nothing. Raises Conflict if
    something else came under its id, or after departure.
    """
    recorded_at = times.format_instant(now)
    sent = SentNote(submission_id, subject, state, at or recorded_at, recorded_at, actor.name)
    note: Note = {"state": sent.state, "at": sent.at, "by": sent.by, "recorded_at": sent.recorded_at}

    def attempt() -> None:
        audit = _noted(sent.subject, sent.state, actor, sent.recorded_at, sent.at)
        try:
            store.put_sent_note(event_id, sent.subject, note, audit, sent)
        except WriteConflict:
            notes = store.read_notes(event_id)
            seen = notes.briefing if sent.subject == store.BRIEFING else notes.people.get(sent.subject)
            if notes.departure:
                raise _frozen() from None
            if seen is None or (seen["state"] != sent.state and seen["at"] <= sent.at):
                raise
            store.put_late_note(event_id, sent)

    try:
        retry_on_conflict(attempt)
    except AlreadyExists as earlier:
        known = store.to_sent_note(earlier.item)
        if (known.subject, known.state) != (sent.subject, sent.state):
            raise Conflict("This form was sent before with something else in it.") from None


def _noted(subject: str, state: NoteState, actor: Actor, at: str, ticked_at: str = "") -> AuditEvent:
    act = "safety_briefing" if subject == store.BRIEFING else "checked_in"
    event = audit_event(act, actor, at, about=subject, state=state)
    return {**event, "ticked_at": ticked_at} if ticked_at else event


def _frozen() -> Conflict:
    return Conflict("This charter has departed, and its manifest is frozen.")


class NotReady(Conflict):
    """409. Something blocks the departure that is not waived; `readiness` says what. Nothing was written."""

    def __init__(self, found: Readiness) -> None:
        blocking = [check["message"] for check in found["checks"] if check["state"] == "blocks"]
        super().__init__(f"This charter is not ready to sail: {'; '.join(blocking)}.", readiness=found)


def depart(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime, left_at: str = "") -> CharterJson:
    """Freezes the manifest with all checks and what was waived, and mails it to the operator.

    The first departure stands; again: unchanged. `left_at` is when the captain said so, on a device that had to keep
    it. Raises NotReady; BadInput if what is waived does not block; or Conflict if it is too early.
    """
    form = Form(body)
    wanted = form.read(Leaving)
    form.finish()
    reasons = {code: str(reason) for code, reason in wanted["waive"].items() if reason}
    at = times.format_instant(now)

    def attempt() -> Mail | None:
        """The mail of the departure; None if the charter has departed before."""
        whole, notes = charters.find_whole_charter(event_id, with_signed=True), store.read_notes(event_id)
        charter = whole.charter
        if notes.departure:
            return None
        _check_may_depart(charter, now)
        current, around = waiver_versions.read_current(), context.read_context([charter], now)
        found = event_json.assess(charter, around, count_heads(whole, _passengers(whole, notes, current)))
        checks = _waive(found["checks"], reasons, actor, at)
        snapshot: Snapshot = {**make_snapshot(whole, notes, current, around.settings), "checks": checks}
        sha256 = canonical.json_hash(snapshot)
        departure: Departure = {"at": left_at or at, "by": actor.name, "sha256": sha256, "manifest": snapshot}
        if left_at:
            departure["recorded_at"] = at
        mail = mails.manifest_mail(charter, departure, around.settings, now)
        left = audit_event("departed", actor, at)
        if reasons:
            left["reason"] = "; ".join(f"{code}: {reason}" for code, reason in reasons.items())
        if left_at:
            left["ticked_at"] = left_at
        is_first = store.put_departure(charter, departure, left, mail)
        return mail if is_first else None

    outbox.deliver(retry_on_conflict(attempt), mails.MAIL_KINDS, now)
    return charters.show_charter(event_id, now)


def _check_may_depart(charter: Charter, now: datetime) -> None:
    if charter.status in ("cancelled", "completed"):
        raise Conflict(f"This charter is {charter.status}.")
    starts_at, timezone = charter.details["starts_at"], charter.details["timezone"]
    earliest = times.format_instant(times.parse_instant(starts_at) - readiness.DEPART_BEFORE)
    if times.format_instant(now) < earliest:
        day, clock = times.spell_day(earliest, timezone), times.spell_clock(earliest, timezone)
        raise Conflict(f"This charter can depart from {day}, {clock} on.")


def _waive(checks: Sequence[Check], reasons: Mapping[str, str], actor: Actor, at: str) -> list[Check]:
    """The checks with those waived that a reason is given for. Raises BadInput, or NotReady if others block."""
    blocking = {check["code"] for check in checks if check["state"] == "blocks"}
    if problems := {f"waive.{code}": "does not block, so it cannot be waived" for code in reasons.keys() - blocking}:
        raise BadInput(problems)
    waived = [
        readiness.waive(check, {"by": actor.name, "at": at, "reason": reasons[check["code"]]})
        if check["code"] in reasons
        else check
        for check in checks
    ]
    if blocking - reasons.keys():
        raise NotReady({"state": readiness.state_of(waived), "checks": waived})
    return waived


def to_csv(event_id: str) -> str:
    """A line for each person aboard or expected; times in UTC, and by the clocks where the charter starts."""
    manifest = get_manifest(event_id)
    timezone = manifest["timezone"]
    rows: list[Mapping[str, object]] = []
    if manifest["captain"]:
        rows.append({**manifest["captain"], "role": "captain"})
    rows += [{**person, "role": "crew"} for person in manifest["crew"]]
    for one in manifest["passengers"]:
        minor, no_show = ("yes" if flag else "no" for flag in (one["minor"], one["no_show"]))
        local = {
            "signed_local": _local_time(one["signed_at"], timezone),
            "checked_in_local": _local_time(one["checked_in_at"], timezone),
            "timezone": timezone,
        }
        rows.append({**one, **local, "role": "passenger", "minor": minor, "no_show": no_show})
    unnamed = manifest["missing"] - len(manifest["missing_names"])
    rows += [{"role": "passenger", "waiver": "missing"}] * unnamed
    return csv_export.to_csv(CSV_COLUMNS, [[row.get(column) for column in CSV_COLUMNS] for row in rows])


def _local_time(instant: str | None, timezone: str) -> str | None:
    """`2026-11-28 13:30:00`, as spreadsheets read a time."""
    return times.local(instant, timezone).strftime("%Y-%m-%d %H:%M:%S") if instant else None
