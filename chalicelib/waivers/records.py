"""Signed waivers, read: one record, who is aboard by them, the admin's search, the chain as an export."""

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from chalicelib.core import paging, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import NotFound, TooLarge
from chalicelib.core.fields import Form, is_event_id
from chalicelib.waivers import evidence, fields, mails, store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import SignedRecord
from chalicelib.waivers.versions import CurrentVersions

# How many records one call of the search looks at: about a second's work.
SEARCHED = 1000
# Lambda answers with 6 MB at most; a part leaves room for the texts that it signs.
MAX_ANSWER_BYTES, MAX_PART_BYTES = 5_500_000, 3_000_000
INDEX_TRIES, INDEX_PAUSE_S = 4, 0.25
# The acts of a signature in the order in which they happen, for those within one second.
ACTS = ("opened", "signed", "copy_sent", "viewed")


def in_order(stored: Iterable[Mapping[str, object]]) -> list[SignedRecord]:
    """A charter's stored records in the order in which they were signed."""
    return sorted(cast(Iterable[SignedRecord], stored), key=lambda record: record["seq"])


def people(stored: Iterable[Mapping[str, object]], current: CurrentVersions) -> list[fields.Participant]:
    """For each person aboard the record that stands for them.

    Someone who signs again, because the text has changed or by mistake as the same listed guest, is one person.
    Two of one name who both sign the current text are two: a head too many is safer than one too few.
    """
    found: list[fields.Participant] = []
    for record in in_order(stored):
        before = next((one for one in found if _is_same_person(one, record, current)), None)
        other_ids = [record["guest_id"]] if record["guest_id"] else []
        if before:
            found.remove(before)
            other_ids += [*before["other_ids"], before["waiver_id"]]
        found.append({**record, "other_ids": other_ids})
    return found


def _is_same_person(before: SignedRecord, after: SignedRecord, current: CurrentVersions) -> bool:
    births = {before["participant_birth_date"], after["participant_birth_date"]} - {None}
    same_guest = after["guest_id"] is not None and before["guest_id"] == after["guest_id"]
    return (
        is_same_name(before["participant_name"], after["participant_name"])
        and len(births) < 2
        and (same_guest or _is_renewal(before, after, current))
    )


