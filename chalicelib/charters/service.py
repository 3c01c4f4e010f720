"""Charters: made, edited, cancelled, shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.charters import booking, context, positions, store
from chalicelib.charters.booking import NOT_BOOKED, NOTHING_NAMED
from chalicelib.charters.event_json import charter_json
from chalicelib.charters.fields import (
    EDITED_NOTES,
    NOTIFY,
    Cancellation,
    CancellationTerms,
    CharterDetails,
    CharterJson,
    ListedGuest,
    Reason,
    Status,
    edited_status,
)
from chalicelib.charters.positions import StoredPosition
from chalicelib.charters.store import Charter
from chalicelib.core import fields, idempotency, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import AlreadyExists, Conflict, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.retry import DOUBLE_TAP, retry_on_conflict
from chalicelib.core.text import is_event_id
from chalicelib.money.ledger import Sums
from chalicelib.register.fields import VERSION
from chalicelib.schedule.booking import reason_of
from chalicelib.schedule.conflicts import ScheduleConflict
from chalicelib.schedule.entries import LONGEST_ENTRY
from chalicelib.schedule.fields import OverrideReason
from chalicelib.schedule.store import Named

REOPENED = timedelta(hours=24)


def create_charter(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[CharterJson, bool]:
    """The event, and whether it is new: the same request under the same key again finds the first one.

    Raises ScheduleConflict if its boat or people are booked at that time and no `override_reason` is given.
    """
    form = Form(body)
    reason: str | None = form.read_one("override_reason", OverrideReason())
    details = form.read(CharterDetails)
    _check_details(form, details)
    key = idempotency.read_key(form, request_key)
    form.finish()
    at = times.format_instant(now)
    fingerprint = fields.fingerprint(CharterDetails, details)
    empty = new_charter(new_event_id(), add_guest_ids(details), at)

    def attempt() -> Charter:
        named = booking.read_named(details, key)
        if named.request:
            raise AlreadyExists(named.request)
        charter = empty._replace(details=booking.fill(empty.details, body, named))
        booking.refuse_bareboat(charter.details, None, named)
        try:
            booked = booking.book(charter, named, reason, actor, at)
        except ScheduleConflict:
            # What is in the way may be what this very request has made a moment ago.
            if key and (taken := idempotency.read_request(key)):
                raise AlreadyExists(taken) from None
            raise
        charter = charter._replace(schedule_override=booked.override)
        created = audit_event("created", actor, at, **reason_of(booked.override))
        store.put_new_charter(charter, created, key, fingerprint, booked.writes)
        return charter

    try:
        charter = retry_on_conflict(attempt)
    except AlreadyExists as earlier:
        first_id, first_fingerprint = idempotency.request_of(earlier.item)
        if first_fingerprint != fingerprint:
            raise Conflict("This Idempotency-Key was used for something else than this charter.") from None
        return show_charter(first_id, now), False
    return show(charter, now), True


def _check_details(form: Form, details: CharterDetails, known_guest_ids: Collection[str] = ()) -> None:
    """What no rule of a single field can see."""
    starts_at, ends_at = details["starts_at"], details["ends_at"]
    if starts_at and ends_at:
        length = times.parse_instant(ends_at) - times.parse_instant(starts_at)
        if not timedelta(0) < length <= LONGEST_ENTRY:
            form.refuse("ends_at", "must be after starts_at, within a year")
    _check_cancellation_fee(form, details)
    ids = [guest["guest_id"] for guest in details["guests"]]
    for index, guest_id in enumerate(ids):
        if guest_id and guest_id not in known_guest_ids:
            rule = "is none of this charter's guests: leave it out for a new one"
            form.refuse(f"guests[{index}].guest_id", rule)
    given = [guest_id for guest_id in ids if guest_id]
    if len(set(given)) < len(given):
        form.refuse("guests", "must name each guest_id once")


def _check_cancellation_fee(form: Form, details: CharterDetails) -> None:
    fees = {"charter_fee_cents", "cancellation_fee_cents"}
    if not fees & form.problems.keys() and details["cancellation_fee_cents"] > details["charter_fee_cents"]:
        form.refuse("cancellation_fee_cents", "must be at most the charter's fee")


def add_guest_ids(details: CharterDetails) -> CharterDetails:
    """A guest's id is made here and stays; a signature names it."""
    guests: list[ListedGuest] = [
        {**guest, "guest_id": guest["guest_id"] or system.random_hex(8)} for guest in details["guests"]
    ]
    return {**details, "guests": guests}


