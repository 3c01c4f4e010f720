"""Charters and the board."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.charters import reminders, store
from chalicelib.charters.fields import (
    BOARD_QUERY,
    EDITED_NOTES,
    VERSION,
    CharterDetails,
    CharterJson,
    CharterPage,
    CharterWarning,
    ListedGuest,
    Reason,
    Status,
    WaiverCounts,
    edited_status,
)
from chalicelib.charters.store import Charter
from chalicelib.core import fields, names, paging, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import AlreadyExists, Conflict, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.retry import DOUBLE_TAP, retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.money.ledger import Sums

LONGEST_CHARTER = timedelta(days=366)
REOPENED = timedelta(hours=24)


class BoardPage(NamedTuple):
    first: str
    last: str
    status: str
    limit: int


def _check_details(form: Form, details: CharterDetails, known_guest_ids: Collection[str] = ()) -> None:
    """What no rule of a single field can see."""
    starts_at, ends_at = details["starts_at"], details["ends_at"]
    if starts_at and ends_at:
        length = times.parse_instant(ends_at) - times.parse_instant(starts_at)
        if not timedelta(0) < length <= LONGEST_CHARTER:
            form.refuse("ends_at", "must be after starts_at, within a year")
    ids = [guest["guest_id"] for guest in details["guests"]]
    for index, guest_id in enumerate(ids):
        if guest_id and guest_id not in known_guest_ids:
            rule = "is none of this charter's guests: leave it out for a new one"
            form.refuse(f"guests[{index}].guest_id", rule)
    given = [guest_id for guest_id in ids if guest_id]
    if len(set(given)) < len(given):
        form.refuse("guests", "must name each guest_id once")


def _add_guest_ids(details: CharterDetails) -> CharterDetails:
    """A guest's id is made here and stays; a signature names it."""
    guests: list[ListedGuest] = [
        {**guest, "guest_id": guest["guest_id"] or system.random_hex(8)} for guest in details["guests"]
    ]
    return {**details, "guests": guests}


