"""Repeats a charter each week at the same time of its wall clock: shows what would be made, then makes it, once."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from chalicelib.charters import booking, positions, service, store
from chalicelib.charters.fields import ERASED_NAME, CharterDetails, CrewMember, Repeated, RepeatPreview, Repetition
from chalicelib.charters.store import Charter, schedule_entry
from chalicelib.core import fields, idempotency, system, times
from chalicelib.core.audit import Actor, AuditDetails, audit_event
from chalicelib.core.dynamo import Item, json_s, load_data, n, put_write, s, update, write_all
from chalicelib.core.errors import AlreadyExists, BadInput, Conflict, WriteConflict
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.schedule.booking import counter_writes, decide, find_conflicts, reason_of, turnaround_minutes
from chalicelib.schedule.entries import WEEK, repeat_weekly
from chalicelib.schedule.store import Named

LONGEST = timedelta(days=366)
# DynamoDB takes 100 writes in one transaction: five a charter, its boat, 21 people at most, and the plan.
BATCH = 15


class Planned(NamedTuple):
    event_id: str
    starts_at: str
    ends_at: str


class Plan(NamedTuple):
    """What a request makes. It is kept under the request's id, so that one that broke off is carried on."""

    source_id: str
    fingerprint: str
    planned: Sequence[Planned]
    done: int = 0
    """How many of them were dealt with."""
    left_out: Sequence[str] = ()
    """The ids of those whose boat or people were booked by others while the first ones were made."""


