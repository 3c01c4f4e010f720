"""Signed waivers compared with what is kept of them: each record in itself, its form, and who has signed a charter."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from chalicelib.charters.store import Charter
from chalicelib.erasure import KEPT_OF_GUARDIAN
from chalicelib.waivers import log_store, mails, people, store
from chalicelib.waivers.evidence import canonical, disclosures
from chalicelib.waivers.fields import WaiverPayload
from chalicelib.waivers.people import FoundRow, SignedRow
from chalicelib.waivers.store import StoredRecord
from tools.audit.records import Difference, Records
from tools.audit.waiver_records import Key, Sealed, WaiverRecords

_OF_PAYLOAD = (
    "waiver_id",
    "event_id",
    "starts_at",
    "timezone",
    "minor",
    "signed_at",
    "waiver_version",
    "language",
    "guest_id",
)
# What must be known of a signature: who signed, and from where.
_TRACE = ("signer_name", "address")


def check_waivers(records: Records) -> Iterator[Difference]:
    by_form: defaultdict[str, dict[str, StoredRecord]] = defaultdict(dict)
    for (form, _), one in records.waivers.records.items():
        by_form[form][payload_of(one)["waiver_id"]] = one.stored
    for key, one in records.waivers.records.items():
        signer = by_form[key[0]].get(f"{payload_of(one)['waiver_id'][:-2]}00")
        yield from _record(records, key, one, signer)
    events: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for pk, event in records.audits:
        events[pk].append(event)
    for form, found in by_form.items():
        yield from _form(records, form, found, events[form])
    for key, act in records.waivers.acts.items():
        yield from _act(records, key, act)
    beside = {*records.waivers.drawings, *records.waivers.copies}
    for form in beside - by_form.keys():
        yield Difference(f"form {form.partition('#')[2]}", "form", "it has signed nothing, but has a drawing or a copy")
    yield from _lists(records)


def payload_of(one: Sealed) -> WaiverPayload:
    return cast(WaiverPayload, one.stored.payload)


# --- one record -----------------------------------------------------------------------------------


def _record(records: Records, key: Key, one: Sealed, signer: StoredRecord | None) -> Iterator[Difference]:
    """`signer`: the record of who signed for this one, or for themselves."""
    payload, stored = payload_of(one), one.stored
    subject = f"waiver {payload['waiver_id']}"
    if _key_of(payload["waiver_id"]) != key or payload["participant"] != int(key[1][-2:], 16):
        yield Difference(subject, "ids", "it stands under the key of another")
    yield from _sealed(subject, stored)
    if payload["event_id"] not in records.events:
        yield Difference(subject, "charter", "it is of a charter that does not exist")
    if payload["waiver_version"] not in records.versions:
        yield Difference(subject, "version", "the text that it signs is missing")
    if fault := disclosures.find_fault(one.stored.payload, stored.disclosures):
        yield Difference(subject, "disclosures", fault)
        return
    yield from _disclosed(subject, stored, signer)
    yield from _row(records, subject, stored)


def _key_of(waiver_id: str) -> Key:
    key = store.record_key(waiver_id)
    return key["PK"]["S"], key["SK"]["S"]


def _sealed(subject: str, stored: StoredRecord) -> Iterator[Difference]:
    if log_store.payload_text(stored.payload) != stored.payload_text:
        yield Difference(subject, "payload", "its payload is not written as it was hashed")


def _may_be_struck_after(stored: StoredRecord) -> bool:
    """Whether a record may have been set aside after it was erased: that reason was given later, and stays."""
    return bool(stored.erased and stored.set_aside and stored.set_aside["at"] >= stored.erased["at"])


def _disclosed(subject: str, stored: StoredRecord, signer: StoredRecord | None) -> Iterator[Difference]:
    known = disclosures.read(stored.disclosures)
    if stored.erased:
        is_reason_left = stored.set_aside and stored.set_aside["reason"] and not _may_be_struck_after(stored)
        if known or is_reason_left:
            yield Difference(subject, "erased", "it was erased, but personal fields of it are there")
        return
    if signer and signer.erased:
        # Of a minor's record, all that was the signer's own has gone with the signer's record.
        missing, beyond = set(KEPT_OF_GUARDIAN) - known.keys(), known.keys() - set(KEPT_OF_GUARDIAN)
    else:
        missing = {"fields"} if len(known) < len(stored.payload["_sd"]) else set()
        missing |= {name for name in _TRACE if not known.get(name)}
        beyond = set()
    if missing or beyond:
        text = f"it lacks {', '.join(sorted(missing))}" if missing else "the signer was erased, but not here"
        yield Difference(subject, "trace", text)


def _row(records: Records, subject: str, stored: StoredRecord) -> Iterator[Difference]:
    """What the search shows of it, and where the index lists it."""
    expected = _expected_row(stored)
    if {**stored.row} != {**expected}:
        yield Difference(subject, "row", "the search shows it otherwise than it was signed")
    yield from records.index_difference(subject, (store.WAIVERS, store.index_key(expected)))


def _expected_row(stored: StoredRecord) -> FoundRow:
    """What lists show of a record, made anew from what was signed and is still there."""
    payload, known = cast(Mapping[str, Any], stored.payload), disclosures.read(stored.disclosures)
    row = {name: payload[name] for name in _OF_PAYLOAD} | {
        # No guest's: it stays when the record is erased.
        "charter": known.get("charter", stored.row.get("charter", "")),
        "name": known.get("participant_name", ""),
        "birth_date": known.get("participant_birth_date"),
        "signer_name": known.get("signer_name", ""),
        "signer_email": known.get("signer_email", ""),
    }
    if stored.set_aside:
        row["set_aside"] = True
    if stored.erased:
        row["erased"] = True
    return cast(FoundRow, row)


# --- one form -------------------------------------------------------------------------------------


def _form(
    records: Records, form: str, found: Mapping[str, StoredRecord], events: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """All that one form has signed, by the records' ids, and its audit events."""
    subject = f"form {form.partition('#')[2]}"
    several = {record.participants for record in found.values()}
    if several != {len(found)}:
        yield Difference(subject, "participants", f"it has {len(found)} records, not one for each whom it covers")
    is_erased = any(record.erased for waiver_id, record in found.items() if waiver_id.endswith("00"))
    yield from _drawing(subject, records.waivers.drawings.get(form), found.values(), is_erased)
    if not any(event.get("act") == "signed" for event in events):
        yield Difference(subject, "audit", "no audit event tells that it was signed")
    for waiver_id, record in found.items():
        yield from _acts_told(f"waiver {waiver_id}", waiver_id, record, events)
    mail = records.mails.get(mails.copy_mail_id(next(iter(found))))
    if mail is None and any(record.row.get("signer_email") for record in found.values()):
        yield Difference(subject, "copy", "its copy was queued, but there is no such mail")
    if is_erased:
        yield from _still_there(subject, events, mail is None or mail.erased, records.waivers.copies.get(form, ()))


