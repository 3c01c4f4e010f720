"""Holds: a boat is kept free for somebody (an option), for work on it, or for any other reason; once or each week."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from chalicelib.core import fields, idempotency, system, times
from chalicelib.core.audit import Actor, AuditDetails, audit_event
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import AlreadyExists, BadInput, Conflict, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.core.text import is_event_id
from chalicelib.register.fields import VERSION
from chalicelib.register.store import BOAT
from chalicelib.schedule import booking, store
from chalicelib.schedule.entries import LONGEST_ENTRY, WEEK, Entry, WeeklyHold
from chalicelib.schedule.fields import HOLDS_QUERY, HoldDetails, HoldJson, HoldList, HoldStatus, OverrideReason
from chalicelib.schedule.store import Hold, Named

MAX_WEEKLY = 50
"""Repeating holds of one boat that have not ended."""
LONGEST_REPETITION = timedelta(days=731)
ENDS_AT = "must be after starts_at, within a year"


class HoldConflict(Conflict):
    """409 of a hold that was changed meanwhile, or that is over: the hold as it is now under `current`."""

    def __init__(self, message: str, hold: Hold, now: str) -> None:
        super().__init__(message, current=hold_json(hold, now))


def _read_details(form: Form) -> HoldDetails:
    details = form.read(HoldDetails)
    starts_at, ends_at = details["starts_at"], details["ends_at"]
    if starts_at and ends_at:
        length = times.parse_instant(ends_at) - times.parse_instant(starts_at)
        if not timedelta(0) < length <= LONGEST_ENTRY:
            form.refuse("ends_at", ENDS_AT)
        elif details["weekly_until"] and length > WEEK:
            form.refuse("ends_at", "must be within a week of starts_at for a hold that repeats")
    if details["kind"] == "option" and not details["expires_at"]:
        form.refuse("expires_at", "is required for an option")
    if details["kind"] != "option" and details["expires_at"]:
        form.refuse("expires_at", "is only for an option")
    if details["weekly_until"] and starts_at and details["timezone"]:
        first_day, until = times.local(starts_at, details["timezone"]).date(), times.parse_day(details["weekly_until"])
        if not first_day <= until <= first_day + LONGEST_REPETITION:
            form.refuse("weekly_until", "must be within two years after the first day")
    if details["except"] and not details["weekly_until"]:
        form.refuse("except", "is only for a hold that repeats")
    return details


def create_hold(
    body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[HoldJson, bool]:
    """The hold, and whether it is new: the same request under the same key again finds the first one.

    Raises ScheduleConflict if something overlaps it and no `override_reason` is given.
    """
    form = Form(body)
    reason: str | None = form.read_one("override_reason", OverrideReason())
    details = _read_details(form)
    at = times.format_instant(now)
    if details["expires_at"] and details["expires_at"] <= at:
        form.refuse("expires_at", "must be in the future")
    key = idempotency.read_key(form, request_key)
    form.finish()
    fingerprint = f"hold {fields.fingerprint(HoldDetails, details)}"
    hold_id = system.random_token(16)

    def attempt() -> Hold:
        named = store.read_named([details["boat_id"]], (), key)
        if named.request:
            raise AlreadyExists(named.request)
        _check_boat(details, named, is_new=True)
        hold = Hold(hold_id, details, "held", 1)
        override = booking.decide(_find_conflicts(hold, named, at, key), reason, actor, at)
        hold = hold._replace(override=override)
        created = audit_event("created", actor, at, **booking.reason_of(override))
        request = idempotency.key_write(key, hold_id, fingerprint)
        store.put_hold(hold, created, _booking_writes(hold, None, named), request)
        return hold

    try:
        return hold_json(retry_on_conflict(attempt), at), True
    except AlreadyExists as earlier:
        first_id, first_fingerprint = idempotency.request_of(earlier.item)
        if first_fingerprint != fingerprint:
            raise Conflict("This Idempotency-Key was used for something else than this hold.") from None
        return hold_json(find_hold(first_id), at), False


def _check_boat(details: HoldDetails, named: Named, *, is_new: bool) -> None:
    boat = named.boats.get(details["boat_id"])
    if boat is None:
        raise BadInput({"boat_id": "is none of the boats"})
    if is_new and not boat.details["active"]:
        raise BadInput({"boat_id": "is a boat that is not active any more"})


def _find_conflicts(hold: Hold, named: Named, at: str, request_key: str = "") -> list[Any]:
    """Raises AlreadyExists if what is in the way may be what this very request has made a moment ago."""
    found = [one for each in booking.find_conflicts(_entries(hold), named, at) for one in each]
    if found and request_key and (taken := idempotency.read_request(request_key)):
        raise AlreadyExists(taken)
    return found


def find_hold(hold_id: str) -> Hold:
    hold = store.read_hold(hold_id) if is_event_id(hold_id) else None
    if hold is None:
        raise NotFound("There is no such hold.")
    return hold


def edit_hold(hold_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> HoldJson:
    """Changes the given fields if `version` is the current one.

    Raises HoldConflict, or ScheduleConflict if another time or boat overlaps something and no reason is given.
    """
    at = times.format_instant(now)

    def attempt() -> Hold:
        seen = find_hold(hold_id)
        form = Form({**seen.details, **body})
        version: int = form.read_one("version", VERSION)
        reason: str | None = form.read_one("override_reason", OverrideReason())
        details = _read_details(form)
        if details["expires_at"] != seen.details["expires_at"] and (details["expires_at"] or at) < at:
            form.refuse("expires_at", "must be in the future")
        form.finish()
        if seen.version != version:
            raise HoldConflict("Somebody changed this hold meanwhile.", seen, at)
        if status_of(seen, at) != "held":
            raise HoldConflict("This hold is over; make a new one.", seen, at)
        hold = seen._replace(details=details, version=version + 1)
        named = store.read_named(dict.fromkeys((details["boat_id"], seen.details["boat_id"])), ())
        is_moved = _times(details) != _times(seen.details)
        _check_boat(details, named, is_new=is_moved)
        override = None
        if is_moved:
            override = booking.decide(_find_conflicts(hold, named, at), reason, actor, at)
            hold = hold._replace(override=override)
        changed = {
            name: [before, after]
            for (name, before), after in zip(seen.details.items(), details.values(), strict=True)
            if before != after
        }
        more: AuditDetails = {"changed": changed, **booking.reason_of(override)}
        edited = audit_event("edited", actor, at, **more)
        store.change_hold(hold, seen, edited, _booking_writes(hold, seen, named))
        return hold

    return hold_json(retry_on_conflict(attempt), at)


def _times(details: HoldDetails) -> tuple[object, ...]:
    """What decides what a hold overlaps."""
    return tuple(
        details[name]
        for name in ("boat_id", "starts_at", "ends_at", "timezone", "weekly_until", "except", "expires_at")
    )


def release_hold(hold_id: str, *, actor: Actor, now: datetime) -> HoldJson:
    """The boat is free again. Released again, or after an option has expired: unchanged."""
    at = times.format_instant(now)

    def attempt() -> Hold:
        seen = find_hold(hold_id)
        if status_of(seen, at) != "held":
            return seen
        return end_hold(seen, store.read_named([seen.details["boat_id"]], ()), "released", actor, at)

    return hold_json(retry_on_conflict(attempt), at)


def end_hold(seen: Hold, named: Named, status: HoldStatus, actor: Actor, at: str, also: Sequence[Item] = ()) -> Hold:
    """Frees the boat, with what else is written. Raises WriteConflict."""
    hold = seen._replace(status=status, version=seen.version + 1)
    store.change_hold(hold, seen, audit_event(status, actor, at), [*_booking_writes(hold, seen, named), *also])
    return hold


# --- what is written with a hold ----------------------------------------------------------------------


def _booking_writes(hold: Hold, seen: Hold | None, named: Named) -> list[Item]:
    """Its entry in the schedule, or with its boat if it repeats; and the count of the booking on the boat."""
    writes = store.entry_writes(single_entry(hold), single_entry(seen))
    before, after = weekly_hold(seen), weekly_hold(hold)
    boat_id = hold.details["boat_id"]
    for each in dict.fromkeys([boat_id, *([before.boat_id] if before else [])]):
        if before != after and (before or after) and each in named.boats:
            weekly = [one for one in named.weekly[each] if one.hold_id != hold.hold_id]
            if after and after.boat_id == each:
                weekly = _with_one_more(weekly, after)
            writes.append(store.count_booking(BOAT, named.boats[each], weekly))
        elif each == boat_id and hold.status == "held" and each in named.boats:
            writes.append(store.count_booking(BOAT, named.boats[each]))
    return writes


def _with_one_more(weekly: list[WeeklyHold], new: WeeklyHold) -> list[WeeklyHold]:
    """The longest ended one makes room. Raises BadInput if all of them go on."""
    if len(weekly) >= MAX_WEEKLY:
        oldest = min(weekly, key=lambda hold: hold.weekly_until)
        if oldest.weekly_until >= new.starts_at[:10]:
            raise BadInput({"weekly_until": f"must not be given: this boat has {MAX_WEEKLY} repeating holds already"})
        weekly = [hold for hold in weekly if hold is not oldest]
    return [*weekly, new]


def _entries(hold: Hold) -> list[Entry]:
    """All that it takes: itself, or each of its repetitions."""
    weekly = weekly_hold(hold)
    if weekly:
        return list(weekly.occurrences(weekly.starts_at, f"{times.LATEST_YEAR + 1}"))
    return [entry] if (entry := single_entry(hold)) else []


def single_entry(hold: Hold | None) -> Entry | None:
    """The entry of a hold that does not repeat; None when there is none."""
    if hold is None or hold.status != "held" or hold.details["weekly_until"]:
        return None
    details = hold.details
    times_of = details["starts_at"], details["ends_at"], hold.status, details["expires_at"] or ""
    return Entry("hold", hold.hold_id, details["boat_id"], (), _title(details), *times_of)


def weekly_hold(hold: Hold | None) -> WeeklyHold | None:
    """A hold that repeats, as it is kept with its boat."""
    if hold is None or hold.status != "held" or not hold.details["weekly_until"]:
        return None
    details = hold.details
    return WeeklyHold(
        hold_id=hold.hold_id,
        boat_id=details["boat_id"],
        title=_title(details),
        starts_at=details["starts_at"],
        ends_at=details["ends_at"],
        timezone=details["timezone"],
        weekly_until=details["weekly_until"] or "",
        except_days=details["except"],
        expires_at=details["expires_at"] or "",
    )


def _title(details: HoldDetails) -> str:
    """In the schedule a hold is never without a name."""
    return details["title"] or details["kind"].capitalize()


# --- what is shown ------------------------------------------------------------------------------------


def list_holds(query: Mapping[str, str], *, now: datetime) -> HoldList:
    """Holds that take some of a time, by default from today on, whatever became of them."""
    form = Form(query)
    bounds = form.read_all(HOLDS_QUERY)
    form.finish()
    timezone = settings().timezone
    first = times.format_instant(bounds["from"] or times.start_of_day(times.day_of(now, timezone), timezone))
    last = times.format_instant(bounds["to"]) if bounds["to"] else "9"
    # Whatever became of it.
    found = [hold for hold in store.list_holds() if entries_between(hold._replace(status="held"), first, last)]
    found.sort(key=lambda hold: (hold.details["starts_at"], hold.hold_id))
    return {"holds": [hold_json(hold, times.format_instant(now)) for hold in found]}


def entries_between(hold: Hold, first: str, last: str) -> list[Entry]:
    """Its times that overlap the time from `first` up to before `last`; none of a hold that is over."""
    if weekly := weekly_hold(hold):
        return list(weekly.occurrences(first, last))
    entry = single_entry(hold)
    return [entry] if entry and entry.ends_at > first and entry.starts_at < last else []


def hold_json(hold: Hold, now: str) -> HoldJson:
    """The contract's Hold."""
    status = status_of(hold, now)
    return cast(HoldJson, {"hold_id": hold.hold_id, **hold.details, "status": status, "version": hold.version})


def status_of(hold: Hold, now: str) -> HoldStatus:
    """An option has expired by its time, whether or not that is noted."""
    expires_at = hold.details["expires_at"]
    return "expired" if hold.status == "held" and expires_at and expires_at <= now else hold.status
