"""Signed waivers, read: one record, a signer's copy, the search, the log as an export, one record as a bundle."""

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from chalicelib.charters.fields import ERASED_NAME
from chalicelib.core import names, paging, times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.dynamo import MAX_KEYS, Item, read_items
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.fields import Form
from chalicelib.core.text import is_event_id
from chalicelib.core.throttle import client_network
from chalicelib.mail import store as mail_store
from chalicelib.waivers import fields, log, log_store, mails, people, sealing, store, version_store
from chalicelib.waivers import versions as waiver_versions
from chalicelib.waivers.evidence import checkpoint, merkle
from chalicelib.waivers.fields import SignedRecord
from chalicelib.waivers.people import SignedRow
from chalicelib.waivers.store import StoredForm, StoredRecord
from chalicelib.waivers.versions import CurrentVersions

# How many records one call of the search looks at: about a second's work.
SEARCHED = 1000
# Lambda answers with 6 MB at most, as JSON text within JSON text.
MAX_EXPORT_BYTES = 3_000_000
# The acts on a record in the order in which they happen, for those within one second.
ACTS = ("opened", "signed", "copy_sent", "link_opened", "viewed", "set_aside", "erased")


class NotLoggedYet(Conflict):
    """409. The record waits for its place in the log; it has one in a moment."""

    def __init__(self) -> None:
        super().__init__("This record is on its way into the log. Please try again in a moment.")


def summary(event_id: str, row: SignedRow, current: CurrentVersions) -> fields.WaiverSummary:
    return {
        "waiver_id": row["waiver_id"],
        "event_id": event_id,
        "participant_name": people.shown_name(row),
        "signer_name": row["signer_name"] or ERASED_NAME,
        "minor": row["minor"],
        "signed_at": row["signed_at"],
        "waiver_version": row["waiver_version"],
        "leaf_index": row.get("leaf_index"),
        "guest_id": row["guest_id"],
        "language": row["language"],
        "superseded": waiver_versions.is_superseded(row["waiver_version"], current),
        "set_aside": row.get("set_aside", False),
        "erased": row.get("erased", False),
    }


# --- one record -------------------------------------------------------------------------------------


def get_record(event_id: str, waiver_id: str, *, actor: Actor, now: datetime) -> fields.RecordDetail:
    """A signed record with the text it signs and its audit events, this reading among them."""
    find_record(event_id, waiver_id)
    note_read(waiver_id, audit_event("viewed", actor, times.format_instant(now), about=waiver_id))
    return show_record(event_id, waiver_id)


def show_record(event_id: str, waiver_id: str) -> fields.RecordDetail:
    form, record = find_form(event_id, waiver_id)
    mail_id = mails.copy_mail_id(waiver_id)
    audit = [
        cast(fields.WaiverAudit, {name: value for name, value in entry.items() if name != "about"})
        for entry in form.audit
        if entry.get("about", waiver_id) == waiver_id
    ]
    audit.sort(key=lambda entry: (entry["at"], ACTS.index(entry["act"])))
    return {
        **sealing.open_record(record, "" if record.erased else form.drawing),
        "version": version_store.read_version(record.row["waiver_version"]),
        "audit": audit,
        "copy_mail_id": mail_id if record.row["signer_email"] and mail_store.read_mail(mail_id) else None,
    }


def find_form(event_id: str, waiver_id: str) -> tuple[StoredForm, StoredRecord]:
    """The record and the form that signed it. Raises NotFound, the same for what is malformed and what is unknown."""
    form = store.read_form(waiver_id) if is_event_id(event_id) and is_waiver_id(waiver_id) else None
    for record in form.records if form else ():
        if (record.row["waiver_id"], record.row["event_id"]) == (waiver_id, event_id):
            return cast(StoredForm, form), record
    raise NotFound("There is no such waiver.")


def find_record(event_id: str, waiver_id: str) -> StoredRecord:
    """The record without what else its form has. Raises NotFound as `find_form` does."""
    record = store.read_record(waiver_id) if is_waiver_id(waiver_id) else None
    if record is None or record.row["event_id"] != event_id:
        raise NotFound("There is no such waiver.")
    return record


def is_counted(event_id: str, waiver_id: str) -> bool:
    """Whether there is such a record of this charter, and it was not set aside."""
    try:
        return not find_record(event_id, waiver_id).set_aside
    except NotFound:
        return False


def is_waiver_id(text: str) -> bool:
    return re.fullmatch("[0-9a-f]{32}", text) is not None


def note_read(waiver_id: str, audit: AuditEvent) -> None:
    """Reading again within the hour, from the same network, counts as the same reading: it cannot fill the table."""
    network = client_network(audit["address"])
    reader = hashlib.sha256(f"{waiver_id} {audit['by']} {network}".encode()).hexdigest()[:16]
    name = f"{audit['act'].upper()}#{audit['at'][:13]}#{reader}"
    store.put_audit_once(waiver_id, audit, name)


