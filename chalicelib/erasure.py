"""Erasing what is personal of one signed record: its proof stays, all that came from or about the guest goes.

Each step can be done again, and the record is marked last: what is broken off is finished by the next call.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.fields import ERASED_NAME, CharterDetails, ListedGuest
from chalicelib.core import times
from chalicelib.core.audit import Actor, AuditEvent, audit_event
from chalicelib.core.dynamo import Item, write_all
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import addresses
from chalicelib.mail import store as mail_store
from chalicelib.manifest.mails import manifest_mail_id
from chalicelib.waivers import fields, log, log_store, mails, people, records, sealing, store
from chalicelib.waivers.people import FoundRow
from chalicelib.waivers.store import StoredRecord

# DynamoDB takes 100 writes in one transaction.
_BATCH = 50
# What a minor's record keeps of the adult who signed for them, once that adult's own record is erased.
KEPT_OF_GUARDIAN = ("charter", "signer_name", "participant_name", "participant_birth_date", "guardian_relationship")


def erase(
    event_id: str, waiver_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime
) -> fields.RecordDetail:
    """Erases for a reason; again: unchanged. Raises NotLoggedYet for the moments before the record is in the log."""
    reason = charters.parse_reason(body)
    record = records.find_record(event_id, waiver_id)
    if not record.erased:
        if record.leaf_index is None:
            log.settle()
        note: fields.Act = {"reason": reason, "at": times.format_instant(now), "by": actor.name}
        erase_record(event_id, waiver_id, note, actor)
    return records.show_record(event_id, waiver_id)


def erase_record(event_id: str, waiver_id: str, note: fields.Act, actor: Actor) -> None:
    record = records.find_record(event_id, waiver_id)
    if record.leaf_index is None:
        raise records.NotLoggedYet
    guest_id = _listed_only_here(event_id, record)
    about = [waiver_id, *([guest_id] if guest_id else [])]
    _erase_mails(event_id, record, about)
    _erase_from_charter(event_id, about, guest_id, note, actor)
    retry_on_conflict(lambda: _erase_form(event_id, waiver_id, note, actor))


def _listed_only_here(event_id: str, record: StoredRecord) -> str | None:
    """The listed guest whom this record is about, unless another record that counts is about them too: one of two
    signatures may go and the guest stay.
    """
    guest_id = record.row["guest_id"]
    rows = people.load_rows(charters.find_whole_charter(event_id, with_signed=True).signed_items)
    others = [row for row in rows if row["waiver_id"] != record.row["waiver_id"] and not row.get("erased")]
    return None if guest_id in people.signed_guest_ids(others) else guest_id


# --- mails ------------------------------------------------------------------------------------------


def _erase_mails(event_id: str, record: StoredRecord, about: Collection[str]) -> None:
    """The copy, requests to sign and news of the charter, and the names in the mail with the frozen manifest."""
    others = [mail_id for one in about for mail_id in store.list_mails_about(one)]
    whole = [mails.copy_mail_id(record.row["waiver_id"]), *others]
    for mail_id in whole:
        retry_on_conflict(lambda mail_id=mail_id: mail_store.erase_mail(mail_id))  # type: ignore[misc]
    retry_on_conflict(lambda: mail_store.rewrite_mail(manifest_mail_id(event_id), lambda data: scrub(data, about)))
    guests = charters.find_charter(event_id).details["guests"]
    emails = {record.row["signer_email"], *(guest["email"] for guest in guests if guest["guest_id"] in about)}
    for email in filter(None, emails):
        addresses.forget_detail(email)


# --- the charter and what it owns -------------------------------------------------------------------


def _erase_from_charter(
    event_id: str, about: Collection[str], guest_id: str | None, note: fields.Act, actor: Actor
) -> None:
    """The listed guest, and where a copy of the list or of the manifest has been kept."""

    def attempt() -> None:
        seen = charters.find_charter(event_id)
        guests = [_erased_guest(guest) if guest["guest_id"] == guest_id else guest for guest in seen.details["guests"]]
        if guests == seen.details["guests"]:
            return
        details: CharterDetails = {**seen.details, "guests": guests}
        charter = seen._replace(details=details, version=seen.version + 1, updated_at=note["at"])
        # The event tells no name again: the events before it are rewritten below.
        told = seen._replace(details=details)
        erased = audit_event("guest_erased", actor, note["at"])
        charter_store.update_charter(charter, seen, erased, told=told)

    if guest_id:
        retry_on_conflict(attempt)
    retry_on_conflict(lambda: charter_store.rewrite_copies(event_id, lambda content: scrub(content, about)))


def _erased_guest(guest: ListedGuest) -> ListedGuest:
    return {**guest, "name": ERASED_NAME, "email": ""}


def scrub(content: Any, about: Collection[str]) -> Any:
    """The content without name and email of those whom it names by these ids, guests or records."""
    if isinstance(content, list):
        return [scrub(one, about) for one in content]
    if not isinstance(content, dict):
        return content
    scrubbed = {name: scrub(value, about) for name, value in content.items()}
    if not {content.get("guest_id"), content.get("waiver_id")}.isdisjoint(about):
        erased = {"name": ERASED_NAME, "email": "", "guardian": None}
        scrubbed |= {name: value for name, value in erased.items() if name in content}
    # Names that stand beside their ids, or beside those who bear them.
    for names, ids in (("missing", "missing_guest_ids"), ("missing_names", "passengers")):
        if isinstance(content.get(names), list) and isinstance(content.get(ids), list):
            scrubbed[names] = _scrub_names(content[names], content[ids], about)
    return scrubbed


def _scrub_names(names: list[str], bearers: list[Any], about: Collection[str]) -> list[str]:
    """`bearers` are the ids of those named, or a manifest's passengers, whose missing ones are those named."""
    ids = [
        one if isinstance(one, str) else one["guest_id"]
        for one in bearers
        if isinstance(one, str) or one["waiver"] == "missing"
    ]
    return [ERASED_NAME if guest_id in about else name for name, guest_id in zip(names, ids, strict=False)]


