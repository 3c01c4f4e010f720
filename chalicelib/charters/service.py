"""Charter events and the board."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from chalicelib.charters import reminders, store
from chalicelib.charters.store import EventRecord
from chalicelib.core import fields, paging, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import AlreadyExists, Conflict, NotFound
from chalicelib.core.fields import Fields
from chalicelib.core.retry import DOUBLE_TAP, retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.money.ledger import Sums


def find_charter(event_id: str, *, with_waivers: bool = False) -> store.Charter:
    charter = store.read_charter(event_id, waivers=with_waivers) if fields.is_event_id(event_id) else None
    if charter is None:
        raise unknown_event()
    return charter


MAX_FEE_CENTS = 100_000_000
MAX_PEOPLE = 500
MAX_CREW = 20
MAX_GUESTS = 60
LONGEST_CHARTER = timedelta(days=366)
NOTES_CHARS, REASON_CHARS = 4000, 500
REOPENED = timedelta(hours=24)


class BoardPage(NamedTuple):
    first: str
    last: str
    status: str | None
    limit: int


def take_details(form: Fields, *, notes_chars: int = NOTES_CHARS, guest_ids: Collection[str] = ()) -> dict[str, Any]:
    """Everything an admin edits. What is wrong is noted on the form."""
    here = settings()
    starts_at, ends_at = form.instant("starts_at"), form.instant("ends_at")
    if starts_at and ends_at and not starts_at < ends_at <= starts_at + LONGEST_CHARTER:
        form.refuse("ends_at", "must be after starts_at, within a year")
    return {
        "title": form.text("title", max_chars=120),
        "starts_at": times.format_instant(starts_at) if starts_at else "",
        "ends_at": times.format_instant(ends_at) if ends_at else "",
        "timezone": form.timezone("timezone", default=here.timezone),
        "vessel": form.text("vessel", max_chars=100, default=""),
        "passenger_limit": form.whole("passenger_limit", least=1, most=MAX_PEOPLE, default=None),
        "departure_port": form.text("departure_port", max_chars=100, default=""),
        "return_port": form.text("return_port", max_chars=100, default=""),
        "captain": form.person("captain"),
        "crew": form.people("crew", most=MAX_CREW),
        "patron": form.person("patron", default={"name": "", "email": "", "phone": ""}),
        "party_size": form.whole("party_size", least=0, most=MAX_PEOPLE, default=1),
        "charter_fee_cents": form.whole("charter_fee_cents", least=0, most=MAX_FEE_CENTS, default=0),
        "currency": form.currency("currency", default=here.currency),
        "notes": form.text("notes", max_chars=notes_chars, default="", lines=True),
        "guest_notes": form.text("guest_notes", max_chars=NOTES_CHARS, default="", lines=True),
        "guests": form.guests("guests", most=MAX_GUESTS, known=guest_ids),
        "balance_reminders": form.flag("balance_reminders", default=False),
    }


def _with_guest_ids(details: Mapping[str, Any]) -> dict[str, Any]:
    """A guest's id is made here and stays; a signature names it."""
    guests = [{**guest, "guest_id": guest["guest_id"] or system.random_hex(8)} for guest in details["guests"]]
    return {**details, "guests": guests}