def _drawing(subject: str, drawing: str | None, found: Iterable[StoredRecord], is_erased: bool) -> Iterator[Difference]:
    signed = {cast(WaiverPayload, record.payload)["drawing_sha256"] for record in found}
    if signed == {None} and drawing is None:
        return
    if is_erased and drawing == "":
        return
    if is_erased and drawing:
        yield Difference(subject, "drawing", "it was erased, but its drawing is there")
    elif not drawing or signed != {canonical.text_hash(drawing)}:
        yield Difference(subject, "drawing", "its drawing is not the one that was signed")


def _acts_told(
    subject: str, waiver_id: str, record: StoredRecord, events: Iterable[Mapping[str, Any]]
) -> Iterator[Difference]:
    """What was done to a record stands in its audit events, and the other way round."""
    told = {event.get("act") for event in events if event.get("about") == waiver_id}
    for act, note in (("set_aside", record.set_aside), ("erased", record.erased)):
        if (note is not None) != (act in told):
            text = "and no audit event tells so" if note else "by its audit events, but the record does not say so"
            yield Difference(subject, act, f"it was {act.replace('_', ' ')}, {text}")


def _still_there(
    subject: str, events: Iterable[Mapping[str, Any]], mail_is_erased: bool, copies: Iterable[str]
) -> Iterator[Difference]:
    """Whether a form whose signer was erased is still known by something beside the records."""
    guests = (event for event in events if event.get("actor_type") in ("signer", "link"))
    if any(event.get("by") or event.get("address") or event.get("user_agent") for event in guests):
        yield Difference(subject, "erased audit", "it was erased, but its audit events name the guest")
    if not mail_is_erased:
        yield Difference(subject, "erased mail", "it was erased, but the mail with its copy was not")
    if any(copies):
        yield Difference(subject, "erased copy", "it was erased, but a private link to it opens")


# --- acts -----------------------------------------------------------------------------------------


def _act(records: Records, key: Key, act: Sealed) -> Iterator[Difference]:
    """The act that set a record aside, which is a leaf of its own."""
    stored = act.stored
    waiver_id = stored.payload["waiver_id"]
    subject = f"the setting aside of waiver {waiver_id}"
    if (key[0], f"RECORD#{key[1].partition('#')[2]}") != _key_of(waiver_id):
        yield Difference(subject, "ids", "it stands under the key of another")
    yield from _sealed(subject, stored)
    if fault := disclosures.find_fault(stored.payload, stored.disclosures):
        yield Difference(subject, "disclosures", fault)
        return
    record = records.waivers.records.get(_key_of(waiver_id))
    if record is None or record.stored.set_aside is None:
        yield Difference(subject, "record", "the record does not say so")
        return
    note, known = record.stored.set_aside, disclosures.read(stored.disclosures)
    told = {"reason": note["reason"], "by": note["by"]}
    expected = [{}] if record.stored.erased else [told]
    if _may_be_struck_after(record.stored):
        expected.append(told)
    payload: Mapping[str, Any] = {**stored.payload}
    same_trip = payload["event_id"] == record.stored.payload["event_id"]
    if known not in expected or payload["at"] != note["at"] or not same_trip:
        yield Difference(subject, "content", "the record says otherwise when, why or by whom")