# --- the form ---------------------------------------------------------------------------------------


def _erase_form(event_id: str, waiver_id: str, note: fields.Act, actor: Actor) -> None:
    """Raises WriteConflict if a record of the form, or the charter's list, was changed meanwhile."""
    form, record = records.find_form(event_id, waiver_id)
    if record.erased:
        return
    is_signers = not record.row["minor"]
    writes = store.end_copies(waiver_id, form)
    if record.set_aside:
        writes.append(store.erase_act(waiver_id))
    audits = [_erase_audit(audit, waiver_id, is_signers=is_signers) for audit in form.audit]
    writes += store.rewrite_audits(waiver_id, [new for new, old in zip(audits, form.audit, strict=True) if new != old])
    if is_signers:
        if form.drawing:
            writes.append(store.erase_drawing(waiver_id))
        writes += [_erase_guardian(one) for one in form.records if one.row["minor"] and not one.erased]
    for start in range(0, len(writes), _BATCH):
        write_all(writes[start : start + _BATCH])

    charter, _, items = charters.find_whole_charter(event_id, with_signed=True)
    before = people.load_rows(items)
    empty = {"name": "", "signer_name": "", "signer_email": "", "birth_date": None, "erased": True}
    rows = people.change(before, waiver_id, **empty)
    if is_signers:
        for one in form.records:
            rows = people.change(rows, one.row["waiver_id"], signer_email="")
    row: FoundRow = {**record.row, **empty}  # type: ignore[typeddict-item]
    audit = audit_event("erased", actor, note["at"], about=waiver_id, reason=note["reason"])
    erased = store.erase_record(record, [], row, note)
    write_all([erased, *log_store.list_writes(charter, before, rows), store.audit_write(waiver_id, audit)])


def _erase_audit(audit: AuditEvent, waiver_id: str, *, is_signers: bool) -> AuditEvent:
    """Without why the record was set aside; of the signer's form also without who signed it or opened its link."""
    if audit["act"] == "set_aside" and audit.get("about") == waiver_id:
        return {**audit, "reason": ""}
    if not is_signers or audit["actor_type"] not in ("signer", "link"):
        return audit
    kept: AuditEvent = {**audit, "by": "", "address": ""}
    kept.pop("user_agent", None)
    return kept


def _erase_guardian(record: StoredRecord) -> Item:
    """Of a minor's record: all that is the signer's own but the name, which proves who signed for the minor."""
    row: FoundRow = {**record.row, "signer_email": ""}
    return store.erase_record(record, sealing.keep(record, KEPT_OF_GUARDIAN), row, None)