def create_event(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[dict[str, Any], bool]:
    """The event, and whether it is new: the same request under the same key again finds the first one."""
    form = Fields(body)
    details = take_details(form)
    if request_key is not None and not fields.is_uuid(request_key):
        form.refuse("Idempotency-Key", "must be a UUID")
    form.finish()
    at = times.format_instant(now)
    event = EventRecord(
        event_id=system.random_token(16),
        details=_with_guest_ids(details),
        status="scheduled",
        version=1,
        sums=Sums(),
        ledger_seq=0,
        signed_count=0,
        created_at=at,
        updated_at=at,
        reminders_since=at if details["balance_reminders"] else "",
    )
    fingerprint = hashlib.sha256(json.dumps(details, sort_keys=True).encode()).hexdigest()
    key = request_key and request_key.lower()
    created = audit_event("created", actor, at)
    try:
        retry_on_conflict(lambda: store.put_new_event(event, created, key, fingerprint))
    except AlreadyExists as earlier:
        first_id, first_fingerprint = store.request_of(earlier.item)
        if first_fingerprint != fingerprint:
            raise Conflict("This Idempotency-Key was used for another charter.") from None
        return event_json(find_event(first_id)), False
    return event_json(event), True


def find_event(event_id: str) -> EventRecord:
    event = store.read_event(event_id) if fields.is_event_id(event_id) else None
    if event is None:
        raise unknown_event()
    return event


def unknown_event() -> NotFound:
    """One text for a malformed and for an unknown id."""
    return NotFound("There is no such charter.")


def event_json(event: EventRecord, base_url: str = "") -> dict[str, Any]:
    """The contract's Event: a function of these alone, not of the time. Without a `base_url` it is the setting."""
    fee_cents = event.details["charter_fee_cents"]
    return {
        "event_id": event.event_id,
        **event.details,
        "status": event.status,
        "version": event.version,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
        "guest_url": f"{base_url or settings().base_url}/g/{event.event_id}",
        "payment_cleared": event.sums.settled(fee_cents),
        "payment_timestamp": event.sums.payment_timestamp,
        "payment_method": event.sums.payment_method,
        "balance": event.sums.balance(fee_cents),
        "waivers": _waiver_counts(event),
        "waivers_open_until": event.waivers_open_until or None,
        "warnings": list(_warnings(event)),
        "balance_reminders_state": reminders.state(event),
    }


def missing_guests(event: EventRecord) -> list[dict[str, str]]:
    """The listed guests who have not signed."""
    return [guest for guest in event.details["guests"] if guest["guest_id"] not in event.signed_guest_ids]


def _waiver_counts(event: EventRecord) -> dict[str, Any]:
    counts: dict[str, Any] = {"signed": event.signed_count, "expected": event.details["party_size"]}
    if event.details["guests"]:
        missing = missing_guests(event)
        counts["missing"] = [guest["name"] for guest in missing]
        counts["missing_guest_ids"] = [guest["guest_id"] for guest in missing]
    return counts


def _warnings(event: EventRecord) -> Iterator[dict[str, str]]:
    details = event.details
    departure, back = details["departure_port"], details["return_port"]
    if departure and back and departure.casefold() != back.casefold():
        yield {
            "code": "return_port_differs",
            "message": f"This charter begins at {departure} and ends at {back}. A vessel that carries passengers "
            "between ports cannot limit its liability for negligence by a waiver (46 USC 30527). Please ask counsel.",
        }
    people, limit = max(event.signed_count, details["party_size"]), details["passenger_limit"]
    if limit is not None and people > limit:
        yield {
            "code": "over_passenger_limit",
            "message": f"{people} passengers are expected or have signed; this charter may carry {limit}. "
            "Children count, crew do not.",
        }


def parse_board_page(query: Mapping[str, str], *, now: datetime) -> BoardPage:
    """By default from today's midnight in the operator's time zone."""
    timezone = settings().timezone
    form = Fields(query)
    today = now.astimezone(times.zone(timezone)).date()
    start = paging.take_bound(form, "from", timezone) or times.start_of_day(today, timezone)
    end = paging.take_bound(form, "to", timezone, end=True)
    page = BoardPage(
        first=max(paging.take_cursor(form, "events"), times.format_instant(start)),
        last=times.format_instant(end) if end else "9",
        status=form.choice("status", ("scheduled", "completed", "cancelled"), default="") or None,
        limit=paging.take_limit(form),
    )
    form.finish()
    return page


def list_events(page: BoardPage) -> str:
    """The contract's page of events, as JSON text."""
    if page.first >= page.last:
        return '{"events":[],"next_cursor":null}'
    found, more = store.list_events(page.first, page.last, page.status, page.limit)
    cursor = paging.make_cursor("events", store.board_key(found[-1])) if more else None
    base_url = settings().base_url
    events = ",".join(_event_text(event, base_url) for event in found)
    return f'{{"events":[{events}],"next_cursor":{json.dumps(cursor)}}}'


# A board that is read again is mostly the same: half of its work is to write the same text.
@lru_cache(maxsize=512)
def _event_text(event: EventRecord, base_url: str) -> str:
    return json.dumps(event_json(event, base_url), separators=(",", ":"))


def edit_event(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Changes the given fields if `version` is the current one. Raises Conflict with the current event."""
    seen = find_event(event_id)
    form = Fields({**seen.details, **body})
    version = form.whole("version", least=1, most=2**53, rule="must be the version that you read")
    status = form.choice("status", ("scheduled", "completed"), default=seen.status)
    # The notes of a cancelled charter also hold the reason.
    known_guests = [guest["guest_id"] for guest in seen.details["guests"]]
    details = take_details(form, notes_chars=NOTES_CHARS + REASON_CHARS + 200, guest_ids=known_guests)
    new_currency = details["currency"] != seen.details["currency"]
    if new_currency and seen.sums.rows:
        form.refuse("currency", "cannot change once a payment is logged")
    form.finish()
    if seen.status == "cancelled" and status != "cancelled":
        raise Conflict("This charter is cancelled.", current=event_json(seen))
    details = _with_guest_ids(details)
    at = times.format_instant(now)
    before, after = {**seen.details, "status": seen.status}, {**details, "status": status}
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    # Switched off and on again, they start afresh.
    since = (seen.reminders_since or at) if details["balance_reminders"] else ""
    event = seen._replace(details=details, status=status, version=version + 1, updated_at=at, reminders_since=since)
    edited = audit_event("edited", actor, at, changed=changed)

    def attempt() -> None:
        seen = find_event(event_id)
        if seen.version != version or (new_currency and seen.sums.rows):
            raise Conflict("Somebody changed this charter meanwhile.", current=event_json(seen))
        store.update_event(event, seen, edited, ledger_unmoved=new_currency)

    retry_on_conflict(attempt)
    # Payments and signatures that came in meanwhile were left as they are, and belong into the answer.
    return event_json(find_event(event_id))


def reopen_waivers(event_id: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """A charter that is over takes signatures for another day. A double tap is one; raises Conflict when it takes
    them anyway, or never.
    """
    at, until = times.format_instant(now), times.format_instant(now + REOPENED)

    def attempt() -> None:
        seen = find_event(event_id)
        if seen.status == "cancelled":
            raise Conflict("This charter is cancelled.")
        if seen.details["ends_at"] > at:
            raise Conflict("This charter is not over; it takes signatures.")
        if seen.waivers_open_until > times.format_instant(now + REOPENED - DOUBLE_TAP):
            return
        event = seen._replace(waivers_open_until=until, version=seen.version + 1, updated_at=at)
        store.update_event(event, seen, audit_event("waivers_reopened", actor, at, until=until))

    retry_on_conflict(attempt)
    return event_json(find_event(event_id))


def cancel_event(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Cancels for good; the reason goes into the notes. Again: unchanged."""
    form = Fields(body)
    reason = form.text("reason", max_chars=REASON_CHARS)
    form.finish()
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_event(event_id)
        if seen.status == "cancelled":
            return
        day = times.local(at, seen.details["timezone"]).date()
        notes = f"{seen.details['notes']}\n\nCancelled on {day} by {actor.name}: {reason}".strip()
        details = {**seen.details, "notes": notes}
        event = seen._replace(details=details, status="cancelled", version=seen.version + 1, updated_at=at)
        store.update_event(event, seen, audit_event("cancelled", actor, at, reason=reason))

    retry_on_conflict(attempt)
    return event_json(find_event(event_id))