def new_event_id() -> str:
    """Never begins with a minus sign: a spreadsheet would take that for a formula, and a command for an option."""
    token = system.random_token(16)
    return f"_{token[1:]}" if token.startswith("-") else token


def new_charter(event_id: str, details: CharterDetails, at: str) -> Charter:
    return Charter(
        event_id=event_id,
        details=details,
        status="scheduled",
        version=1,
        sums=Sums(),
        ledger_seq=0,
        signed_count=0,
        created_at=at,
        updated_at=at,
        edited_at=at,
        reminders_since=at if details["balance_reminders"] else "",
    )


def find_charter(event_id: str) -> Charter:
    charter = store.read_charter(event_id) if is_event_id(event_id) else None
    if charter is None:
        raise unknown_charter()
    return charter


def find_whole_charter(event_id: str, *, with_signed: bool = False) -> store.WholeCharter:
    whole = store.read_whole_charter(event_id, with_signed=with_signed) if is_event_id(event_id) else None
    if whole is None:
        raise unknown_charter()
    return whole


def unknown_charter() -> NotFound:
    """One text for a malformed and for an unknown id."""
    return NotFound("There is no such charter.")


def show_charter(event_id: str, now: datetime) -> CharterJson:
    return show(find_charter(event_id), now)


def show(charter: Charter, now: datetime) -> CharterJson:
    """The contract's Event, with what it overlaps now."""
    return show_all([charter], now)[0]


def show_all(charters: Sequence[Charter], now: datetime) -> list[CharterJson]:
    """The same of many: one read, and one Query if they name boats or people, however many they are."""
    around = context.read_context(charters, now)
    return [charter_json(charter, around) for charter in charters]


def show_listed(charters: Sequence[Charter], now: datetime) -> list[CharterJson]:
    """The same of charters that were found by the index."""
    completed, around = context.complete_all(charters, now)
    return [charter_json(charter, around) for charter in completed]


class Followed(NamedTuple):
    """A changed charter with what follows from the change, in the same transaction."""

    charter: Charter
    writes: Sequence[Item]


Follow = Callable[[Charter, Charter, bool], Followed]
"""Given a charter before and after a change, and whether people are to be told of it, what follows."""


def nothing_follows(_: Charter, charter: Charter, __: bool) -> Followed:
    return Followed(charter, [])


def edit_charter(
    event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime, follow: Follow = nothing_follows
) -> CharterJson:
    """Changes the given fields if `version` is the current one.

    Raises Conflict with the current event; or ScheduleConflict if another time, boat or people overlap something and
    no `override_reason` is given.
    """
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_charter(event_id)
        edit = plan_edit(seen, body, now=now)
        charter, booked = edit.charter, NOT_BOOKED
        if edit.is_moved:
            booked = booking.book(charter, edit.named, edit.override_reason, actor, at)
            charter = charter._replace(schedule_override=booked.override)
        edited = audit_event("edited", actor, at, **reason_of(booked.override))
        followed = follow(seen, charter, edit.notify)
        store.update_charter(followed.charter, seen, edited, also=[*booked.writes, *followed.writes])

    retry_on_conflict(attempt)
    # Payments and signatures that came in meanwhile were left as they are, and belong into the answer.
    return show_charter(event_id, now)


class Edit(NamedTuple):
    """What an edit makes of a charter, before it is booked."""

    charter: Charter
    notify: bool
    override_reason: str | None
    is_moved: bool
    """Whether another time, boat or people were written."""
    named: Named
    """The records that it names, where they were read."""


