"""Setting a record aside: a false or double signature counts no more, and stays in the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.core import times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import AlreadyExists
from chalicelib.core.retry import retry_on_conflict
from chalicelib.waivers import fields, log, log_store, records, sealing, store


def set_aside(
    event_id: str, waiver_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> fields.RecordDetail:
    """Strikes a record, for a reason; again: unchanged. The act is a leaf of the log."""
    reason = charters.parse_reason(body)

    def attempt() -> None:
        record = records.find_record(event_id, waiver_id)
        if record.set_aside:
            return
        # In the log the act comes after its record, also where the clock that signed was ahead of this one.
        at = max(times.format_instant(now), record.row["signed_at"])
        payload, disclosed = sealing.seal_act(record, reason, actor.name, at, log_store.read_tree())
        note: fields.Act = {"reason": reason, "at": at, "by": actor.name}
        audit = audit_event("set_aside", actor, at, about=waiver_id, reason=reason)
        try:
            store.put_set_aside(record, payload, disclosed, note, audit)
        except AlreadyExists:
            return

    retry_on_conflict(attempt)
    log.settle()
    return records.show_record(event_id, waiver_id)
