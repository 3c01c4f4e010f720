"""Signed waivers, read: one record, the admin's search, the chain as an export."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import chain, fields, store, waiver_versions
from chalicelib.errors import NotFound


def find_signed(event_id: str, token: str) -> dict[str, Any] | None:
    known = fields.is_event_id(event_id) and len(token) == 32 and token.isalnum() and token.isascii()
    return store.read_waiver(event_id, token) if known else None


def in_order(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: record["seq"])


def summary(record: Mapping[str, Any], current: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A record in a list; `current` are the versions that are signed now."""
    names = "waiver_id event_id participant_name signer_name minor signed_at waiver_version record_hash".split()
    return {
        **{name: record[name] for name in names},
        "guest_id": record.get("guest_id"),
        "language": record.get("language", "en"),
        "superseded": waiver_versions.is_superseded(record, current),
    }


def short_name(name: str) -> str:
    """`Ana R.`: enough for guests to find themselves, too little for strangers."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else first


def get_record(event_id: str, waiver_id: str) -> dict[str, Any]:
    """A signed record with the text it signs and the audit events that name it."""
    record = find_signed(event_id, waiver_id)
    if record is None:
        raise NotFound("There is no such waiver.")
    audit = [
        {**entry, "act": entry["act"].removeprefix("waiver_")}
        for entry in store.list_audit(event_id)
        if waiver_id in entry.get("waiver_ids", ())
    ]
    version = store.read_version(record["waiver_version"])
    return {**record, "version": version, "audit": audit}


def export_chain() -> dict[str, Any]:
    """The whole chain, in the format that `tools.verify_waivers` reads."""
    records = store.list_chain()
    versions = {version["waiver_version"]: version["text"] for version in store.list_versions()}
    return {
        "format": chain.FORMAT,
        "count": len(records),
        "head": records[-1]["record_hash"] if records else "",
        "versions": versions,
        "records": records,
    }
