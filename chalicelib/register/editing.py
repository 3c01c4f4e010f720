"""Makes and edits boats and people."""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, cast

from chalicelib.core import fields, idempotency, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import AlreadyExists, Conflict, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.text import is_event_id
from chalicelib.register import store
from chalicelib.register.fields import VERSION, ComingCharter
from chalicelib.register.store import Details, Kind, Record

ComingCharters = Callable[[str, datetime], list[ComingCharter]]
"""Finds the charters that name the boat or person of this id and have not ended, by start."""


class InUse(Conflict):
    """409 with the coming charters under `events`."""


def create(
    kind: Kind, table: type[Details], body: Mapping[str, Any], *, request_key: str | None, actor: Actor, now: datetime
) -> tuple[Record[Details], bool]:
    """The record, and whether it is new: the same request under the same key again finds the first one."""
    form = Form(body)
    details = form.read(table)
    key = idempotency.read_key(form, request_key)
    form.finish()
    record = Record(system.random_token(16), details)
    created = audit_event("created", actor, times.format_instant(now))
    fingerprint = f"{kind.noun} {fields.fingerprint(cast(Hashable, table), details)}"
    try:
        retry_on_conflict(lambda: store.put_record(kind, record, created, key, fingerprint))
    except AlreadyExists as earlier:
        first_id, first_fingerprint = idempotency.request_of(earlier.item)
        if first_fingerprint != fingerprint:
            raise Conflict(f"This Idempotency-Key was used for something else than this {kind.noun}.") from None
        return find(kind, first_id), False
    return record, True


def find(kind: Kind, record_id: str) -> Record[Any]:
    record = store.read_record(kind, record_id) if is_event_id(record_id) else None
    if record is None:
        raise NotFound(f"There is no such {kind.noun}.")
    return record


def edit(
    kind: Kind,
    table: type[Details],
    record_id: str,
    body: Mapping[str, Any],
    *,
    to_json: Callable[[Record[Details]], object],
    coming_charters: ComingCharters,
    actor: Actor,
    now: datetime,
) -> Record[Details]:
    """Changes the given fields if `version` is the current one. Raises Conflict with the current record, or InUse."""

    def attempt() -> Record[Details]:
        seen = find(kind, record_id)
        form = Form({**seen.details, **body})
        version: int = form.read_one("version", VERSION)
        details = form.read(table)
        form.finish()
        if seen.version != version:
            raise Conflict(f"Somebody changed this {kind.noun} meanwhile.", current=to_json(seen))
        if seen.details["active"] and not details["active"]:
            _refuse_if_used(kind, coming_charters(record_id, now))
        before, after = dict(seen.details), dict(details)
        changed = {name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}
        edited = audit_event("edited", actor, times.format_instant(now), changed=changed)
        store.update_record(kind, seen, details, edited)
        return seen._replace(details=details, version=version + 1)

    return retry_on_conflict(attempt)


def _refuse_if_used(kind: Kind, coming: list[ComingCharter]) -> None:
    if not coming:
        return
    named = ", ".join(f"“{charter['title']}”" for charter in coming[:3])
    more = f" and {len(coming) - 3} more" if len(coming) > 3 else ""
    raise InUse(f"This {kind.noun} is planned for {named}{more}. Change those charters first.", events=coming)


def renew_link(kind: Kind, record_id: str, *, actor: Actor, now: datetime) -> Record[Any]:
    """Gives the record's private link a new address; the one before opens nothing from then on."""

    def attempt() -> Record[Any]:
        seen = find(kind, record_id)
        renewed = audit_event("link_renewed", actor, times.format_instant(now))
        store.renew_link(kind, seen, renewed)
        return seen._replace(link_number=seen.link_number + 1)

    return retry_on_conflict(attempt)
