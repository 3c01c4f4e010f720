"""Who did what and when: the audit events of a charter, a boat, a person, the settings."""

from typing import Literal, NamedTuple, TypedDict, Unpack

from chalicelib.core import system
from chalicelib.core.dynamo import Item, item_key, json_s, s

ActorType = Literal["admin", "signer", "link", "system"]
"""An admin who is signed in; a guest who signs; whoever opens a private link, which may be a mail scanner; the product
by itself. Guests choose their names, so a name alone says nothing of this."""


class Actor(NamedTuple):
    """Who does it, and from which address. Names are typed by people, so the type says what somebody is."""

    name: str
    address: str
    type: ActorType


# The partition of the index with the audit events of all charters.
HISTORIES = "HISTORIES"

SYSTEM = Actor("system", "", "system")


class AuditDetails(TypedDict, total=False):
    """What an act adds to its event."""

    changed: dict[str, list[object]]
    """Of what a charter's admin edits, and of its status: each value before and after, None before the creation."""
    version: int
    """The charter's version from then on, where it is a new one.

    Each version has its event, so that none can be taken away unnoticed.
    """
    reason: str
    until: str
    about: str
    """Who was checked in, or BRIEFING."""
    state: str
    ticked_at: str
    """When a captain ticked it, on a device that kept it until it could be sent at `at`."""
    user_agent: str
    mail_id: str


class AuditEvent(AuditDetails):
    act: str
    by: str
    actor_type: ActorType
    address: str
    at: str
    audit_id: str


def audit_event(act: str, actor: Actor, at: str, **details: Unpack[AuditDetails]) -> AuditEvent:
    """An audit event, ready to store.

    Of those within a second, the one that was made later sorts behind: make it after reading what the act changes.
    """
    return {
        "act": act,
        "by": actor.name,
        "actor_type": actor.type,
        "address": actor.address,
        "at": at,
        "audit_id": system.sortable_id(),
        **details,
    }


def audit_item(pk: str, audit: AuditEvent) -> Item:
    """`pk` is the partition of what the event is about."""
    return {**item_key(pk, f"AUDIT#{audit['at']}#{audit['audit_id']}"), "data": json_s(audit)}


def history_item(event_id: str, audit: AuditEvent) -> Item:
    """An audit event of a charter: the index lists those of all charters."""
    return {**audit_item(f"EVENT#{event_id}", audit), **index_keys(audit)}


def index_keys(audit: AuditEvent) -> Item:
    """Where the index lists the audit event of a charter."""
    return {"by_date_pk": s(HISTORIES), "by_date_sk": s(f"{audit['at']}#{audit['audit_id']}")}
