"""Who did what and when: the audit events of a charter."""

from typing import Any, NamedTuple

from chalicelib.core import system
from chalicelib.core.dynamo import Item, item_key, json_s


class Actor(NamedTuple):
    """Who does it, and from which address."""

    name: str
    address: str


def audit_event(act: str, actor: Actor, at: str, **facts: Any) -> dict[str, Any]:
    """An audit event, ready to store."""
    return {"act": act, "by": actor.name, "address": actor.address, "at": at, "audit_id": system.random_hex(8), **facts}


def audit_item(event_id: str, audit: dict[str, Any]) -> Item:
    return {**item_key(f"EVENT#{event_id}", f"AUDIT#{audit['at']}#{audit['audit_id']}"), "data": json_s(audit)}