def is_same_name(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _is_renewal(before: SignedRecord, after: SignedRecord, current: CurrentVersions) -> bool:
    """Whether the text had changed between the two. Two languages have two texts at one time."""
    if before["language"] == after["language"]:
        return before["waiver_version"] != after["waiver_version"]
    return waiver_versions.is_superseded(before, current) and not waiver_versions.is_superseded(after, current)


def short_name(name: str) -> str:
    """`Ana R.`: enough for guests to find themselves, too little for strangers."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else first


def summary(record: SignedRecord, current: CurrentVersions) -> fields.WaiverSummary:
    return {
        "waiver_id": record["waiver_id"],
        "event_id": record["event_id"],
        "participant_name": record["participant_name"],
        "signer_name": record["signer_name"],
        "minor": record["minor"],
        "signed_at": record["signed_at"],
        "waiver_version": record["waiver_version"],
        "record_hash": record["record_hash"],
        "guest_id": record["guest_id"],
        "language": record["language"],
        "superseded": waiver_versions.is_superseded(record, current),
    }


def get_record(event_id: str, waiver_id: str, *, actor: Actor, now: datetime) -> fields.RecordDetail:
    """A signed record with the text it signs and the audit events that name it, this reading among them."""
    record = find_signed(event_id, waiver_id)
    if record is None:
        raise NotFound("There is no such waiver.")
    note_viewed([record], actor, now)
    audit = [
        cast(fields.WaiverAudit, {**entry, "act": entry["act"].removeprefix("waiver_")})
        for entry in store.list_audit(event_id)
        if waiver_id in entry.get("waiver_ids", ())
    ]
    audit.sort(key=lambda entry: (entry["at"], ACTS.index(entry["act"])))
    return {**record, "version": store.read_version(record["waiver_version"]), "audit": audit}


def find_signed(event_id: str, waiver_id: str) -> SignedRecord | None:
    is_id = is_event_id(event_id) and re.fullmatch("[0-9a-f]{32}", waiver_id)
    return store.read_waiver(event_id, waiver_id) if is_id else None


def note_viewed(records: Sequence[SignedRecord], actor: Actor, now: datetime) -> None:
    """Reading again within the hour counts as the same reading, so that nobody can fill the table by it."""
    at, ids = times.format_instant(now), [record["waiver_id"] for record in records]
    reader = hashlib.sha256(f"{ids} {actor.name} {actor.address}".encode()).hexdigest()[:16]
    viewed = audit_event("waiver_viewed", actor, at, waiver_ids=ids)
    store.put_audit_once(records[0]["event_id"], viewed, f"VIEWED#{at[:13]}#{reader}")


def find_copy(event_id: str, secret: str) -> list[SignedRecord]:
    """The records that a signer's private link shows, the signer's own first; none if the link is unknown."""
    if not (is_event_id(event_id) and is_event_id(secret)):
        return []
    return store.read_waivers(event_id, store.read_copy(event_id, mails.hash_secret(secret)))


def read_text(record: SignedRecord) -> fields.WaiverVersion:
    """The version that a record signs."""
    version = store.read_version(record["waiver_version"])
    if version is None:
        raise NotFound("There is no such waiver.")
    return version


class Search(NamedTuple):
    terms: list[str]
    limit: int
    last_seq: int
    """Only records up to this position in the chain."""


def parse_search(query: Mapping[str, str]) -> Search:
    form = Form(query)
    text, limit, cursor = form.read_all(fields.SEARCH_QUERY).values()
    position = re.fullmatch(r"[^#]+#(\d{12})~", cursor, re.ASCII)
    if cursor and not position:
        form.refuse("cursor", "is not one that this list gave out")
    form.finish()
    return Search(text.casefold().split(), limit, int(position[1]) - 1 if position else store.MAX_SEQ)


def search(wanted: Search) -> fields.WaiverPage:
    """One page of records, newest first, with all the terms in the name of participant, signer or charter.

    Rare names may leave a page short, or empty, and go on with its cursor.
    """
    current = waiver_versions.read_current()
    found: list[fields.FoundWaiver] = []
    last = None
    newest = store.list_chain(0, wanted.last_seq, newest_first=True)
    for _, last in itertools.islice(newest, SEARCHED):
        names = " ".join([last["participant_name"], last["signer_name"], last["charter"]]).casefold()
        if all(term in names for term in wanted.terms):
            found.append({**summary(last, current), "charter": last["charter"], "starts_at": last["starts_at"]})
        if len(found) == wanted.limit:
            break
    cursor = None
    if last and last["seq"] > 1:
        cursor = paging.make_cursor("waivers", f"{last['signed_at']}#{last['seq']:012d}")
    return {"waivers": found, "next_cursor": cursor}


def parse_export(query: Mapping[str, str]) -> int | None:
    """After which position in the chain to go on; None for the whole of it."""
    form = Form(query)
    after: int | None = form.read_one("after", fields.EXPORT_QUERY["after"])
    form.finish()
    return after


def export_chain(after: int | None = None) -> fields.ChainExport:
    """The whole chain, in the format that `tools.verify_waivers` reads; or the part of it after a position.

    A part holds as much as fits, the texts that it signs, and in `next_after` the position to go on from. Raises
    TooLarge if the whole does not fit into one answer.
    """
    count, head = store.read_head()
    records, last = _read_chain(after or 0, count, MAX_ANSWER_BYTES if after is None else MAX_PART_BYTES)
    texts = {version["waiver_version"]: version["text"] for version in store.list_versions()}
    export: fields.ChainExport = {
        "format": evidence.FORMAT,
        "count": count,
        "head": head,
        "versions": texts,
        "records": records,
    }
    if after is not None:
        signed = {record["waiver_version"] for record in records}
        export["versions"] = {name: text for name, text in texts.items() if name in signed}
        export["next_after"] = last if last < count else None
    elif last < count or _answer_bytes(export) > MAX_ANSWER_BYTES:
        raise TooLarge(
            "The chain is too long for one answer. On the page of the signed waivers, "
            "'Download the chain' fetches it in parts and saves them as one file."
        )
    return export


def _read_chain(after: int, last: int, max_bytes: int) -> tuple[list[SignedRecord], int]:
    """The records between two positions, as far as they fit, and the position that they reach."""
    for _ in range(INDEX_TRIES):
        records, reached = _read_part(after, last, max_bytes)
        if len(records) >= reached - after:
            break
        # The index follows the table by a moment. Records that are missing for longer are left to the verification.
        system.sleep(INDEX_PAUSE_S)
    return records, reached


def _read_part(after: int, last: int, max_bytes: int) -> tuple[list[SignedRecord], int]:
    records: list[SignedRecord] = []
    size, reached = 0, after
    for seq, record in store.list_chain(after, last):
        size += _answer_bytes(record)
        if size > max_bytes and records:
            return records, reached
        records.append(record)
        reached = seq
    return records, last


def _answer_bytes(content: Mapping[str, object]) -> int:
    """How much of Lambda's answer it takes: JSON text within JSON text."""
    return len(json.dumps(json.dumps(content)))
