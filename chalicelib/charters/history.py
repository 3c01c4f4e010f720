"""Who has changed what of a charter, and when: its audit events, for the desk."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.charters import service as charters
from chalicelib.charters import store
from chalicelib.charters.fields import HISTORY_QUERY, History, HistoryEvent
from chalicelib.core import paging
from chalicelib.core.audit import AuditEvent
from chalicelib.core.fields import Form


class HistoryPage(NamedTuple):
    limit: int
    after: str


def parse_page(query: Mapping[str, str]) -> HistoryPage:
    form = Form(query)
    limit, after = form.read_all(HISTORY_QUERY).values()
    form.finish()
    return HistoryPage(limit, after.removesuffix("~"))


def get_history(event_id: str, page: HistoryPage) -> History:
    """One page, newest first: two reads, however long the history is."""
    charters.find_charter(event_id)
    found, more = store.list_history(event_id, page.after, page.limit)
    cursor = paging.make_cursor("history", f"{found[-1]['at']}#{found[-1]['audit_id']}") if more else None
    return {"events": [_event_json(audit) for audit in found], "next_cursor": cursor}


def _event_json(audit: AuditEvent) -> HistoryEvent:
    """Without the address that it came from."""
    changed = audit.get("changed", {})
    return {
        "audit_id": audit["audit_id"],
        "at": audit["at"],
        "act": audit["act"],
        "by": audit["by"],
        "actor_type": audit["actor_type"],
        "version": audit.get("version"),
        "changes": [{"field": name, "before": before, "after": after} for name, (before, after) in changed.items()],
        "reason": audit.get("reason", ""),
        "about": audit.get("about", ""),
        "state": audit.get("state", ""),
    }
