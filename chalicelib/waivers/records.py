"""Signed waivers, read: one record, the admin's search, the chain as an export."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.core import fields, paging, system, times
from chalicelib.core.audit import Actor, audit_event
from chalicelib.core.errors import NotFound, TooLarge
from chalicelib.core.fields import Form
from chalicelib.waivers import evidence, mails, store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.fields import EXPORT_QUERY, SEARCH_QUERY

# How many records one call of the search looks at: about a second's work.
SEARCHED = 1000
HEAD_MAIL_HOUR = 12
# Lambda answers with 6 MB at most; a part leaves room for the texts that it signs.
MAX_ANSWER_BYTES, MAX_PART_BYTES = 5_500_000, 3_000_000
INDEX_TRIES, INDEX_PAUSE_S = 4, 0.25
# What can happen to a signature, in this order within one second.
TRAIL = ("opened", "signed", "copy_sent", "viewed")


class Search(NamedTuple):
    words: list[str]
    limit: int
    cursor: str


def find_signed(event_id: str, token: str) -> dict[str, Any] | None:
    known = fields.is_event_id(event_id) and len(token) == 32 and token.isalnum() and token.isascii()
    return store.read_waiver(event_id, token) if known else None


def in_order(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: record["seq"])


def people(records: Iterable[dict[str, Any]], current: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records that stand for the people aboard, each with the ids of its person's other records in `same_ids`.

    Whoever signs again, because the text has changed or by mistake under the same place on the list, is one person.
    Two of one name who both sign the current text are two: a head too many is safer than one too few.
    """
    standing: list[dict[str, Any]] = []
    for record in in_order(records):
        before = next((one for one in standing if _is_same_person(one, record, current)), None)
        guest_ids = [record["guest_id"]] if record.get("guest_id") else []
        if before:
            standing.remove(before)
            guest_ids += [*before["same_ids"], before["waiver_id"]]
        standing.append({**record, "same_ids": guest_ids})
    return standing


def _is_same_person(
    before: Mapping[str, Any], after: Mapping[str, Any], current: Mapping[str, Mapping[str, Any]]
) -> bool:
    births = {one["participant_birth_date"] for one in (before, after)} - {None}
    same_name = (
        " ".join(before["participant_name"].split()).casefold()
        == " ".join(after["participant_name"].split()).casefold()
    )
    same_place = bool(after.get("guest_id")) and before.get("guest_id") == after.get("guest_id")
    return same_name and len(births) < 2 and (same_place or _is_renewal(before, after, current))