def create_charter(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[CharterJson, bool]:
    """The event, and whether it is new: the same request under the same key again finds the first one."""
    form = Form(body)
    details = form.read(CharterDetails)
    _check_details(form, details)
    if request_key is not None and not fields.is_uuid(request_key):
        form.refuse("Idempotency-Key", "must be a UUID")
    form.finish()
    at = times.format_instant(now)
    charter = Charter(
        event_id=_new_event_id(),
        details=_add_guest_ids(details),
        status="scheduled",
        version=1,
        sums=Sums(),
        ledger_seq=0,
        signed_count=0,
        created_at=at,
        updated_at=at,
        reminders_since=at if details["balance_reminders"] else "",
    )
    fingerprint = fields.fingerprint(CharterDetails, details)
    key = request_key and request_key.lower()
    created = audit_event("created", actor, at)
    try:
        retry_on_conflict(lambda: store.put_new_charter(charter, created, key, fingerprint))
    except AlreadyExists as earlier:
        first_id, first_fingerprint = store.request_of(earlier.item)
        if first_fingerprint != fingerprint:
            raise Conflict("This Idempotency-Key was used for another charter.") from None
        return charter_json(find_charter(first_id)), False
    return charter_json(charter), True


def _new_event_id() -> str:
    """Never begins with a minus sign: a spreadsheet would take that for a formula, and a command for an option."""
    token = system.random_token(16)
    return f"_{token[1:]}" if token.startswith("-") else token


def find_charter(event_id: str) -> Charter:
    charter = store.read_charter(event_id) if fields.is_event_id(event_id) else None
    if charter is None:
        raise unknown_charter()
    return charter


def find_whole_charter(event_id: str, *, with_signed: bool = False) -> store.WholeCharter:
    whole = store.read_whole_charter(event_id, with_signed=with_signed) if fields.is_event_id(event_id) else None
    if whole is None:
        raise unknown_charter()
    return whole


def unknown_charter() -> NotFound:
    """One text for a malformed and for an unknown id."""
    return NotFound("There is no such charter.")


def charter_json(charter: Charter) -> CharterJson:
    """The contract's Event."""
    has_fee = charter.details["charter_fee_cents"] > 0
    return {
        "event_id": charter.event_id,
        **charter.details,
        "status": charter.status,
        "version": charter.version,
        "created_at": charter.created_at,
        "updated_at": charter.updated_at,
        "guest_url": guest_url(charter),
        "payment_cleared": charter.sums.settled(charter.charged_cents, has_fee=has_fee),
        "payment_timestamp": charter.sums.payment_timestamp,
        "payment_method": charter.sums.payment_method,
        "balance": charter.balance,
        "waivers": _waiver_counts(charter),
        "waivers_open_until": charter.waivers_open_until or None,
        "warnings": list(_warnings(charter)),
        "balance_reminders_state": reminders.state(charter),
    }


def guest_link(charter: Charter) -> str:
    """What stands behind /g/ in the address of the guest page."""
    return charter.guest_link or charter.event_id


def guest_url(charter: Charter) -> str:
    return f"{settings().base_url}/g/{guest_link(charter)}"


def missing_guests(charter: Charter) -> list[ListedGuest]:
    """The listed guests who have not signed."""
    return [guest for guest in charter.details["guests"] if guest["guest_id"] not in charter.signed_guest_ids]


def _waiver_counts(charter: Charter) -> WaiverCounts:
    counts: WaiverCounts = {"signed": charter.signed_count, "expected": charter.details["party_size"]}
    if charter.details["guests"]:
        missing = missing_guests(charter)
        counts["missing"] = [guest["name"] for guest in missing]
        counts["missing_guest_ids"] = [guest["guest_id"] for guest in missing]
    return counts


def _warnings(charter: Charter) -> Iterator[CharterWarning]:
    details = charter.details
    departure, back = details["departure_port"], details["return_port"]
    if departure and back and not names.is_same(departure, back):
        yield {
            "code": "return_port_differs",
            "message": f"This charter begins at {departure} and ends at {back}. A vessel that carries passengers "
            "between ports cannot limit its liability for negligence by a waiver (46 USC 30527). Please ask counsel.",
        }
    people, limit = max(charter.signed_count, details["party_size"]), details["passenger_limit"]
    if limit is not None and people > limit:
        yield {
            "code": "over_passenger_limit",
            "message": f"{people} passengers are expected or have signed; this charter may carry {limit}. "
            "Children count, crew do not.",
        }


def parse_board_page(query: Mapping[str, str], *, now: datetime) -> BoardPage:
    """By default from today's midnight in the operator's time zone."""
    form = Form(query)
    given = form.read_all(BOARD_QUERY)
    form.finish()
    start = given["from"] or times.start_of_day(times.day_of(now, settings().timezone), settings().timezone)
    return BoardPage(
        first=max(given["cursor"], times.format_instant(start)),
        last=times.format_instant(given["to"]) if given["to"] else "9",
        status=given["status"],
        limit=given["limit"],
    )


def list_charters(page: BoardPage) -> CharterPage:
    if page.first >= page.last:
        return {"events": [], "next_cursor": None}
    found, more = store.list_charters(page.first, page.last, page.status, page.limit)
    cursor = paging.make_cursor("events", store.board_key(found[-1])) if more else None
    return {"events": [charter_json(charter) for charter in found], "next_cursor": cursor}


def edit_charter(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """Changes the given fields if `version` is the current one. Raises Conflict with the current event."""
    seen = find_charter(event_id)
    form = Form({**seen.details, **body})
    version: int = form.read_one("version", VERSION)
    status: Status = form.read_one("status", edited_status(seen.status))
    details = form.read(CharterDetails, notes=EDITED_NOTES)
    _check_details(form, details, [guest["guest_id"] for guest in seen.details["guests"]])
    new_currency = details["currency"] != seen.details["currency"]
    if new_currency and seen.sums.rows:
        form.refuse("currency", "cannot change once a payment is logged")
    form.finish()
    if seen.status == "cancelled" and status != "cancelled":
        raise Conflict("This charter is cancelled.", current=charter_json(seen))
    details = _add_guest_ids(details)
    at = times.format_instant(now)
    # Switched off and on again, they start afresh.
    since = (seen.reminders_since or at) if details["balance_reminders"] else ""
    charter = seen._replace(details=details, status=status, version=version + 1, updated_at=at, reminders_since=since)
    edited = audit_event("edited", actor, at)

    def attempt() -> None:
        seen = find_charter(event_id)
        if seen.version != version or (new_currency and seen.sums.rows):
            raise Conflict("Somebody changed this charter meanwhile.", current=charter_json(seen))
        store.update_charter(charter, seen, edited, ledger_unmoved=new_currency)

    retry_on_conflict(attempt)
    # Payments and signatures that came in meanwhile were left as they are, and belong into the answer.
    return charter_json(find_charter(event_id))


def reopen_waivers(event_id: str, *, actor: Actor, now: datetime) -> CharterJson:
    """A charter that is over takes signatures for another day. A double tap is one; raises Conflict when it takes
    them anyway, or never.
    """
    at, until = times.format_instant(now), times.format_instant(now + REOPENED)

    def attempt() -> None:
        seen = find_charter(event_id)
        if seen.status == "cancelled":
            raise Conflict("This charter is cancelled.")
        if seen.details["ends_at"] > at:
            raise Conflict("This charter is not over; it takes signatures.")
        if seen.waivers_open_until > times.format_instant(now + REOPENED - DOUBLE_TAP):
            return
        charter = seen._replace(waivers_open_until=until, version=seen.version + 1, updated_at=at)
        store.update_charter(charter, seen, audit_event("waivers_reopened", actor, at, until=until))

    retry_on_conflict(attempt)
    return charter_json(find_charter(event_id))


def cancel_charter(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> CharterJson:
    """Cancels for good; the reason goes into the notes. Again: unchanged. Raises Conflict after departure."""
    reason = parse_reason(body)
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_charter(event_id)
        if seen.status == "cancelled":
            return
        if seen.status == "departed":
            raise Conflict("This charter has departed.", current=charter_json(seen))
        day = times.local(at, seen.details["timezone"]).date()
        notes = f"{seen.details['notes']}\n\nCancelled on {day} by {actor.name}: {reason}".strip()
        details: CharterDetails = {**seen.details, "notes": notes}
        charter = seen._replace(details=details, status="cancelled", version=seen.version + 1, updated_at=at)
        store.update_charter(charter, seen, audit_event("cancelled", actor, at, reason=reason))

    retry_on_conflict(attempt)
    return charter_json(find_charter(event_id))


def renew_guest_link(event_id: str, *, actor: Actor, now: datetime) -> CharterJson:
    """Gives the guest page a new address; the one before leads nowhere from then on."""
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_charter(event_id)
        link = system.random_token(16)
        charter = seen._replace(guest_link=link, version=seen.version + 1, updated_at=at)
        store.update_charter(charter, seen, audit_event("guest_link_renewed", actor, at))

    retry_on_conflict(attempt)
    return charter_json(find_charter(event_id))


def parse_reason(body: Mapping[str, Any]) -> str:
    form = Form(body)
    reason = form.read(Reason)["reason"]
    form.finish()
    return reason