# --- who has signed -------------------------------------------------------------------------------


def _lists(records: Records) -> Iterator[Difference]:
    """Each charter's list of who has signed and its counts, made anew from the records in the order of the log."""
    expected, marks, leaves = _expected_lists(records), _count_marks(records), _count_leaves(records.waivers)
    for event_id in {*records.events, *records.waivers.lists, *expected}:
        rows, chunks = expected.get(event_id, []), records.waivers.lists.get(event_id, {})
        yield from _list(f"charter {event_id}", rows, chunks)
        if records.schedule.signed.get(event_id, "") != people.searched_names(rows):
            yield Difference(f"charter {event_id}", "directory", "the directory of charters has others who signed")
        if event_id in records.events:
            yield from _counts(records.events[event_id], rows, marks[event_id], leaves[event_id])
        elif chunks:
            yield Difference(f"charter {event_id}", "charter", "it does not exist, but has a list of who has signed")


def _expected_lists(records: Records) -> dict[str, list[SignedRow]]:
    found, stored_rows = records.waivers, _stored_rows(records)
    lists: dict[str, list[SignedRow]] = {}
    for index in sorted(found.leaves):
        key = found.leaves[index]
        if act := found.acts.get(key):
            payload = act.stored.payload
            rows = lists.setdefault(payload["event_id"], [])
            rows[:] = people.change(rows, payload["waiver_id"], set_aside=True)
        elif record := found.records.get(key):
            if disclosures.find_fault(record.stored.payload, record.stored.disclosures):
                continue
            expected = _expected_row(record.stored)
            row = people.to_row(expected)
            row.pop("set_aside", None)
            rows = lists.setdefault(expected["event_id"], [])
            rows.append(_numbered(row, rows, index, stored_rows.get(row["waiver_id"], {}).get("person")))
    return lists


def _stored_rows(records: Records) -> dict[object, dict[str, Any]]:
    chunks = (chunk for charter in records.waivers.lists.values() for chunk in charter.values())
    return {str(row.get("waiver_id")): row for chunk in chunks for row in chunk}


def _numbered(row: SignedRow, before: Sequence[SignedRow], index: int, stored: object) -> SignedRow:
    """The row with the person that it is. Where names were erased, any person is believed that it can have been."""
    known = [one for one in before if not one.get("erased")]
    numbered = people.number(row, [] if row.get("erased") else known, index)
    others = before if row.get("erased") else [one for one in before if one.get("erased")]
    if stored in {one.get("person") for one in others}:
        numbered["person"] = cast(str, stored)
    return numbered


def _list(
    subject: str, rows: Sequence[SignedRow], chunks: Mapping[int, Sequence[Mapping[str, Any]]]
) -> Iterator[Difference]:
    for place in sorted({*chunks, *range(-(-len(rows) // people.CHUNK))}):
        expected, stored = rows[place * people.CHUNK : (place + 1) * people.CHUNK], chunks.get(place, [])
        if len(expected) != len(stored):
            text = f"chunk {place} of its list of who has signed has {len(stored)} rows, not {len(expected)}"
            yield Difference(subject, f"chunk {place}", text)
        for row, found in zip(expected, stored, strict=False):
            if {**row} != {**found}:
                text = "the list of who has signed shows it otherwise"
                yield Difference(f"waiver {row['waiver_id']}", "list", text)


def _counts(charter: Charter, rows: Sequence[SignedRow], marks: int, leaves: int) -> Iterator[Difference]:
    """`marks`: how many of its records were erased; `leaves`: how many leaves are about it."""
    subject = f"charter {charter.event_id}"
    count = len(people.people(rows))
    if charter.signed_count != count:
        text = f"signed_count is {charter.signed_count}, but {count} people have signed"
        yield Difference(subject, "signed_count", text)
    if charter.signed_rows != len(rows):
        text = f"signed_rows is {charter.signed_rows}, but {len(rows)} records are in the log"
        yield Difference(subject, "signed_rows", text)
    if charter.signed_guest_ids != people.signed_guest_ids(rows):
        yield Difference(subject, "signed_guest_ids", "the listed guests who have signed are not those of the records")
    # A batch of the log's writer counts once, whatever it brings; an erasing always does.
    if not marks + bool(leaves) <= charter.signed_seq <= marks + leaves:
        text = f"signed_seq is {charter.signed_seq} after {leaves} leaves and {marks} erasings"
        yield Difference(subject, "signed_seq", text)


def _count_marks(records: Records) -> Counter[str]:
    """How often records of each charter were erased: once each, or more often by several at one moment."""
    charters = {form: payload_of(one)["event_id"] for (form, _), one in records.waivers.records.items()}
    return Counter(charters[pk] for pk, event in records.audits if pk in charters and event.get("act") == "erased")


def _count_leaves(found: WaiverRecords) -> Counter[str]:
    """How many leaves are about each charter."""
    sealed = {**found.records, **found.acts}
    return Counter(sealed[key].stored.payload["event_id"] for key in found.leaves.values() if key in sealed)