def _is_renewal(before: Mapping[str, Any], after: Mapping[str, Any], current: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the text had changed between the two. Two languages have two texts at one time."""
    if before.get("language", "en") == after.get("language", "en"):
        return bool(before["waiver_version"] != after["waiver_version"])
    return waiver_versions.is_superseded(before, current) and not waiver_versions.is_superseded(after, current)


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


def get_record(event_id: str, waiver_id: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """A signed record with the text it signs and the audit events that name it, this reading among them."""
    record = find_signed(event_id, waiver_id)
    if record is None:
        raise NotFound("There is no such waiver.")
    note_viewed([record], actor, now)
    audit = [
        {**entry, "act": entry["act"].removeprefix("waiver_")}
        for entry in store.list_audit(event_id)
        if waiver_id in entry.get("waiver_ids", ())
    ]
    version = store.read_version(record["waiver_version"])
    return {
        **record,
        "version": version,
        "audit": sorted(audit, key=lambda entry: (entry["at"], TRAIL.index(entry["act"]))),
    }


def note_viewed(records: Sequence[Mapping[str, Any]], actor: Actor, now: datetime) -> None:
    """Reading again within the hour is the same reading, so that nobody fills the table by it."""
    at, ids = times.format_instant(now), [record["waiver_id"] for record in records]
    reader = hashlib.sha256(f"{ids} {actor.name} {actor.address}".encode()).hexdigest()[:16]
    viewed = audit_event("waiver_viewed", actor, at, waiver_ids=ids)
    store.put_audit_once(records[0]["event_id"], viewed, f"VIEWED#{at[:13]}#{reader}")


def find_copy(event_id: str, secret: str) -> list[dict[str, Any]]:
    """The records that a signer's private link shows, the signer's own first; none if the link is unknown."""
    if not (fields.is_event_id(event_id) and fields.is_event_id(secret)):
        return []
    waiver_ids = store.read_copy(event_id, mails.hash_secret(secret))
    return store.read_waivers(event_id, waiver_ids) if waiver_ids else []


def read_text(record: Mapping[str, Any]) -> dict[str, Any]:
    """The version that a record signs."""
    version = store.read_version(record["waiver_version"])
    if version is None:
        raise NotFound("There is no such waiver.")
    return version


def parse_search(query: Mapping[str, str]) -> Search:
    form = Form(query)
    text, limit, cursor = form.read_all(SEARCH_QUERY).values()
    if cursor and not re.fullmatch(r"[^#]+#\d{12}~", cursor, re.ASCII):
        form.refuse("cursor", "is not one that this list gave out")
    form.finish()
    return Search(text.casefold().split(), limit, cursor)


def search(wanted: Search) -> dict[str, Any]:
    """One page of records, newest first, in whose participant's, signer's or charter's name all the words stand.

    A rare name may leave a page short, or empty, and go on behind its cursor.
    """
    below = int(wanted.cursor.strip("~").partition("#")[2]) if wanted.cursor else None
    looked_at = store.list_chain_down(below, SEARCHED)
    current, found, last = waiver_versions.read_current(), [], None
    for record in looked_at:
        last = record
        if _has_words(record, wanted.words):
            found.append({**summary(record, current), "charter": record["charter"], "starts_at": record["starts_at"]})
        if len(found) == wanted.limit:
            break
    more = last is not None and last["seq"] > 1
    return {"waivers": found, "next_cursor": _cursor(last) if last and more else None}


def _has_words(record: Mapping[str, Any], words: list[str]) -> bool:
    text = " ".join(record[name] for name in ("participant_name", "signer_name", "charter")).casefold()
    return all(word in text for word in words)


def _cursor(record: Mapping[str, Any]) -> str:
    return paging.make_cursor("waivers", f"{record['signed_at']}#{record['seq']:012d}")


def parse_export(query: Mapping[str, str]) -> int | None:
    """Behind which place in the chain to go on; None for the whole of it."""
    form = Form(query)
    after: int | None = form.read_one("after", EXPORT_QUERY["after"])
    form.finish()
    return after


def export_chain(after: int | None = None) -> dict[str, Any]:
    """The whole chain, in the format that `tools.verify_waivers` reads; or the part of it behind a place.

    A part holds as much as fits, the texts that it signs, and in `next_after` the place to go on from. Raises
    TooLarge if the whole does not fit into one answer.
    """
    seq, head = store.read_chain_head()
    records, last = _read_chain(after or 0, seq, MAX_ANSWER_BYTES if after is None else MAX_PART_BYTES)
    versions = {version["waiver_version"]: version["text"] for version in store.list_versions()}
    export = {"format": evidence.FORMAT, "count": seq, "head": head, "versions": versions, "records": records}
    if after is not None:
        signed = {record.get("waiver_version") for record in records}
        texts = {name: text for name, text in versions.items() if name in signed}
        return {**export, "versions": texts, "next_after": last if last < seq else None}
    if last < seq or _answer_bytes(export) > MAX_ANSWER_BYTES:
        raise TooLarge(
            "The chain is too long for one answer. On the page of the signed waivers, "
            "'Download the chain' fetches it in parts and saves them as one file."
        )
    return export


def _read_chain(after: int, last: int, most_bytes: int) -> tuple[list[dict[str, Any]], int]:
    """The records between two places, as far as they fit; and up to which place they reach."""
    records: list[dict[str, Any]] = []
    for number in range(INDEX_TRIES):
        records, size, reached = [], 0, after
        for seq, record in store.list_chain(after, last):
            size += _answer_bytes(record)
            if size > most_bytes and records:
                return records, reached
            records.append(record)
            reached = seq
        # The index follows the table by a moment. What is missing for longer, whoever verifies has to learn of.
        if len(records) >= last - after:
            break
        system.sleep(INDEX_PAUSE_S * (number < INDEX_TRIES - 1))
    return records, last


def _answer_bytes(content: Any) -> int:
    """How much of Lambda's answer it takes: JSON text within JSON text."""
    return len(json.dumps(json.dumps(content)))