def find_copy(event_id: str, link: str, *, now: datetime) -> tuple[str, list[SignedRecord]]:
    """The signer's id and the records that their private link shows, theirs first; none if the link is unknown.

    Raises LinkExpired.
    """
    waiver_id, _, secret = link.partition(".")
    form = store.read_form(waiver_id) if is_waiver_id(waiver_id) and is_event_id(secret) else None
    until = form.copies.get(mails.hash_secret(secret)) if form else None
    own = [record for record in form.records if record.row["event_id"] == event_id] if form else []
    # A copy that was leaving while its form was erased has a link of later.
    if form is None or not own or not until or any(record.erased for record in own):
        return "", []
    if until < times.format_instant(now):
        raise LinkExpired("This link was open for 90 days. Please ask for a new copy.")
    return waiver_id, [sealing.open_record(record, form.drawing) for record in own]


class LinkExpired(NotFound):
    """404. A private copy's link that was good once."""


def read_text(waiver_version: str) -> fields.WaiverVersion:
    """The version that a record signs."""
    version = version_store.read_version(waiver_version)
    if version is None:
        raise NotFound("There is no such waiver.")
    return version


# --- the search -------------------------------------------------------------------------------------


class Search(NamedTuple):
    words: str
    limit: int
    before: str
    """Only records before this key of the index."""


def parse_search(query: Mapping[str, str]) -> Search:
    form = Form(query)
    text, limit, cursor = form.read_all(fields.SEARCH_QUERY).values()
    form.finish()
    return Search(text, limit, cursor.removesuffix("~") or "9")


def search(wanted: Search) -> fields.WaiverPage:
    """One page of records, newest first, with all the words in the name of participant, signer or charter.

    Rare names may leave a page short, or empty, and go on with its cursor.
    """
    current = waiver_versions.read_current()
    found: list[fields.FoundWaiver] = []
    last = ""
    rows, more = store.list_records(wanted.before, SEARCHED)
    while rows and len(found) < wanted.limit:
        row = rows.pop(0)
        if names.has_words(" ".join([row["name"], row["signer_name"], row["charter"]]), wanted.words):
            about = {name: row[name] for name in ("charter", "starts_at", "timezone")}
            found.append(cast(fields.FoundWaiver, {**summary(row["event_id"], row, current), **about}))
        last = store.index_key(row)
    return {"waivers": found, "next_cursor": paging.make_cursor("waivers", last) if rows or more else None}


# --- the log and its proofs -------------------------------------------------------------------------


def parse_export(query: Mapping[str, str]) -> int:
    """After how many leaves to go on."""
    form = Form(query)
    after: int = form.read_one("after", fields.EXPORT_QUERY["after"])
    form.finish()
    return after


def export_log(after: int) -> fields.LogExport:
    """The log from one place on, as far as an answer can hold it, with its head."""
    tree = log_store.read_tree()
    leaves: list[fields.Leaf] = []
    size = 0
    for leaf in _read_leaves(after, tree.size):
        size += len(json.dumps(json.dumps(leaf)))
        if size > MAX_EXPORT_BYTES and leaves:
            break
        leaves.append(leaf)
    return {
        "leaves": leaves,
        "checkpoint": checkpoint.format(log.to_checkpoint(tree)),
        "next": after + len(leaves) if after + len(leaves) < tree.size else None,
    }


def get_checkpoint() -> str:
    """The log's head in the C2SP checkpoint form."""
    return checkpoint.format(log.read_checkpoint())


def _read_leaves(after: int, last: int) -> Iterable[fields.Leaf]:
    """In their order, with what of them is disclosed. A leaf or a record that is gone is empty: the proof misses it."""
    keys = log_store.list_leaves(after, last)
    while batch := list(itertools.islice(keys, MAX_KEYS)):
        asked = {_name(key): key for key in batch if key}
        found = {_name(item): store.to_stored(item) for item in read_items(list(asked.values()))}
        for key in batch:
            stored = found.get(_name(key)) if key else None
            yield {
                "payload": stored.payload if stored else None,
                "disclosures": stored.disclosures if stored else [],
            }


def _name(key: Item) -> tuple[str, str]:
    return key["PK"]["S"], key["SK"]["S"]


def make_bundle(event_id: str, waiver_id: str) -> fields.Bundle:
    """One record with what proves it. Raises NotLoggedYet for the moments before it is in the log."""
    form, record = find_form(event_id, waiver_id)
    if record.leaf_index is None:
        log.settle()
        form, record = find_form(event_id, waiver_id)
    if record.leaf_index is None:
        raise NotLoggedYet
    tree = log_store.read_tree()
    proof = log.inclusion_proof(record.leaf_index, tree)
    bundle: fields.Bundle = {
        "payload": record.payload,
        "disclosures": record.disclosures,
        "text": read_text(record.row["waiver_version"])["text"],
        "inclusion": {
            "leaf_index": record.leaf_index,
            "tree_size": tree.size,
            "proof": [merkle.encode_hash(one) for one in proof],
        },
        "checkpoint": checkpoint.format(log.to_checkpoint(tree)),
    }
    if form.drawing and not record.erased:
        bundle["drawing"] = form.drawing
    return bundle