def plan_edit(seen: Charter, body: Mapping[str, Any], *, now: datetime) -> Edit:
    """Reads an edit and changes nothing. Raises BadInput, or Conflict with the current event."""
    form = Form({**seen.details, **body})
    version: int = form.read_one("version", VERSION)
    notify: bool = form.read_one("notify", NOTIFY)
    reason: str | None = form.read_one("override_reason", OverrideReason())
    status: Status = form.read_one("status", edited_status(seen.status))
    details = form.read(CharterDetails, notes=EDITED_NOTES)
    _check_details(form, details, [guest["guest_id"] for guest in seen.details["guests"]])
    if details["currency"] != seen.details["currency"] and seen.sums.rows:
        form.refuse("currency", "cannot change once a payment is logged")
    form.finish()
    if seen.version != version:
        raise Conflict("Somebody changed this charter meanwhile.", current=show(seen, now))
    if seen.status == "cancelled" and status != "cancelled":
        raise Conflict("This charter is cancelled.", current=show(seen, now))
    details = add_guest_ids(details)
    is_moved, named = booking.is_moved(details, seen.details), NOTHING_NAMED
    if is_moved or booking.writes_names(body):
        named = booking.read_named(details)
        details = booking.fill(details, body, named, seen.details)
        booking.refuse_bareboat(details, seen.details, named, seen.positions)
    at = times.format_instant(now)
    charter = seen._replace(
        details=details,
        status=status,
        positions=_positions(seen, details, status, named, now),
        version=version + 1,
        updated_at=at,
        edited_at=at,
        # Switched off and on again, they start afresh.
        reminders_since=(seen.reminders_since or at) if details["balance_reminders"] else "",
    )
    return Edit(charter, notify, reason, is_moved, named)


def _positions(
    seen: Charter, details: CharterDetails, status: Status, named: Named, now: datetime
) -> Sequence[StoredPosition]:
    """What an edit makes of the positions. It is the same write, so that an acceptance never holds for another time.

    After the departure people do not have to answer again.
    """
    found: Sequence[StoredPosition] = seen.positions
    if status == "scheduled" and positions.is_changed(seen.details, details):
        found = positions.changed(found, details["starts_at"], now)
    if (details["captain"], details["crew"]) != (seen.details["captain"], seen.details["crew"]):
        roles = {person_id: person.details["roles"] for person_id, person in named.people.items()}
        found = positions.written(seen.details, details, found, roles)
    return found if status == "scheduled" else positions.ended(found)


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
    return show_charter(event_id, now)


def cancel_charter(
    event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime, follow: Follow = nothing_follows
) -> CharterJson:
    """Cancels for good; the reason goes into the notes.

    Again: unchanged, whatever fee is named. Raises Conflict after departure.
    """
    form = Form(body)
    asked = form.read(Cancellation)
    form.finish()
    reason = asked["reason"]
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_charter(event_id)
        if seen.status == "cancelled":
            return
        if seen.status == "departed" or seen.checks is not None:
            raise Conflict("This charter has departed.", current=show(seen, now))
        off = call_off(seen, asked)
        day = times.local(at, seen.details["timezone"]).date()
        notes = f"{seen.details['notes']}\n\nCancelled on {day} by {actor.name}: {reason}".strip()
        details: CharterDetails = {**off.details, "notes": notes}
        charter = off._replace(details=details, version=seen.version + 1, updated_at=at, edited_at=at)
        followed = follow(seen, charter, asked["notify"])
        written = audit_event("cancelled", actor, at, reason=reason)
        store.update_charter(followed.charter, seen, written, also=followed.writes)

    retry_on_conflict(attempt)
    return show_charter(event_id, now)


def call_off(charter: Charter, terms: CancellationTerms) -> Charter:
    """The charter once it is cancelled on these terms. Raises BadInput if the fee is above the charter's."""
    fee_cents = terms["cancellation_fee_cents"]
    if fee_cents is None:
        fee_cents = charter.details["cancellation_fee_cents"]
    details: CharterDetails = {**charter.details, "cancellation_fee_cents": fee_cents}
    form = Form({})
    _check_cancellation_fee(form, details)
    form.finish()
    return charter._replace(details=details, status="cancelled", positions=positions.ended(charter.positions))


def renew_guest_link(event_id: str, *, actor: Actor, now: datetime) -> CharterJson:
    """Gives the guest page a new address; the one before leads nowhere from then on."""
    at = times.format_instant(now)

    def attempt() -> None:
        seen = find_charter(event_id)
        link = system.random_token(16)
        charter = seen._replace(guest_link=link, version=seen.version + 1, updated_at=at)
        store.update_charter(charter, seen, audit_event("guest_link_renewed", actor, at))

    retry_on_conflict(attempt)
    return show_charter(event_id, now)


def parse_reason(body: Mapping[str, Any]) -> str:
    form = Form(body)
    reason = form.read(Reason)["reason"]
    form.finish()
    return reason