def repeat_charter(
    event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> tuple[RepeatPreview | Repeated, int]:
    """The answer and its status: 200 for a preview and for the same request again, else 201.

    Copied is all but payments, waivers, signatures and a cancellation fee; listed guests are copied as new ones. The
    first charters, up to BATCH, are made in one transaction or not at all: ScheduleConflict names what is in the way,
    unless a reason is given.
    """
    form = Form(body)
    wanted = form.read(Repetition)
    form.finish()
    key, reason = wanted["request_id"], wanted["override_reason"]
    choice = {"until": wanted["until"], "except": wanted["except"]}
    fingerprint = f"repeat {event_id} {fields.fingerprint(Repetition, choice)}"
    earlier, at = _read_plan(key), times.format_instant(now)
    if earlier and earlier.fingerprint != fingerprint:
        raise _used_for_another()
    plan = earlier or Plan(event_id, fingerprint, [])
    if wanted["preview"] or not earlier:
        source = service.find_charter(event_id)
        if source.status == "cancelled":
            raise Conflict("This charter is cancelled.")
        new = plan._replace(planned=_plan(source, wanted))
        if wanted["preview"]:
            return _preview(source, new, at), 200
        plan = new
    done = _make_all(key, plan, reason, actor, at)
    # Of two that were sent at once, the other one may have made them.
    is_new = not earlier and done.planned == plan.planned
    made = store.read_charters([one.event_id for one in done.planned if one.event_id not in done.left_out])
    return {"events": service.show_all(made, now)}, 201 if is_new else 200


def _used_for_another() -> Conflict:
    return Conflict("This request_id was used for something else.")


def _plan(source: Charter, wanted: Repetition) -> list[Planned]:
    details = source.details
    starts_at, ends_at = (times.local(details[name], details["timezone"]) for name in ("starts_at", "ends_at"))
    first_day, until = starts_at.date(), times.parse_day(wanted["until"])
    form = Form({})
    if not first_day + WEEK <= until <= first_day + LONGEST:
        form.refuse("until", "must be a week to a year after the day of this charter")
    form.finish()
    days = [first_day + week * WEEK for week in range(1, (until - first_day).days // 7 + 1)]
    chosen = [day for day in days if str(day) not in wanted["except"]]
    if not chosen:
        form.refuse("except", "leaves nothing to make")
    form.finish()
    return [
        Planned(service.new_event_id(), *repeat_weekly(starts_at, ends_at, _weeks(first_day, day))) for day in chosen
    ]


def _weeks(first_day: date, day: date) -> int:
    return (day - first_day).days // 7


def _preview(source: Charter, plan: Plan, at: str) -> RepeatPreview:
    charters, named = _charters(source, plan.planned, at)
    conflicts = find_conflicts([entry for one in charters if (entry := schedule_entry(one))], named, at)
    return {
        "events": [
            {"starts_at": one.starts_at, "ends_at": one.ends_at, "conflicts": each}
            for one, each in zip(plan.planned, conflicts, strict=True)
        ]
    }


def _charters(source: Charter, planned: Sequence[Planned], at: str) -> tuple[list[Charter], Named]:
    """The charters as they are to be made, with the boats and people that they name. Raises BadInput."""
    # Who has a position was asked for this charter alone.
    details = positions.with_crew(source.details, source.positions, (), {})
    named = booking.read_named(details)
    _check_apart(planned, turnaround_minutes(source.details["boat_id"], named))
    given = {
        **details,
        "captain": _by_record(details["captain"]),
        "crew": [_by_record(one) for one in details["crew"]],
    }
    details = booking.fill(details, given, named)
    booking.refuse_bareboat(details, None, named)
    charters = [
        service.new_charter(
            one.event_id,
            {**_copied(details), "starts_at": one.starts_at, "ends_at": one.ends_at},
            at,
        )._replace(positions=positions.repeated(source.positions, lambda: system.random_hex(8)))
        for one in planned
    ]
    return charters, named


def _check_apart(planned: Sequence[Planned], minutes: int) -> None:
    """What is made by one request does not overlap itself."""
    if any(times.add_minutes(one.ends_at, minutes) > other.starts_at for one, other in pairwise(planned)):
        raise BadInput({"until": "cannot be given: one week's charter would reach into the next one's time"})


def _by_record(member: CrewMember | None) -> Mapping[str, Any] | None:
    """Named by their record alone, so that address and phone are those of today."""
    return {"person_id": member["person_id"]} if member and member["person_id"] else member


def _copied(details: CharterDetails) -> CharterDetails:
    """Guests get ids of their own on each charter. Erased guests are not copied."""
    guests = [{**guest, "guest_id": ""} for guest in details["guests"] if guest["name"] != ERASED_NAME]
    # What was agreed when one of them was cancelled is not agreed for the others.
    copied = {**details, "guests": guests, "cancellation_fee_cents": 0}
    return service.add_guest_ids(copied)  # type: ignore[arg-type]


# --- making them ------------------------------------------------------------------------------------


def _make_all(key: str, plan: Plan, reason: str | None, actor: Actor, at: str) -> Plan:
    """Makes what is left of a plan, and returns the plan as it was done."""
    while plan.done < len(plan.planned):
        plan = retry_on_conflict(partial(_make_some, key, plan, reason, actor, at))
    return plan


def _make_some(key: str, plan: Plan, reason: str | None, actor: Actor, at: str) -> Plan:
    """Makes the next charters of a plan in one transaction, and returns the plan as it is then. Raises WriteConflict.

    While nothing is made, a conflict refuses all. Later, one that appeared meanwhile leaves its charter out.
    """
    seen = _read_plan(key)
    if seen and seen.fingerprint != plan.fingerprint:
        raise _used_for_another()
    plan = seen or plan
    batch = plan.planned[plan.done : plan.done + BATCH]
    if not batch:
        return plan
    source = service.find_charter(plan.source_id)
    checked = batch if seen else plan.planned
    charters, named = _charters(source, checked, at)
    entries = [entry for one in charters if (entry := schedule_entry(one))]
    found = find_conflicts(entries, named, at)
    if not seen:
        in_the_way = [one for each in found for one in each]
        # It may be what this very request, sent twice at once, has made a moment ago.
        if in_the_way and _read_plan(key):
            raise WriteConflict
        decide(in_the_way, reason, actor, at)
    writes: list[Item] = []
    left_out = list(plan.left_out)
    for charter, conflicts in list(zip(charters, found, strict=True))[: len(batch)]:
        if conflicts and reason is None:
            left_out.append(charter.event_id)
            continue
        override = decide(conflicts, reason, actor, at)
        more: AuditDetails = {"about": plan.source_id, **reason_of(override)}
        writes += store.new_writes(
            charter._replace(schedule_override=override), audit_event("created", actor, at, **more)
        )
    after = plan._replace(done=plan.done + len(batch), left_out=left_out)
    try:
        write_all([_plan_write(key, after, seen), *writes, *counter_writes(entries[0], named)], unique=0)
    except AlreadyExists:
        # The same request, sent twice at once.
        raise WriteConflict from None
    return after


def _read_plan(key: str) -> Plan | None:
    item = idempotency.read_request(key)
    if item is None:
        return None
    source_id, fingerprint = idempotency.request_of(item)
    if "data" not in item:
        return Plan(source_id, fingerprint, [])
    data = load_data(item)
    planned = [Planned(*one) for one in data["planned"]]
    return Plan(source_id, fingerprint, planned, int(item["done"]["N"]), json.loads(item["left_out"]["S"]))


def _plan_write(key: str, after: Plan, seen: Plan | None) -> Item:
    state = {"done": n(after.done), "left_out": s(json.dumps(after.left_out))}
    if seen is None:
        item = {
            **idempotency.key_item(key),
            "made_id": s(after.source_id),
            "fingerprint": s(after.fingerprint),
            "data": json_s({"planned": after.planned}),
        }
        return put_write({**item, **state}, only_new=True)
    change = "SET done = :done, left_out = :left_out"
    values = {f":{name}": value for name, value in state.items()} | {":seen": n(seen.done)}
    return {"Update": update(idempotency.key_item(key), change, values, "done = :seen")}
